//! Moments, hours and days. Milliseconds since 1970 UTC; hours are UTC hours shifted by a tenant's sub-hour offset.

use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, Timelike, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;

const HOUR_MS: i64 = 3_600_000;

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment so many milliseconds after 1970.
    #[must_use]
    pub const fn from_millis(ms: i64) -> Self {
        Self(ms)
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, rounded down.
    #[must_use]
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The moment so many milliseconds later (or earlier, where negative).
    #[must_use]
    pub const fn plus_millis(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this moment.
    #[must_use]
    pub const fn millis_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(moment: DateTime<Utc>) -> Self {
        Self(moment.timestamp_millis())
    }
}

impl From<Timestamp> for DateTime<Utc> {
    fn from(moment: Timestamp) -> Self {
        Self::from_timestamp_millis(moment.0).unwrap_or_default()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&DateTime::<Utc>::from(*self).to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

/// By how many minutes a tenant's hours begin after the UTC hour: 0, 15, 30 or 45, so that local days are exact in its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct HourOffset(u8);

impl HourOffset {
    /// The offset of so many minutes; `None` unless 0, 15, 30 or 45.
    #[must_use]
    pub const fn from_minutes(minutes: u8) -> Option<Self> {
        match minutes {
            0 | 15 | 30 | 45 => Some(Self(minutes)),
            _ => None,
        }
    }

    /// The offset in minutes.
    #[must_use]
    pub const fn minutes(self) -> u8 {
        self.0
    }

    const fn millis(self) -> i64 {
        self.0 as i64 * 60_000
    }
}

impl TryFrom<u8> for HourOffset {
    type Error = &'static str;
    fn try_from(minutes: u8) -> Result<Self, Self::Error> {
        Self::from_minutes(minutes).ok_or("an hour offset is 0, 15, 30 or 45 minutes")
    }
}

impl From<HourOffset> for u8 {
    fn from(offset: HourOffset) -> Self {
        offset.0
    }
}

/// An hour of a tenant, counted from 1970: it begins `HourOffset` minutes after the UTC hour it is named for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hour(i32);

impl Hour {
    /// The hour that holds this moment.
    #[must_use]
    pub fn of(moment: Timestamp, offset: HourOffset) -> Self {
        Self(saturate((moment.0 - offset.millis()).div_euclid(HOUR_MS)))
    }

    /// The hour so many hours after 1970.
    #[must_use]
    pub const fn from_index(hours: i32) -> Self {
        Self(hours)
    }

    /// Hours since 1970.
    #[must_use]
    pub const fn index(self) -> i32 {
        self.0
    }

    /// Its first moment.
    #[must_use]
    pub const fn start(self, offset: HourOffset) -> Timestamp {
        Timestamp(self.0 as i64 * HOUR_MS + offset.millis())
    }

    /// The day it belongs to.
    #[must_use]
    pub const fn day(self) -> Day {
        Day(self.0.div_euclid(24))
    }

    /// The hour that its key text names (`2026-11-21T05`).
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        let moment = DateTime::parse_from_rfc3339(&format!("{key}:00:00Z")).ok()?;
        Some(Self(saturate(moment.timestamp().div_euclid(3600))))
    }
}

impl fmt::Display for Hour {
    /// As in keys: `2026-11-21T05`, which sorts as the hours do.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment: DateTime<Utc> = Timestamp(i64::from(self.0) * HOUR_MS).into();
        // A reader names hundreds of hours; a format that is read each time takes twice as long.
        match moment.year() {
            year @ 0..=9999 => write!(f, "{year:04}-{:02}-{:02}T{:02}", moment.month(), moment.day(), moment.hour()),
            _ => write!(f, "{}", moment.format("%Y-%m-%dT%H")),
        }
    }
}

/// A day of a tenant: 24 of its hours, counted from 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(i32);

impl Day {
    /// The day so many days after 1970.
    #[must_use]
    pub const fn from_index(days: i32) -> Self {
        Self(days)
    }

    /// Days since 1970.
    #[must_use]
    pub const fn index(self) -> i32 {
        self.0
    }

    /// The day that its key text names (`2026-11-21`).
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        if key.len() == "2026-11-21".len() { Hour::from_key(&format!("{key}T00")).map(Hour::day) } else { None }
    }

    /// Its first hour.
    #[must_use]
    pub const fn first_hour(self) -> Hour {
        Hour(self.0.saturating_mul(24))
    }

    /// Its last hour.
    #[must_use]
    pub const fn last_hour(self) -> Hour {
        Hour(self.0.saturating_mul(24).saturating_add(23))
    }

    /// The day after it.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The month it belongs to.
    #[must_use]
    pub fn month(self) -> Month {
        let date = self.date();
        Month(date.year().saturating_mul(12).saturating_add(date.month0().cast_signed()))
    }

    fn date(self) -> NaiveDate {
        DateTime::<Utc>::from(Timestamp(i64::from(self.0) * 24 * HOUR_MS)).date_naive()
    }
}

