//! Clears what names people who are erased and is named by nothing any more, once all that is settled names them no more: superseded rollups
//! and logs, what crashed attempts have left, and segments whose events are settled.
//!
//! It is done in parts, family by family: first the days of the person and what is made of them, then the segments, by the first digit of
//! their names. A part that has something left which cannot be deleted yet is not passed: it is tried again.

use crate::doctor::Place;
use crate::forget::is_of_before;
use crate::{Done, Result, Settler};
use cube::segment::{self, SegmentError};
use futures::stream::{self, StreamExt, TryStreamExt};
use model::erasure::{Erasures, PersonHash};
use model::{Family, Hour, SegmentId, Timestamp};
use ports::Read;
use records::erasure::{self, Erasure, State};
use records::{Pending, object, open_request};
use rollups::{LifetimeManifest, Owner, upper};
use std::collections::BTreeSet;

/// How many parts there are of each family: the days, and sixteen of segments.
pub(crate) const PARTS: u8 = 17;
/// Segments that are read side by side.
const SIDE_BY_SIDE: usize = 16;
/// What tells whether an event is erased.
const COLUMNS: [&str; 3] = ["user", "time", "received"];

impl Settler {
    /// Clears the next part of a family for an erasure. What is done is written down; there is more to do where the answer says so.
    pub(crate) async fn clear(&self, owner: &Owner, person: &str) -> Result<Done> {
        let mut done = Done::default();
        let Some(person) = PersonHash::parse(person) else { return Ok(done) };
        let Some(erasure) = self.clearing(owner, &person).await? else { return Ok(done) };
        let part = erasure.progress.cleared.get(&owner.family).copied().unwrap_or_default();
        let is_clear = match part.checked_sub(1) {
            None => self.clear_days(owner, &erasure, &mut done).await?,
            Some(digit) if part < PARTS => self.clear_segments(owner, digit, &mut done).await?,
            Some(_) => return Ok(done),
        };
        done.left = is_clear && self.cleared(owner, &erasure, part + 1).await?;
        Ok(done)
    }

    async fn clearing(&self, owner: &Owner, person: &PersonHash) -> Result<Option<Erasure>> {
        let erasure = erasure::get(&*self.table, (&owner.tenant, person)).await?;
        Ok(erasure.filter(|erasure| erasure.progress.state == State::Clearing))
    }

    /// Writes down that the parts before this one are cleared, unless it has begun anew since. Whether there are more.
    async fn cleared(&self, owner: &Owner, erasure: &Erasure, next: u8) -> Result<bool> {
        let mut there = Some(erasure.clone());
        while let Some(now) = there.filter(|now| now.progress.clean_since == erasure.progress.clean_since) {
            let mut progress = now.progress.clone();
            progress.cleared.insert(owner.family, next);
            if erasure::save(&*self.table, &now, progress).await? {
                return Ok(next < PARTS);
            }
            there = self.clearing(owner, &erasure.person).await?;
        }
        Ok(false)
    }

    /// The days on which the person was, and the months and all time that are made of them. Whether all is gone that was superseded while they
    /// named the person.
    async fn clear_days(&self, owner: &Owner, erasure: &Erasure, done: &mut Done) -> Result<bool> {
        let clean_since = erasure.progress.clean_since.unwrap_or(erasure.before);
        let is_old = |since: Timestamp| is_of_before(since, clean_since);
        let mut is_clear = owner.family != Family::Ai || self.clear_open_requests(owner).await?;
        let mut months = BTreeSet::new();
        for (_, day) in erasure.progress.days.iter().filter(|(family, _)| *family == owner.family) {
            months.insert(day.month());
            *done += self.sweep_day(owner, *day).await?;
            is_clear &= !self.manifest_of(owner, *day).await?.body.garbage.iter().any(|garbage| is_old(garbage.since));
            self.delete_orphans(owner, Place::Day(*day)).await?;
        }
        if months.is_empty() {
            return Ok(is_clear);
        }
        for month in months {
            *done += self.build_month(owner, month).await?;
            let manifest = upper::month(&*self.table, owner, (month, Read::Strong)).await?;
            is_clear &= !manifest.body.garbage.iter().any(|(since, ..)| is_old(*since));
            self.delete_orphans(owner, Place::Month(month)).await?;
        }
        *done += self.build_lifetime(owner).await?;
        let lifetime: LifetimeManifest = upper::lifetime(&*self.table, owner, Read::Strong).await?;
        self.delete_orphans(owner, Place::Lifetime).await?;
        Ok(is_clear && !lifetime.body.garbage.iter().any(|(since, ..)| is_old(*since)))
    }

