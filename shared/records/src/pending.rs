//! What is not yet settled: the index that names each partial, in shards of tenants.

use crate::Result;
use crate::partial::partition;
use model::{Day, Family, Hour, SegmentId, TenantId};
use ports::{Key, Table};

/// The attribute that feeds the index.
pub const ATTRIBUTE: &str = "pending";
/// How many shards the index has, so that no one of its partitions takes all writes.
const SHARDS: u32 = 16;

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

/// The names of all shards.
pub fn shards() -> impl Iterator<Item = String> {
    (0..SHARDS).map(|shard| format!("P{shard:02}"))
}

/// The shard of a tenant. It must never change: FNV-1a is a fixed function of the bytes.
#[must_use]
pub fn shard(tenant: &TenantId) -> String {
    let hash = tenant.as_str().bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("P{:02}", hash % SHARDS)
}

/// One page of a shard, and where the next one begins. The index lags by a moment; what in it is no partial is left out.
///
/// # Errors
/// Where the table does not answer.
pub async fn page(table: &dyn Table, shard: &str, after: Option<&Key>) -> Result<(Vec<Pending>, Option<Key>)> {
    let page = table.pending(shard, after).await?;
    Ok((page.items.iter().filter_map(|item| Pending::of_key(&item.key)).collect(), page.next))
}
