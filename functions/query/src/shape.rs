//! How answers are written: exact numbers exactly, with what is known of their exactness, and headers for caches.

use crate::parameters::Asked;
use crate::visit::Visit;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, NaiveDate, Utc};
use cube::Dropped;
use cube::catalogue::OTHER;
use cube::query::{Answer, Number, Range};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, VARY};
use http::{HeaderValue, StatusCode};
use model::money::{Currency, Decimal};
use model::{Hour, HourOffset, Timestamp};
use reader::Reading;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::BTreeMap;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use web::Problem;

/// Digits after the point of a mean amount of money.
const MEAN_SCALE: u32 = 6;

/// A number as it is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Figure {
    /// An exact one, digit by digit.
    Exact(Decimal),
    /// One that is rounded or estimated.
    Rounded(f64),
    /// None: `null`.
    Nothing,
}

impl Figure {
    /// A number of an answer; of a distribution, its median.
    pub fn of(number: &Number) -> Self {
        match (number.exact(), number.as_f64()) {
            (Some(decimal), _) => Self::Exact(decimal),
            (None, Some(value)) => Self::Rounded(value),
            (None, None) => Self::Nothing,
        }
    }

    /// Rounded to a double, where it is one.
    pub fn as_f64(self) -> Option<f64> {
        match self {
            Self::Exact(decimal) => Number::Exact(decimal).as_f64(),
            Self::Rounded(value) => Some(value),
            Self::Nothing => None,
        }
    }

    /// A whole number.
    pub fn whole(count: i128) -> Self {
        Self::Exact(Decimal { units: count, scale: 0 })
    }
}

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw = |text: String| RawValue::from_string(text).map_err(serde::ser::Error::custom);
        match self {
            Self::Exact(decimal) => raw(decimal.to_string())?.serialize(serializer),
            Self::Rounded(value) if value.fract() == 0.0 && value.abs() < 1e15 => raw(format!("{value:.0}"))?.serialize(serializer),
            Self::Rounded(value) => value.serialize(serializer),
            Self::Nothing => serializer.serialize_none(),
        }
    }
}

impl PartialSchema for Figure {
    fn schema() -> RefOr<Schema> {
        let kinds = SchemaType::Array(vec![Type::Number, Type::Null]);
        ObjectBuilder::new().schema_type(kinds).description(Some("Exact to its last digit, unless `meta.approximate` names it.")).into()
    }
}

impl ToSchema for Figure {}

/// Amounts of money by currency (ISO 4217): they are never added up (I8).
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[serde(transparent)]
pub struct Amounts(pub BTreeMap<String, Figure>);

/// The units of a number of a row: 0 where there is nothing.
pub fn units(number: &Number) -> i128 {
    number.exact().map_or(0, |decimal| decimal.units)
}

/// The sum of a number over the rows of an answer.
pub fn total(answer: &Answer, place: usize) -> i128 {
    answer.rows.iter().map(|row| units(&row.values[place])).sum()
}

/// One over another, as a decimal of six digits, rounded half up; nothing over zero.
pub fn mean(of: Decimal, count: i128) -> Figure {
    if count == 0 {
        return Figure::Nothing;
    }
    let scaled = of.units * 10_i128.pow(MEAN_SCALE) / 10_i128.pow(of.scale.min(MEAN_SCALE));
    let scaled = scaled / 10_i128.pow(of.scale.saturating_sub(MEAN_SCALE));
    Figure::Exact(Decimal { units: (2 * scaled + count).div_euclid(2 * count), scale: MEAN_SCALE })
}

/// The change in percent of what was before, to two digits: 100 where there was nothing before.
pub fn change(before: i128, now: i128) -> Figure {
    let hundredths = match (before, now) {
        (0, 0) => 0,
        (0, _) => 10_000,
        (before, now) => (2 * (now - before) * 10_000 + before).div_euclid(2 * before),
    };
    Figure::Exact(Decimal { units: hundredths, scale: 2 })
}

/// A number against the same number of the span before: as long, and ending where the range begins.
#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the answer's own word")]
pub struct Change {
    /// Over the range.
    pub value: Figure,
    /// Over the span before.
    pub before: Figure,
    /// (value − before) ÷ before × 100: percent, to two digits; 100 where there was nothing before, `null` where either is not known.
    pub change: Figure,
}

