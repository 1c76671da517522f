//! `GET /metrics/timeseries`: any metric of the catalogue over time.

use crate::Desk;
use crate::parameters::{Asked, Known, Own, RANKING, fault, wrong};
use crate::shape::{Figure, Meta, reply};
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use cube::catalogue::{self, Cube, Dimension, Metric};
use cube::query::{Granularity, MetricQuery, QueryFault, Row};
use model::accept::Fault;
use model::money::Currency;
use reader::Reading;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

/// By what a series is told apart depends on the metric, as does what narrows it.
pub(crate) const GROUP_BY: Own = Own::text(
    "groupBy",
    "One or more dimensions of the metric, comma-separated: adds `groups` to the answer, a series for each of the groups with most of it over \
     the range, as many as `limit` says. `hour`, `day`, `week` or `month` among them sets the granularity.",
);
/// The most points that all groups may have together.
const MOST_POINTS: usize = 10_000;

/// What narrows depends on the metric.
pub(crate) const KNOWN: Known<'static> = Known {
    time: true,
    own: &[Own::metric("metric", "Which metric: its description and dimensions are in the catalogue of metrics.").required(), GROUP_BY],
    dimensions: Dimension::ALL,
    limit: Some(RANKING),
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
    /// With `groupBy`: the series of each group, those with most of the metric first.
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Vec<GroupSeries>>,
    meta: Meta,
}

/// The series of one group.
#[derive(Serialize, ToSchema)]
pub(crate) struct GroupSeries {
    /// Each dimension with its value.
    group: BTreeMap<String, String>,
    /// As the series of all: in its order, every bucket of the range.
    data: Vec<Point>,
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
    let mut asked = visit.asked(&KNOWN)?;
    let metric = metric(&asked)?;
    let by = told_apart(metric, &mut asked)?;
    let (questions, currency) = questions(metric, (&asked, &by), &visit)?;
    let reading = desk.ask(&visit, &questions).await?;
    let mut groups = groups(&by, &reading);
    groups.iter_mut().flatten().for_each(|group| group.data.reverse());
    let series = Series {
        metric: metric.name,
        granularity: asked.window.granularity.name(),
        data: points(&reading).rev().collect(),
        groups,
        meta: Meta::of(&reading, &asked).in_currency(currency),
        period: asked.period.clone(),
    };
    reply(&visit, &asked, &series)
}

/// The points of a series, oldest first.
pub(crate) fn points(reading: &Reading) -> impl DoubleEndedIterator<Item = Point> {
    let point =
        |row: &Row| Some(Point { timestamp: row.start?.to_string(), value: row.values.first().map_or(Figure::Nothing, Figure::of) });
    reading.answers.first().into_iter().flat_map(|answer| &answer.rows).filter_map(point)
}

