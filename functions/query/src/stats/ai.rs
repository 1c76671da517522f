//! `GET /api/ai-tracking/stats`: AI requests, their tokens, cost and latency, by what they were.

use crate::Desk;
use crate::groups::{Groups, groups};
use crate::numbers::{Durations, Numbers, breakdown, by, cut};
use crate::parameters::{Grouping, Known};
use crate::shape::{Figure, Meta, reply};
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use cube::catalogue::Dimension;
use cube::query::Row;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

const DIMENSIONS: &[Dimension] = &[
    Dimension::User,
    Dimension::Project,
    Dimension::Provider,
    Dimension::Model,
    Dimension::Service,
    Dimension::Feature,
    Dimension::Complexity,
    Dimension::Language,
    Dimension::Plan,
    Dimension::Status,
    Dimension::Priced,
];
/// What is asked about everything and every breakdown.
const NUMBERS: &[&str] = &[
    "requests",
    "failures",
    "tokens",
    "inputTokens",
    "outputTokens",
    "cacheReadTokens",
    "cacheWriteTokens",
    "reasoningTokens",
    "cost",
    "inputCost",
    "outputCost",
    "costPerRequest",
    "credits",
    "latency",
    "latencyMean",
    "users",
];
const BREAKDOWNS: [&str; 7] = ["model", "provider", "feature", "complexity", "language", "plan", "status"];
pub(crate) const KNOWN: Known<'static> = Known {
    time: true,
    dimensions: DIMENSIONS,
    groups: Some(Grouping::of(
        &["ai_requests", "ai_users"],
        &["requests", "failures", "errorRate", "tokens", "inputTokens", "outputTokens", "cost", "latency", "users"],
    )),
    ..Known::NOTHING
};

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AiStats {
    /// Requests that completed or failed. One that was tracked and is not completed yet is pending, and not counted.
    total_requests: Figure,
    /// Requests with the status `failed`.
    failed_requests: Figure,
    /// The part of the requests that did not fail, from 0 to 1: `(totalRequests − failedRequests) / totalRequests`, the availability that
    /// Google's "Site Reliability Engineering" (2016), chapter 3, measures by requests. `null` without requests.
    success_rate: Figure,
    /// Distinct users with a request; estimated (`HyperLogLog`, about 1.6%) where they are many.
    users: Figure,
    tokens: AiTokens,
    cost: AiCost,
    /// Credits taken.
    credits: Figure,
    /// Of requests whose duration is known.
    latency: Durations,
    by_model: BTreeMap<String, AiGroup>,
    by_provider: BTreeMap<String, AiGroup>,
    by_feature: BTreeMap<String, AiGroup>,
    by_complexity: BTreeMap<String, AiGroup>,
    by_language: BTreeMap<String, AiGroup>,
    by_plan: BTreeMap<String, AiGroup>,
    by_status: BTreeMap<String, AiGroup>,
    /// Models that the price table does not have: their tokens count, their cost is 0.
    unpriced_models: Vec<String>,
    /// Every bucket of the range, oldest first.
    series: Vec<AiPoint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Groups>,
    meta: Meta,
}

/// Tokens by class.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AiTokens {
    /// Of all classes: input, output, cache reads and cache writes.
    total: Figure,
    /// Read, without cached ones.
    input: Figure,
    /// Written.
    output: Figure,
    /// Read from a cache.
    cache_read: Figure,
    /// Written to a cache.
    cache_write: Figure,
    /// The part of `output` that was spent on reasoning.
    reasoning: Figure,
}

/// Cost in US dollars, exactly.
#[derive(Serialize, ToSchema)]
struct AiCost {
    /// `input + output`.
    total: Figure,
    /// Of the tokens read, cached ones included.
    input: Figure,
    /// Of the tokens written.
    output: Figure,
    /// `total` over the number of requests, those without a price included.
    average: Figure,
}

/// The requests that have something in common.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AiGroup {
    requests: Figure,
    failures: Figure,
    /// The part that did not fail, from 0 to 1.
    success_rate: Figure,
    tokens: Figure,
    input_tokens: Figure,
    output_tokens: Figure,
    /// In US dollars.
    cost: Figure,
    latency: Durations,
}

/// The requests of a bucket of time.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AiPoint {
    /// When the bucket begins.
    timestamp: String,
    requests: Figure,
    failures: Figure,
    success_rate: Figure,
    users: Figure,
    tokens: Figure,
    /// In US dollars.
    cost: Figure,
    latency: Durations,
}

