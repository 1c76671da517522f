//! Finds what waits for work, in the sparse index that has nothing else in it.

use crate::policy::Waiting;
use futures::{StreamExt, TryStreamExt, stream};
use model::{Day, Family, TenantId};
use ports::{Key, Table};
use records::{Pending, RecordError, pending};
use std::collections::BTreeMap;

/// Shards that are read at once: all of one kind.
const SIDE_BY_SIDE: usize = 16;

/// A day of a tenant's family: what one worker settles and commits at once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unit {
    pub tenant: TenantId,
    pub family: Family,
    pub day: Day,
}

/// What waits in a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partials {
    /// By hour, how many there are.
    pub hours: Waiting,
    /// The first of them.
    pub oldest: Pending,
    /// Which they are, as a digest: it changes with what comes and with what is settled.
    pub digest: u64,
}

/// The partials that were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// By day, what waits in it.
    pub units: BTreeMap<Unit, Partials>,
    /// Whether that is all; else there is more than the look may read.
    pub complete: bool,
}

/// Finds partials, reading so many pages of each shard at most. A page is some ten thousand keys and costs 128 read units.
pub async fn partials(table: &dyn Table, pages: usize) -> Result<Found, RecordError> {
    let shards = pending::shards(pending::Kind::Partial);
    let walks = stream::iter(shards).map(async |shard| -> Result<Found, RecordError> {
        let mut found = Found::nothing();
        let mut after = None;
        for _ in 0..pages {
            let (page, next) = pending::page(table, &shard, after.as_ref()).await?;
            for partial in page {
                found.add(partial);
            }
            after = next;
            if after.is_none() {
                return Ok(found);
            }
        }
        Ok(Found { complete: false, ..found })
    });
    walks.buffer_unordered(SIDE_BY_SIDE).try_fold(Found::nothing(), async |found, more| Ok(found.and(more))).await
}

/// Finds the keys of what waits for another kind of work, reading so many pages of each shard at most.
pub async fn keys(table: &dyn Table, kind: pending::Kind, pages: usize) -> Result<Vec<Key>, RecordError> {
    let walks = stream::iter(pending::shards(kind)).map(async |shard| -> Result<Vec<Key>, RecordError> {
        let (mut all, mut after) = (Vec::new(), None);
        for _ in 0..pages {
            let (page, next) = pending::keys(table, &shard, after.as_ref()).await?;
            all.extend(page);
            after = next;
            if after.is_none() {
                break;
            }
        }
        Ok(all)
    });
    let mut keys: Vec<Key> = walks.buffer_unordered(SIDE_BY_SIDE).try_concat().await?;
    keys.sort_unstable();
    Ok(keys)
}

impl Found {
    /// Where nothing was looked for.
    pub const fn nothing() -> Self {
        Self { units: BTreeMap::new(), complete: true }
    }

    fn add(&mut self, partial: Pending) {
        let unit = Unit { tenant: partial.tenant.clone(), family: partial.family, day: partial.day() };
        let day = self.units.entry(unit).or_insert_with(|| Partials { hours: Waiting::new(), oldest: partial.clone(), digest: 0 });
        // In whatever order they are found.
        day.digest ^= digest_of(&partial);
        *day.hours.entry(partial.hour).or_default() += 1;
        if (partial.hour, &partial.segment) < (day.oldest.hour, &day.oldest.segment) {
            day.oldest = partial;
        }
    }

    /// With what another shard has: no tenant is in two.
    fn and(mut self, mut other: Self) -> Self {
        self.units.append(&mut other.units);
        Self { complete: self.complete && other.complete, ..self }
    }

    /// Of each family that waits, the partial of the oldest hour.
    pub fn oldest_of_each_family(&self) -> impl Iterator<Item = &Pending> {
        let of = |family| self.units.iter().filter(move |(unit, _)| unit.family == family).map(|(_, day)| &day.oldest);
        Family::ALL.into_iter().filter_map(move |family| of(family).min_by_key(|oldest| oldest.hour))
    }

    /// Which partials of a tenant's family wait, as a digest.
    pub fn digest_of(&self, tenant: &TenantId, family: Family) -> u64 {
        let own = self.units.iter().filter(|(unit, _)| unit.tenant == *tenant && unit.family == family);
        own.fold(0, |digest, (_, day)| digest ^ day.digest)
    }

    /// How many hours of a family wait.
    pub fn hours_of(&self, family: Family) -> usize {
        self.units.iter().filter(|(unit, _)| unit.family == family).map(|(_, day)| day.hours.len()).sum()
    }

    /// How many partials wait.
    pub fn partials(&self) -> usize {
        self.units.values().flat_map(|day| day.hours.values()).sum()
    }
}

/// A partial's place as a number: FNV-1a, a fixed function of the bytes.
fn digest_of(partial: &Pending) -> u64 {
    let place = format!("{}#{}", partial.hour, partial.segment);
    place.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
