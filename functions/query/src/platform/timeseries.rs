//! `GET /metrics/timeseries`: any metric of the catalogue over time.

use crate::Desk;
use crate::parameters::{Asked, Known, Own, fault, wrong};
use crate::shape::{Figure, Meta, reply};
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use cube::catalogue::{self, Cube, Dimension, Metric};
use cube::query::{MetricQuery, QueryFault, Row};
use model::accept::Fault;
use model::money::Currency;
use reader::Reading;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

/// What narrows depends on the metric.
pub(crate) const KNOWN: Known<'static> = Known {
    time: true,
    own: &[Own::metric("metric", "Which metric: its description and dimensions are in the catalogue of metrics.").required()],
    dimensions: Dimension::ALL,
    ..Known::NOTHING
};

#[derive(Serialize, ToSchema)]
#[schema(as = PlatformSeries)]
struct Series {
    metric: &'static str,
    /// As asked for; `null` where dates were.
    period: Option<String>,
    granularity: &'static str,
    /// Newest first, every bucket of the range.
    data: Vec<Point>,
    meta: Meta,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Point {
    timestamp: String,
    value: Figure,
}

/// Any metric of the catalogue over time.
#[utoipa::path(get, path = "/metrics/timeseries", tag = "platform", responses((status = 200, body = Series), Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    let asked = visit.asked(&KNOWN)?;
    let metric = metric(&asked)?;
    let (question, currency) = question(metric, &asked, visit.caller.currency)?;
    let reading = desk.ask(&visit, &[question]).await?;
    let series = Series {
        metric: metric.name,
        granularity: asked.window.granularity.name(),
        data: points(&reading).rev().collect(),
        meta: Meta::of(&reading, &asked).in_currency(currency),
        period: asked.period.clone(),
    };
    reply(&visit, &asked, &series)
}

/// The points of a series, oldest first.
pub(crate) fn points(reading: &Reading) -> impl DoubleEndedIterator<Item = Point> {
    let point =
        |row: &Row| Some(Point { timestamp: row.start?.to_string(), value: row.values.first().map_or(Figure::Nothing, Figure::of) });
    reading.answers.iter().flat_map(|answer| &answer.rows).filter_map(point)
}

/// The metric that is asked for, which can be narrowed by the dimensions of its cubes, but those that it is defined by.
pub(crate) fn metric(asked: &Asked) -> Result<&'static Metric, Problem> {
    let name = asked.own("metric").unwrap_or_default();
    let metric = catalogue::metric(name).ok_or_else(|| wrong(vec![fault("metric", "missing", "is needed")]))?;
    let is_free = |dimension: &Dimension| metric.filters.iter().all(|(own, _)| own != dimension);
    let known: Vec<Dimension> = metric.dimensions().into_iter().filter(is_free).collect();
    let names: Vec<&str> = known.iter().map(|dimension| dimension.name()).collect();
    let unknown = asked.dimensions().into_iter().filter(|dimension| !known.contains(dimension));
    let faults: Vec<Fault> = unknown
        .map(|dimension| {
            let message = format!("{name} cannot be narrowed by it; by {} it can", names.join(", "));
            fault(dimension.name(), "unknown_parameter", message)
        })
        .collect();
    if faults.is_empty() { Ok(metric) } else { Err(wrong(faults)) }
}

/// The question that a metric stands for. Money is of one currency, the tenant's where none is asked for: the answer names it.
pub(crate) fn question(metric: &Metric, asked: &Asked, own_currency: Currency) -> Result<(MetricQuery, Option<Currency>), Problem> {
    let mut needed = asked.dimensions();
    needed.extend(metric.filters.iter().map(|(dimension, _)| *dimension));
    let cube: &Cube = metric.cube_for(&needed).ok_or_else(|| {
        let names: Vec<&str> = asked.dimensions().into_iter().map(Dimension::name).collect();
        Problem::bad_request(format!("{} is not counted by all of {} together", metric.name, names.join(", ")))
    })?;
    let narrowed = asked.question(cube.name, &[metric.number]).every(asked.window.granularity, asked.window.timezone);
    let question = metric.filters.iter().fold(narrowed, |question, (dimension, values)| question.only(dimension.name(), values));
    let is_mixed = |fault: &QueryFault| matches!(fault, QueryFault::MixedCurrencies { .. });
    if question.check().is_err_and(|faults| faults.iter().any(is_mixed)) {
        return Ok((question.only(Dimension::Currency.name(), &[own_currency.code()]), Some(own_currency)));
    }
    Ok((question, None))
}
