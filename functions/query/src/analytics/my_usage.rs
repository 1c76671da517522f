//! `GET /api/analytics/my-usage`: what the caller asked of AI models, and how its limits stand.

use super::figures::DIMENSIONS;
use crate::Desk;
use crate::budgets::{MyBudget, OwnBudgets};
use crate::groups::{Groups, groups};
use crate::parameters::{Grouping, Known};
use crate::shape::{Figure, Meta, date, reply};
use crate::visit::Visit;
use access::Standing;
use axum::extract::State;
use axum::response::Response;
use cube::query::{Answer, Granularity, Row};
use records::{Quota, limit};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

/// Everything but whose usage it is.
pub(crate) const KNOWN: Known<'static> = Known {
    time: true,
    dimensions: DIMENSIONS.split_at(1).1,
    groups: Some(Grouping::of(&["ai_users"], &["requests", "failures", "tokens", "credits", "cost"])),
    ..Known::NOTHING
};
const NUMBERS: [&str; 11] = [
    "requests",
    "failures",
    "inputTokens",
    "outputTokens",
    "cacheReadTokens",
    "cacheWriteTokens",
    "reasoningTokens",
    "tokens",
    "credits",
    "inputCost",
    "outputCost",
];
const PARTS: [&str; 4] = ["requests", "tokens", "credits", "cost"];

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct MyUsage {
    /// Whose usage it is: the caller's.
    user_id: String,
    /// AI requests, completed or failed.
    requests: Figure,
    failures: Figure,
    /// Tokens read, without cached ones.
    input_tokens: Figure,
    output_tokens: Figure,
    cache_read_tokens: Figure,
    cache_write_tokens: Figure,
    /// Part of the output tokens.
    reasoning_tokens: Figure,
    /// Of all classes.
    total_tokens: Figure,
    credits: Figure,
    /// Of the tokens read, cached ones included, in USD.
    input_cost: Figure,
    /// In USD.
    output_cost: Figure,
    /// In USD.
    cost: Figure,
    by_model: BTreeMap<String, MyPart>,
    by_service: BTreeMap<String, MyPart>,
    /// Oldest first, every day of the range.
    by_day: Vec<MyDay>,
    limits: MyLimits,
    /// The budgets that are for the caller, and what is left of each in its own period, whatever time is asked about.
    budgets: Vec<MyBudget>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Groups>,
    meta: Meta,
}

#[derive(Serialize, ToSchema)]
struct MyPart {
    requests: Figure,
    tokens: Figure,
    credits: Figure,
    /// In USD.
    cost: Figure,
}

#[derive(Serialize, ToSchema)]
struct MyDay {
    date: String,
    #[serde(flatten)]
    part: MyPart,
}

/// How often the caller may still call.
#[derive(Serialize, ToSchema)]
struct MyLimits {
    /// Reads a minute, this one counted.
    reads: Option<MyLimit>,
    /// Events a minute that the caller may send with its token.
    events: Option<MyLimit>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct MyLimit {
    limit: u32,
    remaining: u32,
    window_seconds: u32,
    /// Until the next window begins.
    reset_seconds: u32,
}

/// What the caller asked of AI models, what that cost, and what is left of its limits.
#[utoipa::path(get, path = "/api/analytics/my-usage", tag = "analytics", responses((status = 200, body = MyUsage), Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    let Some(user) = visit.caller.user.clone() else {
        return Err(Problem::forbidden("a service is no person, and has no usage of its own"));
    };
    let asked = visit.asked(&KNOWN)?.of_person(Some(&user));
    let grouped = asked.grouped()?;
    let mut questions = vec![
        asked.question("ai_users", &[&NUMBERS[..], &["cost"]].concat()),
        asked.question("ai_users", &PARTS).by("model"),
        asked.question("ai_users", &PARTS).by("service"),
        asked.question("ai_users", &PARTS).every(Granularity::Day, asked.window.timezone),
    ];
    let budgets = OwnBudgets::of(&desk, &visit, &user).await?;
    questions.extend(budgets.questions(&visit));
    questions.extend(grouped.as_ref().map(|grouped| grouped.question.clone()));
    let limits = limits(&desk, &visit).await?;
    let reading = desk.ask(&visit, &questions).await?;
    let [overall, models, services, days, of_budgets @ ..] = &reading.answers[..] else {
        return Err(Problem::internal("an answer is missing"));
    };
    let figure = |place: usize| overall.rows.first().map_or(Figure::Nothing, |row| Figure::of(&row.values[place]));
    let by_label = |answer: &Answer| answer.rows.iter().map(|row| (row.labels[0].clone(), part(row))).collect();
    let day = |row: &Row| Some(MyDay { date: date(row.start?, &asked).to_string(), part: part(row) });
    let usage = MyUsage {
        user_id: user.as_str().to_owned(),
        requests: figure(0),
        failures: figure(1),
        input_tokens: figure(2),
        output_tokens: figure(3),
        cache_read_tokens: figure(4),
        cache_write_tokens: figure(5),
        reasoning_tokens: figure(6),
        total_tokens: figure(7),
        credits: figure(8),
        input_cost: figure(9),
        output_cost: figure(10),
        cost: figure(11),
        by_model: by_label(models),
        by_service: by_label(services),
        by_day: days.rows.iter().filter_map(day).collect(),
        limits,
        budgets: budgets.told(&visit, of_budgets),
        groups: groups(grouped.as_ref(), &asked, &reading),
        meta: Meta::of(&reading, &asked).every("day"),
    };
    reply(&visit, &asked, &usage)
}

fn part(row: &Row) -> MyPart {
    let figure = |place: usize| Figure::of(&row.values[place]);
    MyPart { requests: figure(0), tokens: figure(1), credits: figure(2), cost: figure(3) }
}

async fn limits(desk: &Desk, visit: &Visit) -> Result<MyLimits, Problem> {
    let quota = Quota { limit: desk.events_per_minute, seconds: 60 };
    let taken = limit::taken(&*desk.table, &visit.caller.scope, quota, visit.now).await.map_err(Problem::unavailable)?;
    let of = |standing: Standing| MyLimit {
        limit: standing.limit,
        remaining: standing.remaining(),
        window_seconds: standing.window_seconds,
        reset_seconds: standing.reset_seconds,
    };
    Ok(MyLimits { reads: visit.standing.map(of), events: Some(of(Standing::of("events", quota, taken))) })
}
