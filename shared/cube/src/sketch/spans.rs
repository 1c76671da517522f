//! Spans of time that events cover: sessions of those who do not say when theirs begin and end.

use serde::{Deserialize, Serialize};

/// A time from the first of some events to the last, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// The time of the first event.
    pub first: i64,
    /// The time of the last event.
    pub last: i64,
}

/// Spans in order, with more than the gap between each and the next. Two events are of one span where no more than the gap lies between
/// each event and the next: a property of the set of times, whatever order they come in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<(i64, u64)>", into = "Vec<(i64, u64)>")]
pub struct Spans(Vec<Span>);

impl From<Spans> for Vec<(i64, u64)> {
    fn from(spans: Spans) -> Self {
        spans.0.iter().map(|span| (span.first, span.last.abs_diff(span.first))).collect()
    }
}

impl TryFrom<Vec<(i64, u64)>> for Spans {
    type Error = &'static str;
    fn try_from(wire: Vec<(i64, u64)>) -> Result<Self, Self::Error> {
        let span = |(first, length): (i64, u64)| first.checked_add_unsigned(length).map(|last| Span { first, last });
        let spans: Vec<Span> = wire.into_iter().map(span).collect::<Option<_>>().ok_or("a span ends beyond all time")?;
        if spans.windows(2).all(|pair| pair[0].last < pair[1].first) { Ok(Self(spans)) } else { Err("spans are not apart and in order") }
    }
}

impl Spans {
    /// The spans of these times.
    #[must_use]
    pub fn of(mut times: Vec<i64>, gap_ms: i64) -> Self {
        times.sort_unstable();
        Self::joined(times.into_iter().map(|time| Span { first: time, last: time }), gap_ms)
    }

    /// Adds the spans of `other`, joining those that the gap no longer keeps apart.
    pub fn merge(&mut self, other: &Self, gap_ms: i64) {
        let mut all: Vec<Span> = self.0.iter().chain(&other.0).copied().collect();
        all.sort_unstable();
        *self = Self::joined(all.into_iter(), gap_ms);
    }

    fn joined(ordered: impl Iterator<Item = Span>, gap_ms: i64) -> Self {
        let mut joined: Vec<Span> = Vec::new();
        for span in ordered {
            match joined.last_mut() {
                Some(before) if span.first.saturating_sub(before.last) <= gap_ms => before.last = before.last.max(span.last),
                _ => joined.push(span),
            }
        }
        Self(joined)
    }

    /// The spans, in order.
    #[must_use]
    pub fn as_slice(&self) -> &[Span] {
        &self.0
    }

    /// How long they are together, in milliseconds.
    #[must_use]
    pub fn total_ms(&self) -> i128 {
        self.0.iter().map(|span| i128::from(span.last) - i128::from(span.first)).sum()
    }
}
