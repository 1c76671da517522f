//! The bucket that holds the log: S3, or its in-memory twin.

use crate::Result;
use async_trait::async_trait;
use bytes::Bytes;
use std::ops::Range;

/// What a listing says of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectInfo {
    /// The object's key.
    pub key: String,
    /// Its size in bytes.
    pub size_bytes: u64,
}

/// Immutable objects under string keys, strongly consistent.
#[async_trait]
pub trait Bucket: Send + Sync {
    /// Writes an object, whole, replacing what is there.
    async fn put(&self, key: &str, content_type: &str, body: Bytes) -> Result<()>;

    /// Reads an object whole; `None` where there is none.
    async fn get(&self, key: &str) -> Result<Option<Bytes>>;

    /// Reads some of an object's bytes, as many of the range as there are; `None` where there is no object. A range that is empty, or begins
    /// where the object has ended, is refused.
    async fn get_range(&self, key: &str, range: Range<u64>) -> Result<Option<Bytes>>;

    /// All objects whose key begins with `prefix`, in key order.
    async fn list(&self, prefix: &str) -> Result<Vec<ObjectInfo>>;

    /// Deletes an object; deleting what is not there is no error.
    async fn delete(&self, key: &str) -> Result<()>;
}
