//! The body of a manifest as bytes: a version, then postcard compressed with zstd. Whoever changes a manifest's fields adds a version, and
//! keeps reading the old ones: manifests live as long as their history.

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::cell::RefCell;
use zstd::bulk::{Compressor, Decompressor};

/// The version that is written.
const VERSION: u8 = 1;
/// More than the body of any manifest that fits an item.
const BODY_BYTES: usize = 16 * 1024 * 1024;
const COMPRESSION_LEVEL: i32 = 3;

/// Why bytes are no manifest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// Written by a version that this one does not know.
    #[error("manifests of version {0:?} are not known here")]
    Version(Option<u8>),
    /// They contradict themselves.
    #[error("not a manifest")]
    Malformed,
}

// Making a context takes longer than compressing a manifest with it.
thread_local! {
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = RefCell::new(Compressor::new(COMPRESSION_LEVEL).ok());
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = RefCell::new(Decompressor::new().ok());
}

pub fn encode<T: Serialize>(body: &T) -> Bytes {
    let plain = postcard::to_stdvec(body).unwrap_or_default();
    let compressed = COMPRESSOR.with_borrow_mut(|compressor| compressor.as_mut().and_then(|compressor| compressor.compress(&plain).ok()));
    let mut bytes = vec![VERSION];
    bytes.extend(compressed.unwrap_or_default());
    bytes.into()
}

pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, CodecError> {
    match bytes.split_first() {
        Some((&VERSION, compressed)) => {
            let size = Decompressor::upper_bound(compressed).unwrap_or(BODY_BYTES).min(BODY_BYTES);
            let plain = DECOMPRESSOR.with_borrow_mut(|decompressor| decompressor.as_mut()?.decompress(compressed, size).ok());
            postcard::from_bytes(&plain.ok_or(CodecError::Malformed)?).map_err(|_| CodecError::Malformed)
        }
        other => Err(CodecError::Version(other.map(|(version, _)| *version))),
    }
}
