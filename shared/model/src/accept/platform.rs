//! What services tell of a platform: users, projects, generations, builds.

use super::Told;
use super::fields::Fields;
use crate::event::{Facts, Lifecycle};

/// Reads `{event, userId, projectId, metadata}`. Names that Weir does not know are kept as they are: they count as custom events.
pub fn event(fields: &mut Fields<'_>) -> Told {
    let kind = fields.dimension("event").or_else(|| fields.dimension("type"));
    let kind = fields.require("event", kind);
    let mut facts = Lifecycle::default();
    fields.object("metadata", |metadata| {
        facts.name = metadata.first_dimension(&["name", "projectName", "title"]);
        facts.subject = metadata.first_dimension(&["generationId", "buildId", "conversationId"]);
        facts.plan_from = metadata.dimension("fromPlan");
        facts.plan_to = metadata.dimension("toPlan");
    });
    Told { id: None, kind, facts: Facts::Lifecycle(facts) }
}
