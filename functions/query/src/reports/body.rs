//! What is sent to ask for a report, or to set a schedule, and whether that can be done: every fault at once, each with its pointer.

use super::Recipients;
use crate::Desk;
use crate::catalogue::QueryRange;
use crate::parameters::fault;
use crate::visit::Visit;
use ::reports::period::Times;
use ::reports::run::What;
use ::reports::target::Targets;
use ::reports::{Cadence, Format, Period, Schedule, Template, template};
use chrono_tz::Tz;
use cube::query::{TimeParameters, Window};
use model::Timestamp;
use model::accept::Fault;
use model::limits::DIMENSION_BYTES;
use serde::Deserialize;
use utoipa::ToSchema;

/// How many due times before now a schedule may begin: they are all made up for.
const MOST_BACK: usize = 1000;

/// A report to make now.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = NewReport, example = json!({"template": "revenue", "format": "html", "range": {"period": "7d"}, "timezone": "Europe/Berlin"}))]
pub(super) struct NewReport {
    /// `usage`, `billing`, `revenue`, `engagement`, `performance` or `digest`.
    pub template: String,
    /// What people call it; the template's title where not given.
    #[schema(min_length = 1, max_length = 256)]
    pub name: Option<String>,
    /// `html` (the default), `csv` or `json`.
    pub format: Option<String>,
    /// When; the last whole day, week or month of the template where not given.
    pub range: Option<QueryRange>,
    /// An IANA name; UTC by default.
    pub timezone: Option<String>,
    /// To whom it goes.
    #[serde(default)]
    pub recipients: Recipients,
}

/// A schedule of reports.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = NewReportSchedule, example = json!({"name": "Week in numbers", "template": "digest", "schedule": "weekly", "timezone": "Europe/Berlin"}))]
pub(super) struct NewSchedule {
    /// What people call it, and its reports.
    #[schema(min_length = 1, max_length = 256)]
    pub name: String,
    /// `usage`, `billing`, `revenue`, `engagement`, `performance` or `digest`.
    pub template: String,
    /// `hourly`, `daily`, `weekly` or `monthly` (at 6 in the morning; weeks on Monday), or cron's five fields: minute, hour, day, month, weekday.
    pub schedule: String,
    /// By which clock it is due, and its days begin: an IANA name; UTC by default.
    pub timezone: Option<String>,
    /// What each report is of: the last whole `hour`, `day`, `week` or `month` before it is due. By default that of the schedule; for cron a day.
    pub period: Option<String>,
    /// `html` (the default), `csv` or `json`.
    pub format: Option<String>,
    /// To whom they go.
    #[serde(default)]
    pub recipients: Recipients,
    /// Whether it is switched on: what was due while it was off is not made up for.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Nothing is due before; where it is past, what was due since is made up for, oldest first. Now by default.
    #[schema(format = DateTime)]
    pub starts_at: Option<String>,
    /// Nothing is due after.
    #[schema(format = DateTime)]
    pub ends_at: Option<String>,
    /// Gives the webhooks another secret, which the answer shows.
    #[serde(default)]
    pub rotate_secret: bool,
}

fn yes() -> bool {
    true
}

/// What both have in common, as far as it is any good.
struct Common {
    template: Option<&'static Template>,
    format: Format,
    timezone: Tz,
    targets: Targets,
}

impl Desk {
    /// What is asked for, or all that is wrong with it.
    pub(super) fn report_asked(&self, visit: &Visit, new: &NewReport) -> Result<(What, Targets), Vec<Fault>> {
        let mut faults = Vec::new();
        let common = self.common((&new.template, new.format.as_deref(), new.timezone.as_deref(), &new.recipients), &mut faults);
        if let Some(name) = &new.name {
            check_name(name, &mut faults);
        }
        let times = match (&new.range, common.template) {
            (Some(range), _) => within(range, common.timezone, visit).map_err(|found| faults.extend(found)).ok(),
            (None, Some(template)) => Some(template.period.before(visit.now, common.timezone, visit.caller.hour_offset)),
            (None, None) => None,
        };
        match (common.template, times) {
            (Some(template), Some(times)) if faults.is_empty() => {
                let title = new.name.clone().unwrap_or_else(|| template.title.to_owned());
                let what = What::Report { template: template.name.to_owned(), title, format: common.format, times };
                Ok((what, common.targets))
            }
            _ => Err(faults),
        }
    }

