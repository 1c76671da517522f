//! `GET /api/analytics/metrics`: totals of AI requests against the span before, and what providers fail and cost.

use super::figures::{DIMENSIONS, GROUPING, ai};
use crate::Desk;
use crate::groups::{Groups, groups};
use crate::parameters::Known;
use crate::shape::{Change, Ends, Figure, Meta, before, reply, units};
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use cube::query::Number;
use serde::Serialize;
use std::cmp::Reverse;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

pub(crate) const KNOWN: Known<'static> = Known { time: true, dimensions: DIMENSIONS, groups: Some(GROUPING), ..Known::NOTHING };

/// In the order of the fields below.
const NUMBERS: [&str; 11] = [
    "requests",
    "failures",
    "errorRate",
    "inputTokens",
    "outputTokens",
    "tokens",
    "credits",
    "cost",
    "costPerRequest",
    "users",
    "latencyMean",
];
const BY_PROVIDER: [&str; 5] = ["requests", "failures", "errorRate", "cost", "costPerRequest"];

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AnalyticsMetrics)]
struct Metrics {
    /// AI requests, completed or failed.
    requests: Change,
    failures: Change,
    /// failures ÷ requests.
    error_rate: Change,
    /// Tokens read, without cached ones.
    input_tokens: Change,
    output_tokens: Change,
    /// Tokens of all classes.
    tokens: Change,
    credits: Change,
    /// In USD.
    cost: Change,
    /// cost ÷ requests, in USD.
    cost_per_request: Change,
    /// Distinct users with a request.
    users: Change,
    /// Mean duration of the requests that tell one, in milliseconds.
    latency_mean: Change,
    /// The busiest first.
    by_provider: Vec<ProviderMetrics>,
    /// The span that `before` is of: as long as the range, and ending where it begins.
    before: Ends,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Groups>,
    meta: Meta,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ProviderMetrics {
    provider: String,
    requests: Figure,
    failures: Figure,
    /// failures ÷ requests.
    error_rate: Figure,
    /// In USD.
    cost: Figure,
    /// cost ÷ requests, in USD.
    cost_per_request: Figure,
}

/// Totals of AI requests against the span before, with what providers fail and cost.
#[utoipa::path(get, path = "/api/analytics/metrics", tag = "analytics", responses((status = 200, body = Metrics), Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    let asked = visit.asked(&KNOWN)?;
    let grouped = asked.grouped()?;
    let mut past = ai(&asked, &NUMBERS);
    past.range = before(asked.window.range, visit.caller.hour_offset);
    let mut questions = vec![ai(&asked, &NUMBERS), past, ai(&asked, &BY_PROVIDER).by("provider")];
    questions.extend(grouped.as_ref().map(|grouped| grouped.question.clone()));
    let reading = desk.ask(&visit, &questions).await?;
    let [now, past, providers, ..] = &reading.answers[..] else { return Err(Problem::internal("an answer is missing")) };

    let number = |answer: &cube::query::Answer, place: usize| answer.rows.first().map_or(Number::Nothing, |row| row.values[place].clone());
    let change = |place| Change::of(&number(now, place), &number(past, place));
    let mut rows: Vec<_> = providers.rows.iter().collect();
    rows.sort_by_key(|row| Reverse(units(&row.values[0])));
    let provider = |row: &cube::query::Row| {
        let figure = |place: usize| Figure::of(&row.values[place]);
        ProviderMetrics {
            provider: row.labels[0].clone(),
            requests: figure(0),
            failures: figure(1),
            error_rate: figure(2),
            cost: figure(3),
            cost_per_request: figure(4),
        }
    };
    let metrics = Metrics {
        requests: change(0),
        failures: change(1),
        error_rate: change(2),
        input_tokens: change(3),
        output_tokens: change(4),
        tokens: change(5),
        credits: change(6),
        cost: change(7),
        cost_per_request: change(8),
        users: change(9),
        latency_mean: change(10),
        by_provider: rows.into_iter().map(provider).collect(),
        before: Ends::of(past.covered),
        groups: groups(grouped.as_ref(), &asked, &reading),
        meta: Meta::of(&reading, &asked),
    };
    reply(&visit, &asked, &metrics)
}
