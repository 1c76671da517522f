//! A world that a seed decides: processes run one call at a time in an order that the dice choose, and calls to the ports fail, lag, are
//! carried out in part or lose their answers, as the weather is. Same seed, same run.
//!
//! The ports here answer as those in memory do, and keep the same contract. Every call waits for its turn before it takes effect and
//! again before its answer returns, so that whatever may happen between any two calls of any two processes does, for some seed.

mod bucket;
mod dice;
mod outside;
mod queue;
mod scheduler;
mod site;
mod table;
mod world;

pub use bucket::SimulatedBucket;
pub use dice::Dice;
pub use outside::Outside;
pub use queue::{Channel, Delivered, QueueRules, SimulatedQueue};
pub use scheduler::{End, Scheduler};
pub use site::{Site, Tallies, Tally};
pub use table::{Change, Changes, Shelf, SimulatedTable};
pub use world::{Weather, World};

#[cfg(test)]
mod tests;
