//! `GET /openapi.json`: the API's document, as `tools/contract` merged it. `GET /docs`: a page that draws it, without any other host.

mod file;

use crate::Desk;
use axum::response::Response;
use file::File;
use http::HeaderMap;
use std::sync::{Arc, LazyLock};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The document, which a test of `tools/contract` keeps current.
static DOCUMENT: LazyLock<File> = LazyLock::new(|| File::new(include_bytes!("../../../../docs/openapi.json"), "application/json"));
static PAGE: LazyLock<File> = LazyLock::new(|| File::new(include_bytes!("page.html"), "text/html; charset=utf-8").with_policy(POLICY));
static EXPLORER: LazyLock<File> =
    LazyLock::new(|| File::gzipped(include_bytes!("openapi-explorer.min.js.gz"), "text/javascript; charset=utf-8"));

/// The page runs its own script, asks its own host, and is framed by nobody. Its component styles itself with attributes.
const POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:; \
                      font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The routes of this room.
pub(crate) fn routes() -> OpenApiRouter<Arc<Desk>> {
    OpenApiRouter::new().routes(routes!(document)).routes(routes!(page)).routes(routes!(explorer))
}

/// This document.
#[utoipa::path(get, path = "/openapi.json", tag = "contract", responses(
    (status = 200, body = serde_json::Value, content_type = "application/json", description = "OpenAPI 3.1."),
    (status = 304, description = "It is the one that `If-None-Match` names."),
))]
async fn document(headers: HeaderMap) -> Response {
    DOCUMENT.answer(&headers)
}

/// A page that draws this document, and sends requests.
#[utoipa::path(get, path = "/docs", tag = "contract", responses(
    (status = 200, body = String, content_type = "text/html", description = "The page."),
    (status = 304, description = "It is the one that `If-None-Match` names."),
))]
async fn page(headers: HeaderMap) -> Response {
    PAGE.answer(&headers)
}

/// The script that draws the page.
#[utoipa::path(get, path = "/docs/explorer.js", tag = "contract", responses(
    (status = 200, body = String, content_type = "text/javascript", description = "OpenAPI Explorer."),
    (status = 304, description = "It is the one that `If-None-Match` names."),
))]
async fn explorer(headers: HeaderMap) -> Response {
    EXPLORER.answer(&headers)
}
