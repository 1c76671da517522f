//! The bucket in memory.

use crate::faults::{Faults, Place};
use async_trait::async_trait;
use bytes::Bytes;
use ports::{Bucket, Links, ObjectInfo, PortError, Result, Uploads};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Mutex;

/// Objects in memory.
#[derive(Default)]
pub struct MemoryBucket {
    objects: Mutex<BTreeMap<String, Bytes>>,
    /// Objects in the making, part by part.
    uploads: Mutex<BTreeMap<String, BTreeMap<i32, Bytes>>>,
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

    /// How many uploads are begun and not over, whatever the faults.
    #[must_use]
    pub fn unfinished(&self) -> usize {
        self.uploads.lock().unwrap().len()
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
impl Links for MemoryBucket {
    async fn link(&self, key: &str, seconds: u32) -> Result<String> {
        self.call("link", key, |_| format!("https://bucket.test/{key}?expires={seconds}"))
    }
}

#[async_trait]
impl Uploads for MemoryBucket {
    async fn begin(&self, key: &str, _content_type: &str) -> Result<String> {
        self.call("begin", key, |_| {
            let mut uploads = self.uploads.lock().unwrap();
            let id = format!("{key}#{}", uploads.len());
            uploads.insert(id.clone(), BTreeMap::new());
            id
        })
    }

    async fn part(&self, key: &str, upload: &str, (number, body): (i32, Bytes)) -> Result<String> {
        self.call("part", key, |_| match self.uploads.lock().unwrap().get_mut(upload) {
            Some(parts) => {
                parts.insert(number, body);
                Ok(number.to_string())
            }
            None => Err(no_upload()),
        })?
    }

    async fn complete(&self, key: &str, upload: &str, parts: &[String]) -> Result<()> {
        self.call("complete", key, |objects| {
            let mut uploads = self.uploads.lock().unwrap();
            let Some(written) = uploads.get(upload) else { return Err(no_upload()) };
            let parts: Option<Vec<&Bytes>> = parts.iter().map(|part| written.get(&part.parse().ok()?)).collect();
            let parts = parts.filter(|parts| !parts.is_empty()).ok_or_else(no_upload)?;
            let is_small = |part: &&Bytes| part.len() < model::limits::S3_PART_BYTES;
            if parts[..parts.len() - 1].iter().any(is_small) {
                return Err(PortError::Refused { service: "bucket", source: "a part is too small".into() });
            }
            objects.insert(key.to_owned(), parts.into_iter().flatten().copied().collect::<Vec<u8>>().into());
            uploads.remove(upload);
            Ok(())
        })?
    }

    async fn abort(&self, key: &str, upload: &str) -> Result<()> {
        self.call("abort", key, |_| _ = self.uploads.lock().unwrap().remove(upload))
    }
}

fn no_upload() -> PortError {
    PortError::Refused { service: "bucket", source: "there is no such upload, or no such part".into() }
}

#[async_trait]
impl Bucket for MemoryBucket {
    async fn put(&self, key: &str, _content_type: &str, body: Bytes) -> Result<()> {
        self.call("put", key, |objects| _ = objects.insert(key.to_owned(), body))
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        self.call("get", key, |objects| objects.get(key).cloned())
    }

    async fn get_range(&self, key: &str, range: Range<u64>) -> Result<Option<Bytes>> {
        self.call("get_range", key, |objects| {
            let Some(body) = objects.get(key) else { return Ok(None) };
            let bound = |bound: u64| usize::try_from(bound).unwrap().min(body.len());
            let (start, end) = (bound(range.start), bound(range.end));
            if start >= end {
                return Err(PortError::Refused { service: "bucket", source: "there is nothing of that range".into() });
            }
            Ok(Some(body.slice(start..end)))
        })?
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
