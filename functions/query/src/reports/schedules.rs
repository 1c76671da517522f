//! `/api/v1/reports/scheduled` and `/api/v1/reports/scheduled/{id}`: schedules, made, read, written over and deleted.

use super::body::NewSchedule;
use super::info::ScheduleInfo;
use crate::Desk;
use crate::admin::{Doing, created, unreadable};
use crate::dashboards::tag::{outdated, tagged, versioned};
use crate::parameters::{Known, LIST, Page, Place};
use crate::shape::reply;
use crate::visit::{Brought, Visit};
use ::reports::{Schedule, webhook};
use access::Role;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use model::Timestamp;
use records::dashboard::Written;
use records::{Document, Due, Made, Shelf};
use secrecy::ExposeSecret;
use std::sync::Arc;
use web::contract::{ProblemBody, Refusals};
use web::{Arrival, Problem};

/// How often a change without `If-Match` is tried, where others change the same: `report` writes when something was due.
const ATTEMPTS: usize = 5;

pub(crate) const KNOWN: Known<'static> = Known { limit: Some(LIST), cursor: true, ..Known::NOTHING };

/// Sets a schedule.
#[utoipa::path(post, path = "/api/v1/reports/scheduled", tag = "reports", request_body = NewSchedule, responses(
    (status = 201, body = ScheduleInfo, description = "It is set.", headers(("Location" = String, description = "Where it is."), ("ETag" = String, description = "Its version."))),
    (status = 413, body = ProblemBody, content_type = "application/problem+json", description = "The body is too large."),
    (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "The body's encoding is not read here."),
    (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "The body breaks a rule; every fault is listed, with a pointer to its place."),
    Refusals))]
pub(crate) async fn create(State(desk): State<Arc<Desk>>, arrival: Arrival, brought: Brought) -> Result<Response, Problem> {
    let visit = &brought.visit;
    visit.for_tenant()?;
    visit.asked(&Known::NOTHING)?;
    let new: NewSchedule = brought.read()?;
    let schedule = desk.schedule_set(&new, visit.now).map_err(Problem::unprocessable)?;
    let id = hex::encode(&desk.fresh_key()[..8]);
    let next = schedule.first(schedule.starts_at.unwrap_or(visit.now));
    let document = Document::new(&id, serde_json::to_string(&schedule).map_err(Problem::internal)?, next, visit.now);
    desk.trail_of_schedule(visit, &arrival, ("report.schedule.create", &id, &schedule)).await?;
    desk.wake(visit, &id, next).await?;
    match records::document::create(&*desk.table, (Shelf::Schedules, &visit.caller.tenant), &document).await.map_err(unreadable)? {
        Made::New => {}
        Made::Before(()) => return Err(Problem::internal("an id that nobody has was given twice")),
    }
    let info = desk.shown(visit, &document, (schedule, true));
    tagged(created(&format!("/api/v1/reports/scheduled/{id}"), info)?, document.version)
}

/// The schedules that there are, by id.
#[utoipa::path(get, path = "/api/v1/reports/scheduled", tag = "reports", responses((status = 200, body = Page<ScheduleInfo>), Refusals))]
pub(crate) async fn list(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    let asked = visit.asked(&KNOWN)?;
    let mut all = Vec::new();
    for document in records::document::all(&*desk.table, (Shelf::Schedules, &visit.caller.tenant)).await.map_err(unreadable)? {
        let schedule = read_schedule(&document)?;
        all.push((Place::ranked(0.0, vec![document.id.clone()]), ScheduleInfo::of(&document, schedule)));
    }
    reply(&visit, &asked, &asked.page(all))
}

/// A schedule.
#[utoipa::path(get, path = "/api/v1/reports/scheduled/{id}", tag = "reports",
    params(("id" = String, Path, description = "The schedule's id.")),
    responses((status = 200, body = ScheduleInfo, headers(("ETag" = String, description = "Its version."))),
        (status = 304, description = "The version that `If-None-Match` names is still current."),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "There is no such schedule."), Refusals))]
pub(crate) async fn read(State(desk): State<Arc<Desk>>, Path(id): Path<String>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    visit.asked(&Known::NOTHING)?;
    let document = desk.document(&visit, Shelf::Schedules, &id).await?;
    versioned(&visit, document.version, ScheduleInfo::of(&document, read_schedule(&document)?))
}

/// Writes a schedule over what it was; with `If-Match`, only over the version that this names. What is due is worked out anew from now on,
/// or from another `startsAt` on; no due time is told of twice.
#[utoipa::path(put, path = "/api/v1/reports/scheduled/{id}", tag = "reports", request_body = NewSchedule,
    params(("id" = String, Path, description = "The schedule's id."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the version that is meant; any, where not given.")),
    responses((status = 200, body = ScheduleInfo, headers(("ETag" = String, description = "Its new version."))),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "There is no such schedule."),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "It is another version than the one that `If-Match` names."),
        (status = 413, body = ProblemBody, content_type = "application/problem+json", description = "The body is too large."),
        (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "The body's encoding is not read here."),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "The body breaks a rule; every fault is listed, with a pointer to its place."),
        Refusals))]
