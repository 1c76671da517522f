//! All families at a glance: now against before, over time, and what there is most of.

mod dashboard;
mod family;
mod summary;
mod top;

use crate::Desk;
use crate::parameters::taking;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes of this room.
pub(crate) fn routes() -> OpenApiRouter<Arc<Desk>> {
    OpenApiRouter::new()
        .routes(taking(&dashboard::KNOWN, routes!(dashboard::answer)))
        .routes(taking(&summary::KNOWN, routes!(summary::answer)))
        .routes(taking(&top::KNOWN, routes!(top::answer)))
}
