//! What services tell of a platform: users, projects, generations, builds.

use super::Told;
use super::fields::Fields;
use super::service::lifecycle;

/// Reads `{event, userId, projectId, metadata}`. Names that Weir does not know are kept as they are: they count as custom events.
pub fn event(fields: &mut Fields<'_>) -> Told {
    let kind = fields.first_dimension(&["event", "type"]);
    let kind = fields.require("event", kind);
    lifecycle(fields, kind)
}
