//! The processor time of this thread, read often: the file of `crate::cpu` is kept open.

use std::fs::File;
use std::os::unix::fs::FileExt;

/// See [`crate::cpu`]. What one reading misses, the next has: sums over many pieces of work are right, single ones are coarse.
pub struct Processor(File);

impl Processor {
    /// Of the thread that asks.
    pub fn of_this_thread() -> anyhow::Result<Self> {
        Ok(Self(File::open("/proc/thread-self/schedstat")?))
    }

    /// Milliseconds that the thread has run.
    pub fn ms(&self) -> f64 {
        let mut text = [0; 64];
        let read = self.0.read_at(&mut text, 0).unwrap_or(0);
        let first = text[..read].split(|byte| *byte == b' ').next().and_then(|digits| std::str::from_utf8(digits).ok());
        #[expect(clippy::cast_precision_loss, reason = "hours in nanoseconds")]
        first.and_then(|digits| digits.parse::<u64>().ok()).map_or(0.0, |ns| ns as f64 / 1e6)
    }
}
