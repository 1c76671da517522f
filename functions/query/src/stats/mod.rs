//! Everything that is counted of one family, in one answer.

mod acts;
mod ai;
mod clock;
mod engagement;
mod performance;
mod resources;
mod sales;

use crate::Desk;
use crate::parameters::taking;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes of this room.
pub(crate) fn routes() -> OpenApiRouter<Arc<Desk>> {
    OpenApiRouter::new()
        .routes(taking(&ai::KNOWN, routes!(ai::answer)))
        .routes(taking(&engagement::KNOWN, routes!(engagement::answer)))
        .routes(taking(&performance::KNOWN, routes!(performance::answer)))
        .routes(taking(&sales::KNOWN, routes!(sales::answer)))
}
