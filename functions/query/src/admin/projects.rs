//! `/api/v1/projects`: the apps and services that events belong to.

use super::{Doing, created, unreadable};
use crate::Desk;
use crate::parameters::{Known, LIST, Page, Place, fault};
use crate::shape::reply;
use crate::visit::{Brought, Visit};
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use model::ProjectId;
use model::limits::DIMENSION_BYTES;
use records::{Made, Project};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use web::contract::{ProblemBody, Refusals};
use web::{Arrival, Problem};

pub(crate) const KNOWN: Known<'static> = Known { limit: Some(LIST), cursor: true, ..Known::NOTHING };

/// A project.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProjectInfo {
    /// Its id, under which its events are counted.
    id: String,
    /// What people call it.
    name: String,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<Project> for ProjectInfo {
    fn from(Project { id, name, created_at }: Project) -> Self {
        Self { id: id.to_string(), name, created_at: created_at.to_string() }
    }
}

/// A project to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"id": "checkout", "name": "Checkout"}))]
pub(crate) struct NewProject {
    /// Its id, which cannot be changed.
    #[schema(min_length = 1, max_length = 128)]
    id: String,
    /// What people call it; its id, where not given.
    #[schema(min_length = 1, max_length = 256)]
    name: Option<String>,
}

/// Another name of a project.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Checkout of the shop"}))]
pub(crate) struct ProjectName {
    /// What people are to call it.
    #[schema(min_length = 1, max_length = 256)]
    name: String,
}

/// The tenant's projects, by id.
#[utoipa::path(get, path = "/api/v1/projects", tag = "administration", responses((status = 200, body = Page<ProjectInfo>), Refusals))]
pub(crate) async fn list(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_admin()?;
    let asked = visit.asked(&KNOWN)?;
    let all = records::project::all(&*desk.table, &visit.caller.tenant).await.map_err(unreadable)?;
    let place = |project: &Project| Place::ranked(0.0, vec![project.id.to_string()]);
    let page = asked.page(all.into_iter().map(|project| (place(&project), ProjectInfo::from(project))).collect());
    reply(&visit, &asked, &page)
}

/// Makes a project. One that is there under the same name is answered as it is.
#[utoipa::path(post, path = "/api/v1/projects", tag = "administration", request_body = NewProject, responses(
    (status = 201, body = ProjectInfo, description = "It was made.", headers(("Location" = String, description = "Where it is."))),
    (status = 200, body = ProjectInfo, description = "It was there already."),
    (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "The id is another project's."),
    (status = 413, body = ProblemBody, content_type = "application/problem+json", description = "The body is too large."),
    (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "The body's encoding is not read here."),
    (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "The body breaks a rule; every fault is listed."),
    Refusals))]
pub(crate) async fn create(State(desk): State<Arc<Desk>>, arrival: Arrival, brought: Brought) -> Result<Response, Problem> {
    let visit = &brought.visit;
    visit.for_admin()?;
    let new: NewProject = brought.read()?;
    let name = new.name.unwrap_or_else(|| new.id.clone());
    let (id, name) = match (ProjectId::new(new.id), checked(name)) {
        (Ok(id), Ok(name)) => (id, name),
        (id, name) => {
            let bad_id = id.err().map(|error| fault("/id", "bad_id", error.to_string()));
            return Err(Problem::unprocessable(bad_id.into_iter().chain(name.err()).collect()));
        }
    };
    let project = Project { id, name, created_at: visit.now };
    let doing = Doing { action: "project.create", subject: project.id.as_str(), detail: Some(project.name.clone()) };
    desk.trail(visit, &arrival, doing).await?;
    match records::project::create(&*desk.table, &visit.caller.tenant, &project).await.map_err(unreadable)? {
        Made::New => created(&format!("/api/v1/projects/{}", project.id), ProjectInfo::from(project)),
        Made::Before(there) if there.name == project.name => Ok(Json(ProjectInfo::from(there)).into_response()),
        Made::Before(there) => {
            Err(Problem::new(http::StatusCode::CONFLICT, format!("there is a project {} already, named {}", there.id, there.name)))
        }
    }
}

/// A project.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}", tag = "administration",
    params(("projectId" = String, Path, description = "The project's id.")),
    responses((status = 200, body = ProjectInfo),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "There is no such project."), Refusals))]
pub(crate) async fn read(State(desk): State<Arc<Desk>>, Path(id): Path<String>, visit: Visit) -> Result<Response, Problem> {
    visit.for_admin()?;
    visit.asked(&Known::NOTHING)?;
    Ok(Json(ProjectInfo::from(desk.project(&visit, &id).await?)).into_response())
}

/// Gives a project another name. Its id, and what is counted under it, stay.
#[utoipa::path(put, path = "/api/v1/projects/{projectId}", tag = "administration", request_body = ProjectName,
    params(("projectId" = String, Path, description = "The project's id.")),
    responses((status = 200, body = ProjectInfo),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "There is no such project."),
        (status = 413, body = ProblemBody, content_type = "application/problem+json", description = "The body is too large."),
        (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "The body's encoding is not read here."),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "The body breaks a rule; every fault is listed."),
        Refusals))]
pub(crate) async fn rename(
    State(desk): State<Arc<Desk>>,
    arrival: Arrival,
    Path(id): Path<String>,
    brought: Brought,
) -> Result<Response, Problem> {
    let visit = &brought.visit;
    visit.for_admin()?;
    let ProjectName { name } = brought.read()?;
    let name = checked(name).map_err(|fault| Problem::unprocessable(vec![fault]))?;
    let Project { id, .. } = desk.project(visit, &id).await?;
    desk.trail(visit, &arrival, Doing { action: "project.rename", subject: id.as_str(), detail: Some(name.clone()) }).await?;
    let renamed = records::project::rename(&*desk.table, &visit.caller.tenant, (&id, &name)).await.map_err(unreadable)?;
    renamed.map(|project| Json(ProjectInfo::from(project)).into_response()).ok_or_else(Problem::not_found)
}

impl Desk {
    /// A project of the visitor's tenant, or 404: also where the id is none.
    pub(super) async fn project(&self, visit: &Visit, id: &str) -> Result<Project, Problem> {
        let id = ProjectId::new(id).map_err(|_| Problem::not_found())?;
        let found = records::project::get(&*self.table, &visit.caller.tenant, &id).await.map_err(unreadable)?;
        found.ok_or_else(Problem::not_found)
    }
}

fn checked(name: String) -> Result<String, model::accept::Fault> {
    if name.trim().is_empty() || name.len() > DIMENSION_BYTES || name.chars().any(char::is_control) {
        return Err(fault("/name", "bad_name", format!("a name has 1 to {DIMENSION_BYTES} bytes and no control characters")));
    }
    Ok(name)
}
