//! What the function reads from its environment, and nothing else does.

use ::reports::target::Loopback;
use access::{CREDENTIAL_SETTINGS, ReadLimits};
use secrecy::SecretString;
use setup::{
    BUCKET_NAME, EVENTS_PER_MINUTE, Kind, LOG_LEVEL, REPORT_QUEUE_URL, REPORT_SENDER, SERVICE_SECRET, Setting, Settings, TABLE_NAME,
    WEBHOOK_LOOPBACK,
};

const READS: Kind = Kind::Integer { min: 1, max: 1_000_000 };
const READS_PER_MINUTE_USER: Setting = Setting::with_default("READS_PER_MINUTE_USER", "how many reads a minute one user has", READS, "100");
const READS_PER_MINUTE_ADMIN: Setting =
    Setting::with_default("READS_PER_MINUTE_ADMIN", "how many reads a minute one admin has", READS, "1000");

const EXPORT_LINK_SECONDS: Setting = Setting::with_default(
    "EXPORT_LINK_SECONDS",
    "seconds for which a link opens an export, or fewer where the credentials end sooner by which the function made it",
    Kind::Integer { min: 1, max: 43_200 },
    "900",
);

const OWN: [Setting; 10] = [
    LOG_LEVEL,
    TABLE_NAME,
    BUCKET_NAME,
    REPORT_QUEUE_URL,
    REPORT_SENDER,
    WEBHOOK_LOOPBACK,
    EXPORT_LINK_SECONDS,
    READS_PER_MINUTE_USER,
    READS_PER_MINUTE_ADMIN,
    EVENTS_PER_MINUTE,
];

/// Every setting of the function.
pub const SETTINGS: &[Setting] = &{
    let mut all = [LOG_LEVEL; OWN.len() + CREDENTIAL_SETTINGS.len()];
    let (own, credentials) = all.split_at_mut(OWN.len());
    own.copy_from_slice(&OWN);
    credentials.copy_from_slice(&CREDENTIAL_SETTINGS);
    all
};

/// What the function was told.
pub struct Config {
    /// The table's name.
    pub table_name: String,
    /// The bucket's name.
    pub bucket_name: String,
    /// The address of the queue of errands.
    pub report_queue_url: String,
    /// How credentials are checked.
    pub access: access::Settings,
    /// What the secrets of webhooks are derived from.
    pub webhook_master: SecretString,
    /// How many seconds a link opens an export.
    pub export_link_seconds: u32,
    /// Whether reports can be mailed.
    pub sends_mail: bool,
    /// Whether webhooks may be on the machine that calls them.
    pub loopback: Loopback,
    /// How often a caller may ask.
    pub limits: ReadLimits,
    /// How many events a person may send in a minute, which `ingest` counts.
    pub events_per_minute: u32,
}

impl From<&Settings> for Config {
    fn from(settings: &Settings) -> Self {
        let limits =
            ReadLimits { user: settings.integer(READS_PER_MINUTE_USER.name), admin: settings.integer(READS_PER_MINUTE_ADMIN.name) };
        Self {
            table_name: settings.text(TABLE_NAME.name).to_owned(),
            bucket_name: settings.text(BUCKET_NAME.name).to_owned(),
            report_queue_url: settings.text(REPORT_QUEUE_URL.name).to_owned(),
            access: settings.into(),
            webhook_master: settings.secret(SERVICE_SECRET.name),
            export_link_seconds: settings.integer(EXPORT_LINK_SECONDS.name),
            sends_mail: settings.optional_text(REPORT_SENDER.name).is_some(),
            loopback: if settings.text(WEBHOOK_LOOPBACK.name) == "yes" { Loopback::Allowed } else { Loopback::Refused },
            limits,
            events_per_minute: settings.integer(EVENTS_PER_MINUTE.name),
        }
    }
}
