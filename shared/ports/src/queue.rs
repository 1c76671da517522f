//! The queue between `ingest` and `store`: SQS, or its in-memory twin.

use crate::Result;
use crate::error::within;
use async_trait::async_trait;
use model::Timestamp;
use model::limits::{SQS_BATCH_BYTES, SQS_BATCH_MESSAGES, SQS_DELAY_SECONDS};
use std::collections::BTreeMap;

/// About how many messages the queue holds (SQS counts approximately).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Depth {
    /// Messages waiting to be received.
    pub waiting: u64,
    /// Messages received and not yet deleted.
    pub in_flight: u64,
}

/// A message as it was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// What deletes it: good for this receipt only.
    pub handle: String,
    /// Its body.
    pub body: String,
    /// What the queue calls it: the same at each delivery, and another once it is sent anew.
    pub id: String,
    /// When it was sent.
    pub sent: Option<Timestamp>,
    /// Its attributes that are text.
    pub attributes: BTreeMap<String, String>,
}

/// Whether the queue can hold each body (I11): every implementation asks this before it sends.
///
/// # Errors
/// [`crate::PortError::OverLimit`] where one is too large.
pub fn check_bodies(bodies: &[String]) -> Result<()> {
    bodies.iter().try_for_each(|body| within("bytes of a message", body.len(), SQS_BATCH_BYTES))
}

/// Whether a message can be kept back for so long (I11): every implementation asks this before it sends one.
///
/// # Errors
/// [`crate::PortError::OverLimit`] where it is too long.
pub fn check_delay(seconds: u32) -> Result<()> {
    within("seconds to keep a message back", seconds as usize, SQS_DELAY_SECONDS as usize)
}

/// Whether so many messages can be received at once (I11): every implementation asks this before it receives.
///
/// # Errors
/// [`crate::PortError::OverLimit`] where they are too many.
pub fn check_most(most: usize) -> Result<()> {
    within("messages to receive", most, SQS_BATCH_MESSAGES)
}

/// A queue with at-least-once delivery, in no order.
#[async_trait]
pub trait Queue: Send + Sync {
    /// Sends message bodies (UTF-8 text, each at most [`SQS_BATCH_BYTES`]), in as few requests as the limits allow. Answers, for each
    /// body in the order given, whether the queue has taken it: a send may succeed in part. An error means that nothing is known to be
    /// taken.
    async fn send(&self, bodies: &[String]) -> Result<Vec<bool>>;

    /// Sends one message body that is delivered so many seconds later, at most [`SQS_DELAY_SECONDS`].
    async fn send_later(&self, body: &str, seconds: u32) -> Result<()>;

    /// Receives up to `most` messages (1 to [`SQS_BATCH_MESSAGES`]), fewer while there are more, and none after a moment without one. What
    /// is received and not deleted comes again when the queue's visibility timeout has passed.
    async fn receive(&self, most: usize) -> Result<Vec<Received>>;

    /// Deletes a received message by its handle; where it was received again since, it may stay.
    async fn delete(&self, handle: &str) -> Result<()>;

    /// About how much the queue holds; also the health check.
    async fn depth(&self) -> Result<Depth>;
}
