//! What is asked of AI services: at a glance, against the time before, by service, model and user, over time; and one's own.

mod dashboard;
pub(crate) mod figures;
mod metrics;
mod models;
mod my_usage;
mod services;
mod timeseries;
mod top_users;

use crate::Desk;
use crate::parameters::taking;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes of this room.
pub(crate) fn routes() -> OpenApiRouter<Arc<Desk>> {
    OpenApiRouter::new()
        .routes(taking(&dashboard::KNOWN, routes!(dashboard::answer)))
        .routes(taking(&metrics::KNOWN, routes!(metrics::answer)))
        .routes(taking(&services::KNOWN, routes!(services::answer)))
        .routes(taking(&models::KNOWN, routes!(models::answer)))
        .routes(taking(&timeseries::KNOWN, routes!(timeseries::answer)))
        .routes(taking(&top_users::KNOWN, routes!(top_users::answer)))
        .routes(taking(&my_usage::KNOWN, routes!(my_usage::answer)))
}
