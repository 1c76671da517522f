//! What waits for work: the sparse index that names each partial, manifest and job with something still to be done, in shards of tenants.

use crate::Result;
use crate::partial::partition;
use model::{Day, Family, Hour, SegmentId, TenantId};
use ports::{Key, Table};

/// The attribute that feeds the index.
pub const ATTRIBUTE: &str = "pending";
/// How many shards each kind of work has, so that no one partition of the index takes all writes.
const SHARDS: u32 = 16;

/// What kind of work waits. Each has shards of its own, so that a tick reads only the kind it looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Partials that wait to be settled.
    Partial,
    /// Day manifests with attempts to delete or absorbed segments to forget.
    Sweep,
    /// Month and lifetime manifests that are not current.
    Roll,
    /// Jobs and erasures that are not done.
    Job,
    /// Tasks that are not over.
    Task,
    /// Days whose archive is not of what is settled.
    Archive,
}

impl Kind {
    const fn letter(self) -> char {
        match self {
            Self::Partial => 'P',
            Self::Sweep => 'S',
            Self::Roll => 'M',
            Self::Job => 'J',
            Self::Task => 'T',
            Self::Archive => 'A',
        }
    }
}

/// A partial that waits to be settled: its place, and nothing else of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pending {
    /// Whose.
    pub tenant: TenantId,
    /// Of which family.
    pub family: Family,
    /// Of which hour.
    pub hour: Hour,
    /// The segment that holds its events.
    pub segment: SegmentId,
}

impl Pending {
    /// The partial that a key names; `None` where it names something else.
    #[must_use]
    pub fn of_key(key: &Key) -> Option<Self> {
        let (tenant, family) = key.partition.strip_prefix("T#")?.split_once("#P#")?;
        let (hour, segment) = key.sort.split_once('#')?;
        Some(Self {
            tenant: TenantId::new(tenant).ok()?,
            family: Family::from_name(family)?,
            hour: Hour::from_key(hour)?,
            segment: SegmentId::new(segment).ok()?,
        })
    }

    /// The day it belongs to.
    #[must_use]
    pub fn day(&self) -> Day {
        self.hour.day()
    }

    /// Its key in the table.
    #[must_use]
    pub fn key(&self) -> Key {
        Key::new(partition(&self.tenant, self.family), format!("{}#{}", self.hour, self.segment))
    }
}

/// The names of all shards of a kind.
pub fn shards(kind: Kind) -> impl Iterator<Item = String> {
    (0..SHARDS).map(move |shard| name(kind, shard))
}

/// The shard of a tenant. It must never change: FNV-1a is a fixed function of the bytes.
#[must_use]
pub fn shard(kind: Kind, tenant: &TenantId) -> String {
    let hash = tenant.as_str().bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    name(kind, hash % SHARDS)
}

fn name(kind: Kind, shard: u32) -> String {
    format!("{}{shard:02}", kind.letter())
}

/// One page of a shard of partials, and where the next one begins. The index lags by a moment; what in it is no partial is left out.
///
/// # Errors
/// Where the table does not answer.
pub async fn page(table: &dyn Table, shard: &str, after: Option<&Key>) -> Result<(Vec<Pending>, Option<Key>)> {
    let (keys, next) = keys(table, shard, after).await?;
    Ok((keys.iter().filter_map(Pending::of_key).collect(), next))
}

/// One page of the keys of a shard, and where the next one begins.
///
/// # Errors
/// Where the table does not answer.
pub async fn keys(table: &dyn Table, shard: &str, after: Option<&Key>) -> Result<(Vec<Key>, Option<Key>)> {
    let page = table.pending(shard, after).await?;
    Ok((page.items.into_iter().map(|item| item.key).collect(), page.next))
}
