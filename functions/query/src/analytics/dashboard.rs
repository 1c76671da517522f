//! `GET /api/analytics/dashboard`: AI services at a glance.

use super::figures::{DIMENSIONS, GROUPING, ai};
use crate::Desk;
use crate::groups::{Groups, groups};
use crate::parameters::{Asked, Known, RANKING};
use crate::shape::{Figure, Meta, reply};
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use cube::catalogue::{NONE, OTHER};
use cube::query::{Answer, MetricQuery, Row};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

/// The limit is of each ranking.
pub(crate) const KNOWN: Known<'static> =
    Known { time: true, dimensions: DIMENSIONS, groups: Some(GROUPING), limit: Some(RANKING), ..Known::NOTHING };
const OVERALL: [&str; 8] = ["requests", "failures", "errorRate", "tokens", "credits", "cost", "users", "latencyMean"];
const RANKED: [&str; 3] = ["requests", "tokens", "cost"];

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AnalyticsDashboard)]
struct Dashboard {
    overview: Overview,
    /// Those with most requests.
    top_services: Vec<Top>,
    /// Those with most requests.
    top_models: Vec<Top>,
    /// Those with most requests.
    top_users: Vec<Top>,
    /// Oldest first, every bucket of the range.
    series: Vec<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Groups>,
    meta: Meta,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AnalyticsOverview)]
struct Overview {
    /// AI requests, completed or failed.
    total_requests: Figure,
    failures: Figure,
    /// failures ÷ requests.
    error_rate: Figure,
    /// Of all classes.
    total_tokens: Figure,
    total_credits: Figure,
    /// In USD.
    total_cost: Figure,
    /// Distinct users with an AI request.
    active_users: Figure,
    /// Mean duration of the requests that tell one, in milliseconds.
    latency_mean: Figure,
}

#[derive(Serialize, ToSchema)]
#[schema(as = AnalyticsTop)]
struct Top {
    /// Of the service, model or user.
    name: String,
    requests: Figure,
    tokens: Figure,
    /// In USD.
    cost: Figure,
}

#[derive(Serialize, ToSchema)]
#[schema(as = AnalyticsMoment)]
struct Moment {
    timestamp: String,
    requests: Figure,
    tokens: Figure,
    /// In USD.
    cost: Figure,
}

/// AI services at a glance.
#[utoipa::path(get, path = "/api/analytics/dashboard", tag = "analytics", responses((status = 200, body = Dashboard), Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    let asked = visit.asked(&KNOWN)?;
    let grouped = asked.grouped()?;
    // Two more than are shown: what has no label, and what a cap has put together, rank nowhere.
    let most = asked.limit + 2;
    let ranked = |question: MetricQuery, dimension: &str| question.by(dimension).top(most, "requests");
    let mut questions = vec![
        ai(&asked, &OVERALL),
        ranked(ai(&asked, &RANKED), "service"),
        ranked(ai(&asked, &RANKED), "model"),
        ranked(asked.question("ai_users", &RANKED), "user"),
        ai(&asked, &RANKED).every(asked.window.granularity, asked.window.timezone),
    ];
    questions.extend(grouped.as_ref().map(|grouped| grouped.question.clone()));
    let reading = desk.ask(&visit, &questions).await?;
    let [overall, services, models, users, series, ..] = &reading.answers[..] else {
        return Err(Problem::internal("an answer is missing"));
    };
    let figure = |place: usize| overall.rows.first().map_or(Figure::Nothing, |row| Figure::of(&row.values[place]));
    let dashboard = Dashboard {
        overview: Overview {
            total_requests: figure(0),
            failures: figure(1),
            error_rate: figure(2),
            total_tokens: figure(3),
            total_credits: figure(4),
            total_cost: figure(5),
            active_users: figure(6),
            latency_mean: figure(7),
        },
        top_services: top(services, &asked),
        top_models: top(models, &asked),
        top_users: top(users, &asked),
        series: series.rows.iter().filter_map(moment).collect(),
        groups: groups(grouped.as_ref(), &asked, &reading),
        meta: Meta::of(&reading, &asked),
    };
    reply(&visit, &asked, &dashboard)
}

fn top(answer: &Answer, asked: &Asked) -> Vec<Top> {
    let named = answer.rows.iter().filter(|row| row.labels[0] != NONE && row.labels[0] != OTHER);
    let top = |row: &Row| {
        let figure = |place: usize| Figure::of(&row.values[place]);
        Top { name: row.labels[0].clone(), requests: figure(0), tokens: figure(1), cost: figure(2) }
    };
    named.take(asked.limit).map(top).collect()
}

fn moment(row: &Row) -> Option<Moment> {
    let figure = |place: usize| Figure::of(&row.values[place]);
    Some(Moment { timestamp: row.start?.to_string(), requests: figure(0), tokens: figure(1), cost: figure(2) })
}
