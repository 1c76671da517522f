//! A table and a bucket that lose things or let something happen while they are read.

use async_trait::async_trait;
use bytes::Bytes;
use memory::{MemoryBucket, MemoryTable};
use ports::{Added, Bucket, Condition, Item, Key, Page, Projection, Put, Read, Table};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// One call of a table that read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    Get(Key, Read),
    GetMany(Vec<Key>, Read),
    Query(String, Read),
}

type Hook = Box<dyn Fn(&Call) -> futures::future::BoxFuture<'static, bool> + Send + Sync>;

/// A table that remembers what was read, and lets something happen before a call is carried out. Where the hook says so, items are gone.
pub struct Watched {
    pub inner: Arc<MemoryTable>,
    pub calls: Mutex<Vec<Call>>,
    hook: Option<Hook>,
}

impl Watched {
    pub fn new(inner: Arc<MemoryTable>) -> Arc<Self> {
        Arc::new(Self { inner, calls: Mutex::default(), hook: None })
    }

    pub fn with(inner: Arc<MemoryTable>, hook: Hook) -> Arc<Self> {
        Arc::new(Self { inner, calls: Mutex::default(), hook: Some(hook) })
    }

    async fn is_gone(&self, call: Call) -> bool {
        let gone = match &self.hook {
            Some(hook) => hook(&call).await,
            None => false,
        };
        self.calls.lock().unwrap().push(call);
        gone
    }
}

#[async_trait]
impl Table for Watched {
    async fn get(&self, key: &Key, read: Read) -> ports::Result<Option<Item>> {
        if self.is_gone(Call::Get(key.clone(), read)).await { Ok(None) } else { self.inner.get(key, read).await }
    }

    async fn get_many(&self, keys: &[Key], read: Read) -> ports::Result<Vec<Item>> {
        if self.is_gone(Call::GetMany(keys.to_vec(), read)).await { Ok(Vec::new()) } else { self.inner.get_many(keys, read).await }
    }

    async fn put(&self, item: Item, condition: Condition) -> ports::Result<Put> {
        self.inner.put(item, condition).await
    }

    async fn put_many(&self, items: Vec<Item>) -> ports::Result<()> {
        self.inner.put_many(items).await
    }

    async fn add(&self, key: &Key, attribute: &'static str, amount: i64, ceiling: Option<i64>, expires_at: i64) -> ports::Result<Added> {
        self.inner.add(key, attribute, amount, ceiling, expires_at).await
    }

    async fn query(
        &self,
        partition: &str,
        range: &ports::Range,
        projection: Projection,
        read: Read,
        after: Option<&Key>,
    ) -> ports::Result<Page> {
        self.is_gone(Call::Query(partition.to_owned(), read)).await;
        self.inner.query(partition, range, projection, read, after).await
    }

    async fn pending(&self, shard: &str, after: Option<&Key>) -> ports::Result<Page> {
        self.inner.pending(shard, after).await
    }

    async fn delete(&self, key: &Key) -> ports::Result<()> {
        self.inner.delete(key).await
    }

    async fn delete_many(&self, keys: &[Key]) -> ports::Result<()> {
        self.inner.delete_many(keys).await
    }
}

/// A bucket in which an object is gone for the first so many reads.
pub struct Gone(pub Arc<MemoryBucket>, pub AtomicU64);

#[async_trait]
impl Bucket for Gone {
    async fn put(&self, key: &str, content_type: &str, body: Bytes) -> ports::Result<()> {
        self.0.put(key, content_type, body).await
    }

    async fn get(&self, key: &str) -> ports::Result<Option<Bytes>> {
        let left = self.1.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if left.is_ok() { Ok(None) } else { self.0.get(key).await }
    }

    async fn get_range(&self, key: &str, range: std::ops::Range<u64>) -> ports::Result<Option<Bytes>> {
        self.0.get_range(key, range).await
    }

    async fn list(&self, prefix: &str) -> ports::Result<Vec<ports::ObjectInfo>> {
        self.0.list(prefix).await
    }

    async fn delete(&self, key: &str) -> ports::Result<()> {
        self.0.delete(key).await
    }
}
