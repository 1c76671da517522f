//! The one way in: every write is read, limited, timed, queued and answered here, whatever its form.

use crate::{Ingest, answer, claims, limit};
use access::{Caller, Role};
use axum::extract::Request;
use axum::response::Response;
use http::HeaderMap;
use model::accept::{self, Accepted, Form, Written};
use model::limits::{BATCH_BYTES, LAMBDA_PAYLOAD_BYTES};
use model::message::{self, Message};
use model::{ProjectId, Timestamp};
use records::buffer;
use std::collections::BTreeMap;
use web::{Arrival, Problem, Visit};

/// Takes a write in this form.
pub async fn write(ingest: &Ingest, form: Form, arrival: &Arrival, request: Request) -> Result<Response, Problem> {
    let received = ingest.clock.now();
    let (parts, body) = request.into_parts();
    let sent = web::body::sent(body, LAMBDA_PAYLOAD_BYTES).await?;
    let visit = Visit { arrival, headers: &parts.headers, method: &parts.method, body: &sent, now: received };
    let caller = web::admit(&ingest.authenticator, visit).await?;
    let json = web::body::decoded(&parts.headers, sent, BATCH_BYTES)?;
    let written = read(ingest, form, &caller, (&parts.headers, arrival.query.as_deref()), &json)?;

    let first_received = claims::hold(&*ingest.table, &caller.tenant, written.claims(received), received).await?;
    let accepted = written.settle(received, |index| first_received.of(index), &ingest.retention);
    if accepted.events.is_empty() {
        return Err(answer::all_rejected(&accepted));
    }
    let taken = limit::take(ingest, &caller, &accepted, received).await?;
    let answer = answer::accepted(&accepted, taken.standing);
    let counts = if taken.buffered > 0 { BTreeMap::new() } else { count_by_project(&accepted) };
    if let Err(problem) = queue(ingest, &caller, accepted, received).await {
        limit::give_back(ingest, &caller, taken.buffered, received).await;
        return Err(problem);
    }
    count(ingest, &caller, counts, received).await;
    Ok(answer)
}

fn read(
    ingest: &Ingest,
    form: Form,
    caller: &Caller,
    (headers, query): (&HeaderMap, Option<&str>),
    json: &[u8],
) -> Result<Written, Problem> {
    let body = serde_json::from_slice(json).map_err(|error| answer::no_json(&error))?;
    let request = accept::Request {
        project: caller.project.as_ref(),
        user: if caller.role == Role::User { caller.user.as_ref() } else { None },
        pseudonyms: &caller.pseudonyms,
        idempotency_key: headers.get("idempotency-key").and_then(|value| value.to_str().ok()),
        historical: is_historical(query),
        random: ingest.random.number(),
    };
    let written = accept::read(form, body, &request).map_err(answer::unreadable)?;
    if written.is_historical() && !matches!(caller.role, Role::Service | Role::Admin) {
        return Err(Problem::forbidden("an import (historical) needs a service's or an administrator's credential"));
    }
    Ok(written)
}

fn is_historical(query: Option<&str>) -> bool {
    query.is_some_and(|query| query.split('&').any(|pair| pair == "historical=true"))
}

/// Puts the events on the queue; an error means that the client may, and must, send all of them again (I1).
async fn queue(ingest: &Ingest, caller: &Caller, accepted: Accepted, received: Timestamp) -> Result<(), Problem> {
    let Caller { tenant, hour_offset, currency, .. } = caller;
    let message = Message { tenant: tenant.clone(), hour_offset: *hour_offset, currency: *currency, received, events: accepted.events };
    let bodies = message::pack(message).map_err(Problem::internal)?;
    let taken = ingest.queue.send(&bodies).await.map_err(Problem::unavailable)?;
    if taken.len() != bodies.len() || taken.contains(&false) {
        let refused = bodies.len() - taken.iter().filter(|taken| **taken).count();
        return Err(Problem::unavailable(format!("the queue did not take {refused} of {} messages", bodies.len())));
    }
    Ok(())
}

/// Counts events that no limit has counted. They are safe: a counter that fails must not make the client send them again.
async fn count(ingest: &Ingest, caller: &Caller, counts: BTreeMap<ProjectId, u32>, received: Timestamp) {
    for (project, events) in counts {
        let place = buffer::Place { tenant: &caller.tenant, project: &project, received };
        if let Err(error) = buffer::accepted(&*ingest.table, place, events).await {
            tracing::warn!(error = %setup::log::chain(&error), "accepted events were not added to their project's buffer");
        }
    }
}

fn count_by_project(accepted: &Accepted) -> BTreeMap<ProjectId, u32> {
    let mut counts = BTreeMap::new();
    for event in &accepted.events {
        match counts.get_mut(&event.project) {
            Some(count) => *count += 1,
            None => drop(counts.insert(event.project.clone(), 1)),
        }
    }
    counts
}
