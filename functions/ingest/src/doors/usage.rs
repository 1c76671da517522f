//! What services tell of their requests to AI models.
#![expect(dead_code, reason = "the types of bodies are read by the API's document and never made")]

use super::wire::{Common, Extra, Import, OneOrMany, Repeat};
use crate::Ingest;
use crate::answer::{Receipt, Refused};
use crate::write::write;
use axum::extract::{Request, State};
use axum::response::Response;
use model::accept::Form;
use serde_json::Value;
use std::sync::Arc;
use utoipa::ToSchema;
use web::{Arrival, Problem};

/// A request to an AI model that has ended. Its cost is worked out from the price table unless it is given.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AiUsage {
    /// The request's id: by whichever door it comes, the same one counts once.
    #[schema(min_length = 1, max_length = 256)]
    request_id: Option<String>,
    /// The model, as its provider or the price table names it.
    #[schema(example = "gpt-4o", min_length = 1)]
    model: String,
    /// Who serves the model; as the price table has it where it is not said.
    provider: Option<String>,
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
    /// The part of `outputTokens` spent on reasoning.
    #[schema(maximum = 1_000_000_000_000_000_u64)]
    reasoning_tokens: Option<u64>,
    /// What it cost, in US dollars, where that is known better than the price table does.
    #[schema(minimum = 0)]
    cost: Option<f64>,
    /// Credits taken.
    #[schema(minimum = 0)]
    credits: Option<f64>,
    /// What was asked: only its length is kept.
    prompt: Option<Value>,
    /// What was answered: only its length is kept.
    response: Option<Value>,
    /// How it ended; `completed` where it is not said.
    status: Option<UsageStatus>,
    /// How long it took, in milliseconds.
    #[schema(minimum = 0)]
    response_time_ms: Option<f64>,
    /// The size of the answer, in bytes.
    #[schema(maximum = 1_000_000_000_000_000_u64)]
    response_size_bytes: Option<u64>,
    /// The service that called the model.
    service: Option<String>,
    /// The feature it served.
    feature: Option<String>,
    /// How hard the request was, in words of your own.
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

/// How a request to a model ended: `completed` (also `success`, `succeeded`, a status of HTTP under 400) or `failed` (also `error`, a status of
/// HTTP from 400 on).
#[derive(ToSchema)]
#[serde(untagged)]
pub enum UsageStatus {
    /// In a word.
    Word(UsageStatusWord),
    /// As HTTP says it.
    Http(u16),
}

/// How a request to a model ended, in a word.
#[derive(ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum UsageStatusWord {
    /// It was answered.
    Completed,
    /// The same.
    Success,
    /// The same.
    Succeeded,
    /// It was not answered.
    Failed,
    /// The same.
    Error,
}

/// Tokens of a request: their total, or by class.
#[derive(ToSchema)]
#[serde(untagged)]
pub enum TokenCount {
    /// In all.
    Total(u64),
    /// By class.
    ByClass(TokenClasses),
}

/// Tokens by class.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenClasses {
    /// Tokens read, without cached ones.
    #[schema(maximum = 1_000_000_000_000_000_u64)]
    input: Option<u64>,
    /// Tokens written.
    #[schema(maximum = 1_000_000_000_000_000_u64)]
    output: Option<u64>,
    /// Tokens read from a cache.
    #[schema(maximum = 1_000_000_000_000_000_u64)]
    cache_read: Option<u64>,
    /// Tokens written to a cache.
    #[schema(maximum = 1_000_000_000_000_000_u64)]
    cache_write: Option<u64>,
    /// The part of `output` that was spent on reasoning.
    #[schema(maximum = 1_000_000_000_000_000_u64)]
    reasoning: Option<u64>,
}

/// Takes the use of an AI model.
#[utoipa::path(post, path = "/usage/api", tag = "writes", params(Repeat, Import),
    request_body(content = OneOrMany<AiUsage>, example = json!({"userId": "u1", "projectId": "shop", "model": "gpt-4o", "inputTokens": 1200,
        "outputTokens": 350, "requestId": "req-1", "timestamp": "2026-11-20T12:00:00Z"})),
    responses((status = 200, body = Receipt), Refused))]
pub async fn answer(State(ingest): State<Arc<Ingest>>, arrival: Arrival, request: Request) -> Result<Response, Problem> {
    write(&ingest, Form::Usage, &arrival, request).await
}

/// Takes the use of an AI service, with what it took of the user's credits.
#[utoipa::path(post, path = "/api/analytics/usage", tag = "writes", params(Repeat, Import),
    request_body(content = OneOrMany<AiUsage>, example = json!({"userId": "u1", "service": "assistant", "model": "gpt-4o",
        "tokens": {"input": 1200, "output": 350}, "credits": 1.5, "responseTimeMs": 820, "responseSizeBytes": 4096, "status": "success",
        "requestId": "req-2", "metadata": {"region": "eu"}})),
    responses((status = 200, body = Receipt), Refused))]
pub async fn of_service(State(ingest): State<Arc<Ingest>>, arrival: Arrival, request: Request) -> Result<Response, Problem> {
    write(&ingest, Form::Usage, &arrival, request).await
}
