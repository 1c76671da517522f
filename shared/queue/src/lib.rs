//! The queue port on SQS: as few requests as its limits allow, and what fails in part is sent again inside the call (I1).

mod packing;

use async_trait::async_trait;
use aws::port_error;
use aws_config::SdkConfig;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::BuildError;
use aws_sdk_sqs::types::{Message, MessageSystemAttributeName, QueueAttributeName, SendMessageBatchRequestEntry};
use futures::StreamExt;
use model::Timestamp;
use ports::{Depth, PortError, Queue, Received, Result, check_bodies, check_delay, check_most};
use std::collections::HashSet;
use std::sync::OnceLock;
use std::time::Duration;

const SERVICE: &str = "queue";
/// How long to wait before each new attempt at what a request refused.
const PAUSES: [Duration; 2] = [Duration::from_millis(50), Duration::from_millis(200)];
/// How long a request waits for a message: with none at all it would ask a few of the queue's servers only, and miss what others hold.
const WAIT_SECONDS: i32 = 1;
/// Requests under way at once.
const SIDE_BY_SIDE: usize = 4;

/// A queue of SQS.
#[derive(Debug)]
pub struct Sqs {
    url: String,
    config: SdkConfig,
    client: OnceLock<Client>,
    pauses: [Duration; 2],
}

impl Sqs {
    /// The queue at this address. The client is made at the first call, so that a function that needs none does not pay for it.
    #[must_use]
    pub fn new(config: &SdkConfig, url: impl Into<String>) -> Self {
        Self { url: url.into(), config: config.clone(), client: OnceLock::new(), pauses: PAUSES }
    }

    fn client(&self) -> &Client {
        self.client.get_or_init(|| Client::new(&self.config))
    }

    /// Sends the bodies at these places in one request, and again those that it did not take.
    async fn send_request(&self, bodies: &[String], places: Vec<usize>) -> Sent {
        let mut untaken = places;
        let mut pauses = self.pauses.iter();
        loop {
            match self.attempt(bodies, &untaken).await {
                Err(error) => return Sent { untaken, error: Some(error) },
                Ok(left) => untaken = left,
            }
            match pauses.next() {
                Some(pause) if !untaken.is_empty() => tokio::time::sleep(*pause).await,
                _ => return Sent { untaken, error: None },
            }
        }
    }

    /// One request. Answers the places of the bodies that it did not take.
    async fn attempt(&self, bodies: &[String], places: &[usize]) -> Result<Vec<usize>> {
        let entry = |place: &usize| SendMessageBatchRequestEntry::builder().id(place.to_string()).message_body(&bodies[*place]).build();
        let entries = places.iter().map(entry).collect::<std::result::Result<_, _>>().map_err(unbuilt)?;
        let call = self.client().send_message_batch().queue_url(&self.url).set_entries(Some(entries));
        let answer = call.send().await.map_err(|error| port_error(SERVICE, error))?;
        for refusal in &answer.failed {
            tracing::warn!(code = refusal.code, sender_fault = refusal.sender_fault, "the queue did not take a message");
        }
        let taken: HashSet<&str> = answer.successful.iter().map(|entry| entry.id.as_str()).collect();
        Ok(places.iter().copied().filter(|place| !taken.contains(place.to_string().as_str())).collect())
    }
}

/// What became of one request.
struct Sent {
    untaken: Vec<usize>,
    error: Option<PortError>,
}

#[async_trait]
impl Queue for Sqs {
    async fn send(&self, bodies: &[String]) -> Result<Vec<bool>> {
        check_bodies(bodies)?;
        let requests = packing::requests(bodies).into_iter().map(|places| self.send_request(bodies, places));
        let sent: Vec<Sent> = futures::stream::iter(requests).buffer_unordered(SIDE_BY_SIDE).collect().await;
        let mut taken = vec![true; bodies.len()];
        for place in sent.iter().flat_map(|sent| &sent.untaken) {
            taken[*place] = false;
        }
        match sent.into_iter().find_map(|sent| sent.error) {
            Some(error) if !taken.contains(&true) => Err(error),
            Some(error) => {
                tracing::warn!(%error, "the queue took some requests and not others");
                Ok(taken)
            }
            None => Ok(taken),
        }
    }

    async fn send_later(&self, body: &str, seconds: u32) -> Result<()> {
        check_bodies(&[body.to_owned()])?;
        check_delay(seconds)?;
        let seconds = i32::try_from(seconds).unwrap_or(i32::MAX);
        let call = self.client().send_message().queue_url(&self.url).message_body(body).delay_seconds(seconds);
        call.send().await.map(drop).map_err(|error| port_error(SERVICE, error))
    }

    async fn receive(&self, most: usize) -> Result<Vec<Received>> {
        check_most(most)?;
        let most = i32::try_from(most).unwrap_or(i32::MAX);
        let call = self.client().receive_message().queue_url(&self.url).max_number_of_messages(most).wait_time_seconds(WAIT_SECONDS);
        let call = call.message_system_attribute_names(MessageSystemAttributeName::SentTimestamp).message_attribute_names("All");
        let answer = call.send().await.map_err(|error| port_error(SERVICE, error))?;
        Ok(answer.messages.unwrap_or_default().into_iter().filter_map(received).collect())
    }

    async fn delete(&self, handle: &str) -> Result<()> {
        let call = self.client().delete_message().queue_url(&self.url).receipt_handle(handle);
        call.send().await.map(drop).map_err(|error| port_error(SERVICE, error))
    }

    async fn depth(&self) -> Result<Depth> {
        let (waiting, in_flight) =
            (QueueAttributeName::ApproximateNumberOfMessages, QueueAttributeName::ApproximateNumberOfMessagesNotVisible);
        let call =
            self.client().get_queue_attributes().queue_url(&self.url).attribute_names(waiting.clone()).attribute_names(in_flight.clone());
        let answer = call.send().await.map_err(|error| port_error(SERVICE, error))?;
        let number = |name| answer.attributes.as_ref().and_then(|all| all.get(&name)?.parse().ok()).unwrap_or(0);
        Ok(Depth { waiting: number(waiting), in_flight: number(in_flight) })
    }
}

fn received(message: Message) -> Option<Received> {
    let sent = message.attributes.as_ref().and_then(|all| all.get(&MessageSystemAttributeName::SentTimestamp)?.parse().ok());
    let attributes = message.message_attributes.unwrap_or_default().into_iter();
    Some(Received {
        handle: message.receipt_handle?,
        body: message.body?,
        id: message.message_id?,
        sent: sent.map(Timestamp::from_millis),
        attributes: attributes.filter_map(|(name, value)| Some((name, value.string_value?))).collect(),
    })
}

fn unbuilt(error: BuildError) -> PortError {
    PortError::Refused { service: SERVICE, source: Box::new(error) }
}

#[cfg(test)]
mod tests;
