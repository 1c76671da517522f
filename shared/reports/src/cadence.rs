//! When a schedule's reports are due: `hourly`, `daily`, `weekly`, `monthly`, or cron, in a time zone.
//!
//! Where clocks change: a time of day that does not exist is due at the first moment after the gap, one that comes twice at its first
//! coming. What is due every so many hours or minutes is due by the wall clock, in both passes of an hour that comes twice, and not in an
//! hour that is left out. (Croner's rules, which are Vixie cron's.)

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use model::Timestamp;
use std::fmt;

/// The hour of the day at which what is due daily, weekly or monthly is: late enough that most late events of the day before are in.
const MORNING: &str = "6";
/// What is due is never due more often: nobody reads a report each minute.
const LEAST_MINUTES: i64 = 15;
/// How many times are looked at for that.
const LOOKED_AT: usize = 200;

/// When reports are due, by a zone's clock.
#[derive(Debug, Clone)]
pub struct Cadence {
    text: String,
    cron: Cron,
}

/// Why a text is no cadence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CadenceError {
    /// It is no pattern.
    #[error("must be hourly, daily, weekly, monthly or a cron pattern of five fields, such as 0 6 * * MON")]
    Malformed,
    /// It never comes.
    #[error("is never due")]
    Never,
    /// It comes too often.
    #[error("is due more often than every {LEAST_MINUTES} minutes")]
    TooOften,
}

impl Cadence {
    /// Reads `hourly`, `daily`, `weekly`, `monthly`, or cron's five fields.
    ///
    /// # Errors
    /// Where it is neither, is never due, or more often than every 15 minutes.
    pub fn parse(text: &str) -> Result<Self, CadenceError> {
        let pattern = match text {
            "hourly" => "0 * * * *".to_owned(),
            "daily" => format!("0 {MORNING} * * *"),
            "weekly" => format!("0 {MORNING} * * MON"),
            "monthly" => format!("0 {MORNING} 1 * *"),
            pattern => pattern.to_owned(),
        };
        if pattern.split_whitespace().count() != 5 {
            return Err(CadenceError::Malformed);
        }
        let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
        let cron = parser.parse(&pattern).map_err(|_| CadenceError::Malformed)?;
        let cadence = Self { text: text.to_owned(), cron };
        cadence.check_pace()?;
        Ok(cadence)
    }

    fn check_pace(&self) -> Result<(), CadenceError> {
        // By the clock of a zone without changes, from a day on that is not 29 February.
        let mut last = Timestamp::from_millis(1_767_225_600_000);
        for looked_at in 0..LOOKED_AT {
            let Some(next) = self.after(last, Tz::UTC) else {
                return if looked_at == 0 { Err(CadenceError::Never) } else { Ok(()) };
            };
            if looked_at > 0 && next.millis_since(last) < LEAST_MINUTES * 60_000 {
                return Err(CadenceError::TooOften);
            }
            last = next;
        }
        Ok(())
    }

    /// The first time after a moment that is due.
    #[must_use]
    pub fn after(&self, moment: Timestamp, timezone: Tz) -> Option<Timestamp> {
        let local = DateTime::<Utc>::from(moment).with_timezone(&timezone);
        let next = self.cron.find_next_occurrence(&local, false).ok()?;
        let next = Timestamp::from(next.with_timezone(&Utc));
        // A library's slip must not make a loop without end of it.
        (next > moment).then_some(next)
    }

    /// What is due from a moment on up to, and with, another, oldest first, at most so many times.
    #[must_use]
    pub fn between(&self, (from, to): (Timestamp, Timestamp), timezone: Tz, most: usize) -> Vec<Timestamp> {
        let next = |last: &Timestamp| self.after(*last, timezone);
        std::iter::successors(self.after(from.plus_millis(-1), timezone), next).take_while(|due| *due <= to).take(most).collect()
    }
}