    /// The requests to models that wait for their end: whatever stores them later knows of the erasure, and until then they name the person in
    /// the table. Whether none is left that names anybody who is erased.
    async fn clear_open_requests(&self, owner: &Owner) -> Result<bool> {
        let erasures = erasure::people(&*self.table, &owner.tenant, Read::Strong).await?;
        let mut is_clear = true;
        for request in open_request::all(&*self.table, &owner.tenant).await? {
            if let Some(erased) = erasures.erase_request(&request.event) {
                // One that has changed meanwhile is looked at again.
                is_clear &= open_request::replace(&*self.table, &request, erased).await?;
            }
        }
        Ok(is_clear)
    }

    /// The segments whose names begin with a digit. Nobody commits one of them any more: whatever stores since the erasure is known writes
    /// others. Whether none is left that names anybody who is erased.
    async fn clear_segments(&self, owner: &Owner, digit: u8, done: &mut Done) -> Result<bool> {
        let erasures = erasure::people(&*self.table, &owner.tenant, Read::Strong).await?;
        let prefix = format!("{}{}/{}/", object::INCOMING, owner.family, owner.tenant);
        let listed = self.bucket.list(&format!("{prefix}{digit:x}")).await?;
        let segment = |key: &str| SegmentId::new(key.strip_prefix(&prefix)?.strip_suffix(".parquet")?).ok();
        let segments: Vec<SegmentId> = listed.iter().filter_map(|object| segment(&object.key)).collect();
        let cleared: Vec<_> = segments.iter().map(|segment| self.clear_segment(owner, segment, &erasures)).collect();
        let mut cleared = stream::iter(cleared).buffer_unordered(SIDE_BY_SIDE);
        let mut is_clear = true;
        while let Some(deleted) = cleared.try_next().await? {
            done.swept += u64::from(deleted == Deleted::Yes);
            is_clear &= deleted != Deleted::NotYet;
        }
        Ok(is_clear)
    }

    async fn clear_segment(&self, owner: &Owner, segment: &SegmentId, erasures: &Erasures) -> Result<Deleted> {
        let key = object::segment(owner.family, &owner.tenant, segment);
        let Some(bytes) = self.bucket.get(&key).await? else { return Ok(Deleted::No) };
        let hours = match hours_if_named(&bytes, erasures) {
            Ok(Some(hours)) => hours,
            Ok(None) => return Ok(Deleted::No),
            Err(error) => {
                let error = crate::sources::chain(&error);
                tracing::error!(object = key, error, "it cannot be told whether a segment names somebody who is erased");
                return Ok(Deleted::NotYet);
            }
        };
        for hour in hours {
            let pending = Pending { tenant: owner.tenant.clone(), family: owner.family, hour, segment: segment.clone() };
            if self.table.get(&pending.key(), Read::Strong).await?.is_some() {
                return Ok(Deleted::NotYet);
            }
        }
        self.bucket.delete(&key).await?;
        Ok(Deleted::Yes)
    }
}

/// What became of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deleted {
    Yes,
    /// It names nobody who is erased.
    No,
    /// It has events that are not settled, or cannot be read.
    NotYet,
}

/// The hours of a segment, where it names anybody who is erased.
fn hours_if_named(bytes: &bytes::Bytes, erasures: &Erasures) -> Result<Option<BTreeSet<Hour>>, SegmentError> {
    let opened = segment::open(bytes)?;
    for group in 0..opened.groups().len() {
        if cube::names_erased(&opened.columns(group, &COLUMNS)?, erasures) {
            return Ok(Some(opened.groups().iter().map(|group| group.hour).collect()));
        }
    }
    Ok(None)
}
