//! What websites and services tell of their visitors.
#![expect(dead_code, reason = "the types of bodies are read by the API's document and never made")]

use super::app::{AppProperties, Device};
use super::wire::{Common, Import, OneOrMany, Repeat};
use crate::Ingest;
use crate::answer::{Receipt, Refused};
use crate::write::write;
use axum::extract::{Request, State};
use axum::response::Response;
use model::accept::Form;
use std::sync::Arc;
use utoipa::ToSchema;
use web::{Arrival, Problem};

/// Something that a visitor did. What several places say is taken from the first of them: the event itself, `device`, `metadata`, `properties`.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EngagementEvent {
    /// What it was: `page_view`, `click` or a name of your own.
    #[schema(example = "page_view", min_length = 1)]
    event: String,
    /// The same as `event`.
    r#type: Option<String>,
    /// The page.
    page: Option<String>,
    /// The feature used.
    feature: Option<String>,
    /// The event's own value.
    value: Option<f64>,
    #[serde(flatten)]
    common: Common,
    /// What is known of it. Unknown members are kept with the event.
    properties: Option<AppProperties>,
    /// The device; where browser, system and kind of device are not said, the request's `User-Agent` tells them.
    device: Option<Device>,
    /// The same in fewer words. Unknown members are kept with the event.
    metadata: Option<VisitorMetadata>,
}

/// What a page knows of its visitor.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VisitorMetadata {
    /// `phone`, `tablet`, `desktop`.
    device_type: Option<String>,
    /// The browser.
    browser: Option<String>,
    /// The operating system.
    os: Option<String>,
}

/// Takes what a visitor did.
///
/// Browser, operating system and kind of device come from `User-Agent` where the event does not say them. The country comes from what a CDN
/// says (`CloudFront-Viewer-Country`, `CF-IPCountry`, `X-Vercel-IP-Country`, `X-AppEngine-Country`), else from the owner's database of
/// addresses, where there is one; the address itself is not kept.
#[utoipa::path(post, path = "/api/analytics/engagement/track", tag = "writes", params(Repeat, Import),
    request_body(content = OneOrMany<EngagementEvent>, example = json!({"event": "page_view", "eventId": "view-1", "sessionId": "session-xyz",
        "userId": "u1", "page": "/pricing", "userPlan": "pro", "properties": {"timeOnPage": 12.5, "scrollDepth": 80, "utm_source": "news",
        "utm_campaign": "spring"}, "metadata": {"deviceType": "desktop", "browser": "Firefox", "os": "Linux"}})),
    responses((status = 200, body = Receipt), Refused))]
pub async fn answer(State(ingest): State<Arc<Ingest>>, arrival: Arrival, request: Request) -> Result<Response, Problem> {
    write(&ingest, Form::Engagement, &arrival, request).await
}