impl fmt::Display for Cadence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl PartialEq for Cadence {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Cadence {}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{Datelike, NaiveDate, TimeZone, Timelike};
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc().into()
    }

    fn check(cadence: &str, zone: &str, (from, to): (&str, &str), expect: &[&str]) {
        let cadence = Cadence::parse(cadence).unwrap();
        let due = cadence.between((at(from), at(to)), zone.parse().unwrap(), 100);
        assert_eq!(due, expect.iter().map(|text| at(text)).collect::<Vec<_>>(), "{cadence} in {zone}");
    }

    #[test]
    fn names_are_due_in_the_zones_morning() {
        let new_york = "America/New_York";
        check("daily", new_york, ("2026-11-20T00:00:00Z", "2026-11-22T00:00:00Z"), &["2026-11-20T11:00:00Z", "2026-11-21T11:00:00Z"]);
        check("weekly", "UTC", ("2026-11-20T00:00:00Z", "2026-12-01T00:00:00Z"), &["2026-11-23T06:00:00Z", "2026-11-30T06:00:00Z"]);
        check("monthly", "UTC", ("2026-11-20T00:00:00Z", "2026-12-31T00:00:00Z"), &["2026-12-01T06:00:00Z"]);
        check(
            "hourly",
            "Asia/Kolkata",
            ("2026-11-20T00:00:00Z", "2026-11-20T01:40:00Z"),
            &["2026-11-20T00:30:00Z", "2026-11-20T01:30:00Z"],
        );
    }

    #[test]
    fn a_time_that_does_not_exist_is_due_when_the_clocks_have_changed() {
        let days = ("2026-03-28T00:00:00Z", "2026-03-30T12:00:00Z");
        check("30 2 * * *", "Europe/Berlin", days, &["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]);
    }

    #[test]
    fn a_time_that_comes_twice_is_due_once() {
        let days = ("2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z");
        check("30 2 * * *", "Europe/Berlin", days, &["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]);
        // Found from its second coming too: a run that is late does not make it again.
        check("30 2 * * *", "Europe/Berlin", ("2026-10-25T00:40:00Z", "2026-10-26T12:00:00Z"), &["2026-10-26T01:30:00Z"]);
    }

    #[test]
    fn every_hour_that_passes_is_due_whatever_the_clocks_do() {
        let night = ("2026-10-24T23:00:00Z", "2026-10-25T02:00:00Z");
        let expect = ["2026-10-24T23:00:00Z", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z"];
        check("hourly", "Europe/Berlin", night, &expect);
        let night = ("2026-03-29T00:00:00Z", "2026-03-29T02:00:00Z");
        check("hourly", "Europe/Berlin", night, &["2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z"]);
    }

    #[test]
    fn what_is_no_cadence_is_refused() {
        let check = |text: &str, expect| assert_eq!(Cadence::parse(text).map(drop), Err(expect), "{text}");
        check("yearly", CadenceError::Malformed);
        check("", CadenceError::Malformed);
        check("0 6 * *", CadenceError::Malformed);
        check("0 0 6 * * *", CadenceError::Malformed);
        check("61 6 * * *", CadenceError::Malformed);
        check("0 6 30 2 *", CadenceError::Never);
        check("* * * * *", CadenceError::TooOften);
        check("0,5 6 * * *", CadenceError::TooOften);
        assert!(Cadence::parse("*/15 * * * *").is_ok());
        assert!(Cadence::parse("0 9 * * MON-FRI").is_ok());
    }

    proptest! {
        /// Against chrono-tz itself: each day of a zone is due exactly once, at its time of day, or where that does not exist, after the gap.
        #[test]
        fn each_day_of_any_zone_is_due_exactly_once(
            zone in prop::sample::select(&chrono_tz::TZ_VARIANTS[..]), day in 0_u64..12_000, hour in 0_u32..24, minute in 0_u32..60
        ) {
            let cadence = Cadence::parse(&format!("{minute} {hour} * * *")).unwrap();
            let first = NaiveDate::from_ymd_opt(1997, 1, 1).unwrap() + chrono::Days::new(day);
            let mut date = first;
            for _ in 0..4 {
                let naive = date.and_hms_opt(hour, minute, 0).unwrap();
                let Some(expected) = zone.from_local_datetime(&naive).earliest() else {
                    // A gap, or a day that a zone leaves out (Samoa had no 30 December 2011): told in the tests above.
                    date = date.succ_opt().unwrap();
                    continue;
                };
                let expected = Timestamp::from(expected.to_utc());
                let found = cadence.after(expected.plus_millis(-1), zone).unwrap();
                prop_assert_eq!(found, expected);
                let next = cadence.after(found, zone).unwrap();
                let local = DateTime::<Utc>::from(next).with_timezone(&zone);
                prop_assert!(local.date_naive() > date, "{} is due twice on {}", zone, date);
                prop_assert!((local.hour(), local.minute()) >= (hour, minute) || local.date_naive().day() != date.day());
                date = date.succ_opt().unwrap();
            }
        }

        /// However late and in however many pieces time is looked through, the same times are found.
        #[test]
        fn looking_in_pieces_skips_nothing_and_repeats_nothing(
            zone in prop::sample::select(&chrono_tz::TZ_VARIANTS[..]), start in 0_i64..8_000, cuts in prop::collection::vec(1_i64..5_000, 1..8),
            cadence in prop::sample::select(&["hourly", "daily", "weekly", "monthly", "30 2 * * *", "0 */6 * * *"][..])
        ) {
            let cadence = Cadence::parse(cadence).unwrap();
            let mut from = at("2026-01-01T00:00:00Z").plus_millis(start * 3_600_000);
            let begin = from;
            let mut pieces = Vec::new();
            for cut in cuts {
                let to = from.plus_millis(cut * 60_000);
                pieces.extend(cadence.between((from, to), zone, usize::MAX));
                from = to.plus_millis(1);
            }
            prop_assert_eq!(pieces, cadence.between((begin, from.plus_millis(-1)), zone, usize::MAX));
        }

        #[test]
        fn no_text_makes_it_panic(text in "[-0-9*/,LW#? A-Z]{0,20}") {
            let _ = Cadence::parse(&text);
        }
    }
}
