//! Answers admins, services and users over HTTP, from what has been counted.
//!
//! An endpoint is one or more queries and a shape for their answers, in a file of its own; `visit` says who asks, `parameters` what
//! exactly, `shape` how numbers are written. [`router`] is the whole function; `main` gives it the real table, bucket and clock, tests
//! their twins. Nothing here counts: that is `cube`'s.

mod admin;
mod analytics;
mod budgets;
mod catalogue;
mod chat;
pub mod config;
mod contract;
mod dashboards;
mod exports;
mod glance;
mod groups;
mod numbers;
mod parameters;
mod persons;
mod persons_seen;
mod platform;
mod projection;
mod prometheus;
mod providers;
mod reports;
mod revenue;
mod shape;
mod stats;
mod users;
mod visit;

pub use self::reports::Reporting;
pub use catalogue::page as metrics_page;

use access::{Authenticator, Caller, ReadLimits};
use axum::Router;
use cube::query::{MetricQuery, Query};
use model::Timestamp;
use model::accept::Fault;
use ports::{Bucket, Clock, Queue, Random, Table};
use reader::{Cache, Owner, ReadError, Reader, Reading};
use std::sync::Arc;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use visit::Visit;
use web::Problem;
use web::health::{self, BucketProbe, QueueProbe, TableProbe};
use web::traffic::{Counter, counted};

/// What may be kept in memory of what was read: a fifth of what `template.yaml` gives the function.
pub const CACHE_BYTES: usize = 96 * 1024 * 1024;

/// What the function works with.
pub struct Desk {
    /// Tells who asks.
    pub authenticator: Authenticator,
    /// How often they may.
    pub limits: ReadLimits,
    /// How many events a person may send in a minute.
    pub events_per_minute: u32,
    /// What has been counted.
    pub table: Arc<dyn Table>,
    /// What was read of that, for who asks again.
    pub cache: Cache,
    /// The segments of what was too large to be counted in the table at once.
    pub bucket: Arc<dyn Bucket>,
    /// What is sent to `report` to do.
    pub errands: Arc<dyn Queue>,
    /// What the owner decides about reports.
    pub reporting: Reporting,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// Where keys that nobody may guess come from.
    pub random: Arc<dyn Random>,
}

/// The function's routes. Ids of users in paths may hold any character, a slash too.
pub fn router(desk: Desk) -> Router {
    let probes: Vec<Arc<dyn health::Dependency>> = vec![
        Arc::new(TableProbe(desk.table.clone())),
        Arc::new(BucketProbe(desk.bucket.clone())),
        Arc::new(QueueProbe(desk.errands.clone())),
    ];
    let counter = Counter::new("query", desk.table.clone(), desk.clock.clone());
    let (rooms, _) = rooms().with_state(Arc::new(desk)).split_for_parts();
    web::edge(counted(rooms.merge(health::routes("query", probes)), counter))
}

/// What the function's routes take and answer.
#[must_use]
pub fn openapi() -> OpenApi {
    rooms().into_openapi()
}

/// Each room has its routes and says of each what it takes and answers.
fn rooms() -> OpenApiRouter<Arc<Desk>> {
    OpenApiRouter::new()
        .merge(admin::routes())
        .merge(persons::routes())
        .merge(platform::routes())
        .merge(stats::routes())
        .merge(analytics::routes())
        .merge(catalogue::routes())
        .merge(dashboards::routes())
        .merge(exports::routes())
        .merge(budgets::routes())
        .merge(chat::routes())
        .merge(providers::routes())
        .merge(contract::routes())
        .merge(glance::routes())
        .merge(users::routes())
        .merge(revenue::routes())
        .merge(reports::routes())
        .merge(prometheus::routes())
}

impl Desk {
    /// Random bytes for a key.
    fn fresh_key(&self) -> [u8; 32] {
        let mut key = [0; 32];
        let (first, second) = key.split_at_mut(16);
        first.copy_from_slice(&self.random.number().to_ne_bytes());
        second.copy_from_slice(&self.random.number().to_ne_bytes());
        key
    }

    /// The answers to a visitor's questions, from one reading of its tenant's numbers and no other's (I10), and of a user's own alone.
    async fn ask(&self, Visit { caller, now, .. }: &Visit, questions: &[MetricQuery]) -> Result<Reading, Problem> {
        let questions = persons_seen::questions_of(caller, questions)?;
        self.read((caller, *now), &questions).await
    }

    /// The answers to questions about a caller's tenant, whoever it is that asks.
    async fn read(&self, (caller, now): (&Caller, Timestamp), questions: &[MetricQuery]) -> Result<Reading, Problem> {
        let queries = checked(questions)?;
        self.read_checked((caller, now), &queries).await
    }

    /// The same of questions that are checked.
    async fn read_checked(&self, (caller, now): (&Caller, Timestamp), queries: &[Query]) -> Result<Reading, Problem> {
        let owner = Owner { tenant: &caller.tenant, hour_offset: caller.hour_offset, now };
        let reader = Reader::new(self.table.clone(), self.bucket.clone()).with_cache(self.cache.clone());
        reader.answer(owner, queries).await.map_err(|error| match error {
            ReadError::Record(_) | ReadError::Port(_) | ReadError::Missing(_) => Problem::unavailable(error),
            ReadError::Manifest(ref cause) if cause.is_transient() => Problem::unavailable(error),
            ReadError::Manifest(_) | ReadError::State { .. } | ReadError::Segment { .. } => Problem::internal(error),
        })
    }
}

/// Questions that the catalogue can answer; 400 with all that is wrong with others.
fn checked(questions: &[MetricQuery]) -> Result<Vec<Query>, Problem> {
    let mut faults = Vec::new();
    let mut queries = Vec::with_capacity(questions.len());
    for question in questions {
        match question.check() {
            Ok(query) => queries.push(query),
            Err(found) => faults.extend(found.iter().map(|fault| Fault {
                pointer: "query".to_owned(),
                code: "unanswerable",
                message: fault.to_string(),
            })),
        }
    }
    if !faults.is_empty() {
        faults.dedup();
        return Err(Problem::bad_request("this cannot be answered").with_faults(faults));
    }
    Ok(queries)
}
