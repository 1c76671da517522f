//! The bucket in memory.

use crate::faults::{Faults, Place};
use async_trait::async_trait;
use bytes::Bytes;
use ports::{Bucket, ObjectInfo, Result};
use std::collections::BTreeMap;
use std::sync::Mutex;

/// Objects in memory.
#[derive(Default)]
pub struct MemoryBucket {
    objects: Mutex<BTreeMap<String, Bytes>>,
    faults: Faults,
}

impl MemoryBucket {
    /// An empty bucket that works.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty bucket that fails as these say.
    #[must_use]
    pub fn with_faults(faults: &Faults) -> Self {
        Self { faults: faults.clone(), ..Self::default() }
    }

    /// Everything it holds, whatever the faults.
    #[must_use]
    pub fn objects(&self) -> BTreeMap<String, Bytes> {
        self.objects.lock().unwrap().clone()
    }

    fn call<T>(&self, operation: &'static str, key: &str, carry_out: impl FnOnce(&mut BTreeMap<String, Bytes>) -> T) -> Result<T> {
        self.faults.around(Place { service: "bucket", operation, key }, || Ok(carry_out(&mut self.objects.lock().unwrap())))
    }
}

#[async_trait]
impl Bucket for MemoryBucket {
    async fn put(&self, key: &str, _content_type: &str, body: Bytes) -> Result<()> {
        self.call("put", key, |objects| _ = objects.insert(key.to_owned(), body))
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        self.call("get", key, |objects| objects.get(key).cloned())
    }

    async fn list(&self, prefix: &str) -> Result<Vec<ObjectInfo>> {
        let info = |(key, body): (&String, &Bytes)| ObjectInfo { key: key.clone(), size_bytes: body.len() as u64 };
        self.call("list", prefix, |objects| {
            objects.range(prefix.to_owned()..).take_while(|(key, _)| key.starts_with(prefix)).map(info).collect()
        })
    }

    async fn delete(&self, key: &str) -> Result<()> {
        self.call("delete", key, |objects| _ = objects.remove(key))
    }
}
