//! Counts the requests of each tenant, for its page of metrics.
//!
//! A write for each request would cost about what the request does. So each instance counts in memory, and adds what it has counted to the
//! table with the first request that it answers a minute or more after it last did: its first at once, so that what is rarely called is
//! counted too. What is lost when an instance ends is what it has counted since: no more than a minute's requests. Requests whose caller is
//! not known are nobody's, and are not counted here.

use crate::Arrival;
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use http::StatusCode;
use model::{TenantId, Timestamp};
use ports::{Clock, Table};
use records::traffic::{self, Answered, Traffic};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// How long an instance counts before it adds what it has counted.
const INTERVAL_MS: i64 = 60_000;
/// Tenants that an instance counts for. Beyond them, those that have not called for a minute are forgotten, with what was counted of them.
const REMEMBERED: usize = 10_000;

/// An answer that was at hand says so with this among its extensions.
#[derive(Debug, Clone, Copy)]
pub struct AtHand;

/// What an instance of a function has counted.
pub struct Counter {
    function: &'static str,
    table: Arc<dyn Table>,
    clock: Arc<dyn Clock>,
    tenants: Mutex<HashMap<TenantId, Count>>,
}

#[derive(Default)]
struct Count {
    counted: Traffic,
    added_at: Option<Timestamp>,
}

impl Counter {
    /// A counter of a function's requests.
    #[must_use]
    pub fn new(function: &'static str, table: Arc<dyn Table>, clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self { function, table, clock, tenants: Mutex::default() })
    }

    /// Counts a request; what is due to be added by it.
    fn count(&self, tenant: &TenantId, answered: Answered<'_>) -> Option<Traffic> {
        let now = self.clock.now();
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        if tenants.len() >= REMEMBERED && !tenants.contains_key(tenant) {
            tenants.retain(|_, count| count.added_at.is_none_or(|at| now.millis_since(at) < INTERVAL_MS));
        }
        let count = tenants.entry(tenant.clone()).or_default();
        count.counted.count(answered);
        if count.added_at.is_some_and(|at| (0..INTERVAL_MS).contains(&now.millis_since(at))) {
            return None;
        }
        count.added_at = Some(now);
        Some(std::mem::take(&mut count.counted))
    }

    /// Adds to what the table has. What it does not take is added the next time.
    async fn add(&self, tenant: &TenantId, counted: Traffic) {
        let added = traffic::add(&*self.table, (tenant, self.function), &counted, self.clock.now()).await;
        if let Err(error) = added {
            tracing::warn!(%error, "requests were counted, and the table did not take their count");
            let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
            tenants.entry(tenant.clone()).or_default().counted.add(&counted);
        }
    }
}

/// The router, with its requests counted. Goes inside of [`crate::edge`].
pub fn counted(router: Router, counter: Arc<Counter>) -> Router {
    router.layer(from_fn_with_state(counter, count))
}

async fn count(State(counter): State<Arc<Counter>>, arrival: Arrival, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str);
    // As the API's document names it: how much of a path a name takes is the router's own affair.
    let operation = format!("{} {}", request.method(), route.replace("{*", "{"));
    let response = next.run(request).await;
    if let Some(tenant) = arrival.tenant() {
        let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        let is_kept = response.status() == StatusCode::NOT_MODIFIED || response.extensions().get::<AtHand>().is_some();
        let answered = Answered { operation: &operation, status: response.status().as_u16(), micros, is_kept };
        if let Some(due) = counter.count(tenant, answered) {
            counter.add(tenant, due).await;
        }
    }
    response
}
