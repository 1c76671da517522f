//! What an export is of, as a task keeps it.

use crate::{Format, Narrowed};
use cube::query::MetricQuery;
use model::{Family, Timestamp};
use serde::{Deserialize, Serialize};

/// What an export is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Wanted {
    /// Events, one by one.
    Events(Request),
    /// The rows of an answer.
    Rows(Question),
}

/// The answer to a question, as a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Question {
    /// What is asked: all of it, in the order of its labels.
    pub query: MetricQuery,
    /// How the rows are written.
    pub format: Format,
    /// What the file is called.
    pub file_name: String,
    /// What its numbers are called there, in their order; as in the cube where nothing is said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
}

/// Events of a family, as a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Request {
    /// Of which family.
    pub family: Family,
    /// How they are written.
    pub format: Format,
    /// From this moment on, in milliseconds.
    pub from: i64,
    /// To this one, which is not included.
    pub to: i64,
    /// By column of labels, the values of which one must hold.
    pub labels: Vec<(String, Vec<String>)>,
    /// What the file is called.
    pub file_name: String,
}

impl Request {
    /// Which events those are.
    #[must_use]
    pub fn narrowed(&self) -> Narrowed {
        let moment = |millis| Some(Timestamp::from_millis(millis));
        Narrowed { from: moment(self.from), to: moment(self.to), labels: self.labels.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cube::query::Range;

    #[test]
    fn what_is_wanted_is_read_as_it_was_written_and_nothing_else_is() {
        let request = Request { family: Family::Ai, format: Format::Csv, from: 0, to: 1, labels: Vec::new(), file_name: "a.csv".into() };
        let range = Range { from: Timestamp::from_millis(0), to: Timestamp::from_millis(1) };
        let query = MetricQuery::new("people", &["events"], range).by("user");
        let question = Question { query, format: Format::Json, file_name: "b.json".into(), names: Vec::new() };
        let renamed = Question { names: vec!["acts".into()], ..question.clone() };
        for wanted in [Wanted::Events(request), Wanted::Rows(question), Wanted::Rows(renamed)] {
            let text = serde_json::to_string(&wanted).unwrap();
            assert_eq!(serde_json::from_str::<Wanted>(&text).unwrap(), wanted, "{text}");
        }
        assert!(serde_json::from_str::<Wanted>(r#"{"format":"csv"}"#).is_err());
    }
}
