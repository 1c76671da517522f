//! The formats of files, and what a browser is told of them.

use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// RFC 4180: a header, CRLF, quotes where they are needed; no text is taken for a formula by a spreadsheet.
    Csv,
    /// One array of objects.
    Json,
    /// An object a line.
    Ndjson,
    /// Typed columns, compressed with zstd.
    Parquet,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Csv, Self::Json, Self::Ndjson, Self::Parquet];
    /// Their names, which are also how their files' names end.
    pub const NAMES: [&'static str; 4] = ["csv", "json", "ndjson", "parquet"];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// The format of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// Its media type.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Json => "application/json",
            Self::Ndjson => "application/x-ndjson",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }
}

/// What a `Content-Disposition` says of a file of this name (RFC 6266): the name in ASCII, and in full as RFC 8187 has it.
#[must_use]
pub fn attachment(name: &str) -> String {
    let ascii: String = name.chars().map(|one| if one.is_ascii_alphanumeric() || "-_. ".contains(one) { one } else { '_' }).collect();
    let mut full = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            full.push(byte.into());
        } else {
            // Writing to a string cannot fail.
            _ = write!(full, "%{byte:02X}");
        }
    }
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{full}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_any_characters_is_told_in_full_and_in_ascii() {
        let check = |name: &str, expect: &str| assert_eq!(attachment(name), expect);
        check("ai 2026.csv", "attachment; filename=\"ai 2026.csv\"; filename*=UTF-8''ai%202026.csv");
        check("€\"\r\n.csv", "attachment; filename=\"____.csv\"; filename*=UTF-8''%E2%82%AC%22%0D%0A.csv");
    }

    #[test]
    fn a_format_has_one_name() {
        for format in Format::ALL {
            assert_eq!(Format::from_name(format.name()), Some(format));
            assert_eq!(serde_json::to_string(&format).unwrap(), format!("\"{}\"", format.name()));
        }
        assert_eq!(Format::from_name("xlsx"), None);
    }
}
