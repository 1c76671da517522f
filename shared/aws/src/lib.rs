//! What every AWS adapter shares: how its client is configured, and what an error of the client means to Weir.

mod error;

pub use error::port_error;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use std::time::Duration;

/// A connection within a region is made in milliseconds.
const CONNECT: Duration = Duration::from_secs(1);
/// One attempt of a call: the largest take well under a second.
const ATTEMPT: Duration = Duration::from_secs(3);
/// Attempts of a call, the first one included.
const ATTEMPTS: u32 = 3;

/// The configuration that every client of a function is made from. Region, credentials and endpoint come from the environment, as Lambda
/// sets it; a local AWS is reached by `AWS_ENDPOINT_URL` and by nothing else. No call is made.
pub async fn config() -> SdkConfig {
    let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT).operation_attempt_timeout(ATTEMPT).build();
    let retries = RetryConfig::standard().with_max_attempts(ATTEMPTS);
    aws_config::defaults(BehaviorVersion::latest()).timeout_config(timeouts).retry_config(retries).load().await
}
