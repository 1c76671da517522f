//! The queue between `ingest` and `store`: SQS, or its in-memory twin.

use crate::Result;
use async_trait::async_trait;

/// About how many messages the queue holds (SQS counts approximately).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Depth {
    /// Messages waiting to be received.
    pub waiting: u64,
    /// Messages received and not yet deleted.
    pub in_flight: u64,
}

/// A queue with at-least-once delivery, in no order.
#[async_trait]
pub trait Queue: Send + Sync {
    /// Sends message bodies (UTF-8 text, each at most [`model::limits::SQS_BATCH_BYTES`]), in as few requests as the limits allow. Answers, for each body
    /// in the order given, whether the queue has taken it: a send may succeed in part. An error means that nothing is known to be taken.
    async fn send(&self, bodies: &[String]) -> Result<Vec<bool>>;

    /// About how much the queue holds; also the health check.
    async fn depth(&self) -> Result<Depth>;
}
