//! Sets of users that unite, intersect and subtract: Theta sketches with k = 4,096, exact up to that many.
//!
//! Hashes, estimates and bytes are those of Apache `DataSketches`. What is kept is in a form of our own, a list in order, because who was
//! active in each week and month of a range takes hundreds of unions, and uniting two lists is going through them once.

use super::Estimate;
use super::octets::Octets;
use datasketches::common::NumStdDev;
use datasketches::hash::value::raw_bytes;
use datasketches::theta::{CompactThetaSketch, ThetaSketch, ThetaSketchBuilder};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

const LG_K: u8 = 12;
const K: usize = 1 << LG_K;
/// Theta of a set that has all its hashes: they are less than this.
const ALL: u64 = i64::MAX as u64;

/// Why bytes are no set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a set of this kind: {0}")]
pub struct SetError(String);

impl From<datasketches::error::Error> for SetError {
    fn from(error: datasketches::error::Error) -> Self {
        Self(error.message().to_owned())
    }
}

/// A set of labels: the hashes of all of them while they are few, else of the smallest 4,096.
///
/// Trimmed to those, it depends on the labels alone and not on their order, so that equal sets have equal forms.
#[derive(Serialize, Deserialize)]
#[serde(try_from = "Octets", into = "Octets")]
pub struct Set(Form);

enum Form {
    Kept(Kept),
    /// While labels are being added.
    Growing(Box<ThetaSketch>),
    /// While sets are being united: what is kept, and hashes of other sets that are still to be put in order.
    Uniting(Kept, Vec<u64>),
}

/// Hashes in order, at most k, and below theta all that there are.
#[derive(Clone, PartialEq)]
struct Kept {
    theta: u64,
    hashes: Vec<u64>,
}

impl Kept {
    const NONE: Self = Self { theta: ALL, hashes: Vec::new() };

    /// The hashes of a sketch, without what it keeps beyond k, which depends on the order of its labels.
    fn of(sketch: &CompactThetaSketch) -> Self {
        Self { theta: sketch.theta64(), hashes: sketch.iter().map(|entry| entry.hash()).collect() }.trimmed()
    }

    fn trimmed(mut self) -> Self {
        if let Some(beyond) = self.hashes.get(K) {
            self.theta = *beyond;
            self.hashes.truncate(K);
        }
        self
    }

    /// Hashes that are in one or the other, below what both have all of.
    fn union(&self, other: &Self) -> Self {
        let theta = self.theta.min(other.theta);
        let (mut own, mut others) = (self.hashes.as_slice(), other.hashes.as_slice());
        let mut hashes = Vec::with_capacity((own.len() + others.len()).min(K + 1));
        while hashes.len() <= K {
            let next = match (own.first(), others.first()) {
                (Some(first), Some(other)) => *first.min(other),
                (Some(only), None) | (None, Some(only)) => *only,
                (None, None) => break,
            };
            if next >= theta {
                break;
            }
            hashes.push(next);
            own = without_first(own, next);
            others = without_first(others, next);
        }
        Self { theta, hashes }.trimmed()
    }

    /// Hashes of this one that are in the other one, or are not.
    fn part(&self, other: &Self, is_in_other: bool) -> Self {
        let theta = self.theta.min(other.theta);
        let mut others = other.hashes.as_slice();
        let is_part = |hash: &u64| {
            while others.first().is_some_and(|other| other < hash) {
                others = &others[1..];
            }
            (others.first() == Some(hash)) == is_in_other
        };
        Self { theta, hashes: self.hashes.iter().copied().take_while(|hash| *hash < theta).filter(is_part).collect() }
    }

    /// The same of hashes in any order.
    fn union_of_all(&self, mut others: Vec<u64>) -> Self {
        others.sort_unstable();
        others.dedup();
        self.union(&Self { theta: self.theta, hashes: others })
    }

    fn is_exact(&self) -> bool {
        self.theta == ALL
    }

    /// The library's form of it, ordered and not compressed: <https://datasketches.apache.org/docs/Theta/ThetaSketches.html>.
    fn sketch(&self) -> Result<CompactThetaSketch, SetError> {
        const SERIAL_VERSION: u8 = 3;
        const FAMILY: u8 = 3;
        const READ_ONLY_COMPACT_ORDERED: u8 = 1 << 1 | 1 << 3 | 1 << 4;
        static SEED_HASH: LazyLock<u16> = LazyLock::new(|| new_sketch().seed_hash());
        let preamble_longs = match self.hashes.len() {
            _ if !self.is_exact() => 3,
            0 => return Ok(new_sketch().compact(true)),
            1 => 1,
            _ => 2,
        };
        let mut bytes = vec![preamble_longs, SERIAL_VERSION, FAMILY, 0, 0, READ_ONLY_COMPACT_ORDERED];
        bytes.extend(SEED_HASH.to_le_bytes());
        if preamble_longs > 1 {
            bytes.extend(u32::try_from(self.hashes.len()).unwrap_or(u32::MAX).to_le_bytes());
            bytes.extend([0; 4]);
        }
        if !self.is_exact() {
            bytes.extend(self.theta.to_le_bytes());
        }
        bytes.extend(self.hashes.iter().flat_map(|hash| hash.to_le_bytes()));
        Ok(CompactThetaSketch::deserialize(&bytes)?)
    }
}

/// A list, from which a hash is taken where it is the first.
fn without_first(hashes: &[u64], hash: u64) -> &[u64] {
    match hashes.split_first() {
        Some((first, rest)) if *first == hash => rest,
        _ => hashes,
    }
}

