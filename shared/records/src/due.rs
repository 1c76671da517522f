//! What is to be done when: one ordered list for all tenants, so that a tick that finds nothing due costs one small read, however many
//! schedules there are. An entry only says where to look: the document it names says whether anything is to be done.

use crate::Result;
use crate::document::Shelf;
use model::{TenantId, Timestamp};
use ports::{Condition, Item, Key, Projection, Range, Read, Table, Value};

const PARTITION: &str = "DUE";

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// When it is to be looked at.
    pub at: Timestamp,
    /// Whose document.
    pub tenant: TenantId,
    /// Of which shelf.
    pub shelf: Shelf,
    /// Its id.
    pub id: String,
}

impl Due {
    fn key(&self) -> Key {
        let Self { at, tenant, shelf, id } = self;
        Key::new(PARTITION, format!("{:015}#{tenant}#{}#{id}", at.as_millis().max(0), shelf.name()))
    }

    fn of_key(key: &Key) -> Option<Self> {
        let mut parts = key.sort.splitn(4, '#');
        let (at, tenant, shelf, id) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        Some(Self {
            at: Timestamp::from_millis(at.parse().ok()?),
            tenant: TenantId::new(tenant).ok()?,
            shelf: Shelf::ALL.into_iter().find(|known| known.name() == shelf)?,
            id: id.to_owned(),
        })
    }
}

/// An entry that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The entry.
    pub due: Due,
    /// How often it was put off.
    pub put_off: u32,
}

/// How often an entry was put off; nothing where it never was.
const PUT_OFF: &str = "put_off";

impl Found {
    fn of_item(item: &Item) -> Option<Self> {
        let put_off = item.number(PUT_OFF).and_then(|count| u32::try_from(count).ok()).unwrap_or_default();
        Some(Self { due: Due::of_key(&item.key)?, put_off })
    }
}

/// Writes an entry that was found for another time, beside the one that is there.
///
/// # Errors
/// Where the table does not answer.
pub async fn put_off(table: &dyn Table, Found { due, put_off }: &Found, at: Timestamp) -> Result<Due> {
    let later = Due { at, ..due.clone() };
    let item = Item::new(later.key()).with(PUT_OFF, Value::Number(i64::from(*put_off) + 1));
    table.put(item, Condition::Always).await?;
    Ok(later)
}

/// Writes an entry.
///
/// # Errors
/// Where the table does not answer.
pub async fn put(table: &dyn Table, due: &Due) -> Result<()> {
    table.put(Item::new(due.key()), Condition::Always).await?;
    Ok(())
}

/// Takes an entry away.
///
/// # Errors
/// Where the table does not answer.
pub async fn delete(table: &dyn Table, due: &Due) -> Result<()> {
    Ok(table.delete(&due.key()).await?)
}

/// The entries up to, and with, a moment, those that wait longest first: one page, and whether there are more.
///
/// # Errors
/// Where the table does not answer.
pub async fn until(table: &dyn Table, now: Timestamp) -> Result<(Vec<Found>, bool)> {
    let range = Range::Between("0".to_owned(), format!("{:015}~", now.as_millis().max(0)));
    let page = table.query(PARTITION, &range, Projection::All, Read::Strong, None).await?;
    Ok((page.items.iter().filter_map(Found::of_item).collect(), page.next.is_some()))
}
