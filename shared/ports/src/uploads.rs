//! Objects that are written a part at a time, and are seen whole or not at all.

use crate::Result;
use async_trait::async_trait;
use bytes::Bytes;

/// Writes large objects in parts. What is never completed is never seen; the bucket's rule for unfinished uploads takes it away.
#[async_trait]
pub trait Uploads: Send + Sync {
    /// Begins an object; answers what the upload is known by.
    async fn begin(&self, key: &str, content_type: &str) -> Result<String>;

    /// Writes a part, of which each but the last has at least [`model::limits::S3_PART_BYTES`]; parts are numbered from one on. Answers what
    /// the part is known by. A part that is written again replaces the one before.
    async fn part(&self, key: &str, upload: &str, part: (i32, Bytes)) -> Result<String>;

    /// Makes the object of these parts, in this order, in the place of what is there.
    async fn complete(&self, key: &str, upload: &str, parts: &[String]) -> Result<()>;

    /// Gives up: what was written of it goes away. An upload that is over is no error.
    async fn abort(&self, key: &str, upload: &str) -> Result<()>;
}
