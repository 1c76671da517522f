//! The API keys of a tenant's projects, under the hash of their text: the text itself is never stored.

use crate::attributes::{Attributes, minutes, text, time, with_optional};
use crate::{Made, Result, all_items, put_first};
use model::money::Currency;
use model::{HourOffset, ProjectId, TenantId, Timestamp};
use ports::{Condition, Item, Key, Range, Read, Table};

/// An API key, with what `ingest` must know of its tenant, so that it reads one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// The SHA-256 of its text, in hex.
    pub hash: String,
    /// Whose it is.
    pub tenant: TenantId,
    /// The project it writes to.
    pub project: ProjectId,
    /// When the tenant's hours begin.
    pub hour_offset: HourOffset,
    /// The tenant's currency.
    pub currency: Currency,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl ApiKey {
    fn item(&self) -> Item {
        let item = Item::new(key(&self.tenant, &self.hash))
            .with("tenant", text(self.tenant.as_str()))
            .with("project", text(self.project.as_str()))
            .with("hour_offset", minutes(self.hour_offset))
            .with("currency", text(self.currency.code()))
            .with("created_at", time(self.created_at));
        with_optional(item, "revoked_at", self.revoked_at.map(time))
    }

    fn read(item: &Item) -> Result<Self> {
        let hash = item.key.sort.clone();
        let item = Attributes(item);
        Ok(Self {
            hash,
            tenant: item.tenant("tenant")?,
            project: item.project("project")?,
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
