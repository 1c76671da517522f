//! `weir send`: a file's records to the API in batches, a few at a time, until each was accepted or refused.
//!
//! Every record has an id that comes from its line, so that an interrupted or repeated run counts nothing twice.

mod answer;
mod batch;
mod cdnow;
mod credential;
mod deliver;
mod events;
mod llm;
mod progress;

use anyhow::{Context as _, Result, ensure};
use batch::Shape;
use credential::Credential;
use deliver::{Api, Tally};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// What to send, where to and as whom.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    file: File,
    /// The API's address, with the stage it is served under, if any.
    #[arg(long, env = "WEIR_URL", global = true, default_value = "http://127.0.0.1:3000")]
    url: reqwest::Url,
    /// A project's API key.
    #[arg(long, env = "WEIR_KEY", hide_env_values = true, global = true, conflicts_with = "service")]
    key: Option<String>,
    /// A service, as `name@tenant`; its records may be older than the API takes otherwise.
    #[arg(long, env = "WEIR_SERVICE", global = true, requires = "secret")]
    service: Option<String>,
    /// The service's secret.
    #[arg(long, env = "WEIR_SECRET", hide_env_values = true, global = true)]
    secret: Option<String>,
    /// Records in one request.
    #[arg(long, global = true, default_value_t = 500, value_parser = clap::value_parser!(u16).range(1..=500))]
    batch: u16,
    /// Requests in flight.
    #[arg(long, global = true, default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=64))]
    parallel: u8,
    /// How often a request is made again that the API could not answer; being told to wait does not count.
    #[arg(long, global = true, default_value_t = 8)]
    retries: u32,
    /// What made-up ids begin with (default: the file's name without its ending).
    #[arg(long, global = true)]
    id_prefix: Option<String>,
}

#[derive(Debug, clap::Subcommand)]
enum File {
    /// A trace of requests to a language model, as CSV: time, tokens in, tokens out.
    Llm {
        /// The file.
        file: PathBuf,
        /// Who made the requests.
        #[arg(long, default_value = "trace-user")]
        user: String,
        /// The model they went to.
        #[arg(long, default_value = "claude-3-opus-20240229")]
        model: String,
        /// The project they belong to.
        #[arg(long, default_value = "shop")]
        project: String,
    },
    /// Purchases in the layout of the CDNOW data: master id, customer id, date, CDs, dollars.
    Cdnow {
        /// The file.
        file: PathBuf,
        /// The project they belong to.
        #[arg(long, default_value = "shop")]
        project: String,
    },
    /// Events as `POST /api/events` takes them, one JSON object a line.
    Events {
        /// The file.
        file: PathBuf,
        /// The project of events that name none; a service must say it, a key knows its own.
        #[arg(long)]
        project: Option<String>,
    },
}

/// Everything a file holds, as the API takes it.
struct Load {
    /// The path to post to.
    path: &'static str,
    /// How records become a body.
    shape: Shape,
    /// The records, in the order to send.
    records: Vec<Record>,
}

/// One record, and the line it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Record {
    line: usize,
    json: String,
}

/// Sends the file and says what became of it; a failure where any record was not accepted.
///
/// # Errors
/// Where the file cannot be read, the credential is refused, or the API cannot be reached for long.
pub async fn run(arguments: Arguments) -> Result<ExitCode> {
    let credential = Credential::from_options(arguments.key.clone(), arguments.service.clone(), arguments.secret.clone())?;
    let load = load(&arguments)?;
    ensure!(!load.records.is_empty(), "there is nothing to send in {}", arguments.file.path().display());
    let batches = batch::pack(&load.records, usize::from(arguments.batch));
    let progress = progress::Progress::new(load.records.len() as u64);
    let target = if credential.may_import() { format!("{}?historical=true", load.path) } else { load.path.to_owned() };
    let api = Api::new(&arguments.url, target, credential, arguments.retries)?;
    let started = Instant::now();
    let result = deliver::all(&api, &load.shape, &batches, usize::from(arguments.parallel), &progress).await;
    progress.finish();
    let tally = result?;
    crate::say(&summary(&tally, load.records.len(), started.elapsed()))?;
    Ok(if tally.rejected == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn load(arguments: &Arguments) -> Result<Load> {
    let path = arguments.file.path();
    let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let prefix = arguments.id_prefix.clone().unwrap_or(name);
    let text = || std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()));
    match &arguments.file {
        File::Llm { user, model, project, .. } => llm::load(&text()?, &llm::Asked { prefix: &prefix, user, model, project }),
        File::Cdnow { project, .. } => cdnow::load(&text()?, &prefix, project),
        File::Events { project, .. } => events::load(&text()?, &prefix, project.as_deref(), arguments.service.is_some()),
    }
    .with_context(|| format!("cannot send {}", path.display()))
}

impl File {
    fn path(&self) -> &Path {
        match self {
            Self::Llm { file, .. } | Self::Cdnow { file, .. } | Self::Events { file, .. } => file,
        }
    }
}

fn summary(tally: &Tally, sent: usize, took: Duration) -> String {
    let seconds = took.as_secs_f32();
    format!("sent {sent}, accepted {}, rejected {}, in {seconds:.1} s", tally.accepted, tally.rejected)
}
