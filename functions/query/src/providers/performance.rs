//! `GET /api/analytics/providers/performance`: how often providers fail, and how long they take.

use crate::Desk;
use crate::analytics::figures::{RANKED, ai};
use crate::groups::{Groups, groups};
use crate::parameters::{Known, Place};
use crate::shape::{Figure, Meta, reply};
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use cube::query::{Number, Row};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

pub(crate) const KNOWN: Known<'static> = RANKED;
const NUMBERS: [&str; 6] = ["requests", "failures", "errorRate", "timedRequests", "latencyMean", "latency"];

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ProviderPerformances {
    /// The busiest first.
    data: Vec<ProviderPerformance>,
    /// What `cursor` must be for those after them; `null` where there are none.
    next_cursor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Groups>,
    meta: Meta,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ProviderPerformance {
    provider: String,
    requests: Figure,
    failures: Figure,
    /// failures ÷ requests.
    error_rate: Figure,
    /// Requests that tell how long they took: those that latency is of.
    timed_requests: Figure,
    /// `null` where no request tells how long it took.
    latency: Option<ProviderLatency>,
}

/// How long requests took, in milliseconds.
#[derive(Serialize, ToSchema)]
struct ProviderLatency {
    /// Exactly.
    mean: Figure,
    /// Half of the requests were no slower. Within 1% of the value (`DDSketch`), as p95 and p99 are.
    p50: Figure,
    p95: Figure,
    p99: Figure,
}

/// How often providers fail and how long they take, the busiest first.
#[utoipa::path(
    get,
    path = "/api/analytics/providers/performance",
    tag = "providers",
    responses((status = 200, body = ProviderPerformances), Refusals)
)]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    let asked = visit.asked(&KNOWN)?;
    let grouped = asked.grouped()?;
    let mut questions = vec![ai(&asked, &NUMBERS).by("provider")];
    questions.extend(grouped.as_ref().map(|grouped| grouped.question.clone()));
    let reading = desk.ask(&visit, &questions).await?;
    let [providers, ..] = &reading.answers[..] else { return Err(Problem::internal("an answer is missing")) };
    let page = asked.page(providers.rows.iter().map(placed).collect());
    let performances = ProviderPerformances {
        data: page.data,
        next_cursor: page.next_cursor,
        groups: groups(grouped.as_ref(), &asked, &reading),
        meta: Meta::of(&reading, &asked),
    };
    reply(&visit, &asked, &performances)
}

fn placed(row: &Row) -> (Place, ProviderPerformance) {
    let figure = |place: usize| Figure::of(&row.values[place]);
    let latency = |mean, number: &Number| {
        let quantile = |part| number.quantile(part).map(Figure::Rounded);
        Some(ProviderLatency { mean, p50: quantile(0.5)?, p95: quantile(0.95)?, p99: quantile(0.99)? })
    };
    let performance = ProviderPerformance {
        provider: row.labels[0].clone(),
        requests: figure(0),
        failures: figure(1),
        error_rate: figure(2),
        timed_requests: figure(3),
        latency: latency(figure(4), &row.values[5]),
    };
    (Place::ranked(row.values[0].as_f64().unwrap_or_default(), row.labels.to_vec()), performance)
}
