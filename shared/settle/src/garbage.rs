//! What nothing names any more: found by comparing what manifests name, deleted when no reader can still be reading it.

use crate::look::{Look, Unit};
use crate::states::Whole;
use crate::{Result, Settler};
use futures::stream::{self, StreamExt, TryStreamExt};
use model::{AttemptId, Day, Timestamp};
use ports::Key;
use records::object;
use rollups::day::Body;
use rollups::{Absorbed, Bucket, Garbage, Owner, Rollup, rollup};
use std::collections::{BTreeMap, BTreeSet};

/// Objects that are deleted side by side.
const SIDE_BY_SIDE: usize = 8;

/// Rollups and objects of the log, by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Named {
    rollups: BTreeMap<(Bucket, AttemptId), Rollup>,
    objects: BTreeSet<(AttemptId, u32)>,
}

impl Named {
    /// What a day is made of; its garbage is no part of that.
    pub fn by(day: Day, body: &Body) -> Self {
        let mut named = Self::default();
        for (hour, entry) in &body.hours {
            named.add(Bucket::Hour(*hour), Some(&entry.rollup));
            named.add(Bucket::HourBase(*hour), entry.base.as_ref());
            named.objects.extend(entry.log.iter().flat_map(|log| log.objects.iter().map(|number| (log.attempt, *number))));
        }
        named.add(Bucket::Day(day), body.rollup.as_ref());
        named.add(Bucket::DayBase(day), body.base.as_ref());
        named
    }

    /// What an attempt has written.
    pub fn written<'a>(attempt: AttemptId, rollups: impl Iterator<Item = &'a Whole>, objects: impl Iterator<Item = u32>) -> Self {
        let mut named = Self { objects: objects.map(|number| (attempt, number)).collect(), ..Self::default() };
        rollups.for_each(|whole| named.add(whole.bucket, Some(&whole.rollup)));
        named
    }

    fn add(&mut self, bucket: Bucket, rollup: Option<&Rollup>) {
        self.rollups.extend(rollup.map(|rollup| ((bucket, rollup.attempt), rollup.clone())));
    }

    pub fn extend(&mut self, more: Self) {
        self.rollups.extend(more.rollups);
        self.objects.extend(more.objects);
    }

    /// What of it the other does not name.
    pub fn without(mut self, other: &Self) -> Self {
        self.rollups.retain(|name, _| !other.rollups.contains_key(name));
        self.objects.retain(|name| !other.objects.contains(name));
        self
    }

    /// As garbage from now on; nothing where there is none.
    pub fn into_garbage(self, since: Timestamp) -> Option<Garbage> {
        let rollups: Vec<(Bucket, Rollup)> = self.rollups.into_iter().map(|((bucket, _), rollup)| (bucket, rollup)).collect();
        let objects: Vec<(AttemptId, u32)> = self.objects.into_iter().collect();
        (!rollups.is_empty() || !objects.is_empty()).then_some(Garbage { since, rollups, objects })
    }
}

/// The items of superseded rollups.
pub(crate) fn keys<'a>(owner: &Owner, rollups: impl IntoIterator<Item = &'a (Bucket, Rollup)>) -> Vec<Key> {
    let keys = |(bucket, rollup): &(Bucket, Rollup)| rollup::keys(owner, *bucket, (rollup.attempt, &rollup.contents.names()));
    rollups.into_iter().flat_map(keys).collect()
}

impl Settler {
    /// Whether what was superseded then may be deleted now.
    pub(crate) fn is_due(&self, since: Timestamp, now: Timestamp) -> bool {
        now.millis_since(since) >= self.rules.superseded_ms
    }

    /// Deletes what may be. Answers what the manifest's body is without it, and without what need not be remembered; and how much was
    /// deleted.
    pub(crate) async fn sweep(&self, unit: &Unit, look: &Look) -> Result<(Body, u64)> {
        let mut body = look.manifest.body.clone();
        let (due, kept): (Vec<Garbage>, Vec<Garbage>) = body.garbage.into_iter().partition(|garbage| self.is_due(garbage.since, look.now));
        body.garbage = kept;
        let keys = keys(&unit.owner, due.iter().flat_map(|garbage| &garbage.rollups));
        self.table.delete_many(&keys).await?;
        let place = (unit.owner.family, &unit.owner.tenant, unit.day);
        let objects: Vec<String> =
            due.iter().flat_map(|garbage| &garbage.objects).map(|(attempt, number)| object::log(place, *attempt, *number)).collect();
        let deletes: Vec<_> = objects.iter().map(|object| self.bucket.delete(object)).collect();
        stream::iter(deletes).buffer_unordered(SIDE_BY_SIDE).try_collect::<()>().await?;
        self.forget_absorbed(look, &mut body);
        Ok((body, due.iter().map(|garbage| (garbage.rollups.len() + garbage.objects.len()) as u64).sum()))
    }

    /// A segment that is absorbed is remembered for a time after its partial is seen gone: a reader may have seen the partial just before.
    fn forget_absorbed(&self, look: &Look, body: &mut Body) {
        let is_over =
            |gone_since: Option<Timestamp>| gone_since.is_some_and(|since| look.now.millis_since(since) >= self.rules.absorbed_ms);
        for (hour, entry) in &mut body.hours {
            for Absorbed { segment, gone_since } in &mut entry.absorbed {
                *gone_since = if look.has_partial(*hour, segment) { None } else { gone_since.or(Some(look.now)) };
            }
            entry.absorbed.retain(|absorbed| !is_over(absorbed.gone_since));
        }
    }
}
