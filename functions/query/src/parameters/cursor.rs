//! Pages of a list: the next one begins after a place in the list's order, not after so many rows, so that what comes or goes between two
//! pages neither repeats rows nor leaves any out.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cube::query::Range;
use model::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// Where a page begins, and what it is a page of: all pages are of one range of time, however much passes between them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cursor {
    /// What else was asked, as a digest.
    question: String,
    from: Timestamp,
    to: Timestamp,
    /// The place of the last row before it.
    pub after: String,
}

impl Cursor {
    /// A cursor for the rows after a place.
    pub fn new(question: &str, range: Range, after: String) -> Self {
        Self { question: question.to_owned(), from: range.from, to: range.to, after }
    }

    /// The cursor that a text is, if it is one of this question.
    pub fn decode(text: &str, question: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let cursor: Self = serde_json::from_slice(&bytes).ok()?;
        (cursor.question == question && cursor.from < cursor.to).then_some(cursor)
    }

    /// The cursor as a client keeps it.
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// What time its pages are of.
    pub fn range(&self) -> Range {
        Range { from: self.from, to: self.to }
    }
}

/// What is asked, but for how much of it at once, so that a cursor of one question is none of another.
pub(crate) fn digest(path: &str, parameters: &[(String, String)]) -> String {
    let mut asked: Vec<_> = parameters.iter().filter(|(name, _)| !["limit", "cursor"].contains(&name.as_str())).collect();
    asked.sort();
    let mut digest = Sha256::new();
    for part in std::iter::once(path).chain(asked.into_iter().flat_map(|(name, value)| [name.as_str(), value.as_str()])) {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    hex::encode(&digest.finalize()[..6])
}

/// The place of a row in the order of its list: by time, then by rank, the largest number first, then by labels.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Place(i64, u64, Vec<String>);

impl Place {
    /// In a ranking by a number.
    pub fn ranked(number: f64, labels: Vec<String>) -> Self {
        Self(0, descending(number), labels)
    }

    /// In a series.
    pub fn timed(start: Timestamp, labels: Vec<String>) -> Self {
        Self(start.as_millis(), 0, labels)
    }

    /// The same, without labels of its own.
    pub fn borrowed(&self) -> PlaceOf<'_> {
        PlaceOf(self.0, self.1, &self.2)
    }

    /// As a cursor keeps it.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The place that a cursor kept.
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// The place of a row whose labels are kept elsewhere: of lists of which only a page is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PlaceOf<'a>(i64, u64, &'a [String]);

impl<'a> PlaceOf<'a> {
    /// In a ranking by a number.
    pub fn ranked(number: f64, labels: &'a [String]) -> Self {
        Self(0, descending(number), labels)
    }

    /// In a series.
    pub fn timed(start: Timestamp, labels: &'a [String]) -> Self {
        Self(start.as_millis(), 0, labels)
    }

    /// With labels of its own.
    pub fn owned(self) -> Place {
        Place(self.0, self.1, self.2.to_vec())
    }
}

/// A number that is the smaller the larger this one is: bits of doubles are in the order of their values once the sign's half is turned round.
fn descending(number: f64) -> u64 {
    let bits = number.to_bits();
    let ascending = if bits >> 63 == 1 { !bits } else { bits | 1 << 63 };
    !ascending
}

/// A part of a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Page<T> {
    /// The rows.
    pub data: Vec<T>,
    /// What `cursor` must be for the rows after them; `null` where there are none.
    pub next_cursor: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_by_time_then_largest_first_then_by_label() {
        let label = |text: &str| vec![text.to_owned()];
        let ranks = [f64::INFINITY, 1e300, 2.5, 1.0, 0.0, -1.0, -2.5, f64::NEG_INFINITY];
        let places: Vec<Place> = ranks.into_iter().map(|number| Place::ranked(number, label("a"))).collect();
        assert!(places.is_sorted_by(|a, b| a < b), "{places:?}");
        assert!(Place::ranked(1.0, label("a")) < Place::ranked(1.0, label("b")));
        let at = Timestamp::from_millis;
        assert!(Place::timed(at(-5), label("b")) < Place::timed(at(0), label("a")));
        assert_eq!(Place::read(&places[2].text()).as_ref(), Some(&places[2]));
    }

    #[test]
    fn a_cursor_is_of_one_question_only() {
        let range = Range { from: Timestamp::from_millis(1), to: Timestamp::from_millis(2) };
        let asked = |value: &str| digest("/a", &[("model".into(), value.into()), ("limit".into(), value.into())]);
        let cursor = Cursor::new(&asked("x"), range, "[]".into());
        assert_eq!(Cursor::decode(&cursor.encode(), &asked("x")), Some(cursor.clone()));
        assert_eq!(Cursor::decode(&cursor.encode(), &asked("y")), None);
        assert_eq!(Cursor::decode("nonsense", &asked("x")), None);
        assert_eq!(
            asked("x"),
            digest("/a", &[("model".into(), "x".into()), ("limit".into(), "7".into())]),
            "how much at once is no matter"
        );
        assert_ne!(digest("/a", &[("ab".into(), "c".into())]), digest("/a", &[("a".into(), "bc".into())]));
    }
}
