//! The night's files: for every tenant, what was used and sold the day before.
//!
//! A file has a fixed key and is made from what is stored, so that making it again (after a failure, or for a day with late events) writes
//! it in its own place.

use crate::{Report, usage};
use chrono::DateTime;
use cube::query::{QueryFault, Range};
use futures::{StreamExt, stream};
use model::{Day, Hour, HourOffset, IdError, TenantId, Timestamp};
use ports::PortError;
use reader::{Owner, ReadError};
use records::{RecordError, Tenant, object, tenant};
use serde::{Deserialize, Serialize};
use setup::log::chain;

/// Tenants whose files are made at once.
const SIDE_BY_SIDE: usize = 4;
const DAY_MS: i64 = 24 * 3_600_000;

/// The schedule's event, of which only the time matters; or `{"date": "2026-11-20", "tenant": "demo"}`, both optional.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Nightly {
    /// The day to report on; yesterday where not given.
    pub date: Option<String>,
    /// The tenant to report on; all where not given.
    pub tenant: Option<String>,
    /// The moment for which the run was scheduled: a run that is late still reports on its own yesterday.
    pub time: Option<String>,
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
pub enum NightlyError {
    /// No date.
    #[error("the date is not one like 2026-11-20")]
    Date,
    /// No time.
    #[error("the time is not one like 2026-11-21T01:15:00Z")]
    Time,
    /// No tenant's id.
    #[error("the tenant is not an id")]
    Tenant(#[source] IdError),
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

/// Why a tenant's file was not written.
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

impl Nightly {
    /// The day to report on.
    fn day(&self, now: Timestamp) -> Result<Day, NightlyError> {
        if let Some(date) = &self.date {
            return Hour::from_key(&format!("{date}T00")).map(Hour::day).ok_or(NightlyError::Date);
        }
        let scheduled = match &self.time {
            Some(time) => DateTime::parse_from_rfc3339(time).map_err(|_| NightlyError::Time)?.to_utc().into(),
            None => now,
        };
        let today = Hour::of(scheduled, HourOffset::default()).day();
        Ok(Hour::from_index(today.first_hour().index() - 1).day())
    }

    /// The only tenant to report on.
    fn tenant(&self) -> Result<Option<TenantId>, NightlyError> {
        self.tenant.as_deref().map(TenantId::new).transpose().map_err(NightlyError::Tenant)
    }
}

impl Report {
    /// Writes the files of a day.
    ///
    /// # Errors
    /// Where what is asked for is not there, or any file could not be written; all others are.
    pub async fn nightly(&self, nightly: &Nightly) -> Result<Done, NightlyError> {
        let date = nightly.day(self.clock.now())?;
        let tenants = self.tenants(nightly).await?;
        let all = tenants.len();
        let write = async |tenant: Tenant| {
            let written = self.write(&tenant, date).await;
            written.inspect_err(|error| tracing::error!(tenant = %tenant.id, error = %chain(error), "a report is not written"))
        };
        let written: Vec<_> = stream::iter(tenants).map(write).buffer_unordered(SIDE_BY_SIDE).collect().await;
        match written.iter().filter(|written| written.is_err()).count() {
            0 => {
                tracing::info!(%date, written = all, "reports are written");
                Ok(Done { date: date.to_string(), written: all })
            }
            failed => Err(NightlyError::Incomplete { failed, all, date }),
        }
    }

    async fn tenants(&self, nightly: &Nightly) -> Result<Vec<Tenant>, NightlyError> {
        let Some(id) = nightly.tenant()? else { return tenant::all(&*self.table).await.map_err(NightlyError::Tenants) };
        let found = tenant::get(&*self.table, &id).await.map_err(NightlyError::Tenants)?;
        Ok(vec![found.ok_or(NightlyError::NoTenant(id))?])
    }

    /// Writes one tenant's file of a day: 24 of its own hours.
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
mod tests {
    use super::*;

    #[test]
    fn the_day_is_the_one_asked_for_or_the_one_before_the_schedules() {
        let now = Timestamp::from_millis(1_795_239_000_000); // 2026-11-21T05:30:00Z
        let check = |json: &str, expect: Result<&str, &str>| {
            let nightly: Nightly = serde_json::from_str(json).unwrap();
            let found = nightly.day(now).map(|day| day.to_string()).map_err(|error| error.to_string());
            assert_eq!(found, expect.map(str::to_owned).map_err(str::to_owned), "{json}");
        };
        let (no_date, no_time) = (Err("the date is not one like 2026-11-20"), Err("the time is not one like 2026-11-21T01:15:00Z"));
        check("{}", Ok("2026-11-20"));
        check(r#"{"time":"2026-11-02T01:15:00Z","detail-type":"Scheduled Event"}"#, Ok("2026-11-01"));
        check(r#"{"time":"2026-11-02T01:15:00Z","date":"2024-02-29"}"#, Ok("2024-02-29"));
        check(r#"{"date":"2025-02-29"}"#, no_date);
        check(r#"{"date":"yesterday"}"#, no_date);
        check(r#"{"time":"soon"}"#, no_time);
    }
}
