//! The page: what is shown, and how it is kept.

use super::family::{Family, Labels, Value};
use super::metrics::METRICS;
use super::slow::Slow;
use bytes::Bytes;
use model::zstandard;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The first byte of what is kept. Whoever changes the page's fields adds another, and keeps reading this one: what was shown binds.
const FORMAT: u8 = 1;
const COMPRESSION_LEVEL: i32 = 3;
/// From this size on no new series is let in: what is left of an item's 400 KB is for the numbers of the series that are there.
const CLOSED_BYTES: usize = 300_000;
/// More than any page takes that fits an item.
const PLAIN_BYTES: usize = 64 * 1024 * 1024;

/// What is shown of a tenant.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Page {
    /// Counters and histograms, by metric.
    pub families: BTreeMap<String, Family>,
    /// Gauges, by metric.
    pub gauges: BTreeMap<String, BTreeMap<Labels, f64>>,
    /// What is not worked out for each page.
    pub slow: Slow,
    /// Whether it has taken all the series it can.
    is_closed: bool,
}

/// What is true at some moment.
#[derive(Debug, Default)]
pub(super) struct Truth {
    /// Counters and histograms, by metric.
    pub families: BTreeMap<&'static str, BTreeMap<Labels, Value>>,
    /// Gauges, by metric. What is told of here replaces what was shown.
    pub gauges: BTreeMap<&'static str, BTreeMap<Labels, f64>>,
    /// What is not worked out for each page.
    pub slow: Slow,
}

/// Bytes that are no page.
#[derive(Debug, thiserror::Error)]
pub(super) enum PageError {
    #[error("a page of format {0:?} is not known here")]
    Format(Option<u8>),
    #[error("not a page")]
    Malformed,
}

impl Page {
    /// Takes over what is now true: counters never go down.
    pub fn rise(&mut self, truth: Truth) {
        for (name, series) in truth.families {
            let most_bytes =
                if self.is_closed { 0 } else { METRICS.iter().find(|metric| metric.name == name).map_or(0, |metric| metric.most_bytes) };
            self.families.entry(name.to_owned()).or_default().rise(series, most_bytes);
        }
        self.gauges.extend(truth.gauges.into_iter().map(|(name, series)| (name.to_owned(), series)));
        self.slow = truth.slow;
        self.is_closed |= self.encode().is_ok_and(|bytes| bytes.len() > CLOSED_BYTES);
    }

    pub fn encode(&self) -> Result<Bytes, PageError> {
        let plain = postcard::to_stdvec(self).map_err(|_| PageError::Malformed)?;
        let mut bytes = vec![FORMAT];
        bytes.extend(zstandard::compress(&plain, COMPRESSION_LEVEL).map_err(|_| PageError::Malformed)?);
        Ok(bytes.into())
    }

    pub fn decode(bytes: &[u8]) -> Result<Self, PageError> {
        match bytes.split_first() {
            Some((&FORMAT, compressed)) => {
                let plain = zstandard::decompress(compressed, PLAIN_BYTES).map_err(|_| PageError::Malformed)?;
                postcard::from_bytes(&plain).map_err(|_| PageError::Malformed)
            }
            other => Err(PageError::Format(other.map(|(format, _)| *format))),
        }
    }
}
