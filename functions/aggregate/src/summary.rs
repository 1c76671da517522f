//! What a tick tells.

use crate::find::Found;
use crate::trigger::Tick;
use model::Family;
use serde::Serialize;
use std::collections::BTreeMap;

/// What a tick found, and what it sent.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Which tick it was.
    pub tick: Tick,
    /// By family, how many hours of all tenants wait to be settled.
    pub pending_hours: BTreeMap<Family, usize>,
    /// How many partials they have.
    pub pending_partials: usize,
    /// For how many hours the oldest has waited.
    pub oldest_pending_age_hours: f64,
    /// Whether that is all that waits; else there is more.
    pub complete: bool,
    /// How many messages of work were sent.
    pub sent: usize,
    /// Whether work was found and not sent, because the queue has enough.
    pub held_back: bool,
    /// Days of which it could not be told whether they are due: the next tick asks again.
    pub failed: usize,
    /// How many reports, notices and schedules were due, for each of which an errand was sent.
    pub errands: usize,
}

impl Summary {
    /// The summary of what was found, of which the oldest has waited so long.
    #[must_use]
    pub(crate) fn of(tick: Tick, found: &Found, longest_ms: i64) -> Self {
        let hundredths = longest_ms.max(0) / 36_000;
        Self {
            tick,
            pending_hours: Family::ALL.into_iter().map(|family| (family, found.hours_of(family))).collect(),
            pending_partials: found.partials(),
            oldest_pending_age_hours: f64::from(i32::try_from(hundredths).unwrap_or(i32::MAX)) / 100.0,
            complete: found.complete,
            sent: 0,
            held_back: false,
            failed: 0,
            errands: 0,
        }
    }

    /// Whether nothing waits, and nothing was sent.
    #[must_use]
    pub fn is_of_nothing(&self) -> bool {
        self.complete && self.pending_partials == 0 && self.sent == 0 && !self.held_back && self.failed == 0 && self.errands == 0
    }

    /// How many hours of all families wait.
    #[must_use]
    pub fn hours(&self) -> usize {
        self.pending_hours.values().sum()
    }

    /// Whether the oldest has waited for more than so many hours.
    #[must_use]
    pub fn is_older_than(&self, hours: u32) -> bool {
        self.oldest_pending_age_hours > f64::from(hours)
    }
}
