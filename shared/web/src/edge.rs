//! The boundary round a router: one span and one log line a request, one place where failures become answers.

use crate::arrival::REQUEST_ID;
use crate::compress::{Coding, compress};
use crate::{Arrival, Problem};
use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use http::header::{CONTENT_TYPE, VARY};
use http::{HeaderValue, Method, StatusCode};
use std::time::Instant;
use tracing::{Instrument, field};

/// The router with its boundary: unknown paths and methods answer problems, every request has an id and is logged once, by its route
/// rather than its path (paths hold user ids), and what failed is logged once, with its causes.
pub fn edge(router: Router) -> Router {
    router
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || StatusCode::METHOD_NOT_ALLOWED)
        .layer(from_fn(cross))
}

async fn cross(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let (mut parts, body) = request.into_parts();
    let arrival = Arrival::of(&parts);
    let request_id = arrival.request_id.clone();
    let is_read = parts.method == Method::GET;
    let coding = if is_read { Coding::accepted(&parts.headers) } else { None };
    let span = tracing::info_span!(
        "request",
        request_id = &*request_id,
        method = parts.method.as_str(),
        route = parts.extensions.get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str),
        tenant = field::Empty,
        caller = field::Empty,
    );
    parts.extensions.insert(arrival);
    let response = next.run(Request::from_parts(parts, body)).instrument(span.clone()).await;

    let (response, cause) = span.in_scope(|| settle(response, &request_id));
    log(&span, response.status(), cause.as_deref(), started);
    let mut response = match coding {
        Some(coding) => compress(response, coding).await,
        None => response,
    };
    if is_read {
        response.headers_mut().append(VARY, HeaderValue::from_static("accept-encoding"));
    }
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// Makes every failure a problem that names the request, and tells its causes.
fn settle(mut response: Response, request_id: &str) -> (Response, Option<String>) {
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        return (problem.render(Some(request_id)), problem.chain());
    }
    let status = response.status();
    let says_nothing = !response.headers().get(CONTENT_TYPE).is_some_and(is_json);
    if says_nothing && (status.is_client_error() || status.is_server_error()) {
        return (Problem::of_bare_answer(status, response.headers()).render(Some(request_id)), None);
    }
    (response, None)
}

/// One line a request; an operator reads `error` lines first.
fn log(span: &tracing::Span, status: StatusCode, cause: Option<&str>, started: Instant) {
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let status_code = status.as_u16();
    span.in_scope(|| {
        if status.is_server_error() {
            tracing::error!(status = status_code, duration_ms, cause, "request failed");
        } else {
            tracing::info!(status = status_code, duration_ms, cause, "request answered");
        }
    });
}

fn is_json(content_type: &HeaderValue) -> bool {
    let bytes = content_type.as_bytes();
    bytes.starts_with(b"application/json") || bytes.starts_with(b"application/problem+json")
}
