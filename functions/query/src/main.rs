//! Wires the function to the real table, bucket, queue and clock.

use access::Authenticator;
use ports::{SystemClock, SystemRandom};
use query::config::{Config, SETTINGS};
use query::{Desk, Reporting, router};
use std::process::ExitCode;
use std::sync::Arc;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Some(settings) = setup::start(SETTINGS) else { return ExitCode::FAILURE };
    let config = Config::from(&settings);
    let aws = aws::config().await;
    let table = Arc::new(table::DynamoDb::new(&aws, config.table_name));
    let bucket = Arc::new(bucket::S3::new(&aws, config.bucket_name));
    let reporting = Reporting {
        links: bucket.clone(),
        export_link_seconds: config.export_link_seconds,
        master: config.webhook_master,
        sends_mail: config.sends_mail,
        loopback: config.loopback,
    };
    let desk = Desk {
        authenticator: Authenticator::new(table.clone(), config.access),
        limits: config.limits,
        events_per_minute: config.events_per_minute,
        cache: reader::Cache::of_bytes(query::CACHE_BYTES),
        table,
        errands: Arc::new(queue::Sqs::new(&aws, config.report_queue_url)),
        bucket,
        reporting,
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
    };
    match web::serve(router(desk)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the function ended");
            ExitCode::FAILURE
        }
    }
}
