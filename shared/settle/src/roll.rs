//! The rollup of a day: made of those of its hours, and of what stands for hours whose own have expired (I12).

use crate::draft::{DayBase, Draft};
use crate::hours::Means;
use crate::look::Unit;
use crate::plan::Plan;
use crate::sources::chain;
use crate::states::{StatesError, Whole};
use crate::{Result, Settler};
use cube::FamilyState;
use model::{Hour, Timestamp};
use rollups::{Bucket, DayManifest, Rollup};

/// What became of the rollup of a day.
pub(crate) enum Rolled {
    /// It is in the draft.
    Built,
    /// One that it is made of is missing or damaged.
    Lost(Lost),
}

/// A rollup that is missing or damaged.
pub(crate) struct Lost {
    /// The hour that it is of; the day's first where it stands for several.
    pub hour: Hour,
    /// Whether the hour has a log to settle it from again.
    pub has_log: bool,
    /// What is wrong with it.
    pub reason: String,
}

impl Settler {
    /// Whether a day has ended since its hours were settled. One that has a rollup is rolled up again in the commit that changes an hour.
    pub(crate) fn is_day_to_roll(&self, unit: &Unit, manifest: &DayManifest) -> bool {
        let body = &manifest.body;
        let base = body.base.as_ref().map(|_| unit.day.first_hour());
        let is_stuck = body.hours.keys().copied().chain(base).any(|hour| body.quarantined.contains_key(&hour));
        let has_hours = !body.hours.is_empty() || body.base.is_some();
        body.rollup.is_none() && has_hours && !is_stuck && self.rules.is_day_closed(unit.day, unit.hour_offset, self.clock.now())
    }

    /// Whether a look at a day would find something to delete, to forget or to roll up.
    pub(crate) fn needs_sweep(&self, unit: &Unit, manifest: &DayManifest) -> bool {
        let now = self.clock.now();
        let is_due = |since: &Timestamp| now.millis_since(*since) >= self.rules.absorbed_ms;
        let mut absorbed = manifest.body.hours.values().flat_map(|entry| &entry.absorbed);
        absorbed.any(|absorbed| absorbed.gone_since.as_ref().is_none_or(is_due))
            || manifest.body.garbage.iter().any(|garbage| self.is_due(garbage.since, now))
            || self.is_day_to_roll(unit, manifest)
    }

    /// What is to stand for hours whose own rollups have expired: the rollup of the day, where hours were settled on top of it, and either
    /// that or what stood for them before, where somebody is erased from it.
    pub(crate) async fn day_base(&self, means: &Means<'_>, plan: &Plan, has_settled: bool) -> Result<Option<DayBase>> {
        let (unit, body) = (means.unit, &means.look.manifest.body);
        let (bucket, rollup) =
            if plan.has_expired { (Bucket::Day(unit.day), &body.rollup) } else { (Bucket::DayBase(unit.day), &body.base) };
        let is_asked = plan.erases_base || (plan.has_expired && has_settled);
        let Some(rollup) = rollup.as_ref().filter(|_| is_asked) else { return Ok(None) };
        let whole = Whole::read(&*self.table, &unit.owner, bucket, rollup).await?;
        // What it was settled with is not known any more; to erase once more changes nothing.
        let missed = means.erasures.missed_by(0, unit.day.first_hour().start(unit.hour_offset));
        let own = Bucket::DayBase(unit.day);
        let whole = match whole.state(&unit.owner)?.erased(&missed) {
            Some(erased) => Whole::of(own, means.attempt, erased),
            None if plan.has_expired && has_settled => whole.under(own, means.attempt),
            None => return Ok(None),
        };
        Ok(Some(DayBase { whole, has_hours: plan.has_expired }))
    }

    /// Merges the hours of a draft, and its base, into the rollup of its day.
    pub(crate) async fn roll_up_day(&self, unit: &Unit, draft: &mut Draft<'_>) -> Result<Rolled> {
        let body = &draft.next.body;
        let base = body.base.iter().map(|rollup| (unit.day.first_hour(), Bucket::DayBase(unit.day), rollup));
        let hours = body.hours.iter().map(|(hour, entry)| (*hour, Bucket::Hour(*hour), &entry.rollup));
        let mut day = FamilyState::empty(unit.owner.family);
        for (hour, bucket, rollup) in base.chain(hours) {
            match self.state_of(unit, draft, (bucket, rollup)).await {
                Ok(state) => day.merge(&state),
                Err(error) if error.is_of_rollup() => {
                    let entry = body.hours.get(&hour).filter(|_| matches!(bucket, Bucket::Hour(_)));
                    let has_log = entry.is_some_and(|entry| self.rules.has_live_log(unit.owner.family, entry, self.clock.now()));
                    return Ok(Rolled::Lost(Lost { hour, has_log, reason: chain(&error) }));
                }
                Err(error) => return Err(error.into()),
            }
        }
        draft.roll_up(day);
        Ok(Rolled::Built)
    }

    async fn state_of(&self, unit: &Unit, draft: &Draft<'_>, (bucket, rollup): (Bucket, &Rollup)) -> Result<FamilyState, StatesError> {
        match draft.fresh_of(bucket) {
            Some(whole) => whole.state(&unit.owner),
            None => Whole::read(&*self.table, &unit.owner, bucket, rollup).await?.state(&unit.owner),
        }
    }
}
