//! `GET /api/events/health`: events that were accepted and are not yet stored.

use crate::Ingest;
use access::Caller;
use axum::Json;
use axum::extract::{Request, State};
use records::buffer;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use web::{Arrival, Problem, Visit};

/// With a key, the buffer of its project; without a credential, none.
pub async fn health(State(ingest): State<Arc<Ingest>>, arrival: Arrival, request: Request) -> Result<Json<Value>, Problem> {
    let (parts, _) = request.into_parts();
    let now = ingest.clock.now();
    let visit = Visit { arrival: &arrival, headers: &parts.headers, method: &parts.method, body: &[], now };
    let caller = web::recognise(&ingest.authenticator, visit).await?;
    let mut buffers = Map::new();
    if let Some(Caller { tenant, project: Some(project), .. }) = caller {
        let waiting = buffer::depth(&*ingest.table, &tenant, &project, now).await.map_err(Problem::unavailable)?;
        buffers.insert(project.into(), waiting.into());
    }
    Ok(Json(json!({"status": "ok", "service": "analytics-ingestion", "buffers": buffers})))
}
