//! Wires the function to the real table and clock.

use aggregate::Aggregate;
use aggregate::config::{Config, SETTINGS};
use lambda_runtime::{LambdaEvent, service_fn};
use ports::SystemClock;
use serde::de::IgnoredAny;
use setup::log::chain;
use std::process::ExitCode;
use std::sync::Arc;
use tracing::Instrument;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Some(settings) = setup::start(SETTINGS) else { return ExitCode::FAILURE };
    let config = Config::from(&settings);
    let aws = aws::config().await;
    let table = Arc::new(table::DynamoDb::new(&aws, &config.table_name));
    let aggregate = Aggregate { table, clock: Arc::new(SystemClock), config };
    let aggregate = &aggregate;
    let handler = |event: LambdaEvent<IgnoredAny>| async move {
        let span = tracing::info_span!("invocation", request_id = event.context.request_id);
        // The runtime logs what is answered so, once.
        let result = aggregate.tick().instrument(span).await;
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
