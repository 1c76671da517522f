//! `GET /api/analytics/chat/tokens`: the tokens of chats, by class and over time.

use super::OF_MESSAGES;
use crate::Desk;
use crate::groups::{Groups, groups};
use crate::parameters::Known;
use crate::shape::{Figure, Meta, mean, reply, units};
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use cube::query::Row;
use model::money::Decimal;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

pub(crate) const KNOWN: Known<'static> = OF_MESSAGES;
const NUMBERS: [&str; 7] = ["messages", "inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens", "tokens", "cost"];
const TOKENS: usize = 5;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ChatTokens {
    /// Tokens read, without cached ones.
    input_tokens: Figure,
    output_tokens: Figure,
    cache_read_tokens: Figure,
    cache_write_tokens: Figure,
    /// Of all classes.
    total_tokens: Figure,
    /// totalTokens ÷ messages; `null` without any.
    tokens_per_message: Figure,
    /// In USD.
    cost: Figure,
    /// Oldest first, every bucket of the range.
    series: Vec<ChatTokensPoint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Groups>,
    meta: Meta,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ChatTokensPoint {
    timestamp: String,
    input_tokens: Figure,
    output_tokens: Figure,
    /// Of all classes.
    tokens: Figure,
}

/// The tokens of chats, by class and over time.
#[utoipa::path(get, path = "/api/analytics/chat/tokens", tag = "chat", responses((status = 200, body = ChatTokens), Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    let asked = visit.asked(&KNOWN)?;
    let grouped = asked.grouped()?;
    let used = || asked.question("chat_messages", &NUMBERS);
    let mut questions = vec![used(), used().every(asked.window.granularity, asked.window.timezone)];
    questions.extend(grouped.as_ref().map(|grouped| grouped.question.clone()));
    let reading = desk.ask(&visit, &questions).await?;
    let [overall, series, ..] = &reading.answers[..] else { return Err(Problem::internal("an answer is missing")) };
    let Some(row) = overall.rows.first() else { return Err(Problem::internal("a total is missing")) };
    let figure = |place: usize| Figure::of(&row.values[place]);
    let all = Decimal { units: units(&row.values[TOKENS]), scale: 0 };
    let tokens = ChatTokens {
        input_tokens: figure(1),
        output_tokens: figure(2),
        cache_read_tokens: figure(3),
        cache_write_tokens: figure(4),
        total_tokens: figure(TOKENS),
        tokens_per_message: mean(all, units(&row.values[0])),
        cost: figure(6),
        series: series.rows.iter().filter_map(point).collect(),
        groups: groups(grouped.as_ref(), &asked, &reading),
        meta: Meta::of(&reading, &asked),
    };
    reply(&visit, &asked, &tokens)
}

fn point(row: &Row) -> Option<ChatTokensPoint> {
    let figure = |place: usize| Figure::of(&row.values[place]);
    Some(ChatTokensPoint { timestamp: row.start?.to_string(), input_tokens: figure(1), output_tokens: figure(2), tokens: figure(TOKENS) })
}
