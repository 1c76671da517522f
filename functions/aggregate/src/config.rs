//! What the function reads from its environment, and nothing else does.

use crate::policy::Policy;
use model::Family;
use settle::Rules;
use setup::{BUCKET_NAME, Kind, LOG_LEVEL, REPORT_QUEUE_URL, RETENTION_DAYS, Setting, Settings, TABLE_NAME};

/// Half of the days after which what is unsettled expires.
const LONGEST_HOURS: u32 = 14 * 24;
const MINUTE_MS: i64 = 60_000;

const WORK_QUEUE_URL: &str = "WORK_QUEUE_URL";
// A small tenant's first event of a day waits for 25 hours: until the next day's tick.
const PENDING_ALARM_HOURS: Setting = Setting::with_default(
    "PENDING_ALARM_HOURS",
    "hours after which events that are still not settled are warned of",
    Kind::Integer { min: 1, max: LONGEST_HOURS },
    "30",
);
const SETTLE_GRACE_MINUTES: Setting = Setting::with_default(
    "SETTLE_GRACE_MINUTES",
    "minutes after its end for which an hour still counts as open, so that most late events come in before it is settled",
    Kind::Integer { min: 0, max: 1440 },
    "15",
);
const SETTLE_BUSY_PARTIALS: Setting = Setting::with_default(
    "SETTLE_BUSY_PARTIALS",
    "partials from which a closed hour is settled at once; with fewer it is settled once its day is over",
    Kind::Integer { min: 1, max: 100_000 },
    "24",
);
const SETTLE_OPEN_PARTIALS: Setting = Setting::with_default(
    "SETTLE_OPEN_PARTIALS",
    "partials from which an hour is settled while it is open, if they are no fewer than it has settled already",
    Kind::Integer { min: 2, max: 100_000 },
    "300",
);
const ROLLUP_RETENTION_DAYS: Setting = Setting::with_default(
    "ROLLUP_RETENTION_DAYS",
    "days for which the rollups of hours are kept; those of days, of months and of all time are kept for ever",
    Kind::Integer { min: 31, max: 3650 },
    "730",
);
const SUPERSEDED_MINUTES: Setting = Setting::with_default(
    "SUPERSEDED_MINUTES",
    "minutes for which what a settle has superseded is kept: longer than any reader reads",
    Kind::Integer { min: 1, max: 1440 },
    "15",
);
const ERASURE_WATCH_MINUTES: Setting = Setting::with_default(
    "ERASURE_WATCH_MINUTES",
    "minutes for which it is looked whether what began before a person was erased brings the person back: longer than any function runs, \
     and than `store` believes what it knows",
    Kind::Integer { min: 2, max: 1440 },
    "20",
);

const OWN: [Setting; 12] = [
    LOG_LEVEL,
    TABLE_NAME,
    BUCKET_NAME,
    Setting::required(WORK_QUEUE_URL, "the SQS queue of the work that ticks find", Kind::Url),
    REPORT_QUEUE_URL,
    PENDING_ALARM_HOURS,
    SETTLE_GRACE_MINUTES,
    SETTLE_BUSY_PARTIALS,
    SETTLE_OPEN_PARTIALS,
    ROLLUP_RETENTION_DAYS,
    SUPERSEDED_MINUTES,
    ERASURE_WATCH_MINUTES,
];

/// Every setting of the function.
pub const SETTINGS: &[Setting] = &{
    let mut all = [LOG_LEVEL; OWN.len() + RETENTION_DAYS.len()];
    let (own, retention) = all.split_at_mut(OWN.len());
    own.copy_from_slice(&OWN);
    retention.copy_from_slice(&RETENTION_DAYS);
    all
};

/// What the function was told.
#[derive(Debug, Clone)]
pub struct Config {
    /// The table's name.
    pub table_name: String,
    /// The bucket's name.
    pub bucket_name: String,
    /// The address of the queue of work.
    pub work_queue_url: String,
    /// The address of the queue of `report`, which delivers what budgets tell.
    pub report_queue_url: String,
    /// Hours after which what is not settled is warned of.
    pub pending_alarm_hours: u32,
    /// When to settle.
    pub policy: Policy,
    /// How to settle.
    pub rules: Rules,
}

impl From<&Settings> for Config {
    fn from(settings: &Settings) -> Self {
        let count = |setting: Setting| usize::try_from(settings.integer(setting.name)).unwrap_or(usize::MAX);
        Self {
            table_name: settings.text(TABLE_NAME.name).to_owned(),
            bucket_name: settings.text(BUCKET_NAME.name).to_owned(),
            work_queue_url: settings.text(WORK_QUEUE_URL).to_owned(),
            report_queue_url: settings.text(REPORT_QUEUE_URL.name).to_owned(),
            pending_alarm_hours: settings.integer(PENDING_ALARM_HOURS.name),
            policy: Policy {
                grace_minutes: settings.integer(SETTLE_GRACE_MINUTES.name),
                busy_partials: count(SETTLE_BUSY_PARTIALS),
                open_partials: count(SETTLE_OPEN_PARTIALS),
            },
            rules: Rules {
                grace_ms: i64::from(settings.integer(SETTLE_GRACE_MINUTES.name)) * MINUTE_MS,
                raw_days: Family::ALL.into_iter().zip(RETENTION_DAYS.map(|days| settings.integer(days.name))).collect(),
                rollup_days: settings.integer(ROLLUP_RETENTION_DAYS.name),
                superseded_ms: i64::from(settings.integer(SUPERSEDED_MINUTES.name)) * MINUTE_MS,
                watched_ms: i64::from(settings.integer(ERASURE_WATCH_MINUTES.name)) * MINUTE_MS,
                ..Rules::default()
            },
        }
    }
}
