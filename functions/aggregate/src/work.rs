//! Does the work that the queue delivers: each message alone, so that what fails takes nothing else with it.

use crate::{Aggregate, metrics};
use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use futures::FutureExt;
use model::Timestamp;
use ports::PortError;
use settle::{Done, SettleError, Work};
use setup::log::chain;
use std::panic::AssertUnwindSafe;

/// What one round of a settle is given: a next one begins only where so much is left of the invocation's time.
const ROUND_MS: i64 = 60_000;

/// Why a message was not done; the queue delivers it again, and puts it aside in the end.
#[derive(Debug, thiserror::Error)]
enum WorkError {
    #[error("the message is no work")]
    Malformed(#[from] serde_json::Error),
    #[error("the work is not done")]
    Settle(#[from] SettleError),
    #[error("the work panicked")]
    Panic,
    #[error("the rest of the work is not sent")]
    Rest(#[from] PortError),
    #[error("the queue did not take the rest of the work")]
    Untaken,
}

impl Aggregate {
    /// Does a batch of work until the deadline. The answer names the messages that the queue is to deliver again.
    pub async fn work(&self, event: SqsEvent, deadline: Timestamp) -> SqsBatchResponse {
        let mut response = SqsBatchResponse::default();
        let mut failed = Vec::new();
        for message in event.records {
            let done = AssertUnwindSafe(self.message(&message, deadline)).catch_unwind().await.unwrap_or(Err(WorkError::Panic));
            if let Err(error) = done {
                // A message without an id fails under an empty one, which the queue takes as a failure of the whole batch.
                let id = message.message_id.unwrap_or_default();
                tracing::error!(message_id = id, work = message.body, error = %chain(&error), "work is not done");
                failed.push(id);
            }
        }
        response.set_failures(failed);
        response
    }

    async fn message(&self, message: &SqsMessage, deadline: Timestamp) -> Result<(), WorkError> {
        let work: Work = serde_json::from_str(message.body.as_deref().unwrap_or_default())?;
        let done = self.rounds(&work, deadline).await?;
        tracing::info!(work = work.body(), done = serde_json::to_string(&done).unwrap_or_default(), "work is done");
        if let Some(line) = metrics::of_done(&done, self.place()) {
            metrics::emit(&line);
        }
        Ok(())
    }

    /// Round after round, each committed on its own. What there is no more time for goes back to the queue.
    async fn rounds(&self, work: &Work, deadline: Timestamp) -> Result<Done, WorkError> {
        let mut all = Done::default();
        loop {
            let done = self.settler.run(work).await?;
            all += done;
            if !done.left {
                return Ok(all);
            }
            if deadline.millis_since(self.settler.clock.now()) < ROUND_MS {
                return match self.queue.send(&[work.body()]).await?.as_slice() {
                    [true] => Ok(all),
                    _ => Err(WorkError::Untaken),
                };
            }
        }
    }
}
