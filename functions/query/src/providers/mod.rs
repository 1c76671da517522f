//! Those who serve AI models: how much they are used, what they cost, which models are liked, how well they do.

mod costs;
mod performance;
mod popularity;
mod usage;

use crate::Desk;
use crate::parameters::taking;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes of this room.
pub(crate) fn routes() -> OpenApiRouter<Arc<Desk>> {
    OpenApiRouter::new()
        .routes(taking(&usage::KNOWN, routes!(usage::answer)))
        .routes(taking(&costs::KNOWN, routes!(costs::answer)))
        .routes(taking(&popularity::KNOWN, routes!(popularity::answer)))
        .routes(taking(&performance::KNOWN, routes!(performance::answer)))
}
