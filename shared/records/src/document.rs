//! Documents: what is kept as a text that this crate does not read, each written only over the version that its writer has seen. Schedules of
//! reports live until they are deleted; reports on their way and their history expire.

use crate::attributes::{Attributes, EXPIRES_AT, text, time, with_optional};
use crate::dashboard::Written;
use crate::{Made, Result, all_items, put_first};
use model::{TenantId, Timestamp};
use ports::{Condition, Item, Key, Projection, Put, Range, Read, Table, Value};

const VERSION: &str = "version";
const DELETED: &str = "deleted";
/// How long the stone of a deleted one lies: longer than anybody is writing.
const STONE_SECONDS: i64 = 24 * 3600;
/// How long a report stays in the history.
const SHOWN_SECONDS: i64 = 90 * 24 * 3600;

/// Which documents of a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shelf {
    /// Schedules of reports.
    Schedules,
    /// Reports on their way, and those that have arrived. Their ids begin so that the newest are first.
    Reports,
}

impl Shelf {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Schedules, Self::Reports];

    /// In a word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Schedules => "schedules",
            Self::Reports => "reports",
        }
    }

    const fn expires(self) -> bool {
        matches!(self, Self::Reports)
    }
}

/// A document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its id.
    pub id: String,
    /// What it says.
    pub text: String,
    /// When something is to be done about it.
    pub next_at: Option<Timestamp>,
    /// How often it was written.
    pub version: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
}

impl Document {
    /// A new one.
    #[must_use]
    pub fn new(id: &str, text: String, next_at: Option<Timestamp>, now: Timestamp) -> Self {
        Self { id: id.to_owned(), text, next_at, version: 1, created_at: now, updated_at: now }
    }

    /// The version after it, which says this.
    #[must_use]
    pub fn next(&self, text: String, next_at: Option<Timestamp>, now: Timestamp) -> Self {
        Self { id: self.id.clone(), text, next_at, version: self.version + 1, created_at: self.created_at, updated_at: now }
    }

    fn item(&self, on: Shelf, tenant: &TenantId) -> Item {
        let item = Item::new(key(on, tenant, &self.id))
            .with("document", text(&self.text))
            .with(VERSION, number(self.version))
            .with("created_at", time(self.created_at))
            .with("updated_at", time(self.updated_at));
        let item = with_optional(item, "next_at", self.next_at.map(time));
        // What is not done does not expire (I9).
        let expires = on.expires() && self.next_at.is_none();
        with_optional(item, EXPIRES_AT, expires.then(|| Value::Number(self.updated_at.as_seconds() + SHOWN_SECONDS)))
    }

    /// What an item is; `None` for a stone.
    fn read(item: &Item) -> Result<Option<Self>> {
        let id = item.key.sort.clone();
        let item = Attributes(item);
        if item.optional_number::<i64>(DELETED)?.is_some() {
            return Ok(None);
        }
        Ok(Some(Self {
            id,
            text: item.text("document")?.to_owned(),
            next_at: item.optional_time("next_at")?,
            version: item.number(VERSION)?,
            created_at: item.time("created_at")?,
            updated_at: item.time("updated_at")?,
        }))
    }
}

fn number(number: u64) -> Value {
    Value::Number(i64::try_from(number).unwrap_or(i64::MAX))
}

fn partition(shelf: Shelf, tenant: &TenantId) -> String {
    format!("T#{tenant}#C#{}", shelf.name())
}

fn key(shelf: Shelf, tenant: &TenantId, id: &str) -> Key {
    Key::new(partition(shelf, tenant), id)
}

/// Makes a document, unless there is one of this id.
///
/// # Errors
/// Where the table does not answer, or the item is too large for it.
pub async fn create(table: &dyn Table, (shelf, tenant): (Shelf, &TenantId), document: &Document) -> Result<Made<()>> {
    put_first(table, document.item(shelf, tenant)).await?.read(|_| Ok(()))
}

/// The document of this id.
///
/// # Errors
/// Where the table does not answer, or the item is malformed.
pub async fn get(table: &dyn Table, (shelf, tenant): (Shelf, &TenantId), id: &str) -> Result<Option<Document>> {
    let item = table.get(&key(shelf, tenant, id), Read::Strong).await?;
    Ok(item.as_ref().map(Document::read).transpose()?.flatten())
}

/// All documents of a shelf, by id.
///
/// # Errors
/// As [`get`].
pub async fn all(table: &dyn Table, (shelf, tenant): (Shelf, &TenantId)) -> Result<Vec<Document>> {
    let items = all_items(table, &partition(shelf, tenant), &Range::All, Read::Strong).await?;
    let read: Vec<Option<Document>> = items.iter().map(Document::read).collect::<Result<_>>()?;
    Ok(read.into_iter().flatten().collect())
}

/// One page of a shelf, by id, after one of them; and whether there may be more after it.
///
/// # Errors
/// As [`get`].
pub async fn page(table: &dyn Table, (shelf, tenant): (Shelf, &TenantId), after: Option<&str>) -> Result<(Vec<Document>, Option<String>)> {
    let after = after.map(|id| key(shelf, tenant, id));
    let page = table.query(&partition(shelf, tenant), &Range::All, Projection::All, Read::Strong, after.as_ref()).await?;
    let read: Vec<Option<Document>> = page.items.iter().map(Document::read).collect::<Result<_>>()?;
    Ok((read.into_iter().flatten().collect(), page.next.map(|next| next.sort)))
}

/// Writes a document over the version before its own.
///
/// # Errors
/// As [`create`].
pub async fn replace(table: &dyn Table, (shelf, tenant): (Shelf, &TenantId), document: &Document) -> Result<Written> {
    over(table, document.item(shelf, tenant), document.version.saturating_sub(1)).await
}

/// Deletes the version of a document that the caller has seen.
///
/// # Errors
/// As [`get`].
pub async fn delete(table: &dyn Table, (shelf, tenant): (Shelf, &TenantId), (id, version, now): (&str, u64, Timestamp)) -> Result<Written> {
    let stone = Item::new(key(shelf, tenant, id)).with(EXPIRES_AT, Value::Number(now.as_seconds() + STONE_SECONDS));
    over(table, stone.with(DELETED, Value::Number(1)), version).await
}

async fn over(table: &dyn Table, item: Item, version: u64) -> Result<Written> {
    let condition = Condition::NumberIs { attribute: VERSION, value: i64::try_from(version).unwrap_or(i64::MAX) };
    Ok(match table.put(item, condition).await? {
        Put::Written => Written::Yes,
        Put::Refused(_) => Written::Outdated,
    })
}
