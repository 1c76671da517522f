//! Sets of users that unite, intersect and subtract: Theta sketches with k = 4,096, exact up to that many.

use super::Estimate;
use super::octets::Octets;
use datasketches::common::NumStdDev;
use datasketches::hash::value::raw_bytes;
use datasketches::theta::{
    CompactThetaSketch, ThetaANotB, ThetaIntersection, ThetaSketch, ThetaSketchBuilder, ThetaUnion, ThetaUnionBuilder,
};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

const LG_K: u8 = 12;

/// Why two sets did not combine, or bytes are no set.
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
    Compact(CompactThetaSketch),
    /// While sets are being added: adding one more costs what it holds, not what all hold.
    Union(Box<ThetaUnion>),
    /// While labels are being added.
    Growing(Box<ThetaSketch>),
}

impl Set {
    fn compact(&self) -> Cow<'_, CompactThetaSketch> {
        match &self.0 {
            Form::Compact(sketch) => Cow::Borrowed(sketch),
            Form::Union(union) => Cow::Owned(union.to_sketch(true)),
            Form::Growing(sketch) => Cow::Owned(trimmed(sketch)),
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
        if self.is_empty() {
            self.0 = Form::Growing(Box::new(sketch));
        } else {
            self.merge(&Self(Form::Growing(Box::new(sketch))));
        }
    }

    /// Adds all of `other`.
    pub fn merge(&mut self, other: &Self) {
        if other.is_empty() {
            return;
        }
        if self.is_empty() {
            *self = other.clone();
            return;
        }
        if !matches!(self.0, Form::Union(_)) {
            let mut union = new_union();
            unite(&mut union, self.compact().as_ref());
            self.0 = Form::Union(Box::new(union));
        }
        if let Form::Union(union) = &mut self.0 {
            unite(union, other.compact().as_ref());
        }
    }

    /// Those that are in both.
    ///
    /// # Errors
    /// Where the sets are of different makes.
    pub fn intersect(&self, other: &Self) -> Result<Self, SetError> {
        let mut intersection = ThetaIntersection::default();
        intersection.update(self.compact().as_ref())?;
        intersection.update(other.compact().as_ref())?;
        Ok(intersection.to_sketch(true).map_or_else(Self::default, |sketch| Self(Form::Compact(sketch))))
    }

    /// Those that are here and not in `other`.
    ///
    /// # Errors
    /// Where the sets are of different makes.
    pub fn without(&self, other: &Self) -> Result<Self, SetError> {
        let difference = ThetaANotB::default().compute(self.compact().as_ref(), other.compact().as_ref(), true)?;
        Ok(Self(Form::Compact(difference)))
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(&self.0, Form::Compact(sketch) if sketch.is_empty())
    }

    /// Whether its number is exact.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        !self.compact().is_estimation_mode()
    }

    /// About how many are in it.
    #[must_use]
    pub fn estimate(&self) -> Estimate {
        let sketch = self.compact();
        Estimate { value: sketch.estimate(), low: sketch.lower_bound(NumStdDev::Two), high: sketch.upper_bound(NumStdDev::Two) }
    }

    fn retained(&self) -> (u64, Vec<u64>) {
        let sketch = self.compact();
        (sketch.theta64(), sketch.iter().map(|entry| entry.hash()).collect())
    }
}

impl Default for Set {
    fn default() -> Self {
        Self(Form::Compact(new_sketch().compact(true)))
    }
}

impl Clone for Set {
    fn clone(&self) -> Self {
        Self(Form::Compact(self.compact().into_owned()))
    }
}

impl PartialEq for Set {
    fn eq(&self, other: &Self) -> bool {
        self.retained() == other.retained()
    }
}

impl fmt::Debug for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Set").field(&self.estimate()).finish()
    }
}

impl From<Set> for Octets {
    fn from(set: Set) -> Self {
        Self(if set.is_empty() { Vec::new() } else { set.compact().serialize_compressed() })
    }
}

impl TryFrom<Octets> for Set {
    type Error = SetError;
    fn try_from(bytes: Octets) -> Result<Self, SetError> {
        Self::from_bytes(&bytes.0)
    }
}

impl Set {
    /// Reads a sketch and checks what the union relies on: hashes in order, below theta, and no more than k of them.
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
        if !sketch.is_ordered() || sketch.num_retained() > 1 << LG_K {
            return Err(SetError("not trimmed".to_owned()));
        }
        Ok(Self(Form::Compact(sketch)))
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

/// The sketch without what it keeps beyond k, which depends on the order of its labels.
fn trimmed(sketch: &ThetaSketch) -> CompactThetaSketch {
    let compact = sketch.compact(true);
    if compact.num_retained() <= 1 << LG_K {
        return compact;
    }
    let mut union = new_union();
    unite(&mut union, &compact);
    union.to_sketch(true)
}

#[expect(clippy::expect_used, reason = "it fails only for sizes out of bounds, and ours is a constant")]
fn new_union() -> ThetaUnion {
    ThetaUnionBuilder::default().lg_k(LG_K).build().expect("the size is within bounds")
}

fn unite(union: &mut ThetaUnion, sketch: &CompactThetaSketch) {
    let united = union.update(sketch);
    debug_assert!(united.is_ok(), "sets of another seed are never made, and refused when read");
}
