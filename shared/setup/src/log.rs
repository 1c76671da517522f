//! The log: one JSON object a line, on standard output, which is where Lambda collects it.

use std::error::Error;
use std::fmt;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Libraries whose lower levels print requests, and with them credentials and bodies: they are never heard below a warning.
const QUIET: [&str; 10] = [
    "aws_config",
    "aws_runtime",
    "aws_sdk_dynamodb",
    "aws_sdk_s3",
    "aws_sdk_sqs",
    "aws_sigv4",
    "aws_smithy_runtime",
    "h2",
    "hyper",
    "rustls",
];

/// Sets up the log at a level (`error`, `warn`, `info`, `debug`, `trace`; another text is `info`). A second call changes nothing.
pub fn init(level: &str) {
    let level = level.parse().unwrap_or(LevelFilter::INFO);
    let quiet = QUIET.map(|library| (library, LevelFilter::WARN.min(level)));
    let lines = tracing_subscriber::fmt::layer().json().flatten_event(true).with_current_span(true).with_span_list(false);
    let filter = Targets::new().with_default(level).with_targets(quiet);
    // A second set-up, as in tests, leaves the first in place.
    let _ = tracing_subscriber::registry().with(lines).with(filter).try_init();
}

/// An error with everything that caused it, as one line: `the table did not answer: timed out: connection reset`.
#[must_use]
pub fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl fmt::Display + 'a {
    Chain(error)
}

struct Chain<'a>(&'a (dyn Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        std::iter::successors(self.0.source(), |&cause| cause.source()).try_for_each(|cause| write!(f, ": {cause}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("outer")]
    struct Outer(#[source] std::io::Error);

    #[test]
    fn a_chain_names_every_cause_once() {
        let error = Outer(std::io::Error::other("inner"));
        assert_eq!(chain(&error).to_string(), "outer: inner");
    }
}
