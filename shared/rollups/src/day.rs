//! The manifest of a day: for each of its hours what it is made of, and the rollup of the day itself.

use crate::codec::{self, CodecError, Decode, Plain};
use crate::manifest::{self, Commit, Next, Owner, Result, Stored};
use crate::outline::{DayOutline, Outlines, sealed};
use crate::rollup::{Bucket, Rollup};
use model::{AttemptId, Day, Hour, SegmentId, Timestamp};
use ports::{Key, Range, Read, Table};
use records::pending::Kind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// What is true of one day of a tenant's family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayManifest {
    /// Whose it is.
    pub owner: Owner,
    /// The day.
    pub day: Day,
    /// How often it has been written; 0 where it never was. Whoever writes it must have read this edition.
    pub edition: u64,
    /// How often what it says of hours and the day has changed; 0 where it says nothing yet. To forget is no change.
    pub version: u64,
    /// What it says.
    pub body: Body,
}

/// What the manifest of a day says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Body {
    /// The hours that are settled.
    #[serde(with = "sealed")]
    pub hours: BTreeMap<Hour, HourEntry>,
    /// The rollup of the whole day, made of exactly these hours (and `base`); `None` while the day is open.
    pub rollup: Option<Rollup>,
    /// The rollup of hours whose own rollups have expired, under [`Bucket::DayBase`]: part of `rollup`, and of no hour of `hours`.
    pub base: Option<Rollup>,
    /// The hours that something unreadable keeps from being settled.
    pub quarantined: BTreeMap<Hour, Quarantine>,
    /// What was superseded, and may be deleted when no reader can still be reading it.
    pub garbage: Vec<Garbage>,
}

/// The same as version 1 has it, with its hours open.
#[derive(Deserialize)]
#[cfg_attr(test, derive(Serialize))]
pub(crate) struct Unsealed {
    pub hours: BTreeMap<Hour, HourEntry>,
    pub rollup: Option<Rollup>,
    pub base: Option<Rollup>,
    pub quarantined: BTreeMap<Hour, Quarantine>,
    pub garbage: Vec<Garbage>,
}

impl Decode for Body {
    fn decode(plain: &Plain) -> std::result::Result<Self, CodecError> {
        if plain.version == codec::UNSEALED {
            let Unsealed { hours, rollup, base, quarantined, garbage } = codec::part(&plain.bytes)?;
            return Ok(Self { hours, rollup, base, quarantined, garbage });
        }
        codec::part(&plain.bytes)
    }
}

/// What one settled hour is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HourEntry {
    /// The version of the manifest that settled it.
    pub version: u64,
    /// When that was.
    pub settled_at: Timestamp,
    /// Its rollup.
    pub rollup: Rollup,
    /// Its settled events; `None` where it has none (all were of a log that has expired).
    pub log: Option<Log>,
    /// The rollup that stands for events whose log has expired, under [`Bucket::HourBase`]: part of `rollup`, merged state to state.
    pub base: Option<Rollup>,
    /// How many events are in the log, each once.
    pub events: u64,
    /// The time of the first of them.
    pub first: Timestamp,
    /// The time of the last of them.
    pub last: Timestamp,
    /// The configuration revision (prices) that its rollup was computed with.
    pub configuration: u64,
    /// The catalogue's revision that its rollup was computed with.
    pub catalogue: u32,
    /// When its rollup, and its base, expire; that of the day stands for them then.
    pub expires_at: Timestamp,
    /// The segments whose events of this hour are in the log (or in `base`): a partial of one of them counts no more.
    pub absorbed: Vec<Absorbed>,
}

/// Objects of the log that one attempt has written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Log {
    /// The attempt.
    pub attempt: AttemptId,
    /// The numbers of its objects that hold events of the hour.
    pub objects: Vec<u32>,
    /// When they were written: the bucket keeps them for the raw retention of the family from then on.
    pub written_at: Timestamp,
}

/// A segment that is part of an hour's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absorbed {
    /// The segment.
    pub segment: SegmentId,
    /// Since when its partial has been seen gone; the entry may be forgotten an hour later.
    pub gone_since: Option<Timestamp>,
}

/// Why an hour is not settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quarantine {
    /// Since when.
    pub since: Timestamp,
    /// When it was last tried.
    pub tried_at: Timestamp,
    /// The object or item that is missing or unreadable, and in what way.
    pub reason: String,
}

/// What nothing names any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Garbage {
    /// Since when.
    pub since: Timestamp,
    /// Rollups.
    pub rollups: Vec<(Bucket, Rollup)>,
    /// Objects of the log of this day.
    pub objects: Vec<(AttemptId, u32)>,
}

