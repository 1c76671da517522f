//! What apps send: batches of events, and single ones.
#![expect(dead_code, reason = "the types of bodies are read by the API's document and never made")]

use super::wire::{Common, Extra, Import, Moment, OneOrMany, Repeat};
use crate::Ingest;
use crate::answer::{Receipt, Refused};
use crate::write::write;
use axum::extract::{Request, State};
use axum::response::Response;
use model::accept::Form;
use std::sync::Arc;
use utoipa::ToSchema;
use web::{Arrival, Problem};

/// Events of an app, gathered on a device and sent together.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AppBatch {
    /// The batch's own id: the same batch sent again counts once, also where its events have no ids or times.
    #[schema(min_length = 1, max_length = 256)]
    batch_id: Option<String>,
    /// The project of all events that name none.
    #[schema(min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9._-]+$")]
    project_id: Option<String>,
    /// When the batch was begun: the time of all events without one.
    created_at: Option<Moment>,
    /// When it was sent, by the device's clock. Where that differs from the server's by more than 60 s, all times are corrected by whole
    /// minutes.
    sent_at: Option<Moment>,
    /// Marks an import, as `?historical=true` does.
    historical: Option<bool>,
    /// The events.
    #[schema(min_items = 1, max_items = 500)]
    events: Vec<AppEvent>,
}

/// One thing that somebody did in an app.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AppEvent {
    /// What it was: `screen_view`, `custom`, `event.attended` or a name of your own.
    #[schema(example = "screen_view", min_length = 1)]
    r#type: String,
    /// The same as `type`.
    event: Option<String>,
    #[serde(flatten)]
    common: Common,
    /// What is known of it. Unknown members are kept with the event.
    properties: Option<AppProperties>,
    /// The device.
    device: Option<Device>,
    metadata: Option<Extra>,
}

/// What is known of an app's event.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AppProperties {
    /// The screen or page.
    screen_name: Option<String>,
    /// The same as `screenName`.
    page: Option<String>,
    /// The name of a custom event.
    event_name: Option<String>,
    /// The feature used.
    feature: Option<String>,
    /// What was attended (`event.attended`).
    event_ref: Option<String>,
    /// The event's own value.
    value: Option<f64>,
    #[serde(flatten)]
    visit: PageVisit,
}

/// How a page was read, and by which campaign its reader came.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PageVisit {
    /// Seconds spent on the page.
    #[schema(minimum = 0)]
    time_on_page: Option<f64>,
    /// How far it was scrolled, in percent.
    #[schema(minimum = 0)]
    scroll_depth: Option<f64>,
    /// Where the reader came from.
    #[serde(rename = "utm_source")]
    utm_source: Option<String>,
    /// By which kind of way.
    #[serde(rename = "utm_medium")]
    utm_medium: Option<String>,
    /// By which campaign.
    #[serde(rename = "utm_campaign")]
    utm_campaign: Option<String>,
}

/// The device of an event.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "members are named as the contract names them")]
pub struct Device {
    /// `ios`, `android`, `web`.
    platform: Option<String>,
    /// The operating system, where it is not the platform.
    os: Option<String>,
    /// Its version.
    os_version: Option<String>,
    /// The app's version.
    app_version: Option<String>,
    /// `phone`, `tablet`, `desktop`.
    device_type: Option<String>,
    /// The same as `deviceType`.
    r#type: Option<String>,
    /// The browser.
    browser: Option<String>,
    /// The country (ISO 3166-1 alpha-2).
    country: Option<String>,
}

/// Takes a batch of an app's events.
///
/// Bad events are rejected one by one, and the good ones are accepted. At most 500 events and 1 MB (decompressed) a batch, 32 KB an event.
#[utoipa::path(post, path = "/api/events", tag = "writes", params(Repeat, Import),
    request_body(content = AppBatch, example = json!({"batchId": "batch-123", "projectId": "shop", "createdAt": "2026-11-20T12:00:00Z",
        "sentAt": "2026-11-20T12:00:02Z", "events": [
            {"eventId": "event-1", "type": "screen_view", "sessionId": "session-xyz", "userId": "u1", "timestamp": "2026-11-20T12:00:00Z",
             "properties": {"screenName": "Home"}, "device": {"platform": "ios", "osVersion": "17.2", "appVersion": "1.0.0"}}]})),
    responses((status = 200, body = Receipt), Refused))]
pub async fn batch(State(ingest): State<Arc<Ingest>>, arrival: Arrival, request: Request) -> Result<Response, Problem> {
    write(&ingest, Form::AppBatch, &arrival, request).await
}

/// Takes one event of an app.
#[utoipa::path(post, path = "/api/events/single", tag = "writes", params(Repeat, Import),
    request_body(content = OneOrMany<AppEvent>, example = json!({"eventId": "event-2", "type": "custom", "sessionId": "session-xyz",
        "userId": "u1", "timestamp": "2026-11-20T12:00:05Z", "properties": {"eventName": "added_to_cart", "value": 29.9}})),
    responses((status = 200, body = Receipt), Refused))]
pub async fn single(State(ingest): State<Arc<Ingest>>, arrival: Arrival, request: Request) -> Result<Response, Problem> {
    write(&ingest, Form::AppEvent, &arrival, request).await
}
