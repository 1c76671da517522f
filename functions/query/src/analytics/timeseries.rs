//! `GET /api/analytics/timeseries`: any metric of the catalogue over time, oldest first.

use crate::Desk;
use crate::parameters::{Known, Own};
use crate::platform::timeseries::{Point, metric, points, question};
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
    own: &[Own::metric("metric", "Which metric: its description and dimensions are in the catalogue of metrics.").or("requests")],
    dimensions: Dimension::ALL,
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
    meta: Meta,
}

/// Any metric of the catalogue over time, oldest first.
#[utoipa::path(get, path = "/api/analytics/timeseries", tag = "analytics", responses((status = 200, body = Series), Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    let asked = visit.asked(&KNOWN)?;
    let metric = metric(&asked)?;
    let (question, currency) = question(metric, &asked, visit.caller.currency)?;
    let reading = desk.ask(&visit, &[question]).await?;
    let series = Series {
        metric: metric.name,
        unit: metric.unit().name(),
        data: points(&reading).collect(),
        meta: Meta::of(&reading, &asked).in_currency(currency),
    };
    reply(&visit, &asked, &series)
}
