//! A file on its way into the bucket: parts as they are full, one put where it is small. Seen whole or not at all.

use bytes::{Bytes, BytesMut};
use model::limits::S3_PART_BYTES;
use ports::{Bucket, Result, Uploads};

/// A part is sent when so much is there: large enough for ten thousand parts to hold 80 GB.
const PART_BYTES: usize = 8 * 1024 * 1024;
const _: () = assert!(PART_BYTES >= S3_PART_BYTES);

/// A file on its way into the bucket.
pub struct Upload<'a> {
    bucket: &'a dyn Bucket,
    uploads: &'a dyn Uploads,
    key: &'a str,
    content_type: &'a str,
    begun: Option<String>,
    parts: Vec<String>,
    waiting: BytesMut,
    size_bytes: u64,
}

impl<'a> Upload<'a> {
    /// A file under this key.
    #[must_use]
    pub fn new((bucket, uploads): (&'a dyn Bucket, &'a dyn Uploads), key: &'a str, content_type: &'a str) -> Self {
        Self { bucket, uploads, key, content_type, begun: None, parts: Vec::new(), waiting: BytesMut::new(), size_bytes: 0 }
    }

    /// Adds what comes next; sends a part where that is enough for one. Answers whether it did.
    ///
    /// # Errors
    /// Where the bucket does not answer.
    pub async fn add(&mut self, bytes: Bytes) -> Result<bool> {
        self.size_bytes += bytes.len() as u64;
        self.waiting.extend_from_slice(&bytes);
        if self.waiting.len() < PART_BYTES {
            return Ok(false);
        }
        self.send().await?;
        Ok(true)
    }

    async fn send(&mut self) -> Result<()> {
        let upload = match &self.begun {
            Some(upload) => upload.clone(),
            None => self.begun.insert(self.uploads.begin(self.key, self.content_type).await?).clone(),
        };
        let number = i32::try_from(self.parts.len() + 1).unwrap_or(i32::MAX);
        self.parts.push(self.uploads.part(self.key, &upload, (number, self.waiting.split().freeze())).await?);
        Ok(())
    }

    /// Makes the object. Answers its size in bytes.
    ///
    /// # Errors
    /// Where the bucket does not answer: then the object may be there, whole, or not.
    pub async fn finish(&mut self) -> Result<u64> {
        if self.begun.is_none() {
            self.bucket.put(self.key, self.content_type, self.waiting.split().freeze()).await?;
            return Ok(self.size_bytes);
        }
        if !self.waiting.is_empty() {
            self.send().await?;
        }
        if let Some(upload) = &self.begun {
            self.uploads.complete(self.key, upload, &self.parts).await?;
        }
        Ok(self.size_bytes)
    }

    /// Takes away what was sent. Where the bucket does not answer, its own rule does that a day later.
    pub async fn abort(&mut self) {
        if let Some(upload) = self.begun.take() {
            _ = self.uploads.abort(self.key, &upload).await;
        }
    }
}
