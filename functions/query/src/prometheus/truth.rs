//! What is now true, by the catalogue: one reading answers all that the page shows.

use super::family::{Labels, Value};
use super::metrics::{Kind, METRICS, Metric, Numbers, Over, Source};
use super::page::{Page, Truth};
use super::{Scrape, own, unreadable};
use crate::Desk;
use crate::shape::units;
use cube::query::{Answer, MetricQuery, Number, Range, Row};
use model::{Hour, Timestamp};
use records::traffic;
use std::collections::BTreeMap;
use web::Problem;

impl Scrape {
    /// The end of the hour that runs.
    fn end(&self) -> Timestamp {
        self.hour(1)
    }

    /// The beginning of an hour, counted from the one that runs.
    fn hour(&self, after: i32) -> Timestamp {
        let offset = self.caller.hour_offset;
        Hour::from_index(Hour::of(self.now, offset).index().saturating_add(after)).start(offset)
    }

    /// All that has happened, as far as the hour that runs.
    pub(super) fn all_time(&self) -> Range {
        Range::until(self.end(), self.caller.hour_offset)
    }

    fn range(&self, over: Over) -> Range {
        match over {
            Over::AllTime => self.all_time(),
            Over::Lately => Range { from: self.hour(-1), to: self.end() },
        }
    }
}

/// The metrics that are numbers of a cube.
fn of_cubes() -> impl Iterator<Item = (&'static Metric, Numbers)> {
    METRICS.iter().filter_map(|metric| match metric.source {
        Source::Cube { numbers, .. } => Some((metric, numbers)),
        Source::Other => None,
    })
}

impl Desk {
    /// What is now true of a tenant, where a page was shown before.
    pub(super) async fn truth(&self, scrape: &Scrape, last: &Page) -> Result<Truth, Problem> {
        let slow = last.slow.due(scrape);
        let mut questions: Vec<MetricQuery> = of_cubes().filter_map(|(metric, _)| question(metric, scrape)).collect();
        let own_questions = questions.len();
        questions.extend(slow.questions(scrape));
        let tenant = &scrape.caller.tenant;
        let traffic = async { traffic::all(&*self.table, tenant).await.map_err(unreadable) };
        let reading = async { self.read((&scrape.caller, scrape.now), &questions).await };
        let stored = async { self.stored(tenant, &slow).await };
        let (traffic, reading, stored) = futures::try_join!(traffic, reading, stored)?;

        let mut truth = Truth::default();
        for ((metric, numbers), answer) in of_cubes().zip(&reading.answers) {
            tell(&mut truth, (metric, numbers), (answer, scrape.now));
        }
        own::add(&mut truth, &traffic);
        #[expect(clippy::cast_precision_loss, reason = "a count of hours")]
        let pending = reading.pending_hours as f64;
        truth.gauges.insert("analytics_pending_hours", BTreeMap::from([(Vec::new(), pending)]));
        slow.tell(&mut truth, scrape, reading.answers.get(own_questions..).unwrap_or_default(), stored);
        Ok(truth)
    }
}

/// The question that a metric is the answer to.
fn question(metric: &Metric, scrape: &Scrape) -> Option<MetricQuery> {
    let Source::Cube { cube, over, by, only, numbers } = metric.source else { return None };
    let range = scrape.range(over);
    let query = match numbers {
        Numbers::One(name) | Numbers::Percent(name) | Numbers::Age(name) => MetricQuery::new(cube, &[name], range),
        Numbers::Each(names) => MetricQuery::new(cube, &names.iter().map(|(_, name)| *name).collect::<Vec<_>>(), range),
        Numbers::Distribution { of, sum } => MetricQuery::new(cube, &[of, sum], range),
    };
    let query = by.iter().fold(query, |query, dimension| query.by(dimension));
    Some(only.into_iter().fold(query, |query, (dimension, values)| query.only(dimension, values)))
}

/// Adds what a metric shows of its answer.
fn tell(truth: &mut Truth, (metric, numbers): (&Metric, Numbers), (answer, now): (&Answer, Timestamp)) {
    if metric.kind == Kind::Gauge {
        let gauges = answer.rows.iter().flat_map(|row| gauges(row, numbers, now)).collect();
        truth.gauges.insert(metric.name, gauges);
    } else {
        let values = answer.rows.iter().flat_map(|row| values(row, metric, numbers)).collect();
        truth.families.insert(metric.name, values);
    }
}

/// The labels of a row, and one more.
fn labels(row: &Row, more: Option<&str>) -> Labels {
    row.labels.iter().cloned().chain(more.map(str::to_owned)).collect()
}

fn gauges(row: &Row, numbers: Numbers, now: Timestamp) -> Vec<(Labels, f64)> {
    let number = |at: usize| row.values.get(at).and_then(Number::as_f64);
    let one = |value: Option<f64>| value.map(|value| (labels(row, None), value)).into_iter().collect();
    match numbers {
        Numbers::One(_) => one(number(0)),
        Numbers::Percent(_) => one(number(0).map(|part| part * 100.0)),
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of any year that matters are exact in a double")]
        Numbers::Age(_) => one(number(0).map(|moment| (now.as_millis() as f64 - moment).max(0.0) / 1000.0)),
        Numbers::Each(names) => {
            let each = names.iter().enumerate();
            each.filter_map(|(at, (label, _))| Some((labels(row, Some(label)), number(at)?))).collect()
        }
        Numbers::Distribution { .. } => Vec::new(),
    }
}

fn values(row: &Row, metric: &Metric, numbers: Numbers) -> Vec<(Labels, Value)> {
    let whole = |at: usize| row.values.get(at).map_or(0, units);
    match numbers {
        Numbers::One(_) => vec![(labels(row, None), Value::Number(whole(0)))],
        Numbers::Each(names) => {
            let each = names.iter().enumerate();
            each.map(|(at, (label, _))| (labels(row, Some(label)), Value::Number(whole(at)))).collect()
        }
        Numbers::Distribution { .. } => {
            distribution(metric, row.values.first(), whole(1)).map(|value| (labels(row, None), value)).into_iter().collect()
        }
        Numbers::Percent(_) | Numbers::Age(_) => Vec::new(),
    }
}

/// A distribution in the buckets of a metric; one that has seen nothing is none.
pub(super) fn distribution(metric: &Metric, number: Option<&Number>, sum: i128) -> Option<Value> {
    let (Some(Number::Quantiles(quantiles, _)), Kind::Histogram(bounds)) = (number, metric.kind) else { return None };
    let up_to = bounds.iter().map(|bound| quantiles.count_up_to(bound * metric.units));
    Some(Value::Histogram { counts: up_to.chain([quantiles.count()]).collect(), sum })
}
