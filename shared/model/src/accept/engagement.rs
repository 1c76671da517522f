//! What websites and services tell of their visitors.

use super::Told;
use super::app::{MILLI, known_device, known_properties};
use super::fields::Fields;
use crate::event::{Engagement, Facts};

/// Reads `{event, sessionId, page, feature, value, userPlan, properties{…}, metadata{deviceType, browser, os}?, device?}`. What several
/// places say is taken from the first of them: the body itself, `device`, `metadata`, `properties`.
pub fn event(fields: &mut Fields<'_>) -> Told {
    let kind = fields.first_dimension(&["event", "type"]);
    let kind = fields.require("event", kind);
    let mut facts = Engagement::default();
    fields.object("properties", |properties| known_properties(properties, &mut facts));
    facts.page = fields.dimension("page").or(facts.page);
    facts.feature = fields.dimension("feature").or(facts.feature);
    facts.value_milli = fields.decimal("value", MILLI).or(facts.value_milli);
    fields.object("device", |device| known_device(device, &mut facts));
    fields.object("metadata", |metadata| {
        let device_type = metadata.dimension("deviceType");
        let browser = metadata.dimension("browser");
        let os = metadata.dimension("os");
        facts.device_type = facts.device_type.take().or(device_type);
        facts.browser = facts.browser.take().or(browser);
        facts.os = facts.os.take().or(os);
    });
    Told { id: None, kind, facts: Facts::Engagement(facts) }
}
