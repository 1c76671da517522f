//! Makes what is read elsewhere: exports that somebody asked for, the archive of settled days, and reports and their delivery.
//!
//! Ticks of schedules find what waits and send it to a queue of errands; the queue delivers it back, one errand in a message ([`records::Errand`]).
//! What each kind of errand does is in a module of its own. Any errand may be done twice, or by two at once: what it makes has a fixed key
//! and is made from what is stored, and what it has done is written conditionally. Nothing here counts: numbers come from `reader`.

mod archive;
pub mod config;
mod errands;
mod export;
mod files;
pub mod reports;
mod tick;
mod trigger;

pub use files::Files;
pub use tick::{TickDone, TickError};
pub use trigger::{Tick, Trigger};

use model::Timestamp;
use ports::{Clock, Queue, Random, Table, Uploads};
use reports::Reports;
use serde_json::Value;
use std::sync::Arc;

/// What the function works with.
pub struct Report {
    table: Arc<dyn Table>,
    queue: Arc<dyn Queue>,
    clock: Arc<dyn Clock>,
    reports: Reports,
    files: Files,
}

/// Why an invocation is not done.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// It was started with what it does not know.
    #[error("the event is neither a tick nor errands")]
    Trigger(#[source] serde_json::Error),
    /// A tick is not done.
    #[error("a tick is not done")]
    Tick(#[from] TickError),
    /// The answer could not be written.
    #[error("the answer cannot be written")]
    Answer(#[source] serde_json::Error),
}

impl Report {
    /// A function that reads and writes where its reports do, large files in parts, and sends errands to their queue, which delivers them back.
    #[must_use]
    pub fn new(reports: Reports, (uploads, random): (Arc<dyn Uploads>, Arc<dyn Random>)) -> Self {
        let Reports { table, bucket, queue, clock, .. } = reports.clone();
        let files =
            Files { table: table.clone(), bucket: bucket.clone(), uploads, clock: clock.clone(), random, most_rows: files::MOST_ROWS };
        Self { table, queue, clock, reports, files }
    }

    /// Does what an event asks for, until the deadline.
    ///
    /// # Errors
    /// Where the event is none, or a tick is not done. Errands that are not done are named in the answer.
    pub async fn handle(&self, event: Value, deadline: Timestamp) -> Result<Value, ReportError> {
        let answer = match Trigger::of(event).map_err(ReportError::Trigger)? {
            Trigger::Tick(tick) => serde_json::to_value(self.tick(tick).await?),
            Trigger::Errands(event) => serde_json::to_value(self.errands(event, deadline).await),
        };
        answer.map_err(ReportError::Answer)
    }
}
