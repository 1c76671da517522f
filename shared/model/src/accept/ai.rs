//! What all forms say alike of a request to an AI model.

use super::fields::{CountOr, Fields};
use crate::event::{AiUse, Tokens};

/// Digits after the point of a cost in pico-dollars.
pub const PICO: u32 = 12;

/// What a request was for, and who served it.
pub fn described(fields: &mut Fields<'_>) -> AiUse {
    AiUse {
        provider: fields.dimension("provider"),
        service: fields.dimension("service"),
        feature: fields.dimension("feature"),
        complexity: fields.dimension("complexity"),
        language: fields.dimension("language"),
        conversation: fields.id("conversationId"),
        ..AiUse::default()
    }
}

/// The tokens of a request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counted {
    /// By class.
    pub tokens: Tokens,
    /// Whether only a total is known, which counts as read.
    pub total_only: bool,
}

/// Reads `tokens` (a number, or an object by class) and the classes by their own names, which are believed first.
pub fn tokens(fields: &mut Fields<'_>) -> Counted {
    let own = classes(fields, ["inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens", "reasoningTokens"]);
    let inner = |tokens: &mut Fields<'_>| classes(tokens, ["input", "output", "cacheRead", "cacheWrite", "reasoning"]);
    match fields.count_or("tokens", inner) {
        None => Counted { tokens: own, total_only: false },
        _ if own != Tokens::default() => Counted { tokens: own, total_only: false },
        Some(CountOr::Object(tokens)) => Counted { tokens, total_only: false },
        Some(CountOr::Count(total)) => Counted { tokens: Tokens { input: total, ..Tokens::default() }, total_only: true },
    }
}

fn classes(fields: &mut Fields<'_>, [input, output, cache_read, cache_write, reasoning]: [&str; 5]) -> Tokens {
    let mut count = |name| fields.count(name).unwrap_or_default();
    let tokens = Tokens {
        input: count(input),
        output: count(output),
        cache_read: count(cache_read),
        cache_write: count(cache_write),
        reasoning: count(reasoning),
    };
    if tokens.reasoning > tokens.output {
        fields.fault(reasoning, "over_output", "tokens of reasoning are part of those of output, and cannot be more");
    }
    tokens
}

/// How a request ended: `completed` or `failed`, in any of their words, or as the status of HTTP with which it did.
pub fn ending(fields: &mut Fields<'_>) -> Option<String> {
    let said = fields.dimension("status")?;
    match (said.as_str(), said.parse::<u16>()) {
        ("completed" | "success" | "succeeded", _) | (_, Ok(200..=399)) => Some("completed".to_owned()),
        ("failed" | "error", _) | (_, Ok(400..=599)) => Some("failed".to_owned()),
        _ => {
            fields.fault(
                "status",
                "not_a_status",
                "status must be completed or failed (success, succeeded and error are understood too, and a status of HTTP)",
            );
            None
        }
    }
}
