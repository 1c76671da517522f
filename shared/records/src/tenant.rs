//! The tenants: who owns data, when their hours begin, and the currency of amounts without one.

use crate::attributes::{Attributes, minutes, text, time, with_optional};
use crate::{Made, Result, all_items, put_first};
use model::money::Currency;
use model::{HourOffset, TenantId, Timestamp};
use ports::{Condition, Item, Key, Range, Read, Table, Value};

const PARTITION: &str = "TENANTS";

/// A tenant. Its hour offset never changes: the hours of its history depend on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Its name.
    pub id: TenantId,
    /// When its hours begin.
    pub hour_offset: HourOffset,
    /// The currency of amounts that name none.
    pub currency: Currency,
    /// Whether all its users get a pseudonym, or only those whose ids are an address or a telephone number. Once so, for ever: its numbers
    /// would otherwise be of two persons for each.
    pub pseudonymous: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Tenant {
    fn item(&self) -> Item {
        let item = Item::new(key(&self.id))
            .with("tenant", text(self.id.as_str()))
            .with("hour_offset", minutes(self.hour_offset))
            .with("currency", text(self.currency.code()))
            .with("created_at", time(self.created_at));
        with_optional(item, "pseudonymous", self.pseudonymous.then_some(Value::Number(1)))
    }

    fn read(item: &Item) -> Result<Self> {
        let item = Attributes(item);
        Ok(Self {
            id: item.tenant("tenant")?,
            hour_offset: item.hour_offset()?,
            currency: item.currency()?,
            pseudonymous: item.optional_number::<i64>("pseudonymous")?.is_some(),
            created_at: item.time("created_at")?,
        })
    }
}

fn key(id: &TenantId) -> Key {
    Key::new(PARTITION, id.as_str())
}

/// Makes a tenant, unless there is one of this name.
///
/// # Errors
/// Where the table does not answer.
pub async fn create(table: &dyn Table, tenant: &Tenant) -> Result<Made<Tenant>> {
    put_first(table, tenant.item()).await?.read(Tenant::read)
}

/// The tenant of this name.
///
/// # Errors
/// Where the table does not answer, or the item is malformed.
pub async fn get(table: &dyn Table, id: &TenantId) -> Result<Option<Tenant>> {
    table.get(&key(id), Read::Eventual).await?.as_ref().map(Tenant::read).transpose()
}

/// All tenants, by name.
///
/// # Errors
/// As [`get`].
pub async fn all(table: &dyn Table) -> Result<Vec<Tenant>> {
    all_items(table, PARTITION, &Range::All, Read::Eventual).await?.iter().map(Tenant::read).collect()
}

/// Has all users of a tenant get a pseudonym from now on; what was counted before stays under their ids. `false` where there is no such
/// tenant.
///
/// # Errors
/// As [`get`].
pub async fn pseudonymise(table: &dyn Table, id: &TenantId) -> Result<bool> {
    let Some(item) = table.get(&key(id), Read::Strong).await? else { return Ok(false) };
    let tenant = Tenant::read(&item)?;
    if !tenant.pseudonymous {
        table.put(Tenant { pseudonymous: true, ..tenant }.item(), Condition::Always).await?;
    }
    Ok(true)
}
