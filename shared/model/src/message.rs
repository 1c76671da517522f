//! What travels on the queue: the events of one request, of one tenant.
//!
//! A body is text. Weir's own are `w1.` and the Base64 of the zstd of the JSON of a [`Message`]; the plain JSON itself is read too, so
//! that a message can be written by hand. Which events share a body is for [`pack`] to say: as few bodies as the queue's limits allow,
//! since SQS bills each started 64 KiB of a request, however many messages it holds.

use crate::limits::{BATCH_BYTES, SQS_BATCH_BYTES};
use crate::money::Currency;
use crate::{Event, HourOffset, TenantId, Timestamp, zstandard};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use serde::{Deserialize, Serialize};

/// The version of the packed form.
const PREFIX: &str = "w1.";
/// The quickest level: a higher one saves no billed request on bodies this small.
const ZSTD_LEVEL: i32 = 1;
/// What a body may unpack to: a batch as large as is accepted, grown by what `ingest` adds to each event.
const UNPACKED_BYTES: usize = 8 * BATCH_BYTES;

/// Events on their way from `ingest` to `store`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Whose they are.
    pub tenant: TenantId,
    /// When the tenant's hours begin.
    pub hour_offset: HourOffset,
    /// The tenant's currency, for amounts without one.
    pub currency: Currency,
    /// When they arrived.
    pub received: Timestamp,
    /// The events.
    pub events: Vec<Event>,
}

