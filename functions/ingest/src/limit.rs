//! How many events a key or a user may send in a minute.

use crate::{Ingest, answer};
use access::{Caller, Role, Standing};
use model::Timestamp;
use model::accept::Accepted;
use records::buffer::{self, Place};
use records::{Quota, limit};
use web::Problem;

const WINDOW_SECONDS: u32 = 60;

/// What a sender was let in with.
#[derive(Debug, Default)]
pub struct Taken {
    /// How it stands with its limit; `None` where there is none, or no telling.
    pub standing: Option<Standing>,
    /// Events that the buffer of the sender's project counts already; what the queue does not take is to be given back.
    pub buffered: u32,
}

/// Takes the accepted events from its sender's share of the minute. A key writes to one project only, whose buffer keeps its share.
pub async fn take(ingest: &Ingest, caller: &Caller, accepted: &Accepted, received: Timestamp) -> Result<Taken, Problem> {
    if caller.role == Role::Service {
        return Ok(Taken::default());
    }
    let quota = Quota { limit: ingest.events_per_minute, seconds: WINDOW_SECONDS };
    let events = u32::try_from(accepted.events.len()).unwrap_or(u32::MAX);
    let taken = match place(caller, received) {
        Some(place) => buffer::take(&*ingest.table, place, &caller.scope, quota.limit, events).await,
        None => limit::take(&*ingest.table, &caller.scope, quota, events, received).await,
    };
    match taken {
        Ok(taken) => {
            let standing = Standing::of("events", quota, taken);
            if taken.exceeded {
                return Err(answer::over_limit(accepted, &standing));
            }
            Ok(Taken { standing: Some(standing), buffered: if caller.project.is_some() { events } else { 0 } })
        }
        Err(error) => {
            // Better a burst over the limit than events lost to a fault of ours.
            tracing::warn!(error = %setup::log::chain(&error), "the event limit could not be checked");
            Ok(Taken::default())
        }
    }
}

/// Takes requests that begin from their sender's share of the minute, which is apart from that of events: they are not counted yet, and wait
/// in no buffer.
pub async fn take_to_begin(
    ingest: &Ingest,
    caller: &Caller,
    accepted: &Accepted,
    received: Timestamp,
) -> Result<Option<Standing>, Problem> {
    let apart = Caller { project: None, scope: format!("{}:begun", caller.scope), ..caller.clone() };
    Ok(take(ingest, &apart, accepted, received).await?.standing)
}

/// Gives back what was taken of events that the queue has not taken.
pub async fn give_back(ingest: &Ingest, caller: &Caller, buffered: u32, received: Timestamp) {
    let Some(place) = place(caller, received).filter(|_| buffered > 0) else { return };
    if let Err(error) = buffer::give_back(&*ingest.table, place, &caller.scope, buffered).await {
        tracing::warn!(error = %setup::log::chain(&error), "events that are not queued stay in their project's buffer");
    }
}

fn place(caller: &Caller, received: Timestamp) -> Option<Place<'_>> {
    caller.project.as_ref().map(|project| Place { tenant: &caller.tenant, project, received })
}
