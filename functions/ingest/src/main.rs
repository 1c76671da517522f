//! Wires the function to the real table, queue, clock and randomness.

use access::Authenticator;
use ingest::config::{Config, SETTINGS};
use ingest::{Ingest, Places, router};
use ports::{SystemClock, SystemRandom};
use std::process::ExitCode;
use std::sync::Arc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Some(settings) = setup::start(SETTINGS) else { return ExitCode::FAILURE };
    let config = Config::from(&settings);
    let places = config.geo_database.map(Places::open).transpose().unwrap_or_else(|error| {
        // Events are worth more than their countries.
        tracing::error!(%error, "GEO_DATABASE names no database that can be read: no address is looked up");
        None
    });
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
        places,
    };
    match web::serve(router(ingest)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the function ended");
            ExitCode::FAILURE
        }
    }
}
