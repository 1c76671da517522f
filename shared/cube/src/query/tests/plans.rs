//! Coarse buckets: when they may be read, and that they answer as their hours do.

use super::random::{any_query, check_answer};
use super::*;

/// How much further apart things happen than elsewhere: the five hours of a sample become ten weeks.
const STRETCH: i64 = 14 * 24;

fn grains(query: &MetricQuery, offset: u8) -> Vec<(Grain, String)> {
    let plan = query.check().unwrap().plan(HourOffset::from_minutes(offset).unwrap());
    plan.reads.iter().map(|span| (span.grain, span.from.to_string())).collect()
}

/// Spans as text: what is read from when on.
fn check(query: &MetricQuery, expect: &[(Grain, &str)]) {
    let expect: Vec<(Grain, String)> = expect.iter().map(|(grain, from)| (*grain, (*from).to_owned())).collect();
    assert_eq!(grains(query, 0), expect, "{query:?}");
}

fn asking(from: &str, to: &str) -> MetricQuery {
    MetricQuery::new("ai_requests", &["requests"], Range { from: at(from), to: at(to) })
}

#[test]
fn a_series_of_days_is_read_by_day_with_hours_at_its_edges() {
    let query = asking("2026-10-22T10:20:00Z", "2026-11-21T10:20:00Z").every(Granularity::Day, Tz::UTC);
    check(&query, &[(Grain::Hour, "2026-10-22T10"), (Grain::Day, "2026-10-23T00"), (Grain::Hour, "2026-11-21T00")]);
    let whole = asking("2026-10-22T00:00:00Z", "2026-11-21T00:00:00Z");
    check(&whole.clone().every(Granularity::Day, Tz::UTC), &[(Grain::Day, "2026-10-22T00")]);
    check(&whole.clone().every(Granularity::Week, Tz::UTC), &[(Grain::Day, "2026-10-22T00")]);
    check(&whole.clone().by("weekday"), &[(Grain::Day, "2026-10-22T00")]);
    check(&whole.clone().every(Granularity::Hour, Tz::UTC), &[(Grain::Hour, "2026-10-22T00")]);
    check(&whole.by("hourOfDay"), &[(Grain::Hour, "2026-10-22T00")]);
}

#[test]
fn whole_months_are_read_as_such_and_where_nothing_divides_them_as_one() {
    let query = asking("2026-08-30T23:00:00Z", "2026-11-02T01:00:00Z");
    let edges = |grain| {
        let days = [(Grain::Hour, "2026-08-30T23"), (Grain::Day, "2026-08-31T00")];
        let rest = [(grain, "2026-09-01T00"), (Grain::Day, "2026-11-01T00"), (Grain::Hour, "2026-11-02T00")];
        [&days[..], &rest[..]].concat()
    };
    check(&query.clone().every(Granularity::Month, Tz::UTC), &edges(Grain::Month));
    check(&query, &edges(Grain::Lifetime));
    check(
        &asking("2026-11-01T00:00:00Z", "2026-11-30T23:00:00Z").by("weekday"),
        &[(Grain::Day, "2026-11-01T00"), (Grain::Hour, "2026-11-30T00")],
    );
    check(&asking("2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z").by("weekday"), &[(Grain::Day, "2026-11-01T00")]);
}

#[test]
fn days_of_a_zone_that_are_no_days_of_the_tenant_are_read_by_hour() {
    let query = asking("2026-11-02T00:00:00Z", "2026-11-16T00:00:00Z");
    check(&query.clone().every(Granularity::Day, Tz::Europe__Berlin), &[(Grain::Hour, "2026-11-02T00")]);
    // Only the day that a week of the zone begins in is divided.
    let hours_and_days =
        [(Grain::Day, "2026-11-02T00"), (Grain::Hour, "2026-11-08T00"), (Grain::Day, "2026-11-09T00"), (Grain::Hour, "2026-11-15T00")];
    check(&query.every(Granularity::Week, Tz::Europe__Berlin), &hours_and_days);
    // A day of a tenant whose hours begin at half past begins at 6 in the morning of India.
    let india = asking("2026-11-01T18:30:00Z", "2026-11-03T18:30:00Z").every(Granularity::Day, Tz::Asia__Kolkata);
    assert_eq!(grains(&india, 30), [(Grain::Hour, "2026-11-01T18".to_owned())]);
    // Days in Reykjavik are days in UTC.
    check(
        &asking("2026-11-01T00:00:00Z", "2026-11-03T00:00:00Z").every(Granularity::Day, Tz::Atlantic__Reykjavik),
        &[(Grain::Day, "2026-11-01T00")],
    );
}

