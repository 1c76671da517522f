//! What services tell of a platform: users, projects, generations, builds.
#![expect(dead_code, reason = "the types of bodies are read by the API's document and never made")]

use super::service::ServiceEvent;
use super::wire::{Common, Import, OneOrMany, Repeat};
use crate::Ingest;
use crate::answer::{Receipt, Refused};
use crate::write::write;
use axum::extract::{Request, State};
use axum::response::Response;
use model::accept::Form;
use std::sync::Arc;
use utoipa::ToSchema;
use web::{Arrival, Problem};

/// Something that happened on a platform.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlatformEvent {
    /// `user.created`, `user.login`, `project.created`, `project.deleted`, `generation.started`, `generation.completed`,
    /// `generation.failed`, `build.triggered`, `build.completed`, `build.failed`; others are counted under their names.
    #[schema(example = "generation.started", min_length = 1)]
    event: String,
    /// The same as `event`.
    r#type: Option<String>,
    #[serde(flatten)]
    common: Common,
    #[serde(flatten)]
    details: PlatformDetails,
    /// What is known of it, where it does not stand beside the type. Unknown members are kept with the event.
    metadata: Option<PlatformDetails>,
}

/// Something that happened on a platform, or an event of a service.
#[derive(ToSchema)]
#[serde(untagged)]
pub enum PlatformOrService {
    /// On a platform.
    Platform(Box<PlatformEvent>),
    /// Of a service: `data` says what is known.
    Service(Box<ServiceEvent>),
}

/// What is known of a platform's event.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlatformDetails {
    /// The name of the thing made: with `project.created`, the project's.
    name: Option<String>,
    /// The same as `name`.
    project_name: Option<String>,
    /// The same as `name`.
    title: Option<String>,
    /// The generation it happened to.
    generation_id: Option<String>,
    /// The build it happened to.
    build_id: Option<String>,
    /// The conversation it happened to.
    conversation_id: Option<String>,
    /// The plan before a change.
    from_plan: Option<String>,
    /// The plan after it.
    to_plan: Option<String>,
}

/// Takes what happened on a platform, and events of services: `{type, data}`.
#[utoipa::path(post, path = "/events", tag = "writes", params(Repeat, Import),
    request_body(content = OneOrMany<PlatformOrService>, example = json!({"event": "project.created", "userId": "u1", "projectId": "shop",
        "timestamp": "2026-11-20T12:00:00Z", "metadata": {"name": "My shop"}})),
    responses((status = 200, body = Receipt), Refused))]
pub async fn answer(State(ingest): State<Arc<Ingest>>, arrival: Arrival, request: Request) -> Result<Response, Problem> {
    write(&ingest, Form::Platform, &arrival, request).await
}
