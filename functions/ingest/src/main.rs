//! Wires the function to the real table, queue, clock and randomness.

use access::Authenticator;
use ingest::config::{Config, SETTINGS};
use ingest::{Ingest, router};
use ports::{SystemClock, SystemRandom};
use std::process::ExitCode;
use std::sync::Arc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Some(settings) = setup::start(SETTINGS) else { return ExitCode::FAILURE };
    let config = Config::from(&settings);
    let aws = aws::config().await;
    let table = Arc::new(table::DynamoDb::new(&aws, config.table_name));
    let ingest = Ingest {
        authenticator: Arc::new(Authenticator::new(table.clone(), config.access)),
        table,
        queue: Arc::new(queue::Sqs::new(&aws, config.queue_url)),
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        events_per_minute: config.events_per_minute,
        retention: config.retention,
    };
    match web::serve(router(ingest)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the function ended");
            ExitCode::FAILURE
        }
    }
}
