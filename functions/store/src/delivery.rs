//! What the queue delivers: messages as it wraps them.

use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};
use model::Timestamp;
use model::message::{DecodeError, Message, decode};
use std::panic::catch_unwind;

/// Keys name hours with four digits of a year: an event outside of them would be one that nothing finds.
const LATEST: Timestamp = Timestamp::from_millis(253_402_300_799_999);

/// One message, as delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The queue's id of the message.
    pub id: String,
    /// How often it was delivered, this time included.
    pub attempt: u32,
    body: String,
}

/// Why a delivery is no message. Another attempt changes nothing: it ends in the dead-letter queue.
#[derive(Debug, thiserror::Error)]
pub enum Malformed {
    /// The body is no message.
    #[error("the body is no message")]
    Body(#[from] DecodeError),
    /// Decoding it panicked.
    #[error("decoding the body panicked")]
    Panic,
    /// An event before 1970 or after the year 9999.
    #[error("an event is out of all time")]
    Time,
}

/// The messages of a batch: those delivered for the first time, then the others by attempt, each by id. A message that comes twice in one
/// batch is one.
pub fn of_batch(event: SqsEvent) -> Vec<Delivery> {
    let mut deliveries: Vec<Delivery> = event.records.into_iter().map(of_record).collect();
    deliveries.sort_by(|a, b| (&a.id, a.attempt).cmp(&(&b.id, b.attempt)));
    deliveries.dedup_by(|again, kept| again.id == kept.id);
    deliveries.sort_by_key(|delivery| delivery.attempt);
    deliveries
}

fn of_record(record: SqsMessage) -> Delivery {
    let attempt = record.attributes.get("ApproximateReceiveCount").and_then(|count| count.parse().ok());
    // A message without an id fails under an empty one, which the queue takes as a failure of the whole batch.
    Delivery { id: record.message_id.unwrap_or_default(), attempt: attempt.unwrap_or(1), body: record.body.unwrap_or_default() }
}

impl Delivery {
    /// Whether it was delivered before, and so may be what failed its neighbours.
    pub fn is_repeated(&self) -> bool {
        self.attempt > 1
    }

    /// The message.
    pub fn decode(&self) -> Result<Message, Malformed> {
        let message = catch_unwind(|| decode(&self.body)).map_err(|_| Malformed::Panic)??;
        let in_time = message.events.iter().all(|event| (Timestamp::default()..=LATEST).contains(&event.time));
        if in_time { Ok(message) } else { Err(Malformed::Time) }
    }
}