impl Change {
    /// Of two numbers of answers.
    pub fn of(value: &Number, before: &Number) -> Self {
        let change = match (value.exact(), before.exact()) {
            (Some(value), Some(before)) if value.scale == before.scale => change(before.units, value.units),
            _ => match (value.as_f64(), before.as_f64()) {
                (Some(value), Some(before)) if before != 0.0 => Figure::Rounded(((value - before) / before * 10_000.0).round() / 100.0),
                (Some(value), Some(_)) => Figure::whole(if value == 0.0 { 0 } else { 100 }),
                _ => Figure::Nothing,
            },
        };
        Self { value: Figure::of(value), before: Figure::of(before), change }
    }
}

/// The span before the hours that a range takes in: as many hours, none of which is among them.
pub fn before(range: Range, offset: HourOffset) -> Range {
    let first = Hour::of(range.from, offset).index();
    let last = Hour::of(range.to.plus_millis(-1), offset).index();
    Range { from: Hour::from_index(first - (last - first + 1)).start(offset), to: Hour::from_index(first).start(offset) }
}

/// A part of a whole in percent, to two digits; `null` of nothing.
pub fn share(of: i128, whole: i128) -> Figure {
    if whole == 0 {
        return Figure::Nothing;
    }
    Figure::Exact(Decimal { units: (2 * of * 10_000 + whole).div_euclid(2 * whole), scale: 2 })
}

/// The date of a moment in the zone that is asked about.
pub fn date(moment: Timestamp, asked: &Asked) -> NaiveDate {
    DateTime::<Utc>::from(moment).with_timezone(&asked.window.timezone).date_naive()
}

/// What an answer says of itself.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Meta {
    range: Ends,
    granularity: &'static str,
    timezone: &'static str,
    settled_through: Option<String>,
    approximate: Vec<String>,
    /// The currency of amounts that are not told apart by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<String>,
    /// What a reader of the numbers should know.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<Cow<'static, str>>,
}

/// From a moment up to, and without, another.
#[derive(Serialize, ToSchema)]
pub struct Ends {
    from: String,
    to: String,
}

impl Ends {
    /// The ends of a range.
    pub fn of(range: Range) -> Self {
        Self { from: range.from.to_string(), to: range.to.to_string() }
    }
}

impl Meta {
    /// What is to be said of a reading's first answer: the range is the hours that were read.
    pub fn of(reading: &Reading, asked: &Asked) -> Self {
        let covered = reading.answers.first().map_or(asked.window.range, |answer| answer.covered);
        let mut approximate: Vec<String> = Vec::new();
        for name in reading.answers.iter().flat_map(|answer| &answer.approximate) {
            if !approximate.iter().any(|known| known == name) {
                approximate.push((*name).to_owned());
            }
        }
        Self {
            range: Ends::of(covered),
            granularity: asked.window.granularity.name(),
            timezone: asked.window.timezone.name(),
            settled_through: reading.settled_through.map(|moment| moment.to_string()),
            approximate,
            currency: None,
            notes: notes(reading),
        }
    }

    /// The same of an answer that is divided otherwise.
    pub fn every(mut self, granularity: &'static str) -> Self {
        self.granularity = granularity;
        self
    }

    /// The same of a range that the endpoint chose.
    pub fn over(mut self, range: Range) -> Self {
        self.range = Ends::of(range);
        self
    }

    /// The same of amounts that are all of one currency.
    pub fn in_currency(mut self, currency: Option<Currency>) -> Self {
        self.currency = currency.map(|currency| currency.to_string());
        self
    }

    /// The same of an answer in which sets of users were estimated: of these numbers.
    pub fn estimating(mut self, names: &[&str]) -> Self {
        self.approximate = names.iter().map(|name| (*name).to_owned()).collect();
        self
    }

    /// The same with something more that a reader should know.
    pub fn noting(self, note: impl Into<Cow<'static, str>>) -> Self {
        self.noting_if(Some(note))
    }

    /// The same with something more that a reader should know, if there is anything.
    pub fn noting_if(mut self, note: Option<impl Into<Cow<'static, str>>>) -> Self {
        self.notes.extend(note.map(Into::into));
        self
    }
}

const NOT_ALIGNED: &str =
    "days of this time zone do not begin with an hour of the tenant: each hour counts for the day that holds its middle";
const MERGED: &str =
    "events came for hours whose own events have expired, and were added to them: a copy of one that was counted before counts again";
const EXPIRED: &str = "some of these hours are kept by day only, and are left out: ask by day to have them";

