//! Distributions of durations and sizes: the buckets of a `DDSketch`, 1% wide, and nothing else of it. Its own state keeps sums and extremes
//! as floats, whose order of addition would show; buckets with integer counts merge exactly. Sums are measures of their own.

use crate::state::{Cursor, StateError};
use serde::{Deserialize, Serialize};
use sketches_ddsketch::Config;
use std::fmt;
use std::sync::LazyLock;

/// The relative error of a quantile.
const ACCURACY: f64 = 0.01;

/// The mapping of values to buckets. Values are integers from 1 on, so no bucket lies below zero and none is ever collapsed.
static MAPPING: LazyLock<Config> = LazyLock::new(|| Config::new(ACCURACY, u32::MAX, 1e-9));

/// How often each bucket's values were seen. Values below one (durations of less than a unit, broken clocks) count as zero.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct Quantiles {
    zeros: u64,
    buckets: Buckets,
}

/// Counts by bucket.
#[derive(Clone)]
enum Buckets {
    /// Buckets ascending; no count is zero.
    Few(Vec<(u16, u64)>),
    /// Counts from a first bucket on. While many values are added this is several times as fast.
    Dense(u16, Vec<u64>),
}

impl Default for Buckets {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

/// From so many buckets on they are kept dense, where that takes no more than twice the memory.
const DENSE: usize = 64;

impl Buckets {
    /// Buckets that have counted, ascending.
    fn iter(&self) -> impl Iterator<Item = (u16, u64)> {
        let (few, (first, dense)) = match self {
            Self::Few(few) => (few.as_slice(), (0, [].as_slice())),
            Self::Dense(first, counts) => ([].as_slice(), (*first, counts.as_slice())),
        };
        let dense = dense.iter().enumerate().map(move |(at, count)| (first + u16::try_from(at).unwrap_or(0), *count));
        few.iter().copied().chain(dense.filter(|(_, count)| *count > 0))
    }

    fn add(&mut self, bucket: u16, count: u64) {
        match self {
            Self::Few(few) => match few.binary_search_by_key(&bucket, |(bucket, _)| *bucket) {
                Ok(at) => few[at].1 = few[at].1.saturating_add(count),
                Err(at) => {
                    few.insert(at, (bucket, count));
                    self.densify();
                }
            },
            Self::Dense(first, counts) => {
                if let Some(own) = bucket.checked_sub(*first).and_then(|at| counts.get_mut(usize::from(at))) {
                    *own = own.saturating_add(count);
                } else {
                    *self = Self::Few(self.iter().collect());
                    self.add(bucket, count);
                }
            }
        }
    }

    fn densify(&mut self) {
        let Self::Few(few) = self else { return };
        let (Some((first, _)), Some((last, _))) = (few.first().copied(), few.last().copied()) else { return };
        let span = usize::from(last - first) + 1;
        if few.len() < DENSE || span > 4 * few.len() {
            return;
        }
        let mut counts = vec![0; span];
        for (bucket, count) in few {
            counts[usize::from(*bucket - first)] = *count;
        }
        *self = Self::Dense(first, counts);
    }
}

impl PartialEq for Quantiles {
    fn eq(&self, other: &Self) -> bool {
        self.zeros == other.zeros && self.buckets.iter().eq(other.buckets.iter())
    }
}

impl Eq for Quantiles {}

impl fmt::Debug for Quantiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let buckets: Vec<(u16, u64)> = self.buckets.iter().collect();
        f.debug_struct("Quantiles").field("zeros", &self.zeros).field("buckets", &buckets).finish()
    }
}

/// What is stored: bucket numbers as distances from the one before, which are small.
#[derive(Serialize, Deserialize)]
struct Wire {
    zeros: u64,
    buckets: Vec<(u16, u64)>,
}

impl From<Quantiles> for Wire {
    fn from(quantiles: Quantiles) -> Self {
        let mut before = 0;
        let distance = |(bucket, count)| {
            let distance = bucket - before;
            before = bucket;
            (distance, count)
        };
        Self { zeros: quantiles.zeros, buckets: quantiles.buckets.iter().map(distance).collect() }
    }
}

impl TryFrom<Wire> for Quantiles {
    type Error = &'static str;
    fn try_from(wire: Wire) -> Result<Self, Self::Error> {
        let mut buckets = wire.buckets;
        let mut before = None;
        for (bucket, count) in &mut buckets {
            *bucket = after(before, (*bucket, *count))?;
            before = Some(*bucket);
        }
        Ok(Self { zeros: wire.zeros, buckets: Buckets::Few(buckets) })
    }
}

/// The bucket that is so far after another one, and has counted.
fn after(before: Option<u16>, (distance, count): (u16, u64)) -> Result<u16, &'static str> {
    if count == 0 || (before.is_some() && distance == 0) {
        return Err("buckets are not distinct and in use");
    }
    before.unwrap_or(0).checked_add(distance).ok_or("a bucket lies beyond the last")
}

