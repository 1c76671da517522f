//! Watches what is not yet settled: each minute it finds the hours that wait, tells how many they are and for how long the oldest has
//! waited, and warns where that is too long.
//!
//! What is found is already in the unit in which it will be settled, a tenant's family and day. Nothing here changes anything.

pub mod config;
mod metrics;
mod summary;
mod work;

pub use summary::Summary;

use config::Config;
use ports::{Clock, Table};
use records::{RecordError, partial};
use std::sync::Arc;

/// What the function works with.
pub struct Aggregate {
    /// Where partials are.
    pub table: Arc<dyn Table>,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// What it was told.
    pub config: Config,
}

impl Aggregate {
    /// One look at what waits.
    ///
    /// # Errors
    /// Where the table does not answer; the next tick looks again.
    pub async fn tick(&self) -> Result<Summary, RecordError> {
        let summary = self.look().await?;
        if summary.is_older_than(self.config.pending_alarm_hours) {
            tracing::warn!(oldest_hours = summary.oldest_pending_age_hours, "events wait to be settled for too long");
        }
        metrics::emit(&summary, &self.config.table_name, self.clock.now());
        tracing::info!(hours = summary.hours(), partials = summary.pending_partials, complete = summary.complete, "looked at what waits");
        Ok(summary)
    }

    async fn look(&self) -> Result<Summary, RecordError> {
        let found = work::find(&*self.table).await?;
        let mut longest_ms = 0;
        for oldest in found.oldest_of_each_family() {
            // The index names the hour; since when it waits, which for an import is not how old it is, is in the item.
            if let Some(written_at) = partial::written_at(&*self.table, oldest).await? {
                longest_ms = longest_ms.max(self.clock.now().millis_since(written_at));
            }
        }
        Ok(Summary::of(&found, longest_ms))
    }
}

#[cfg(test)]
mod tests;
