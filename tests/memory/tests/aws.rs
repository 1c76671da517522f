//! The contract suite against the AWS adapters, on the local AWS that `STACK_JSON` (a file) describes. Each test makes what it needs
//! there and takes it away again.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test: what is not there fails it")]

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType, ScalarAttributeType,
};
use memory::contract;
use std::env;

/// As every function is configured, but for what a function gets from its environment.
async fn config() -> SdkConfig {
    let path = env::var("STACK_JSON").expect("STACK_JSON names the file that describes the local AWS");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let stack: serde_json::Value = serde_json::from_str(&text).unwrap();
    let text = |name: &str| stack[name].as_str().unwrap_or_else(|| panic!("{path} has no {name}")).to_owned();
    let credentials = aws_sdk_dynamodb::config::Credentials::new("test", "test", None, None, "local");
    let provider = aws_sdk_dynamodb::config::SharedCredentialsProvider::new(credentials);
    let config = aws::config().await.into_builder();
    config
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(text("region")))
        .endpoint_url(text("endpointUrl"))
        .credentials_provider(provider)
        .build()
}

fn scratch() -> String {
    format!("contract-{}", std::process::id())
}

#[tokio::test]
async fn the_table_on_dynamodb_keeps_the_contract() {
    let (config, name) = (config().await, scratch());
    let client = aws_sdk_dynamodb::Client::new(&config);
    let text = |name: &str| AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S).build().unwrap();
    let part = |name: &str, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap();
    let index = GlobalSecondaryIndex::builder()
        .index_name("pending")
        .key_schema(part("pending", KeyType::Hash))
        .key_schema(part("pk", KeyType::Range))
        .projection(Projection::builder().projection_type(ProjectionType::KeysOnly).build());
    let made = client
        .create_table()
        .table_name(&name)
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(Some(vec![text("pk"), text("sk"), text("pending")]))
        .set_key_schema(Some(vec![part("pk", KeyType::Hash), part("sk", KeyType::Range)]))
        .global_secondary_indexes(index.build().unwrap());
    made.send().await.unwrap();
    contract::table(&table::DynamoDb::new(&config, &name), "scratch").await;
    client.delete_table().table_name(&name).send().await.unwrap();
}

#[tokio::test]
async fn the_bucket_on_s3_keeps_the_contract() {
    let (config, name) = (config().await, scratch());
    let client = aws_sdk_s3::Client::new(&config);
    client.create_bucket().bucket(&name).send().await.unwrap();
    let bucket = bucket::S3::new(&config, &name);
    contract::bucket(&bucket, "scratch").await;
    contract::uploads((&bucket, &bucket), "scratch").await;
    for object in ports::Bucket::list(&bucket, "").await.unwrap() {
        ports::Bucket::delete(&bucket, &object.key).await.unwrap();
    }
    client.delete_bucket().bucket(&name).send().await.unwrap();
}

#[tokio::test]
async fn the_queue_on_sqs_keeps_the_contract() {
    let (config, name) = (config().await, scratch());
    let client = aws_sdk_sqs::Client::new(&config);
    let url = client.create_queue().queue_name(&name).send().await.unwrap().queue_url.unwrap();
    contract::queue(&queue::Sqs::new(&config, &url)).await;
    client.delete_queue().queue_url(&url).send().await.unwrap();
}