impl DayManifest {
    pub(crate) fn of(owner: &Owner, day: Day, stored: Option<Stored<Body>>) -> Self {
        let (edition, version, body) = stored.map_or_else(Default::default, |stored| (stored.edition, stored.version, stored.body));
        Self { owner: owner.clone(), day, edition, version, body }
    }

    /// What is remembered of a segment that an hour has absorbed: a partial of it counts no more, because the hour's rollup has its events.
    #[must_use]
    pub fn absorbed(&self, hour: Hour, segment: &SegmentId) -> Option<&Absorbed> {
        self.body.hours.get(&hour)?.absorbed.iter().find(|absorbed| absorbed.segment == *segment)
    }

    /// The newest configuration revision that any hour was settled with.
    #[must_use]
    pub fn configuration(&self) -> u64 {
        self.body.hours.values().map(|entry| entry.configuration).max().unwrap_or_default()
    }

    /// Whether work on it remains: its own rollup to be built, garbage to be deleted, absorbed segments to be forgotten (I12).
    #[must_use]
    pub fn waits(&self) -> bool {
        let has_absorbed = self.body.hours.values().any(|entry| !entry.absorbed.is_empty());
        (self.body.rollup.is_none() && !self.body.hours.is_empty()) || !self.body.garbage.is_empty() || has_absorbed
    }

    /// Whether anything that it says comes from this attempt.
    #[must_use]
    pub fn names(&self, attempt: AttemptId) -> bool {
        let is_of = |rollup: &Option<Rollup>| rollup.as_ref().is_some_and(|rollup| rollup.attempt == attempt);
        let hour = |entry: &HourEntry| {
            entry.rollup.attempt == attempt || is_of(&entry.base) || entry.log.as_ref().is_some_and(|log| log.attempt == attempt)
        };
        let garbage = |garbage: &Garbage| {
            garbage.rollups.iter().any(|(_, rollup)| rollup.attempt == attempt) || garbage.objects.iter().any(|(of, _)| *of == attempt)
        };
        let Body { hours, rollup, base, garbage: superseded, .. } = &self.body;
        is_of(rollup) || is_of(base) || hours.values().any(hour) || superseded.iter().any(garbage)
    }

    fn next(&self) -> Next<'_, Body> {
        let pending = self.waits().then_some(Kind::Sweep);
        Next { owner: &self.owner, sort: self.day.to_string(), edition: self.edition, version: self.version, body: &self.body, pending }
    }
}

pub(crate) fn key(owner: &Owner, day: Day) -> Key {
    Key::new(owner.partition(), day.to_string())
}

/// The day whose manifest a key names; `None` where it names something else.
#[must_use]
pub fn of_key(key: &Key) -> Option<(Owner, Day)> {
    let (owner, sort) = Owner::of_key(key)?;
    Some((owner, Day::from_key(sort)?))
}

/// The manifest of a day; one of version 0, which says nothing, where there is none.
///
/// # Errors
/// Where the table does not answer, or the item is malformed.
pub async fn get(table: &dyn Table, owner: &Owner, (day, fresh): (Day, Read)) -> Result<DayManifest> {
    let stored = manifest::get(table, &key(owner, day), fresh).await?;
    Ok(DayManifest::of(owner, day, stored))
}

/// The manifests of some days, those that there are, in order.
///
/// # Errors
/// As [`get`].
pub async fn range(table: &dyn Table, owner: &Owner, (days, fresh): (RangeInclusive<Day>, Read)) -> Result<Vec<DayManifest>> {
    let stored = manifest::range(table, owner, (sorts(&days), fresh)).await?;
    let manifest = |stored: Stored<Body>| Day::from_key(&stored.sort).map(|day| DayManifest::of(owner, day, Some(stored)));
    Ok(stored.into_iter().filter_map(manifest).collect())
}

/// The same as readers look at them, made by `outlines`.
///
/// # Errors
/// As [`get`].
pub async fn outlines(
    table: &dyn Table,
    owner: &Owner,
    (days, fresh): (RangeInclusive<Day>, Read),
    outlines: &dyn Outlines,
) -> Result<Vec<Arc<DayOutline>>> {
    let items = manifest::items(table, owner, (sorts(&days), fresh)).await?;
    items.iter().filter_map(|item| Day::from_key(&item.key.sort).map(|day| outlines.outline(owner, day, item))).collect()
}

fn sorts(days: &RangeInclusive<Day>) -> Range {
    Range::Between(days.start().to_string(), days.end().to_string())
}

/// Makes this the manifest of its day, if the edition that it was made from is the one that is there (I6).
///
/// # Errors
/// Where the table does not answer: then it may be committed or not, and reading it again tells.
pub async fn commit(table: &dyn Table, next: &DayManifest) -> Result<Commit> {
    manifest::commit(table, next.next()).await
}
