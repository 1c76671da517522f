//! Batches to a `DynamoDB` that does what the test says.

use crate::DynamoDb;
use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::shared::IntoShared;
use aws_smithy_types::body::SdkBody;
use ports::{Item, Key, PortError, Read, Table};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How many of what a request asks for are done, given the request's number.
type Does = dyn Fn(usize) -> usize + Send + Sync;

/// A `DynamoDB` that does the first few of what each request asks for, leaves the rest undone, and keeps how much it was asked.
#[derive(Clone)]
struct Stub {
    does: Arc<Does>,
    asked: Arc<Mutex<Vec<usize>>>,
}

impl std::fmt::Debug for Stub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Stub")
    }
}

impl HttpConnector for Stub {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let sent: Value = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        let asked = &sent["RequestItems"]["name"];
        let is_get = asked.get("Keys").is_some();
        let mut done = asked.get("Keys").unwrap_or(asked).as_array().unwrap().clone();
        let number = {
            let mut requests = self.asked.lock().unwrap();
            requests.push(done.len());
            requests.len() - 1
        };
        let left = done.split_off((self.does)(number).min(done.len()));
        let unprocessed = |left: Value| if left["name"] == json!([]) || left["name"]["Keys"] == json!([]) { json!({}) } else { left };
        let answer = if is_get {
            json!({"Responses": {"name": done}, "UnprocessedKeys": unprocessed(json!({"name": {"Keys": left}}))})
        } else {
            json!({"UnprocessedItems": unprocessed(json!({"name": left}))})
        };
        HttpConnectorFuture::ready(Ok(HttpResponse::new(200_u16.try_into().unwrap(), SdkBody::from(answer.to_string()))))
    }
}

impl HttpClient for Stub {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        self.clone().into_shared()
    }
}

fn dynamodb(does: impl Fn(usize) -> usize + Send + Sync + 'static) -> (DynamoDb, Arc<Mutex<Vec<usize>>>) {
    let stub = Stub { does: Arc::new(does), asked: Arc::default() };
    let asked = stub.asked.clone();
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new("test", "test", None, None, "test")))
        .retry_config(RetryConfig::disabled())
        .http_client(stub)
        .build();
    (DynamoDb { pauses: [Duration::ZERO; 5], ..DynamoDb::new(&config, "name") }, asked)
}

fn keys(number: usize) -> Vec<Key> {
    (0..number).map(|number| Key::new("p", format!("{number:03}"))).collect()
}

fn items(number: usize) -> Vec<Item> {
    keys(number).into_iter().map(Item::new).collect()
}

fn sorted(asked: &Mutex<Vec<usize>>) -> Vec<usize> {
    let mut asked = asked.lock().unwrap().clone();
    asked.sort_unstable();
    asked
}

#[tokio::test]
async fn a_call_takes_as_few_requests_as_the_limits_allow() {
    let (table, asked) = dynamodb(|_| 100);
    assert_eq!(table.get_many(&[keys(230), keys(7)].concat(), Read::Strong).await.unwrap().len(), 230, "a key given twice is one");
    assert_eq!(sorted(&asked), [30, 100, 100]);
    let (table, asked) = dynamodb(|_| 100);
    table.put_many(items(51)).await.unwrap();
    assert_eq!(sorted(&asked), [1, 25, 25]);
    let (table, asked) = dynamodb(|_| 100);
    table.delete_many(&[keys(26), keys(3)].concat()).await.unwrap();
    assert_eq!(sorted(&asked), [1, 25]);
    let (table, asked) = dynamodb(|_| 100);
    table.put_many(Vec::new()).await.unwrap();
    assert!(sorted(&asked).is_empty());
}

#[tokio::test]
async fn what_a_request_leaves_undone_is_asked_for_again_and_nothing_else() {
    // Every second request does nothing: what goes on at all goes on to its end.
    let slow = |number: usize| if number.is_multiple_of(2) { 2 } else { 0 };
    let (table, asked) = dynamodb(slow);
    let mut found = table.get_many(&keys(7), Read::Eventual).await.unwrap();
    found.sort_by(|a, b| a.key.cmp(&b.key));
    assert_eq!(found, items(7));
    assert_eq!(*asked.lock().unwrap(), [7, 5, 5, 3, 3, 1, 1]);
    let (table, asked) = dynamodb(slow);
    table.put_many(items(3)).await.unwrap();
    assert_eq!(*asked.lock().unwrap(), [3, 1, 1]);
}

#[tokio::test]
async fn a_batch_of_which_nothing_is_done_is_given_up() {
    let (table, asked) = dynamodb(|_| 0);
    for result in
        [table.get_many(&keys(2), Read::Strong).await.map(drop), table.put_many(items(2)).await, table.delete_many(&keys(2)).await]
    {
        assert!(matches!(result, Err(PortError::Unavailable { .. })), "{result:?}");
    }
    assert_eq!(asked.lock().unwrap().len(), 3 * 6);
}

#[tokio::test]
async fn what_cannot_be_written_whole_is_not_begun() {
    let (table, asked) = dynamodb(|_| 100);
    let twice = table.put_many([items(1), items(1)].concat()).await;
    assert!(matches!(twice, Err(PortError::Refused { .. })), "{twice:?}");
    assert!(asked.lock().unwrap().is_empty());
}
