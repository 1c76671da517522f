//! What a tenant's page of metrics last showed, so that no counter of it goes down. What is in it is for the page to say: here it is bytes.
//!
//! It is written before it is shown, and only over what its writer has read: of two pages made at once one is refused, and shows the
//! other's numbers.

use crate::Result;
use crate::attributes::{Attributes, EXPIRES_AT, time};
use bytes::Bytes;
use model::{TenantId, Timestamp};
use ports::{Condition, Item, Key, Put, Read, Table, Value};

/// How long it is kept after it was last shown.
const KEPT_SECONDS: i64 = 400 * 24 * 3600;
const VERSION: &str = "version";
const SHOWN_AT: &str = "shown_at";
const PAGE: &str = "page";

/// A page that was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Counts the pages of the tenant.
    pub version: i64,
    /// When it was made.
    pub at: Timestamp,
    /// What is in it.
    pub page: Bytes,
}

fn key(tenant: &TenantId) -> Key {
    Key::new(format!("T#{tenant}#X"), "metrics")
}

fn of_item(item: &Item) -> Result<Shown> {
    let attributes = Attributes(item);
    let page = attributes.optional_binary(PAGE)?.ok_or_else(|| attributes.malformed(PAGE))?;
    Ok(Shown { version: attributes.number(VERSION)?, at: attributes.time(SHOWN_AT)?, page })
}

/// The page that was shown last. Strongly consistent: an older one would let counters go down.
///
/// # Errors
/// Where the table does not answer, or holds what no version of Weir writes.
pub async fn get(table: &dyn Table, tenant: &TenantId) -> Result<Option<Shown>> {
    table.get(&key(tenant), Read::Strong).await?.as_ref().map(of_item).transpose()
}

/// Keeps the page that comes after one (version 0: the first). Where another has been kept since, that is the answer, and nothing is
/// written; `Some(None)` where it is gone meanwhile.
///
/// # Errors
/// Where the table does not answer, or the page does not fit an item.
pub async fn keep(table: &dyn Table, tenant: &TenantId, next: &Shown) -> Result<Option<Option<Shown>>> {
    let item = Item::new(key(tenant))
        .with(VERSION, Value::Number(next.version))
        .with(SHOWN_AT, time(next.at))
        .with(PAGE, Value::Binary(next.page.clone()))
        .with(EXPIRES_AT, Value::Number(next.at.as_seconds() + KEPT_SECONDS));
    let condition = match next.version {
        ..=1 => Condition::Absent,
        later => Condition::NumberIs { attribute: VERSION, value: later - 1 },
    };
    match table.put(item, condition).await? {
        Put::Written => Ok(None),
        Put::Refused(other) => Ok(Some(other.as_ref().map(of_item).transpose()?)),
    }
}
