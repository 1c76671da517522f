//! Reports: when they are due ([`cadence`]), over which time ([`period`]), what is in them ([`template`], [`content`]), how they are written
//! ([`html`], [`csv`], [`json`]), to whom they go ([`target`]) and how far that is ([`run`]).
//!
//! Pure: time, numbers and secrets are arguments. Nothing here counts: numbers are what `cube` answers to the queries that a template asks,
//! which are the queries of the API.

pub mod address;
pub mod cadence;
mod chart;
pub mod content;
pub mod csv;
pub mod forget;
pub mod html;
pub mod json;
pub mod number;
pub mod period;
pub mod run;
#[cfg(test)]
mod sample;
pub mod schedule;
pub mod target;
pub mod template;
pub mod webhook;

pub use cadence::Cadence;
pub use content::Content;
pub use period::Period;
pub use run::{Delivery, Run};
pub use schedule::Schedule;
pub use target::Targets;
pub use template::Template;

use serde::{Deserialize, Serialize};

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// A page for people, which is also the body of a mail.
    #[default]
    Html,
    /// Rows for a spreadsheet.
    Csv,
    /// For programs.
    Json,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Html, Self::Csv, Self::Json];

    /// In a word, which is also the end of a file's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }

    /// The format of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// Its media type.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Html => "text/html; charset=utf-8",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/json",
        }
    }
}
