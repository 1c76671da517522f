//! When to settle: what is worth a settle now, what may wait for its day to be over, and what must not be tried again and again.
//!
//! To settle an hour costs about as much as it holds: everything settled of it is read and written again. Not to settle it costs each
//! reader its partials. So an hour is settled when it is over; at once where it has many partials, with its whole day where it has few;
//! and while it is open only when what waits outweighs what is settled, so that all these settles together read no more than twice what
//! it holds then. `docs/settling.md` has the figures behind the thresholds.

use model::{Day, Hour, HourOffset, Timestamp};
use rollups::DayManifest;
use std::collections::BTreeMap;

const MINUTE_MS: i64 = 60_000;

/// The thresholds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// For how many minutes after its end an hour still counts as open.
    pub grace_minutes: u32,
    /// From how many partials on a closed hour is settled at once.
    pub busy_partials: usize,
    /// From how many partials on an hour is settled while it is open, or again when it was settled after it closed.
    pub open_partials: usize,
}

/// A moment where a tenant is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Local {
    /// The moment.
    pub now: Timestamp,
    /// When the tenant's hours begin.
    pub offset: HourOffset,
}

/// How many partials each hour of a day has.
pub type Waiting = BTreeMap<Hour, usize>;

impl Policy {
    /// Whether any hour has so many partials that it may be due before its day is over. The manifest then tells whether it is: reading
    /// it for each of thousands of small days, each minute, would cost more than it saves.
    #[must_use]
    pub fn may_be_due(&self, waiting: &Waiting, local: Local) -> bool {
        waiting.iter().any(|(hour, partials)| self.is_enough(*hour, *partials, local))
    }

    /// Whether any hour of a day is due before the day is over.
    #[must_use]
    pub fn is_due(&self, waiting: &Waiting, manifest: &DayManifest, local: Local) -> bool {
        waiting.iter().any(|(hour, partials)| self.is_hour_due((*hour, *partials), manifest, local))
    }

    fn is_hour_due(&self, (hour, partials): (Hour, usize), manifest: &DayManifest, local: Local) -> bool {
        if manifest.body.quarantined.contains_key(&hour) {
            // It would fail again each minute: the daily tick tries it.
            return false;
        }
        let closed_at = self.closed_at(hour, local.offset);
        let is_over = local.now >= closed_at;
        match manifest.body.hours.get(&hour) {
            None => self.is_enough(hour, partials, local),
            // The last time that it is settled, if nothing comes late.
            Some(settled) if is_over && settled.settled_at < closed_at => partials >= self.busy_partials,
            // What is settled is counted in segments, as what waits is. An entry lives for an hour or longer after its segment is
            // settled, so that those of an open hour are all there; of a late hour they may be gone, and then `open_partials` alone counts.
            Some(settled) => partials >= self.open_partials && partials >= settled.absorbed.len(),
        }
    }

    fn is_enough(&self, hour: Hour, partials: usize, local: Local) -> bool {
        let is_over = local.now >= self.closed_at(hour, local.offset);
        partials >= if is_over { self.busy_partials.min(self.open_partials) } else { self.open_partials }
    }

    /// Whether a day and its grace are over: then all that waits in it is due with the daily tick.
    #[must_use]
    pub fn is_day_over(&self, day: Day, local: Local) -> bool {
        local.now >= self.closed_at(day.last_hour(), local.offset)
    }

    /// Whether any of these hours and its grace are over.
    #[must_use]
    pub fn has_closed(&self, waiting: &Waiting, local: Local) -> bool {
        waiting.keys().next().is_some_and(|first| local.now >= self.closed_at(*first, local.offset))
    }

    fn closed_at(&self, hour: Hour, offset: HourOffset) -> Timestamp {
        Hour::from_index(hour.index() + 1).start(offset).plus_millis(i64::from(self.grace_minutes) * MINUTE_MS)
    }
}

#[cfg(test)]
mod tests;
