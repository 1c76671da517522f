//! Events of one's own, one JSON object a line, as batches of `POST /api/events`.

use super::batch::Shape;
use super::{Load, Record};
use anyhow::{Context as _, Result, bail};
use serde_json::value::{RawValue, to_raw_value};
use std::collections::BTreeMap;

/// Reads events. Their values go out as they are written; an event without an `eventId` gets one from its line.
///
/// # Errors
/// Where a line is no JSON object, naming it: nothing is sent of a file that is half right.
pub fn load(text: &str, prefix: &str, project: Option<&str>, by_service: bool) -> Result<Load> {
    let mut records = Vec::new();
    for (index, row) in text.lines().enumerate().filter(|(_, row)| !row.trim().is_empty()) {
        let line = index + 1;
        records.push(Record { line, json: event(row, &format!("{prefix}-{line}")).with_context(|| format!("line {line}"))? });
    }
    if by_service && project.is_none() && records.iter().any(|record| !names_project(&record.json)) {
        bail!("a service writes to any project of its tenant: say which with --project");
    }
    let shape = Shape::Batch { project: project.map(str::to_owned), prefix: prefix.to_owned(), historical: by_service };
    Ok(Load { path: "/api/events", shape, records })
}

fn event(row: &str, id: &str) -> Result<String> {
    let mut fields: BTreeMap<String, Box<RawValue>> = serde_json::from_str(row).context("not a JSON object")?;
    if !fields.contains_key("eventId") {
        fields.insert("eventId".to_owned(), to_raw_value(id)?);
    }
    Ok(serde_json::to_string(&fields)?)
}

fn names_project(json: &str) -> bool {
    serde_json::from_str::<BTreeMap<String, &RawValue>>(json).is_ok_and(|fields| fields.contains_key("projectId"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_go_out_as_written_and_a_missing_id_comes_from_the_line() {
        let text = "{\"type\":\"a\",\"properties\":{\"n\":0.10000000000000000001}}\n\n{\"eventId\":\"mine\",\"type\":\"b\"}\n";
        let records = load(text, "app", None, false).unwrap().records;
        let expect = [
            Record { line: 1, json: r#"{"eventId":"app-1","properties":{"n":0.10000000000000000001},"type":"a"}"#.to_owned() },
            Record { line: 3, json: r#"{"eventId":"mine","type":"b"}"#.to_owned() },
        ];
        assert_eq!(records, expect);
    }

    #[test]
    fn a_line_that_is_no_object_is_named() {
        let error = load("{\"type\":\"a\"}\n[1]\n", "app", None, false).err().unwrap();
        assert!(format!("{error:#}").starts_with("line 2: not a JSON object"), "{error:#}");
    }

    #[test]
    fn a_service_must_name_the_project_of_events_that_do_not() {
        assert!(load("{\"type\":\"a\"}", "app", None, true).is_err());
        assert!(load("{\"type\":\"a\",\"projectId\":\"shop\"}", "app", None, true).is_ok());
        assert!(load("{\"type\":\"a\"}", "app", Some("shop"), true).is_ok());
    }
}
