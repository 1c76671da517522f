//! Takes events over HTTP: who sends them is asked, what they say is checked, and they are acknowledged only once the queue has them
//! (I1).
//!
//! [`router`] is the whole function; `main` gives it the real table, queue, clock and randomness, tests their twins.

mod answer;
mod buffers;
mod claims;
pub mod config;
mod limit;
mod write;

use access::Authenticator;
use axum::Router;
use axum::routing::{get, post};
use model::accept::{Form, Retention};
use ports::{Clock, Queue, Random, Table};
use std::sync::Arc;
use web::health::{Dependency, QueueProbe, TableProbe};

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
}

/// The function's routes.
pub fn router(ingest: Ingest) -> Router {
    let ingest = Arc::new(ingest);
    let dependencies: Vec<Arc<dyn Dependency>> =
        vec![Arc::new(TableProbe(ingest.table.clone())), Arc::new(QueueProbe(ingest.queue.clone()))];
    let routes = Router::new()
        .route("/api/events", post(write::form(Form::AppBatch)))
        .route("/api/events/single", post(write::form(Form::AppEvent)))
        .route("/events", post(write::form(Form::Platform)))
        .route("/usage/api", post(write::form(Form::Usage)))
        .route("/api/analytics/sales/track", post(write::form(Form::Sale)))
        .route("/api/events/health", get(buffers::health))
        .with_state(ingest)
        .merge(web::health::routes("ingest", dependencies));
    web::edge(routes)
}
