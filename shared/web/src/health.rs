//! The routes that tell whether a function works: `/health`, `/live` (`/livez`), `/ready` (`/readyz`).

use async_trait::async_trait;
use axum::Json;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures::future::join_all;
use http::header::{CACHE_CONTROL, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use ports::{Bucket, Key, PortError, Queue, Read, Table};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

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

#[derive(Serialize)]
struct Report {
    status: &'static str,
    service: &'static str,
    dependencies: BTreeMap<&'static str, Finding>,
}

#[derive(Serialize)]
struct Finding {
    status: &'static str,
    #[serde(rename = "latencyMs")]
    latency_ms: f64,
}

/// The routes of a function called `service` that needs `dependencies`.
pub fn routes(service: &'static str, dependencies: Vec<Arc<dyn Dependency>>) -> Router {
    let health = Health { service, dependencies: dependencies.into() };
    let report = |health: Health| async move { health.report().await };
    let (all, ready, readyz) = (health.clone(), health.clone(), health);
    Router::new()
        .route("/health", get(move || report(all)))
        .route("/ready", get(move || report(ready)))
        .route("/readyz", get(move || report(readyz)))
        .route("/live", get(live))
        .route("/livez", get(live))
}

/// A function that answers is alive.
async fn live() -> Response {
    uncached(Json(serde_json::json!({"status": "ok"})).into_response())
}

impl Health {
    /// Asks every dependency at once.
    async fn report(&self) -> Response {
        let findings = join_all(self.dependencies.iter().map(|dependency| examine(&**dependency))).await;
        let dependencies: BTreeMap<_, _> = self.dependencies.iter().map(|dependency| dependency.name()).zip(findings).collect();
        let is_well = dependencies.values().all(|finding| finding.status == UP);
        let report = Report { status: if is_well { UP } else { "unavailable" }, service: self.service, dependencies };
        let mut response = uncached(Json(report).into_response());
        if !is_well {
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

const UP: &str = "ok";

async fn examine(dependency: &dyn Dependency) -> Finding {
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
    Finding { status, latency_ms: f64::from(micros / 10) / 100.0 }
}

fn uncached(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
