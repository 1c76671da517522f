//! The doors by which events come in: each file has what one kind of write says (its wire twins, for the API's document), and its
//! operations.
//!
//! The twins are never made: `model::accept` reads bodies member by member, so that each fault of each event can be told. A test holds that
//! what they name is what is read.

mod app;
mod engagement;
mod performance;
mod platform;
mod sale;
mod service;
mod tracking;
mod usage;
mod wire;

use crate::Ingest;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes of all writes.
pub fn routes() -> OpenApiRouter<Arc<Ingest>> {
    OpenApiRouter::new()
        .routes(routes!(app::batch))
        .routes(routes!(app::single))
        .routes(routes!(platform::answer))
        .routes(routes!(service::answer))
        .routes(routes!(usage::answer))
        .routes(routes!(usage::of_service))
        .routes(routes!(tracking::begin))
        .routes(routes!(tracking::end))
        .routes(routes!(engagement::answer))
        .routes(routes!(performance::answer))
        .routes(routes!(sale::answer))
}

#[cfg(test)]
mod tests;
