//! `weir key`: the API keys of projects, and keys for scraping. A key is shown when it is made and never again: the table has only its hash.

use super::{row, tenant};
use access::mint;
use anyhow::{Context as _, Result, ensure};
use model::{ProjectId, TenantId, Timestamp};
use ports::Table;
use records::{ApiKey, Purpose};
use secrecy::ExposeSecret as _;

/// So much of a hash tells keys apart, for people.
const SHOWN: usize = 12;

/// What to do with API keys.
#[derive(Debug, clap::Subcommand)]
pub enum KeyCommand {
    /// Make a key, and print it: this once.
    Create {
        /// Whose it is.
        #[arg(long, value_parser = |text: &str| TenantId::new(text))]
        tenant: TenantId,
        /// The project that it writes to.
        #[arg(long, value_parser = |text: &str| ProjectId::new(text), required_unless_present = "scrape", conflicts_with = "scrape")]
        project: Option<ProjectId>,
        /// Make a key for a Prometheus instead: it reads /metrics of its tenant, and nothing else.
        #[arg(long)]
        scrape: bool,
    },
    /// Revoke a key. Functions that have just seen it take it until their memory of it ends (a minute, unless configured otherwise).
    Revoke {
        /// The key, or with --tenant the beginning of its hash, as `weir key list` shows it.
        key: String,
        /// Whose it is, where only its hash is known.
        #[arg(long, value_parser = |text: &str| TenantId::new(text))]
        tenant: Option<TenantId>,
    },
    /// List the keys of a tenant: hash, project (or `/metrics`, of a key for scraping), when made, when revoked.
    List {
        /// The tenant.
        #[arg(long, value_parser = |text: &str| TenantId::new(text))]
        tenant: TenantId,
    },
}

impl KeyCommand {
    /// Carries it out; what to print.
    ///
    /// # Errors
    /// Where the table does not answer, or there is no such tenant, project or key.
    pub async fn run(self, table: &dyn Table, now: Timestamp) -> Result<Vec<String>> {
        match self {
            Self::Create { tenant, project, .. } => create(table, &tenant, project.map_or(Purpose::Scraping, Purpose::Project), now).await,
            Self::Revoke { key, tenant } => {
                let (tenant, hash) = named(table, &key, tenant).await?;
                ensure!(records::api_key::revoke(table, &tenant, &hash, now).await?, "there is no such key");
                Ok(vec![shown(&hash).to_owned()])
            }
            Self::List { tenant } => Ok(records::api_key::all(table, &tenant).await?.iter().map(line).collect()),
        }
    }
}

async fn create(table: &dyn Table, owner: &TenantId, purpose: Purpose, now: Timestamp) -> Result<Vec<String>> {
    let owner = tenant(table, owner).await?;
    let text = match purpose.project() {
        Some(project) => {
            let projects = records::project::all(table, &owner.id).await?;
            let is_there = projects.iter().any(|known| known.id == *project);
            ensure!(is_there, "{} has no project {project}: make it with `weir project create {project} --tenant {}`", owner.id, owner.id);
            mint::api_key(&owner.id)?
        }
        None => mint::scraping_key(&owner.id)?,
    };
    let api_key = ApiKey {
        hash: mint::key_hash(text.expose_secret()),
        tenant: owner.id,
        purpose,
        hour_offset: owner.hour_offset,
        currency: owner.currency,
        created_at: now,
        revoked_at: None,
    };
    records::api_key::create(table, &api_key).await?;
    Ok(vec![text.expose_secret().to_owned()])
}

/// The tenant and hash of a key that is given by its text, or by the beginning of its hash.
async fn named(table: &dyn Table, key: &str, tenant: Option<TenantId>) -> Result<(TenantId, String)> {
    if let Some(owner) = mint::tenant_of_key(key) {
        return Ok((owner, mint::key_hash(key)));
    }
    let owner = tenant.context("a key that is given by its hash needs --tenant")?;
    let hashes: Vec<String> = records::api_key::all(table, &owner).await?.into_iter().map(|known| known.hash).collect();
    let mut meant = hashes.into_iter().filter(|hash| !key.is_empty() && hash.starts_with(key));
    let hash = meant.next().with_context(|| format!("{owner} has no key whose hash begins with {key}"))?;
    ensure!(meant.next().is_none(), "{owner} has several keys whose hash begins with {key}");
    Ok((owner, hash))
}

fn line(key: &ApiKey) -> String {
    let revoked = key.revoked_at.map_or_else(|| "in use".to_owned(), |moment| format!("revoked {moment}"));
    row([shown(&key.hash), key.purpose.project().map_or("/metrics", ProjectId::as_str), &key.created_at.to_string(), &revoked])
}

fn shown(hash: &str) -> &str {
    hash.get(..SHOWN).unwrap_or(hash)
}
