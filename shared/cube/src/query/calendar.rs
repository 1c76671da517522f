//! The days, weeks and months of a time zone, whatever its clocks do.

use super::Range;
use super::plan::middle;
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::Tz;
use model::{Hour, HourOffset, Timestamp};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// Into what times a series is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Granularity {
    /// Hours of the tenant.
    Hour,
    /// Days of the zone.
    Day,
    /// Weeks of the zone, from Monday (ISO 8601).
    Week,
    /// Months of the zone.
    Month,
}

/// About how many points a series has where nobody says how fine it should be.
const POINTS: i64 = 100;

impl Granularity {
    /// All of them, finest first.
    pub const ALL: [Self; 4] = [Self::Hour, Self::Day, Self::Week, Self::Month];

    /// The name that queries use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// The granularity of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|granularity| granularity.name() == name)
    }

    /// The finest that divides a range into no more than about 100 points.
    #[must_use]
    pub fn fitting(range: Range) -> Self {
        Self::ALL.into_iter().find(|granularity| granularity.points(range) <= POINTS).unwrap_or(Self::Month)
    }

    /// About how many points a range has.
    pub(super) const fn points(self, range: Range) -> i64 {
        let hours = range.to.millis_since(range.from) / 3_600_000;
        hours
            / match self {
                Self::Hour => 1,
                Self::Day => 24,
                Self::Week => 7 * 24,
                Self::Month => 30 * 24,
            }
    }
}

/// The buckets of a series, by the moments at which they begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    timezone: Tz,
    /// Empty where the answer is not divided.
    starts: Vec<Timestamp>,
    /// Whether each bucket begins with an hour of the tenant.
    pub is_aligned: bool,
}

impl Calendar {
    /// The buckets that some hours of a tenant fall in, none left out.
    pub fn new(granularity: Option<Granularity>, timezone: Tz, (hours, offset): (RangeInclusive<Hour>, HourOffset)) -> Self {
        let starts = match granularity {
            None => Vec::new(),
            Some(Granularity::Hour) => {
                (hours.start().index()..=hours.end().index()).map(|hour| Hour::from_index(hour).start(offset)).collect()
            }
            Some(coarser) => local_starts(coarser, timezone, (middle(*hours.start(), offset), middle(*hours.end(), offset))),
        };
        let is_aligned = starts.iter().all(|start| Hour::of(*start, offset).start(offset) == *start);
        Self { timezone, starts, is_aligned }
    }

    /// When the buckets begin; nothing where the answer is not divided.
    pub fn starts(&self) -> &[Timestamp] {
        &self.starts
    }

    /// The bucket that a moment falls in.
    pub fn index_of(&self, moment: Timestamp) -> usize {
        self.starts.partition_point(|start| *start <= moment).saturating_sub(1)
    }

    /// The hour of the day that a moment falls in, 0 to 23.
    pub fn hour_of_day(&self, moment: Timestamp) -> u32 {
        local(moment, self.timezone).hour()
    }

    /// The day of the week that a moment falls in, 0 for Monday.
    pub fn weekday(&self, moment: Timestamp) -> u32 {
        local(moment, self.timezone).weekday().num_days_from_monday()
    }
}

fn local_starts(granularity: Granularity, timezone: Tz, (first, last): (Timestamp, Timestamp)) -> Vec<Timestamp> {
    let date_of = |moment| begin(granularity, local(moment, timezone).date_naive());
    let (mut date, end) = (date_of(first), date_of(last));
    let mut starts = Vec::new();
    while date <= end {
        starts.push(start_of_day(date, timezone));
        let Some(next) = next(granularity, date) else { break };
        date = next;
    }
    // A date that a zone has skipped whole begins with the next one.
    starts.dedup();
    starts
}

/// The first date of the bucket so many before that of one moment, and the first date after the bucket of another.
pub fn whole_dates((granularity, timezone): (Granularity, Tz), (first, last): (Timestamp, Timestamp), more: u32) -> (NaiveDate, NaiveDate) {
    let date_of = |moment| begin(granularity, local(moment, timezone).date_naive());
    let (first, last) = (date_of(first), date_of(last));
    (back(granularity, first, more).unwrap_or(first), next(granularity, last).unwrap_or(last))
}

/// The first date of the week or month that a date is in.
fn begin(granularity: Granularity, date: NaiveDate) -> NaiveDate {
    match granularity {
        Granularity::Hour | Granularity::Day => date,
        Granularity::Week => date - Days::new(u64::from(date.weekday().num_days_from_monday())),
        Granularity::Month => date.with_day(1).unwrap_or(date),
    }
}

fn next(granularity: Granularity, date: NaiveDate) -> Option<NaiveDate> {
    match granularity {
        Granularity::Hour | Granularity::Day => date.checked_add_days(Days::new(1)),
        Granularity::Week => date.checked_add_days(Days::new(7)),
        Granularity::Month => date.checked_add_months(Months::new(1)),
    }
}

fn back(granularity: Granularity, date: NaiveDate, count: u32) -> Option<NaiveDate> {
    match granularity {
        Granularity::Hour | Granularity::Day => date.checked_sub_days(Days::new(count.into())),
        Granularity::Week => date.checked_sub_days(Days::new(7 * u64::from(count))),
        Granularity::Month => date.checked_sub_months(Months::new(count)),
    }
}

/// The first moment of a date: midnight, the first of two where clocks go back over it, or where they skip it, the moment they skip to.
pub fn start_of_day(date: NaiveDate, timezone: Tz) -> Timestamp {
    let midnight = date.and_time(NaiveTime::MIN);
    let quarters = (0..=4 * 24).map(|quarter| midnight + TimeDelta::minutes(15 * quarter));
    let first = quarters.into_iter().find_map(|time| timezone.from_local_datetime(&time).earliest());
    first.map_or_else(|| midnight.and_utc(), |moment| moment.with_timezone(&Utc)).into()
}

fn local(moment: Timestamp, timezone: Tz) -> DateTime<Tz> {
    DateTime::<Utc>::from(moment).with_timezone(&timezone)
}
