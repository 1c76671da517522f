//! Takes events over HTTP: who sends them is asked, what they say is checked, and they are acknowledged only once the queue has them
//! (I1).
//!
//! [`router`] is the whole function; `main` gives it the real table, queue, clock and randomness, tests their twins.

mod admitted;
mod answer;
mod buffers;
mod claims;
pub mod config;
mod doors;
mod limit;
mod tracking;
mod visitor;
mod write;

use access::Authenticator;
use axum::Router;
use model::accept::Retention;
use ports::{Clock, Queue, Random, Table};
use std::sync::{Arc, LazyLock};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::health::{Dependency, QueueProbe, TableProbe};
use web::traffic::{Counter, counted};

pub use visitor::Places;

/// What the function works with.
pub struct Ingest {
    /// Tells who calls.
    pub authenticator: Arc<Authenticator>,
    /// Limits, claims and buffers.
    pub table: Arc<dyn Table>,
    /// Where accepted events go.
    pub queue: Arc<dyn Queue>,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// For ids that must be made up.
    pub random: Arc<dyn Random>,
    /// How many events a minute one key or user may send.
    pub events_per_minute: u32,
    /// How old events may be.
    pub retention: Retention,
    /// Where addresses are, if the owner provides a database of them.
    pub places: Option<Places>,
}

/// The function's routes.
pub fn router(ingest: Ingest) -> Router {
    let dependencies: Vec<Arc<dyn Dependency>> =
        vec![Arc::new(TableProbe(ingest.table.clone())), Arc::new(QueueProbe(ingest.queue.clone()))];
    let counter = Counter::new("ingest", ingest.table.clone(), ingest.clock.clone());
    let routes = ROUTES.clone().with_state(Arc::new(ingest));
    web::edge(counted(routes.merge(web::health::routes("ingest", dependencies)), counter))
}

/// The routes without what they are documented with, made once in a process.
static ROUTES: LazyLock<Router<Arc<Ingest>>> = LazyLock::new(|| routes().split_for_parts().0);

/// What the function's routes take and answer.
#[must_use]
pub fn openapi() -> OpenApi {
    routes().into_openapi()
}

fn routes() -> OpenApiRouter<Arc<Ingest>> {
    doors::routes().routes(routes!(buffers::health))
}
