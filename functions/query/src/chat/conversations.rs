//! `GET /api/analytics/chat/conversations`: conversations begun and deleted, and those in which somebody wrote.

use crate::Desk;
use crate::groups::{Groups, groups};
use crate::parameters::{Grouping, Known};
use crate::shape::{Figure, Meta, mean, reply, units};
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use cube::catalogue::Dimension;
use cube::query::{Answer, MetricQuery, Number};
use model::Timestamp;
use model::money::Decimal;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

const CREATED: &str = "chat.conversation_created";
const DELETED: &str = "chat.conversation_deleted";

/// What is kept of conversations and of their messages alike.
pub(crate) const KNOWN: Known<'static> = Known {
    time: true,
    dimensions: &[Dimension::Project, Dimension::Plan],
    groups: Some(Grouping::of(&["chat_messages"], &["activeConversations", "messages", "users"])),
    ..Known::NOTHING
};

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Conversations {
    /// Conversations begun: `chat.conversation_created`.
    created: Figure,
    /// Conversations deleted: `chat.conversation_deleted`.
    deleted: Figure,
    /// Distinct conversations in which messages were sent, whenever they were begun.
    active: Figure,
    /// Messages that name a conversation or not, over the active conversations; `null` without any.
    messages_per_conversation: Figure,
    /// Oldest first, every bucket of the range.
    series: Vec<ConversationsPoint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Groups>,
    meta: Meta,
}

#[derive(Serialize, ToSchema)]
struct ConversationsPoint {
    timestamp: String,
    created: Figure,
    deleted: Figure,
    active: Figure,
}

/// Conversations begun, deleted and active, in all and over time.
#[utoipa::path(get, path = "/api/analytics/chat/conversations", tag = "chat", responses((status = 200, body = Conversations), Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    let asked = visit.asked(&KNOWN)?;
    let grouped = asked.grouped()?;
    let over_time = |question: MetricQuery| question.every(asked.window.granularity, asked.window.timezone);
    let begun = || asked.question("lifecycle_events", &["events"]).by("event").only("event", &[CREATED, DELETED]);
    let active = || asked.question("chat_messages", &["activeConversations", "messages"]);
    let mut questions = vec![begun(), over_time(begun()), active(), over_time(active())];
    questions.extend(grouped.as_ref().map(|grouped| grouped.question.clone()));
    let reading = desk.ask(&visit, &questions).await?;
    let [begun, begun_series, active, active_series, ..] = &reading.answers[..] else {
        return Err(Problem::internal("an answer is missing"));
    };
    let of_event = |answer: &Answer, event: &str, start: Option<Timestamp>| -> i128 {
        let rows = answer.rows.iter().filter(|row| row.labels[0] == event && row.start == start);
        rows.map(|row| units(&row.values[0])).sum()
    };
    let active_all = active.rows.first().map_or(Number::Nothing, |row| row.values[0].clone());
    let messages = active.rows.first().map_or(0, |row| units(&row.values[1]));
    let points: BTreeMap<Timestamp, &Number> = active_series.rows.iter().filter_map(|row| Some((row.start?, &row.values[0]))).collect();
    let point = |(start, active): (&Timestamp, &&Number)| ConversationsPoint {
        timestamp: start.to_string(),
        created: Figure::whole(of_event(begun_series, CREATED, Some(*start))),
        deleted: Figure::whole(of_event(begun_series, DELETED, Some(*start))),
        active: Figure::of(active),
    };
    let conversations = Conversations {
        created: Figure::whole(of_event(begun, CREATED, None)),
        deleted: Figure::whole(of_event(begun, DELETED, None)),
        active: Figure::of(&active_all),
        messages_per_conversation: per_conversation(messages, &active_all),
        series: points.iter().map(point).collect(),
        groups: groups(grouped.as_ref(), &asked, &reading),
        meta: Meta::of(&reading, &asked),
    };
    reply(&visit, &asked, &conversations)
}

/// Exact where the count of conversations is.
fn per_conversation(messages: i128, conversations: &Number) -> Figure {
    match (conversations.exact(), conversations.as_f64()) {
        (Some(count), _) => mean(Decimal { units: messages, scale: 0 }, count.units),
        #[expect(clippy::cast_precision_loss, reason = "over an estimate, which is less exact")]
        (None, Some(count)) if count > 0.0 => Figure::Rounded((messages as f64 / count * 1000.0).round() / 1000.0),
        _ => Figure::Nothing,
    }
}
