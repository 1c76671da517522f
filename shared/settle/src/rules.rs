//! What settling is told: how long to wait, how much at once, and for how long things are kept.

use model::{Day, Family, HourOffset, Month, Timestamp};
use rollups::HourEntry;
use std::collections::BTreeMap;

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// The settings of settling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// For so many milliseconds after its end a day or month is still open: most late events come by then.
    pub grace_ms: i64,
    /// Days for which the bucket keeps the log, by family; [`Family::default_retention_days`] where a family is not named.
    pub raw_days: BTreeMap<Family, u32>,
    /// Days for which rollups of hours are kept. Those of days, months and all time are kept for ever.
    pub rollup_days: u32,
    /// The most events of one round, unless a single hour has more.
    pub round_events: u64,
    /// Milliseconds after which what was superseded is deleted: longer than any reader reads.
    pub superseded_ms: i64,
    /// Milliseconds for which an absorbed segment is remembered after its partial is seen gone: longer than any reader reads.
    pub absorbed_ms: i64,
    /// Milliseconds for which who erases somebody looks whether what began before brings it back: longer than any function runs, and than
    /// `store` believes what it knows of a tenant.
    pub watched_ms: i64,
    /// About how large an object of the log becomes, in bytes.
    pub log_object_bytes: usize,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            grace_ms: 10 * MINUTE_MS,
            raw_days: Family::ALL.into_iter().map(|family| (family, family.default_retention_days())).collect(),
            rollup_days: 730,
            round_events: 2_000_000,
            superseded_ms: 15 * MINUTE_MS,
            absorbed_ms: 60 * MINUTE_MS,
            watched_ms: 20 * MINUTE_MS,
            log_object_bytes: 32 * 1024 * 1024,
        }
    }
}

impl Rules {
    /// Whether a day has ended, grace included.
    pub(crate) fn is_day_closed(&self, day: Day, offset: HourOffset, now: Timestamp) -> bool {
        now >= day.next().first_hour().start(offset).plus_millis(self.grace_ms)
    }

    /// Whether the last day of a month has ended, grace included.
    pub(crate) fn is_month_closed(&self, month: Month, offset: HourOffset, now: Timestamp) -> bool {
        self.is_day_closed(month.last_day(), offset, now)
    }

    /// Whether an hour has a log, none of whose objects may have expired. A day early, so that none goes while it is being read.
    pub(crate) fn has_live_log(&self, family: Family, entry: &HourEntry, now: Timestamp) -> bool {
        let days = self.raw_days.get(&family).copied().unwrap_or_else(|| family.default_retention_days());
        let is_live = |written_at| now.millis_since(written_at) < (i64::from(days) - 1) * DAY_MS;
        entry.log.as_ref().is_some_and(|log| is_live(log.written_at))
    }

    /// Whether the rollup of an hour may be gone; as early.
    pub(crate) fn is_rollup_expired(entry: &HourEntry, now: Timestamp) -> bool {
        now.plus_millis(DAY_MS) >= entry.expires_at
    }

    /// When the rollup of an hour that is settled now expires.
    pub(crate) fn rollup_expires_at(&self, now: Timestamp) -> Timestamp {
        now.plus_millis(i64::from(self.rollup_days) * DAY_MS)
    }
}
