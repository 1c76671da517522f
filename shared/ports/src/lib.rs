//! What Weir asks of the outside world: a table, a bucket, a queue, a clock, randomness.
//!
//! Each port is the smallest vocabulary the handlers need, with the semantics of the service behind it (`DynamoDB`, S3, SQS) and none
//! of its types. The adapters live in `shared/{table,bucket,queue}`, the in-memory twins for tests in `tests/memory`; both pass one
//! contract suite. Nothing here does I/O.

mod bucket;
mod clock;
mod error;
mod links;
mod queue;
mod random;
mod table;
mod uploads;

pub use bucket::{Bucket, ObjectInfo};
pub use clock::{Clock, SystemClock};
pub use error::{PortError, Result};
pub use links::{LINK_SECONDS, Links};
pub use queue::{Depth, Queue, Received, check_bodies, check_delay, check_most};
pub use random::{Random, SystemRandom};
pub use table::{Added, Condition, Item, Key, Page, Projection, Put, Range, Read, Table, Value, check_items};
pub use uploads::Uploads;
