//! What the function reads from its environment, and nothing else does.

use setup::{Kind, LOG_LEVEL, Setting, Settings, TABLE_NAME};

/// Half of the days after which what is unsettled expires.
const LONGEST_HOURS: u32 = 14 * 24;

const PENDING_ALARM_HOURS: Setting = Setting::with_default(
    "PENDING_ALARM_HOURS",
    "hours after which events that are still not settled are warned of",
    Kind::Integer { min: 1, max: LONGEST_HOURS },
    "24",
);

/// Every setting of the function.
pub const SETTINGS: &[Setting] = &[LOG_LEVEL, TABLE_NAME, PENDING_ALARM_HOURS];

/// What the function was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The table's name.
    pub table_name: String,
    /// Hours after which what is not settled is warned of.
    pub pending_alarm_hours: u32,
}

impl From<&Settings> for Config {
    fn from(settings: &Settings) -> Self {
        Self { table_name: settings.text(TABLE_NAME.name).to_owned(), pending_alarm_hours: settings.integer(PENDING_ALARM_HOURS.name) }
    }
}
