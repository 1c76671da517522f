//! What every function does when it starts: read its settings, refuse bad ones, set up its log.
//!
//! A setting is data ([`Setting`]): the reader, its refusals, the page of all settings and the tests of each function's start are made
//! from the same rows. Nothing here knows of HTTP or AWS.

pub mod log;
mod placeholder;
mod setting;
mod settings;
#[cfg(feature = "testing")]
pub mod testing;

pub use setting::{
    BUCKET_NAME, EVENTS_PER_MINUTE, Fault, Kind, LOG_LEVEL, PSEUDONYM_SECRET, Presence, REPORT_QUEUE_URL, REPORT_SENDER, RETENTION_DAYS,
    SERVICE_SECRET, Setting, TABLE_NAME, WEBHOOK_LOOPBACK,
};
pub use settings::{Faults, Settings};

/// Begins a function: reads its settings from the environment and sets up its log. `None`, once the faults are logged, where a setting
/// is missing or wrong: the function is to end with a failure.
#[must_use]
pub fn start(declared: &[Setting]) -> Option<Settings> {
    match Settings::from_env(declared) {
        Ok(settings) => {
            log::init(settings.text(LOG_LEVEL.name));
            Some(settings)
        }
        Err(faults) => {
            log::init("info");
            tracing::error!(error = %faults, "the function does not start");
            None
        }
    }
}
