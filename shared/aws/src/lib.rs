//! What every AWS adapter shares: how its client is configured, and what an error of the client means to Weir.

mod error;

pub use error::port_error;

use aws_config::environment::{EnvironmentVariableCredentialsProvider, EnvironmentVariableRegionProvider};
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, ConfigLoader, SdkConfig};
use std::time::Duration;

/// A connection within a region is made in milliseconds.
const CONNECT: Duration = Duration::from_secs(1);
/// One attempt of a call: the largest take well under a second.
const ATTEMPT: Duration = Duration::from_secs(3);
/// Attempts of a call, the first one included.
const ATTEMPTS: u32 = 3;

/// The configuration that every client of a function is made from: region, credentials and endpoint as Lambda sets them in the environment.
/// A local AWS is reached by `AWS_ENDPOINT_URL` and by nothing else. No call is made, and no TLS is set up before the first one is.
pub async fn config() -> SdkConfig {
    let region = EnvironmentVariableRegionProvider::new();
    loader().credentials_provider(EnvironmentVariableCredentialsProvider::new()).region(region).load().await
}

/// The configuration for a person's own tools: as [`config`], but region and credentials come from wherever the AWS command line finds them.
pub async fn operator_config() -> SdkConfig {
    loader().load().await
}

fn loader() -> ConfigLoader {
    let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT).operation_attempt_timeout(ATTEMPT).build();
    let retries = RetryConfig::standard().with_max_attempts(ATTEMPTS);
    aws_config::defaults(BehaviorVersion::latest()).timeout_config(timeouts).retry_config(retries)
}
