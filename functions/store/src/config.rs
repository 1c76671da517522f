//! What the function reads from its environment, and nothing else does.

use model::Family;
use model::accept::Retention;
use secrecy::SecretString;
use setup::{BUCKET_NAME, LOG_LEVEL, PSEUDONYM_SECRET, RETENTION_DAYS, Setting, Settings, TABLE_NAME};

const OWN: [Setting; 4] = [LOG_LEVEL, TABLE_NAME, BUCKET_NAME, PSEUDONYM_SECRET];

/// Every setting of the function.
pub const SETTINGS: &[Setting] = &{
    let mut all = [LOG_LEVEL; OWN.len() + RETENTION_DAYS.len()];
    let (own, retention) = all.split_at_mut(OWN.len());
    own.copy_from_slice(&OWN);
    retention.copy_from_slice(&RETENTION_DAYS);
    all
};

/// What the function was told.
pub struct Config {
    /// The table's name.
    pub table_name: String,
    /// The bucket's name.
    pub bucket_name: String,
    /// How events are read that come without `ingest`.
    pub reading: Reading,
}

/// How events are read that services put straight onto the queue.
pub struct Reading {
    /// The secret that the pseudonyms of users are derived from.
    pub pseudonym_secret: SecretString,
    /// How old events may be.
    pub retention: Retention,
}

impl From<&Settings> for Config {
    fn from(settings: &Settings) -> Self {
        let days = Family::ALL.into_iter().zip(RETENTION_DAYS);
        let retention = days.fold(Retention::default(), |kept, (family, days)| kept.with(family, settings.integer(days.name)));
        Self {
            table_name: settings.text(TABLE_NAME.name).to_owned(),
            bucket_name: settings.text(BUCKET_NAME.name).to_owned(),
            reading: Reading { pseudonym_secret: settings.secret(PSEUDONYM_SECRET.name), retention },
        }
    }
}
