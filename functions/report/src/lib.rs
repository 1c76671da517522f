//! Writes reports to the bucket: each night, for every tenant, what was used and sold the day before.
//!
//! A report has a fixed key and is made from what is stored, so that making it again (after a failure, or for a day with late events)
//! writes it in its own place. Nothing here counts: numbers come from `reader`.

pub mod config;
mod trigger;
mod usage;

pub use trigger::{Trigger, TriggerError};

use cube::query::{QueryFault, Range};
use futures::{StreamExt, stream};
use model::{Day, TenantId};
use ports::{Bucket, Clock, PortError, Table};
use reader::{Owner, ReadError, Reader};
use records::{RecordError, Tenant, object, tenant};
use serde::Serialize;
use setup::log::chain;
use std::sync::Arc;

/// Tenants whose reports are made at once.
const SIDE_BY_SIDE: usize = 4;
const DAY_MS: i64 = 24 * 3_600_000;

/// What the function works with.
pub struct Report {
    table: Arc<dyn Table>,
    bucket: Arc<dyn Bucket>,
    clock: Arc<dyn Clock>,
    reader: Reader,
}

/// What a run has done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Done {
    /// The day reported on.
    pub date: String,
    /// How many reports were written.
    pub written: usize,
}

/// Why a run is not done.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// It was asked for what there is not.
    #[error(transparent)]
    Trigger(#[from] TriggerError),
    /// The tenants could not be read.
    #[error("the tenants cannot be read")]
    Tenants(#[source] RecordError),
    /// There is no such tenant.
    #[error("there is no tenant {0}")]
    NoTenant(TenantId),
    /// Some reports were not written; those that were are written again by the next attempt.
    #[error("{failed} of {all} reports of {date} were not written")]
    Incomplete {
        /// How many were not.
        failed: usize,
        /// How many there are.
        all: usize,
        /// The day.
        date: Day,
    },
}

/// Why a tenant's report was not written.
#[derive(Debug, thiserror::Error)]
enum FileError {
    #[error("its numbers cannot be read")]
    Read(#[from] ReadError),
    #[error("the catalogue has no such query: {0:?}")]
    Query(Vec<QueryFault>),
    #[error("the file cannot be made")]
    Csv(#[from] csv::Error),
    #[error("the file is not written")]
    Write(#[from] PortError),
}

impl Report {
    /// A function that reads and writes here.
    #[must_use]
    pub fn new(table: Arc<dyn Table>, bucket: Arc<dyn Bucket>, clock: Arc<dyn Clock>) -> Self {
        Self { reader: Reader::new(table.clone(), bucket.clone()), table, bucket, clock }
    }

    /// Writes the reports of a day.
    ///
    /// # Errors
    /// Where what is asked for is not there, or any report could not be written; all others are.
    pub async fn run(&self, trigger: &Trigger) -> Result<Done, ReportError> {
        let done = self.write_all(trigger).await?;
        tracing::info!(date = done.date, written = done.written, "reports are written");
        Ok(done)
    }

    async fn write_all(&self, trigger: &Trigger) -> Result<Done, ReportError> {
        let date = trigger.day(self.clock.now())?;
        let tenants = self.tenants(trigger).await?;
        let all = tenants.len();
        let write = async |tenant: Tenant| {
            let written = self.write(&tenant, date).await;
            written.inspect_err(|error| tracing::error!(tenant = %tenant.id, error = %chain(error), "a report is not written"))
        };
        let written: Vec<_> = stream::iter(tenants).map(write).buffer_unordered(SIDE_BY_SIDE).collect().await;
        match written.iter().filter(|written| written.is_err()).count() {
            0 => Ok(Done { date: date.to_string(), written: all }),
            failed => Err(ReportError::Incomplete { failed, all, date }),
        }
    }

    async fn tenants(&self, trigger: &Trigger) -> Result<Vec<Tenant>, ReportError> {
        let Some(id) = trigger.tenant()? else { return tenant::all(&*self.table).await.map_err(ReportError::Tenants) };
        let found = tenant::get(&*self.table, &id).await.map_err(ReportError::Tenants)?;
        Ok(vec![found.ok_or(ReportError::NoTenant(id))?])
    }

    /// Writes one tenant's report of a day: 24 of its own hours.
    async fn write(&self, tenant: &Tenant, day: Day) -> Result<(), FileError> {
        let from = day.first_hour().start(tenant.hour_offset);
        let queries = usage::queries(Range { from, to: from.plus_millis(DAY_MS) }).map_err(FileError::Query)?;
        let owner = Owner { tenant: &tenant.id, hour_offset: tenant.hour_offset, now: self.clock.now() };
        let reading = self.reader.answer(owner, &queries).await?;
        let file = usage::csv(day, &reading.answers)?;
        Ok(self.bucket.put(&object::daily_report(&tenant.id, day, "usage.csv"), "text/csv; charset=utf-8", file.into()).await?)
    }
}

#[cfg(test)]
mod tests;
