//! What the queue delivers: messages as it wraps them.

use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};
use model::accept::Retention;
use model::message::{DecodeError, Message, decode};
use model::posted::{Delivered, Owner, Posted, Refusal, TENANT};
use model::{TenantId, Timestamp};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Keys name hours with four digits of a year: an event outside of them would be one that nothing finds.
const LATEST: Timestamp = Timestamp::from_millis(253_402_300_799_999);

/// One message, as delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The queue's id of the message.
    pub id: String,
    /// How often it was delivered, this time included.
    pub attempt: u32,
    /// When it was put on the queue.
    sent: Option<Timestamp>,
    /// Whose events it holds, by the attribute `tenant`.
    tenant: Option<String>,
    body: String,
}

/// What a delivery holds.
#[derive(Debug)]
pub enum Content {
    /// A message of Weir's own.
    Message(Message),
    /// Events that a service has put on the queue.
    Posted(Posted),
}

/// Why a delivery is no message. Another attempt changes nothing: it ends in the dead-letter queue.
#[derive(Debug, thiserror::Error)]
pub enum Malformed {
    /// The body is no message.
    #[error("the body is no message")]
    Body(#[from] DecodeError),
    /// It holds events of a service that are not taken.
    #[error("the events of a service are not taken")]
    Posted(#[from] Refusal),
    /// The events of a service name a tenant that does not exist.
    #[error("there is no tenant of the name that the events have")]
    NoSuchTenant,
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
    let sent = record.attributes.get("SentTimestamp").and_then(|millis| millis.parse().ok()).map(Timestamp::from_millis);
    let tenant = record.message_attributes.get(TENANT).and_then(|attribute| attribute.string_value.clone());
    // A message without an id fails under an empty one, which the queue takes as a failure of the whole batch.
    let id = record.message_id.unwrap_or_default();
    Delivery { id, attempt: attempt.unwrap_or(1), sent, tenant, body: record.body.unwrap_or_default() }
}

impl Delivery {
    /// Whether it was delivered before, and so may be what failed its neighbours.
    pub fn is_repeated(&self) -> bool {
        self.attempt > 1
    }

    /// What it holds.
    pub fn decode(&self) -> Result<Content, Malformed> {
        let content = || match Posted::parse(&self.body)? {
            Some(posted) => Ok(Content::Posted(posted)),
            None => decode(&self.body).map(Content::Message),
        };
        let content = catch_unwind(content).map_err(|_| Malformed::Panic)??;
        if let Content::Message(message) = &content {
            in_time(message)?;
        }
        Ok(content)
    }

    /// Whose the events of a service are.
    pub fn tenant(&self, posted: &Posted) -> Result<TenantId, Malformed> {
        Ok(posted.tenant(self.tenant.as_deref())?)
    }

    /// The message that events of a service are; `now` stands in where the queue does not tell when they were put on it.
    pub fn read(&self, posted: Posted, owner: Owner<'_>, (retention, now): (&Retention, Timestamp)) -> Result<Message, Malformed> {
        let delivered = Delivered { message_id: &self.id, received: self.sent.unwrap_or(now), retention };
        let message = catch_unwind(AssertUnwindSafe(|| posted.read(owner, delivered))).map_err(|_| Malformed::Panic)??;
        in_time(&message)?;
        Ok(message)
    }
}

fn in_time(message: &Message) -> Result<(), Malformed> {
    let in_time = message.events.iter().all(|event| (Timestamp::default()..=LATEST).contains(&event.time));
    if in_time { Ok(()) } else { Err(Malformed::Time) }
}