/// Why a body is not a message.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// It begins like neither form.
    #[error("the body begins like no message")]
    Form,
    /// The text after the prefix is not Base64.
    #[error("the body is not base64")]
    Base64(#[from] base64::DecodeError),
    /// The bytes are not zstd, or unpack to more than a message may hold.
    #[error("the body does not unpack")]
    Unpack(#[source] std::io::Error),
    /// The text is not the JSON of a message. Where it stops being one is all that is told: the parser's own words quote the data.
    #[error("the body is not the json of a message: line {line}, column {column}")]
    Json {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
}

impl From<serde_json::Error> for DecodeError {
    fn from(error: serde_json::Error) -> Self {
        Self::Json { line: error.line(), column: error.column() }
    }
}

/// Why events cannot be packed.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// One event alone is too large for the queue.
    #[error("an event takes {size} bytes packed, over the queue's limit of {limit}")]
    TooLarge {
        /// The bytes of the body that would hold it.
        size: usize,
        /// The bytes a body may have.
        limit: usize,
    },
    /// An event that has no JSON.
    #[error("an event cannot be written as json")]
    Json(#[from] serde_json::Error),
    /// The compressor failed.
    #[error("an event cannot be compressed")]
    Compress(#[source] std::io::Error),
}

/// The bodies that hold the events of a message: one, unless they are more than a body may hold.
///
/// # Errors
/// Where a single event does not fit (no accepted one is so large), or cannot be written.
pub fn pack(message: Message) -> Result<Vec<String>, PackError> {
    let mut bodies = Vec::with_capacity(1);
    pack_into(message, &mut bodies)?;
    Ok(bodies)
}

fn pack_into(mut message: Message, bodies: &mut Vec<String>) -> Result<(), PackError> {
    let body = encode(&message)?;
    if body.len() <= SQS_BATCH_BYTES {
        bodies.push(body);
        return Ok(());
    }
    if message.events.len() < 2 {
        return Err(PackError::TooLarge { size: body.len(), limit: SQS_BATCH_BYTES });
    }
    let second_half = message.events.split_off(message.events.len() / 2);
    let rest = Message { tenant: message.tenant.clone(), events: second_half, ..message };
    pack_into(message, bodies)?;
    pack_into(rest, bodies)
}

fn encode(message: &Message) -> Result<String, PackError> {
    let json = serde_json::to_vec(message)?;
    let packed = zstandard::compress(&json, ZSTD_LEVEL).map_err(PackError::Compress)?;
    let mut body = String::with_capacity(PREFIX.len() + packed.len().div_ceil(3) * 4);
    body.push_str(PREFIX);
    BASE64.encode_string(&packed, &mut body);
    Ok(body)
}

/// The message of a body.
///
/// # Errors
/// Where the body is of neither form; nothing of a bad body is used.
pub fn decode(body: &str) -> Result<Message, DecodeError> {
    if body.starts_with('{') {
        return Ok(serde_json::from_str(body)?);
    }
    let packed = BASE64.decode(body.strip_prefix(PREFIX).ok_or(DecodeError::Form)?)?;
    let json = zstandard::decompress(&packed, UNPACKED_BYTES).map_err(DecodeError::Unpack)?;
    Ok(serde_json::from_slice(&json)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Engagement, Facts};
    use crate::{EventId, ProjectId};

    fn message(events: usize, properties: impl Fn(usize) -> String) -> Message {
        let event = |index: usize| Event {
            id: EventId::of_event(Some("session"), &index.to_string()),
            project: ProjectId::new("shop").unwrap(),
            user: None,
            session: None,
            kind: "screen_view".into(),
            time: Timestamp::from_millis(1_700_000_000_000),
            original_time: None,
            received: Timestamp::from_millis(1_700_000_000_500),
            plan: None,
            historical: false,
            facts: Facts::Engagement(Engagement { page: Some("Home".into()), ..Engagement::default() }),
            properties: Some(properties(index)),
        };
        Message {
            tenant: TenantId::new("demo").unwrap(),
            hour_offset: HourOffset::default(),
            currency: Currency::USD,
            received: Timestamp::from_millis(1_700_000_000_500),
            events: (0..events).map(event).collect(),
        }
    }

    /// Text that hardly compresses.
    fn noise(seed: usize) -> String {
        use sha2::{Digest, Sha256};
        let bytes: Vec<u8> = (0..400).flat_map(|i| Sha256::digest(format!("{seed}-{i}"))).collect();
        format!("{{\"noise\":\"{}\"}}", BASE64.encode(bytes))
    }

    #[test]
    fn a_batch_travels_as_one_body_and_comes_back_whole() {
        let sent = message(500, |index| format!("{{\"n\":{index}}}"));
        let bodies = pack(sent.clone()).unwrap();
        assert_eq!(bodies.len(), 1);
        assert!(bodies[0].len() < crate::limits::SQS_BILLED_BYTES, "{} bytes", bodies[0].len());
        assert_eq!(decode(&bodies[0]).unwrap(), sent);
    }

    #[test]
    fn what_does_not_fit_one_body_is_split_and_nothing_is_lost() {
        let sent = message(60, noise);
        let bodies = pack(sent.clone()).unwrap();
        assert!(bodies.len() > 1);
        assert!(bodies.iter().all(|body| body.len() <= SQS_BATCH_BYTES));
        let came: Vec<Event> = bodies.iter().flat_map(|body| decode(body).unwrap().events).collect();
        assert_eq!(came, sent.events);
    }

    #[test]
    fn a_message_written_by_hand_is_read_too() {
        let sent = message(1, |_| "{}".into());
        assert_eq!(decode(&serde_json::to_string(&sent).unwrap()).unwrap(), sent);
    }

    #[test]
    fn a_bad_body_is_an_error_of_its_own() {
        let check = |body: &str, expect: &str| assert_eq!(decode(body).unwrap_err().to_string(), expect, "{body}");
        check("", "the body begins like no message");
        check("{}", "the body is not the json of a message: line 1, column 2");
        check(r#"{"tenant":{"secret":1}}"#, "the body is not the json of a message: line 1, column 10");
        check("w1.?", "the body is not base64");
        check("w1.aGVsbG8", "the body does not unpack");
    }

    #[test]
    fn a_body_that_unpacks_to_more_than_a_message_is_refused_before_it_fills_the_memory() {
        let bomb = zstd::bulk::compress(&vec![b' '; UNPACKED_BYTES + 1], 19).unwrap();
        let error = decode(&format!("{PREFIX}{}", BASE64.encode(bomb))).unwrap_err();
        assert_eq!(error.to_string(), "the body does not unpack");
    }
}
