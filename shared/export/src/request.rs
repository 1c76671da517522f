//! What an export is of, as a task keeps it.

use crate::{Format, Narrowed};
use model::{Family, Timestamp};
use serde::{Deserialize, Serialize};

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
