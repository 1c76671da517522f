//! Simulates Weir: the real handlers, in an order and with faults that a seed decides, against a reference that is worked out from what was
//! accepted. Same seed, same run: a seed that fails is a test.
//!
//! A [`run`] has three tenants, several families, over two hundred events across the end of a month, late ones, repeats and copies that
//! differ among them; prices that change and people who are erased in the middle; readers all the while. What they are told is held against what was committed
//! when they asked. At the end all is healed, and every rollup of every grain must be what the reference says.
//!
//! [`reporting`] is another scenario: reports, exports and what budgets tell.
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a test: what is not as it should be fails it")]

mod chance;
mod erasures;
mod events;
mod land;
mod plan;
mod readings;
mod reference;
pub mod reporting;
mod schedule;
pub mod soak;
mod tenants;
mod ticks;
mod verdict;

use memory::simulation::Tallies;
use schedule::Schedule;

/// A run does little but allocate: a quarter less time than with the system's own.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// What a run has come to.
pub struct Outcome {
    /// What was wrong; nothing where all was as it should be.
    pub faults: Vec<String>,
    /// All calls to the ports, and what became of them.
    pub tallies: Tallies,
    /// What all that was done, in its order, makes up.
    pub hash: u64,
    /// Events that were accepted, repeats included; reports and notices that there were.
    pub accepted: usize,
    /// Readers that were answered; deliveries that were heard.
    pub readings: usize,
}

/// The run that a seed decides.
#[must_use]
pub fn run(seed: u64) -> Outcome {
    let mut schedule = Schedule::new(seed);
    schedule.run();
    let Schedule { land, readings, .. } = &schedule;
    let accepted = reference::accepted(land);
    let mut faults = verdict::faults(land, &accepted);
    faults.extend(readings::faults(land, readings));
    faults.extend(erasures::faults(land, &accepted));
    let tallies = land.world.tallies();
    Outcome { faults, hash: land.world.hash(), accepted: accepted.values().map(Vec::len).sum(), readings: readings.len(), tallies }
}
