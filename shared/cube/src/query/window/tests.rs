//! Windows: what parameters mean, and how ranges are divided.

use super::*;
use crate::CubeState;
use crate::query::{Bucket, MetricQuery};
use proptest::prelude::*;

/// Thursday.
const NOW: &str = "2026-11-19T10:20:30.400Z";

fn at(text: &str) -> Timestamp {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc().into()
}

/// A window of a tenant whose hours are those of the zone.
fn window(parameters: TimeParameters<'_>) -> Window {
    let minutes = if parameters.timezone == Some("Asia/Kolkata") { 30 } else { 0 };
    Window::of(&parameters, at(NOW), HourOffset::from_minutes(minutes).unwrap()).unwrap()
}

/// Both ends of a range, for people.
fn shown(range: Range) -> String {
    let short = |moment: Timestamp| moment.to_string().replace(":00.000Z", "Z").replace(".000Z", "Z");
    format!("{} {}", short(range.from), short(range.to))
}

#[test]
fn a_period_of_the_calendar_begins_with_it_and_ends_now() {
    let check = |period, timezone, expect| {
        let window = window(TimeParameters { period: Some(period), timezone: Some(timezone), ..TimeParameters::default() });
        assert_eq!(shown(Range { to: at("2026-11-19T00:00:00Z"), ..window.range }).split(' ').next(), Some(expect), "{period}");
        assert_eq!(window.range.to, at(NOW));
    };
    check("day", "UTC", "2026-11-19T00:00Z");
    check("week", "UTC", "2026-11-16T00:00Z");
    check("month", "UTC", "2026-11-01T00:00Z");
    check("quarter", "UTC", "2026-10-01T00:00Z");
    check("year", "UTC", "2026-01-01T00:00Z");
    check("day", "Asia/Kolkata", "2026-11-18T18:30Z");
    check("day", "Pacific/Auckland", "2026-11-18T11:00Z");
    check("month", "America/New_York", "2026-11-01T04:00Z"); // before the clocks went back
}

#[test]
fn a_rolling_period_reaches_back_from_now() {
    let check = |period, expect| {
        let window = window(TimeParameters { period: Some(period), ..TimeParameters::default() });
        assert_eq!((window.range.from, window.range.to), (at(expect), at(NOW)), "{period}");
    };
    check("24h", "2026-11-18T10:20:30.400Z");
    check("7d", "2026-11-12T10:20:30.400Z");
    check("2w", "2026-11-05T10:20:30.400Z");
    check("3m", "2026-08-19T10:20:30.400Z");
    check("1y", "2025-11-19T10:20:30.400Z");
}

#[test]
fn dates_are_whole_days_of_the_zone_and_the_last_is_included() {
    let check = |start, end, timezone, expect: &str| {
        let parameters =
            TimeParameters { start_date: Some(start), end_date: Some(end), timezone: Some(timezone), ..TimeParameters::default() };
        assert_eq!(shown(window(parameters).range), expect, "{start} to {end} in {timezone}");
    };
    check("2026-11-01", "2026-11-01", "UTC", "2026-11-01T00:00Z 2026-11-02T00:00Z");
    check("2026-01-31", "2026-02-28", "Asia/Kolkata", "2026-01-30T18:30Z 2026-02-28T18:30Z");
    // 23 and 25 hours: the days on which clocks change.
    check("2026-03-29", "2026-03-29", "Europe/Berlin", "2026-03-28T23:00Z 2026-03-29T22:00Z");
    check("2026-10-25", "2026-10-25", "Europe/Berlin", "2026-10-24T22:00Z 2026-10-25T23:00Z");
    // Clocks skip midnight: the day begins at one.
    check("2018-11-04", "2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00Z 2018-11-05T02:00Z");
    check("2024-02-29", "2024-02-29", "UTC", "2024-02-29T00:00Z 2024-03-01T00:00Z");
}

