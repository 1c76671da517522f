//! What services tell of their requests to AI models, once these have ended.

use super::Told;
use super::ai::{Counted, PICO, described, ending, tokens};
use super::fields::Fields;
use crate::EventId;
use crate::event::{AiUse, Facts};

/// Digits after the point of credits in millionths.
const MICRO: u32 = 6;

/// Reads `{userId, projectId, service, model, inputTokens, outputTokens, tokens, credits, requestId}`, and what else is known of a request.
pub fn event(fields: &mut Fields<'_>) -> Told {
    let request = fields.id("requestId");
    let model = fields.dimension("model");
    let model = fields.require("model", model);
    let Counted { tokens, total_only } = tokens(fields);
    let facts = AiUse {
        model,
        tokens,
        tokens_total_only: total_only,
        status: ending(fields).or_else(|| Some("completed".to_owned())),
        given_cost_pico: fields.amount("cost", PICO),
        credits_micros: fields.amount("credits", MICRO),
        latency_ms: fields.amount("responseTimeMs", 0),
        response_bytes: fields.count("responseSizeBytes"),
        prompt_chars: fields.length("prompt"),
        response_chars: fields.length("response"),
        ..described(fields)
    };
    Told { id: request.as_deref().map(EventId::of_request), kind: Some("request".to_owned()), facts: Facts::Ai(facts) }
}
