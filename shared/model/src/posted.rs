//! Events that services put straight onto the queue, or on an EventBridge bus that leads to it: `{tenant, type, data}` as plain JSON, in
//! place of a message of Weir's own.
//!
//! Who may put something there is for IAM to say, and whoever may is believed: it names the tenant it writes for. What it writes goes through
//! the same reading, checking and taking out of what is personal as what comes over HTTP. A body is taken whole or not at all.

use crate::accept::{self, Fault, Form, Rejection, Request, Retention, Unreadable};
use crate::message::{DecodeError, Message};
use crate::money::Currency;
use crate::privacy::Pseudonyms;
use crate::{HourOffset, IdError, TenantId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::fmt;

/// The attribute, or the member, that names the tenant.
pub const TENANT: &str = "tenant";
const REDRIVEN: &str = "redriven";
const HISTORICAL: &str = "historical";

/// A body that holds events of services.
#[derive(Debug, Clone, PartialEq)]
pub struct Posted {
    tenant: Option<String>,
    historical: bool,
    /// What the bus calls the event: the same however often it delivers it.
    bus_id: Option<String>,
    /// What its first message was, where it is sent back from a dead-letter queue.
    first: Option<First>,
    events: Value,
}

/// What was known of a message before it was sent back from a dead-letter queue, which gives it another id and another time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct First {
    /// Its id.
    pub id: String,
    /// When it was sent, in milliseconds since 1970.
    pub sent_ms: Option<i64>,
    /// Its attribute `tenant`.
    pub tenant: Option<String>,
}

/// A body that is sent back: with what was known of its first message, so that its events are known by that as before.
#[derive(Serialize)]
struct Redriven<'a> {
    redriven: &'a First,
    body: &'a RawValue,
}

/// What is known of a body besides what it says.
#[derive(Debug, Clone, Copy)]
pub struct Delivered<'a> {
    /// The queue's id of its message.
    pub message_id: &'a str,
    /// When it was put on the queue: the same at each delivery.
    pub received: Timestamp,
    /// How old events may be.
    pub retention: &'a Retention,
}

/// What a tenant adds to its events.
#[derive(Debug, Clone, Copy)]
pub struct Owner<'a> {
    /// The tenant.
    pub tenant: &'a TenantId,
    /// When its hours begin.
    pub hour_offset: HourOffset,
    /// The currency of amounts without one.
    pub currency: Currency,
    /// What its users are kept as.
    pub pseudonyms: &'a Pseudonyms,
}

/// Why events of services are not taken. No member's value is told.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Neither the body nor its attribute names a tenant.
    #[error("no tenant is named")]
    NoTenant,
    /// Both do, and not the same.
    #[error("two tenants are named")]
    TwoTenants,
    /// What is named is no tenant.
    #[error("the tenant {0}")]
    Tenant(#[from] IdError),
    /// There are none, or too many.
    #[error("the body holds {0} events")]
    Number(usize),
    /// At least one breaks rules.
    #[error("an event breaks rules: {0}")]
    Events(Broken),
}

/// Where events break which rules.
#[derive(Debug)]
pub struct Broken(Vec<Fault>);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Fault { pointer, code, .. }) in self.0.iter().enumerate() {
            let gap = if index == 0 { "" } else { ", " };
            write!(f, "{gap}{code} at {pointer}")?;
        }
        Ok(())
    }
}

impl Posted {
    /// Reads a body; `None` where it is a message of Weir's own.
    ///
    /// # Errors
    /// Where it is neither that nor JSON.
    pub fn parse(body: &str) -> Result<Option<Self>, DecodeError> {
        if !body.starts_with(['{', '[']) {
            return Ok(None);
        }
        let mut body: Value = serde_json::from_str(body)?;
        let first = match &mut body {
            Value::Object(members) if members.contains_key("events") => return Ok(None),
            Value::Object(members) if members.contains_key(REDRIVEN) => {
                let first = serde_json::from_value(members[REDRIVEN].take())?;
                body = members.remove("body").unwrap_or_default();
                Some(first)
            }
            _ => None,
        };
        let bus_id = body.as_object_mut().and_then(of_bus);
        Ok(Some(Self { events: Value::Null, tenant: None, historical: false, bus_id, first }.with(body)))
    }