#[test]
fn an_hour_across_midnight_belongs_to_one_day_only() {
    let check = |minutes, start, end, expect: &str| {
        let parameters = TimeParameters { start_date: Some(start), end_date: Some(end), ..TimeParameters::default() };
        let offset = HourOffset::from_minutes(minutes).unwrap();
        assert_eq!(shown(Window::of(&parameters, at(NOW), offset).unwrap().range), expect, "{start} to {end}, {minutes} minutes");
    };
    check(30, "2026-11-18", "2026-11-18", "2026-11-17T23:30Z 2026-11-18T23:30Z");
    check(15, "2026-11-18", "2026-11-18", "2026-11-18T00:15Z 2026-11-19T00:15Z");
    check(45, "2026-11-18", "2026-11-18", "2026-11-17T23:45Z 2026-11-18T23:45Z");
    check(30, "2026-11-18T00:00:00Z", "2026-11-19T00:00:00Z", "2026-11-17T23:30Z 2026-11-18T23:30Z");
    // Within a day nothing is moved, and no range is moved away.
    check(30, "2026-11-18T09:10:00Z", "2026-11-18T09:20:00Z", "2026-11-18T09:10Z 2026-11-18T09:20Z");
    check(30, "2026-11-17T23:50:00Z", "2026-11-18T00:00:00Z", "2026-11-17T23:50Z 2026-11-18T00:00Z");
}

#[test]
fn an_hour_that_ends_a_range_belongs_to_the_bucket_that_begins_within_it() {
    let range = Range { from: at("2026-12-01T03:20:30Z"), to: at("2026-12-08T09:20:30Z") };
    let window = Window { range, granularity: Granularity::Day, timezone: Tz::Pacific__Marquesas };
    let divisions = window.divisions(HourOffset::default()).unwrap();
    let shown: Vec<_> = divisions.iter().map(|division| shown(division.range)).collect();
    assert_eq!(shown[0], "2026-12-01T03:20:30Z 2026-12-01T09:30Z");
    assert_eq!(
        shown[6..],
        ["2026-12-06T09:30Z 2026-12-07T09:30Z", "2026-12-07T09:30Z 2026-12-08T09:30Z", "2026-12-08T09:30Z 2026-12-08T10:00Z"]
    );
}

#[test]
fn date_times_are_moments_and_the_last_is_not_included() {
    let check = |start, end, timezone, expect: &str| {
        let parameters =
            TimeParameters { start_date: Some(start), end_date: Some(end), timezone: Some(timezone), ..TimeParameters::default() };
        assert_eq!(shown(window(parameters).range), expect, "{start} to {end} in {timezone}");
    };
    check("2026-11-01T00:00:00+05:30", "2026-11-01T06:00:00Z", "UTC", "2026-10-31T18:30Z 2026-11-01T06:00Z");
    // A plus that a client did not escape.
    check("2026-11-01T00:00:00 05:30", "2026-11-01T06:00Z", "UTC", "2026-10-31T18:30Z 2026-11-01T06:00Z");
    check("2026-11-01T10:00", "2026-11-01 12:30:00", "Europe/Berlin", "2026-11-01T09:00Z 2026-11-01T11:30Z");
    // A local time that clocks skip is the moment they skip to.
    check("2026-03-29T02:30:00", "2026-03-29T12:00:00", "Europe/Berlin", "2026-03-29T01:00Z 2026-03-29T10:00Z");
}

#[test]
fn what_is_not_said_is_the_last_thirty_days() {
    let last = window(TimeParameters::default());
    assert_eq!((last.range, last.timezone), (Range { from: at(NOW).plus_millis(-30 * DAY_MS), to: at(NOW) }, Tz::UTC));
    let until = window(TimeParameters { end_date: Some("2026-01-31"), ..TimeParameters::default() });
    assert_eq!(shown(until.range), "2026-01-02T00:00Z 2026-02-01T00:00Z");
    let since = window(TimeParameters { start_date: Some("2026-11-18"), ..TimeParameters::default() });
    assert_eq!((since.range.from, since.range.to), (at("2026-11-18T00:00:00Z"), at(NOW)));
}

#[test]
fn a_series_has_about_a_hundred_points_unless_asked_otherwise() {
    let check = |period, granularity, expect| {
        let window = window(TimeParameters { period: Some(period), granularity, ..TimeParameters::default() });
        assert_eq!(window.granularity, expect, "{period}");
    };
    check("24h", None, Granularity::Hour);
    check("4d", None, Granularity::Hour);
    check("7d", None, Granularity::Day);
    check("90d", None, Granularity::Day);
    check("1y", None, Granularity::Week);
    check("5y", None, Granularity::Month);
    check("1y", Some("day"), Granularity::Day);
}

