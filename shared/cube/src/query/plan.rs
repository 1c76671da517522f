//! What must be read to answer: spans of buckets, each of one grain.

use super::{Query, Range};
use model::{Hour, HourOffset, Timestamp};

/// The size of a stored bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grain {
    /// An hour: a rollup, or partials that are not settled yet.
    Hour,
    /// A day of the tenant.
    Day,
    /// A month of the tenant.
    Month,
    /// All time.
    Lifetime,
}

/// A stored bucket: its size, and its first hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bucket {
    /// Its size.
    pub grain: Grain,
    /// Its first hour.
    pub start: Hour,
}

/// Buckets of one grain that follow each other: from the one that begins with an hour up to, and without, the one that begins with another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Their size.
    pub grain: Grain,
    /// The first hour of the first.
    pub from: Hour,
    /// The first hour after the last.
    pub to: Hour,
}

/// What must be read: spans in the order of time, that cover the range once. Hours are all there is to read so far; coarser rollups become
/// spans of their own, with hours at their edges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// What must be read.
    pub reads: Vec<Span>,
    /// What is read: whole hours, so the range asked for or a little more.
    pub covered: Range,
    /// By how much the hours begin after UTC's.
    pub hour_offset: HourOffset,
}

impl Query {
    /// What must be read to answer, of a tenant whose hours begin so much after UTC's: all hours that the range touches.
    #[must_use]
    pub fn plan(&self, hour_offset: HourOffset) -> Plan {
        let from = Hour::of(self.range.from, hour_offset);
        let last = Hour::of(self.range.to.plus_millis(-1), hour_offset);
        let to = Hour::from_index(last.index().saturating_add(1));
        Plan {
            reads: vec![Span { grain: Grain::Hour, from, to }],
            covered: Range { from: from.start(hour_offset), to: to.start(hour_offset) },
            hour_offset,
        }
    }
}

impl Plan {
    /// The hours that are read, each once, in order.
    pub fn hours(&self) -> impl Iterator<Item = Hour> + '_ {
        self.reads.iter().flat_map(|span| (span.from.index()..span.to.index()).map(Hour::from_index))
    }

    /// The middle of an hour: what decides the day it belongs to where a zone's days do not begin with one of the tenant's hours.
    pub(super) fn middle(&self, hour: Hour) -> Timestamp {
        hour.start(self.hour_offset).plus_millis(30 * 60_000)
    }
}
