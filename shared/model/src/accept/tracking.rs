//! Requests to AI models that are told twice: when they begin, and when they end. Between the two they wait; they count once they have
//! ended, at the time at which they began.

use super::ai::{Counted, PICO, described, ending, tokens};
use super::fault::{Fault, Place, Rejection};
use super::fields::{Asked, Fields};
use super::{Defaults, Request, Told, Unreadable, size, stated_project};
use crate::event::{AiUse, Facts, Tokens};
use crate::limits::EVENT_BYTES;
use crate::privacy::Pseudonyms;
use crate::{Event, EventId, ProjectId, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// Reads `{requestId, model, prompt?, feature, complexity, language, userPlan}`: a request that begins. Its status is open.
pub fn event(fields: &mut Fields<'_>) -> Told {
    let request = fields.id("requestId");
    let request = fields.require("requestId", request);
    let model = fields.dimension("model");
    let facts = AiUse { model: fields.require("model", model), prompt_chars: fields.length("prompt"), ..described(fields) };
    Told { id: request.as_deref().map(EventId::of_request), kind: Some("request".to_owned()), facts: Facts::Ai(facts) }
}

/// How a request ended: `{status, response?, tokens{input, output}, cost?}`. Two that are equal are the same update.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Update {
    status: String,
    tokens: Tokens,
    tokens_total_only: bool,
    cost_pico: Option<i64>,
    latency_ms: Option<i64>,
    response_bytes: Option<i64>,
    response_chars: Option<i64>,
    ended: Option<Timestamp>,
    provider: Option<String>,
    /// Everything else that was sent.
    properties: Option<String>,
}

/// An update, and the request that it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addressed {
    /// Its place among those sent.
    pub index: usize,
    /// The request's id.
    pub request_id: String,
    /// The request's project, where the writer has one or the body names one.
    pub project: Option<ProjectId>,
    /// The update.
    pub update: Update,
    /// What was changed so that it can be taken.
    pub notices: Vec<Fault>,
}

/// Reads an update of the request with this id, or an array of updates, each of which may name another by its `requestId`.
///
/// # Errors
/// Where there are none or too many; a bad one among others is no error.
pub fn updates(body: Value, id: &str, request: &Request<'_>) -> Result<Vec<Result<Addressed, Rejection>>, Unreadable> {
    let id = request.pseudonyms.id(id);
    let items = match body {
        Value::Array(items) => {
            super::check_number(items.len(), &Place::Body)?;
            items
        }
        one => return Ok(vec![Addressed::read(one, &Place::Body, (0, &id), request)]),
    };
    let each = |(index, item)| Addressed::read(item, &Place::Item(&Place::Body, index), (index, &id), request);
    Ok(items.into_iter().enumerate().map(each).collect())
}

impl Addressed {
    fn read(body: Value, place: &Place<'_>, (index, id): (usize, &str), request: &Request<'_>) -> Result<Self, Rejection> {
        let reject = |faults| Rejection { index, event_id: Some(id.to_owned()), faults };
        let whole = |code, message: String| reject(vec![Fault { pointer: place.pointer(), code, message }]);
        if size::is_over(&body, EVENT_BYTES) {
            return Err(whole("too_large", format!("an update has at most {EVENT_BYTES} bytes of json")));
        }
        let Value::Object(members) = body else {
            return Err(whole("not_an_object", "an update must be an object".into()));
        };
        let mut fields = Fields::cleaned(members, *place, request.pseudonyms);
        let named = fields.id("requestId");
        if matches!((place, &named), (Place::Body, Some(named)) if named != id) {
            fields.fault("requestId", "other_request", "requestId must be the one of the path");
        }
        let project = stated_project(&mut fields, request, &Defaults::default());
        let update = Update::of(&mut fields);
        match project {
            Ok(project) if fields.faults.is_empty() => {
                let notices = std::mem::take(&mut fields.notices);
                let (request_id, update) = (named.unwrap_or_else(|| id.to_owned()), Update { properties: fields.rest(), ..update });
                Ok(Self { index, request_id, project, update, notices })
            }
            _ => Err(reject(fields.faults)),
        }
    }
}

impl Update {
    fn of(fields: &mut Fields<'_>) -> Self {
        let status = ending(fields);
        let Counted { tokens, total_only } = tokens(fields);
        Self {
            status: fields.require("status", status).unwrap_or_default(),
            tokens,
            tokens_total_only: total_only,
            cost_pico: fields.amount("cost", PICO),
            latency_ms: fields.amount("responseTimeMs", 0),
            response_bytes: fields.count("responseSizeBytes"),
            response_chars: fields.length("response"),
            ended: fields.time("timestamp"),
            provider: fields.dimension("provider"),
            properties: None,
        }
    }

    /// The members that are read of an update, as JSON pointers: what its document must name, and nothing else.
    #[must_use]
    pub fn members() -> BTreeSet<String> {
        let (asked, request) = (Asked::default(), Request::unlimited(&Pseudonyms::NOBODYS));
        let mut fields = Fields::noting(Map::new(), Place::Body, &asked);
        fields.id("requestId");
        // What is wrong with it is of no interest here, only what was asked.
        let _ = stated_project(&mut fields, &request, &Defaults::default());
        let _ = Self::of(&mut fields);
        asked.into_inner()
    }

    /// By what it is told from another update of the same request.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        // Texts and numbers are always written.
        hex::encode(Sha256::digest(serde_json::to_vec(self).unwrap_or_default()))
    }

    /// The status it gives the request: `completed` or `failed`.
    #[must_use]
    pub fn status(&self) -> &str {
        &self.status
    }

    /// The request as it counts: begun as tracked, ended as this says, and received with it. Without a time of its own it took from its first
    /// arrival to this one's.
    #[must_use]
    pub fn complete(self, mut tracked: Event, received: Timestamp) -> Event {
        let between = |end: Timestamp, start: Timestamp| Some(end.millis_since(start)).filter(|ms| *ms >= 0);
        let arrivals = between(received, tracked.received);
        let stated = self.ended.and_then(|ended| between(ended, tracked.time));
        if let Facts::Ai(facts) = &mut tracked.facts {
            facts.status = Some(self.status);
            facts.tokens = self.tokens;
            facts.tokens_total_only = self.tokens_total_only;
            facts.given_cost_pico = self.cost_pico;
            facts.latency_ms = self.latency_ms.or(stated).or(arrivals);
            facts.response_bytes = self.response_bytes;
            facts.response_chars = self.response_chars;
            facts.provider = facts.provider.take().or(self.provider);
        }
        tracked.properties = both(tracked.properties, self.properties);
        tracked.received = received;
        tracked
    }
}

/// The members of two objects in one; of a name that both have, the first's.
fn both(first: Option<String>, second: Option<String>) -> Option<String> {
    let (Some(first), Some(second)) = (&first, &second) else { return first.or(second) };
    let members = |text: &str| serde_json::from_str::<Map<String, Value>>(text).unwrap_or_default();
    let mut all = members(second);
    all.extend(members(first));
    Some(Value::Object(all).to_string())
}