/// AI requests, their tokens, cost and latency, by what they were.
///
/// A `user` token is told about its own requests only.
#[utoipa::path(get, path = "/api/ai-tracking/stats", tag = "stats", responses((status = 200, body = AiStats), Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    let own = visit.own_person()?;
    // A user's answer is about itself, so it cannot ask about somebody else.
    let dimensions = if own.is_some() { &DIMENSIONS[1..] } else { DIMENSIONS };
    let asked = visit.asked(&Known { dimensions, ..KNOWN })?.of_person(own.as_ref());
    let grouped = asked.grouped()?;
    let cube = if asked.dimensions().contains(&Dimension::User) { "ai_users" } else { "ai_requests" };
    let requests = asked.question(cube, NUMBERS);
    let mut questions = vec![
        requests.clone(),
        requests.clone().every(asked.window.granularity, asked.window.timezone),
        asked.question(cube, &["requests"]).by("model").by("priced"),
    ];
    questions.extend(BREAKDOWNS.map(|dimension| by(&asked, requests.clone(), dimension, "requests")));
    questions.extend(grouped.as_ref().map(|grouped| grouped.question.clone()));
    let reading = desk.ask(&visit, &questions).await?;
    let [totals, series, priced, model, provider, feature, complexity, language, plan, status, ..] = &reading.answers[..] else {
        return Err(Problem::internal("an answer is missing"));
    };

    let all = Numbers::only(NUMBERS, totals);
    let grouped_by = |answer| breakdown(&asked, answer, group);
    let parts = BREAKDOWNS.into_iter().zip([model, provider, feature, complexity, language, plan, status]);
    let unpriced = priced.rows.iter().filter(|row| row.labels[1] == "false");
    let told = AiStats {
        total_requests: all.figure("requests"),
        failed_requests: all.figure("failures"),
        success_rate: success_rate(&all),
        users: all.figure("users"),
        tokens: tokens(&all),
        cost: cost(&all),
        credits: all.figure("credits"),
        latency: all.durations("latency", "latencyMean"),
        by_model: grouped_by(model),
        by_provider: grouped_by(provider),
        by_feature: grouped_by(feature),
        by_complexity: grouped_by(complexity),
        by_language: grouped_by(language),
        by_plan: grouped_by(plan),
        by_status: grouped_by(status),
        unpriced_models: unpriced.map(|row| row.labels[0].clone()).collect(),
        series: series.rows.iter().filter_map(point).collect(),
        groups: groups(grouped.as_ref(), &asked, &reading),
        meta: Meta::of(&reading, &asked).noting_if(cut(&asked, parts)),
    };
    reply(&visit, &asked, &told)
}

fn success_rate(of: &Numbers<'_>) -> Figure {
    of.share(of.units("requests") - of.units("failures"), "requests")
}

fn tokens(all: &Numbers<'_>) -> AiTokens {
    AiTokens {
        total: all.figure("tokens"),
        input: all.figure("inputTokens"),
        output: all.figure("outputTokens"),
        cache_read: all.figure("cacheReadTokens"),
        cache_write: all.figure("cacheWriteTokens"),
        reasoning: all.figure("reasoningTokens"),
    }
}

fn cost(all: &Numbers<'_>) -> AiCost {
    AiCost {
        total: all.figure("cost"),
        input: all.figure("inputCost"),
        output: all.figure("outputCost"),
        average: all.figure("costPerRequest"),
    }
}

fn group(row: &Row) -> AiGroup {
    let of = Numbers::of(NUMBERS, row);
    AiGroup {
        requests: of.figure("requests"),
        failures: of.figure("failures"),
        success_rate: success_rate(&of),
        tokens: of.figure("tokens"),
        input_tokens: of.figure("inputTokens"),
        output_tokens: of.figure("outputTokens"),
        cost: of.figure("cost"),
        latency: of.durations("latency", "latencyMean"),
    }
}

fn point(row: &Row) -> Option<AiPoint> {
    let of = Numbers::of(NUMBERS, row);
    Some(AiPoint {
        timestamp: row.start?.to_string(),
        requests: of.figure("requests"),
        failures: of.figure("failures"),
        success_rate: success_rate(&of),
        users: of.figure("users"),
        tokens: of.figure("tokens"),
        cost: of.figure("cost"),
        latency: of.durations("latency", "latencyMean"),
    })
}
