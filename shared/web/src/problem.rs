//! Errors as RFC 9457 problems: what the client may know of a failure, and beside it what the log must.

use crate::write_refusal;
use access::Standing;
use axum::response::{IntoResponse, Response};
use http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use model::accept::Fault;
use model::privacy::redact;
use ports::PortError;
use serde::Serialize;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::error::Error;
use std::fmt::Write;
use std::sync::Arc;

/// A failed request. Its text is safe for the client; its cause is for the log only.
#[derive(Debug, Clone)]
pub struct Problem(Box<Details>);

#[derive(Debug, Clone)]
struct Details {
    status: StatusCode,
    detail: Cow<'static, str>,
    faults: Vec<Fault>,
    members: Map<String, Value>,
    headers: HeaderMap,
    cause: Option<Arc<dyn Error + Send + Sync>>,
}

/// The members of `application/problem+json`, in the order in which people read them.
#[derive(Serialize)]
struct Wire<'a> {
    r#type: &'static str,
    title: &'a str,
    status: u16,
    #[serde(skip_serializing_if = "str::is_empty")]
    detail: &'a str,
    #[serde(rename = "requestId", skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    #[serde(skip_serializing_if = "<[Fault]>::is_empty")]
    errors: &'a [Fault],
    #[serde(flatten)]
    members: &'a Map<String, Value>,
}

impl Problem {
    /// A problem of this status; `detail` is read by the client.
    pub fn new(status: StatusCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Details {
            status,
            detail: detail.into(),
            faults: Vec::new(),
            members: Map::new(),
            headers: HeaderMap::new(),
            cause: None,
        }))
    }

    /// 400: the request itself is malformed.
    pub fn bad_request(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// 401: no credential, or none that holds; `challenge` tells which would.
    pub fn unauthorized(detail: impl Into<Cow<'static, str>>, challenge: &'static str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, detail).with_header(WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
    }

    /// 403: known, but not allowed.
    pub fn forbidden(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    /// 404: nothing here.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "there is nothing at this path")
    }

    /// 413: larger than `limit_bytes`.
    #[must_use]
    pub fn too_large(what: &str, limit_bytes: usize) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, format!("{what} is larger than {limit_bytes} bytes"))
    }

    /// 415: not a media type or encoding that is read here.
    pub fn unsupported(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail)
    }

    /// 422: well-formed, and every fault in what it says.
    #[must_use]
    pub fn unprocessable(faults: Vec<Fault>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "the request breaks the rules listed under errors").with_faults(faults)
    }

    /// 429: over a limit, which its headers describe.
    pub fn too_many(detail: impl Into<Cow<'static, str>>, standing: &Standing) -> Self {
        let mut problem = Self::new(StatusCode::TOO_MANY_REQUESTS, detail);
        write_refusal(standing, &mut problem.0.headers);
        problem
    }

    /// 500: a defect; the cause goes to the log.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "something went wrong on our side").with_cause(cause)
    }

    /// 503: something this function needs does not answer; the same request may work later.
    pub fn unavailable(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "temporarily unavailable, try again").with_cause(cause).with_retry_after(1)
    }

    /// The problem with these faults of the input, which may name what was sent, but nothing personal or secret in it.
    #[must_use]
    pub fn with_faults(mut self, faults: Vec<Fault>) -> Self {
        let clean = |text: String| redact(&text, true).into_owned();
        let faults =
            faults.into_iter().map(|Fault { pointer, code, message }| Fault { pointer: clean(pointer), code, message: clean(message) });
        self.0.faults = faults.collect();
        self
    }

    /// The problem with one member more, beside the standard ones.
    #[must_use]
    pub fn with_member(mut self, name: &str, value: Value) -> Self {
        self.0.members.insert(name.to_owned(), value);
        self
    }

    /// The problem with one header more.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.insert(name, value);
        self
    }

    /// The problem with `Retry-After`, in seconds.
    #[must_use]
    pub fn with_retry_after(self, seconds: u64) -> Self {
        self.with_header(RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// The problem with what caused it, which goes to the log and never to the client.
    #[must_use]
    pub fn with_cause(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.0.cause = Some(Arc::from(cause.into()));
        self
    }

    /// The status it answers.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The cause and the causes behind it, in one line for the log.
    pub(crate) fn chain(&self) -> Option<String> {
        let cause: &dyn Error = self.0.cause.as_deref()?;
        let mut text = cause.to_string();
        let mut next = cause.source();
        while let Some(error) = next {
            // A formatter into a string does not fail.
            let _ = write!(text, ": {error}");
            next = error.source();
        }
        Some(text)
    }

    /// A problem for an error answer that something else made (axum, for a method that a route does not have).
    pub(crate) fn of_bare_answer(status: StatusCode, headers: &HeaderMap) -> Self {
        let detail = match status {
            StatusCode::METHOD_NOT_ALLOWED => "this path does not take this method",
            status if status.is_server_error() => "something went wrong on our side",
            _ => "the request cannot be answered",
        };
        let problem = Self::new(status, detail);
        match headers.get(ALLOW) {
            Some(allow) => problem.with_header(ALLOW, allow.clone()),
            None => problem,
        }
    }

    /// The answer to the client.
    pub(crate) fn render(&self, request_id: Option<&str>) -> Response {
        let Details { status, detail, faults, members, headers, .. } = &*self.0;
        let title = status.canonical_reason().unwrap_or("Error");
        let wire = Wire { r#type: "about:blank", title, status: status.as_u16(), detail, request_id, errors: faults, members };
        let mut response = (*status, serde_json::to_vec(&wire).unwrap_or_default()).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response.headers_mut().extend(headers.clone());
        response
    }
}

impl IntoResponse for Problem {
    /// The answer without a request id; [`crate::edge`] finds the problem in the extensions, logs it and answers with the id.
    fn into_response(self) -> Response {
        let mut response = self.render(None);
        response.extensions_mut().insert(self);
        response
    }
}

impl From<PortError> for Problem {
    /// A fault of ours never answers 4xx, whatever the service said.
    fn from(error: PortError) -> Self {
        Self::unavailable(error)
    }
}
