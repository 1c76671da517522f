//! What the tests of each function's start share: environments that are good, and ones with a single setting missing or wrong.

use crate::{Kind, Presence, Setting};
use std::collections::BTreeMap;
use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Names and values of an environment.
pub type Environment = BTreeMap<String, String>;

const SECRET: &str = "9hT2kQv7LxWm3ZbR8cYpJd5NsGfAeUi1";

/// An environment that sets everything, rightly.
#[must_use]
pub fn good(declared: &[Setting]) -> Environment {
    declared.iter().map(|setting| (setting.name.to_owned(), right_value(setting))).collect()
}

/// Each environment that lacks one setting which must be there, with the setting's name.
#[must_use]
pub fn each_missing(declared: &[Setting]) -> Vec<(&'static str, Environment)> {
    let mut environments = Vec::new();
    for setting in declared {
        let mut environment = good(declared);
        match setting.presence {
            Presence::Optional | Presence::Default(_) => continue,
            Presence::RequiredUnless(other) => _ = environment.remove(other),
            Presence::Required => {}
        }
        environment.remove(setting.name);
        environments.push((setting.name, environment));
    }
    environments
}

/// Each environment in which one setting is wrong, in each way it can be, with the setting's name.
#[must_use]
pub fn each_wrong(declared: &[Setting]) -> Vec<(&'static str, Environment)> {
    let spoil = |setting: &Setting, value: String| {
        let mut environment = good(declared);
        environment.insert(setting.name.to_owned(), value);
        (setting.name, environment)
    };
    declared.iter().flat_map(|setting| wrong_values(setting.kind).into_iter().map(|value| spoil(setting, value))).collect()
}

fn right_value(setting: &Setting) -> String {
    match (setting.presence, setting.kind) {
        (Presence::Default(default), _) => default.to_owned(),
        (_, Kind::Text) => "sample".to_owned(),
        (_, Kind::Integer { min, .. }) => min.to_string(),
        (_, Kind::Secret { min_bytes }) => SECRET.chars().cycle().take(min_bytes.max(SECRET.len())).collect(),
        (_, Kind::Url) => "http://127.0.0.1:9/sample".to_owned(),
        (_, Kind::Choice(choices)) => choices.first().copied().unwrap_or_default().to_owned(),
    }
}

fn wrong_values(kind: Kind) -> Vec<String> {
    match kind {
        Kind::Text => vec!["two\nlines".to_owned(), " around ".to_owned(), "x".repeat(1025)],
        Kind::Integer { min, max } => {
            let below = min.checked_sub(1).map(|n| n.to_string());
            ["many".to_owned(), "-1".to_owned(), "1.5".to_owned(), (u64::from(max) + 1).to_string()].into_iter().chain(below).collect()
        }
        Kind::Secret { min_bytes } => {
            let repeated = |unit: &str| unit.chars().cycle().take(min_bytes.max(unit.len())).collect();
            vec![SECRET.chars().take(min_bytes - 1).collect(), repeated("changeme"), repeated("x"), repeated("your-secret-password-")]
        }
        Kind::Url => vec!["nowhere".to_owned(), "ftp://example.com/".to_owned(), "http://example.com/".to_owned()],
        Kind::Choice(_) => vec!["neither".to_owned()],
    }
}

/// Starts a function's binary with each setting that must be there missing, and with each setting wrong: it must end with a failure and
/// a sentence that names the setting and shows no value of a secret. With good settings it must get as far as asking for work.
///
/// # Panics
/// Where it does not, as a test does.
pub fn check_start(binary: impl AsRef<Path>, declared: &[Setting]) {
    let binary = binary.as_ref();
    for (name, environment) in each_missing(declared) {
        check_refusal(binary, &environment, &format!("{name} is not set"));
    }
    for (name, environment) in each_wrong(declared) {
        check_refusal(binary, &environment, &format!("{name} "));
    }
    asks_for_work(binary, &good(declared)).unwrap_or_else(|error| panic!("with good settings it does not start: {error}"));
}

fn check_refusal(binary: &Path, environment: &Environment, sentence: &str) {
    let Output { status, stdout, stderr } =
        Command::new(binary).env_clear().envs(environment).output().unwrap_or_else(|error| panic!("{error}"));
    let said = String::from_utf8_lossy(&stdout) + String::from_utf8_lossy(&stderr);
    assert!(!status.success(), "it starts although a setting is bad: {sentence}");
    assert!(said.contains(sentence), "“{sentence}” is not in what it says: {said}");
    assert!(!said.contains(&SECRET[..8]), "it shows a secret: {said}");
}

/// Starts the binary against a runtime API that only listens, and waits for its first request.
fn asks_for_work(binary: &Path, environment: &Environment) -> std::io::Result<()> {
    let runtime_api = TcpListener::bind("127.0.0.1:0")?;
    let lambda = [
        ("AWS_LAMBDA_RUNTIME_API", runtime_api.local_addr()?.to_string()),
        ("AWS_LAMBDA_FUNCTION_NAME", "sample".to_owned()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "1".to_owned()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128".to_owned()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "sample".to_owned()),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "sample".to_owned()),
        ("AWS_REGION", "us-east-1".to_owned()),
        ("AWS_ACCESS_KEY_ID", "sample".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "sample".to_owned()),
    ];
    let mut child = Command::new(binary).env_clear().envs(environment).envs(lambda).stdout(Stdio::piped()).spawn()?;
    let address = runtime_api.local_addr()?;
    let mut output = child.stdout.take().ok_or_else(|| std::io::Error::other("it has no output"))?;
    let watcher = std::thread::spawn(move || {
        // The output ends when the function does: whoever still waits for its request is let go, with a call that asks for nothing.
        let _ = output.read_to_end(&mut Vec::new());
        drop(TcpStream::connect(address));
    });
    let asked = first_request(&runtime_api);
    child.kill()?;
    child.wait()?;
    let _ = watcher.join();
    asked
}

fn first_request(runtime_api: &TcpListener) -> std::io::Result<()> {
    let mut start = [0; 4];
    runtime_api.accept()?.0.read_exact(&mut start)?;
    if &start == b"GET " { Ok(()) } else { Err(std::io::Error::other("its first request asks for nothing")) }
}
