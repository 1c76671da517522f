//! Finds what waits to be settled, by tenant, family and day: one such day is one unit of work.

use futures::{TryStreamExt, stream};
use model::{Day, Family, Hour, TenantId};
use ports::Table;
use records::{Pending, RecordError, pending};
use std::collections::{BTreeMap, BTreeSet};

/// Pages of a shard that one tick reads: some ten thousand partials. A page costs 128 read units, so that a tick has a price limit too.
const PAGES: usize = 2;
/// Shards that are read at once.
const SIDE_BY_SIDE: usize = 8;

/// A day of a tenant's family: what one worker settles and commits at once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unit {
    pub tenant: TenantId,
    pub family: Family,
    pub day: Day,
}

/// What waits in a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The hours that have partials.
    pub hours: BTreeSet<Hour>,
    /// How many partials they have.
    pub partials: usize,
    /// The first of them.
    pub oldest: Pending,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// By day, what waits in it.
    pub units: BTreeMap<Unit, Waiting>,
    /// Whether that is all; else there is more than one tick reads.
    pub complete: bool,
}

/// Walks the index of what waits.
pub async fn find(table: &dyn Table) -> Result<Found, RecordError> {
    let shards: Vec<Result<String, RecordError>> = pending::shards(pending::Kind::Partial).map(Ok).collect();
    let found = Found { units: BTreeMap::new(), complete: true };
    let walks = stream::iter(shards).map_ok(|shard| async move { walk(table, &shard).await });
    walks
        .try_buffer_unordered(SIDE_BY_SIDE)
        .try_fold(found, |found, (waiting, complete)| async move { Ok(found.with(waiting, complete)) })
        .await
}

/// The partials of a shard, and whether they are all of it.
async fn walk(table: &dyn Table, shard: &str) -> Result<(Vec<Pending>, bool), RecordError> {
    let (mut all, mut after) = (Vec::new(), None);
    for _ in 0..PAGES {
        let (page, next) = pending::page(table, shard, after.as_ref()).await?;
        all.extend(page);
        after = next;
        if after.is_none() {
            return Ok((all, true));
        }
    }
    Ok((all, false))
}

impl Found {
    fn with(mut self, waiting: Vec<Pending>, complete: bool) -> Self {
        for pending in waiting {
            let unit = Unit { tenant: pending.tenant.clone(), family: pending.family, day: pending.day() };
            let day = self.units.entry(unit).or_insert_with(|| Waiting { hours: BTreeSet::new(), partials: 0, oldest: pending.clone() });
            day.hours.insert(pending.hour);
            day.partials += 1;
            if (pending.hour, &pending.segment) < (day.oldest.hour, &day.oldest.segment) {
                day.oldest = pending;
            }
        }
        self.complete &= complete;
        self
    }

    /// Of each family that waits, the partial of the oldest hour.
    pub fn oldest_of_each_family(&self) -> impl Iterator<Item = &Pending> {
        let of = |family| self.units.iter().filter(move |(unit, _)| unit.family == family).map(|(_, day)| &day.oldest);
        Family::ALL.into_iter().filter_map(move |family| of(family).min_by_key(|oldest| oldest.hour))
    }

    /// How many hours of a family wait.
    pub fn hours_of(&self, family: Family) -> usize {
        self.units.iter().filter(|(unit, _)| unit.family == family).map(|(_, day)| day.hours.len()).sum()
    }
}
