//! Sends off what is to be looked at: an entry of the list of what is due, and an errand that comes sooner. The entry is what counts: should
//! the errand be lost, or the function that does it, the next minute's tick finds the entry and sends an errand again.

use crate::due::Found;
use crate::errand::Errand;
use crate::{Document, Due, Made, RecordError, Result, Shelf, document, due};
use model::{TenantId, Timestamp};
use ports::{PortError, Queue, Table};
use std::collections::BTreeSet;

/// How much later than its errand an entry is due.
const MARGIN_MS: i64 = 60_000;
/// For how long an entry whose errand is under way is not looked at again; each further time for twice as long, up to more than five hours, so
/// that a queue that has fallen behind is not filled with errands of the same.
const UNDER_WAY_MS: i64 = 600_000;
const MOST_DOUBLINGS: u32 = 5;
/// How many pages of entries one tick looks at.
const MOST_PAGES: usize = 20;

/// Why not all that is due was sent.
#[derive(Debug, thiserror::Error)]
pub enum DispatchError {
    /// The list could not be read or written.
    #[error("the list of what is due cannot be read or written")]
    Record(#[from] RecordError),
    /// The queue does not answer.
    #[error("errands cannot be sent")]
    Send(#[from] PortError),
    /// The queue did not take an errand.
    #[error("the queue did not take an errand")]
    Untaken,
}

impl Due {
    /// The errand to look at what an entry names.
    #[must_use]
    pub fn errand(&self) -> Errand {
        let (tenant, entry) = (self.tenant.clone(), Some(self.at));
        match self.shelf {
            Shelf::Reports => Errand::Report { tenant, run: self.id.clone(), entry },
            Shelf::Schedules => Errand::Schedule { tenant, schedule: self.id.clone(), entry },
        }
    }

    /// The entry by which the run of a report is found at a moment, unless an errand was there before.
    #[must_use]
    pub fn of_run((tenant, id): (&TenantId, &str), at: Timestamp) -> Self {
        Self { at: at.plus_millis(MARGIN_MS), tenant: tenant.clone(), shelf: Shelf::Reports, id: id.to_owned() }
    }
}

/// Sends off the run of a report, or of a notice: kept under its id (where there is one of this id, that one stays), found should it be
/// lost, and begun at once where the queue takes it. Whoever has something to tell people (a budget that is crossed, say) makes a document of
/// a run of the crate `reports` and calls this; a second call with the same id tells nobody a second time. Answers whether it is new.
///
/// # Errors
/// Where the table does not answer. Calling it again does what is missing.
pub async fn run(table: &dyn Table, queue: &dyn Queue, (tenant, run): (&TenantId, &Document)) -> Result<bool> {
    let entry = Due::of_run((tenant, &run.id), run.created_at);
    // The entry first: one without a document does nothing, a document without an entry would never be found.
    due::put(table, &entry).await?;
    let made = document::create(table, (Shelf::Reports, tenant), run).await?;
    // A queue that takes nothing costs a minute: until the tick.
    let _ = queue.send(&[entry.errand().body()]).await;
    Ok(made == Made::New)
}

/// Sends an errand for all that is due; answers for how much that was.
///
/// # Errors
/// Where the table or the queue does not answer: the next tick finds it again.
pub async fn due(table: &dyn Table, queue: &dyn Queue, now: Timestamp) -> std::result::Result<usize, DispatchError> {
    let mut sent = BTreeSet::new();
    for _ in 0..MOST_PAGES {
        let (found, more) = due::until(table, now).await?;
        for found in &found {
            hand_on(table, queue, (found, now.plus_millis(UNDER_WAY_MS << found.put_off.min(MOST_DOUBLINGS)))).await?;
            sent.insert((found.due.tenant.clone(), found.due.shelf, found.due.id.clone()));
        }
        if !more || found.is_empty() {
            break;
        }
    }
    Ok(sent.len())
}

/// Puts an entry off until its errand must have been done, sends that, and takes the entry away that was due.
async fn hand_on(table: &dyn Table, queue: &dyn Queue, (found, later): (&Found, Timestamp)) -> std::result::Result<(), DispatchError> {
    let again = due::put_off(table, found, later).await?;
    match queue.send(&[again.errand().body()]).await?.as_slice() {
        [true] => Ok(due::delete(table, &found.due).await?),
        _ => Err(DispatchError::Untaken),
    }
}
