//! Reading a table and a bucket in memory, with manifests and rollups made by hand.
#![expect(clippy::unwrap_used, reason = "a test's helpers may panic")]

mod cached;
mod history;
mod months;
mod partials;
mod races;
mod said;
mod settled;
mod watched;
mod world;
