//! What manifests of every span have in common: whose they are, how they are read, and how one version follows another.

use crate::codec::{self, CodecError, Decode};
use model::{Family, TenantId};
use ports::{Condition, Item, Key, PortError, Projection, Put, Range, Read, Table, Value};
use records::pending::{ATTRIBUTE, Kind, shard};
use serde::Serialize;

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
    /// Another edition was there: nothing was changed.
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

const EDITION: &str = "edition";
const VERSION: &str = "version";
const BODY: &str = "body";

/// A manifest as stored.
pub(crate) struct Stored<T> {
    pub sort: String,
    pub edition: u64,
    pub version: u64,
    pub body: T,
}

pub(crate) fn read<T: Decode>(item: &Item) -> Result<Stored<T>> {
    read_as(item, |bytes| T::decode(&codec::open(bytes)?))
}

/// The manifest of an item, its body as it is decoded.
pub(crate) fn read_as<T>(item: &Item, decode: impl FnOnce(&[u8]) -> std::result::Result<T, CodecError>) -> Result<Stored<T>> {
    let number = |name| item.number(name).and_then(|number| u64::try_from(number).ok());
    let (Some(edition), Some(version), Some(body)) = (number(EDITION), number(VERSION), item.binary(BODY)) else {
        return Err(malformed(&item.key, None));
    };
    let body = decode(body).map_err(|source| malformed(&item.key, Some(source)))?;
    Ok(Stored { sort: item.key.sort.clone(), edition, version, body })
}

pub(crate) fn malformed(key: &Key, source: Option<CodecError>) -> ManifestError {
    ManifestError::Malformed { partition: key.partition.clone(), sort: key.sort.clone(), source }
}

pub(crate) async fn get<T: Decode>(table: &dyn Table, key: &Key, fresh: Read) -> Result<Option<Stored<T>>> {
    table.get(key, fresh).await?.as_ref().map(read).transpose()
}

pub(crate) async fn range<T: Decode>(table: &dyn Table, owner: &Owner, range: (Range, Read)) -> Result<Vec<Stored<T>>> {
    items(table, owner, range).await?.iter().map(read).collect()
}

/// The items of a range, as they are stored.
pub(crate) async fn items(table: &dyn Table, owner: &Owner, (range, fresh): (Range, Read)) -> Result<Vec<Item>> {
    let partition = owner.partition();
    let mut found = Vec::new();
    let mut after: Option<Key> = None;
    loop {
        let page = table.query(&partition, &range, Projection::All, fresh, after.as_ref()).await?;
        found.extend(page.items);
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
    /// The edition that it was made from.
    pub edition: u64,
    pub version: u64,
    pub body: &'a T,
    /// What kind of work it waits for.
    pub pending: Option<Kind>,
}

/// Writes the next edition of a manifest, if the one that it was made from is still there. Where an earlier try of the same call was
/// carried out and only its answer lost, this one is told that it lost: the caller reads again to see whose it is.
pub(crate) async fn commit<T: Serialize>(table: &dyn Table, next: Next<'_, T>) -> Result<Commit> {
    let condition = match next.edition {
        0 => Condition::Absent,
        edition => Condition::NumberIs { attribute: EDITION, value: stored(edition) },
    };
    let item = Item::new(Key::new(next.owner.partition(), next.sort))
        .with(EDITION, Value::Number(stored(next.edition + 1)))
        .with(VERSION, Value::Number(stored(next.version)))
        .with(BODY, Value::Binary(codec::encode(next.body)));
    let item = match next.pending {
        Some(kind) => item.with(ATTRIBUTE, Value::Text(shard(kind, &next.owner.tenant))),
        None => item,
    };
    match table.put(item, condition).await? {
        Put::Written => Ok(Commit::Won),
        Put::Refused(_) => Ok(Commit::Lost),
    }
}

fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
