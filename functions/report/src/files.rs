//! What exports and the archive are made with.

use model::{Day, Hour, HourOffset, Timestamp};
use ports::{Bucket, Clock, Random, Table, Uploads};
use std::sync::Arc;

/// What exports and the archive are made with.
#[derive(Clone)]
pub struct Files {
    /// Where tasks, partials and manifests are.
    pub table: Arc<dyn Table>,
    /// Where segments and the log are, and where small files go.
    pub bucket: Arc<dyn Bucket>,
    /// By which large ones go there.
    pub uploads: Arc<dyn Uploads>,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// By which copies of events are told apart.
    pub random: Arc<dyn Random>,
}

/// The days of a tenant's that a span of time touches.
pub(crate) fn days((from, to): (Timestamp, Timestamp), offset: HourOffset) -> Vec<Day> {
    if to <= from {
        return Vec::new();
    }
    let (first, last) = (Hour::of(from, offset).day(), Hour::of(to.plus_millis(-1), offset).day());
    let (mut days, mut day) = (vec![first], first);
    while day < last {
        day = Hour::from_index(day.last_hour().index() + 1).day();
        days.push(day);
    }
    days
}
