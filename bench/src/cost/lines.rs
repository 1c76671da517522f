//! The log lines of the functions, counted instead of written.

use std::cell::Cell;
use std::io::{self, Write};
use tracing_subscriber::filter::LevelFilter;

thread_local! {
    // Each run has a thread of its own.
    static BYTES: Cell<u64> = const { Cell::new(0) };
}
/// What CloudWatch adds to each line: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html>
const OF_A_LINE: u64 = 26;
/// What Lambda itself writes for each call, about: `START`, `END` and `REPORT`.
pub const OF_A_CALL: u64 = 320 + 3 * OF_A_LINE;

struct Counter;

impl Write for Counter {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        BYTES.set(BYTES.get() + line.len() as u64 + OF_A_LINE);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Counts from now on, in the form in which `setup::log` writes.
pub fn count() {
    let lines = tracing_subscriber::fmt().json().flatten_event(true).with_current_span(true).with_span_list(false);
    // A second set-up leaves the first in place.
    let _ = lines.with_max_level(LevelFilter::INFO).with_writer(|| Counter).try_init();
}

/// The bytes of this thread since it asked last.
pub fn take() -> u64 {
    BYTES.take()
}
