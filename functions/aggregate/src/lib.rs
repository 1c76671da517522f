//! Settles what is stored. Ticks of schedules find what waits, decide what is due, and send it to a queue of work; the queue delivers it
//! back, a day of a tenant's family or something to be made of settled days in each message.
//!
//! So thousands of tenants are settled side by side, and what fails for one stops no other. Any work may be done twice, or by two at once:
//! what settling is, and why that does no harm, is `settle`'s.

mod budgets;
pub mod config;
mod find;
mod kept;
mod metrics;
pub mod policy;
mod summary;
mod tick;
mod trigger;
mod work;

pub use summary::Summary;
pub use tick::TickError;
pub use trigger::{Tick, Trigger};

use config::Config;
use metrics::Place;
use model::{HourOffset, TenantId, Timestamp};
use ports::Queue;
use serde_json::Value;
use settle::Settler;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What the function works with.
pub struct Aggregate {
    settler: Settler,
    queue: Arc<dyn Queue>,
    errands: Arc<dyn Queue>,
    config: Config,
    offsets: Offsets,
}

/// When the hours of tenants begin, as far as it was read.
#[derive(Default)]
struct Offsets(Mutex<HashMap<TenantId, HourOffset>>);

/// Why an invocation is not done.
#[derive(Debug, thiserror::Error)]
pub enum AggregateError {
    /// It was started with what it does not know.
    #[error("the event is neither a tick nor work")]
    Trigger(#[source] serde_json::Error),
    /// A tick is not done.
    #[error("a tick is not done")]
    Tick(#[from] TickError),
    /// The answer could not be written.
    #[error("the answer cannot be written")]
    Answer(#[source] serde_json::Error),
}

impl Aggregate {
    /// A function that settles with this, sends work to the first queue, which delivers it back, and what people are to be told to the
    /// second, which is that of `report`.
    #[must_use]
    pub fn new(settler: Settler, (queue, errands): (Arc<dyn Queue>, Arc<dyn Queue>), config: Config) -> Self {
        Self { settler, queue, errands, config, offsets: Offsets::default() }
    }

    /// Does what an event asks for, until the deadline.
    ///
    /// # Errors
    /// Where the event is none, or a tick is not done. Work that is not done is named in the answer.
    pub async fn handle(&self, event: Value, deadline: Timestamp) -> Result<Value, AggregateError> {
        let answer = match Trigger::of(event).map_err(AggregateError::Trigger)? {
            Trigger::Tick(tick) => serde_json::to_value(self.tick(tick).await?),
            Trigger::Work(event) => serde_json::to_value(self.work(event, deadline).await),
        };
        answer.map_err(AggregateError::Answer)
    }

    fn place(&self) -> Place<'_> {
        Place { table_name: &self.config.table_name, now: self.settler.clock.now() }
    }
}

impl Offsets {
    fn lock(&self) -> MutexGuard<'_, HashMap<TenantId, HourOffset>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
