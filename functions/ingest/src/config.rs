//! What the function reads from its environment, and nothing else does.

use model::Family;
use model::accept::Retention;
use setup::{Kind, LOG_LEVEL, Setting, Settings, TABLE_NAME};

const EVENTS_PER_MINUTE: &str = "EVENTS_PER_MINUTE";
const QUEUE_URL: &str = "QUEUE_URL";

const OWN: [Setting; 9] = [
    LOG_LEVEL,
    TABLE_NAME,
    Setting::required(QUEUE_URL, "the SQS queue that accepted events are put on", Kind::Url),
    Setting::with_default(
        EVENTS_PER_MINUTE,
        "how many events one key or one user may send in a minute",
        Kind::Integer { min: 1, max: 100_000_000 },
        "1000",
    ),
    retention(Family::Engagement, "90"),
    retention(Family::Ai, "90"),
    retention(Family::Sales, "365"),
    retention(Family::Performance, "30"),
    retention(Family::Lifecycle, "90"),
];

/// Every setting of the function.
pub const SETTINGS: &[Setting] = &{
    let mut all = [LOG_LEVEL; OWN.len() + access::CREDENTIAL_SETTINGS.len()];
    let (own, credentials) = all.split_at_mut(OWN.len());
    own.copy_from_slice(&OWN);
    credentials.copy_from_slice(&access::CREDENTIAL_SETTINGS);
    all
};

const fn retention(family: Family, default: &'static str) -> Setting {
    let (name, what) = match family {
        Family::Engagement => ("RETENTION_DAYS_ENGAGEMENT", "days for which raw engagement events are kept"),
        Family::Ai => ("RETENTION_DAYS_AI", "days for which raw AI events are kept"),
        Family::Sales => ("RETENTION_DAYS_SALES", "days for which raw sales events are kept"),
        Family::Performance => ("RETENTION_DAYS_PERFORMANCE", "days for which raw performance events are kept"),
        Family::Lifecycle => ("RETENTION_DAYS_LIFECYCLE", "days for which raw lifecycle events are kept"),
    };
    // Events are taken up to a week before their raw data would expire, so that less than eight days would take none of yesterday's.
    Setting::with_default(name, what, Kind::Integer { min: 8, max: 3650 }, default)
}

/// What the function was told.
pub struct Config {
    /// The table's name.
    pub table_name: String,
    /// The queue's address.
    pub queue_url: String,
    /// How credentials are checked.
    pub access: access::Settings,
    /// How many events a minute one key or user may send.
    pub events_per_minute: u32,
    /// How old events may be.
    pub retention: Retention,
}

impl From<&Settings> for Config {
    fn from(settings: &Settings) -> Self {
        let days = |family: Family| settings.integer(retention(family, "").name);
        Self {
            table_name: settings.text(TABLE_NAME.name).to_owned(),
            queue_url: settings.text(QUEUE_URL).to_owned(),
            access: settings.into(),
            events_per_minute: settings.integer(EVENTS_PER_MINUTE),
            retention: Family::ALL.into_iter().fold(Retention::default(), |kept, family| kept.with(family, days(family))),
        }
    }
}
