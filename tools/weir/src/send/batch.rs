//! Records into request bodies, each within the API's limits.

use super::Record;
use model::limits::BATCH_BYTES;
use serde_json::json;

/// What a batch's own fields may take of its body.
const ENVELOPE_BYTES: usize = 1_000;

/// How records become a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// An array of them.
    Array,
    /// A batch of `POST /api/events`.
    Batch {
        /// The project of events that name none.
        project: Option<String>,
        /// What batch ids begin with.
        prefix: String,
        /// Whether it is an import.
        historical: bool,
    },
}

impl Shape {
    /// The body that carries these records.
    #[must_use]
    pub fn body(&self, records: &[Record]) -> String {
        let list = records.iter().map(|record| record.json.as_str()).collect::<Vec<_>>().join(",");
        let Self::Batch { project, prefix, historical } = self else { return format!("[{list}]") };
        let first = records.first().map_or(0, |record| record.line);
        let mut fields = vec![format!(r#""batchId":{}"#, json!(format!("{prefix}-{first}")))];
        fields.extend(project.as_ref().map(|project| format!(r#""projectId":{}"#, json!(project))));
        fields.extend(historical.then(|| r#""historical":true"#.to_owned()));
        format!(r#"{{{},"events":[{list}]}}"#, fields.join(","))
    }
}

/// Cuts the records into runs of at most `most`, whose bodies are within the API's limit where a single record does not break it alone.
#[must_use]
pub fn pack(records: &[Record], most: usize) -> Vec<&[Record]> {
    let mut batches = Vec::new();
    let (mut start, mut bytes) = (0, ENVELOPE_BYTES);
    for (index, record) in records.iter().enumerate() {
        let size = record.json.len() + 1;
        if index > start && (index - start == most || bytes + size > BATCH_BYTES) {
            batches.push(&records[start..index]);
            (start, bytes) = (index, ENVELOPE_BYTES);
        }
        bytes += size;
    }
    if start < records.len() {
        batches.push(&records[start..]);
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(count: usize, bytes: usize) -> Vec<Record> {
        (1..=count).map(|line| Record { line, json: "1".repeat(bytes) }).collect()
    }

    #[test]
    fn a_batch_ends_at_the_count_or_at_the_bytes() {
        let check = |count, bytes, expect: &[usize]| {
            let records = records(count, bytes);
            let batches = pack(&records, 500);
            assert_eq!(batches.iter().map(|batch| batch.len()).collect::<Vec<_>>(), expect);
            assert_eq!(batches.concat(), records);
            assert!(batches.iter().all(|batch| batch.len() == 1 || Shape::Array.body(batch).len() <= BATCH_BYTES));
        };
        check(0, 1, &[]);
        check(1, 1, &[1]);
        check(500, 1, &[500]);
        check(1_001, 1, &[500, 500, 1]);
        check(7, 300_000, &[3, 3, 1]);
        check(2, 2_000_000, &[1, 1]);
    }

    #[test]
    fn a_batch_of_events_names_its_project_and_import() {
        let shape = Shape::Batch { project: Some("shop".to_owned()), prefix: "a\"b".to_owned(), historical: true };
        let expect = r#"{"batchId":"a\"b-1","projectId":"shop","historical":true,"events":[1,1]}"#;
        assert_eq!(shape.body(&records(2, 1)), expect);
        let shape = Shape::Batch { project: None, prefix: "x".to_owned(), historical: false };
        assert_eq!(shape.body(&records(1, 1)), r#"{"batchId":"x-1","events":[1]}"#);
    }
}
