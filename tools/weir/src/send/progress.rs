//! How far the sending is: a bar on a terminal, a line for every tenth elsewhere. Both on standard error.

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::cell::Cell;
use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

/// The progress of one file.
pub enum Progress {
    /// On a terminal.
    Bar(ProgressBar),
    /// In a log.
    Lines {
        /// Records in all.
        total: u64,
        /// Records dealt with.
        done: Cell<u64>,
    },
}

impl Progress {
    /// Nothing of so many records is sent yet.
    #[must_use]
    pub fn new(total: u64) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self::Lines { total, done: Cell::new(0) };
        }
        let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
        let template = "{bar:32} {human_pos} of {human_len} records, {per_sec}, {eta} left {msg}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self::Bar(bar)
    }

    /// So many records more are dealt with.
    pub fn advance(&self, records: u64) {
        match self {
            Self::Bar(bar) => {
                bar.set_message("");
                bar.inc(records);
            }
            Self::Lines { total, done } => {
                let before = done.replace(done.get() + records);
                if tenths(done.get(), *total) > tenths(before, *total) {
                    line(&format!("{} of {} records", HumanCount(done.get()), HumanCount(*total)));
                }
            }
        }
    }

    /// The API asks for a pause.
    pub fn wait(&self, pause: Duration) {
        let text = format!("the API asks to wait {} s", pause.as_secs());
        match self {
            Self::Bar(bar) => bar.set_message(text),
            Self::Lines { .. } => line(&text),
        }
    }

    /// Says something in between.
    pub fn note(&self, text: &str) {
        match self {
            Self::Bar(bar) => bar.suspend(|| line(text)),
            Self::Lines { .. } => line(text),
        }
    }

    /// No more records will be sent.
    pub fn finish(&self) {
        if let Self::Bar(bar) = self {
            bar.abandon();
        }
    }
}

fn tenths(done: u64, total: u64) -> u64 {
    (done * 10).checked_div(total).unwrap_or(10)
}

/// Progress that cannot be shown is no reason to stop sending.
fn line(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_gets_a_line_for_every_tenth() {
        assert_eq!([0, 9, 10, 99, 100].map(|done| tenths(done, 100)), [0, 0, 1, 9, 10]);
        assert_eq!(tenths(0, 0), 10);
    }
}