    /// What to send in place of a body that a dead-letter queue holds: where it holds events of a service, what its first message was goes
    /// with them. Everything else is sent as it is.
    #[must_use]
    pub fn sent_back(body: String, first: &First) -> String {
        let is_first = matches!(Self::parse(&body), Ok(Some(Self { first: None, .. })));
        let wrapped = || serde_json::to_string(&Redriven { redriven: first, body: serde_json::from_str(&body).ok()? }).ok();
        is_first.then(wrapped).flatten().unwrap_or(body)
    }

    /// Takes what is said of whose they are out of the events.
    fn with(mut self, mut events: Value) -> Self {
        let items = match &mut events {
            Value::Array(items) => items.iter_mut().collect(),
            one => vec![one],
        };
        for members in items.into_iter().filter_map(Value::as_object_mut) {
            if let Some(Value::String(tenant)) = members.remove(TENANT) {
                // A second one stays, and is found to be another.
                match &self.tenant {
                    Some(first) if *first != tenant => self.tenant = Some(format!("{first} {tenant}")),
                    _ => self.tenant = Some(tenant),
                }
            }
            self.historical |= members.remove(HISTORICAL) == Some(Value::Bool(true));
        }
        Self { events, ..self }
    }

    /// Whose events they are, as they say or as the attribute `tenant` of their message does.
    ///
    /// # Errors
    /// Where neither does, they do not agree, or what they say is no tenant.
    pub fn tenant(&self, attribute: Option<&str>) -> Result<TenantId, Refusal> {
        let attribute = attribute.or(self.first.as_ref().and_then(|first| first.tenant.as_deref()));
        match (self.tenant.as_deref(), attribute) {
            (None, None) => Err(Refusal::NoTenant),
            (Some(said), Some(attribute)) if said != attribute => Err(Refusal::TwoTenants),
            (Some(said), _) if said.contains(' ') => Err(Refusal::TwoTenants),
            (Some(name), _) | (None, Some(name)) => Ok(TenantId::new(name)?),
        }
    }

    /// The message that the events are. One without an id of its own is known by its message's, so that it counts once however often that is
    /// delivered.
    ///
    /// # Errors
    /// Where any of them breaks a rule.
    pub fn read(self, owner: Owner<'_>, delivered: Delivered<'_>) -> Result<Message, Refusal> {
        let Owner { tenant, hour_offset, currency, pseudonyms } = owner;
        let Delivered { message_id, received, retention } = delivered;
        let first = self.first.as_ref();
        let message_id = first.map_or(message_id, |first| &first.id);
        let received = first.and_then(|first| first.sent_ms).map_or(received, Timestamp::from_millis);
        let key = self.bus_id.as_deref().map_or_else(|| format!("sqs:{message_id}"), |id| format!("bus:{id}"));
        let request = Request { idempotency_key: Some(&key), historical: self.historical, ..Request::unlimited(pseudonyms) };
        let written = accept::read(Form::Service, self.events, &request).map_err(unreadable)?;
        let accepted = written.settle(received, |_| received, retention);
        let faults: Vec<Fault> = accepted.rejections.into_iter().flat_map(|Rejection { faults, .. }| faults).collect();
        if !faults.is_empty() {
            return Err(Refusal::Events(Broken(faults)));
        }
        Ok(Message { tenant: tenant.clone(), hour_offset, currency, received, events: accepted.events })
    }
}

fn unreadable(why: Unreadable) -> Refusal {
    match why {
        Unreadable::Faults(faults) => Refusal::Events(Broken(faults)),
        Unreadable::TooMany { events } => Refusal::Number(events),
        // Only who is limited to a project can write for another.
        Unreadable::OtherProject => Refusal::Number(0),
    }
}

