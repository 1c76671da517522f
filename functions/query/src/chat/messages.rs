//! `GET /api/analytics/chat/messages`: how many messages were sent to models in chats.

use super::OF_MESSAGES;
use crate::Desk;
use crate::groups::{Groups, groups};
use crate::parameters::Known;
use crate::shape::{Figure, Meta, reply};
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use cube::query::Row;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

pub(crate) const KNOWN: Known<'static> = OF_MESSAGES;
const NUMBERS: [&str; 3] = ["messages", "users", "activeConversations"];

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ChatMessages {
    /// Messages sent: `chat.message_sent`.
    messages: Figure,
    /// Distinct users who sent any.
    users: Figure,
    /// Distinct conversations with any.
    active_conversations: Figure,
    /// Oldest first, every bucket of the range.
    series: Vec<ChatMessagesPoint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Groups>,
    meta: Meta,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ChatMessagesPoint {
    timestamp: String,
    messages: Figure,
    users: Figure,
    active_conversations: Figure,
}

/// How many messages were sent in chats, in all and over time.
#[utoipa::path(get, path = "/api/analytics/chat/messages", tag = "chat", responses((status = 200, body = ChatMessages), Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    let asked = visit.asked(&KNOWN)?;
    let grouped = asked.grouped()?;
    let sent = || asked.question("chat_messages", &NUMBERS);
    let mut questions = vec![sent(), sent().every(asked.window.granularity, asked.window.timezone)];
    questions.extend(grouped.as_ref().map(|grouped| grouped.question.clone()));
    let reading = desk.ask(&visit, &questions).await?;
    let [overall, series, ..] = &reading.answers[..] else { return Err(Problem::internal("an answer is missing")) };
    let figure = |place: usize| overall.rows.first().map_or(Figure::Nothing, |row| Figure::of(&row.values[place]));
    let messages = ChatMessages {
        messages: figure(0),
        users: figure(1),
        active_conversations: figure(2),
        series: series.rows.iter().filter_map(point).collect(),
        groups: groups(grouped.as_ref(), &asked, &reading),
        meta: Meta::of(&reading, &asked),
    };
    reply(&visit, &asked, &messages)
}

fn point(row: &Row) -> Option<ChatMessagesPoint> {
    let figure = |place: usize| Figure::of(&row.values[place]);
    Some(ChatMessagesPoint { timestamp: row.start?.to_string(), messages: figure(0), users: figure(1), active_conversations: figure(2) })
}
