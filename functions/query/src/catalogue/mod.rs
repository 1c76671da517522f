//! The catalogue of metrics, and any question about what it counts.

mod body;
mod metrics;
mod page;
mod query;

pub(crate) use body::{QueryBody, QueryRange};
pub use page::page;
pub(crate) use query::{MOST_BUCKETS, MOST_ROWS, Prepared, QueryAnswer, too_costly};

use crate::Desk;
use crate::parameters::taking;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes of this room.
pub(crate) fn routes() -> OpenApiRouter<Arc<Desk>> {
    OpenApiRouter::new().routes(taking(&metrics::KNOWN, routes!(metrics::answer))).routes(routes!(query::answer))
}
