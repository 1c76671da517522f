//! What apps send: batches of engagement events.

use super::fault::{Fault, Place};
use super::fields::Fields;
use super::{Defaults, Form, Layout, Request, Told, Unreadable, Written, read_items};
use crate::event::{Engagement, Facts};
use crate::{ProjectId, Timestamp};
use serde_json::Value;

/// Digits after the point of a value in thousandths.
pub const MILLI: u32 = 3;

/// Reads `{batchId?, projectId?, createdAt?, sentAt?, historical?, events: […]}`.
pub fn batch(body: Value, request: &Request<'_>) -> Result<Written, Unreadable> {
    let root = Place::Body;
    let Value::Object(mut members) = body else {
        let fault = Fault { pointer: String::new(), code: "not_an_object", message: "a batch must be an object".into() };
        return Err(Unreadable::Faults(vec![fault]));
    };
    let events = members.remove("events");
    let mut fields = Fields::cleaned(members, root, request.pseudonyms);
    let Head { defaults, sent_at } = head(&mut fields, request)?;
    let items = match events {
        Some(Value::Array(items)) => items,
        Some(_) => {
            fields.fault("events", "not_an_array", "events must be an array");
            Vec::new()
        }
        None => {
            fields.fault("events", "required", "events is required");
            Vec::new()
        }
    };
    if !fields.faults.is_empty() {
        return Err(Unreadable::Faults(fields.faults));
    }
    let request_id = defaults.batch.clone().or_else(|| request.idempotency_key.map(str::to_owned));
    let events = read_items(items, &Place::Member(&root, "events"), request, (&defaults, Form::AppEvent))?;
    Ok(Written { request_id, sent_at, historical: defaults.historical, layout: Layout::Batch, events })
}

/// What a batch says besides its events.
pub struct Head {
    defaults: Defaults,
    sent_at: Option<Timestamp>,
}

/// Reads what a batch says besides its events.
pub fn head(fields: &mut Fields<'_>, request: &Request<'_>) -> Result<Head, Unreadable> {
    let batch = fields.id("batchId");
    let time = fields.time("createdAt");
    let sent_at = fields.time("sentAt");
    let historical = historical(fields) || request.historical;
    let project = batch_project(fields, request)?;
    Ok(Head { defaults: Defaults { batch, project, time, historical }, sent_at })
}

fn historical(fields: &mut Fields<'_>) -> bool {
    match fields.dimension("historical").as_deref() {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => {
            fields.fault("historical", "not_a_truth", "historical must be true or false");
            false
        }
    }
}

fn batch_project(fields: &mut Fields<'_>, request: &Request<'_>) -> Result<Option<ProjectId>, Unreadable> {
    let said = match fields.id("projectId").map(ProjectId::new) {
        None => return Ok(None),
        Some(Ok(said)) => said,
        Some(Err(error)) => {
            fields.fault("projectId", "bad_id", format!("projectId {error}"));
            return Ok(None);
        }
    };
    if request.project.is_some_and(|own| *own != said) {
        return Err(Unreadable::OtherProject);
    }
    Ok(Some(said))
}

/// Reads one event of an app.
pub fn event(fields: &mut Fields<'_>) -> Told {
    let kind = fields.dimension("type").or_else(|| fields.dimension("event"));
    let kind = fields.require("type", kind);
    let mut facts = Engagement::default();
    fields.object("properties", |properties| known_properties(properties, &mut facts));
    fields.object("device", |device| known_device(device, &mut facts));
    Told { id: None, kind, facts: Facts::Engagement(facts) }
}

/// Reads what is known of an event's properties.
pub fn known_properties(properties: &mut Fields<'_>, facts: &mut Engagement) {
    facts.page = properties.first_dimension(&["screenName", "page"]);
    facts.name = properties.dimension("eventName");
    facts.feature = properties.dimension("feature");
    facts.subject = properties.dimension("eventRef");
    facts.value_milli = properties.decimal("value", MILLI);
    // Seconds at three digits after the point are milliseconds, and so are percents thousandths of one.
    facts.time_on_page_ms = properties.amount("timeOnPage", MILLI);
    facts.scroll_depth_millipercent = properties.amount("scrollDepth", MILLI);
    facts.utm_source = properties.dimension("utm_source");
    facts.utm_medium = properties.dimension("utm_medium");
    facts.utm_campaign = properties.dimension("utm_campaign");
}

/// Reads what is known of a device.
pub fn known_device(device: &mut Fields<'_>, facts: &mut Engagement) {
    facts.platform = device.dimension("platform");
    facts.os = device.dimension("os");
    facts.os_version = device.dimension("osVersion");
    facts.app_version = device.dimension("appVersion");
    facts.device_type = device.first_dimension(&["deviceType", "type"]);
    facts.browser = device.dimension("browser");
    facts.country = device.dimension("country");
}
