//! What the function reads from its environment, and nothing else does.

use model::Family;
use model::accept::Retention;
use setup::{EVENTS_PER_MINUTE, Kind, LOG_LEVEL, RETENTION_DAYS, Setting, Settings, TABLE_NAME};

const QUEUE_URL: &str = "QUEUE_URL";

const GEO_DATABASE: &str = "GEO_DATABASE";

const OWN: [Setting; 5] = [
    LOG_LEVEL,
    TABLE_NAME,
    Setting::required(QUEUE_URL, "the SQS queue that accepted events are put on", Kind::Url),
    EVENTS_PER_MINUTE,
    Setting::optional(
        GEO_DATABASE,
        "the path of a database in MaxMind's format that tells the country of a visitor's address, where no CDN does",
        Kind::Text,
    ),
];

/// Every setting of the function.
pub const SETTINGS: &[Setting] = &{
    let mut all = [LOG_LEVEL; OWN.len() + RETENTION_DAYS.len() + access::CREDENTIAL_SETTINGS.len()];
    let (own, others) = all.split_at_mut(OWN.len());
    let (retention, credentials) = others.split_at_mut(RETENTION_DAYS.len());
    own.copy_from_slice(&OWN);
    retention.copy_from_slice(&RETENTION_DAYS);
    credentials.copy_from_slice(&access::CREDENTIAL_SETTINGS);
    all
};

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
    /// The file that tells where addresses are.
    pub geo_database: Option<String>,
}

impl From<&Settings> for Config {
    fn from(settings: &Settings) -> Self {
        Self {
            table_name: settings.text(TABLE_NAME.name).to_owned(),
            queue_url: settings.text(QUEUE_URL).to_owned(),
            access: settings.into(),
            events_per_minute: settings.integer(EVENTS_PER_MINUTE.name),
            geo_database: settings.optional_text(GEO_DATABASE).map(str::to_owned),
            retention: Family::ALL
                .into_iter()
                .zip(RETENTION_DAYS)
                .fold(Retention::default(), |kept, (family, days)| kept.with(family, settings.integer(days.name))),
        }
    }
}
