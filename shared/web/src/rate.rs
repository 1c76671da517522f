//! The headers that tell a client how much of a limit is left.

use access::Standing;
use http::header::RETRY_AFTER;
use http::{HeaderMap, HeaderName, HeaderValue};

/// Adds `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10).
pub fn write_standing(standing: &Standing, headers: &mut HeaderMap) {
    let Standing { name, limit, window_seconds, reset_seconds, .. } = standing;
    let remaining = standing.remaining();
    let mut insert = |header: &'static str, text: String| {
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert(HeaderName::from_static(header), value);
        }
    };
    insert("ratelimit-policy", format!("\"{name}\";q={limit};w={window_seconds}"));
    insert("ratelimit", format!("\"{name}\";r={remaining};t={reset_seconds}"));
}

/// Adds what a refused client needs to know: those two and `Retry-After`.
pub fn write_refusal(standing: &Standing, headers: &mut HeaderMap) {
    write_standing(standing, headers);
    headers.insert(RETRY_AFTER, HeaderValue::from(standing.reset_seconds));
}
