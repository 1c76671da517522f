//! Wires the function to the real table, bucket, queue, clock and randomness.

use aggregate::Aggregate;
use aggregate::config::{Config, SETTINGS};
use lambda_runtime::{LambdaEvent, service_fn};
use model::Timestamp;
use ports::{SystemClock, SystemRandom};
use serde_json::Value;
use settle::Settler;
use setup::log::chain;
use std::process::ExitCode;
use std::sync::Arc;
use tracing::Instrument;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Some(settings) = setup::start(SETTINGS) else { return ExitCode::FAILURE };
    let config = Config::from(&settings);
    let aws = aws::config().await;
    let settler = Settler {
        table: Arc::new(table::DynamoDb::new(&aws, &config.table_name)),
        bucket: Arc::new(bucket::S3::new(&aws, &config.bucket_name)),
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        rules: config.rules.clone(),
    };
    let [work, errands] = [&config.work_queue_url, &config.report_queue_url].map(|url| Arc::new(queue::Sqs::new(&aws, url)));
    let aggregate = Aggregate::new(settler, (work, errands), config);
    let aggregate = &aggregate;
    let handler = |event: LambdaEvent<Value>| async move {
        let span = tracing::info_span!("invocation", request_id = event.context.request_id);
        let deadline = Timestamp::from_millis(i64::try_from(event.context.deadline).unwrap_or(i64::MAX));
        // The runtime logs what is answered so, once.
        let result = aggregate.handle(event.payload, deadline).instrument(span).await;
        result.map_err(|error| lambda_runtime::Error::from(chain(&error).to_string()))
    };
    match lambda_runtime::run(service_fn(handler)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the function ended");
            ExitCode::FAILURE
        }
    }
}
