//! What several kinds of writes say alike.
#![expect(dead_code, reason = "these types are read by the API's document and never made")]

use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

/// A moment: ISO 8601 text with an offset (without one, UTC is meant), or milliseconds since 1970.
#[derive(ToSchema)]
#[schema(example = "2026-11-20T12:00:00Z")]
#[serde(untagged)]
pub enum Moment {
    /// ISO 8601.
    #[schema(format = DateTime)]
    Text(String),
    /// Milliseconds since 1970-01-01T00:00:00Z.
    Millis(u64),
}

/// What every write may say.
#[derive(ToSchema)]
#[schema(as = CommonMembers)]
#[serde(rename_all = "camelCase")]
pub struct Common {
    /// The event's own id: of two events of a session (else of a user) with one id in one hour, one counts. One is made where none is sent.
    #[schema(min_length = 1, max_length = 256)]
    event_id: Option<String>,
    /// Whose act it was. A user's token writes for that user only.
    #[schema(min_length = 1, max_length = 256)]
    user_id: Option<String>,
    /// The session it was part of.
    #[schema(min_length = 1, max_length = 256)]
    session_id: Option<String>,
    /// The same as `sessionId`.
    #[schema(min_length = 1, max_length = 256)]
    session: Option<String>,
    /// The project it belongs to: an API key's own, else `default`.
    #[schema(min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9._-]+$")]
    project_id: Option<String>,
    /// When it happened; the time of arrival where it is not said.
    timestamp: Option<Moment>,
    /// The user's plan.
    plan: Option<String>,
    /// The same as `plan`.
    user_plan: Option<String>,
    /// The same as `plan`.
    plan_tier: Option<String>,
    /// The same as `plan`.
    plan_id: Option<String>,
}

/// Anything else that is to be kept with the event, as unknown members are.
#[derive(ToSchema)]
#[schema(value_type = Object, example = json!({"build": "1.4.2"}))]
pub struct Extra(Map<String, Value>);

/// What the query of a write may say.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Import {
    /// `true` marks an import of history, whose events may be older than raw events are kept; for services and admins.
    historical: Option<bool>,
}

/// What the headers of a write may say.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub struct Repeat {
    /// Tells a repeat of this request from another one, where neither it nor its events have ids.
    #[param(rename = "Idempotency-Key", min_length = 1, max_length = 256)]
    idempotency_key: Option<String>,
}

/// One body of a kind, or an array of 1 to 500 of them.
#[derive(ToSchema)]
#[serde(untagged)]
pub enum OneOrMany<T> {
    /// One.
    One(T),
    /// An array of up to 500.
    Many(Vec<T>),
}
