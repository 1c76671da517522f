//! What a write answers, in success and failure.

use access::Standing;
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use model::accept::{Accepted, Fault, Notice, Rejection, Unreadable};
use model::limits::BATCH_EVENTS;
use serde::Serialize;
use serde_json::json;
use web::{Problem, write_standing};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    success: bool,
    accepted: usize,
    rejected: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_limit: Option<Rate>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Told<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notices: Vec<Told<'a>>,
}

#[derive(Serialize)]
struct Rate {
    count: u32,
    limit: u32,
    exceeded: bool,
}

/// A fault or a notice of one event.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'a> {
    index: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_id: Option<&'a str>,
    #[serde(flatten)]
    what: &'a Fault,
    /// The same event would be rejected again; SDKs throw it away. Notices are of accepted events, and say nothing of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    retryable: Option<bool>,
}

/// Some or all events were accepted.
pub fn accepted(accepted: &Accepted, standing: Option<Standing>) -> Response {
    let answer = Answer {
        success: true,
        accepted: accepted.events.len(),
        rejected: accepted.rejections.len(),
        rate_limit: standing.map(|standing| Rate::of(&standing, false)),
        errors: errors(&accepted.rejections),
        notices: accepted
            .notices
            .iter()
            .map(|Notice { index, what }| Told { index: *index, event_id: None, what, retryable: None })
            .collect(),
    };
    let mut response = Json(answer).into_response();
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
        .with_member("rateLimit", json!(Rate::of(standing, true)))
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

fn errors(rejections: &[Rejection]) -> Vec<Told<'_>> {
    let pairs = rejections.iter().flat_map(|rejection| rejection.faults.iter().map(move |what| (rejection, what)));
    pairs
        .map(|(Rejection { index, event_id, .. }, what)| Told {
            index: *index,
            event_id: event_id.as_deref(),
            what,
            retryable: Some(false),
        })
        .collect()
}

impl Rate {
    const fn of(standing: &Standing, exceeded: bool) -> Self {
        Self { count: standing.taken, limit: standing.limit, exceeded }
    }
}
