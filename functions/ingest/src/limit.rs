//! How many events a key or a user may send in a minute.

use crate::{Ingest, answer};
use access::{Caller, Role, Standing};
use model::Timestamp;
use model::accept::Accepted;
use records::{Quota, limit};
use web::Problem;

const WINDOW_SECONDS: u32 = 60;

/// Takes the accepted events from its sender's share of the minute; `None` where there is no limit, or no telling.
pub async fn take(ingest: &Ingest, caller: &Caller, accepted: &Accepted, received: Timestamp) -> Result<Option<Standing>, Problem> {
    if caller.role == Role::Service {
        return Ok(None);
    }
    let quota = Quota { limit: ingest.events_per_minute, seconds: WINDOW_SECONDS };
    let events = u32::try_from(accepted.events.len()).unwrap_or(u32::MAX);
    match limit::take(&*ingest.table, &caller.scope, quota, events, received).await {
        Ok(taken) => {
            let standing = Standing::of("events", quota, taken);
            if taken.exceeded { Err(answer::over_limit(accepted, &standing)) } else { Ok(Some(standing)) }
        }
        Err(error) => {
            // Better a burst over the limit than events lost to a fault of ours.
            tracing::warn!(error = %setup::log::chain(&error), "the event limit could not be checked");
            Ok(None)
        }
    }
}