    /// The schedule that is sent, or all that is wrong with it.
    pub(super) fn schedule_set(&self, new: &NewSchedule, now: Timestamp) -> Result<Schedule, Vec<Fault>> {
        let mut faults = Vec::new();
        let common = self.common((&new.template, new.format.as_deref(), new.timezone.as_deref(), &new.recipients), &mut faults);
        check_name(&new.name, &mut faults);
        let cadence = Cadence::parse(&new.schedule).map_err(|error| faults.push(fault("/schedule", "bad_schedule", error.to_string())));
        let own = match new.schedule.as_str() {
            "hourly" => Period::Hour,
            "weekly" => Period::Week,
            "monthly" => Period::Month,
            _ => Period::Day,
        };
        let period = new.period.as_deref().map_or(Some(own), Period::from_name).unwrap_or_else(|| {
            faults.push(fault("/period", "unknown_period", "must be hour, day, week or month"));
            own
        });
        let [starts_at, ends_at] = [("/startsAt", &new.starts_at), ("/endsAt", &new.ends_at)].map(|(pointer, text)| {
            let read = |text: &String| chrono::DateTime::parse_from_rfc3339(text).map(|moment| Timestamp::from(moment.to_utc()));
            text.as_ref().map(read).transpose().unwrap_or_else(|_| {
                faults.push(fault(pointer, "not_a_moment", "must be a date-time like 2026-11-27T06:00:00Z"));
                None
            })
        });
        if let (Some(starts_at), Some(ends_at)) = (starts_at, ends_at)
            && ends_at < starts_at
        {
            faults.push(fault("/endsAt", "bad_range", "must not be before startsAt"));
        }
        if let (Ok(cadence), Some(starts_at)) = (cadence, starts_at) {
            let until = ends_at.map_or(now, |ends_at| ends_at.min(now));
            if cadence.between((starts_at, until), common.timezone, MOST_BACK + 1).len() > MOST_BACK {
                faults.push(fault("/startsAt", "too_early", format!("more than {MOST_BACK} reports would have to be made up for")));
            }
        }
        let (true, Some(template)) = (faults.is_empty(), common.template) else { return Err(faults) };
        Ok(Schedule {
            name: new.name.clone(),
            template: template.name.to_owned(),
            format: common.format,
            cadence: new.schedule.clone(),
            timezone: common.timezone,
            period,
            targets: common.targets,
            enabled: new.enabled,
            starts_at,
            ends_at,
            generation: 1,
        })
    }

    fn common(
        &self,
        (template, format, timezone, recipients): (&str, Option<&str>, Option<&str>, &Recipients),
        faults: &mut Vec<Fault>,
    ) -> Common {
        let found = template::named(template);
        if found.is_none() {
            let known: Vec<&str> = template::all().iter().map(|template| template.name).collect();
            faults.push(fault("/template", "unknown_template", format!("must be one of {}", known.join(", "))));
        }
        let format = format.map_or(Some(Format::default()), Format::from_name).unwrap_or_else(|| {
            faults.push(fault("/format", "unknown_format", "must be html, csv or json"));
            Format::default()
        });
        let timezone = timezone.map_or(Ok(Tz::UTC), str::parse).unwrap_or_else(|_| {
            let message = "is not a time zone of the IANA database, such as Europe/Berlin";
            faults.push(fault("/timezone", "unknown_timezone", message));
            Tz::UTC
        });
        Common { template: found, format, timezone, targets: self.targets(recipients, faults) }
    }
}

fn check_name(name: &str, faults: &mut Vec<Fault>) {
    if name.trim().is_empty() || name.len() > DIMENSION_BYTES || name.chars().any(char::is_control) {
        faults.push(fault("/name", "bad_name", format!("a name has 1 to {DIMENSION_BYTES} bytes and no control characters")));
    }
}

fn within(range: &QueryRange, timezone: Tz, visit: &Visit) -> Result<Times, Vec<Fault>> {
    let parameters = TimeParameters {
        start_date: range.from.as_deref(),
        end_date: range.to.as_deref(),
        period: range.period.as_deref(),
        granularity: None,
        timezone: Some(timezone.name()),
    };
    let moved = |found: Fault| {
        let name = match found.pointer.as_str() {
            "startDate" => "from",
            "endDate" => "to",
            other => other,
        };
        Fault { pointer: format!("/range/{name}"), ..found }
    };
    let window = Window::of(&parameters, visit.now, visit.caller.hour_offset);
    window.map(Times::of).map_err(|faults| faults.into_iter().map(moved).collect())
}
