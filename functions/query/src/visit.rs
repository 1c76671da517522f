//! Who asks, and what of it they may see.

use crate::Desk;
use crate::parameters::{Asked, Known, Parameters, fault};
use access::{AccessError, Caller, Role, Standing};
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use http::HeaderValue;
use http::header::{IF_MATCH, IF_NONE_MATCH};
use http::request::Parts;
use model::accept::Fault;
use model::{Timestamp, UserId};
use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;
use std::sync::Arc;
use web::body::{self, Limits};
use web::{Arrival, Problem};

/// How large the body of a question or of a setting may be.
const MOST_BYTES: usize = 256 * 1024;

/// A caller who may read something, and what it asks.
pub(crate) struct Visit {
    /// Who asks.
    pub caller: Caller,
    /// When.
    pub now: Timestamp,
    /// What it asks.
    parameters: Parameters,
    /// What the caller has left of its reads.
    pub standing: Option<Standing>,
    /// The answer that the caller has from before.
    pub known: Option<HeaderValue>,
    /// The version that the caller means to change.
    pub expected: Option<HeaderValue>,
    /// Whether the caller would rather have a job than wait (RFC 7240: `Prefer: respond-async`).
    pub prefers_job: bool,
}

impl FromRequestParts<Arc<Desk>> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, desk: &Arc<Desk>) -> Result<Self, Problem> {
        Self::admitted(parts, desk, b"").await
    }
}

impl Visit {
    /// Lets a request in, whose body as sent is this.
    async fn admitted(parts: &mut Parts, desk: &Arc<Desk>, body: &[u8]) -> Result<Self, Problem> {
        let arrival = Arrival::from_request_parts(parts, desk).await?;
        let now = desk.clock.now();
        let visit = web::Visit { arrival: &arrival, headers: &parts.headers, method: &parts.method, body, now };
        let caller = web::admit(&desk.authenticator, visit).await?;
        if caller.role == Role::Project {
            return Err(forbidden("a project's key writes events; reading takes a token or a service's signature"));
        }
        let standing = desk.limits.count(&*desk.table, &caller, now).await?;
        let parameters = Parameters::of(&parts.uri)?;
        let [known, expected] = [IF_NONE_MATCH, IF_MATCH].map(|name| parts.headers.get(name).cloned());
        let prefers_job = parts.headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok()).any(|value| {
            let mut preferences = value.split(',').map(str::trim);
            preferences.any(|preference| preference.eq_ignore_ascii_case("respond-async"))
        });
        Ok(Self { caller, now, parameters, standing, known, expected, prefers_job })
    }

    /// What is asked of an endpoint that knows these parameters.
    pub fn asked(&self, known: &Known<'_>) -> Result<Asked, Problem> {
        self.parameters.read(known, (self.now, self.caller.hour_offset))
    }

    /// Refuses who does not read for its whole tenant.
    pub fn for_tenant(&self) -> Result<(), Problem> {
        if self.caller.acts_for_tenant() { Ok(()) } else { Err(forbidden("only admins and services may read this")) }
    }

    /// The person whose numbers are asked for by id, as it is kept: a user may ask for its own only.
    pub fn for_person(&self, id: &str) -> Result<UserId, Problem> {
        let person = self.caller.pseudonyms.user_of(id);
        if !self.caller.acts_for_tenant() && (person.is_err() || self.caller.user.as_ref() != person.as_ref().ok()) {
            return Err(forbidden("a user may read its own numbers only"));
        }
        person.map_err(|error| {
            let fault = Fault { pointer: "userId".to_owned(), code: "bad_id", message: error.to_string() };
            Problem::bad_request("the user's id is malformed").with_faults(vec![fault])
        })
    }

    /// The person to whom the answer is limited: a user sees itself, who reads for its tenant sees everybody.
    pub fn own_person(&self) -> Result<Option<UserId>, Problem> {
        match (self.caller.acts_for_tenant(), &self.caller.user) {
            (true, _) => Ok(None),
            (false, Some(user)) => Ok(Some(user.clone())),
            (false, None) => Err(forbidden("only admins and services may read this")),
        }
    }
}

/// A visit that brings a JSON body.
pub(crate) struct Brought {
    /// Who comes, and what it asks.
    pub visit: Visit,
    body: Bytes,
}

impl FromRequest<Arc<Desk>> for Brought {
    type Rejection = Problem;

    async fn from_request(request: Request, desk: &Arc<Desk>) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let limits = Limits::decoded(MOST_BYTES);
        let sent = body::sent(body, limits.sent_bytes).await?;
        let visit = Visit::admitted(&mut parts, desk, &sent).await?;
        let body = body::decoded(&parts.headers, sent, limits.decoded_bytes)?;
        Ok(Self { visit, body })
    }
}

impl Brought {
    /// The body as what it should be.
    ///
    /// # Errors
    /// 400 where it is no JSON, 422 where it is not of that form; the pointer says where.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let mut json = serde_json::Deserializer::from_slice(&self.body);
        let read = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            if !error.inner().is_data() {
                return Problem::bad_request("the body is not JSON").with_faults(vec![fault("", "not_json", error.inner().to_string())]);
            }
            Problem::unprocessable(vec![fault(&pointer(error.path()), "malformed", error.inner().to_string())])
        })?;
        json.end().map_err(|error| Problem::bad_request("the body is not JSON").with_cause(error))?;
        Ok(read)
    }
}

/// A place in a document as a JSON pointer (RFC 6901).
pub(crate) fn pointer(path: &serde_path_to_error::Path) -> String {
    let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
    path.iter().fold(String::new(), |pointer, segment| match segment {
        Segment::Seq { index } => format!("{pointer}/{index}"),
        Segment::Map { key } | Segment::Enum { variant: key } => format!("{pointer}/{}", escaped(key)),
        Segment::Unknown => pointer,
    })
}

fn forbidden(reason: &'static str) -> Problem {
    AccessError::Forbidden(reason).into()
}
