//! What services tell of requests to AI models as they begin and as they end.
#![expect(dead_code, reason = "the types of bodies are read by the API's document and never made")]

use super::usage::{TokenCount, UsageStatus};
use super::wire::{Common, Extra, Import, Moment, OneOrMany, Repeat};
use crate::answer::{Receipt, Refused, UpdateRefused};
use crate::{Ingest, tracking};
use axum::extract::{Path, Request, State};
use axum::response::Response;
use serde_json::Value;
use std::sync::Arc;
use utoipa::ToSchema;
use web::{Arrival, Problem};

/// A request to an AI model that begins.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AiRequest {
    /// The request's id, under which it is updated: by whichever door it comes, the same one counts once.
    #[schema(min_length = 1, max_length = 256)]
    request_id: String,
    /// The model, as its provider or the price table names it.
    #[schema(example = "gpt-4o", min_length = 1)]
    model: String,
    /// What was asked: only its length is kept.
    prompt: Option<Value>,
    /// Who serves the model; as the price table has it where it is not said.
    provider: Option<String>,
    /// The service that calls the model.
    service: Option<String>,
    /// The feature it serves.
    feature: Option<String>,
    /// How hard the request is, in words of your own.
    complexity: Option<String>,
    /// The programming or natural language.
    language: Option<String>,
    /// The conversation it belongs to.
    #[schema(min_length = 1, max_length = 256)]
    conversation_id: Option<String>,
    #[serde(flatten)]
    common: Common,
    metadata: Option<Extra>,
}

/// How a request to an AI model ended. Unknown members are kept with its event.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AiRequestUpdate {
    /// The request: in an array, where it is not the one of the path.
    #[schema(min_length = 1, max_length = 256)]
    request_id: Option<String>,
    /// How it ended.
    status: UsageStatus,
    /// What was answered: only its length is kept.
    response: Option<Value>,
    /// Its tokens: by class, or their total (which is priced as input, and marked approximate).
    tokens: Option<TokenCount>,
    /// Tokens read, without cached ones; believed before `tokens`.
    #[schema(maximum = 1_000_000_000_000_000_u64)]
    input_tokens: Option<u64>,
    /// Tokens written.
    #[schema(maximum = 1_000_000_000_000_000_u64)]
    output_tokens: Option<u64>,
    /// Tokens read from a cache.
    #[schema(maximum = 1_000_000_000_000_000_u64)]
    cache_read_tokens: Option<u64>,
    /// Tokens written to a cache.
    #[schema(maximum = 1_000_000_000_000_000_u64)]
    cache_write_tokens: Option<u64>,
    /// The part of the tokens written that was spent on reasoning.
    #[schema(maximum = 1_000_000_000_000_000_u64)]
    reasoning_tokens: Option<u64>,
    /// What it cost, in US dollars, where that is known better than the price table does.
    #[schema(minimum = 0)]
    cost: Option<f64>,
    /// How long it took, in milliseconds; from `timestamp`, or else from one arrival to the other, where it is not said.
    #[schema(minimum = 0)]
    response_time_ms: Option<f64>,
    /// The size of the answer, in bytes.
    #[schema(maximum = 1_000_000_000_000_000_u64)]
    response_size_bytes: Option<u64>,
    /// Who serves the model, where that was not said when it began.
    provider: Option<String>,
    /// When it ended.
    timestamp: Option<Moment>,
    /// The request's project, where requests of this id were tracked in several.
    #[schema(min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9._-]+$")]
    project_id: Option<String>,
}

/// Notes that a request to an AI model begins.
///
/// It is counted once its update says how it ended, at the time at which it began, and waits for that for 7 days. The same request sent again
/// changes nothing.
#[utoipa::path(post, path = "/api/ai-tracking/track", tag = "writes", params(Repeat, Import),
    request_body(content = OneOrMany<AiRequest>, example = json!({"requestId": "req-9", "model": "gpt-4o", "prompt": "What is a weir?",
        "feature": "chat", "complexity": "low", "language": "en", "userPlan": "pro", "userId": "u1"})),
    responses((status = 201, description = "The request is noted", body = Receipt),
        (status = 200, description = "Some or all requests of an array are noted", body = Receipt), Refused))]
pub async fn begin(State(ingest): State<Arc<Ingest>>, arrival: Arrival, request: Request) -> Result<Response, Problem> {
    tracking::track(&ingest, &arrival, request).await
}

/// Says how a request to an AI model ended, which counts it.
///
/// The same update sent again is answered alike, and counts once; another one is refused. An array holds updates of several requests.
#[utoipa::path(put, path = "/api/ai-tracking/update/{requestId}", tag = "writes",
    params(("requestId" = String, Path, description = "The id under which the request was tracked", example = "req-9")),
    request_body(content = OneOrMany<AiRequestUpdate>, example = json!({"status": "completed", "response": "A low dam that measures a stream.",
        "tokens": {"input": 12, "output": 9}})),
    responses((status = 200, body = Receipt), UpdateRefused))]
pub async fn end(
    State(ingest): State<Arc<Ingest>>,
    arrival: Arrival,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    tracking::update(&ingest, &arrival, &id, request).await
}