/// What a reader of these answers should know.
fn notes(reading: &Reading) -> Vec<Cow<'static, str>> {
    let is_aligned = reading.answers.iter().all(|answer| answer.is_aligned);
    let told = [(!is_aligned, NOT_ALIGNED), (reading.merged, MERGED), (reading.expired, EXPIRED)];
    let mut notes: Vec<Cow<str>> = told.into_iter().filter(|(is_so, _)| *is_so).map(|(_, note)| note.into()).collect();
    notes.extend(reading.dropped.iter().map(|(cube, Dropped { cells, largest })| {
        Cow::from(format!(
            "{cube} has too many combinations to keep all apart: {cells} small ones, of at most {largest} each, count under {OTHER}"
        ))
    }));
    notes
}

/// The answer to a visit: with a tag by which the same answer is recognised, and for how long it may be kept. While hours of it are open
/// it changes within seconds; of closed hours, only what is late changes it.
pub fn reply(visit: &Visit, asked: &Asked, body: &impl Serialize) -> Result<Response, Problem> {
    let json = serde_json::to_vec(body).map_err(Problem::internal)?;
    let tag = format!("W/\"{}\"", hex::encode(&Sha256::digest(&json)[..16]));
    let is_known = visit.known.as_ref().and_then(|known| known.to_str().ok()).is_some_and(|known| {
        known.split(',').any(|one| matches!(one.trim(), "*") || one.trim().trim_start_matches("W/") == tag.trim_start_matches("W/"))
    });
    let mut response = if is_known { StatusCode::NOT_MODIFIED.into_response() } else { json.into_response() };
    let headers = response.headers_mut();
    if is_known {
        headers.remove(CONTENT_TYPE);
    } else {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    let is_closed = visit.now.millis_since(asked.window.range.to) > 3_600_000;
    headers.insert(VARY, HeaderValue::from_static("authorization, x-weir-service"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(if is_closed { "private, max-age=300" } else { "private, max-age=5" }));
    if let Some(standing) = &visit.standing {
        web::write_standing(standing, headers);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(figure: &Figure) -> String {
        let Figure::Exact(decimal) = figure else { panic!("{figure:?} is no exact number") };
        decimal.to_string()
    }

    #[test]
    fn a_change_is_in_percent_of_what_was_before() {
        let check = |before, now, expect: &str| assert_eq!(exact(&change(before, now)), expect, "{before} to {now}");
        check(4, 5, "25");
        check(4, 3, "-25");
        check(3, 4, "33.33");
        check(3, 0, "-100");
        check(0, 7, "100");
        check(0, 0, "0");
    }

    #[test]
    fn numbers_of_any_kind_are_compared_and_nothing_is_compared_with_nothing() {
        let count = |units| Number::Exact(Decimal { units, scale: 0 });
        let rate = |of, to| Number::Ratio(Decimal { units: of, scale: 0 }, Decimal { units: to, scale: 0 });
        assert_eq!(exact(&Change::of(&count(5), &count(4)).change), "25");
        assert_eq!(Change::of(&rate(1, 4), &rate(1, 2)).change, Figure::Rounded(-50.0));
        assert_eq!(Change::of(&rate(1, 4), &rate(0, 2)).change, Figure::whole(100));
        assert_eq!(Change::of(&rate(1, 4), &Number::Nothing).change, Figure::Nothing);
    }

    #[test]
    fn a_share_is_in_percent_of_the_whole() {
        assert_eq!((exact(&share(1, 3)), exact(&share(2, 3)), share(0, 0)), ("33.33".into(), "66.67".into(), Figure::Nothing));
    }

    #[test]
    fn the_span_before_is_as_many_hours_and_shares_none() {
        let begin = Timestamp::from_millis(1_793_491_200_000);
        for minutes in [0, 30, 45] {
            let offset = HourOffset::from_minutes(minutes).unwrap();
            let check = |from_ms: i64, to_ms: i64, hours: i64| {
                let before = before(Range { from: begin.plus_millis(from_ms), to: begin.plus_millis(to_ms) }, offset);
                assert_eq!(before.to, Hour::of(begin.plus_millis(from_ms), offset).start(offset));
                assert_eq!(before.to.millis_since(before.from), hours * 3_600_000, "{from_ms} to {to_ms}, {minutes}");
            };
            let start = i64::from(minutes) * 60_000;
            check(start, start + 24 * 3_600_000, 24);
            check(start + 1, start + 24 * 3_600_000 + 1, 25);
            check(start + 10, start + 20, 1);
        }
    }
}
