//! Versions of what people keep, as `ETag`, `If-Match` and `If-None-Match` say them (RFC 9110).

use crate::visit::Visit;
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, ETAG};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use web::Problem;

/// Whether a header names a version, or any.
fn names(header: &HeaderValue, version: u64) -> bool {
    let tag = format!("\"{version}\"");
    header.to_str().is_ok_and(|list| list.split(',').map(str::trim).any(|one| one == "*" || one == tag))
}

impl Visit {
    /// Refuses with 412 what is meant for another version than there is; whoever does not say which is meant, means the one there is.
    pub(crate) fn means(&self, version: u64) -> Result<(), Problem> {
        match &self.expected {
            Some(expected) if !names(expected, version) => Err(outdated()),
            _ => Ok(()),
        }
    }
}

/// 412: somebody was faster.
pub(crate) fn outdated() -> Problem {
    Problem::new(StatusCode::PRECONDITION_FAILED, "it is not the version that If-Match names: read it again")
}

/// The answer that has this version, or 304 where the visitor has it.
pub(crate) fn versioned(visit: &Visit, version: u64, body: impl Serialize) -> Result<Response, Problem> {
    let is_known = visit.known.as_ref().is_some_and(|known| names(known, version));
    let response = if is_known { StatusCode::NOT_MODIFIED.into_response() } else { Json(body).into_response() };
    tagged(response, version)
}

/// The same answer with the version's tag.
pub(crate) fn tagged(mut response: Response, version: u64) -> Result<Response, Problem> {
    let tag = HeaderValue::from_str(&format!("\"{version}\"")).map_err(Problem::internal)?;
    response.headers_mut().insert(ETAG, tag);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    Ok(response)
}
