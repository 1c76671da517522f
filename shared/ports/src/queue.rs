//! The queue between `ingest` and `store`: SQS, or its in-memory twin.

use crate::Result;
use crate::error::within;
use async_trait::async_trait;
use model::limits::SQS_BATCH_BYTES;

/// About how many messages the queue holds (SQS counts approximately).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Depth {
    /// Messages waiting to be received.
    pub waiting: u64,
    /// Messages received and not yet deleted.
    pub in_flight: u64,
}

/// Whether the queue can hold each body (I11): every implementation asks this before it sends.
///
/// # Errors
/// [`crate::PortError::OverLimit`] where one is too large.
pub fn check_bodies(bodies: &[String]) -> Result<()> {
    bodies.iter().try_for_each(|body| within("bytes of a message", body.len(), SQS_BATCH_BYTES))
}

/// A queue with at-least-once delivery, in no order.
#[async_trait]
pub trait Queue: Send + Sync {
    /// Sends message bodies (UTF-8 text, each at most [`SQS_BATCH_BYTES`]), in as few requests as the limits allow. Answers, for each
    /// body in the order given, whether the queue has taken it: a send may succeed in part. An error means that nothing is known to be
    /// taken.
    async fn send(&self, bodies: &[String]) -> Result<Vec<bool>>;

    /// About how much the queue holds; also the health check.
    async fn depth(&self) -> Result<Depth>;
}
