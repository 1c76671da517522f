//! Over which time a report is: the last whole hour, day, week or month of its zone before it is due, and the one before that.

use chrono_tz::Tz;
use cube::query::{Granularity, Range, Window};
use model::{HourOffset, Timestamp};
use serde::{Deserialize, Serialize};

/// A whole hour, day, week or month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Period {
    /// An hour of the tenant.
    Hour,
    /// A day of the zone.
    Day,
    /// A week of the zone, from Monday.
    Week,
    /// A month of the zone.
    Month,
}

/// The time that a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    /// What it tells of.
    pub range: Range,
    /// What that is held against.
    pub before: Range,
    /// How its series are divided.
    pub granularity: Granularity,
    /// In what zone its days begin.
    pub timezone: Tz,
}

impl Period {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Hour, Self::Day, Self::Week, Self::Month];

    /// In a word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// The period of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|period| period.name() == name)
    }

    const fn granularity(self) -> Granularity {
        match self {
            Self::Hour => Granularity::Hour,
            Self::Day => Granularity::Day,
            Self::Week => Granularity::Week,
            Self::Month => Granularity::Month,
        }
    }

    /// The last one of a zone that is over at a moment, of a tenant whose hours begin so much after UTC's.
    #[must_use]
    pub fn before(self, moment: Timestamp, timezone: Tz, hour_offset: HourOffset) -> Times {
        let open = Range { from: moment, to: moment.plus_millis(1) };
        let window = Window { range: open, granularity: self.granularity(), timezone };
        let start = |more| window.whole(more, hour_offset).range.from;
        let range = Range { from: start(1), to: start(0) };
        let granularity = match self {
            Self::Hour | Self::Day => Granularity::Hour,
            Self::Week | Self::Month => Granularity::Day,
        };
        Times { range, before: Range { from: start(2), to: range.from }, granularity, timezone }
    }
}

impl Times {
    /// The time that a window asks about, held against the span before, as long.
    #[must_use]
    pub fn of(window: Window) -> Self {
        let Window { range, granularity, timezone } = window;
        Self { range, before: range.before(), granularity, timezone }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        chrono::DateTime::parse_from_rfc3339(text).unwrap().to_utc().into()
    }

    #[test]
    fn the_last_whole_one_of_the_zone_is_told_of_and_the_one_before_it() {
        let check = |period: Period, moment: &str, zone: &str, expect: [&str; 3]| {
            let times = period.before(at(moment), zone.parse().unwrap(), HourOffset::default());
            let [first, middle, end] = expect.map(at);
            assert_eq!((times.before, times.range), (Range { from: first, to: middle }, Range { from: middle, to: end }), "{moment}");
        };
        let (utc, berlin) = ("UTC", "Europe/Berlin");
        check(Period::Week, "2026-11-23T06:00:00Z", utc, ["2026-11-09T00:00:00Z", "2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z"]);
        check(Period::Month, "2026-12-01T06:00:00Z", utc, ["2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"]);
        check(Period::Hour, "2026-11-23T06:00:00Z", utc, ["2026-11-23T04:00:00Z", "2026-11-23T05:00:00Z", "2026-11-23T06:00:00Z"]);
        // The day on which clocks went forward has 23 hours, the one on which they went back 25.
        check(Period::Day, "2026-03-30T04:00:00Z", berlin, ["2026-03-27T23:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"]);
        check(Period::Day, "2026-10-26T05:00:00Z", berlin, ["2026-10-23T22:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"]);
    }

    #[test]
    fn spans_of_due_times_follow_each_other_without_a_gap() {
        let zone: Tz = "America/New_York".parse().unwrap();
        let cadence = crate::Cadence::parse("weekly").unwrap();
        let due = cadence.between((at("2026-02-01T00:00:00Z"), at("2026-12-31T00:00:00Z")), zone, 100);
        let spans: Vec<Times> = due.iter().map(|due| Period::Week.before(*due, zone, HourOffset::default())).collect();
        assert_eq!(spans.len(), 48);
        assert!(spans.windows(2).all(|pair| pair[0].range == pair[1].before));
    }
}
