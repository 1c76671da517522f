//! What is settled. A manifest says what is true of a day, a month or all time: what it is made of, and under which attempt its rollups
//! lie. A rollup is the state of a bucket, in items that are written once and never changed.
//!
//! Only a manifest is ever replaced, and only from one version to the next (I6): who would change what somebody else has changed meanwhile
//! is refused. Nothing here decides what to settle, and nothing is deleted but what the caller names.

pub mod all;
pub mod archive;
mod codec;
pub mod day;
mod manifest;
mod outline;
pub mod rollup;
pub mod upper;

pub use day::{Absorbed, DayManifest, Garbage, HourEntry, Log, Quarantine};
pub use manifest::{Commit, ManifestError, Owner};
pub use outline::{Anew, DayOutline, Outlines};
pub use rollup::{Bucket, Rollup, RollupError};
pub use upper::{LifetimeManifest, MonthManifest, Need, UpperManifest};
