//! Sends off what is to be looked at: an entry of the list of what is due, and an errand that comes sooner. The entry is what counts: should
//! the errand be lost, or the function that does it, the next tick finds the entry.

use crate::errand::Errand;
use crate::{Document, Due, Made, Result, Shelf, document, due};
use model::{TenantId, Timestamp};
use ports::{Queue, Table};

/// How much later than its errand an entry is due.
const MARGIN_MS: i64 = 60_000;

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
