//! The bucket of a world: every call waits for its turns.

use super::site::{Site, of_object};
use super::world::World;
use crate::MemoryBucket;
use async_trait::async_trait;
use bytes::Bytes;
use futures::FutureExt;
use ports::{Bucket, ObjectInfo, Result};
use std::ops::Range;
use std::sync::Arc;

/// The bucket as one function reaches it.
pub struct SimulatedBucket {
    world: World,
    function: &'static str,
    objects: Arc<MemoryBucket>,
}

impl SimulatedBucket {
    /// These objects, as a function of this name reaches them.
    #[must_use]
    pub fn new(world: &World, function: &'static str, objects: &Arc<MemoryBucket>) -> Self {
        Self { world: world.clone(), function, objects: Arc::clone(objects) }
    }

    async fn call<T>(&self, operation: &'static str, key: &str, carry_out: impl Fn() -> Option<Result<T>> + Send + Sync) -> Result<T> {
        let site = Site { function: self.function, service: "bucket", operation, item: of_object(key) };
        self.world.call(site, key, || carry_out().unwrap()).await
    }
}

#[async_trait]
impl Bucket for SimulatedBucket {
    async fn put(&self, key: &str, content_type: &str, body: Bytes) -> Result<()> {
        self.call("put", key, || self.objects.put(key, content_type, body.clone()).now_or_never()).await
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        self.call("get", key, || self.objects.get(key).now_or_never()).await
    }

    async fn get_range(&self, key: &str, range: Range<u64>) -> Result<Option<Bytes>> {
        self.call("get_range", key, || self.objects.get_range(key, range.clone()).now_or_never()).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<ObjectInfo>> {
        self.call("list", prefix, || self.objects.list(prefix).now_or_never()).await
    }

    async fn delete(&self, key: &str) -> Result<()> {
        self.call("delete", key, || self.objects.delete(key).now_or_never()).await
    }
}
