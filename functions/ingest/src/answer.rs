//! What a write answers, in success and failure.

use access::Standing;
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use model::accept::{Accepted, Fault, Notice, Rejection, Unreadable};
use model::limits::BATCH_EVENTS;
use serde::Serialize;
use serde_json::json;
use utoipa::{IntoResponses, ToSchema};
use web::contract::ProblemBody;
use web::{Problem, write_standing};

/// What became of the events of a write.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Receipt<'a> {
    /// Some or all events were accepted.
    success: bool,
    /// How many events were accepted.
    accepted: usize,
    /// How many were not.
    rejected: usize,
    /// How its sender stands with the limit of events a minute; none for services.
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_limit: Option<EventRate>,
    /// Every fault of every event that was rejected.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<EventFault<'a>>,
    /// What was changed in events so that they could be accepted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    notices: Vec<EventFault<'a>>,
}

/// How a sender stands with the limit of events a minute.
#[derive(Serialize, ToSchema)]
pub struct EventRate {
    /// Events taken in this minute, these included.
    count: u32,
    /// The most that a minute allows.
    limit: u32,
    /// Whether this write would pass the limit, and was refused whole.
    exceeded: bool,
}

/// A fault or a notice of one event.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventFault<'a> {
    /// The event's place among those sent, from 0.
    index: usize,
    /// Its id, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    event_id: Option<&'a str>,
    /// Where: a JSON pointer into the body.
    pointer: &'a str,
    /// Which rule is broken, in one word; of a notice `cut` or `rounded`.
    code: &'static str,
    /// What is wrong, or what was changed, in a sentence.
    message: &'a str,
    /// Whether the same event may be accepted later: `false` for all faults; notices are of accepted events and say nothing of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    retryable: Option<bool>,
}

