//! The next version of a day's manifest in the making, with the rollups that it will name.

use crate::garbage::Named;
use crate::hours::{Hours, SettledHour};
use crate::look::{Look, Unit};
use crate::states::Whole;
use cube::FamilyState;
use cube::rollup::CATALOGUE;
use model::{AttemptId, Hour, Timestamp};
use ports::Item;
use rollups::day::Body;
use rollups::{Absorbed, Bucket, DayManifest, HourEntry, Log, Quarantine, Rollup};
use std::collections::BTreeMap;

/// What an attempt has of its own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attempt {
    pub id: AttemptId,
    /// The configuration revision that it settles with.
    pub configuration: u64,
    /// When the rollups of hours that it writes expire.
    pub hours_expire_at: Timestamp,
}

/// The rollup that is to stand for hours of a day.
pub(crate) struct DayBase {
    pub whole: Whole,
    /// Whether it stands for all hours there were, and not only for those it stood for before.
    pub has_hours: bool,
}

/// What one attempt will commit.
pub(crate) struct Draft<'a> {
    unit: &'a Unit,
    look: &'a Look,
    pub attempt: AttemptId,
    configuration: u64,
    hours_expire_at: Timestamp,
    pub next: DayManifest,
    /// The rollups of this attempt.
    fresh: BTreeMap<Bucket, Whole>,
    /// Its objects of the log.
    log: Named,
}

impl<'a> Draft<'a> {
    /// The next version, which says no more than this body yet.
    pub fn new((unit, look): (&'a Unit, &'a Look), body: Body, means: Attempt) -> Self {
        let Attempt { id: attempt, configuration, hours_expire_at } = means;
        let next = DayManifest { version: look.manifest.version + 1, body, ..look.manifest.clone() };
        Self { unit, look, attempt, configuration, hours_expire_at, next, fresh: BTreeMap::new(), log: Named::default() }
    }

    /// Takes in what was settled, and what is to stand for hours whose own rollups have expired.
    pub fn take(&mut self, hours: Hours, base: Option<DayBase>) {
        self.log = hours.written(self.attempt);
        for (hour, reason) in hours.damaged {
            self.quarantine(hour, reason);
        }
        if hours.settled.is_empty() && base.is_none() {
            return;
        }
        self.next.body.rollup = None;
        if let Some(DayBase { whole, has_hours }) = base {
            if has_hours {
                self.next.body.hours.clear();
            }
            self.next.body.base = Some(self.fresh(whole));
        }
        hours.settled.into_iter().for_each(|hour| self.hour(hour));
    }

    fn hour(&mut self, settled: SettledHour) {
        let SettledHour { plan, settled, base, objects } = settled;
        let (hour, now) = (plan.hour, self.look.now);
        let mut state = settled.state;
        if let Some(base) = &base {
            state.merge(&base.state);
        }
        let before = self.next.body.hours.remove(&hour);
        let spans = before.as_ref().filter(|_| base.is_some()).map_or((settled.first, settled.last), |before| (before.first, before.last));
        let mut absorbed = before.map(|before| before.absorbed).unwrap_or_default();
        absorbed.extend(plan.segments.into_iter().map(|brief| Absorbed { segment: brief.segment, gone_since: None }));
        let entry = HourEntry {
            version: self.next.version,
            settled_at: now,
            rollup: self.fresh(Whole::of(Bucket::Hour(hour), self.attempt, state)),
            // Where there is no event of its own, the rollup is all there is.
            base: base.filter(|_| !objects.is_empty()).map(|base| self.fresh(base.whole)),
            log: (!objects.is_empty()).then_some(Log { attempt: self.attempt, objects, written_at: now }),
            events: settled.events,
            first: settled.first.min(spans.0),
            last: settled.last.max(spans.1),
            configuration: self.configuration,
            catalogue: CATALOGUE,
            expires_at: self.hours_expire_at,
            absorbed,
        };
        self.next.body.hours.insert(hour, entry);
        self.next.body.quarantined.remove(&hour);
    }

    fn fresh(&mut self, whole: Whole) -> Rollup {
        let rollup = whole.rollup.clone();
        self.fresh.insert(whole.bucket, whole);
        rollup
    }

    /// Says that an hour cannot be settled; since when, it is remembered.
    pub fn quarantine(&mut self, hour: Hour, reason: String) {
        tracing::error!(tenant = %self.unit.owner.tenant, family = %self.unit.owner.family, %hour, reason, "an hour cannot be settled");
        let since = self.next.body.quarantined.get(&hour).map_or(self.look.now, |before| before.since);
        self.next.body.quarantined.insert(hour, Quarantine { since, tried_at: self.look.now, reason });
    }

    /// A rollup of this attempt.
    pub fn fresh_of(&self, bucket: Bucket) -> Option<&Whole> {
        self.fresh.get(&bucket)
    }

    /// Whether the day has hours, and no rollup yet.
    pub fn is_to_roll(&self) -> bool {
        let Body { hours, rollup, base, .. } = &self.next.body;
        rollup.is_none() && (!hours.is_empty() || base.is_some())
    }

    /// Gives the day its rollup.
    pub fn roll_up(&mut self, state: FamilyState) {
        let rollup = Whole::of(Bucket::Day(self.unit.day), self.attempt, state);
        self.next.body.rollup = Some(self.fresh(rollup));
    }

    /// All items of its rollups. Those of hours expire; what longer spans are made of does not.
    pub fn items(&self) -> Vec<Item> {
        let of_hour = |bucket| matches!(bucket, Bucket::Hour(_) | Bucket::HourBase(_));
        let expires_at = |bucket| of_hour(bucket).then_some(self.hours_expire_at.as_seconds());
        self.fresh.values().flat_map(|whole| whole.items(&self.unit.owner, expires_at(whole.bucket))).collect()
    }

    /// What its attempt has written.
    pub fn written(&self) -> Named {
        let mut written = Named::written(self.attempt, self.fresh.values(), std::iter::empty());
        written.extend(self.log.clone());
        written
    }

    /// Adds to the garbage what was named before, or written, and is named no more.
    pub fn discard(&mut self, dead: impl Iterator<Item = Named>, since: Timestamp) {
        let mut named = Named::by(self.unit.day, &self.look.manifest.body);
        named.extend(self.written());
        dead.for_each(|dead| named.extend(dead));
        let superseded = named.without(&Named::by(self.unit.day, &self.next.body));
        self.next.body.garbage.extend(superseded.into_garbage(since));
    }
}
