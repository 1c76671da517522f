//! Chats: messages, conversations, tokens, sessions.

mod average_session;
mod by_provider;
mod conversations;
mod messages;
mod tokens;

use crate::Desk;
use crate::parameters::{Grouping, Known, taking};
use cube::catalogue::Dimension;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// By what messages of chats can be narrowed.
const DIMENSIONS: &[Dimension] = &[Dimension::Project, Dimension::Provider, Dimension::Model, Dimension::Plan];
/// What most reads of this room understand.
const OF_MESSAGES: Known<'static> = Known {
    time: true,
    dimensions: DIMENSIONS,
    groups: Some(Grouping::of(&["chat_messages"], &["messages", "users", "activeConversations", "tokens", "cost"])),
    ..Known::NOTHING
};

/// The routes of this room.
pub(crate) fn routes() -> OpenApiRouter<Arc<Desk>> {
    OpenApiRouter::new()
        .routes(taking(&messages::KNOWN, routes!(messages::answer)))
        .routes(taking(&conversations::KNOWN, routes!(conversations::answer)))
        .routes(taking(&by_provider::KNOWN, routes!(by_provider::answer)))
        .routes(taking(&tokens::KNOWN, routes!(tokens::answer)))
        .routes(taking(&average_session::KNOWN, routes!(average_session::answer)))
}
