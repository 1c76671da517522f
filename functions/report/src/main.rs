//! Wires the function to the real table, bucket, queue and clock.

use lambda_runtime::{LambdaEvent, service_fn};
use model::Timestamp;
use ports::{SystemClock, SystemRandom};
use report::Report;
use report::config::{Config, SETTINGS};
use report::reports::{HttpCourier, Mailer, NoMailer, Reports, Ses};
use serde_json::Value;
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
    let table = Arc::new(table::DynamoDb::new(&aws, config.table_name));
    let bucket = Arc::new(bucket::S3::new(&aws, config.bucket_name));
    let queue = Arc::new(queue::Sqs::new(&aws, config.report_queue_url));
    let mailer: Arc<dyn Mailer> = match config.sender {
        Some(sender) => Arc::new(Ses::new(&aws, sender)),
        None => Arc::new(NoMailer),
    };
    let courier = Arc::new(HttpCourier::new(config.rules.loopback));
    let (links, uploads) = (bucket.clone(), bucket.clone());
    let reports = Reports { table, bucket, queue, clock: Arc::new(SystemClock), mailer, courier, links, rules: config.rules };
    let report = Report::new(reports, (uploads, Arc::new(SystemRandom)));
    let report = &report;
    let handler = |event: LambdaEvent<Value>| async move {
        let span = tracing::info_span!("invocation", request_id = event.context.request_id);
        let deadline = Timestamp::from_millis(i64::try_from(event.context.deadline).unwrap_or(i64::MAX));
        // The runtime logs what is answered so, once.
        let result = report.handle(event.payload, deadline).instrument(span).await;
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
