//! Makes runs of what a schedule's clock says: one for each due time, under an id made of the schedule and that time, so that none is made
//! twice, and oldest first, so that none is skipped.

use super::{Place, Reports, ReportsError};
use ::reports::run::{What, id_of};
use ::reports::{Run, Schedule};
use model::Timestamp;
use records::dashboard::Written;
use records::{Document, Due, Shelf, Tenant};

impl Reports {
    /// Does what is due of a schedule; what is gone, switched off or not due yet does nothing.
    pub(super) async fn schedule(&self, Place { tenant, id }: Place<'_>) -> Result<(), ReportsError> {
        let place = (Shelf::Schedules, tenant);
        while let Some(document) = records::document::get(&*self.table, place, id).await? {
            let schedule: Schedule = serde_json::from_str(&document.text)?;
            let now = self.clock.now();
            let Some(next) = document.next_at.filter(|next| *next <= now) else { break };
            let Some(owner) = records::tenant::get(&*self.table, tenant).await? else { break };
            let due = schedule.due(next, now);
            for time in &due.now {
                self.due(&owner, (id, &schedule), *time).await?;
            }
            if let Some(at) = due.next {
                records::due::put(&*self.table, &Due { at, tenant: tenant.clone(), shelf: Shelf::Schedules, id: id.to_owned() }).await?;
            }
            // Whoever changes the schedule meanwhile says when it is due next; what was sent off is sent off.
            let after = document.next(document.text.clone(), due.next, now);
            let after = Document { updated_at: document.updated_at, ..after };
            if records::document::replace(&*self.table, place, &after).await? == Written::Yes && due.now.is_empty() {
                break;
            }
        }
        Ok(())
    }

    /// Sends off the report of one due time.
    async fn due(&self, tenant: &Tenant, (id, schedule): (&str, &Schedule), due: Timestamp) -> Result<(), ReportsError> {
        let times = schedule.period.before(due, schedule.timezone, tenant.hour_offset);
        let what = What::Report { template: schedule.template.clone(), title: schedule.name.clone(), format: schedule.format, times };
        let run = id_of(due, id);
        let now = self.clock.now();
        let report = Run::new(&run, what, &schedule.targets, (due, now)).of_schedule(id, schedule.generation);
        let document = Document::new(&run, serde_json::to_string(&report)?, report.wake_at, now);
        let is_new = records::dispatch::run(&*self.table, &*self.queue, (&tenant.id, &document)).await?;
        tracing::info!(tenant = %tenant.id, run, is_new, "a report is due");
        Ok(())
    }
}
