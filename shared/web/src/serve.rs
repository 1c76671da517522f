//! A router as a Lambda function behind an HTTP API.

use crate::arrival::{stage, without_stage};
use axum::Router;
use http::Uri;
use http::uri::PathAndQuery;
use lambda_http::{Error, Request, RequestExt};
use std::borrow::Cow;
use std::fmt::Write;
use std::task::{Context, Poll};
use tower::Service;

/// Runs the router on Lambda until the sandbox ends.
///
/// # Errors
/// Where the Lambda runtime's own API cannot be reached.
pub async fn serve(router: Router) -> Result<(), Error> {
    lambda_http::run(on_lambda(router)).await
}

/// The service that [`serve`] runs: a router that is given the path its routes are written for.
#[must_use]
pub fn on_lambda(router: Router) -> OnLambda {
    OnLambda(router)
}

/// See [`on_lambda`].
#[derive(Debug, Clone)]
pub struct OnLambda(Router);

impl Service<Request> for OnLambda {
    type Response = axum::response::Response;
    type Error = std::convert::Infallible;
    type Future = axum::routing::future::RouteFuture<std::convert::Infallible>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        <Router as Service<Request>>::poll_ready(&mut self.0, context)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        if let Some(uri) = routed_uri(&request) {
            *request.uri_mut() = uri;
        }
        self.0.call(request)
    }
}

/// The URI that routes are matched against, where it differs from the one `lambda_http` made: without the stage, and with the path that
/// an HTTP API has decoded (all but `%25`) encoded again, so that an id with a space, a `?` or a `#` in it stays one path segment.
fn routed_uri(request: &Request) -> Option<Uri> {
    let extensions = request.extensions();
    let delivered = extensions.raw_http_path();
    let path = without_stage(delivered, stage(extensions));
    if path.is_empty() || path == request.uri().path() {
        return None;
    }
    let query: Option<Cow<'_, str>> = if path.contains(['?', '#']) {
        // Here the query of the URI is not the one that was sent; its parameters are.
        extensions.query_string_parameters_ref().map(|parameters| parameters.to_query_string().into())
    } else {
        request.uri().query().map(Cow::Borrowed)
    };
    let mut text = encoded(path);
    if let Some(query) = query.filter(|query| !query.is_empty()) {
        text.push('?');
        text.push_str(&query);
    }
    let mut uri = request.uri().clone().into_parts();
    uri.path_and_query = Some(PathAndQuery::try_from(text).ok()?);
    Uri::from_parts(uri).ok()
}

/// A path with everything escaped that may not stand in one (RFC 3986, 3.3); escapes that are there stay.
fn encoded(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    let bytes = path.as_bytes();
    for (position, &byte) in bytes.iter().enumerate() {
        let escape = byte == b'%' && bytes.get(position + 1..position + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit));
        if escape || byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=:@".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // A formatter into a string does not fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The URI that routes see for a `rawPath` and a query.
    fn routed(raw_path: &str, stage: &str, query: &str) -> String {
        let event = serde_json::json!({
            "version": "2.0", "routeKey": "$default", "rawPath": raw_path, "rawQueryString": query, "isBase64Encoded": false,
            "headers": {"host": "api.example.org"},
            "requestContext": {"stage": stage, "http": {"method": "GET", "path": raw_path, "sourceIp": "192.0.2.1"}},
        });
        let request = lambda_http::request::from_str(&event.to_string()).unwrap();
        let uri = routed_uri(&request).unwrap_or_else(|| request.uri().clone());
        uri.path_and_query().unwrap().to_string()
    }

    #[test]
    fn the_default_stage_has_no_place_in_paths_and_a_named_one_is_taken_off() {
        assert_eq!(routed("/usage/user/u1", "$default", "period=7d"), "/usage/user/u1?period=7d");
        assert_eq!(routed("/prod/usage/user/u1", "prod", "period=7d"), "/usage/user/u1?period=7d");
    }

    #[test]
    fn a_decoded_path_is_encoded_again_and_the_query_stays_as_sent() {
        assert_eq!(routed("/usage/user/a b", "$default", "x=%2B+a"), "/usage/user/a%20b?x=%2B+a");
        assert_eq!(routed("/usage/user/50%25", "$default", ""), "/usage/user/50%25");
        assert_eq!(routed("/usage/user/a?b", "$default", "period=7d"), "/usage/user/a%3Fb?period=7d");
        assert_eq!(routed("/usage/user/a#b", "$default", "period=7d"), "/usage/user/a%23b?period=7d");
        assert_eq!(routed("/usage/user/ü@x.org", "$default", ""), "/usage/user/%C3%BC@x.org");
    }
}
