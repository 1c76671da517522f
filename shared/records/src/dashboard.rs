//! The dashboards of a tenant: documents that people keep, each written only over the version that its writer has seen.
//!
//! The document is a text that this crate does not read. One that is deleted leaves a stone under its key for a moment, so that a writer
//! who has seen the last version is refused and does not bring it back; its id is never given again.

use crate::attributes::{Attributes, EXPIRES_AT, text, time};
use crate::{Made, Result, all_items, put_first};
use model::{TenantId, Timestamp};
use ports::{Condition, Item, Key, Put, Range, Read, Table, Value};

const VERSION: &str = "version";
const DELETED: &str = "deleted";
/// How long the stone of a deleted one lies: longer than anybody is writing.
const STONE_SECONDS: i64 = 24 * 3600;

/// Who may see a dashboard besides its owner and the tenant's admins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sharing {
    /// Nobody.
    Private,
    /// Everybody of its tenant.
    Tenant,
}

impl Sharing {
    const ALL: [Self; 2] = [Self::Private, Self::Tenant];

    /// In a word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Tenant => "tenant",
        }
    }
}

/// A dashboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dashboard {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Whose it is: the id under which the person is kept.
    pub owner: String,
    /// Who else may see it.
    pub sharing: Sharing,
    /// How many widgets the document has.
    pub widgets: u32,
    /// What it shows, as text.
    pub document: String,
    /// How often it was written.
    pub version: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
}

/// What became of writing over a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// It is written.
    Yes,
    /// Somebody else has written another version, or deleted it.
    Outdated,
}

impl Dashboard {
    /// The bytes that it takes in the table.
    #[must_use]
    pub fn size_bytes(&self, tenant: &TenantId) -> usize {
        self.item(tenant).size_bytes()
    }

    fn item(&self, tenant: &TenantId) -> Item {
        Item::new(key(tenant, &self.id))
            .with("name", text(&self.name))
            .with("owner", text(&self.owner))
            .with("sharing", text(self.sharing.name()))
            .with("widgets", Value::Number(self.widgets.into()))
            .with("document", text(&self.document))
            .with(VERSION, Value::Number(i64::try_from(self.version).unwrap_or(i64::MAX)))
            .with("created_at", time(self.created_at))
            .with("updated_at", time(self.updated_at))
    }

    /// What an item is; `None` for a stone.
    fn read(item: &Item) -> Result<Option<Self>> {
        let id = item.key.sort.clone();
        let item = Attributes(item);
        if item.optional_number::<i64>(DELETED)?.is_some() {
            return Ok(None);
        }
        let sharing = item.text("sharing")?;
        Ok(Some(Self {
            id,
            name: item.text("name")?.to_owned(),
            owner: item.text("owner")?.to_owned(),
            sharing: Sharing::ALL.into_iter().find(|one| one.name() == sharing).ok_or_else(|| item.malformed("sharing"))?,
            widgets: item.number("widgets")?,
            document: item.text("document")?.to_owned(),
            version: item.number(VERSION)?,
            created_at: item.time("created_at")?,
            updated_at: item.time("updated_at")?,
        }))
    }
}

fn partition(tenant: &TenantId) -> String {
    format!("T#{tenant}#C#dashboards")
}

fn key(tenant: &TenantId, id: &str) -> Key {
    Key::new(partition(tenant), id)
}

/// Makes a dashboard, unless there is one of this id.
///
/// # Errors
/// Where the table does not answer, or the item is too large for it.
pub async fn create(table: &dyn Table, tenant: &TenantId, dashboard: &Dashboard) -> Result<Made<()>> {
    put_first(table, dashboard.item(tenant)).await?.read(|_| Ok(()))
}

/// The dashboard of this id.
///
/// # Errors
/// Where the table does not answer, or the item is malformed.
pub async fn get(table: &dyn Table, tenant: &TenantId, id: &str) -> Result<Option<Dashboard>> {
    let item = table.get(&key(tenant, id), Read::Strong).await?;
    Ok(item.as_ref().map(Dashboard::read).transpose()?.flatten())
}

/// The dashboards of a tenant, by id.
///
/// # Errors
/// As [`get`].
pub async fn all(table: &dyn Table, tenant: &TenantId) -> Result<Vec<Dashboard>> {
    let items = all_items(table, &partition(tenant), &Range::All, Read::Strong).await?;
    let read: Vec<Option<Dashboard>> = items.iter().map(Dashboard::read).collect::<Result<_>>()?;
    Ok(read.into_iter().flatten().collect())
}

/// Writes a dashboard over the version before its own.
///
/// # Errors
/// As [`create`].
pub async fn replace(table: &dyn Table, tenant: &TenantId, dashboard: &Dashboard) -> Result<Written> {
    over(table, dashboard.item(tenant), dashboard.version.saturating_sub(1)).await
}

/// Deletes the version of a dashboard that the caller has seen.
///
/// # Errors
/// As [`get`].
pub async fn delete(table: &dyn Table, tenant: &TenantId, (id, version, now): (&str, u64, Timestamp)) -> Result<Written> {
    let stone = Item::new(key(tenant, id)).with(EXPIRES_AT, Value::Number(now.as_seconds() + STONE_SECONDS));
    over(table, stone.with(DELETED, Value::Number(1)), version).await
}

async fn over(table: &dyn Table, item: Item, version: u64) -> Result<Written> {
    let condition = Condition::NumberIs { attribute: VERSION, value: i64::try_from(version).unwrap_or(i64::MAX) };
    Ok(match table.put(item, condition).await? {
        Put::Written => Written::Yes,
        Put::Refused(_) => Written::Outdated,
    })
}
