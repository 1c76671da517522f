//! The edge as a client sees it.
#![expect(clippy::unwrap_used, reason = "a test's helpers may panic")]

use axum::Router;
use axum::body::Body;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use model::accept::Fault;
use serde_json::{Value, json};
use std::io::Read;
use std::sync::Arc;
use tower::ServiceExt;
use web::{Arrival, Problem, edge, health};

struct Answer {
    status: StatusCode,
    headers: http::HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

async fn ask(router: Router, request: Request<Body>) -> Answer {
    let response = router.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    Answer { status: parts.status, headers: parts.headers, body: body.collect().await.unwrap().to_bytes().to_vec() }
}

fn request(method: Method, path: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let builder = headers.iter().fold(Request::builder().method(method).uri(path), |builder, (name, value)| builder.header(*name, *value));
    builder.body(Body::empty()).unwrap()
}

fn router() -> Router {
    edge(
        Router::new()
            .route("/things", post(async || "made"))
            .route("/id", get(async |arrival: Arrival| arrival.request_id.to_string()))
            .route("/long", get(async || axum::Json(json!({"text": "abc".repeat(1000)}))))
            .route("/fails", get(async || Problem::unavailable("the table weir-main is on fire").into_response()))
            .route("/wrong", get(async || Problem::unprocessable(faults()).with_member("success", json!(false)))),
    )
}

fn faults() -> Vec<Fault> {
    vec![Fault { pointer: "/events/0".into(), code: "too_old", message: "is too old".into() }]
}

#[tokio::test]
async fn a_request_id_is_echoed_or_made() {
    let answer = ask(router(), request(Method::GET, "/id", &[("x-request-id", "mine-1")])).await;
    assert_eq!((answer.header("x-request-id"), &*answer.body), ("mine-1", &b"mine-1"[..]));
    let one = ask(router(), request(Method::GET, "/id", &[("x-request-id", "not sane")])).await;
    let other = ask(router(), request(Method::GET, "/id", &[])).await;
    assert_eq!(one.header("x-request-id").len(), 32);
    assert_ne!(one.header("x-request-id"), other.header("x-request-id"));
}

#[tokio::test]
async fn every_failure_is_a_problem_that_names_the_request() {
    let check = async |method: Method, path: &str, status: u16, detail: &str| {
        let answer = ask(router(), request(method, path, &[("x-request-id", "r1")])).await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let body = answer.json();
        assert_eq!((&body["status"], &body["requestId"], &body["detail"]), (&json!(status), &json!("r1"), &json!(detail)));
        answer
    };
    check(Method::GET, "/nowhere", 404, "there is nothing at this path").await;
    let not_allowed = check(Method::GET, "/things", 405, "this path does not take this method").await;
    assert_eq!(not_allowed.header("allow"), "POST");
    let failed = check(Method::GET, "/fails", 503, "temporarily unavailable, try again").await;
    assert_eq!(failed.header("retry-after"), "1");
    assert!(!String::from_utf8(failed.body).unwrap().contains("weir-main"), "the cause is shown to the client");
}

#[tokio::test]
async fn every_fault_of_an_input_is_listed_beside_the_members_of_the_endpoint() {
    let body = ask(router(), request(Method::GET, "/wrong", &[])).await.json();
    assert_eq!(body["title"], "Unprocessable Entity");
    assert_eq!(body["errors"], json!([{"pointer": "/events/0", "code": "too_old", "message": "is too old"}]));
    assert_eq!(body["success"], false);
}

#[tokio::test]
async fn a_long_answer_is_compressed_for_who_asks_and_a_short_one_is_not() {
    let plain = ask(router(), request(Method::GET, "/long", &[])).await;
    assert_eq!((plain.header("content-encoding"), plain.body.len()), ("", 3011));

    let gzip = ask(router(), request(Method::GET, "/long", &[("accept-encoding", "gzip")])).await;
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(&*gzip.body).read_to_end(&mut text).unwrap();
    assert_eq!((gzip.header("content-encoding"), gzip.header("vary")), ("gzip", "accept-encoding"));
    assert_eq!(text, plain.body);

    let zstd = ask(router(), request(Method::GET, "/long", &[("accept-encoding", "gzip, zstd")])).await;
    assert_eq!(zstd.header("content-encoding"), "zstd");
    assert_eq!(zstd::stream::decode_all(&*zstd.body).unwrap(), plain.body);

    let short = ask(router(), request(Method::GET, "/id", &[("accept-encoding", "gzip")])).await;
    assert_eq!(short.header("content-encoding"), "");
}

/// A dependency that answers, fails, or never answers.
struct Fixed(&'static str, Option<bool>);

#[async_trait::async_trait]
impl health::Dependency for Fixed {
    fn name(&self) -> &'static str {
        self.0
    }

    async fn probe(&self) -> Result<(), ports::PortError> {
        match self.1 {
            Some(true) => Ok(()),
            Some(false) => Err(ports::PortError::Unavailable { service: "queue", source: "no route to 10.0.0.7".into() }),
            None => std::future::pending().await,
        }
    }
}

fn healthy(dependencies: Vec<Fixed>) -> Router {
    edge(health::routes("ingest", dependencies.into_iter().map(|fixed| Arc::new(fixed) as Arc<dyn health::Dependency>).collect()))
}

#[tokio::test(start_paused = true)]
async fn health_names_each_dependency_and_answers_503_when_one_is_down_or_silent() {
    let up = ask(healthy(vec![Fixed("table", Some(true))]), request(Method::GET, "/health", &[])).await;
    assert_eq!(up.status, StatusCode::OK);
    assert_eq!(up.json()["dependencies"]["table"]["status"], "ok");
    assert!(up.json()["dependencies"]["table"]["latencyMs"].is_number());

    let all = || healthy(vec![Fixed("table", Some(true)), Fixed("queue", Some(false)), Fixed("bucket", None)]);
    let started = tokio::time::Instant::now();
    let down = ask(all(), request(Method::GET, "/health", &[])).await;
    assert_eq!(started.elapsed().as_secs(), 2, "the silent dependency is given two seconds");
    assert_eq!(down.status, StatusCode::SERVICE_UNAVAILABLE);
    let statuses = ["table", "queue", "bucket"].map(|name| down.json()["dependencies"][name]["status"].clone());
    assert_eq!(statuses, ["ok", "down", "down"]);
    assert!(!String::from_utf8_lossy(&down.body).contains("10.0.0.7"), "what a dependency says is for the log");

    for (path, status) in [("/ready", 503), ("/readyz", 503), ("/live", 200), ("/livez", 200)] {
        assert_eq!(ask(all(), request(Method::GET, path, &[])).await.status.as_u16(), status, "{path}");
    }
}
