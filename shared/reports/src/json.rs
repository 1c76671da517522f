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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{self, HOSTILE};
    use crate::template;
    use serde_json::{Value, json};

    fn read(content: &Content) -> Value {
        serde_json::from_slice(&document(content).unwrap()).unwrap()
    }

    #[test]
    fn a_program_reads_names_as_they_are_and_numbers_to_the_last_digit() {
        let content = sample::hostile();
        let read = read(&content);
        let lines = read["parts"][0]["lines"].as_array().unwrap();
        assert!(lines.iter().zip(HOSTILE).all(|(line, name)| line["labels"] == json!([name])));
        assert_eq!(lines[0]["numbers"][0]["unit"], json!({"kind": "money", "currency": "USD"}));
        // A double would not hold it.
        let text = String::from_utf8(document(&content).unwrap()).unwrap();
        assert!(text.contains("\"value\": 1.250000000001,") && text.contains("\"before\": 0,"), "{text}");
        // A number that is held against nothing has no `before`.
        assert!(lines[0]["numbers"][1].get("before").is_none());
    }

    #[test]
    fn a_report_says_of_when_it_is_and_what_it_was_asked() {
        let read = read(&sample::hostile());
        assert_eq!(read["range"], json!({"from": "2026-11-16T00:00:00.000Z", "to": "2026-11-23T00:00:00.000Z"}));
        assert_eq!(read["before"], json!({"from": "2026-11-09T00:00:00.000Z", "to": "2026-11-16T00:00:00.000Z"}));
        assert_eq!((&read["granularity"], &read["timezone"]), (&json!("day"), &json!("UTC")));
        assert_eq!(read["settledThrough"], Value::Null);
        assert_eq!((&read["parts"][0]["cube"], &read["parts"][0]["groupBy"]), (&json!("ai_requests"), &json!(["model"])));
    }

    #[test]
    fn a_report_of_nothing_has_its_parts() {
        for template in template::all() {
            let read = read(&sample::empty(template));
            let parts = read["parts"].as_array().unwrap();
            assert_eq!(parts.len(), template.sections.len());
            assert!(parts.iter().all(|part| part["lines"] == json!([]) && part["more"] == json!(false)), "{}", template.name);
        }
    }
}