/// The series of each group, oldest first, off the answer that follows that of all.
pub(crate) fn groups(by: &[String], reading: &Reading) -> Option<Vec<GroupSeries>> {
    let answer = reading.answers.get(1)?;
    let mut groups: Vec<(&[String], Vec<Point>)> = Vec::new();
    let mut places: BTreeMap<&[String], usize> = BTreeMap::new();
    for row in &answer.rows {
        let Some(start) = row.start else { continue };
        let point = Point { timestamp: start.to_string(), value: row.values.first().map_or(Figure::Nothing, Figure::of) };
        let place = *places.entry(&row.labels[..]).or_insert_with(|| {
            groups.push((&row.labels[..], Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(point);
    }
    let named =
        |(labels, data): (&[String], Vec<Point>)| GroupSeries { group: by.iter().cloned().zip(labels.iter().cloned()).collect(), data };
    Some(groups.into_iter().map(named).collect())
}

/// By which dimensions the series is told apart; a granularity among them sets that of the series.
pub(crate) fn told_apart(metric: &Metric, asked: &mut Asked) -> Result<Vec<String>, Problem> {
    let Some(text) = asked.own("groupBy").map(str::to_owned) else { return Ok(Vec::new()) };
    let known: Vec<&str> = free_dimensions(metric).iter().map(|dimension| dimension.name()).collect();
    let (mut by, mut faults, mut named) = (Vec::new(), Vec::new(), None);
    for name in text.split(',').map(str::trim) {
        match Granularity::from_name(name) {
            Some(granularity) if named.is_some_and(|other| other != granularity) => {
                faults.push(fault("groupBy", "conflict", "names more than one granularity"));
            }
            Some(granularity) if asked.names_granularity && asked.window.granularity != granularity => {
                faults.push(fault("groupBy", "conflict", "names another granularity than the parameter does"));
            }
            Some(granularity) => named = Some(granularity),
            None if !known.contains(&name) => {
                let message = format!("is not told apart by all of these; it is by {}, and by hour, day, week or month", known.join(", "));
                faults.push(fault("groupBy", "unknown_dimension", message));
            }
            None if by.iter().any(|before| before == name) => {
                faults.push(fault("groupBy", "repeated", format!("names {name} more than once")));
            }
            None => by.push(name.to_owned()),
        }
    }
    asked.window.granularity = named.unwrap_or(asked.window.granularity);
    if faults.is_empty() { Ok(by) } else { Err(wrong(faults)) }
}

/// What is to be asked for the series of all and, where it is told apart, for those of the groups with most of it.
pub(crate) fn questions(
    metric: &Metric,
    (asked, by): (&Asked, &[String]),
    visit: &Visit,
) -> Result<(Vec<MetricQuery>, Option<Currency>), Problem> {
    let (all, currency) = question(metric, (asked, &[]), visit.caller.currency)?;
    if by.is_empty() {
        return Ok((vec![all], currency));
    }
    let (groups, _) = question(metric, (asked, by), visit.caller.currency)?;
    if asked.divisions(visit.caller.hour_offset)?.len().saturating_mul(asked.limit) > MOST_POINTS {
        let message = format!("so many groups may have more than {MOST_POINTS} points: ask for fewer, or less time, or coarser buckets");
        return Err(wrong(vec![fault("limit", "too_many_points", message)]));
    }
    let groups = by.iter().fold(groups, |question, name| question.by(name)).top(asked.limit, metric.number);
    Ok((vec![all, groups], currency))
}

/// The dimensions of a metric, but those that it is defined by.
fn free_dimensions(metric: &Metric) -> Vec<Dimension> {
    let is_free = |dimension: &Dimension| metric.filters.iter().all(|(own, _)| own != dimension);
    metric.dimensions().into_iter().filter(is_free).collect()
}

/// The metric that is asked for, which can be narrowed by the dimensions of its cubes, but those that it is defined by.
pub(crate) fn metric(asked: &Asked) -> Result<&'static Metric, Problem> {
    let name = asked.own("metric").unwrap_or_default();
    let metric = catalogue::metric(name).ok_or_else(|| wrong(vec![fault("metric", "missing", "is needed")]))?;
    let known = free_dimensions(metric);
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
fn question(metric: &Metric, (asked, by): (&Asked, &[String]), own_currency: Currency) -> Result<(MetricQuery, Option<Currency>), Problem> {
    let mut needed = asked.dimensions();
    needed.extend(by.iter().filter_map(|name| Dimension::from_name(name)));
    needed.extend(metric.filters.iter().map(|(dimension, _)| *dimension));
    let cube: &Cube = metric.cube_for(&needed).ok_or_else(|| {
        let names: Vec<&str> = needed.iter().map(|dimension| dimension.name()).collect();
        Problem::bad_request(format!("{} is not counted by all of {} together", metric.name, names.join(", ")))
    })?;
    let narrowed = asked.question(cube.name, &[metric.number]).every(asked.window.granularity, asked.window.timezone);
    let question = metric.filters.iter().fold(narrowed, |question, (dimension, values)| question.only(dimension.name(), values));
    let is_mixed = |fault: &QueryFault| matches!(fault, QueryFault::MixedCurrencies { .. });
    let is_by_currency = by.iter().any(|name| name == Dimension::Currency.name());
    if !is_by_currency && question.check().is_err_and(|faults| faults.iter().any(is_mixed)) {
        return Ok((question.only(Dimension::Currency.name(), &[own_currency.code()]), Some(own_currency)));
    }
    Ok((question, None))
}
