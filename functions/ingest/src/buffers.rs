//! `GET /api/events/health`: events that were accepted and are not yet stored.

use crate::Ingest;
use access::Caller;
use axum::Json;
use axum::extract::{Request, State};
use records::buffer;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;
use web::contract::Refusals;
use web::{Arrival, Problem, Visit};

/// How ingestion is doing.
#[derive(Serialize, ToSchema)]
pub struct EventsHealth {
    /// `ok`.
    status: &'static str,
    /// `analytics-ingestion`.
    service: &'static str,
    /// For each project, how many events are accepted and not yet stored.
    buffers: BTreeMap<String, u64>,
}

/// Tells how many events of the caller's project are accepted and not yet stored.
///
/// With a key, the buffer of its project; without a credential, none.
#[utoipa::path(get, path = "/api/events/health", tag = "health", responses((status = 200, body = EventsHealth), Refusals))]
pub async fn health(State(ingest): State<Arc<Ingest>>, arrival: Arrival, request: Request) -> Result<Json<EventsHealth>, Problem> {
    let (parts, _) = request.into_parts();
    let now = ingest.clock.now();
    let visit = Visit { arrival: &arrival, headers: &parts.headers, method: &parts.method, body: &[], now };
    let caller = web::recognise(&ingest.authenticator, visit).await?;
    let mut buffers = BTreeMap::new();
    if let Some(Caller { tenant, project: Some(project), .. }) = caller {
        let waiting = buffer::depth(&*ingest.table, &tenant, &project, now).await.map_err(Problem::unavailable)?;
        buffers.insert(project.into(), waiting);
    }
    Ok(Json(EventsHealth { status: "ok", service: "analytics-ingestion", buffers }))
}
