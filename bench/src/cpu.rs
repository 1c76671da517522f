//! Processor and wall time of a piece of work on this thread.

use std::time::Instant;

/// What a piece of work took, in seconds.
#[derive(Debug, Clone, Copy)]
pub struct Spent {
    /// Processor time.
    pub cpu_s: f64,
    /// Wall time.
    pub wall_s: f64,
}

/// Runs a piece of work and tells what it took.
pub fn spent(work: impl FnOnce()) -> Spent {
    let (cpu_before, wall_before) = (cpu_ns(), Instant::now());
    work();
    let wall_s = wall_before.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a benchmark does not run for the 104 days that this takes")]
    let cpu_s = (cpu_ns() - cpu_before) as f64 / 1e9;
    Spent { cpu_s, wall_s }
}

/// Nanoseconds that this thread has run.
fn cpu_ns() -> u64 {
    let spent = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    u64::try_from(spent.tv_sec).unwrap_or_default() * 1_000_000_000 + u64::try_from(spent.tv_nsec).unwrap_or_default()
}
