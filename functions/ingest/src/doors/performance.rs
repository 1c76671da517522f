//! What services tell of the requests they answer, and of the resources they use.
#![expect(dead_code, reason = "the types of bodies are read by the API's document and never made")]

use super::wire::{Common, Extra, Import, OneOrMany, Repeat};
use crate::Ingest;
use crate::answer::{Receipt, Refused};
use crate::write::write;
use axum::extract::{Request, State};
use axum::response::Response;
use model::accept::Form;
use std::sync::Arc;
use utoipa::ToSchema;
use web::{Arrival, Problem};

/// A request to a service, a reading of its resources, or both.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PerformanceEvent {
    /// The service.
    #[schema(example = "api", min_length = 1)]
    service: String,
    /// The endpoint, as a route rather than a path: `/items/{id}`.
    endpoint: Option<String>,
    /// The HTTP method.
    method: Option<String>,
    /// The HTTP status.
    #[schema(minimum = 100, maximum = 999)]
    status_code: Option<u16>,
    /// How long the request took, in milliseconds. With it, it counts as a request.
    #[schema(minimum = 0)]
    response_time: Option<f64>,
    /// The size of the request, in bytes.
    #[schema(maximum = 1_000_000_000_000_000_u64)]
    request_size: Option<u64>,
    /// The size of the answer, in bytes.
    #[schema(maximum = 1_000_000_000_000_000_u64)]
    response_size: Option<u64>,
    /// The machine.
    system: Option<SystemReading>,
    /// The database.
    database: Option<DatabaseReading>,
    /// The cache.
    cache: Option<CacheReading>,
    /// The request's id, by which a repeat of it counts once.
    #[schema(min_length = 1, max_length = 256)]
    request_id: Option<String>,
    #[serde(flatten)]
    common: Common,
    metadata: Option<Extra>,
}

/// What a machine uses.
#[derive(ToSchema)]
pub struct SystemReading {
    /// Its processors.
    cpu: Option<CpuReading>,
    /// Its memory, in bytes.
    memory: Option<SpaceReading>,
    /// Its disk, in bytes.
    disk: Option<DiskReading>,
}

/// What a machine's processors do.
#[derive(ToSchema)]
pub struct CpuReading {
    /// Use, in percent.
    #[schema(minimum = 0)]
    usage: Option<f64>,
    /// Load average.
    #[schema(minimum = 0)]
    load: Option<f64>,
}

/// How much of a space is used.
#[derive(ToSchema)]
pub struct SpaceReading {
    /// Bytes used.
    #[schema(maximum = 1_000_000_000_000_000_u64)]
    used: Option<u64>,
    /// Bytes there are.
    #[schema(maximum = 1_000_000_000_000_000_u64)]
    total: Option<u64>,
    /// The part used, in percent; worked out of the others where it is not said.
    #[schema(minimum = 0)]
    percentage: Option<f64>,
}

/// How much of a disk is used.
#[derive(ToSchema)]
pub struct DiskReading {
    #[serde(flatten)]
    space: SpaceReading,
    /// The same as `percentage`.
    #[schema(minimum = 0)]
    usage: Option<f64>,
}

/// How a database does.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DatabaseReading {
    /// How long its queries took, in milliseconds.
    #[schema(minimum = 0)]
    query_time: Option<f64>,
    /// The connections to it.
    connection_pool: Option<PoolReading>,
}

/// What the connections of a pool do.
#[derive(ToSchema)]
pub struct PoolReading {
    /// Connections in use.
    #[schema(maximum = 1_000_000_000_000_000_u64)]
    active: Option<u64>,
    /// Connections not in use.
    #[schema(maximum = 1_000_000_000_000_000_u64)]
    idle: Option<u64>,
    /// Connections in all; the sum of the others where it is not said.
    #[schema(maximum = 1_000_000_000_000_000_u64)]
    total: Option<u64>,
}

/// How a cache does. Its hit rate is worked out of these; a rate that is sent is kept with the event.
#[derive(ToSchema)]
pub struct CacheReading {
    /// Reads that it answered.
    #[schema(maximum = 1_000_000_000_000_000_u64)]
    hits: Option<u64>,
    /// Reads that it did not.
    #[schema(maximum = 1_000_000_000_000_000_u64)]
    misses: Option<u64>,
}

/// Takes what a service measured.
#[utoipa::path(post, path = "/api/performance/track", tag = "writes", params(Repeat, Import),
    request_body(content = OneOrMany<PerformanceEvent>, example = json!({"service": "api", "endpoint": "/items/{id}", "method": "GET",
        "statusCode": 200, "responseTime": 23.4, "requestSize": 0, "responseSize": 1840, "requestId": "call-1",
        "system": {"cpu": {"usage": 41.5, "load": 0.8}, "memory": {"used": 734_003_200, "total": 2_147_483_648_u64}, "disk": {"percentage": 63}},
        "database": {"queryTime": 4.2, "connectionPool": {"active": 3, "idle": 7, "total": 10}}, "cache": {"hits": 90, "misses": 10}})),
    responses((status = 200, body = Receipt), Refused))]
pub async fn answer(State(ingest): State<Arc<Ingest>>, arrival: Arrival, request: Request) -> Result<Response, Problem> {
    write(&ingest, Form::Performance, &arrival, request).await
}
