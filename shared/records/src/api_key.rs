//! The API keys of a tenant, under the hash of their text: the text itself is never stored. Most write for a project; a key for scraping
//! reads the tenant's page of metrics, and nothing else.

use crate::attributes::{Attributes, minutes, text, time, with_optional};
use crate::{Made, Result, all_items, put_first};
use model::money::Currency;
use model::{HourOffset, ProjectId, TenantId, Timestamp};
use ports::{Condition, Item, Key, Range, Read, Table};

/// What an API key is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// Writing the events of a project.
    Project(ProjectId),
    /// Reading the tenant's page of metrics (`GET /metrics`).
    Scraping,
}

impl Purpose {
    /// The project that the key writes to.
    #[must_use]
    pub fn project(&self) -> Option<&ProjectId> {
        match self {
            Self::Project(project) => Some(project),
            Self::Scraping => None,
        }
    }
}

/// An API key, with what `ingest` must know of its tenant, so that it reads one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// The SHA-256 of its text, in hex.
    pub hash: String,
    /// Whose it is.
    pub tenant: TenantId,
    /// What it is for.
    pub purpose: Purpose,
    /// When the tenant's hours begin.
    pub hour_offset: HourOffset,
    /// The tenant's currency.
    pub currency: Currency,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// How the purpose is written of a key that writes for no project.
const SCRAPING: &str = "scraping";

impl ApiKey {
    fn item(&self) -> Item {
        let item = Item::new(key(&self.tenant, &self.hash))
            .with("tenant", text(self.tenant.as_str()))
            .with("hour_offset", minutes(self.hour_offset))
            .with("currency", text(self.currency.code()))
            .with("created_at", time(self.created_at));
        let item = match &self.purpose {
            Purpose::Project(project) => item.with("project", text(project.as_str())),
            Purpose::Scraping => item.with("purpose", text(SCRAPING)),
        };
        with_optional(item, "revoked_at", self.revoked_at.map(time))
    }

    fn read(item: &Item) -> Result<Self> {
        let hash = item.key.sort.clone();
        let purpose = match item.text("purpose") {
            Some(SCRAPING) => Purpose::Scraping,
            Some(_) => return Err(Attributes(item).malformed("purpose")),
            None => Purpose::Project(Attributes(item).project("project")?),
        };
        let item = Attributes(item);
        Ok(Self {
            hash,
            tenant: item.tenant("tenant")?,
            purpose,
            hour_offset: item.hour_offset()?,
            currency: item.currency()?,
            created_at: item.time("created_at")?,
            revoked_at: item.optional_time("revoked_at")?,
        })
    }
}

fn partition(tenant: &TenantId) -> String {
    format!("T#{tenant}#C#keys")
}

fn key(tenant: &TenantId, hash: &str) -> Key {
    Key::new(partition(tenant), hash)
}

/// Makes a key, unless it is there.
///
/// # Errors
/// Where the table does not answer.
pub async fn create(table: &dyn Table, api_key: &ApiKey) -> Result<Made<ApiKey>> {
    put_first(table, api_key.item()).await?.read(ApiKey::read)
}

/// The key of this hash, revoked or not.
///
/// # Errors
/// Where the table does not answer, or the item is malformed.
pub async fn get(table: &dyn Table, tenant: &TenantId, hash: &str) -> Result<Option<ApiKey>> {
    table.get(&key(tenant, hash), Read::Eventual).await?.as_ref().map(ApiKey::read).transpose()
}

/// The keys of a tenant.
///
/// # Errors
/// As [`get`].
pub async fn all(table: &dyn Table, tenant: &TenantId) -> Result<Vec<ApiKey>> {
    all_items(table, &partition(tenant), &Range::All, Read::Eventual).await?.iter().map(ApiKey::read).collect()
}

/// Revokes a key, once and for all: a second time changes nothing. `false` where there is no such key.
///
/// # Errors
/// As [`get`].
pub async fn revoke(table: &dyn Table, tenant: &TenantId, hash: &str, now: Timestamp) -> Result<bool> {
    let Some(item) = table.get(&key(tenant, hash), Read::Strong).await? else { return Ok(false) };
    let api_key = ApiKey::read(&item)?;
    if api_key.revoked_at.is_none() {
        table.put(ApiKey { revoked_at: Some(now), ..api_key }.item(), Condition::Always).await?;
    }
    Ok(true)
}
