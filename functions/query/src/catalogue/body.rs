//! What `POST /api/v1/analytics/query` asks, as it is sent, and the questions that it stands for.

use super::metrics::questions;
use crate::parameters::{Cursor, LIST, MOST, Place, digest, fault};
use crate::visit::Visit;
use cube::catalogue::{self, Dimension, Metric};
use cube::query::{Granularity, MetricQuery, QueryFault, Range, TimeParameters, Window};
use model::accept::Fault;
use model::money::Currency;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The most metrics that one question may name.
const MOST_METRICS: usize = 20;

/// A question: metrics of the catalogue, or numbers of one of its cubes; by which dimensions, of what, when, in which order.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({"metrics": ["requests", "cost"], "groupBy": ["model"], "filters": {"plan": ["pro"]}, "range": {"period": "7d"}, "limit": 5}))]
pub(crate) struct QueryBody {
    /// Metrics of the catalogue. Either these, or `cube` and `measures`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
    pub metrics: Vec<String>,
    /// A cube of the catalogue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cube: Option<String>,
    /// Measures and derived numbers of the cube.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measures: Vec<String>,
    /// Dimensions, `hourOfDay` or `weekday`; `hour`, `day`, `week` or `month` among them sets the granularity.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub group_by: Vec<String>,
    /// By dimension, the values of which one must hold.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub filters: BTreeMap<String, Vec<String>>,
    /// When; the last 30 days by default.
    #[serde(default, skip_serializing_if = "QueryRange::is_default")]
    pub range: QueryRange,
    /// `hour`, `day`, `week` or `month`: makes the answer a series. One sum over the range by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub granularity: Option<String>,
    /// An IANA name; UTC by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// The first number asked for, the largest first, by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<QueryOrder>,
    /// How many groups at most: those that are first in the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 1000, default = 100)]
    pub limit: Option<usize>,
    /// `nextCursor` of the page before this one; everything else but `limit` as it was asked for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// From a moment to another, or a period that ends now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QueryRange {
    /// A date, from its first moment, or a date-time (ISO 8601).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// A date, included whole, or a date-time, not included (ISO 8601).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// As the parameter `period` of other reads: `24h`, `7d`, `month`…
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
}

/// By which number groups are ordered.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QueryOrder {
    /// One of the metrics or measures asked for.
    pub by: String,
    /// Largest first, which is the default.
    #[serde(default = "yes")]
    pub descending: bool,
}

impl QueryRange {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

fn yes() -> bool {
    true
}

/// What is asked, checked.
pub(crate) struct Question {
    /// The names of the numbers, in their order.
    pub names: Vec<String>,
    /// What is to be asked for them: each asks for the numbers that follow those of the one before.
    pub queries: Vec<MetricQuery>,
    /// The dimensions of groups.
    pub by: Vec<String>,
    /// When, and in which zone.
    pub window: Window,
    /// Whether the answer is a series.
    pub granularity: Option<Granularity>,
    /// The place of the number that orders groups, and whether the largest is first.
    pub order: (usize, bool),
    /// How many groups are wanted.
    pub limit: usize,
    /// The currency of amounts, where they are of one that was not asked for.
    pub currency: Option<Currency>,
    /// The last group of the page before.
    pub after: Option<Place>,
    /// What is asked, but for how much of it at once.
    pub digest: String,
}

impl QueryBody {
    /// The questions that it stands for, or all that is wrong with it.
    pub fn question(&self, visit: &Visit) -> Result<Question, Vec<Fault>> {
        let mut faults = Vec::new();
        let among_groups = self.group_by.iter().filter_map(|name| Granularity::from_name(name)).min();
        let given = self.granularity.as_deref().or(among_groups.map(Granularity::name));
        let mut window = self.window(visit, given).map_err(|found| faults.extend(found)).ok();
        let digest = self.digest();
        let cursor = self.cursor.as_deref().and_then(|text| Cursor::decode(text, &digest));
        match (&cursor, &mut window) {
            // All pages are of one range of time, however much passes between them.
            (Some(cursor), Some(window)) => window.range = cursor.range(),
            (None, _) if self.cursor.is_some() => {
                faults.push(fault("/cursor", "bad_cursor", "must be the nextCursor of the same question's page before"));
            }
            _ => {}
        }
        let granularity = window.and_then(|window| given.map(|_| window.granularity));
        let by: Vec<String> = self.group_by.iter().filter(|name| Granularity::from_name(name).is_none()).cloned().collect();
        let range = window.map_or(Range { from: visit.now, to: visit.now.plus_millis(1) }, |window| window.range);
        let ask = |cube: &str, numbers: &[&str]| {
            let question =
                MetricQuery { granularity, group_by: by.clone(), filters: self.filters.clone(), ..MetricQuery::new(cube, numbers, range) };
            MetricQuery { timezone: window.map_or(chrono_tz::Tz::UTC, |window| window.timezone), ..question }
        };
        let (names, queries, currency) = self.numbers(visit, ask, &mut faults);
        for query in &queries {
            faults.extend(query.check().err().into_iter().flatten().map(|fault| self.place(&fault)));
        }
        let order =
            self.order.as_ref().map_or(Some((0, true)), |order| Some((names.iter().position(|name| *name == order.by)?, order.descending)));
        if order.is_none() && !names.is_empty() {
            faults.push(fault("/order/by", "unknown_order", format!("must be one of {}", names.join(", "))));
        }
        let limit = self.limit.unwrap_or(LIST);
        if !(1..=MOST).contains(&limit) {
            faults.push(fault("/limit", "bad_limit", format!("must be a whole number from 1 to {MOST}")));
        }
        match (window, order) {
            (Some(window), Some(order)) if faults.is_empty() => {
                let after = cursor.and_then(|cursor| Place::read(&cursor.after));
                Ok(Question { names, queries, by, window, granularity, order, limit, currency, after, digest })
            }
            _ => Err(faults),
        }
    }

