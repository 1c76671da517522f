//! Queries: one shape of question for every read. A [`MetricQuery`] says what is asked; checked against the catalogue it is a [`Query`],
//! which says what may be read ([`Query::plan`]) and works out the answer from it ([`Query::evaluation`]).

mod answer;
mod calendar;
mod check;
mod evaluate;
mod keys;
mod plan;
mod prepared;
mod reading;
mod rows;
mod slice;
mod table;
mod window;

pub use answer::{Answer, Number, Row};
pub use calendar::Granularity;
pub use check::{Query, QueryFault};
pub use evaluate::{Evaluation, Slot};
pub use plan::{Bucket, Grain, Plan, Span};
pub use prepared::Prepared;
pub use slice::Slice;
pub use window::{Division, TimeParameters, Window};

use chrono_tz::Tz;
use model::{Hour, HourOffset, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// From a moment up to, and without, another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// The first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub to: Timestamp,
}

impl Range {
    /// All that happened before a moment, since 1970: of a tenant whose hours begin so much after UTC's, whole months of them.
    #[must_use]
    pub fn until(to: Timestamp, hour_offset: HourOffset) -> Self {
        let from = Hour::from_index(0).start(hour_offset);
        Self { from, to: to.max(from.plus_millis(1)) }
    }

    /// The span of time before, as long as this one.
    #[must_use]
    pub fn before(self) -> Self {
        Self { from: self.from.plus_millis(-self.to.millis_since(self.from)), to: self.from }
    }
}

/// By which number rows are ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// One of the query's measures.
    pub by: String,
    /// Largest first.
    pub descending: bool,
}

/// A question: numbers of a cube, by dimensions and time, of the cells that pass the filters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MetricQuery {
    /// The cube.
    pub cube: String,
    /// Measures and derived numbers of it.
    pub measures: Vec<String>,
    /// Dimensions of it, or `hourOfDay` and `weekday`; `hour`, `day`, `week` or `month` here sets the granularity.
    #[serde(default)]
    pub group_by: Vec<String>,
    /// By dimension, the values of which a cell must have one.
    #[serde(default)]
    pub filters: BTreeMap<String, Vec<String>>,
    /// What time it asks about.
    pub range: Range,
    /// Into what times the answer is divided; into none where not given.
    #[serde(default)]
    pub granularity: Option<Granularity>,
    /// In what zone days begin.
    #[serde(default = "utc")]
    pub timezone: Tz,
    /// How rows are ordered; by their labels where not given. A series is always in the order of time, and its groups in this.
    #[serde(default)]
    pub order: Option<Order>,
    /// How many rows are wanted, or in a series how many groups: the first in `order`.
    #[serde(default)]
    pub limit: Option<usize>,
    /// Whether the state is wanted that was read, and no rows: [`crate::people`] and [`crate::recurring`] read theirs off it.
    #[serde(skip)]
    pub keeps_state: bool,
}

fn utc() -> Tz {
    Tz::UTC
}

impl MetricQuery {
    /// A question about these numbers of a cube, in one sum over the range.
    #[must_use]
    pub fn new(cube: &str, measures: &[&str], range: Range) -> Self {
        Self {
            cube: cube.to_owned(),
            measures: measures.iter().map(|&name| name.to_owned()).collect(),
            group_by: Vec::new(),
            filters: BTreeMap::new(),
            range,
            granularity: None,
            timezone: Tz::UTC,
            order: None,
            limit: None,
            keeps_state: false,
        }
    }

    /// The same for the state itself of what these measures have seen.
    #[must_use]
    pub fn keeping_state(self) -> Self {
        Self { keeps_state: true, ..self }
    }

    /// The same by this dimension too.
    #[must_use]
    pub fn by(mut self, dimension: &str) -> Self {
        self.group_by.push(dimension.to_owned());
        self
    }

    /// The same of cells with one of these values of a dimension.
    #[must_use]
    pub fn only(mut self, dimension: &str, values: &[&str]) -> Self {
        self.filters.insert(dimension.to_owned(), values.iter().map(|&value| value.to_owned()).collect());
        self
    }

    /// The same as a series, in a zone.
    #[must_use]
    pub fn every(mut self, granularity: Granularity, timezone: Tz) -> Self {
        self.granularity = Some(granularity);
        self.timezone = timezone;
        self
    }

    /// The same, but only so many rows: those with most of a number.
    #[must_use]
    pub fn top(mut self, limit: usize, by: &str) -> Self {
        self.order = Some(Order { by: by.to_owned(), descending: true });
        self.limit = Some(limit);
        self
    }
}

#[cfg(test)]
mod tests;
