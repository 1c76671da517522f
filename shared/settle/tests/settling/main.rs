//! Settling over ports in memory: every event once, whatever is repeated, late, lost or crashes.
#![expect(clippy::unwrap_used, reason = "a test's helpers may panic")]

mod damage;
mod doctor;
mod erasing;
mod faults;
mod hours;
mod interrupted;
mod repricing;
mod retention;
mod spans;
mod sweeping;
mod world;
