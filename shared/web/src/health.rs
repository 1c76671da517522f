//! The routes that tell whether a function works: `/health`, `/live` (`/livez`), `/ready` (`/readyz`).

use async_trait::async_trait;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use futures::future::join_all;
use http::header::{CACHE_CONTROL, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use ports::{Bucket, Key, PortError, Queue, Read, Table};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};
use utoipa::ToSchema;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A dependency that does not answer within this is down.
const PATIENCE: Duration = Duration::from_secs(2);

/// Something that a function needs.
#[async_trait]
pub trait Dependency: Send + Sync {
    /// What it is called in the answer: `table`, `queue`, `bucket`.
    fn name(&self) -> &'static str;

    /// Asks it for something cheap.
    async fn probe(&self) -> Result<(), PortError>;
}

/// The table, asked for an item that is not there.
pub struct TableProbe(pub Arc<dyn Table>);

/// The queue, asked how much it holds.
pub struct QueueProbe(pub Arc<dyn Queue>);

/// The bucket, asked for an object that is not there.
pub struct BucketProbe(pub Arc<dyn Bucket>);

#[async_trait]
impl Dependency for TableProbe {
    fn name(&self) -> &'static str {
        "table"
    }

    async fn probe(&self) -> Result<(), PortError> {
        self.0.get(&Key::new("HEALTH", "HEALTH"), Read::Eventual).await.map(drop)
    }
}

#[async_trait]
impl Dependency for QueueProbe {
    fn name(&self) -> &'static str {
        "queue"
    }

    async fn probe(&self) -> Result<(), PortError> {
        self.0.depth().await.map(drop)
    }
}

#[async_trait]
impl Dependency for BucketProbe {
    fn name(&self) -> &'static str {
        "bucket"
    }

    async fn probe(&self) -> Result<(), PortError> {
        self.0.get("incoming/health").await.map(drop)
    }
}

/// What a function is called, and what it needs.
#[derive(Clone)]
struct Health {
    service: &'static str,
    dependencies: Arc<[Arc<dyn Dependency>]>,
}

/// How a function and what it needs are.
#[derive(Serialize, ToSchema)]
struct HealthReport {
    /// `ok`, or `unavailable` where a dependency is down.
    status: &'static str,
    /// Which function answers.
    #[schema(example = "query")]
    service: &'static str,
    /// What it needs, by name: `table`, `queue`, `bucket`.
    dependencies: BTreeMap<&'static str, DependencyHealth>,
}

/// How something that a function needs is.
#[derive(Serialize, ToSchema)]
struct DependencyHealth {
    /// `ok` or `down`.
    status: &'static str,
    /// How long it took to answer, in milliseconds.
    #[serde(rename = "latencyMs")]
    latency_ms: f64,
}

/// That a function runs.
#[derive(Serialize, ToSchema)]
struct Alive {
    /// Always `ok`.
    status: &'static str,
}

/// The routes of a function called `service` that needs `dependencies`.
pub fn routes(service: &'static str, dependencies: Vec<Arc<dyn Dependency>>) -> Router {
    ROUTES.clone().with_state(Health { service, dependencies: dependencies.into() })
}

/// The routes without what they are documented with, made once in a process.
static ROUTES: LazyLock<Router<Health>> = LazyLock::new(|| documented().split_for_parts().0);

/// What these routes answer.
#[must_use]
pub fn openapi() -> OpenApi {
    documented().into_openapi()
}

fn documented() -> OpenApiRouter<Health> {
    OpenApiRouter::new().routes(routes!(health)).routes(routes!(ready)).routes(routes!(readyz)).routes(routes!(live)).routes(routes!(livez))
}

/// Whether it works: each thing it needs, with its latency.
#[utoipa::path(get, path = "/health", tag = "health", responses(
    (status = 200, body = HealthReport, description = "All is well."),
    (status = 503, body = HealthReport, description = "Something that is needed does not answer."),
))]
async fn health(State(health): State<Health>) -> Response {
    health.report().await
}

/// Whether it can take requests: as `/health`.
#[utoipa::path(get, path = "/ready", tag = "health", responses(
    (status = 200, body = HealthReport, description = "It can."),
    (status = 503, body = HealthReport, description = "Something that is needed does not answer."),
))]
async fn ready(State(health): State<Health>) -> Response {
    health.report().await
}

/// Whether it can take requests, by the name that Kubernetes uses.
#[utoipa::path(get, path = "/readyz", tag = "health", responses(
    (status = 200, body = HealthReport, description = "It can."),
    (status = 503, body = HealthReport, description = "Something that is needed does not answer."),
))]
async fn readyz(State(health): State<Health>) -> Response {
    health.report().await
}

/// Whether it runs: a function that answers is alive.
#[utoipa::path(get, path = "/live", tag = "health", responses((status = 200, body = Alive, description = "It runs.")))]
async fn live() -> Response {
    uncached(Json(Alive { status: UP }).into_response())
}

/// Whether it runs, by the name that Kubernetes uses.
#[utoipa::path(get, path = "/livez", tag = "health", responses((status = 200, body = Alive, description = "It runs.")))]
async fn livez() -> Response {
    live().await
}

impl Health {
    /// Asks every dependency at once.
    async fn report(&self) -> Response {
        let findings = join_all(self.dependencies.iter().map(|dependency| examine(&**dependency))).await;
        let dependencies: BTreeMap<_, _> = self.dependencies.iter().map(|dependency| dependency.name()).zip(findings).collect();
        let is_well = dependencies.values().all(|finding| finding.status == UP);
        let report = HealthReport { status: if is_well { UP } else { "unavailable" }, service: self.service, dependencies };
        let mut response = uncached(Json(report).into_response());
        if !is_well {
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

const UP: &str = "ok";

async fn examine(dependency: &dyn Dependency) -> DependencyHealth {
    let started = Instant::now();
    let status = match tokio::time::timeout(PATIENCE, dependency.probe()).await {
        Ok(Ok(())) => UP,
        Ok(Err(error)) => {
            let source = std::error::Error::source(&error).map(ToString::to_string);
            tracing::warn!(dependency = dependency.name(), %error, source, "a dependency is down");
            "down"
        }
        Err(_) => {
            tracing::warn!(dependency = dependency.name(), "a dependency does not answer in time");
            "down"
        }
    };
    let micros = u32::try_from(started.elapsed().as_micros()).unwrap_or(u32::MAX);
    DependencyHealth { status, latency_ms: f64::from(micros / 10) / 100.0 }
}

fn uncached(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