/// Takes an event out of the bus's envelope, where it is in one: its `detail` is the event, or the data of an event that `detail-type` names.
/// Answers what the bus calls it. <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html>
fn of_bus(members: &mut Map<String, Value>) -> Option<String> {
    let (Some(Value::String(kind)), Some(Value::Object(detail))) = (members.get("detail-type"), members.get("detail")) else { return None };
    let (kind, mut detail) = (kind.clone(), detail.clone());
    let (id, time) = (members.get("id").and_then(Value::as_str).map(str::to_owned), members.remove("time"));
    let names_type = detail.get("type").is_some_and(Value::is_string);
    let is_event = detail.get("data").is_some_and(Value::is_object) || (names_type && !accept::is_known(&kind));
    let mut event = if is_event {
        detail.entry("type").or_insert_with(|| kind.into());
        detail
    } else {
        let around = [TENANT, HISTORICAL].map(|name| (name.to_owned(), detail.remove(name)));
        let around = around.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let own = [("type".to_owned(), kind.into()), ("data".to_owned(), Value::Object(detail))];
        around.chain(own).collect()
    };
    let is_timed = event.contains_key("timestamp") || event.get("data").is_some_and(|data| data.get("timestamp").is_some());
    if let Some(time) = time.filter(|_| !is_timed) {
        event.insert("timestamp".to_owned(), time);
    }
    *members = event;
    id
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{AiUse, Facts, Sale};
    use serde_json::json;

    const SENT: Timestamp = Timestamp::from_millis(1_795_000_000_000); // 2026-11-18T11:06:40Z

    fn read(body: &Value, attribute: Option<&str>) -> Result<Message, Refusal> {
        let posted = Posted::parse(&body.to_string()).unwrap().unwrap();
        let (tenant, retention) = (posted.tenant(attribute)?, Retention::default());
        let pseudonyms = Pseudonyms::of(b"5f1c0a9be27d43688f0b6c1d2e934a75", &tenant, false);
        let owner = Owner { tenant: &tenant, hour_offset: HourOffset::default(), currency: Currency::USD, pseudonyms: &pseudonyms };
        posted.read(owner, Delivered { message_id: "m1", received: SENT, retention: &retention })
    }

    #[test]
    fn an_event_of_a_service_is_a_message_of_its_tenant() {
        let data =
            json!({"userId": "ada@mail.example", "email": "ada@mail.example", "planTier": "pro", "timestamp": "2026-11-18T11:00:00Z"});
        let message = read(&json!({"tenant": "demo", "type": "user.signup", "data": data}), None).unwrap();
        let event = &message.events[0];
        assert_eq!((message.tenant.as_str(), message.received, event.kind.as_str()), ("demo", SENT, "user.signup"));
        assert_eq!((event.plan.as_deref(), event.time.to_string().as_str()), (Some("pro"), "2026-11-18T11:00:00.000Z"));
        assert!(event.user.as_ref().unwrap().as_str().starts_with("p_"), "{event:?}");
        assert_eq!(event.properties.as_deref(), Some(r#"{"email":"[email]"}"#));
    }

    #[test]
    fn without_an_id_and_a_time_it_is_known_by_its_message() {
        let body = json!({"type": "billing.payment_success", "data": {"userId": "u", "amount": 5, "planId": "pro"}});
        let event = &read(&body, Some("demo")).unwrap().events[0];
        assert_eq!((event.id.as_str(), event.time, event.received), ("b:sqs:m1:0", SENT, SENT));
        let Facts::Sales(Sale { amount_micros, status, .. }) = &event.facts else { panic!("{event:?}") };
        assert_eq!((*amount_micros, status.as_deref(), event.plan.as_deref()), (Some(5_000_000), Some("completed"), Some("pro")));
    }

    #[test]
    fn an_event_of_the_bus_is_known_by_what_the_bus_calls_it_and_when() {
        let envelope = |kind: &str, detail: Value| {
            json!({"version": "0", "id": "e-1", "detail-type": kind, "source": "shop", "account": "111122223333",
            "time": "2026-11-18T10:00:00Z", "region": "eu-central-1", "resources": [], "detail": detail})
        };
        let data = json!({"userId": "u", "model": "gpt-4", "tokens": 7});
        let with = |more: Value| {
            let mut all = data.clone();
            all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            all
        };
        for body in [
            envelope("chat.message_sent", with(json!({"tenant": "demo"}))),
            envelope("chat.message_sent", with(json!({"tenant": "demo", "type": "x"}))),
            envelope("whatever", json!({"tenant": "demo", "type": "chat.message_sent", "data": data})),
            envelope("whatever", with(json!({"tenant": "demo", "type": "chat.message_sent"}))),
        ] {
            let message = read(&body, None).unwrap_or_else(|error| panic!("{body}: {error}"));
            let event = &message.events[0];
            assert_eq!((event.id.as_str(), event.kind.as_str()), ("b:bus:e-1:0", "chat.message_sent"), "{body}");
            assert_eq!(event.time.to_string(), "2026-11-18T10:00:00.000Z");
            let Facts::Ai(AiUse { tokens, tokens_total_only, .. }) = &event.facts else { panic!("{event:?}") };
            assert_eq!((tokens.input, *tokens_total_only), (7, true));
        }
    }

    #[test]
    fn a_body_is_taken_whole_or_not_at_all_and_its_fault_is_told_without_its_values() {
        let check = |body: Value, attribute, expect: &str| assert_eq!(read(&body, attribute).unwrap_err().to_string(), expect, "{body}");
        check(json!({"type": "user.signin", "data": {}}), None, "no tenant is named");
        check(json!({"tenant": "a", "type": "user.signin"}), Some("b"), "two tenants are named");
        check(json!([{"tenant": "a", "type": "x"}, {"tenant": "b", "type": "x"}]), None, "two tenants are named");
        check(json!({"tenant": "a#b", "type": "x"}), None, "the tenant may hold letters, digits, '-', '_' and '.' only");
        check(
            json!({"type": "billing.payment_success", "data": {"amount": "s3cret", "timestamp": "?"}}),
            Some("a"),
            "an event breaks rules: bad_time at /data/timestamp, not_a_number at /data/amount",
        );
        check(json!([{"type": "user.signin"}, {}]), Some("a"), "an event breaks rules: required at /1/type");
        check(
            json!({"data": {"userId": "u"}, "projectId": "?"}),
            Some("a"),
            "an event breaks rules: bad_id at /projectId, required at /type",
        );
        check(json!([]), Some("a"), "an event breaks rules: empty at ");
        check(
            json!({"type": "user.signin", "data": {"timestamp": "1997-01-01"}}),
            Some("a"),
            "an event breaks rules: too_old at /timestamp",
        );
    }

    #[test]
    fn what_is_sent_back_is_known_by_its_first_message_however_often() {
        let first = First { id: "m0".into(), sent_ms: Some(SENT.as_millis() - 86_400_000), tenant: Some("demo".into()) };
        let again = First { id: "m1".into(), sent_ms: Some(SENT.as_millis()), tenant: None };
        for body in [json!({"type": "user.signin", "data": {"userId": "u"}}), json!([{"type": "user.signin", "data": {"userId": "u"}}])] {
            let once = Posted::sent_back(body.to_string(), &first);
            assert_eq!(Posted::sent_back(once.clone(), &again), once);
            let message = read(&serde_json::from_str(&once).unwrap(), None).unwrap();
            let event = &message.events[0];
            assert_eq!((message.tenant.as_str(), event.id.as_str()), ("demo", "b:sqs:m0:0"));
            assert_eq!((event.time, message.received), (SENT.plus_millis(-86_400_000), SENT.plus_millis(-86_400_000)));
        }
        for other in ["w1.abc", r#"{"tenant":"demo","events":[]}"#, "{"] {
            assert_eq!(Posted::sent_back(other.to_owned(), &first), other);
        }
    }

    #[test]
    fn an_import_may_be_old() {
        let body = json!({"tenant": "a", "historical": true, "type": "user.signin", "data": {"timestamp": "1997-01-01"}});
        assert!(read(&body, None).unwrap().events[0].historical);
    }

    #[test]
    fn a_message_of_weirs_own_is_none_of_these() {
        assert_eq!(Posted::parse("w1.abc").unwrap(), None);
        assert_eq!(Posted::parse(r#"{"tenant":"demo","events":[]}"#).unwrap(), None);
        assert!(Posted::parse("{").is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_body_makes_it_panic(text in r#"[\[\]{}",:a-zA-Z0-9.\-\\ ]{0,80}"#, kind in "[a-z._]{0,20}") {
            let parsed = serde_json::from_str(&text).unwrap_or(Value::String(text));
            for body in [parsed.clone(), json!({"type": kind, "data": parsed}), json!({"detail-type": kind, "detail": parsed, "time": parsed}), json!([parsed])] {
                if let Ok(Some(posted)) = Posted::parse(&body.to_string()) {
                    let _ = posted.tenant(None);
                }
                let _ = matches!(body, Value::Object(_) | Value::Array(_)).then(|| read(&body, Some("demo")));
            }
        }
    }
}
