//! `/api/v1/dashboards` and `/api/v1/dashboards/{id}`: made, read, written over and deleted.

use super::document::{DashboardInfo, Document, NewDashboard, Widget};
use super::tag::{outdated, tagged, versioned};
use super::{Seen, check};
use crate::Desk;
use crate::admin::{Doing, created, unreadable};
use crate::parameters::{Known, fault};
use crate::visit::{Brought, Visit};
use access::Role;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use model::limits::DYNAMODB_ITEM_BYTES;
use records::dashboard::Written;
use records::{Dashboard, Made};
use std::sync::Arc;
use web::contract::{ProblemBody, Refusals};
use web::{Arrival, Problem};

/// How often a change without `If-Match` is tried, where others change the same.
const ATTEMPTS: usize = 5;

/// Makes a dashboard of yours.
#[utoipa::path(post, path = "/api/v1/dashboards", tag = "dashboards", request_body(content = NewDashboard, examples(
    ("widgets" = (value = json!({"name": "Models", "sharing": "tenant", "widgets": [
        {"id": "cost", "title": "Cost by model", "chart": "bar", "query": {"metrics": ["cost"], "groupBy": ["model"], "range": {"period": "30d"}, "limit": 10}, "layout": {"x": 0, "y": 0, "width": 6, "height": 4}},
        {"title": "Requests", "chart": "line", "query": {"metrics": ["requests"], "granularity": "day", "range": {"period": "30d"}}}]}))),
    ("copy" = (value = json!({"name": "My AI", "copyOf": "ready:ai"}))))),
    responses(
    (status = 201, body = DashboardInfo, description = "It was made.", headers(("Location" = String, description = "Where it is."), ("ETag" = String, description = "Its version."))),
    (status = 413, body = ProblemBody, content_type = "application/problem+json", description = "The body, or the dashboard, is too large."),
    (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "The body's encoding is not read here."),
    (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "The body breaks a rule; every fault is listed, with a pointer to its place."),
    Refusals))]
pub(crate) async fn create(State(desk): State<Arc<Desk>>, arrival: Arrival, brought: Brought) -> Result<Response, Problem> {
    let visit = &brought.visit;
    let owner = visit.keeper()?.as_str().to_owned();
    visit.asked(&Known::NOTHING)?;
    let new: NewDashboard = brought.read()?;
    let copied = desk.copied(visit, &new).await?;
    let document = check::document(&new, copied, visit).map_err(Problem::unprocessable)?;
    let id = hex::encode(&desk.fresh_key()[..8]);
    let (created_at, updated_at) = (visit.now, visit.now);
    let dashboard = Dashboard {
        id,
        name: document.name.clone(),
        owner,
        sharing: new.sharing.into(),
        widgets: u32::try_from(document.widgets.len()).unwrap_or(u32::MAX),
        document: document.text()?,
        version: 1,
        created_at,
        updated_at,
    };
    check_size(visit, &dashboard)?;
    desk.trail_of_admin(visit, &arrival, ("dashboard.create", &dashboard)).await?;
    match records::dashboard::create(&*desk.table, &visit.caller.tenant, &dashboard).await.map_err(unreadable)? {
        Made::New => {}
        Made::Before(()) => return Err(Problem::internal("an id that nobody has was given twice")),
    }
    let location = format!("/api/v1/dashboards/{}", dashboard.id);
    tagged(created(&location, DashboardInfo::of_kept(&dashboard, document, true))?, dashboard.version)
}

/// A dashboard.
#[utoipa::path(get, path = "/api/v1/dashboards/{id}", tag = "dashboards",
    params(("id" = String, Path, description = "The dashboard's id.", example = "ready:ai")),
    responses((status = 200, body = DashboardInfo, headers(("ETag" = String, description = "Its version."))),
        (status = 304, description = "The version that `If-None-Match` names is still current."),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "There is no such dashboard that you may see."), Refusals))]
pub(crate) async fn read(State(desk): State<Arc<Desk>>, Path(id): Path<String>, visit: Visit) -> Result<Response, Problem> {
    visit.asked(&Known::NOTHING)?;
    let info = match desk.dashboard(&visit, &id).await? {
        Seen::Ready(document) => DashboardInfo::of_ready(&id, document),
        Seen::Kept(kept, document) => DashboardInfo::of_kept(&kept, document, visit.keeps(&kept)),
    };
    versioned(&visit, info.version, &info)
}

