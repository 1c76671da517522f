//! The log: one JSON object a line, on standard output, which is where Lambda collects it.

use std::error::Error;
use std::fmt;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// The project's own crates, which are heard at the level that is set.
const OWN: [&str; 15] = [
    "access",
    "aggregate",
    "bucket",
    "cube",
    "ingest",
    "model",
    "query",
    "queue",
    "reader",
    "records",
    "report",
    "setup",
    "store",
    "table",
    "web",
];
/// Libraries whose information is of no use to whoever runs Weir.
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
    let lines = tracing_subscriber::fmt::layer().json().flatten_event(true).with_current_span(true).with_span_list(false);
    // A second set-up, as in tests, leaves the first in place.
    let _ = tracing_subscriber::registry().with(lines).with(filter(level)).try_init();
}

/// What is logged at a level. The lower levels of libraries print requests, and with them credentials, bodies and user ids: no level of
/// ours lets them through.
fn filter(level: &str) -> Targets {
    let level = level.parse().unwrap_or(LevelFilter::INFO);
    let own = OWN.map(|own| (own, level));
    let quiet = QUIET.map(|library| (library, LevelFilter::WARN.min(level)));
    Targets::new().with_default(LevelFilter::INFO.min(level)).with_targets(own).with_targets(quiet)
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
    use tracing::Level;

    #[test]
    fn no_level_makes_a_library_print_what_it_is_given() {
        let check =
            |level, target: &str, at: Level, expect| assert_eq!(filter(level).would_enable(target, &at), expect, "{level} {target} {at}");
        check("trace", "store::commit", Level::TRACE, true);
        check("trace", "lambda_runtime::layers::api_response", Level::DEBUG, false);
        check("trace", "lambda_runtime::layers::panic", Level::ERROR, true);
        check("trace", "aws_smithy_runtime::client::orchestrator", Level::INFO, false);
        check("trace", "axum::rejection", Level::TRACE, false);
        check("info", "ingest::write", Level::DEBUG, false);
        check("error", "aws_config", Level::WARN, false);
        check("error", "lambda_runtime", Level::INFO, false);
        check("nonsense", "store", Level::INFO, true);
    }

    #[derive(Debug, thiserror::Error)]
    #[error("outer")]
    struct Outer(#[source] std::io::Error);

    #[test]
    fn a_chain_names_every_cause_once() {
        let error = Outer(std::io::Error::other("inner"));
        assert_eq!(chain(&error).to_string(), "outer: inner");
    }
}
