//! `GET /api/analytics/export`: events, users, or the groups of a cube, as a file.

use super::jobs::JobInfo;
use super::{events, table};
use crate::Desk;
use crate::parameters::{Asked, Known, Own, fault, wrong};
use crate::visit::Visit;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use cube::catalogue::Dimension;
use export::{Format, attachment};
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, VARY};
use http::{HeaderName, HeaderValue};
use std::sync::Arc;
use web::Problem;
use web::contract::Refusals;

/// Bytes of a file that is the answer itself: in base64, as Lambda has it, under the 6 MB of its payload.
pub(super) const MOST_BYTES: usize = 4 * 1024 * 1024;
/// How many rows the answer has.
const ROWS: HeaderName = HeaderName::from_static("weir-rows");

pub(crate) const KNOWN: Known<'static> = Known {
    time: true,
    own: &[
        Own::one_of("format", &Format::NAMES, "How rows are written.").or("csv"),
        Own::one_of("data", &["events", "users", "metrics"], "Events of a family, one by one; users, or the groups of a cube.")
            .or("events"),
        Own::one_of("family", &["engagement", "ai", "sales", "performance", "lifecycle"], "Of which family, for events."),
        Own::text("cube", "Of which cube of the catalogue, for metrics."),
        Own::text("measures", "Numbers of the cube, comma-separated, for metrics."),
        Own::text("by", "Dimensions of the cube, comma-separated, for metrics. A `granularity` divides them by time."),
    ],
    dimensions: Dimension::ALL,
    groups: None,
    limit: None,
    cursor: false,
};

/// A file of what is kept or counted, narrowed by any dimension. It is whole: one that is too large for an answer becomes a job.
#[utoipa::path(get, path = "/api/analytics/export", tag = "exports", responses(
    (status = 200, description = "The file. `Weir-Rows` says how many rows it has.", content(
        (String = "text/csv"), (Vec<serde_json::Value> = "application/json"), (String = "application/x-ndjson"), (Vec<u8> = "application/vnd.apache.parquet"))),
    (status = 202, body = JobInfo, description = "It is being made; the job at `Location` has the link once it is.", headers(("Location" = String, description = "The job."))),
    Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    let asked = visit.asked(&KNOWN)?;
    let format = asked.own("format").and_then(Format::from_name).unwrap_or(Format::Csv);
    match asked.own("data") {
        Some("users") => table::answer(&desk, (&visit, &asked), (table::users(&asked), format)).await,
        Some("metrics") => table::answer(&desk, (&visit, &asked), (table::groups(&asked)?, format)).await,
        _ => events::answer(&desk, (&visit, &asked), format).await,
    }
}

/// What a file is called: what it has, and of which days.
pub(super) fn file_name(what: &str, asked: &Asked, format: Format) -> String {
    let date = |moment: model::Timestamp| moment.to_string().chars().take(10).collect::<String>();
    let range = asked.window.range;
    format!("{what}_{}_{}.{}", date(range.from), date(range.to.plus_millis(-1)), format.name())
}

/// A whole file as the answer.
pub(super) fn file(visit: &Visit, (name, format): (&str, Format), (bytes, rows): (Bytes, u64)) -> Result<Response, Problem> {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(format.content_type()));
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_str(&attachment(name)).map_err(Problem::internal)?);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(VARY, HeaderValue::from_static("authorization, x-weir-service"));
    headers.insert(ROWS, HeaderValue::from(rows));
    if let Some(standing) = &visit.standing {
        web::write_standing(standing, headers);
    }
    Ok(response)
}

/// A parameter that this kind of export cannot do without.
pub(super) fn needed<'a>(asked: &'a Asked, name: &'static str) -> Result<&'a str, Problem> {
    asked.own(name).ok_or_else(|| wrong(vec![fault(name, "missing", "is needed for this kind of data")]))
}
