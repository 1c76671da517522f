//! Sends to an SQS that takes what the test says.

use crate::Sqs;
use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_sqs::config::{Credentials, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::shared::IntoShared;
use aws_smithy_types::body::SdkBody;
use ports::{PortError, Queue};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;

type Answer = dyn Fn(usize, &[String]) -> (u16, Value) + Send + Sync;

/// An SQS that answers each request, given its number and its bodies, with a status and a body; and keeps what it was sent.
#[derive(Clone)]
struct Stub {
    answer: Arc<Answer>,
    requests: Arc<Mutex<Vec<Vec<String>>>>,
}

impl std::fmt::Debug for Stub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Stub")
    }
}

impl HttpConnector for Stub {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let sent: Value = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        let bodies = sent["Entries"].as_array().unwrap().iter().map(|entry| entry["MessageBody"].as_str().unwrap().to_owned());
        let bodies: Vec<String> = bodies.collect();
        let number = self.requests.lock().unwrap().len();
        let (status, mut answer) = (self.answer)(number, &bodies);
        // The test names bodies; SQS names the ids of entries.
        for list in ["Successful", "Failed"] {
            for entry in answer.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
                let place = bodies.iter().position(|body| *body == entry["Id"]).unwrap();
                entry["Id"] = sent["Entries"][place]["Id"].clone();
            }
        }
        self.requests.lock().unwrap().push(bodies);
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status.try_into().unwrap(), SdkBody::from(answer.to_string()))))
    }
}

impl HttpClient for Stub {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        self.clone().into_shared()
    }
}

fn sqs(answer: impl Fn(usize, &[String]) -> (u16, Value) + Send + Sync + 'static) -> (Sqs, Arc<Mutex<Vec<Vec<String>>>>) {
    let stub = Stub { answer: Arc::new(answer), requests: Arc::default() };
    let requests = stub.requests.clone();
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new("test", "test", None, None, "test")))
        .retry_config(RetryConfig::disabled())
        .http_client(stub)
        .build();
    (Sqs { pauses: [Duration::ZERO; 2], ..Sqs::new(&config, "https://sqs.us-east-1.amazonaws.com/1/queue") }, requests)
}

fn took<'a>(bodies: impl IntoIterator<Item = &'a String>) -> Vec<Value> {
    bodies.into_iter().map(|body| json!({"Id": body, "MessageId": "m", "MD5OfMessageBody": "x"})).collect()
}

fn refused(body: &str) -> Value {
    json!({"Id": body, "Code": "InternalError", "SenderFault": false})
}

fn bodies(number: usize) -> Vec<String> {
    (0..number).map(|number| format!("body {number}")).collect()
}

#[tokio::test]
async fn what_a_request_did_not_take_is_sent_again_and_nothing_else() {
    let (sqs, requests) = sqs(|number, bodies| match number {
        0 => (200, json!({"Successful": took([&bodies[0], &bodies[2]]), "Failed": [refused(&bodies[1])]})),
        _ => (200, json!({"Successful": took(bodies), "Failed": []})),
    });
    assert_eq!(sqs.send(&bodies(3)).await.unwrap(), [true, true, true]);
    assert_eq!(*requests.lock().unwrap(), [vec!["body 0", "body 1", "body 2"], vec!["body 1"]]);
}

#[tokio::test]
async fn what_is_never_taken_is_told_by_its_place() {
    let (sqs, requests) = sqs(|_, bodies| {
        let (bad, good): (Vec<&String>, Vec<&String>) = bodies.iter().partition(|body| body.ends_with('1'));
        (200, json!({"Successful": took(good), "Failed": bad.into_iter().map(|body| refused(body)).collect::<Vec<_>>()}))
    });
    let expected: Vec<bool> = (0..12).map(|number| number != 1 && number != 11).collect();
    assert_eq!(sqs.send(&bodies(12)).await.unwrap(), expected);
    assert_eq!(requests.lock().unwrap().len(), 6, "two requests, each three times");
}

#[tokio::test]
async fn what_an_answer_does_not_name_is_not_taken() {
    let (sqs, _) = sqs(|_, bodies| (200, json!({"Successful": took(&bodies[..1]), "Failed": []})));
    // Each attempt takes the first of what is left, and there are three.
    assert_eq!(sqs.send(&bodies(4)).await.unwrap(), [true, true, true, false]);
}

#[tokio::test]
async fn a_request_that_fails_whole_is_an_error_unless_another_was_taken() {
    let busy = || (503, json!({"__type": "ServiceUnavailable"}));
    let (down, _) = sqs(move |_, _| busy());
    let error = down.send(&bodies(12)).await.unwrap_err();
    assert!(matches!(error, PortError::Unavailable { .. }), "{error:?}");

    let (half, _) =
        sqs(move |_, bodies| if bodies.len() == 10 { busy() } else { (200, json!({"Successful": took(bodies), "Failed": []})) });
    let expected: Vec<bool> = (0..12).map(|number| number >= 10).collect();
    assert_eq!(half.send(&bodies(12)).await.unwrap(), expected);
}

#[tokio::test]
async fn a_call_that_is_not_allowed_is_refused_for_good() {
    let (sqs, _) = sqs(|_, _| (403, json!({"__type": "com.amazonaws.sqs#AccessDeniedException", "message": "no"})));
    let error = sqs.send(&bodies(1)).await.unwrap_err();
    assert!(matches!(error, PortError::Refused { .. }), "{error:?}");
}