pub(crate) async fn replace(
    State(desk): State<Arc<Desk>>,
    arrival: Arrival,
    Path(id): Path<String>,
    brought: Brought,
) -> Result<Response, Problem> {
    let visit = &brought.visit;
    visit.for_tenant()?;
    visit.asked(&Known::NOTHING)?;
    let new: NewSchedule = brought.read()?;
    let set = desk.schedule_set(&new, visit.now).map_err(Problem::unprocessable)?;
    for _ in 0..ATTEMPTS {
        let before = desk.document(visit, Shelf::Schedules, &id).await?;
        visit.means(before.version)?;
        let was = read_schedule(&before)?;
        let generation = was.generation + u32::from(new.rotate_secret);
        let shows = new.rotate_secret || was.targets.webhooks.is_empty();
        let schedule = Schedule { generation, ..set.clone() };
        let next = next_due(&was, &schedule, (before.next_at, visit.now));
        let after = before.next(serde_json::to_string(&schedule).map_err(Problem::internal)?, next, visit.now);
        desk.trail_of_schedule(visit, &arrival, ("report.schedule.update", &id, &schedule)).await?;
        desk.wake(visit, &id, next).await?;
        let written = records::document::replace(&*desk.table, (Shelf::Schedules, &visit.caller.tenant), &after).await;
        if written.map_err(unreadable)? == Written::Yes {
            let info = desk.shown(visit, &after, (schedule, shows));
            return tagged(Json(info).into_response(), after.version);
        }
    }
    Err(outdated())
}

/// Deletes a schedule; with `If-Match`, only the version that this names. Its reports stay.
#[utoipa::path(delete, path = "/api/v1/reports/scheduled/{id}", tag = "reports",
    params(("id" = String, Path, description = "The schedule's id."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the version that is meant; any, where not given.")),
    responses((status = 204, description = "It is gone."),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "There is no such schedule."),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "It is another version than the one that `If-Match` names."), Refusals))]
pub(crate) async fn delete(
    State(desk): State<Arc<Desk>>,
    arrival: Arrival,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Problem> {
    visit.for_tenant()?;
    visit.asked(&Known::NOTHING)?;
    for _ in 0..ATTEMPTS {
        let kept = desk.document(&visit, Shelf::Schedules, &id).await?;
        visit.means(kept.version)?;
        desk.trail_of_schedule(&visit, &arrival, ("report.schedule.delete", &id, &read_schedule(&kept)?)).await?;
        let place = (Shelf::Schedules, &visit.caller.tenant);
        let deleted = records::document::delete(&*desk.table, place, (&id, kept.version, visit.now)).await;
        if deleted.map_err(unreadable)? == Written::Yes {
            return Ok(StatusCode::NO_CONTENT.into_response());
        }
    }
    Err(outdated())
}

/// When a report is due next: as before, where the clock is the same; else from now on, or from where it newly starts.
fn next_due(was: &Schedule, now_is: &Schedule, (next, now): (Option<Timestamp>, Timestamp)) -> Option<Timestamp> {
    let clock = |schedule: &Schedule| (schedule.cadence.clone(), schedule.timezone, schedule.enabled, schedule.ends_at, schedule.starts_at);
    if clock(was) == clock(now_is) {
        return next;
    }
    let from = now_is.starts_at.filter(|_| now_is.starts_at != was.starts_at);
    now_is.first(from.unwrap_or(now))
}

fn read_schedule(document: &Document) -> Result<Schedule, Problem> {
    serde_json::from_str(&document.text).map_err(Problem::internal)
}

impl Desk {
    /// Writes the entry by which a schedule is found when a report is due.
    async fn wake(&self, visit: &Visit, id: &str, at: Option<Timestamp>) -> Result<(), Problem> {
        let Some(at) = at else { return Ok(()) };
        let due = Due { at, tenant: visit.caller.tenant.clone(), shelf: Shelf::Schedules, id: id.to_owned() };
        records::due::put(&*self.table, &due).await.map_err(unreadable)
    }

    /// A schedule as it is answered, and where that is to be shown, the secret of its webhooks.
    fn shown(&self, visit: &Visit, document: &Document, (schedule, shows): (Schedule, bool)) -> ScheduleInfo {
        let shows = shows && !schedule.targets.webhooks.is_empty();
        let secret = || webhook::secret(self.reporting.master.expose_secret(), &visit.caller.tenant, (&document.id, schedule.generation));
        let webhook_secret = shows.then(secret);
        let mut info = ScheduleInfo::of(document, schedule);
        info.webhook_secret = webhook_secret;
        info
    }

    async fn trail_of_schedule(
        &self,
        visit: &Visit,
        arrival: &Arrival,
        (action, subject, schedule): (&'static str, &str, &Schedule),
    ) -> Result<(), Problem> {
        if visit.caller.role != Role::Admin {
            return Ok(());
        }
        self.trail(visit, arrival, Doing { action, subject, detail: Some(schedule.name.clone()) }).await
    }
}
