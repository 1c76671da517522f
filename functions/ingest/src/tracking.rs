//! Requests to AI models that are told twice: when they begin, and when they end. They wait in the table and count once they have ended.
//!
//! An update is claimed, queued, and marked as queued, in this order: sent again after it ended anywhere between, it carries on, and what is
//! queued twice is the same event (I1, I4).

use crate::admitted::Admitted;
use crate::write::queue;
use crate::{Ingest, answer, limit};
use access::{Caller, Role};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use futures::{StreamExt, TryStreamExt, stream};
use http::StatusCode;
use model::Event;
use model::accept::{self, Accepted, Addressed, Fault, Form, Notice, Rejection};
use records::open_request::{self, Claim, Claimed, OpenRequest};
use web::{Arrival, Problem};

/// Requests of a write that are begun or ended side by side.
const SIDE_BY_SIDE: usize = 16;
/// Id of an event that is a request's, in front of the request's own.
const OF_REQUEST: &str = "r:";

/// Notes requests that begin.
pub async fn track(ingest: &Ingest, arrival: &Arrival, request: Request) -> Result<Response, Problem> {
    let admitted = Admitted::of(ingest, arrival, request).await?;
    let written = admitted.read(Form::Track)?;
    let Admitted { caller, received, .. } = admitted;
    let status = if written.is_single() { StatusCode::CREATED } else { StatusCode::OK };
    // What is kept first keeps its time: no claim is needed.
    let accepted = written.settle(received, |_| received, &ingest.retention);
    if accepted.events.is_empty() {
        return Err(answer::all_rejected(&accepted));
    }
    let standing = limit::take_to_begin(ingest, &caller, &accepted, received).await?;
    let begin = async |event: &Event| {
        let request = event.id.as_str().strip_prefix(OF_REQUEST).unwrap_or_default();
        open_request::begin(&*ingest.table, (&caller.tenant, request), event, received).await
    };
    stream::iter(&accepted.events).map(begin).buffer_unordered(SIDE_BY_SIDE).try_collect::<()>().await.map_err(Problem::unavailable)?;
    Ok((status, answer::accepted(&accepted, standing)).into_response())
}

/// Ends requests: the one with this id, or those that the updates of an array name.
pub async fn update(ingest: &Ingest, arrival: &Arrival, id: &str, request: Request) -> Result<Response, Problem> {
    let admitted = Admitted::of(ingest, arrival, request).await?;
    let body = admitted.body()?;
    let is_single = !body.is_array();
    let updates = accept::updates(body, id, &admitted.request()).map_err(answer::unreadable)?;
    let Admitted { caller, received, .. } = admitted;

    let end = async |update| match update {
        Ok(update) => end(ingest, &caller, update, received).await,
        Err(rejection) => Ok(Ended::Rejected(rejection)),
    };
    let ended: Vec<Ended> = stream::iter(updates).map(end).buffered(SIDE_BY_SIDE).try_collect().await?;
    let (mut accepted, mut to_queue) = (Accepted::default(), Vec::new());
    for ended in ended {
        match ended {
            Ended::Rejected(rejection) => accepted.rejections.push(rejection),
            Ended::No { why, .. } if is_single => return Err(why.problem()),
            Ended::No { index, id, why } => accepted.rejections.push(why.rejection(index, id)),
            Ended::Before { event, notices } => take(&mut accepted, *event, notices),
            Ended::Now(fresh) => {
                let Fresh { event, notices, request, update } = *fresh;
                take(&mut accepted, event.clone(), notices);
                to_queue.push((event, request, update));
            }
        }
    }
    if accepted.events.is_empty() {
        return Err(answer::all_rejected(&accepted));
    }
    if to_queue.is_empty() {
        return Ok(answer::accepted(&accepted, None));
    }
    let (events, claims): (Vec<Event>, Vec<_>) = to_queue.into_iter().map(|(event, request, update)| (event, (request, update))).unzip();
    let counted = Accepted { events, ..accepted.clone() };
    let taken = limit::take(ingest, &caller, &counted, received).await?;
    queue(ingest, &caller, (counted.events, taken.buffered), received).await?;
    for (request, update) in claims {
        if let Err(error) = open_request::queued(&*ingest.table, request, update, received).await {
            tracing::warn!(error = %setup::log::chain(&error), "an update is queued and not marked so: sent again, it is queued again");
        }
    }
    Ok(answer::accepted(&accepted, taken.standing))
}

/// What became of an update.
enum Ended {
    /// It breaks rules.
    Rejected(Rejection),
    /// It ends nothing.
    No { index: usize, id: String, why: Not },
    /// It has ended its request before, and its event is queued.
    Before { event: Box<Event>, notices: Vec<Notice> },
    /// It ends its request.
    Now(Box<Fresh>),
}

/// A request that has ended now: its event is to be queued.
struct Fresh {
    event: Event,
    notices: Vec<Notice>,
    request: OpenRequest,
    update: Claimed,
}

/// Why an update ends nothing.
#[derive(Clone, Copy)]
enum Not {
    Unknown,
    Several,
    Completed,
}

async fn end(ingest: &Ingest, caller: &Caller, update: Addressed, received: model::Timestamp) -> Result<Ended, Problem> {
    let Addressed { index, request_id: id, project, update, notices } = update;
    let notices = notices.into_iter().map(|what| Notice { index, what }).collect();
    let found =
        open_request::find(&*ingest.table, (&caller.tenant, &id), project.as_ref(), received).await.map_err(Problem::unavailable)?;
    let is_own = |request: &OpenRequest| caller.role != Role::User || request.event.user == caller.user;
    let mut found = found.into_iter().filter(is_own);
    let request = match (found.next(), found.next()) {
        (None, _) => return Ok(Ended::No { index, id, why: Not::Unknown }),
        (Some(request), None) => request,
        (Some(_), Some(_)) => return Ok(Ended::No { index, id, why: Not::Several }),
    };
    let event = request.event.clone();
    let claim = open_request::claim(&*ingest.table, request, &update.fingerprint(), received).await.map_err(Problem::unavailable)?;
    Ok(match claim {
        Claim::Taken(request, claimed) => {
            let event = update.complete(request.event.clone(), claimed.received);
            Ended::Now(Box::new(Fresh { event, notices, request: *request, update: claimed }))
        }
        Claim::Done => Ended::Before { event: Box::new(event), notices },
        Claim::Refused => Ended::No { index, id, why: Not::Completed },
        Claim::Gone => Ended::No { index, id, why: Not::Unknown },
    })
}

fn take(accepted: &mut Accepted, event: Event, notices: Vec<Notice>) {
    accepted.events.push(event);
    accepted.notices.extend(notices);
}

impl Not {
    const fn told(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Unknown => {
                (StatusCode::NOT_FOUND, "unknown_request", "no request of this id waits for an update: none was tracked in the last 7 days")
            }
            Self::Several => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "several_projects",
                "requests of this id were tracked in several projects: name one in projectId",
            ),
            Self::Completed => (StatusCode::CONFLICT, "already_completed", "the request was completed by another update"),
        }
    }

    fn problem(self) -> Problem {
        let (status, code, message) = self.told();
        let pointer = String::new();
        Problem::new(status, message).with_faults(vec![Fault { pointer, code, message: message.to_owned() }])
    }

    fn rejection(self, index: usize, id: String) -> Rejection {
        let (_, code, message) = self.told();
        let fault = Fault { pointer: format!("/{index}"), code, message: message.to_owned() };
        Rejection { index, event_id: Some(id), faults: vec![fault] }
    }
}
