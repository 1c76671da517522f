//! What manifests of every span have in common: whose they are, how they are read, and how one version follows another.

use crate::codec::{self, CodecError};
use model::{Family, TenantId};
use ports::{Condition, Item, Key, PortError, Projection, Put, Range, Read, Table, Value};
use records::pending::{ATTRIBUTE, Kind, shard};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A tenant's family: what manifests and rollups belong to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Owner {
    /// The tenant.
    pub tenant: TenantId,
    /// The family.
    pub family: Family,
}

impl Owner {
    /// The partition of its manifests.
    #[must_use]
    pub fn partition(&self) -> String {
        format!("T#{}#M#{}", self.tenant, self.family)
    }

    /// The owner and sort key that the key of a manifest names; `None` where it names something else.
    #[must_use]
    pub fn of_key(key: &Key) -> Option<(Self, &str)> {
        let (tenant, family) = key.partition.strip_prefix("T#")?.split_once("#M#")?;
        Some((Self { tenant: TenantId::new(tenant).ok()?, family: Family::from_name(family)? }, &key.sort))
    }
}

/// What became of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Commit {
    /// The manifest is this one now.
    Won,
    /// Another version was there: nothing was changed.
    Lost,
}

/// Why a manifest was not read or written.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// The table did not do what it was asked.
    #[error(transparent)]
    Port(#[from] PortError),
    /// An item that no version of Weir writes.
    #[error("the manifest {partition} / {sort} cannot be read")]
    Malformed {
        /// The item's partition key.
        partition: String,
        /// The item's sort key.
        sort: String,
        /// What is wrong with it; nothing where an attribute is missing.
        #[source]
        source: Option<CodecError>,
    },
}

impl ManifestError {
    /// Whether the same call may work later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Port(error) if error.is_transient())
    }
}

/// The result of reading or writing a manifest.
pub type Result<T> = std::result::Result<T, ManifestError>;

const VERSION: &str = "version";
const BODY: &str = "body";

/// A manifest as stored: its version, and its body.
pub(crate) struct Stored<T> {
    pub sort: String,
    pub version: u64,
    pub body: T,
}

fn read<T: DeserializeOwned>(item: &Item) -> Result<Stored<T>> {
    let malformed = |source| ManifestError::Malformed { partition: item.key.partition.clone(), sort: item.key.sort.clone(), source };
    let version = item.number(VERSION).and_then(|version| u64::try_from(version).ok());
    let (Some(version), Some(body)) = (version, item.binary(BODY)) else { return Err(malformed(None)) };
    let body = codec::decode(body).map_err(|source| malformed(Some(source)))?;
    Ok(Stored { sort: item.key.sort.clone(), version, body })
}

pub(crate) async fn get<T: DeserializeOwned>(table: &dyn Table, key: &Key, fresh: Read) -> Result<Option<Stored<T>>> {
    table.get(key, fresh).await?.as_ref().map(read).transpose()
}

pub(crate) async fn range<T: DeserializeOwned>(table: &dyn Table, owner: &Owner, (range, fresh): (Range, Read)) -> Result<Vec<Stored<T>>> {
    let partition = owner.partition();
    let mut found = Vec::new();
    let mut after: Option<Key> = None;
    loop {
        let page = table.query(&partition, &range, Projection::All, fresh, after.as_ref()).await?;
        for item in &page.items {
            found.push(read(item)?);
        }
        after = page.next;
        if after.is_none() {
            return Ok(found);
        }
    }
}

/// What a commit writes.
pub(crate) struct Next<'a, T> {
    pub owner: &'a Owner,
    pub sort: String,
    /// The version that it becomes.
    pub version: u64,
    pub body: &'a T,
    /// What kind of work it waits for.
    pub pending: Option<Kind>,
}

/// Writes the next version of a manifest, if the one that it was made from is still there. Where an earlier try of the same call was
/// carried out and only its answer lost, this one is told that it lost: the caller reads again to see whose version it is.
pub(crate) async fn commit<T: Serialize>(table: &dyn Table, next: Next<'_, T>) -> Result<Commit> {
    let condition = match i64::try_from(next.version).unwrap_or(i64::MAX) - 1 {
        0 => Condition::Absent,
        value => Condition::NumberIs { attribute: VERSION, value },
    };
    put(table, next, condition).await
}

/// Writes a manifest that has forgotten what nobody needs, in place of the same version. The version need not rise: whoever commits the next
/// one from a copy that still remembers only has to forget it again.
pub(crate) async fn forget<T: Serialize>(table: &dyn Table, slimmer: Next<'_, T>) -> Result<Commit> {
    let value = i64::try_from(slimmer.version).unwrap_or(i64::MAX);
    put(table, slimmer, Condition::NumberIs { attribute: VERSION, value }).await
}

async fn put<T: Serialize>(table: &dyn Table, next: Next<'_, T>, condition: Condition) -> Result<Commit> {
    let version = Value::Number(i64::try_from(next.version).unwrap_or(i64::MAX));
    let item =
        Item::new(Key::new(next.owner.partition(), next.sort)).with(VERSION, version).with(BODY, Value::Binary(codec::encode(next.body)));
    let item = match next.pending {
        Some(kind) => item.with(ATTRIBUTE, Value::Text(shard(kind, &next.owner.tenant))),
        None => item,
    };
    match table.put(item, condition).await? {
        Put::Written => Ok(Commit::Won),
        Put::Refused(_) => Ok(Commit::Lost),
    }
}
