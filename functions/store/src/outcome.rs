//! What became of each message of a batch, and of the buffers they were counted in.

use crate::commit::GroupError;
use crate::delivery::Delivery;
use crate::group::Group;
use crate::posted::NoMessage;
use aws_lambda_events::event::sqs::SqsBatchResponse;
use futures::{StreamExt, stream};
use model::message::Message;
use model::{ProjectId, TenantId, Timestamp};
use ports::Table;
use records::buffer::{self, Place};
use setup::log::chain;
use std::collections::{BTreeMap, BTreeSet};

const MINUTE_MS: i64 = 60_000;
/// Counters that are written at once.
const SIDE_BY_SIDE: usize = 16;

/// The events of a message in one buffer: a project's, in a minute of receipt.
type Buffered = BTreeMap<(TenantId, ProjectId, i64), u32>;

/// What is known of a batch.
#[derive(Debug, Default)]
pub struct Outcome {
    messages: usize,
    events: usize,
    groups: usize,
    failed: BTreeSet<String>,
    buffered: BTreeMap<String, Buffered>,
}

impl Outcome {
    /// Nothing is known yet of these.
    pub fn of(deliveries: &[Delivery]) -> Self {
        Self { messages: deliveries.len(), ..Self::default() }
    }

    /// A delivery that is no message.
    pub fn malformed(&mut self, delivery: &Delivery, error: &NoMessage) {
        tracing::error!(message_id = delivery.id, attempt = delivery.attempt, error = %chain(error), "a delivery is no message");
        self.failed.insert(delivery.id.clone());
    }

    /// A delivery is this message. One that is not Weir's own is in no buffer.
    pub fn decoded(&mut self, delivery: &Delivery, message: &Message, is_own: bool) {
        self.events += message.events.len();
        if !is_own {
            return;
        }
        let minute = message.received.as_millis().div_euclid(MINUTE_MS);
        let buffered = self.buffered.entry(delivery.id.clone()).or_default();
        for event in &message.events {
            *buffered.entry((message.tenant.clone(), event.project.clone(), minute)).or_default() += 1;
        }
    }

    /// A group is committed.
    pub fn committed(&mut self) {
        self.groups += 1;
    }

    /// A group is not, and so none of the messages that have events in it is stored.
    pub fn failed(&mut self, group: &Group, error: &GroupError) {
        let (tenant, family, messages) = (&group.key.tenant, group.key.family, group.messages());
        tracing::error!(%tenant, %family, messages = messages.len(), error = %chain(error), "a group was not stored");
        self.failed.extend(messages.into_iter().map(str::to_owned));
    }

    /// Takes what is stored out of the buffers. What fails here fails no message: the buffers only tell people what is under way.
    pub async fn count_buffers(&self, table: &dyn Table) {
        let mut stored = Buffered::new();
        let complete = self.buffered.iter().filter(|(message, _)| !self.failed.contains(*message));
        for (place, events) in complete.flat_map(|(_, buffered)| buffered.clone()) {
            *stored.entry(place).or_default() += events;
        }
        let count = async |((tenant, project, minute), events): ((TenantId, ProjectId, i64), u32)| {
            let place = Place { tenant: &tenant, project: &project, received: Timestamp::from_millis(minute * MINUTE_MS) };
            buffer::stored(table, place, events).await
        };
        let counted: Vec<_> = stream::iter(stored).map(count).buffer_unordered(SIDE_BY_SIDE).collect().await;
        if let Some(error) = counted.into_iter().find_map(Result::err) {
            tracing::warn!(error = %chain(&error), "a buffer was not counted down");
        }
    }

    /// The answer to the queue: what it is to deliver again.
    pub fn into_response(self) -> SqsBatchResponse {
        tracing::info!(
            messages = self.messages,
            events = self.events,
            groups = self.groups,
            failed = self.failed.len(),
            "a batch is stored"
        );
        let mut response = SqsBatchResponse::default();
        response.set_failures(self.failed);
        response
    }
}