/// Writes a dashboard over what it was; with `If-Match`, only over the version that this names. Whose it is stays.
#[utoipa::path(put, path = "/api/v1/dashboards/{id}", tag = "dashboards", request_body = NewDashboard,
    params(("id" = String, Path, description = "The dashboard's id."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the version that is meant; any, where not given.")),
    responses((status = 200, body = DashboardInfo, headers(("ETag" = String, description = "Its new version."))),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "There is no such dashboard that you may see."),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "It is another version than the one that `If-Match` names."),
        (status = 413, body = ProblemBody, content_type = "application/problem+json", description = "The body, or the dashboard, is too large."),
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
    visit.asked(&Known::NOTHING)?;
    let new: NewDashboard = brought.read()?;
    desk.own_dashboard(visit, &id).await?;
    let copied = desk.copied(visit, &new).await?;
    let document = check::document(&new, copied, visit).map_err(Problem::unprocessable)?;
    for _ in 0..ATTEMPTS {
        let before = desk.own_dashboard(visit, &id).await?;
        visit.means(before.version)?;
        let after = Dashboard {
            name: document.name.clone(),
            sharing: new.sharing.into(),
            widgets: u32::try_from(document.widgets.len()).unwrap_or(u32::MAX),
            document: document.text()?,
            version: before.version + 1,
            updated_at: visit.now,
            ..*before
        };
        check_size(visit, &after)?;
        desk.trail_of_admin(visit, &arrival, ("dashboard.update", &after)).await?;
        if records::dashboard::replace(&*desk.table, &visit.caller.tenant, &after).await.map_err(unreadable)? == Written::Yes {
            let version = after.version;
            return tagged(Json(DashboardInfo::of_kept(&after, document, true)).into_response(), version);
        }
    }
    Err(outdated())
}

/// Deletes a dashboard; with `If-Match`, only the version that this names.
#[utoipa::path(delete, path = "/api/v1/dashboards/{id}", tag = "dashboards",
    params(("id" = String, Path, description = "The dashboard's id."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the version that is meant; any, where not given.")),
    responses((status = 204, description = "It is gone."),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "There is no such dashboard that you may see."),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "It is another version than the one that `If-Match` names."), Refusals))]
pub(crate) async fn delete(
    State(desk): State<Arc<Desk>>,
    arrival: Arrival,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Problem> {
    visit.asked(&Known::NOTHING)?;
    for _ in 0..ATTEMPTS {
        let kept = desk.own_dashboard(&visit, &id).await?;
        visit.means(kept.version)?;
        desk.trail_of_admin(&visit, &arrival, ("dashboard.delete", &kept)).await?;
        let deleted = records::dashboard::delete(&*desk.table, &visit.caller.tenant, (&id, kept.version, visit.now)).await;
        if deleted.map_err(unreadable)? == Written::Yes {
            return Ok(StatusCode::NO_CONTENT.into_response());
        }
    }
    Err(outdated())
}

impl Desk {
    /// The widgets of the dashboard that a new one copies, if it does.
    async fn copied(&self, visit: &Visit, new: &NewDashboard) -> Result<Option<Vec<Widget>>, Problem> {
        let Some(id) = &new.copy_of else { return Ok(None) };
        match self.dashboard(visit, id).await {
            Ok(seen) => Ok(Some(Document::clone(seen.document()).widgets)),
            Err(problem) if problem.status() == StatusCode::NOT_FOUND => {
                let message = "there is no such dashboard that you may see";
                Err(Problem::unprocessable(vec![fault("/copyOf", "unknown_dashboard", message)]))
            }
            Err(problem) => Err(problem),
        }
    }

    /// What an admin does goes into the trail; what people do with their own is no administration.
    async fn trail_of_admin(
        &self,
        visit: &Visit,
        arrival: &Arrival,
        (action, dashboard): (&'static str, &Dashboard),
    ) -> Result<(), Problem> {
        if visit.caller.role != Role::Admin {
            return Ok(());
        }
        self.trail(visit, arrival, Doing { action, subject: &dashboard.id, detail: Some(dashboard.name.clone()) }).await
    }
}

/// What the table cannot hold is told before it is sent there (I11).
fn check_size(visit: &Visit, dashboard: &Dashboard) -> Result<(), Problem> {
    if dashboard.size_bytes(&visit.caller.tenant) > DYNAMODB_ITEM_BYTES {
        return Err(Problem::too_large("the dashboard", DYNAMODB_ITEM_BYTES));
    }
    Ok(())
}
