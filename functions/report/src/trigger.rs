//! What starts a run: the schedule, or somebody who asks for a day or a tenant.

use chrono::DateTime;
use model::{Day, Hour, HourOffset, IdError, TenantId, Timestamp};
use serde::Deserialize;

/// The schedule's event, of which only the time matters; or `{"date": "2026-11-20", "tenant": "demo"}`, both optional.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Trigger {
    /// The day to report on; yesterday where not given.
    pub date: Option<String>,
    /// The tenant to report on; all where not given.
    pub tenant: Option<String>,
    /// The moment for which the run was scheduled: a run that is late still reports on its own yesterday.
    pub time: Option<String>,
}

/// Why a run is asked for what there is not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TriggerError {
    /// No date.
    #[error("the date is not one like 2026-11-20")]
    Date,
    /// No time.
    #[error("the time is not one like 2026-11-21T01:15:00Z")]
    Time,
    /// No tenant's id.
    #[error("the tenant is not an id")]
    Tenant(#[source] IdError),
}

impl Trigger {
    /// The day to report on.
    pub(crate) fn day(&self, now: Timestamp) -> Result<Day, TriggerError> {
        if let Some(date) = &self.date {
            return Hour::from_key(&format!("{date}T00")).map(Hour::day).ok_or(TriggerError::Date);
        }
        let scheduled = match &self.time {
            Some(time) => DateTime::parse_from_rfc3339(time).map_err(|_| TriggerError::Time)?.to_utc().into(),
            None => now,
        };
        let today = Hour::of(scheduled, HourOffset::default()).day();
        Ok(Hour::from_index(today.first_hour().index() - 1).day())
    }

    /// The only tenant to report on.
    pub(crate) fn tenant(&self) -> Result<Option<TenantId>, TriggerError> {
        self.tenant.as_deref().map(TenantId::new).transpose().map_err(TriggerError::Tenant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_is_the_one_asked_for_or_the_one_before_the_schedules() {
        let now = Timestamp::from_millis(1_795_239_000_000); // 2026-11-21T05:30:00Z
        let check = |json: &str, expect: Result<&str, TriggerError>| {
            let trigger: Trigger = serde_json::from_str(json).unwrap();
            assert_eq!(trigger.day(now).map(|day| day.to_string()), expect.map(str::to_owned), "{json}");
        };
        check("{}", Ok("2026-11-20"));
        check(r#"{"time":"2026-11-02T01:15:00Z","detail-type":"Scheduled Event"}"#, Ok("2026-11-01"));
        check(r#"{"time":"2026-11-02T01:15:00Z","date":"2024-02-29"}"#, Ok("2024-02-29"));
        check(r#"{"date":"2025-02-29"}"#, Err(TriggerError::Date));
        check(r#"{"date":"yesterday"}"#, Err(TriggerError::Date));
        check(r#"{"time":"soon"}"#, Err(TriggerError::Time));
    }
}
