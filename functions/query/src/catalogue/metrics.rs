//! `GET /api/v1/analytics/metrics`: the catalogue of metrics, or what some of them come to.

use crate::Desk;
use crate::parameters::{Known, Own, fault, wrong};
use crate::shape::{Figure, Meta, reply};
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use cube::catalogue::{self, Accuracy, Dimension, Metric};
use cube::query::{MetricQuery, Number, QueryFault};
use model::money::Currency;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

/// What narrows depends on the metrics.
pub(crate) const KNOWN: Known<'static> = Known {
    time: true,
    own: &[Own::metrics(
        "metrics",
        "Which metrics, with what they come to over the range; all of the catalogue, without numbers, by default.",
    )],
    dimensions: Dimension::ALL,
    ..Known::NOTHING
};

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct MetricCatalogue {
    data: Vec<MetricEntry>,
    /// Always `null`: the catalogue is one page.
    next_cursor: Option<String>,
    meta: Meta,
}

#[derive(Serialize, ToSchema)]
struct MetricEntry {
    /// What `metric=` takes.
    name: &'static str,
    /// What it counts: `count`, `tokens`, `USD`, `currency`, `credits`, `milliseconds`, `percent`, `ratio`…
    unit: &'static str,
    description: &'static str,
    /// How it is worked out.
    definition: String,
    /// The families of events that it is counted from.
    families: Vec<&'static str>,
    /// By what it can be grouped and narrowed; not by all of them together, only by those of one cube.
    dimensions: Vec<&'static str>,
    /// The cubes that have it, each with dimensions that can be asked for together.
    cubes: Vec<MetricCube>,
    exact: bool,
    /// How exact it is.
    accuracy: &'static str,
    /// What it comes to over the range, where it was asked for; of a distribution, its median.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Figure, required = false)]
    value: Option<Figure>,
    /// The parts of a distribution that were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    quantiles: Option<MetricQuantiles>,
}

#[derive(Serialize, ToSchema)]
struct MetricCube {
    cube: &'static str,
    dimensions: Vec<&'static str>,
}

/// What half, 95% and 99% of the values do not exceed.
#[derive(Serialize, ToSchema)]
struct MetricQuantiles {
    p50: Figure,
    p95: Figure,
    p99: Figure,
}

/// The catalogue of metrics, or what some of them come to.
#[utoipa::path(get, path = "/api/v1/analytics/metrics", tag = "catalogue", responses((status = 200, body = MetricCatalogue), Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    let asked = visit.asked(&KNOWN)?;
    let names: Vec<&str> = asked.own("metrics").into_iter().flat_map(|names| names.split(',')).collect();
    let metrics: Vec<&Metric> = names.iter().filter_map(|name| catalogue::metric(name)).collect();
    let narrowed = |metric: &Metric, cube: &str| asked.question(cube, &[metric.number]);
    let (questions, currency) = questions(&metrics, (&asked.dimensions(), visit.caller.currency), narrowed)
        .map_err(|(metric, message)| wrong(vec![fault("metrics", "not_counted_together", format!("{metric} {message}"))]))?;
    let reading = desk.ask(&visit, &questions).await?;
    let numbers = reading.answers.iter().map(|answer| answer.rows.first().and_then(|row| row.values.first()));
    let data = if metrics.is_empty() {
        catalogue::metrics().iter().map(|metric| MetricEntry::of(metric, None)).collect()
    } else {
        metrics.iter().zip(numbers).map(|(metric, number)| MetricEntry::of(metric, number)).collect()
    };
    let catalogue = MetricCatalogue { data, next_cursor: None, meta: Meta::of(&reading, &asked).in_currency(currency) };
    reply(&visit, &asked, &catalogue)
}

/// Questions, and the currency that their amounts are of where none was asked for.
pub(super) type Priced = (Vec<MetricQuery>, Option<Currency>);

/// The question that each metric stands for, from the first of its cubes that has all of these dimensions. Money is of one currency, the
/// tenant's own where none is asked for: then that is answered too. Or the metric that cannot be had so, and why.
pub(super) fn questions<'m>(
    metrics: &[&'m Metric],
    (dimensions, own): (&[Dimension], Currency),
    narrowed: impl Fn(&Metric, &str) -> MetricQuery,
) -> Result<Priced, (&'m str, String)> {
    let mut currency = None;
    let mut questions = Vec::with_capacity(metrics.len());
    for metric in metrics {
        if let Some((own, _)) = metric.filters.iter().find(|(own, _)| dimensions.contains(own)) {
            return Err((metric.name, format!("is counted by what it has for {own}, and cannot be asked for by it")));
        }
        let mut needed = dimensions.to_vec();
        needed.extend(metric.filters.iter().map(|(dimension, _)| *dimension));
        let Some(cube) = metric.cube_for(&needed) else {
            let names: Vec<&str> = dimensions.iter().map(|dimension| dimension.name()).collect();
            let known: Vec<String> = metric.cubes.iter().map(|cube| dimension_names(cube.dimensions).join(", ")).collect();
            return Err((metric.name, format!("is not counted by {} together; it is by {}", names.join(", "), known.join("; or "))));
        };
        let question = narrowed(metric, cube.name);
        let question = metric.filters.iter().fold(question, |question, (dimension, values)| question.only(dimension.name(), values));
        let is_mixed = |fault: &QueryFault| matches!(fault, QueryFault::MixedCurrencies { .. });
        if question.check().is_err_and(|faults| faults.iter().any(is_mixed)) {
            currency = Some(own);
            questions.push(question.only(Dimension::Currency.name(), &[own.code()]));
        } else {
            questions.push(question);
        }
    }
    Ok((questions, currency))
}

fn dimension_names(dimensions: &[Dimension]) -> Vec<&'static str> {
    dimensions.iter().map(|dimension| dimension.name()).collect()
}

impl MetricEntry {
    fn of(metric: &'static Metric, number: Option<&Number>) -> Self {
        let mut families: Vec<&str> = Vec::new();
        for family in metric.cubes.iter().flat_map(|cube| cube.families) {
            if !families.contains(&family.name()) {
                families.push(family.name());
            }
        }
        let cube = |cube: &&'static cube::catalogue::Cube| MetricCube { cube: cube.name, dimensions: dimension_names(cube.dimensions) };
        let quantile = |part| number.and_then(|number| number.quantile(part)).map(Figure::Rounded);
        let quantiles = || Some(MetricQuantiles { p50: quantile(0.5)?, p95: quantile(0.95)?, p99: quantile(0.99)? });
        let accuracy = metric.accuracy();
        Self {
            name: metric.name,
            unit: metric.unit().name(),
            description: metric.description,
            definition: metric.definition(),
            families,
            dimensions: dimension_names(&metric.dimensions()),
            cubes: metric.cubes.iter().map(cube).collect(),
            exact: accuracy == Accuracy::Exact,
            accuracy: accuracy.describe(),
            value: number.map(Figure::of),
            quantiles: quantiles(),
        }
    }
}
