//! The one way in: every write is read, limited, timed, queued and answered here, whatever its form.

use crate::admitted::Admitted;
use crate::{Ingest, answer, claims, limit};
use access::Caller;
use axum::extract::Request;
use axum::response::Response;
use model::accept::Form;
use model::message::{self, Message};
use model::{Event, ProjectId, Timestamp};
use records::buffer;
use std::collections::BTreeMap;
use web::{Arrival, Problem};

/// Takes a write in this form.
pub async fn write(ingest: &Ingest, form: Form, arrival: &Arrival, request: Request) -> Result<Response, Problem> {
    let admitted = Admitted::of(ingest, arrival, request).await?;
    let written = admitted.read(form)?;
    let Admitted { caller, received, .. } = admitted;

    let first_received = claims::hold(&*ingest.table, &caller.tenant, written.claims(received), received).await?;
    let accepted = written.settle(received, |index| first_received.of(index), &ingest.retention);
    if accepted.events.is_empty() {
        return Err(answer::all_rejected(&accepted));
    }
    let taken = limit::take(ingest, &caller, &accepted, received).await?;
    let answer = answer::accepted(&accepted, taken.standing);
    queue(ingest, &caller, (accepted.events, taken.buffered), received).await?;
    Ok(answer)
}

/// Puts events on the queue, of which a limit has counted so many; gives those back where the queue does not take them.
pub async fn queue(ingest: &Ingest, caller: &Caller, (events, buffered): (Vec<Event>, u32), received: Timestamp) -> Result<(), Problem> {
    let counts = if buffered > 0 { BTreeMap::new() } else { count_by_project(&events) };
    if let Err(problem) = send(ingest, caller, events, received).await {
        limit::give_back(ingest, caller, buffered, received).await;
        return Err(problem);
    }
    count(ingest, caller, counts, received).await;
    Ok(())
}

/// Puts the events on the queue; an error means that the client may, and must, send all of them again (I1).
async fn send(ingest: &Ingest, caller: &Caller, events: Vec<Event>, received: Timestamp) -> Result<(), Problem> {
    let Caller { tenant, hour_offset, currency, .. } = caller;
    let message = Message { tenant: tenant.clone(), hour_offset: *hour_offset, currency: *currency, received, events };
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

fn count_by_project(events: &[Event]) -> BTreeMap<ProjectId, u32> {
    let mut counts = BTreeMap::new();
    for event in events {
        match counts.get_mut(&event.project) {
            Some(count) => *count += 1,
            None => drop(counts.insert(event.project.clone(), 1)),
        }
    }
    counts
}
