//! `GET /api/v1/jobs/{id}`: how far a job is, and what came of it.

use crate::Desk;
use crate::admin::unreadable;
use crate::parameters::Known;
use crate::visit::Visit;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use export::Wanted;
use http::header::{CACHE_CONTROL, LOCATION};
use http::{HeaderValue, StatusCode};
use records::Errand;
use records::task::{self, Task};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::{ProblemBody, Refusals};

/// A job: something that takes longer than a request may.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JobInfo {
    /// Its id, also in its address.
    id: String,
    /// What was asked for: `export`.
    kind: String,
    /// `queued`, `running`, `done` or `failed`.
    status: &'static str,
    progress: JobProgress,
    created_at: String,
    finished_at: Option<String>,
    /// When it is forgotten, and its file with it.
    expires_at: String,
    /// What came of it.
    file: Option<JobFile>,
    /// Why nothing did.
    error: Option<String>,
}

/// How far a job is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JobProgress {
    /// Rows that are written so far.
    rows: u64,
    /// About how many there will be; absent where that is not known beforehand.
    expected_rows: Option<u64>,
}

/// The file that a job has made.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JobFile {
    name: String,
    content_type: String,
    size_bytes: u64,
    /// Opens the file until then. Ask again for another.
    url: String,
    /// Until when the address opens it, at most.
    url_expires_at: String,
}

impl JobInfo {
    fn of(task: &Task) -> Self {
        Self {
            id: task.id.clone(),
            kind: task.kind.clone(),
            status: task.status.name(),
            progress: JobProgress { rows: task.rows, expected_rows: task.rows_expected },
            created_at: task.created_at.to_string(),
            finished_at: task.finished_at.map(|moment| moment.to_string()),
            expires_at: task.expires_at().to_string(),
            file: None,
            error: task.error.clone(),
        }
    }
}

/// How far a job is, and what came of it.
#[utoipa::path(get, path = "/api/v1/jobs/{id}", tag = "exports",
    params(("id" = String, Path, description = "The job's id.")),
    responses((status = 200, body = JobInfo),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "There is no such job, or what came of it is gone again."),
        Refusals))]
pub(crate) async fn read(State(desk): State<Arc<Desk>>, Path(id): Path<String>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    visit.asked(&Known::NOTHING)?;
    let found = task::get(&*desk.table, (&visit.caller.tenant, &id)).await.map_err(unreadable)?;
    let task = found.filter(|task| !task.status.is_over() || task.expires_at() > visit.now).ok_or_else(Problem::not_found)?;
    let mut info = JobInfo::of(&task);
    if let Some(outcome) = &task.outcome {
        let seconds = desk.reporting.export_link_seconds;
        info.file = Some(JobFile {
            name: outcome.file_name.clone(),
            content_type: outcome.content_type.clone(),
            size_bytes: outcome.size_bytes,
            url: desk.reporting.links.link(&outcome.key, seconds).await.map_err(Problem::unavailable)?,
            url_expires_at: visit.now.plus_millis(i64::from(seconds) * 1000).to_string(),
        });
    }
    let mut response = Json(info).into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Begins a job that makes a file, of so many rows where that is known.
pub(super) async fn begun(desk: &Desk, visit: &Visit, (wanted, expected): (&Wanted, Option<u64>)) -> Result<Response, Problem> {
    let what = serde_json::to_string(wanted).map_err(Problem::internal)?;
    let mut made = Task::new((&visit.caller.tenant, hex::encode(&desk.fresh_key()[..16])), ("export", what), visit.now);
    made.rows_expected = expected;
    task::create(&*desk.table, &made).await.map_err(unreadable)?;
    let errand = Errand::Export { tenant: made.tenant.clone(), task: made.id.clone() };
    // One that is not sent is found by the next tick: it is accepted.
    match desk.errands.send(&[errand.body()]).await {
        Ok(taken) if taken == [true] => {}
        _ => tracing::warn!(task = made.id, "a task is not sent yet"),
    }
    accepted(&made)
}

/// 202: a job is made, and is told of there.
fn accepted(task: &Task) -> Result<Response, Problem> {
    let mut response = (StatusCode::ACCEPTED, Json(JobInfo::of(task))).into_response();
    let location = HeaderValue::from_str(&format!("/api/v1/jobs/{}", task.id)).map_err(Problem::internal)?;
    response.headers_mut().insert(LOCATION, location);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
