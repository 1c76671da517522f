//! `GET /api/analytics/chat/by-provider`: chats by who serves the models.

use super::OF_MESSAGES;
use crate::Desk;
use crate::groups::{Groups, groups};
use crate::parameters::{Known, Place, RANKING};
use crate::shape::{Figure, Meta, reply, share, total, units};
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use cube::query::Row;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

pub(crate) const KNOWN: Known<'static> = Known { limit: Some(RANKING), cursor: true, ..OF_MESSAGES };
const NUMBERS: [&str; 5] = ["messages", "users", "activeConversations", "tokens", "cost"];

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ChatByProvider {
    /// Of all providers.
    messages: Figure,
    /// The one with most messages first.
    data: Vec<ChatProvider>,
    /// What `cursor` must be for those after them; `null` where there are none.
    next_cursor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Groups>,
    meta: Meta,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ChatProvider {
    /// As sent, or as the price table knows it of the model.
    provider: String,
    messages: Figure,
    /// Its part of all messages, in percent.
    share: Figure,
    /// Distinct users.
    users: Figure,
    /// Distinct conversations with messages.
    active_conversations: Figure,
    /// Of all classes.
    tokens: Figure,
    /// In USD.
    cost: Figure,
}

/// Messages, tokens and cost of chats by provider, the one with most messages first.
#[utoipa::path(get, path = "/api/analytics/chat/by-provider", tag = "chat", responses((status = 200, body = ChatByProvider), Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    let asked = visit.asked(&KNOWN)?;
    let grouped = asked.grouped()?;
    let mut questions = vec![asked.question("chat_messages", &NUMBERS).by("provider")];
    questions.extend(grouped.as_ref().map(|grouped| grouped.question.clone()));
    let reading = desk.ask(&visit, &questions).await?;
    let [providers, ..] = &reading.answers[..] else { return Err(Problem::internal("an answer is missing")) };
    let all = total(providers, 0);
    let provider = |row: &Row| {
        let figure = |place: usize| Figure::of(&row.values[place]);
        let provider = ChatProvider {
            provider: row.labels[0].clone(),
            messages: figure(0),
            share: share(units(&row.values[0]), all),
            users: figure(1),
            active_conversations: figure(2),
            tokens: figure(3),
            cost: figure(4),
        };
        (Place::ranked(row.values[0].as_f64().unwrap_or_default(), row.labels.to_vec()), provider)
    };
    let page = asked.page(providers.rows.iter().map(provider).collect());
    let by_provider = ChatByProvider {
        messages: Figure::whole(all),
        data: page.data,
        next_cursor: page.next_cursor,
        groups: groups(grouped.as_ref(), &asked, &reading),
        meta: Meta::of(&reading, &asked),
    };
    reply(&visit, &asked, &by_provider)
}
