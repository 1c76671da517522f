//! The pure core of Weir: what an event is, how a written one is checked, what it costs, and how it travels on the queue.
//!
//! This crate never does I/O: no clock, no environment, no files, no network (`clippy.toml` bans them), and no AWS type is reachable
//! from it. Time, randomness and configuration are arguments.

pub mod accept;
pub mod erasure;
pub mod event;
mod family;
mod id;
pub mod limits;
pub mod message;
pub mod money;
pub mod posted;
pub mod price;
pub mod privacy;
mod time;
pub mod zstandard;

pub use event::{Event, Facts};
pub use family::Family;
pub use id::{AttemptId, EventId, IdError, ProjectId, SegmentId, TenantId, UserId};
pub use time::{Day, Hour, HourOffset, Month, Timestamp};
