//! `/api/v1/projects/{projectId}/keys`: the API keys with which apps write to a project. Only a hash of each is kept.

use super::{Doing, created, unreadable};
use crate::Desk;
use crate::parameters::{Known, LIST, Page, Place};
use crate::shape::reply;
use crate::visit::{Brought, Visit};
use access::mint;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header::CACHE_CONTROL;
use http::{HeaderValue, StatusCode};
use model::ProjectId;
use records::{ApiKey, Made, Purpose};
use secrecy::ExposeSecret;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use web::contract::{ProblemBody, Refusals};
use web::{Arrival, Problem};

pub(crate) const KNOWN: Known<'static> = Known { limit: Some(LIST), cursor: true, ..Known::NOTHING };
/// Characters of the hash by which a key is named: enough to tell keys apart, useless for calling.
const ID_CHARACTERS: usize = 16;

/// An API key, without its text.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeyInfo {
    /// By what it is revoked: the beginning of its hash.
    id: String,
    /// The project that it writes to.
    project: String,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was revoked; `null` while it is in use.
    #[schema(format = DateTime)]
    revoked_at: Option<String>,
}

/// An API key that was made: its text is shown this once, and kept nowhere.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewKey {
    /// By what it is revoked.
    id: String,
    /// The project that it writes to.
    project: String,
    /// The key itself, for `X-API-Key`.
    #[schema(example = "wk_acme_…")]
    key: String,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
}

impl KeyInfo {
    fn of(key: &ApiKey, project: &ProjectId) -> Self {
        Self {
            id: id(&key.hash),
            project: project.to_string(),
            created_at: key.created_at.to_string(),
            revoked_at: key.revoked_at.map(|moment| moment.to_string()),
        }
    }
}

fn id(hash: &str) -> String {
    hash.chars().take(ID_CHARACTERS).collect()
}

/// A project's keys, revoked ones too, oldest first.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/keys", tag = "administration",
    params(("projectId" = String, Path, description = "The project's id.")),
    responses((status = 200, body = Page<KeyInfo>),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "There is no such project."), Refusals))]
pub(crate) async fn list(State(desk): State<Arc<Desk>>, Path(project): Path<String>, visit: Visit) -> Result<Response, Problem> {
    visit.for_admin()?;
    let asked = visit.asked(&KNOWN)?;
    let project = desk.project(&visit, &project).await?.id;
    let keys = desk.keys(&visit, &project).await?;
    let row = |key: ApiKey| (Place::timed(key.created_at, vec![key.hash.clone()]), KeyInfo::of(&key, &project));
    let page = asked.page(keys.into_iter().map(row).collect());
    reply(&visit, &asked, &page)
}

/// Makes a key of a project. Takes no body.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/keys", tag = "administration",
    params(("projectId" = String, Path, description = "The project's id.")),
    responses(
        (status = 201, body = NewKey, description = "It was made.", headers(("Location" = String, description = "Where it is revoked."))),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "There is no such project."),
        (status = 413, body = ProblemBody, content_type = "application/problem+json", description = "There is a body, and it is too large."),
        (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "There is a body in an encoding that is not read here."),
        Refusals))]
pub(crate) async fn create(
    State(desk): State<Arc<Desk>>,
    arrival: Arrival,
    Path(project): Path<String>,
    brought: Brought,
) -> Result<Response, Problem> {
    let visit = &brought.visit;
    visit.for_admin()?;
    let project = desk.project(visit, &project).await?.id;
    let caller = &visit.caller;
    let text = mint::api_key(&caller.tenant).map_err(Problem::internal)?;
    let key = ApiKey {
        hash: mint::key_hash(text.expose_secret()),
        tenant: caller.tenant.clone(),
        purpose: Purpose::Project(project.clone()),
        hour_offset: caller.hour_offset,
        currency: caller.currency,
        created_at: visit.now,
        revoked_at: None,
    };
    let id = id(&key.hash);
    desk.trail(visit, &arrival, Doing { action: "key.create", subject: &id, detail: Some(format!("project {project}")) }).await?;
    let made = records::api_key::create(&*desk.table, &key).await.map_err(unreadable)?;
    if made != Made::New {
        return Err(Problem::internal("a new key is an old one"));
    }
    let location = format!("/api/v1/projects/{project}/keys/{id}");
    let body = NewKey { id, project: project.to_string(), key: text.expose_secret().to_owned(), created_at: key.created_at.to_string() };
    let mut response = created(&location, body)?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Revokes a key, once and for all. Functions that remember it accept it for as long as their setting says (a minute by default).
#[utoipa::path(delete, path = "/api/v1/projects/{projectId}/keys/{keyId}", tag = "administration",
    params(("projectId" = String, Path, description = "The project's id."), ("keyId" = String, Path, description = "The key's id.")),
    responses((status = 204, description = "It is revoked."),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "There is no such key."), Refusals))]
pub(crate) async fn revoke(
    State(desk): State<Arc<Desk>>,
    arrival: Arrival,
    Path((project, key)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Problem> {
    visit.for_admin()?;
    visit.asked(&Known::NOTHING)?;
    let project = desk.project(&visit, &project).await?.id;
    let keys = desk.keys(&visit, &project).await?;
    let found = keys.iter().find(|known| id(&known.hash) == key).ok_or_else(Problem::not_found)?;
    desk.trail(&visit, &arrival, Doing { action: "key.revoke", subject: &key, detail: Some(format!("project {project}")) }).await?;
    records::api_key::revoke(&*desk.table, &visit.caller.tenant, &found.hash, visit.now).await.map_err(unreadable)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

impl Desk {
    /// The keys of a project.
    async fn keys(&self, visit: &Visit, project: &ProjectId) -> Result<Vec<ApiKey>, Problem> {
        let all = records::api_key::all(&*self.table, &visit.caller.tenant).await.map_err(unreadable)?;
        Ok(all.into_iter().filter(|key| key.purpose.project() == Some(project)).collect())
    }
}
