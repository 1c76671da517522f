//! What a platform's own pages read: one user's usage and costs, all projects at a glance, any metric over time.

pub(crate) mod costs;
mod dashboard;
pub(crate) mod timeseries;
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
        .routes(taking(&dashboard::KNOWN, routes!(dashboard::answer)))
        .routes(taking(&timeseries::KNOWN, routes!(timeseries::answer)))
}
