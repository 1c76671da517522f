//! What is kept about a person: shown to it on request, and erased.

mod erasing;
mod everything;
mod raw;

use crate::Desk;
use crate::parameters::taking;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes of this room.
pub(crate) fn routes() -> OpenApiRouter<Arc<Desk>> {
    OpenApiRouter::new()
        .routes(taking(&everything::KNOWN, routes!(everything::answer, erasing::begin)))
        .routes(taking(&erasing::KNOWN, routes!(erasing::progress)))
}
