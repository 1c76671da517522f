//! What is known of a request before anything is read from it: its id, where it came from, its path as sent.

use crate::Problem;
use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{Extensions, HeaderMap, HeaderName};
use lambda_http::RequestExt;
use lambda_http::request::RequestContext;
use model::TenantId;
use model::privacy::redact;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

/// The header that carries a request's id, both ways.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const REQUEST_ID_BYTES: usize = 128;

/// How a request arrived; an extractor, put there by [`crate::edge`].
#[derive(Debug, Clone)]
pub struct Arrival {
    /// The client's `X-Request-Id` where it is sane, else one of ours.
    pub request_id: Arc<str>,
    /// The address of the caller as API Gateway saw it (never a header that the caller can set).
    pub source_ip: Option<IpAddr>,
    /// The path as API Gateway delivered it, without the stage.
    pub path: String,
    /// The query as sent, without the question mark.
    pub query: Option<String>,
    /// Whose request it is, once its credential is found to hold.
    tenant: Arc<OnceLock<TenantId>>,
}

impl Arrival {
    pub(crate) fn of(parts: &Parts) -> Self {
        Self {
            request_id: request_id(&parts.headers, &parts.extensions),
            source_ip: source_ip(&parts.extensions),
            path: delivered_path(&parts.extensions).unwrap_or_else(|| parts.uri.path().to_owned()),
            query: parts.uri.query().map(str::to_owned),
            tenant: Arc::default(),
        }
    }

    /// Says whose request it is.
    pub(crate) fn is_of(&self, tenant: &TenantId) {
        let _ = self.tenant.set(tenant.clone());
    }

    /// Whose request it is, where its credential was asked for and holds.
    pub(crate) fn tenant(&self) -> Option<&TenantId> {
        self.tenant.get()
    }
}

impl<S: Sync> FromRequestParts<S> for Arrival {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let arrival = parts.extensions.get::<Self>().cloned();
        arrival.ok_or_else(|| Problem::internal("the router has no edge"))
    }
}

/// A request id of the client is taken if it may stand in every log line: visible ASCII, not too long, nothing personal or secret.
fn request_id(headers: &HeaderMap, extensions: &Extensions) -> Arc<str> {
    let sent = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let sane =
        |id: &&str| !id.is_empty() && id.len() <= REQUEST_ID_BYTES && id.bytes().all(|b| b.is_ascii_graphic()) && redact(id, true) == *id;
    if let Some(id) = sent.filter(sane) {
        return id.into();
    }
    match extensions.lambda_context_ref() {
        Some(context) if !context.request_id.is_empty() => context.request_id.as_str().into(),
        _ => random_id(),
    }
}

fn random_id() -> Arc<str> {
    let mut bytes = [0_u8; 16];
    // Without randomness the id is zeros: a request is not refused for want of a name.
    let _ = getrandom::fill(&mut bytes);
    hex::encode(bytes).into()
}

fn source_ip(extensions: &Extensions) -> Option<IpAddr> {
    match extensions.request_context_ref()? {
        RequestContext::ApiGatewayV2(context) => context.http.source_ip.as_deref()?.parse().ok(),
        _ => None,
    }
}

/// The path as delivered, before `lambda_http` and [`crate::serve`] made a URI of it.
fn delivered_path(extensions: &Extensions) -> Option<String> {
    let raw = extensions.raw_http_path();
    if raw.is_empty() { None } else { Some(without_stage(raw, stage(extensions)).to_owned()) }
}

/// The stage of the API, unless it is the one that has no place in paths.
pub(crate) fn stage(extensions: &Extensions) -> Option<&str> {
    match extensions.request_context_ref()? {
        RequestContext::ApiGatewayV2(context) => context.stage.as_deref().filter(|stage| *stage != "$default"),
        _ => None,
    }
}

/// A path without its stage: API Gateway keeps a named stage in `rawPath`.
pub(crate) fn without_stage<'a>(path: &'a str, stage: Option<&str>) -> &'a str {
    let rest = stage.and_then(|stage| path.strip_prefix('/')?.strip_prefix(stage));
    match rest {
        Some("") => "/",
        Some(rest) if rest.starts_with('/') => rest,
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn only_a_sane_request_id_is_taken() {
        let check = |sent: &[u8], taken: bool| {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, HeaderValue::from_bytes(sent).unwrap());
            let id = request_id(&headers, &Extensions::new());
            assert_eq!(id.as_bytes() == sent, taken, "{id}");
            assert!(!id.is_empty());
        };
        check(b"abc-123", true);
        check(&[b'x'; 128], true);
        check(&[b'x'; 129], false);
        check(b"with space", false);
        check("ümlaut".as_bytes(), false);
        check(b"", false);
        check(b"ada@mail.example", false);
        check(b"4111-1111-1111-1111", false);
        check(b"550e8400-e29b-41d4-a716-446655440000", true);
    }

    #[test]
    fn a_stage_is_taken_off_a_path_only_where_it_is_a_segment() {
        assert_eq!(without_stage("/prod/usage", Some("prod")), "/usage");
        assert_eq!(without_stage("/prod", Some("prod")), "/");
        assert_eq!(without_stage("/production", Some("prod")), "/production");
        assert_eq!(without_stage("/usage", None), "/usage");
    }
}
