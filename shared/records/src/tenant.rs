//! The tenants: who owns data, when their hours begin, and the currency of amounts without one.

use crate::attributes::{Attributes, minutes, text, time};
use crate::{Made, Result, all_items, put_first};
use model::money::Currency;
use model::{HourOffset, TenantId, Timestamp};
use ports::{Item, Key, Range, Read, Table};

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
    /// When it was made.
    pub created_at: Timestamp,
}

impl Tenant {
    fn item(&self) -> Item {
        Item::new(key(&self.id))
            .with("tenant", text(self.id.as_str()))
            .with("hour_offset", minutes(self.hour_offset))
            .with("currency", text(self.currency.code()))
            .with("created_at", time(self.created_at))
    }

    fn read(item: &Item) -> Result<Self> {
        let item = Attributes(item);
        Ok(Self {
            id: item.tenant("tenant")?,
            hour_offset: item.hour_offset()?,
            currency: item.currency()?,
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
