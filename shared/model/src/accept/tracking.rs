//! Requests to AI models that are told twice: when they begin, and when they end. Between the two they wait; they count once they have
//! ended, at the time at which they began.

use super::ai::{Counted, PICO, described, ending, tokens};
use super::fault::{Fault, Place};
use super::fields::Fields;
use super::{Defaults, Request, Told, project, size};
use crate::event::{AiUse, Facts, Tokens};
use crate::limits::EVENT_BYTES;
use crate::{Event, EventId, ProjectId, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value};

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
    #[serde(skip)]
    project: Option<ProjectId>,
}

impl Update {
    /// Reads an update.
    ///
    /// # Errors
    /// Every fault of it.
    pub fn read(body: Value, request: &Request<'_>) -> Result<Self, Vec<Fault>> {
        let whole = |code, message: String| vec![Fault { pointer: String::new(), code, message }];
        if size::is_over(&body, EVENT_BYTES) {
            return Err(whole("too_large", format!("an update has at most {EVENT_BYTES} bytes of json")));
        }
        let Value::Object(members) = body else {
            return Err(whole("not_an_object", "an update must be an object".into()));
        };
        let mut fields = Fields::cleaned(members, Place::Body, request.pseudonyms);
        let update = Self::of(&mut fields, request);
        if !fields.faults.is_empty() {
            return Err(fields.faults);
        }
        Ok(Self { properties: fields.rest(), ..update })
    }

    pub(super) fn of(fields: &mut Fields<'_>, request: &Request<'_>) -> Self {
        let status = ending(fields);
        let Counted { tokens, total_only } = tokens(fields);
        Self {
            status: fields.require("status", status).unwrap_or_default(),
            tokens,
            tokens_total_only: total_only,
            cost_pico: fields.amount("cost", PICO),
            latency_ms: fields.count("responseTimeMs"),
            response_bytes: fields.count("responseSizeBytes"),
            response_chars: fields.length("response"),
            ended: fields.time("timestamp"),
            provider: fields.dimension("provider"),
            properties: None,
            project: project(fields, request, &Defaults::default()),
        }
    }

    /// The project of the request, as its writer or its body says.
    #[must_use]
    pub const fn project(&self) -> Option<&ProjectId> {
        self.project.as_ref()
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