impl Set {
    fn kept(&self) -> Cow<'_, Kept> {
        match &self.0 {
            Form::Kept(kept) => Cow::Borrowed(kept),
            Form::Growing(sketch) => Cow::Owned(Kept::of(&sketch.compact(true))),
            Form::Uniting(kept, others) => Cow::Owned(kept.union_of_all(others.clone())),
        }
    }

    fn into_kept(self) -> Kept {
        match self.0 {
            Form::Kept(kept) => kept,
            Form::Growing(sketch) => Kept::of(&sketch.compact(true)),
            Form::Uniting(kept, others) => kept.union_of_all(others),
        }
    }

    /// Adds a label.
    pub(crate) fn add(&mut self, label: &str) {
        if let Form::Growing(sketch) = &mut self.0 {
            sketch.update(raw_bytes::from_str(label));
            return;
        }
        let mut sketch = new_sketch();
        sketch.update(raw_bytes::from_str(label));
        let one = Self(Form::Growing(Box::new(sketch)));
        if self.is_empty() {
            *self = one;
        } else {
            self.merge(&one);
        }
    }

    /// Adds all of `other`. Its hashes are put in order once there are as many as are kept, or when they are asked for.
    pub fn merge(&mut self, other: &Self) {
        if other.is_empty() {
            return;
        }
        if self.is_empty() {
            *self = other.clone();
            return;
        }
        let (mut kept, mut others) = match std::mem::take(self).0 {
            Form::Uniting(kept, others) => (kept, others),
            form => (Self(form).into_kept(), Vec::new()),
        };
        let other = other.kept();
        kept.theta = kept.theta.min(other.theta);
        others.extend(other.hashes.iter().take_while(|hash| **hash < kept.theta));
        self.0 = if others.len() < K { Form::Uniting(kept, others) } else { Form::Kept(kept.union_of_all(others)) };
    }

    /// Puts it in order, where sets were united: then it need not be each time it is asked.
    pub(crate) fn finish(&mut self) {
        if !matches!(self.0, Form::Kept(_)) {
            self.0 = Form::Kept(std::mem::take(self).into_kept());
        }
    }

    /// How many bytes of memory it takes beside itself, about.
    pub(crate) fn memory_bytes(&self) -> usize {
        match &self.0 {
            Form::Kept(kept) => size_of_val(kept.hashes.as_slice()),
            Form::Growing(_) => K * size_of::<u64>(),
            Form::Uniting(kept, others) => size_of_val(kept.hashes.as_slice()) + size_of_val(others.as_slice()),
        }
    }

    /// Those that are in both.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Self {
        Self(Form::Kept(self.kept().part(&other.kept(), true)))
    }

    /// Those that are here and not in `other`.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        Self(Form::Kept(self.kept().part(&other.kept(), false)))
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(&self.0, Form::Kept(kept) if *kept == Kept::NONE)
    }

    /// Whether its number is exact.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.kept().is_exact()
    }

    /// About how many are in it.
    #[must_use]
    pub fn estimate(&self) -> Estimate {
        let kept = self.kept();
        #[expect(clippy::cast_precision_loss, reason = "at most some thousands")]
        let retained = kept.hashes.len() as f64;
        if kept.is_exact() {
            return Estimate { value: retained, low: retained, high: retained };
        }
        kept.sketch().map_or(Estimate { value: f64::NAN, low: retained, high: f64::INFINITY }, |sketch| Estimate {
            value: sketch.estimate(),
            low: sketch.lower_bound(NumStdDev::Two),
            high: sketch.upper_bound(NumStdDev::Two),
        })
    }
}

impl Default for Set {
    fn default() -> Self {
        Self(Form::Kept(Kept::NONE))
    }
}

impl Clone for Set {
    fn clone(&self) -> Self {
        Self(Form::Kept(self.kept().into_owned()))
    }
}

impl PartialEq for Set {
    fn eq(&self, other: &Self) -> bool {
        self.kept() == other.kept()
    }
}

impl fmt::Debug for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Set").field(&self.estimate()).finish()
    }
}

impl From<Set> for Octets {
    fn from(set: Set) -> Self {
        if set.is_empty() {
            return Self(Vec::new());
        }
        let sketch = set.kept().sketch();
        debug_assert!(sketch.is_ok(), "what is kept is a sketch");
        Self(sketch.map(|sketch| sketch.serialize_compressed()).unwrap_or_default())
    }
}

impl TryFrom<Octets> for Set {
    type Error = SetError;
    fn try_from(bytes: Octets) -> Result<Self, SetError> {
        Self::from_bytes(&bytes.0)
    }
}

impl Set {
    /// Reads a sketch and checks what uniting relies on: hashes in order, below theta, and no more than k of them.
    fn from_bytes(bytes: &[u8]) -> Result<Self, SetError> {
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        let sketch = CompactThetaSketch::deserialize(bytes)?;
        let mut before = 0;
        for entry in sketch.iter() {
            if entry.hash() <= before || entry.hash() >= sketch.theta64() {
                return Err(SetError("hashes out of order".to_owned()));
            }
            before = entry.hash();
        }
        if !sketch.is_ordered() || sketch.num_retained() > K || sketch.theta64() > ALL {
            return Err(SetError("not trimmed".to_owned()));
        }
        Ok(Self(Form::Kept(Kept::of(&sketch))))
    }
}

impl<'a> FromIterator<&'a str> for Set {
    fn from_iter<I: IntoIterator<Item = &'a str>>(labels: I) -> Self {
        let mut set = Self::default();
        for label in labels {
            set.add(label);
        }
        set
    }
}

#[expect(clippy::expect_used, reason = "it fails only for sizes out of bounds, and ours is a constant")]
fn new_sketch() -> ThetaSketch {
    ThetaSketchBuilder::default().lg_k(LG_K).build().expect("the size is within bounds")
}
