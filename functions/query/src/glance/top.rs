//! `GET /api/metrics/top-metrics`: what there is most of.

use crate::Desk;
use crate::numbers::Numbers;
use crate::parameters::{Known, Own, RANKING};
use crate::shape::{Figure, Meta, reply, share};
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use cube::catalogue::{Dimension, NONE, OTHER};
use cube::query::{Answer, Row};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

/// A ranking: of a dimension, by the first of some numbers of a cube.
struct Ranking {
    name: &'static str,
    cube: &'static str,
    dimension: Dimension,
    numbers: &'static [&'static str],
}

const fn ranking(name: &'static str, cube: &'static str, dimension: Dimension, numbers: &'static [&'static str]) -> Ranking {
    Ranking { name, cube, dimension, numbers }
}

const RANKINGS: [Ranking; 8] = [
    ranking("ai-models", "ai_requests", Dimension::Model, &["requests", "failures", "tokens", "cost", "users"]),
    ranking("features", "engagement_events", Dimension::Feature, &["events", "users", "sessions"]),
    ranking("pages", "engagement_events", Dimension::Page, &["events", "users", "sessions", "timeOnPageMean"]),
    ranking("users", "people", Dimension::User, &["events"]),
    ranking("projects", "users", Dimension::Project, &["events", "users"]),
    ranking("plans", "users", Dimension::Plan, &["events", "users"]),
    ranking("endpoints", "http_requests", Dimension::Endpoint, &["requests", "errors", "errorRate", "responseTime"]),
    ranking("events", "engagement_events", Dimension::Event, &["events", "users", "sessions"]),
];
const METRIC: Own = Own::one_of(
    "metric",
    &["ai-models", "features", "pages", "users", "projects", "plans", "endpoints", "events"],
    "What is ranked: AI models and endpoints by requests; features, pages and events by events of engagement; users, projects and plans by \
     events of every family.",
);
pub(crate) const KNOWN: Known<'static> =
    Known { time: true, own: &[METRIC.required()], dimensions: &[Dimension::Project], limit: Some(RANKING), ..Known::NOTHING };

/// What there is most of.
#[derive(Serialize, ToSchema)]
struct TopMetrics {
    /// As asked for.
    metric: &'static str,
    /// The number by which rows are ranked.
    by: &'static str,
    /// That number of everything, ranked here or not.
    total: Figure,
    /// The largest first, those that are equal by name. What has no name, and what was too small to be kept apart, is in `total` only.
    data: Vec<TopRow>,
    meta: Meta,
}

/// A row of a ranking.
#[derive(Serialize, ToSchema)]
struct TopRow {
    /// From 1.
    #[schema(minimum = 1)]
    rank: usize,
    name: String,
    value: Figure,
    /// `value ÷ total × 100`: percent, to two digits.
    share: Figure,
    /// The other numbers of the same: of models, tokens and cost in US dollars; of endpoints, the median response time in milliseconds.
    numbers: BTreeMap<&'static str, Figure>,
}

/// What there is most of.
#[utoipa::path(get, path = "/api/metrics/top-metrics", tag = "glance", responses((status = 200, body = TopMetrics), Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    let asked = visit.asked(&KNOWN)?;
    let metric = asked.own(METRIC.name).unwrap_or_default();
    let ranking = RANKINGS.iter().find(|ranking| ranking.name == metric).ok_or_else(|| Problem::internal("a ranking is missing"))?;
    let number = ranking.numbers[0];
    // Two more than are shown: what has no name and what is left over may be among them.
    let rows = asked.question(ranking.cube, ranking.numbers).by(ranking.dimension.name()).top(asked.limit + 2, number);
    let reading = desk.ask(&visit, &[rows, asked.question(ranking.cube, &[number])]).await?;
    let [rows, all] = &reading.answers[..] else { return Err(Problem::internal("an answer is missing")) };
    let total = Numbers::only(&ranking.numbers[..1], all);
    let top = TopMetrics {
        metric: ranking.name,
        by: number,
        total: total.figure(number),
        data: named(rows).take(asked.limit).zip(1..).map(|(row, rank)| ranking.row((row, rank), &total)).collect(),
        meta: Meta::of(&reading, &asked),
    };
    reply(&visit, &asked, &top)
}

/// The rows of what has a name.
fn named(answer: &Answer) -> impl Iterator<Item = &Row> {
    answer.rows.iter().filter(|row| row.labels.first().is_some_and(|label| label != NONE && label != OTHER))
}

impl Ranking {
    fn row(&self, (row, rank): (&Row, usize), total: &Numbers<'_>) -> TopRow {
        let of = Numbers::of(self.numbers, row);
        let number = self.numbers[0];
        TopRow {
            rank,
            name: row.labels[0].clone(),
            value: of.figure(number),
            share: share(of.units(number), total.units(number)),
            numbers: self.numbers[1..].iter().map(|name| (*name, of.figure(name))).collect(),
        }
    }
}