/// The sums of two lists of counts, each by bucket, ascending.
fn sum(mut own: &[(u16, u64)], mut others: &[(u16, u64)]) -> Vec<(u16, u64)> {
    let mut sum = Vec::with_capacity(own.len() + others.len());
    while let (Some(((bucket, count), rest)), Some(((other, more), other_rest))) = (own.split_first(), others.split_first()) {
        let (takes_own, takes_other) = (bucket <= other, other <= bucket);
        let counts = [(takes_own, *count), (takes_other, *more)].map(|(takes, count)| if takes { count } else { 0 });
        sum.push((*bucket.min(other), counts[0].saturating_add(counts[1])));
        own = if takes_own { rest } else { own };
        others = if takes_other { other_rest } else { others };
    }
    sum.extend_from_slice(own);
    sum.extend_from_slice(others);
    sum
}

impl FromIterator<i64> for Quantiles {
    fn from_iter<I: IntoIterator<Item = i64>>(values: I) -> Self {
        let mut quantiles = Self::default();
        for value in values {
            quantiles.add(value);
        }
        quantiles
    }
}

impl Quantiles {
    /// How many bytes of memory it takes beside itself.
    pub(crate) fn memory_bytes(&self) -> usize {
        match &self.buckets {
            Buckets::Few(few) => size_of_val(few.as_slice()),
            Buckets::Dense(_, counts) => size_of_val(counts.as_slice()),
        }
    }

    /// Counts a value.
    pub fn add(&mut self, value: i64) {
        self.add_to(Bucket::of(value), 1);
    }

    /// Counts a value of this bucket.
    pub(crate) fn add_to(&mut self, bucket: Bucket, count: u64) {
        match bucket.0.checked_sub(1) {
            None => self.zeros = self.zeros.saturating_add(count),
            Some(bucket) => self.buckets.add(bucket, count),
        }
    }

    /// Adds all that `other` has counted.
    pub fn merge(&mut self, other: &Self) {
        self.zeros = self.zeros.saturating_add(other.zeros);
        match (&mut self.buckets, &other.buckets) {
            (Buckets::Few(few), others) if few.is_empty() => self.buckets.clone_from(others),
            (Buckets::Few(few), Buckets::Few(others)) => {
                *few = sum(few, others);
                self.buckets.densify();
            }
            (own, others) => others.iter().for_each(|(bucket, count)| own.add(bucket, count)),
        }
    }

    /// Takes away what `other` has counted, which is part of what this one has.
    pub(crate) fn take_away(&mut self, other: &Self) {
        self.zeros = self.zeros.saturating_sub(other.zeros);
        let mut less = other.buckets.iter().peekable();
        let left = self.buckets.iter().map(|(bucket, count)| {
            let taken = less.next_if(|(other, _)| *other == bucket).map_or(0, |(_, taken)| taken);
            (bucket, count.saturating_sub(taken))
        });
        let mut left = Buckets::Few(left.filter(|(_, count)| *count > 0).collect());
        left.densify();
        self.buckets = left;
    }

    /// Reads one as it is written, in a fraction of the time that a general deserializer takes.
    pub(crate) fn read(bytes: &mut Cursor<'_>) -> Result<Self, StateError> {
        let zeros = bytes.number()?;
        let mut before = None;
        let buckets = bytes.many(|bytes| {
            let counted = (bytes.id()?, bytes.number()?);
            let bucket = after(before, counted).map_err(StateError::Malformed)?;
            before = Some(bucket);
            Ok((bucket, counted.1))
        })?;
        Ok(Self { zeros, buckets: Buckets::Few(buckets) })
    }

    /// How many values were counted.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.buckets.iter().fold(self.zeros, |sum, (_, count)| sum.saturating_add(count))
    }

    /// The smallest value that this part of the values (0 to 1) does not exceed, within 1% (the nearest rank); `None` where nothing was
    /// counted.
    #[must_use]
    pub fn at(&self, part: f64) -> Option<f64> {
        let count = self.count();
        let last = count.checked_sub(1)?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a rank among the values")]
        let rank = ((part.clamp(0.0, 1.0) * count as f64).ceil() as u64).saturating_sub(1).min(last);
        let mut seen = self.zeros;
        if rank < seen {
            return Some(0.0);
        }
        for (bucket, count) in self.buckets.iter() {
            seen = seen.saturating_add(count);
            if rank < seen {
                return Some(value_of(bucket));
            }
        }
        self.buckets.iter().last().map(|(bucket, _)| value_of(bucket))
    }

    /// How many values are at most this, give or take the values within 1% of it: what a Prometheus histogram's bucket shows.
    #[must_use]
    pub fn count_up_to(&self, limit: f64) -> u64 {
        let within = self.buckets.iter().take_while(|(bucket, _)| value_of(*bucket) <= limit * (1.0 + ACCURACY));
        within.fold(if limit < 0.0 { 0 } else { self.zeros }, |sum, (_, count)| sum.saturating_add(count))
    }
}

/// Where a value is counted: with the zeros, or in a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket(u16);

impl Bucket {
    /// The bucket of a value: of those from 1 on, at most 2,184 for the largest there is.
    #[expect(clippy::cast_precision_loss, reason = "a bucket is far wider than what a double rounds")]
    pub fn of(value: i64) -> Self {
        Self(if value < 1 { 0 } else { u16::try_from(MAPPING.key(value as f64)).unwrap_or(0) + 1 })
    }
}

fn value_of(bucket: u16) -> f64 {
    MAPPING.value(i32::from(bucket))
}
