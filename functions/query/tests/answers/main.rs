//! What the function answers, over a table and a bucket in memory that the function `store` has written to.
#![expect(clippy::unwrap_used, reason = "a test's helpers may panic")]

mod contract;
mod costs;
mod dashboard;
mod events;
mod manners;
mod parameters;
mod persons;
mod sales;
mod settled;
mod timeseries;
mod usage;
mod world;
