//! `GET /api/analytics/chat/average-session`: how long people chat before they fall silent.

use crate::Desk;
use crate::groups::{Groups, groups};
use crate::parameters::{Grouping, Known};
use crate::shape::{Figure, Meta, mean, reply, units};
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use cube::catalogue::Dimension;
use cube::query::Row;
use model::money::Decimal;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

const NUMBERS: [&str; 4] = ["sessions", "sessionMean", "sessionTime", "messages"];
const NOTE: &str = "a session that goes on over the end of a bucket or of the range counts in each, with its part in it";

pub(crate) const KNOWN: Known<'static> = Known {
    time: true,
    dimensions: &[Dimension::User, Dimension::Project, Dimension::Plan],
    groups: Some(Grouping::of(&["chat_sessions"], &NUMBERS)),
    ..Known::NOTHING
};

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ChatSessions {
    /// Mean length of a session from its first message to its last, in milliseconds; `null` without any. A user's session ends after 30
    /// minutes without a message; one of a single message is 0 long.
    average_session: Figure,
    sessions: Figure,
    /// Length of all sessions together, in milliseconds.
    total_time: Figure,
    messages: Figure,
    /// messages ÷ sessions; `null` without any.
    messages_per_session: Figure,
    /// Oldest first, every bucket of the range.
    series: Vec<ChatSessionsPoint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Groups>,
    meta: Meta,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ChatSessionsPoint {
    timestamp: String,
    sessions: Figure,
    /// In milliseconds; `null` without a session.
    average_session: Figure,
}

/// How long people chat before half an hour of silence, in all and over time.
#[utoipa::path(get, path = "/api/analytics/chat/average-session", tag = "chat", responses((status = 200, body = ChatSessions), Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    let asked = visit.asked(&KNOWN)?;
    let grouped = asked.grouped()?;
    let chatted = || asked.question("chat_sessions", &NUMBERS);
    let mut questions = vec![chatted(), chatted().every(asked.window.granularity, asked.window.timezone)];
    questions.extend(grouped.as_ref().map(|grouped| grouped.question.clone()));
    let reading = desk.ask(&visit, &questions).await?;
    let [overall, series, ..] = &reading.answers[..] else { return Err(Problem::internal("an answer is missing")) };
    let Some(row) = overall.rows.first() else { return Err(Problem::internal("a total is missing")) };
    let figure = |place: usize| Figure::of(&row.values[place]);
    let sessions = ChatSessions {
        average_session: figure(1),
        sessions: figure(0),
        total_time: figure(2),
        messages: figure(3),
        messages_per_session: mean(Decimal { units: units(&row.values[3]), scale: 0 }, units(&row.values[0])),
        series: series.rows.iter().filter_map(point).collect(),
        groups: groups(grouped.as_ref(), &asked, &reading),
        meta: Meta::of(&reading, &asked).noting(NOTE),
    };
    reply(&visit, &asked, &sessions)
}

fn point(row: &Row) -> Option<ChatSessionsPoint> {
    let figure = |place: usize| Figure::of(&row.values[place]);
    Some(ChatSessionsPoint { timestamp: row.start?.to_string(), sessions: figure(0), average_session: figure(1) })
}
