//! What services tell of accounts, chats and payments: `{type, data}`.
#![expect(dead_code, reason = "the types of bodies are read by the API's document and never made")]

use super::engagement::EngagementEvent;
use super::platform::PlatformDetails;
use super::usage::TokenCount;
use super::wire::{Common, Import, Moment, OneOrMany, Repeat};
use crate::Ingest;
use crate::answer::{Receipt, Refused};
use crate::write::write;
use axum::extract::{Request, State};
use axum::response::Response;
use model::accept::Form;
use serde_json::Value;
use std::sync::Arc;
use utoipa::ToSchema;
use web::{Arrival, Problem};

/// An event of a service. The same is taken from the queue and the bus, with its tenant's name in `tenant`.
#[derive(ToSchema)]
pub struct ServiceEvent {
    /// `user.signup`, `user.signin`, `user.signout`, `user.plan_upgrade`, `user.plan_downgrade`, `chat.message_sent`,
    /// `chat.conversation_created`, `chat.conversation_deleted`, `billing.payment_success`, `billing.payment_failed`,
    /// `billing.subscription_created`, `billing.subscription_cancelled`; others are counted under their names.
    #[schema(example = "user.signup", min_length = 1)]
    r#type: String,
    /// The same as `type`.
    event: Option<String>,
    /// What every write may say stands here, or in `data`, which is believed first.
    #[serde(flatten)]
    common: Common,
    /// What is known of it.
    data: ServiceData,
}

/// What is known of a service's event; which of it is read depends on its type. Unknown members are kept with the event.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceData {
    #[serde(flatten)]
    common: Common,
    #[serde(flatten)]
    account: PlatformDetails,
    #[serde(flatten)]
    message: ChatMessage,
    #[serde(flatten)]
    payment: Payment,
    /// More of it.
    metadata: Option<PlatformDetails>,
}

/// What `chat.message_sent` says: a message is a request to a model.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChatMessage {
    /// The request's id: by whichever door it comes, the same one counts once.
    #[schema(min_length = 1, max_length = 256)]
    request_id: Option<String>,
    /// The conversation.
    #[schema(min_length = 1, max_length = 256)]
    conversation_id: Option<String>,
    /// The model.
    model: Option<String>,
    /// Who serves it; as the price table has it where it is not said.
    provider: Option<String>,
    /// Its tokens: by class, or their total (which is priced as input, and marked approximate).
    tokens: Option<TokenCount>,
    /// Tokens read, without cached ones; believed before `tokens`.
    #[schema(maximum = 1_000_000_000_000_000_u64)]
    input_tokens: Option<u64>,
    /// Tokens written.
    #[schema(maximum = 1_000_000_000_000_000_u64)]
    output_tokens: Option<u64>,
    /// Tokens read from a cache.
    #[schema(maximum = 1_000_000_000_000_000_u64)]
    cache_read_tokens: Option<u64>,
    /// Tokens written to a cache.
    #[schema(maximum = 1_000_000_000_000_000_u64)]
    cache_write_tokens: Option<u64>,
    /// The part of the tokens written that was spent on reasoning.
    #[schema(maximum = 1_000_000_000_000_000_u64)]
    reasoning_tokens: Option<u64>,
    /// What it cost, in US dollars, where that is known better than the price table does.
    #[schema(minimum = 0)]
    cost: Option<f64>,
    /// How long it took, in milliseconds.
    #[schema(minimum = 0)]
    response_time_ms: Option<f64>,
    /// The service that called the model.
    service: Option<String>,
    /// The feature it served.
    feature: Option<String>,
    /// How hard it was, in words of your own.
    complexity: Option<String>,
    /// The programming or natural language.
    language: Option<String>,
    /// What was asked: only its length is kept.
    prompt: Option<Value>,
    /// What was answered: only its length is kept.
    response: Option<Value>,
}

/// What events of `billing` say.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "members are named as the contract names them")]
pub struct Payment {
    /// The transaction's id: by whichever door it comes, the same one in the same state counts once.
    #[schema(min_length = 1, max_length = 256)]
    transaction_id: Option<String>,
    /// The amount in units of the currency. A payment that succeeded needs it; a subscription without one is worth the latest payment of the
    /// same user and plan.
    #[schema(minimum = 0)]
    amount: Option<f64>,
    /// The currency (ISO 4217); the tenant's where it is not said.
    #[schema(example = "USD", pattern = "^[A-Za-z]{3}$")]
    currency: Option<String>,
    /// How it was paid.
    payment_method: Option<String>,
    /// Why it failed.
    reason: Option<String>,
    /// The subscription's id.
    #[schema(min_length = 1, max_length = 256)]
    stripe_subscription_id: Option<String>,
    /// The same as `stripeSubscriptionId`.
    #[schema(min_length = 1, max_length = 256)]
    subscription_id: Option<String>,
    /// `day`, `week`, `month`, `quarter`, `year`; a month where it is not said.
    interval: Option<String>,
    /// When the subscription ends.
    end_date: Option<Moment>,
}

/// An event of an app or of a service: its type tells which.
#[derive(ToSchema)]
#[serde(untagged)]
pub enum AnyEvent {
    /// Of a service: `data` says what is known.
    Service(Box<ServiceEvent>),
    /// Of an app or a page.
    App(Box<EngagementEvent>),
}

/// Takes events of apps and of services.
///
/// One whose `type` is a service's or a platform's (`user.…`, `chat.…`, `billing.…`, `project.…`, `generation.…`, `build.…`, as `POST /events`
/// has them) is counted as such, with what `data` says of it; any other is something that a visitor did.
#[utoipa::path(post, path = "/api/v1/analytics/events", tag = "writes", params(Repeat, Import),
    request_body(content = OneOrMany<AnyEvent>, example = json!({"type": "user.signup", "eventId": "signup-u1",
        "data": {"userId": "u1", "planTier": "free", "timestamp": "2026-11-20T12:00:00Z"}})),
    responses((status = 200, body = Receipt), Refused))]
pub async fn answer(State(ingest): State<Arc<Ingest>>, arrival: Arrival, request: Request) -> Result<Response, Problem> {
    write(&ingest, Form::Event, &arrival, request).await
}
