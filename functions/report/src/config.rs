//! What the function reads from its environment, and nothing else does.

use setup::{BUCKET_NAME, LOG_LEVEL, Setting, Settings, TABLE_NAME};

/// Every setting of the function.
pub const SETTINGS: &[Setting] = &[LOG_LEVEL, TABLE_NAME, BUCKET_NAME];

/// What the function was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The table's name.
    pub table_name: String,
    /// The bucket's name.
    pub bucket_name: String,
}

impl From<&Settings> for Config {
    fn from(settings: &Settings) -> Self {
        Self { table_name: settings.text(TABLE_NAME.name).to_owned(), bucket_name: settings.text(BUCKET_NAME.name).to_owned() }
    }
}
