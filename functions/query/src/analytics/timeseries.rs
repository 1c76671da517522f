//! `GET /api/analytics/timeseries`: any metric of the catalogue over time, oldest first.

use crate::Desk;
use crate::parameters::{Known, Own, RANKING};
use crate::platform::timeseries::{GROUP_BY, GroupSeries, Point, groups, metric, points, questions, told_apart};
use crate::shape::{Meta, reply};
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use cube::catalogue::Dimension;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

/// What narrows depends on the metric.
pub(crate) const KNOWN: Known<'static> = Known {
    time: true,
    own: &[Own::metric("metric", "Which metric: its description and dimensions are in the catalogue of metrics.").or("requests"), GROUP_BY],
    dimensions: Dimension::ALL,
    limit: Some(RANKING),
    ..Known::NOTHING
};

#[derive(Serialize, ToSchema)]
#[schema(as = AnalyticsSeries)]
struct Series {
    metric: &'static str,
    /// What its values count.
    unit: &'static str,
    /// Oldest first, every bucket of the range.
    data: Vec<Point>,
    /// With `groupBy`: the series of each group, those with most of the metric first.
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Vec<GroupSeries>>,
    meta: Meta,
}

/// Any metric of the catalogue over time, oldest first.
#[utoipa::path(get, path = "/api/analytics/timeseries", tag = "analytics", responses((status = 200, body = Series), Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    let mut asked = visit.asked(&KNOWN)?;
    let metric = metric(&asked)?;
    let by = told_apart(metric, &mut asked)?;
    let (questions, currency) = questions(metric, (&asked, &by), &visit)?;
    let reading = desk.ask(&visit, &questions).await?;
    let series = Series {
        metric: metric.name,
        unit: metric.unit().name(),
        data: points(&reading).collect(),
        groups: groups(&by, &reading),
        meta: Meta::of(&reading, &asked).in_currency(currency),
    };
    reply(&visit, &asked, &series)
}