/// A month of a tenant: the days of a month of the calendar, counted from the year 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Month(i32);

impl Month {
    /// The month that its key text names (`2026-11`).
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Day::from_key(&format!("{key}-01")).map(Day::month)
    }

    /// Its first day.
    #[must_use]
    pub fn first_day(self) -> Day {
        let first = NaiveDate::from_ymd_opt(self.0.div_euclid(12), self.0.rem_euclid(12).cast_unsigned() + 1, 1).unwrap_or_default();
        Day(i32::try_from(first.signed_duration_since(NaiveDate::default()).num_days()).unwrap_or_default())
    }

    /// Its last day.
    #[must_use]
    pub fn last_day(self) -> Day {
        Day(self.next().first_day().0.saturating_sub(1))
    }

    /// The month after it.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Month {
    /// As in keys: `2026-11`, which sorts as the months do.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.div_euclid(12), self.0.rem_euclid(12) + 1)
    }
}

impl fmt::Display for Day {
    /// As in keys: `2026-11-21`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment: DateTime<Utc> = Timestamp(i64::from(self.0) * 24 * HOUR_MS).into();
        write!(f, "{}", moment.format("%Y-%m-%d"))
    }
}

/// Hours since 1970 fit 32 bits for any moment that is accepted; a wilder one ends at the edge rather than wrapping round.
fn saturate(hours: i64) -> i32 {
    i32::try_from(hours).unwrap_or(if hours < 0 { i32::MIN } else { i32::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_of_india_begins_at_half_past_the_utc_hour() {
        let half_past = HourOffset::from_minutes(30).unwrap();
        let before = Timestamp::from(DateTime::parse_from_rfc3339("2026-01-31T18:29:59.999Z").unwrap().to_utc());
        let hour = Hour::of(before.plus_millis(1), half_past);
        assert_eq!(hour.to_string(), "2026-01-31T18");
        assert_eq!(Hour::of(before, half_past).to_string(), "2026-01-31T17");
        assert_eq!(hour.start(half_past), before.plus_millis(1));
        assert_eq!(Hour::from_key("2026-01-31T18"), Some(hour));
        assert_eq!(hour.day().to_string(), "2026-01-31");
    }

    #[test]
    fn a_month_holds_its_days_and_no_other() {
        let check = |key: &str, first: &str, last: &str| {
            let month = Month::from_key(key).unwrap();
            assert_eq!(
                (month.to_string().as_str(), month.first_day().to_string().as_str(), month.last_day().to_string().as_str()),
                (key, first, last)
            );
            assert_eq!((month.first_day().month(), month.last_day().month()), (month, month));
            assert_eq!(month.last_day().next(), month.next().first_day());
        };
        check("2026-11", "2026-11-01", "2026-11-30");
        check("2028-02", "2028-02-01", "2028-02-29");
        check("1969-12", "1969-12-01", "1969-12-31");
        check("1997-01", "1997-01-01", "1997-01-31");
        assert_eq!(Month::from_key("2026-13"), None);
        assert_eq!(Day::from_key("2026-11-21").unwrap().to_string(), "2026-11-21");
        assert_eq!(Day::from_key("2026-11-21T05"), None);
    }
}