/// What a write answers when nothing of it was accepted.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "the API's document reads it; what is answered is a problem")]
pub enum Refused {
    /// The body is not JSON, or does not decompress.
    #[response(status = 400, content_type = "application/problem+json")]
    Malformed(#[to_schema] WriteProblem),
    /// No credential, or none that holds.
    #[response(status = 401, content_type = "application/problem+json")]
    Unknown(#[to_schema] WriteProblem),
    /// Another project's key, or an import by somebody who may not.
    #[response(status = 403, content_type = "application/problem+json")]
    NotYours(#[to_schema] WriteProblem),
    /// More than 500 events, or over 1 MB.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(#[to_schema] WriteProblem),
    /// Neither JSON, nor compressed by gzip or zstd.
    #[response(status = 415, content_type = "application/problem+json")]
    Unsupported(#[to_schema] WriteProblem),
    /// Not one event keeps the rules; every fault is listed.
    #[response(status = 422, content_type = "application/problem+json")]
    Rejected(#[to_schema] WriteProblem),
    /// Over a limit, which the headers describe. Nothing was accepted; send it again after `Retry-After` seconds.
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(#[to_schema] WriteProblem),
    /// Something that is needed does not answer. Nothing was acknowledged; send it again after `Retry-After` seconds.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(#[to_schema] WriteProblem),
}

/// What an update of a request answers when it was not accepted.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "the API's document reads it; what is answered is a problem")]
pub enum UpdateRefused {
    /// The body is not JSON, or does not decompress.
    #[response(status = 400, content_type = "application/problem+json")]
    Malformed(#[to_schema] WriteProblem),
    /// No credential, or none that holds.
    #[response(status = 401, content_type = "application/problem+json")]
    Unknown(#[to_schema] WriteProblem),
    /// Another project's key.
    #[response(status = 403, content_type = "application/problem+json")]
    NotYours(#[to_schema] WriteProblem),
    /// No request of this id was tracked in the last 7 days.
    #[response(status = 404, content_type = "application/problem+json")]
    NoRequest(#[to_schema] WriteProblem),
    /// Another update has completed the request.
    #[response(status = 409, content_type = "application/problem+json")]
    Completed(#[to_schema] WriteProblem),
    /// More than 500 updates, or over 1 MB.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(#[to_schema] WriteProblem),
    /// Neither JSON, nor compressed by gzip or zstd.
    #[response(status = 415, content_type = "application/problem+json")]
    Unsupported(#[to_schema] WriteProblem),
    /// Not one update keeps the rules; every fault is listed.
    #[response(status = 422, content_type = "application/problem+json")]
    Rejected(#[to_schema] WriteProblem),
    /// Over a limit, which the headers describe. Nothing was accepted; send it again after `Retry-After` seconds.
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(#[to_schema] WriteProblem),
    /// Something that is needed does not answer. Nothing was acknowledged; send it again after `Retry-After` seconds.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(#[to_schema] WriteProblem),
}

/// A failed write, as RFC 9457 has it, with what became of its events.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "it is for the document alone: problems are written by `web`")]
pub struct WriteProblem {
    #[serde(flatten)]
    problem: ProblemBody,
    /// Always false, where events were read.
    success: Option<bool>,
    /// Always 0, where events were read.
    accepted: Option<usize>,
    /// How many events were read.
    rejected: Option<usize>,
    /// How the sender stands with its limit, where that was passed.
    rate_limit: Option<EventRate>,
}

/// Some or all events were accepted.
pub fn accepted(accepted: &Accepted, standing: Option<Standing>) -> Response {
    let receipt = Receipt {
        success: true,
        accepted: accepted.events.len(),
        rejected: accepted.rejections.len(),
        rate_limit: standing.map(|standing| EventRate::of(&standing, false)),
        errors: errors(&accepted.rejections),
        notices: accepted.notices.iter().map(|Notice { index, what }| EventFault::of(*index, None, what, None)).collect(),
    };
    let mut response = Json(receipt).into_response();
    if let Some(standing) = standing {
        write_standing(&standing, response.headers_mut());
    }
    response
}

/// Not one event was accepted: 422.
pub fn all_rejected(accepted: &Accepted) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "no event was accepted")
        .with_member("success", json!(false))
        .with_member("accepted", json!(0))
        .with_member("rejected", json!(accepted.rejections.len()))
        .with_member("errors", json!(errors(&accepted.rejections)))
}

/// The request would pass its sender's limit: 429, and none of it was accepted.
pub fn over_limit(accepted: &Accepted, standing: &Standing) -> Problem {
    let sent = accepted.events.len() + accepted.rejections.len();
    Problem::too_many("too many events in this minute; send the batch again later", standing)
        .with_member("success", json!(false))
        .with_member("accepted", json!(0))
        .with_member("rejected", json!(sent))
        .with_member("rateLimit", json!(EventRate::of(standing, true)))
}

/// The body is not JSON: 400.
pub fn no_json(error: &serde_json::Error) -> Problem {
    Problem::bad_request(format!("the body is not json: line {}, column {}", error.line(), error.column()))
}

/// The body as a whole is of no use.
pub fn unreadable(why: Unreadable) -> Problem {
    match why {
        Unreadable::Faults(faults) => Problem::unprocessable(faults),
        Unreadable::TooMany { events } => {
            let detail = format!("{events} events in one request, over the limit of {BATCH_EVENTS}");
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
        }
        Unreadable::OtherProject => Problem::forbidden("the key belongs to another project"),
    }
}

fn errors(rejections: &[Rejection]) -> Vec<EventFault<'_>> {
    let pairs = rejections.iter().flat_map(|rejection| rejection.faults.iter().map(move |what| (rejection, what)));
    // The same event would be rejected again; SDKs throw it away.
    pairs.map(|(Rejection { index, event_id, .. }, what)| EventFault::of(*index, event_id.as_deref(), what, Some(false))).collect()
}

impl<'a> EventFault<'a> {
    fn of(index: usize, event_id: Option<&'a str>, what: &'a Fault, retryable: Option<bool>) -> Self {
        let Fault { pointer, code, message } = what;
        Self { index, event_id, pointer, code, message, retryable }
    }
}

impl EventRate {
    const fn of(standing: &Standing, exceeded: bool) -> Self {
        Self { count: standing.taken, limit: standing.limit, exceeded }
    }
}
