//! A tick: finds what waits and sends it as errands. What it could not do, the next one finds again; what fails for one tenant, or in one
//! step, stops no other.

use crate::{Report, Tick};
use model::Timestamp;
use ports::{Key, PortError};
use records::pending::{self, Kind};
use records::{Errand, RecordError, task};
use serde::Serialize;
use setup::log::chain;

/// Pages of each shard of the index that a tick reads at most.
const PAGES: usize = 20;
/// A task is sent again where nobody has begun it for so long: whoever made it was gone before it was sent, or its message is lost.
const UNSENT_MS: i64 = 5 * 60_000;
/// With so many messages waiting nothing is sent: what waits is in the table, and is found again.
const ENOUGH: u64 = 10_000;

/// What a tick has done.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct TickDone {
    /// Errands that were sent.
    pub sent: usize,
    /// Whether nothing was sent because enough waits.
    pub held_back: bool,
}

/// Why a tick is not done.
#[derive(Debug, thiserror::Error)]
pub enum TickError {
    /// The index could not be read.
    #[error("it cannot be found out what waits")]
    Find(#[from] RecordError),
    /// The queue does not answer.
    #[error("errands cannot be sent")]
    Send(#[from] PortError),
    /// The queue took some errands only; the next tick finds the others again.
    #[error("{unsent} of {all} errands were not sent")]
    Unsent {
        /// How many were not taken.
        unsent: usize,
        /// How many there were.
        all: usize,
    },
}

impl Report {
    /// Looks for what waits and sends it.
    ///
    /// # Errors
    /// Where the index or the queue does not answer. What concerns one tenant alone is logged, and stops no other.
    pub async fn tick(&self, tick: Tick) -> Result<TickDone, TickError> {
        let Tick::Hourly = tick;
        let mut errands = self.unsent_tasks().await?;
        errands.extend(self.unarchived_days().await?);
        let done = self.send(&errands).await?;
        tracing::info!(?tick, sent = done.sent, held_back = done.held_back, "looked at what waits");
        Ok(done)
    }

    /// Sends errands, unless enough of them wait.
    pub(crate) async fn send(&self, errands: &[Errand]) -> Result<TickDone, TickError> {
        if errands.is_empty() {
            return Ok(TickDone::default());
        }
        if self.queue.depth().await?.waiting > ENOUGH {
            return Ok(TickDone { sent: 0, held_back: true });
        }
        let taken = self.queue.send(&errands.iter().map(Errand::body).collect::<Vec<_>>()).await?;
        let sent = taken.iter().filter(|taken| **taken).count();
        match errands.len() - sent {
            0 => Ok(TickDone { sent, held_back: false }),
            unsent => Err(TickError::Unsent { unsent, all: errands.len() }),
        }
    }

    /// The keys of what waits for one kind of work.
    pub(crate) async fn waiting(&self, kind: Kind) -> Result<Vec<Key>, RecordError> {
        let mut all = Vec::new();
        for shard in pending::shards(kind) {
            let mut after = None;
            for _ in 0..PAGES {
                let (page, next) = pending::keys(&*self.table, &shard, after.as_ref()).await?;
                all.extend(page);
                after = next;
                if after.is_none() {
                    break;
                }
            }
        }
        Ok(all)
    }

    async fn unsent_tasks(&self) -> Result<Vec<Errand>, RecordError> {
        let now = self.clock.now();
        let mut errands = Vec::new();
        for (tenant, id) in self.waiting(Kind::Task).await?.iter().filter_map(task::of_key) {
            match task::get(&*self.table, (&tenant, &id)).await {
                Ok(Some(task)) if is_left(&task, now) => errands.push(Errand::Export { tenant, task: id }),
                Ok(_) => {}
                Err(error) => tracing::error!(%tenant, task = id, error = %chain(&error), "a task cannot be read"),
            }
        }
        Ok(errands)
    }
}

/// Whether nobody is at a task, nor about to be.
fn is_left(task: &task::Task, now: Timestamp) -> bool {
    let since = task.lease_until.unwrap_or(task.created_at);
    !task.status.is_over() && now.millis_since(since) >= UNSENT_MS
}
