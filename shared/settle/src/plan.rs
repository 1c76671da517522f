//! Which hours a round settles, and from what. Pure: it sees what is there, and decides.

use crate::Rules;
use crate::asked::Asked;
use crate::look::{Look, Unit};
use model::Hour;
use records::partial::Brief;
use rollups::{Bucket, HourEntry, Quarantine, Rollup};
use std::collections::BTreeSet;

/// The most segments that a round takes up, by hour: their names alone take 33 bytes each of the manifest.
const SEGMENTS: usize = 2_000;
/// A manifest that remembers so many absorbed segments takes up no more until some are forgotten, an hour later: an item has 400 KB.
const ABSORBED: usize = 8_000;
/// How long a quarantined hour is left alone, unless it is named: each day's tick tries it once more, and its alarm is told again.
const RETRY_MS: i64 = 20 * 3_600_000;

/// What a round is to do.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plan {
    /// The hours it settles, in order.
    pub hours: Vec<HourPlan>,
    /// Quarantined hours that were named, and of which there is nothing to settle.
    pub lifted: Vec<Hour>,
    /// Whether the hours' rollups have expired: then the day's rollup stands for all of them.
    pub has_expired: bool,
    /// Whether what stands for hours without rollups is to be rid of who is erased.
    pub erases_base: bool,
    /// How many hours wait until the manifest has room.
    pub put_off: u64,
    /// Whether another round is needed.
    pub is_part: bool,
}

/// What an hour is settled from.
#[derive(Debug, Clone)]
pub(crate) struct HourPlan {
    pub hour: Hour,
    /// Segments that are taken up.
    pub segments: Vec<Brief>,
    /// What the manifest says of it now. `None` where it was never settled, or its rollup is part of the day's base.
    pub entry: Option<HourEntry>,
    /// The rollup that stands for events whose log has expired.
    pub base: Option<(Bucket, Rollup)>,
    /// Whether the log is read, and not expired.
    pub has_log: bool,
}

impl Plan {
    pub fn is_empty(&self) -> bool {
        self.hours.is_empty() && self.lifted.is_empty() && !self.erases_base
    }
}

/// What plans are made from.
pub(crate) struct Planner<'a> {
    pub unit: &'a Unit,
    pub look: &'a Look,
    pub rules: &'a Rules,
}

impl Planner<'_> {
    pub fn plan(&self, asked: &Asked) -> Plan {
        let body = &self.look.manifest.body;
        let is_expired = |entry: &HourEntry| Rules::is_rollup_expired(entry, self.look.now);
        let mut plan = Plan { has_expired: body.rollup.is_some() && body.hours.values().any(is_expired), ..Plan::default() };
        let absorbed: usize = body.hours.values().map(|entry| entry.absorbed.len()).sum();
        // The names of absorbed segments go with their hours: not while a partial of one of them may still be seen.
        let is_full = if plan.has_expired { absorbed > 0 } else { absorbed >= ABSORBED };
        plan.erases_base = asked.expired && (plan.has_expired || body.base.is_some()) && !(plan.has_expired && is_full);
        let (mut events, mut segments) = (0, 0);
        let candidates = self.candidates(asked, plan.has_expired);
        let is_lifted = |hour: &&Hour| body.quarantined.contains_key(hour) && !candidates.contains(hour);
        plan.lifted = asked.named.iter().filter(is_lifted).copied().collect();
        for hour in candidates {
            let pending = self.look.pending.get(&hour).map_or(&[][..], Vec::as_slice);
            if is_full && !pending.is_empty() {
                plan.put_off += 1;
                continue;
            }
            let taken = &pending[..pending.len().min(SEGMENTS - segments)];
            let planned = self.hour(hour, taken.to_vec(), plan.has_expired);
            let is_over = events + planned.events() > self.rules.round_events || taken.len() < pending.len().min(SEGMENTS);
            if !plan.hours.is_empty() && is_over {
                plan.is_part = true;
                break;
            }
            events += planned.events();
            segments += taken.len();
            plan.is_part |= taken.len() < pending.len();
            plan.hours.push(planned);
        }
        plan
    }

    /// The hours with something to settle: what is pending, and what is asked for and has a log to settle again, or a rollup to erase from.
    fn candidates(&self, asked: &Asked, has_expired: bool) -> BTreeSet<Hour> {
        let body = &self.look.manifest.body;
        let is_past = |quarantine: &Quarantine| self.look.now.millis_since(quarantine.tried_at) >= RETRY_MS;
        let is_free = |hour: &Hour| asked.named.contains(hour) || body.quarantined.get(hour).is_none_or(is_past);
        let pending = self.look.pending.keys().copied().filter(|_| asked.pending);
        let again = body.hours.iter().filter(|(hour, entry)| {
            let is_asked = asked.named.contains(hour) || entry.configuration < asked.before;
            let is_erased = asked.expired && entry.configuration < asked.before;
            !has_expired && is_asked && (is_erased || self.live_log(entry))
        });
        pending.chain(again.map(|(hour, _)| *hour)).filter(is_free).collect()
    }

    fn hour(&self, hour: Hour, segments: Vec<Brief>, has_expired: bool) -> HourPlan {
        let entry = self.look.manifest.body.hours.get(&hour).filter(|_| !has_expired).cloned();
        let has_log = entry.as_ref().is_some_and(|entry| self.live_log(entry));
        let base = entry.as_ref().and_then(|entry| match (&entry.base, &entry.log) {
            // What is in the log is settled again, over the same base.
            (base, Some(_)) if has_log => base.clone().map(|base| (Bucket::HourBase(hour), base)),
            // The log is gone: its rollup, base included, stands for it from now on.
            _ => Some((Bucket::Hour(hour), entry.rollup.clone())),
        });
        HourPlan { hour, segments, entry, base, has_log }
    }

    fn live_log(&self, entry: &HourEntry) -> bool {
        self.rules.has_live_log(self.unit.owner.family, entry, self.look.now)
    }
}

impl HourPlan {
    /// How many events are read for it.
    pub fn events(&self) -> u64 {
        let settled = self.entry.as_ref().filter(|_| self.has_log).map_or(0, |entry| entry.events);
        settled + self.segments.iter().map(|brief| brief.events).sum::<u64>()
    }
}

#[cfg(test)]
mod tests;
