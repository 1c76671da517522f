//! Tells what may work later from what never will.

use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::http::Response;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use ports::PortError;
use std::error::Error;

/// Refusals that pass: the service is busy, or does not know its own state yet.
const PASSING: [&str; 9] = [
    "InternalServerError",
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestTimeout",
    "SlowDown",
    "ThrottlingException",
    "TransactionInProgressException",
];

/// The error of a port that a client's error is.
#[must_use]
pub fn port_error<E>(service: &'static str, error: SdkError<E, Response>) -> PortError
where
    E: Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    let passes = match &error {
        SdkError::ServiceError(refusal) => {
            let status = refusal.raw().status().as_u16();
            status >= 500 || status == 429 || refusal.err().code().is_some_and(|code| PASSING.contains(&code))
        }
        SdkError::ConstructionFailure(_) => false,
        // No answer at all, or one that could not be read.
        _ => true,
    };
    let source = Box::new(error);
    if passes { PortError::Unavailable { service, source } } else { PortError::Refused { service, source } }
}
