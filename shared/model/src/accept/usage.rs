//! What services tell of their requests to AI models.

use super::Told;
use super::fields::Fields;
use crate::EventId;
use crate::event::{AiUse, Facts, Tokens};

/// Digits after the point of a cost in pico-dollars.
const PICO: u32 = 12;

/// Reads `{userId, projectId, model, inputTokens, outputTokens, requestId}`, and what else is known of a request.
pub fn event(fields: &mut Fields<'_>) -> Told {
    let request = fields.id("requestId");
    let model = fields.dimension("model");
    let model = fields.require("model", model);
    let tokens = tokens(fields);
    let status = fields.dimension("status").unwrap_or_else(|| "completed".to_owned());
    if !matches!(status.as_str(), "completed" | "failed") {
        fields.fault("status", "not_a_status", "status must be completed or failed");
    }
    let facts = AiUse {
        provider: fields.dimension("provider"),
        model,
        service: fields.dimension("service"),
        feature: fields.dimension("feature"),
        complexity: fields.dimension("complexity"),
        language: fields.dimension("language"),
        status: Some(status),
        conversation: fields.id("conversationId"),
        tokens,
        given_cost_pico: fields.amount("cost", PICO),
        latency_ms: fields.count("responseTimeMs"),
        response_bytes: fields.count("responseSizeBytes"),
        ..AiUse::default()
    };
    Told { id: request.as_deref().map(EventId::of_request), kind: Some("request".to_owned()), facts: Facts::Ai(facts) }
}

fn tokens(fields: &mut Fields<'_>) -> Tokens {
    let mut count = |name| fields.count(name).unwrap_or_default();
    let tokens = Tokens {
        input: count("inputTokens"),
        output: count("outputTokens"),
        cache_read: count("cacheReadTokens"),
        cache_write: count("cacheWriteTokens"),
        reasoning: count("reasoningTokens"),
    };
    if tokens.reasoning > tokens.output {
        fields.fault("reasoningTokens", "over_output", "reasoningTokens are part of outputTokens, and cannot be more");
    }
    tokens
}
