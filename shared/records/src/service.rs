//! The services of a tenant that sign their calls. A service's secret is derived from its name and generation, never stored.

use crate::attributes::{Attributes, minutes, text, time, with_optional};
use crate::{Made, Result, all_items, put_first};
use model::money::Currency;
use model::{HourOffset, TenantId, Timestamp};
use ports::{Condition, Item, Key, Range, Read, Table};

/// A service, with what must be known of its tenant, so that one item is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its name, unique in its tenant.
    pub name: String,
    /// Whose it is.
    pub tenant: TenantId,
    /// When the tenant's hours begin.
    pub hour_offset: HourOffset,
    /// The tenant's currency.
    pub currency: Currency,
    /// Which of its secrets is good: the next one takes the place of all before it.
    pub generation: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl Service {
    fn item(&self) -> Item {
        let item = Item::new(key(&self.tenant, &self.name))
            .with("tenant", text(self.tenant.as_str()))
            .with("hour_offset", minutes(self.hour_offset))
            .with("currency", text(self.currency.code()))
            .with("generation", ports::Value::Number(self.generation.into()))
            .with("created_at", time(self.created_at));
        with_optional(item, "revoked_at", self.revoked_at.map(time))
    }

    fn read(item: &Item) -> Result<Self> {
        let name = item.key.sort.clone();
        let item = Attributes(item);
        Ok(Self {
            name,
            tenant: item.tenant("tenant")?,
            hour_offset: item.hour_offset()?,
            currency: item.currency()?,
            generation: item.number("generation")?,
            created_at: item.time("created_at")?,
            revoked_at: item.optional_time("revoked_at")?,
        })
    }
}

fn partition(tenant: &TenantId) -> String {
    format!("T#{tenant}#C#services")
}

fn key(tenant: &TenantId, name: &str) -> Key {
    Key::new(partition(tenant), name)
}

/// Makes a service, unless there is one of this name.
///
/// # Errors
/// Where the table does not answer.
pub async fn create(table: &dyn Table, service: &Service) -> Result<Made<Service>> {
    put_first(table, service.item()).await?.read(Service::read)
}

/// The service of this name, revoked or not.
///
/// # Errors
/// Where the table does not answer, or the item is malformed.
pub async fn get(table: &dyn Table, tenant: &TenantId, name: &str) -> Result<Option<Service>> {
    table.get(&key(tenant, name), Read::Eventual).await?.as_ref().map(Service::read).transpose()
}

/// The services of a tenant, by name.
///
/// # Errors
/// As [`get`].
pub async fn all(table: &dyn Table, tenant: &TenantId) -> Result<Vec<Service>> {
    all_items(table, &partition(tenant), &Range::All, Read::Eventual).await?.iter().map(Service::read).collect()
}

/// Revokes a service, once and for all: a second time changes nothing. `false` where there is no such service.
///
/// # Errors
/// As [`get`].
pub async fn revoke(table: &dyn Table, tenant: &TenantId, name: &str, now: Timestamp) -> Result<bool> {
    let Some(item) = table.get(&key(tenant, name), Read::Strong).await? else { return Ok(false) };
    let service = Service::read(&item)?;
    if service.revoked_at.is_none() {
        table.put(Service { revoked_at: Some(now), ..service }.item(), Condition::Always).await?;
    }
    Ok(true)
}
