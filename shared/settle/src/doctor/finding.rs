//! What can be wrong with what is kept.

use model::{AttemptId, Hour, SegmentId, Timestamp};
use ports::Key;
use rollups::{Bucket, Owner};
use std::fmt;

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whose.
    pub owner: Owner,
    /// What it is.
    pub what: What,
}

/// Which manifest would name something, if any did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// That of a day.
    Day(model::Day),
    /// That of a month.
    Month(model::Month),
    /// That of all time.
    Lifetime,
}

impl Place {
    /// Whether the rollups of a partition are named by its manifest.
    pub(crate) fn is_of(self, partition: &str) -> bool {
        let grain = partition.rsplit('#').next().unwrap_or_default();
        match self {
            Self::Day(_) => grain.starts_with("hour") || grain.starts_with("day"),
            Self::Month(_) => grain == "month",
            Self::Lifetime => grain == "lifetime",
        }
    }
}

/// What is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// An attempt that no manifest names: it crashed, or lost its commit, or is at work right now.
    Orphan {
        /// The attempt.
        attempt: AttemptId,
        /// The manifest that does not name it.
        place: Place,
        /// Its items.
        items: Vec<Key>,
        /// Its objects.
        objects: Vec<String>,
    },
    /// A rollup that a manifest names is missing or damaged.
    Gap {
        /// The span that it is of.
        bucket: Bucket,
        /// The attempt that wrote it.
        attempt: AttemptId,
        /// What is wrong with it.
        reason: String,
    },
    /// The log of an hour is missing or damaged.
    LogGap {
        /// The hour.
        hour: Hour,
        /// What is wrong with it.
        reason: String,
    },
    /// Events wait to be settled, and the segment that holds them is missing.
    SegmentGap {
        /// The hour.
        hour: Hour,
        /// The segment.
        segment: SegmentId,
    },
    /// A rollup is not what it is made of comes to.
    Drift {
        /// The span that it is of.
        bucket: Bucket,
        /// The attempt that wrote it.
        attempt: AttemptId,
    },
    /// An hour cannot be settled.
    Quarantined {
        /// The hour.
        hour: Hour,
        /// Since when.
        since: Timestamp,
        /// Why.
        reason: String,
    },
    /// An hour was settled before cubes were added that it lacks.
    OldCatalogue {
        /// The hour.
        hour: Hour,
        /// The attempt that settled it.
        attempt: AttemptId,
    },
    /// A segment was put into the bucket and never counted: its messages were stored in another one, or still wait in a queue.
    Uncommitted {
        /// Its object.
        object: String,
    },
    /// A month that is over, or all time, is not built from what it should be.
    Unbuilt {
        /// The span.
        bucket: Bucket,
    },
}

impl What {
    /// What kind of finding it is, in a word.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Orphan { .. } => "orphan",
            Self::Gap { .. } | Self::LogGap { .. } | Self::SegmentGap { .. } => "gap",
            Self::Drift { .. } => "drift",
            Self::Quarantined { .. } => "quarantined",
            Self::OldCatalogue { .. } => "old-catalogue",
            Self::Uncommitted { .. } => "uncommitted",
            Self::Unbuilt { .. } => "unbuilt",
        }
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Orphan { attempt, place, items, objects } => {
                write!(f, "attempt {attempt} of {place} is named by no manifest: {} items, {} objects", items.len(), objects.len())
            }
            Self::Gap { bucket, reason, .. } => write!(f, "the rollup of {bucket} cannot be read: {reason}"),
            Self::LogGap { hour, reason } => write!(f, "the log of {hour} cannot be read: {reason}"),
            Self::SegmentGap { hour, segment } => write!(f, "segment {segment} is missing, which has events of {hour}"),
            Self::Drift { bucket, .. } => write!(f, "the rollup of {bucket} is not what it is made of comes to"),
            Self::Quarantined { hour, since, reason } => write!(f, "{hour} cannot be settled since {since}: {reason}"),
            Self::OldCatalogue { hour, .. } => write!(f, "{hour} was settled with an older catalogue"),
            Self::Uncommitted { object } => write!(f, "{object} has events that were never counted under it"),
            Self::Unbuilt { bucket } => write!(f, "{bucket} is not built from what it should be"),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => write!(f, "{day}"),
            Self::Month(month) => write!(f, "{month}"),
            Self::Lifetime => f.write_str("all time"),
        }
    }
}
