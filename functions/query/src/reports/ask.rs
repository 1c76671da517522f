//! `/api/v1/reports`: made now, and the history of what was made.

use super::body::NewReport;
use super::info::ReportInfo;
use crate::Desk;
use crate::admin::unreadable;
use crate::parameters::{Known, LIST, Own, Page, Place};
use crate::shape::reply;
use crate::visit::{Brought, Visit};
use ::reports::run::{Making, id_of};
use ::reports::{Run, webhook};
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, LOCATION};
use http::{HeaderValue, StatusCode};
use model::Timestamp;
use ports::LINK_SECONDS;
use records::{Document, Shelf};
use secrecy::ExposeSecret;
use std::sync::Arc;
use web::Problem;
use web::contract::{ProblemBody, Refusals};

pub(crate) const KNOWN: Known<'static> = Known {
    own: &[
        Own::one_of(
            "status",
            &["queued", "delivering", "done", "failed"],
            "Only those that are so far; the failed ones are the dead letters.",
        ),
        Own::text("schedule", "Only those of this schedule."),
        Own::text("budget", "Only the notices of this budget."),
    ],
    limit: Some(LIST),
    cursor: true,
    ..Known::NOTHING
};

/// Asks for a report: it is made, kept, and sent to its recipients, and told of at `Location`.
#[utoipa::path(post, path = "/api/v1/reports", tag = "reports", request_body = NewReport, responses(
    (status = 202, body = ReportInfo, description = "It will be made; the answer at `Location` has the link once it is.", headers(("Location" = String, description = "Where it is told of."))),
    (status = 413, body = ProblemBody, content_type = "application/problem+json", description = "The body is too large."),
    (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "The body's encoding is not read here."),
    (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "The body breaks a rule; every fault is listed, with a pointer to its place."),
    Refusals))]
pub(crate) async fn create(State(desk): State<Arc<Desk>>, brought: Brought) -> Result<Response, Problem> {
    let visit = &brought.visit;
    visit.for_tenant()?;
    visit.asked(&Known::NOTHING)?;
    let new: NewReport = brought.read()?;
    let (what, targets) = desk.report_asked(visit, &new).map_err(Problem::unprocessable)?;
    let id = id_of(visit.now, &hex::encode(&desk.fresh_key()[..8]));
    let run = Run::new(&id, what, &targets, (visit.now, visit.now));
    let document = Document::new(&id, serde_json::to_string(&run).map_err(Problem::internal)?, run.wake_at, visit.now);
    records::dispatch::run(&*desk.table, &*desk.errands, (&visit.caller.tenant, &document)).await.map_err(unreadable)?;
    let mut info = ReportInfo::of(&id, &run);
    if !targets.webhooks.is_empty() {
        info.webhook_secret = Some(webhook::secret(desk.reporting.master.expose_secret(), &visit.caller.tenant, (webhook::ON_DEMAND, 1)));
    }
    let mut response = (StatusCode::ACCEPTED, Json(info)).into_response();
    let location = HeaderValue::from_str(&format!("/api/v1/reports/{id}")).map_err(Problem::internal)?;
    response.headers_mut().insert(LOCATION, location);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// The reports of the last 90 days, and the notices of budgets, the latest due first, with what became of each.
#[utoipa::path(get, path = "/api/v1/reports", tag = "reports", responses((status = 200, body = Page<ReportInfo>), Refusals))]
pub(crate) async fn list(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    let asked = visit.asked(&KNOWN)?;
    let kept = records::document::all(&*desk.table, (Shelf::Reports, &visit.caller.tenant)).await.map_err(unreadable)?;
    let mut all = Vec::new();
    for document in kept {
        let run: Run = serde_json::from_str(&document.text).map_err(Problem::internal)?;
        let is_wanted = asked.own("status").is_none_or(|status| status == run.status().name())
            && is_of(asked.own("schedule"), run.schedule.as_ref())
            && is_of(asked.own("budget"), run.budget.as_ref());
        if is_wanted {
            // Backwards in time.
            let due = Timestamp::from_millis(-run.due.as_millis());
            all.push((Place::timed(due, vec![document.id.clone()]), ReportInfo::of(&document.id, &run)));
        }
    }
    reply(&visit, &asked, &asked.page(all))
}

/// Whether what is told is of something, where that is asked for.
fn is_of(wanted: Option<&str>, is: Option<&(String, u32)>) -> bool {
    wanted.is_none_or(|wanted| is.is_some_and(|(is, _)| is == wanted))
}

/// A report: how far it is, and once it is made, a link that opens it for a day.
#[utoipa::path(get, path = "/api/v1/reports/{id}", tag = "reports",
    params(("id" = String, Path, description = "The report's id.")),
    responses((status = 200, body = ReportInfo),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "There is no such report."), Refusals))]
pub(crate) async fn read(State(desk): State<Arc<Desk>>, Path(id): Path<String>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    visit.asked(&Known::NOTHING)?;
    let document = desk.document(&visit, Shelf::Reports, &id).await?;
    let run: Run = serde_json::from_str(&document.text).map_err(Problem::internal)?;
    let mut info = ReportInfo::of(&id, &run);
    if let Making::Made { key: Some(key), .. } = &run.making {
        info.link = Some(desk.reporting.links.link(key, LINK_SECONDS).await.map_err(Problem::unavailable)?);
    }
    let mut response = Json(info).into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

impl Desk {
    /// A document of the visitor's tenant, or 404: also where it is another tenant's.
    pub(super) async fn document(&self, visit: &Visit, on: Shelf, id: &str) -> Result<Document, Problem> {
        let is_id = (1..=128).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if !is_id {
            return Err(Problem::not_found());
        }
        let found = records::document::get(&*self.table, (on, &visit.caller.tenant), id).await.map_err(unreadable)?;
        found.ok_or_else(Problem::not_found)
    }
}
