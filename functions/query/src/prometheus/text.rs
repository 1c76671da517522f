//! The page as text. `prometheus` writes the format: its twin `prometheus-client` writes `OpenMetrics` only, in which a counter has another
//! name than its samples.

use super::family::{Labels, Value};
use super::metrics::{FOLDED, Kind, METRICS, Metric};
use super::page::Page;
use ::prometheus::TextEncoder;
use ::prometheus::proto::{Bucket, Counter, Gauge, Histogram, LabelPair, Metric as Sample, MetricFamily, MetricType};
use std::collections::BTreeMap;
use web::Problem;

/// The text of a page: metrics in the order of their table, those without a series left out.
pub(super) fn written(page: &Page) -> Result<String, Problem> {
    let families: Vec<MetricFamily> = METRICS.iter().filter_map(|metric| family(metric, page)).collect();
    TextEncoder::new().encode_to_string(&families).map_err(Problem::internal)
}

fn family(metric: &Metric, page: &Page) -> Option<MetricFamily> {
    let samples = if metric.name == FOLDED { folded(metric, page) } else { samples(metric, page) };
    if samples.is_empty() {
        return None;
    }
    let mut family = MetricFamily::default();
    family.set_name(metric.name.to_owned());
    family.set_help(metric.help.to_owned());
    family.set_field_type(match metric.kind {
        Kind::Counter => MetricType::COUNTER,
        Kind::Gauge => MetricType::GAUGE,
        Kind::Histogram(_) => MetricType::HISTOGRAM,
    });
    family.set_metric(samples);
    Some(family)
}

fn samples(metric: &Metric, page: &Page) -> Vec<Sample> {
    if let Some(gauges) = page.gauges.get(metric.name) {
        return gauges.iter().map(|(labels, value)| gauge(metric, labels, *value)).collect();
    }
    let Some(family) = page.families.get(metric.name) else { return Vec::new() };
    family.series.iter().map(|(labels, value)| sample(metric, labels, value)).collect()
}

/// How many series each metric has under `(other)`.
fn folded(metric: &Metric, page: &Page) -> Vec<Sample> {
    let all: BTreeMap<&str, u64> = page.families.iter().map(|(name, family)| (name.as_str(), family.folded)).collect();
    #[expect(clippy::cast_precision_loss, reason = "a count of what fits in memory")]
    all.into_iter().map(|(name, folded)| gauge(metric, &[name.to_owned()], folded as f64)).collect()
}

fn labelled(metric: &Metric, labels: &[String]) -> Sample {
    let pair = |(name, value): (&&str, &String)| {
        let mut pair = LabelPair::default();
        pair.set_name((*name).to_owned());
        pair.set_value(value.clone());
        pair
    };
    Sample::from_label(metric.labels.iter().zip(labels).map(pair).collect())
}

fn gauge(metric: &Metric, labels: &[String], value: f64) -> Sample {
    let (mut sample, mut gauge) = (labelled(metric, labels), Gauge::default());
    gauge.set_value(value);
    sample.set_gauge(gauge);
    sample
}

fn sample(metric: &Metric, labels: &Labels, value: &Value) -> Sample {
    let mut sample = labelled(metric, labels);
    match (value, metric.kind) {
        (Value::Number(units), _) => {
            let mut counter = Counter::default();
            counter.set_value(metric.shown(*units));
            sample.set_counter(counter);
        }
        (Value::Histogram { counts, sum }, Kind::Histogram(bounds)) => {
            let mut histogram = Histogram::default();
            histogram.set_bucket(bounds.iter().zip(counts).map(|(bound, count)| bucket(*bound, *count)).collect());
            histogram.set_sample_count(counts.last().copied().unwrap_or(0));
            histogram.set_sample_sum(metric.shown(*sum));
            sample.set_histogram(histogram);
        }
        (Value::Histogram { .. }, Kind::Counter | Kind::Gauge) => {}
    }
    sample
}

fn bucket(bound: f64, count: u64) -> Bucket {
    let mut bucket = Bucket::default();
    bucket.set_upper_bound(bound);
    bucket.set_cumulative_count(count);
    bucket
}
