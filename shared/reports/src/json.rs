//! A report for programs.

use crate::content::{Content, Part};
use crate::html::about;
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    template: &'a str,
    title: &'a str,
    tenant: &'a str,
    made_at: String,
    range: Ends,
    before: Ends,
    granularity: &'a str,
    timezone: &'a str,
    settled_through: Option<String>,
    notes: Vec<String>,
    parts: &'a [Part],
}

#[derive(Serialize)]
struct Ends {
    from: String,
    to: String,
}

impl From<cube::query::Range> for Ends {
    fn from(range: cube::query::Range) -> Self {
        Self { from: range.from.to_string(), to: range.to.to_string() }
    }
}

/// The document.
///
/// # Errors
/// Where it cannot be written, which in memory it can.
pub fn document(content: &Content) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec_pretty(&Document {
        template: content.template,
        title: &content.title,
        tenant: &content.tenant,
        made_at: content.made_at.to_string(),
        range: content.times.range.into(),
        before: content.times.before.into(),
        granularity: content.times.granularity.name(),
        timezone: content.times.timezone.name(),
        settled_through: content.settled_through.map(|moment| moment.to_string()),
        notes: about(content),
        parts: &content.parts,
    })
}
