//! Wires the function to the real table, bucket and clock.

use aws_lambda_events::event::sqs::SqsEvent;
use lambda_runtime::{LambdaEvent, service_fn};
use ports::SystemClock;
use std::process::ExitCode;
use std::sync::Arc;
use store::Store;
use store::config::{Config, SETTINGS};
use tracing::Instrument;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Some(settings) = setup::start(SETTINGS) else { return ExitCode::FAILURE };
    let config = Config::from(&settings);
    let aws = aws::config().await;
    let table = Arc::new(table::DynamoDb::new(&aws, config.table_name));
    let bucket = Arc::new(bucket::S3::new(&aws, config.bucket_name));
    let store = Store::new(table, bucket, Arc::new(SystemClock)).reading(config.reading);
    let store = &store;
    let handler = |event: LambdaEvent<SqsEvent>| async move {
        let span = tracing::info_span!("invocation", request_id = event.context.request_id);
        Ok::<_, lambda_runtime::Error>(store.handle(event.payload).instrument(span).await)
    };
    match lambda_runtime::run(service_fn(handler)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the function ended");
            ExitCode::FAILURE
        }
    }
}
