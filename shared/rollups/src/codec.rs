//! The body of a manifest as bytes: a version, then postcard compressed with zstd. Whoever changes a manifest's fields adds a version, and
//! keeps reading the old ones: manifests live as long as their history.

use bytes::Bytes;
use model::zstandard;
use serde::{Deserialize, Serialize};

/// The version that is written.
const VERSION: u8 = 2;
/// The one before, in which what is said of a day's hours is not in bytes of its own.
pub const UNSEALED: u8 = 1;
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

pub fn encode<T: Serialize>(body: &T) -> Bytes {
    let plain = postcard::to_stdvec(body).unwrap_or_default();
    let compressed = zstandard::compress(&plain, COMPRESSION_LEVEL);
    let mut bytes = vec![VERSION];
    bytes.extend(compressed.unwrap_or_default());
    bytes.into()
}

/// What manifests of every version say.
pub trait Decode: Sized {
    /// What these bytes say.
    fn decode(plain: &Plain) -> Result<Self, CodecError>;
}

/// A body, decompressed, and in which version.
pub struct Plain {
    pub version: u8,
    pub bytes: Vec<u8>,
}

/// Decompresses a body.
pub fn open(bytes: &[u8]) -> Result<Plain, CodecError> {
    match bytes.split_first() {
        Some((&version @ (UNSEALED | VERSION), compressed)) => {
            let bytes = zstandard::decompress(compressed, BODY_BYTES).map_err(|_| CodecError::Malformed)?;
            Ok(Plain { version, bytes })
        }
        other => Err(CodecError::Version(other.map(|(version, _)| *version))),
    }
}

/// What such bytes begin with.
pub fn part<'a, T: Deserialize<'a>>(plain: &'a [u8]) -> Result<T, CodecError> {
    postcard::take_from_bytes(plain).map(|(part, _)| part).map_err(|_| CodecError::Malformed)
}