#[test]
fn a_plan_allows_a_bucket_only_where_it_reads_that_grain_or_a_coarser_one() {
    let plan = asking("2026-10-31T00:00:00Z", "2026-12-01T05:00:00Z").check().unwrap().plan(HourOffset::default());
    let allows = |grain, hour: &str| plan.allows(Bucket { grain, start: Hour::from_key(hour).unwrap() });
    assert!(allows(Grain::Day, "2026-10-31T00") && !allows(Grain::Month, "2026-10-31T00"));
    assert!([Grain::Hour, Grain::Day, Grain::Month, Grain::Lifetime].iter().all(|grain| allows(*grain, "2026-11-01T00")));
    assert!(allows(Grain::Hour, "2026-12-01T04") && !allows(Grain::Day, "2026-12-01T00"));
    assert!(!allows(Grain::Hour, "2026-12-01T05") && !allows(Grain::Hour, "2026-10-30T23"));
}

/// The states of hours put together in buckets that the plan allows: coarse ones where `is_coarse` says so of a bucket, else finer ones.
fn together(plan: &Plan, hours: Vec<(Bucket, CubeState)>, is_coarse: impl Fn(Bucket) -> bool) -> Vec<(Bucket, CubeState)> {
    let mut states: Vec<(Bucket, CubeState)> = Vec::new();
    for (hour, state) in hours {
        let day = hour.start.day();
        let lifetime = plan.reads.iter().find(|span| (span.from..span.to).contains(&hour.start)).map_or(hour.start, |span| span.from);
        let starts = [(Grain::Lifetime, lifetime), (Grain::Month, day.month().first_day().first_hour()), (Grain::Day, day.first_hour())];
        let coarse =
            starts.into_iter().map(|(grain, start)| Bucket { grain, start }).find(|bucket| plan.allows(*bucket) && is_coarse(*bucket));
        let bucket = coarse.unwrap_or(hour);
        match states.iter_mut().find(|(known, _)| *known == bucket) {
            Some((_, own)) => own.merge(&state),
            None => states.push((bucket, state)),
        }
    }
    states
}

fn any_long_query() -> impl Strategy<Value = (Vec<Event>, MetricQuery, u8)> {
    (any_query(), 0..60_i64, 0..60_i64).prop_map(|((events, mut query, offset), sooner, later)| {
        let stretched = |moment: Timestamp| Timestamp::from_millis(START + moment.millis_since(Timestamp::from_millis(START)) * STRETCH);
        let events = events.into_iter().map(|event| Event { time: stretched(event.time), ..event }).collect();
        let shift = i64::from(offset) * 60_000;
        let hour = |moment: Timestamp, hours| stretched(moment.plus_millis(-shift)).plus_millis(shift + hours * HOUR_MS);
        query.range = Range { from: hour(query.range.from, -sooner), to: hour(query.range.to, later) };
        query.granularity = query.granularity.filter(|granularity| *granularity != Granularity::Hour);
        (events, query, offset)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn coarse_buckets_answer_as_their_hours_do((events, asked, offset) in any_long_query(), weekday in any::<bool>(), choice in any::<u64>()) {
        let asked = if weekday && asked.granularity.is_none() { asked.by("weekday") } else { asked };
        let query = asked.check().unwrap();
        let plan = query.plan(HourOffset::from_minutes(offset).unwrap());
        let hours = stored(&query, &[&events], offset);
        let by_hours = query.evaluate(&plan, hours.clone());
        let scattered = |bucket: Bucket| choice.wrapping_mul(u64::from(bucket.start.index().unsigned_abs()) | 1) >> 40 & 1 == 0;
        for answer in [query.evaluate(&plan, together(&plan, hours.clone(), |_| true)), query.evaluate(&plan, together(&plan, hours, scattered))] {
            prop_assert_eq!(texts(&answer), texts(&by_hours));
            if !weekday {
                check_answer(&asked, &events, &answer, offset);
            }
        }
    }
}