    /// What is asked, but for how much of it at once: a cursor of one question is none of another.
    fn digest(&self) -> String {
        let whole = Self { limit: None, cursor: None, ..self.clone() };
        digest("query", &[("body".to_owned(), serde_json::to_string(&whole).unwrap_or_default())])
    }

    fn window(&self, visit: &Visit, granularity: Option<&str>) -> Result<Window, Vec<Fault>> {
        let time = TimeParameters {
            start_date: self.range.from.as_deref(),
            end_date: self.range.to.as_deref(),
            period: self.range.period.as_deref(),
            granularity,
            timezone: self.timezone.as_deref(),
        };
        let moved = |fault: Fault| {
            let pointer = match fault.pointer.as_str() {
                "startDate" => "/range/from".to_owned(),
                "endDate" => "/range/to".to_owned(),
                "period" => "/range/period".to_owned(),
                other => format!("/{other}"),
            };
            Fault { pointer, ..fault }
        };
        Window::of(&time, visit.now, visit.caller.hour_offset).map_err(|faults| faults.into_iter().map(moved).collect())
    }

    /// The numbers that are asked for, and what is to be asked for them.
    fn numbers(
        &self,
        visit: &Visit,
        ask: impl Fn(&str, &[&str]) -> MetricQuery,
        faults: &mut Vec<Fault>,
    ) -> (Vec<String>, Vec<MetricQuery>, Option<Currency>) {
        let numbers: Vec<&str> = self.measures.iter().map(String::as_str).collect();
        match (&self.cube, self.metrics.is_empty()) {
            (Some(cube), true) => (self.measures.clone(), vec![ask(cube, &numbers)], None),
            (Some(_), false) => {
                faults.push(fault("/metrics", "conflict", "cannot be combined with cube and measures"));
                (Vec::new(), Vec::new(), None)
            }
            (None, _) => {
                let metrics = self.metrics(faults);
                let named = self.group_by.iter().chain(self.filters.keys());
                let mut dimensions: Vec<Dimension> = named.filter_map(|name| Dimension::from_name(name)).collect();
                dimensions.dedup();
                let found = questions(&metrics, (&dimensions, visit.caller.currency), |metric, cube| ask(cube, &[metric.number]));
                let (queries, currency) = found.unwrap_or_else(|(metric, message)| {
                    let at = self.metrics.iter().position(|name| name == metric).unwrap_or_default();
                    faults.push(fault(&format!("/metrics/{at}"), "not_counted_together", message));
                    (Vec::new(), None)
                });
                (self.metrics.clone(), queries, currency)
            }
        }
    }

    fn metrics(&self, faults: &mut Vec<Fault>) -> Vec<&'static Metric> {
        if self.metrics.is_empty() {
            faults.push(fault("/metrics", "missing", "at least one is needed, or a cube and measures of it"));
        } else if self.metrics.len() > MOST_METRICS {
            faults.push(fault("/metrics", "too_many", format!("may be {MOST_METRICS} at most")));
        }
        let mut metrics = Vec::new();
        for (at, name) in self.metrics.iter().enumerate() {
            let Some(metric) = catalogue::metric(name) else {
                let known: Vec<&str> = catalogue::metrics().iter().map(|metric| metric.name).collect();
                let message = format!("there are only these metrics: {}", known.join(", "));
                faults.push(fault(&format!("/metrics/{at}"), "unknown_metric", message));
                continue;
            };
            if self.metrics[..at].contains(name) {
                faults.push(fault(&format!("/metrics/{at}"), "repeated", "is named more than once"));
            }
            metrics.push(metric);
        }
        metrics
    }

    /// A fault of a question, at its place in what was sent.
    fn place(&self, found: &QueryFault) -> Fault {
        let at = |list: &[String], name: &str| list.iter().position(|one| one == name).map_or(String::new(), |at| format!("/{at}"));
        let (pointer, code) = match found {
            QueryFault::UnknownCube { .. } => ("/cube".to_owned(), "unknown_cube"),
            QueryFault::UnknownMeasure { name, .. } => (format!("/measures{}", at(&self.measures, name)), "unknown_measure"),
            QueryFault::UnknownDimension { name, .. } if self.group_by.contains(name) => {
                (format!("/groupBy{}", at(&self.group_by, name)), "unknown_dimension")
            }
            QueryFault::UnknownDimension { name, .. } => {
                (format!("/filters/{}", name.replace('~', "~0").replace('/', "~1")), "unknown_dimension")
            }
            QueryFault::NoMeasure => ("/measures".to_owned(), "missing"),
            QueryFault::MixedCurrencies { measure } => (format!("/measures{}", at(&self.measures, measure)), "mixed_currencies"),
            QueryFault::TooManyPoints { .. } => ("/granularity".to_owned(), "too_many_points"),
            QueryFault::BadRange => ("/range".to_owned(), "bad_range"),
            QueryFault::UnknownOrder { .. } => ("/order/by".to_owned(), "unknown_order"),
        };
        fault(&pointer, code, found.to_string())
    }
}
