//! What a platform's own pages read: one user's usage and costs, all projects at a glance, any metric over time.

mod costs;
mod dashboard;
mod timeseries;
mod usage;

use crate::Desk;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes of this room.
pub(crate) fn routes() -> OpenApiRouter<Arc<Desk>> {
    OpenApiRouter::new()
        .routes(routes!(usage::answer))
        .routes(routes!(costs::answer))
        .routes(routes!(dashboard::answer))
        .routes(routes!(timeseries::answer))
}
