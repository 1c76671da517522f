//! What is answered of reports and of schedules.

use super::Recipients;
use ::reports::run::{DeliveryState, Making, What};
use ::reports::target::{Target, Targets};
use ::reports::{Delivery, Run, Schedule};
use cube::query::Range;
use model::Timestamp;
use records::Document;
use serde::Serialize;
use utoipa::ToSchema;

/// A report that was asked for, or was due: how far it is, and what became of it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Report)]
pub(super) struct ReportInfo {
    /// Its id.
    pub id: String,
    /// `queued` (it is not made yet), `delivering`, `done` (everybody has it), or `failed` (it could not be made, or somebody does not have it
    /// and never will).
    status: &'static str,
    /// The template; `null` of a notice.
    template: Option<String>,
    /// What people call it.
    name: String,
    /// How it is written; `null` of a notice.
    format: Option<&'static str>,
    /// The schedule that it is of; `null` of one that was asked for.
    schedule: Option<String>,
    /// The budget whose notice it is; `null` of a report.
    budget: Option<String>,
    /// When it was due; when it was asked for, of one without a schedule.
    #[schema(format = DateTime)]
    due: String,
    /// When it was asked for: a due time that was made up for is asked for later.
    #[schema(format = DateTime)]
    asked_at: String,
    /// What it tells of.
    range: Option<Ends>,
    /// What that is held against.
    before: Option<Ends>,
    /// In what zone its days begin.
    timezone: Option<&'static str>,
    /// When it was made.
    #[schema(format = DateTime)]
    made_at: Option<String>,
    /// How large it is.
    size_bytes: Option<u64>,
    /// How long it took to make it, in milliseconds.
    duration_ms: Option<i64>,
    /// How often it was tried to make it.
    attempts: u32,
    /// Why it could not be made.
    error: Option<String>,
    /// Whether its file was deleted because it named a person who was erased since.
    erased: bool,
    /// Opens it, for a day.
    pub link: Option<String>,
    /// What becomes of it for each of its recipients; those that are `dead` are given up.
    deliveries: Vec<DeliveryInfo>,
    /// What its webhooks are signed with; shown to who asks for a report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook_secret: Option<String>,
}

/// From a moment up to, and without, another.
#[derive(Serialize, ToSchema)]
#[schema(as = ReportEnds)]
pub(super) struct Ends {
    #[schema(format = DateTime)]
    from: String,
    #[schema(format = DateTime)]
    to: String,
}

/// What becomes of a report for one recipient.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReportDelivery)]
struct DeliveryInfo {
    /// Its id, the same in each attempt.
    id: String,
    /// `mail` or `webhook`.
    kind: &'static str,
    /// To whom.
    to: String,
    /// `waiting`, `delivered`, or `dead`: it is given up.
    state: &'static str,
    /// How often it was tried.
    attempts: u32,
    /// When it was last tried.
    #[schema(format = DateTime)]
    tried_at: Option<String>,
    /// When it is tried next.
    #[schema(format = DateTime)]
    next_try_at: Option<String>,
    /// Why the last attempt failed.
    error: Option<String>,
}

impl From<Range> for Ends {
    fn from(range: Range) -> Self {
        Self { from: range.from.to_string(), to: range.to.to_string() }
    }
}

impl From<&Delivery> for DeliveryInfo {
    fn from(delivery: &Delivery) -> Self {
        let (kind, to) = match &delivery.target {
            Target::Mail(address) => ("mail", address),
            Target::Webhook(url) => ("webhook", url),
        };
        let waits = delivery.state == DeliveryState::Waiting;
        Self {
            id: delivery.id.clone(),
            kind,
            to: to.clone(),
            state: delivery.state.name(),
            attempts: delivery.attempts,
            tried_at: delivery.tried_at.map(|at| at.to_string()),
            next_try_at: waits.then(|| delivery.try_at.to_string()),
            error: delivery.error.clone(),
        }
    }
}

impl ReportInfo {
    pub fn of(id: &str, run: &Run) -> Self {
        let (name, report) = match &run.what {
            What::Notice { title, .. } => (title, None),
            What::Report { template, title, format, times } => (title, Some((template, format, times))),
        };
        let (made, error) = match &run.making {
            Making::Made { size_bytes, took_ms, at, .. } => (Some((*size_bytes, *took_ms, *at)), None),
            Making::Failed { error } => (None, Some(error.clone())),
            Making::Waiting => (None, None),
        };
        Self {
            id: id.to_owned(),
            status: run.status().name(),
            template: report.map(|(template, ..)| template.clone()),
            name: name.clone(),
            format: report.map(|(_, format, _)| format.name()),
            schedule: run.schedule.as_ref().map(|(schedule, _)| schedule.clone()),
            budget: run.budget.as_ref().map(|(budget, _)| budget.clone()),
            due: run.due.to_string(),
            asked_at: run.asked_at.to_string(),
            range: report.map(|(.., times)| times.range.into()),
            before: report.map(|(.., times)| times.before.into()),
            timezone: report.map(|(.., times)| times.timezone.name()),
            made_at: made.map(|(.., at)| at.to_string()),
            size_bytes: made.map(|(size, ..)| size),
            duration_ms: made.map(|(_, took, _)| took),
            attempts: run.attempts,
            error,
            erased: run.erased,
            link: None,
            deliveries: run.deliveries.iter().map(DeliveryInfo::from).collect(),
            webhook_secret: None,
        }
    }
}

/// A schedule of reports.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReportSchedule)]
pub(super) struct ScheduleInfo {
    /// Its id.
    id: String,
    /// What people call it, and its reports.
    name: String,
    /// The template.
    template: String,
    /// When its reports are due, as it was set.
    schedule: String,
    /// By which clock.
    timezone: &'static str,
    /// What each report is of: the last whole one of these before it is due.
    period: &'static str,
    /// How they are written.
    format: &'static str,
    /// To whom they go.
    recipients: Recipients,
    /// Whether it is switched on.
    enabled: bool,
    /// Nothing is due before.
    #[schema(format = DateTime)]
    starts_at: Option<String>,
    /// Nothing is due after.
    #[schema(format = DateTime)]
    ends_at: Option<String>,
    /// When a report is due next; `null` where none is any more.
    #[schema(format = DateTime)]
    next_due: Option<String>,
    /// How often it was written.
    version: u64,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    /// What its webhooks are signed with; shown when they are set, and when it is changed for another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook_secret: Option<String>,
}

impl ScheduleInfo {
    pub fn of(document: &Document, schedule: Schedule) -> Self {
        let Targets { mail, webhooks } = schedule.targets;
        let text = |moment: Timestamp| moment.to_string();
        Self {
            id: document.id.clone(),
            name: schedule.name,
            template: schedule.template,
            schedule: schedule.cadence,
            timezone: schedule.timezone.name(),
            period: schedule.period.name(),
            format: schedule.format.name(),
            recipients: Recipients { mail, webhooks },
            enabled: schedule.enabled,
            starts_at: schedule.starts_at.map(text),
            ends_at: schedule.ends_at.map(text),
            next_due: document.next_at.map(text),
            version: document.version,
            created_at: text(document.created_at),
            updated_at: text(document.updated_at),
            webhook_secret: None,
        }
    }
}
