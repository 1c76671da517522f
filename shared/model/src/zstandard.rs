//! Zstandard for bytes that are small and many: each thread keeps what it compresses and decompresses with, because making that takes longer
//! than a few kilobytes do.

use std::cell::RefCell;
use std::io::{Error, ErrorKind, Result};
use zstd::bulk::{Compressor, Decompressor};

thread_local! {
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// The bytes compressed, at one of the library's levels.
///
/// # Errors
/// Where the library has no memory.
pub fn compress(bytes: &[u8], level: i32) -> Result<Vec<u8>> {
    COMPRESSOR.with_borrow_mut(|kept| {
        let compressor = match kept {
            Some(compressor) => compressor,
            None => kept.insert(Compressor::new(level)?),
        };
        compressor.set_compression_level(level)?;
        compressor.compress(bytes)
    })
}

/// The bytes decompressed: at most so many, and no more room is made for them than they say they need.
///
/// # Errors
/// Where they are not compressed bytes, or more come out of them.
pub fn decompress(bytes: &[u8], most: usize) -> Result<Vec<u8>> {
    let needed = Decompressor::upper_bound(bytes).unwrap_or(most);
    if needed > most {
        return Err(Error::new(ErrorKind::InvalidData, "more bytes than there may be"));
    }
    DECOMPRESSOR.with_borrow_mut(|kept| {
        let decompressor = match kept {
            Some(decompressor) => decompressor,
            None => kept.insert(Decompressor::new()?),
        };
        decompressor.decompress(bytes, needed)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compressed_at_any_level_comes_back_whole() {
        let text = b"the weir measures the stream ".repeat(100);
        for level in [3, 1, 19, 3] {
            let packed = compress(&text, level).unwrap();
            assert!(packed.len() < 100, "{} bytes", packed.len());
            assert_eq!(decompress(&packed, text.len()).unwrap(), text);
        }
    }

    #[test]
    fn more_than_is_allowed_does_not_come_out_and_what_is_damaged_does_no_harm_to_the_next() {
        let bomb = compress(&vec![0; 1 << 20], 3).unwrap();
        assert!(decompress(&bomb, (1 << 20) - 1).is_err());
        let good = compress(b"good", 3).unwrap();
        let mut damaged = bomb.clone();
        damaged.truncate(10);
        assert!(decompress(&damaged, 1 << 20).is_err() && decompress(b"not compressed", 100).is_err());
        assert_eq!(decompress(&good, 100).unwrap(), b"good");
        assert_eq!(decompress(&bomb, 1 << 20).unwrap().len(), 1 << 20);
    }
}