#[test]
fn every_fault_is_told_at_once() {
    let codes = |parameters: TimeParameters<'_>| -> Vec<(String, &'static str)> {
        let faults = Window::of(&parameters, at(NOW), HourOffset::default()).unwrap_err();
        faults.into_iter().map(|fault| (fault.pointer, fault.code)).collect()
    };
    let named = |pairs: &[(&str, &'static str)]| pairs.iter().map(|(name, code)| ((*name).to_owned(), *code)).collect::<Vec<_>>();
    let all = TimeParameters {
        start_date: Some("yesterday"),
        end_date: Some("2026-02-30"),
        granularity: Some("minute"),
        timezone: Some("Mars/Olympus"),
        period: None,
    };
    let expect =
        [("timezone", "unknown_timezone"), ("endDate", "not_a_date"), ("startDate", "not_a_date"), ("granularity", "unknown_granularity")];
    assert_eq!(codes(all), named(&expect));
    for period in ["", "7", "d", "0d", "-7d", "7x", "7 d", "999999d", "99999y", "all", "7ä"] {
        assert_eq!(codes(TimeParameters { period: Some(period), ..TimeParameters::default() }), named(&[("period", "unknown_period")]));
    }
    let both = TimeParameters { period: Some("7d"), start_date: Some("2026-01-01"), ..TimeParameters::default() };
    assert_eq!(codes(both), named(&[("period", "conflict")]));
    for (start, end) in [("2026-01-02", "2026-01-01"), ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"), ("2027-01-01", "2026-01-01")] {
        let backwards = TimeParameters { start_date: Some(start), end_date: Some(end), ..TimeParameters::default() };
        assert_eq!(codes(backwards), named(&[("startDate", "bad_range")]), "{start} {end}");
    }
}

proptest! {
    #[test]
    fn days_follow_each_other_without_gap_or_overlap(days in 0_i32..40_000, zone in prop::sample::select(&chrono_tz::TZ_VARIANTS[..])) {
        let date = NaiveDate::from_num_days_from_ce_opt(710_000 + days).unwrap();
        let day = |date: NaiveDate| {
            let (text, name) = (date.to_string(), zone.name());
            let parameters =
                TimeParameters { start_date: Some(&text), end_date: Some(&text), timezone: Some(name), ..TimeParameters::default() };
            Window::of(&parameters, at(NOW), HourOffset::default()).map(|window| window.range)
        };
        // A zone that crossed the date line has once skipped a day whole: that day is empty, so no range.
        if let (Ok(today), Ok(tomorrow)) = (day(date), day(date.succ_opt().unwrap())) {
            prop_assert_eq!(today.to, tomorrow.from);
            let hours = today.to.millis_since(today.from) / HOUR_MS;
            prop_assert!((20..=50).contains(&hours), "{} in {} has {} hours", date, zone, hours);
        }
    }

    #[test]
    fn whole_buckets_begin_and_end_as_those_of_a_series(
        start in 0_i64..2_000, hours in 1_i64..2_000, more in 0_u32..3, granularity in prop::sample::select(&Granularity::ALL[..]),
        zone in prop::sample::select(&chrono_tz::TZ_VARIANTS[..]), minutes in prop::sample::select(&[0_u8, 30, 45][..])
    ) {
        let offset = HourOffset::from_minutes(minutes).unwrap();
        let from = at(NOW).plus_millis(start * HOUR_MS);
        let window = Window { range: Range { from, to: from.plus_millis(hours * HOUR_MS) }, granularity, timezone: zone };
        let (own, whole) = (window.divisions(offset).unwrap(), window.whole(more, offset).divisions(offset).unwrap());
        prop_assert!(own.windows(2).all(|pair| pair[0].start < pair[1].start && pair[0].range.to == pair[1].range.from));
        prop_assert!(own.iter().all(|division| division.range.from < division.range.to), "{own:?}");
        let starts = |divisions: &[Division]| divisions.iter().map(|division| division.start).collect::<Vec<_>>();
        prop_assert_eq!(starts(&own), starts(&whole)[more as usize..].to_vec());
        let series = MetricQuery::new("users", &["users"], window.range).every(granularity, zone).check().unwrap();
        let answer = series.evaluate(&series.plan(offset), std::iter::empty::<(Bucket, CubeState)>());
        prop_assert_eq!(answer.rows.iter().filter_map(|row| row.start).collect::<Vec<_>>(), starts(&own));
    }

    #[test]
    fn no_text_makes_it_panic(a in ".{0,30}", b in "[0-9TZ:+ -]{0,30}", c in "[0-9]{0,7}[hdwmy]?") {
        let texts = TimeParameters { start_date: Some(&a), end_date: Some(&b), timezone: Some(&a), granularity: Some(&a), period: None };
        let _ = Window::of(&texts, at(NOW), HourOffset::default());
        if let Ok(window) = Window::of(&TimeParameters { period: Some(&c), ..TimeParameters::default() }, at(NOW), HourOffset::default()) {
            prop_assert!(window.range.from < window.range.to);
        }
    }
}
