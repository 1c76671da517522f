//! What the function reads from its environment, and nothing else does.

use crate::reports::Rules;
use ::reports::run::Patience;
use ::reports::target::Loopback;
use setup::{
    BUCKET_NAME, Kind, LOG_LEVEL, REPORT_QUEUE_URL, REPORT_SENDER, SERVICE_SECRET, Setting, Settings, TABLE_NAME, WEBHOOK_LOOPBACK,
};

const DELIVERY_ATTEMPTS: Setting = Setting::with_default(
    "DELIVERY_ATTEMPTS",
    "how often a report is tried to be made, a mail to be sent, or a webhook to be called, before that is given up",
    Kind::Integer { min: 1, max: 100 },
    "8",
);
const DELIVERY_PAUSE_SECONDS: Setting = Setting::with_default(
    "DELIVERY_PAUSE_SECONDS",
    "seconds after the first attempt that failed until the next; each pause after it is twice as long, up to 15 minutes",
    Kind::Integer { min: 1, max: 900 },
    "30",
);

/// Every setting of the function.
pub const SETTINGS: &[Setting] = &[
    LOG_LEVEL,
    TABLE_NAME,
    BUCKET_NAME,
    REPORT_QUEUE_URL,
    SERVICE_SECRET,
    REPORT_SENDER,
    WEBHOOK_LOOPBACK,
    DELIVERY_ATTEMPTS,
    DELIVERY_PAUSE_SECONDS,
];

/// What the function was told.
#[derive(Debug, Clone)]
pub struct Config {
    /// The table's name.
    pub table_name: String,
    /// The bucket's name.
    pub bucket_name: String,
    /// The address of the queue of errands.
    pub report_queue_url: String,
    /// The address that mail is sent from; none is sent without.
    pub sender: Option<String>,
    /// How reports are delivered.
    pub rules: Rules,
}

impl From<&Settings> for Config {
    fn from(settings: &Settings) -> Self {
        Self {
            table_name: settings.text(TABLE_NAME.name).to_owned(),
            bucket_name: settings.text(BUCKET_NAME.name).to_owned(),
            report_queue_url: settings.text(REPORT_QUEUE_URL.name).to_owned(),
            sender: settings.optional_text(REPORT_SENDER.name).map(str::to_owned),
            rules: Rules {
                patience: Patience {
                    attempts: settings.integer(DELIVERY_ATTEMPTS.name),
                    pause_ms: i64::from(settings.integer(DELIVERY_PAUSE_SECONDS.name)) * 1000,
                },
                master: settings.secret(SERVICE_SECRET.name),
                loopback: if settings.text(WEBHOOK_LOOPBACK.name) == "yes" { Loopback::Allowed } else { Loopback::Refused },
            },
        }
    }
}
