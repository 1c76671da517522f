//! The ports in memory, for tests: as strict as the services behind them, with faults on demand.
//!
//! [`contract`] is what both these and the AWS adapters promise; the functions' tests rely on it. No product code depends on this crate.
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a crate of tests: a poisoned lock or a broken promise fails the test")]

mod bucket;
mod clock;
pub mod contract;
mod faults;
mod queue;
pub mod simulation;
mod table;

pub use bucket::MemoryBucket;
pub use clock::SettableClock;
pub use faults::{Call, Fault, Faults};
pub use queue::MemoryQueue;
pub use table::MemoryTable;
