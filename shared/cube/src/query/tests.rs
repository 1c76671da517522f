mod plans;
mod random;

use super::*;
use crate::catalogue::{self, Dimension, cube};
use crate::columns::from_events;
use crate::fold_cube;
use crate::naive;
use crate::sample::{HOUR_MS, START, by_user, context, event, events};
use crate::state::{CubeState, Wanted, decode_cube, decode_parts, encode};
use model::event::{AiUse, Engagement, Facts, Lifecycle, Sale, Tokens};
use model::money::Currency;
use model::{Event, Hour, HourOffset};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn range(hours: i64) -> Range {
    Range { from: Timestamp::from_millis(START), to: Timestamp::from_millis(START + hours * HOUR_MS) }
}

fn at(text: &str) -> Timestamp {
    chrono::DateTime::parse_from_rfc3339(text).unwrap().to_utc().into()
}

/// The states that a reader would find: of each batch of events, one for each hour, stored and read back.
fn stored(query: &Query, batches: &[&[Event]], offset: u8) -> Vec<(Bucket, CubeState)> {
    let family = |event: &Event| event.family();
    let mut states = Vec::new();
    for events in batches {
        for one in query.cube().families {
            let own: Vec<Event> = events.iter().filter(|event| family(event) == *one).cloned().collect();
            for (hour, batch) in from_events(*one, &own, &context(offset)).unwrap() {
                let bytes = encode([&fold_cube(query.cube(), &batch)]);
                let state = decode_cube(&bytes, query.cube(), query.key()).unwrap();
                states.push((Bucket { grain: Grain::Hour, start: hour }, state));
            }
        }
    }
    states
}

fn ask(query: &MetricQuery, events: &[Event]) -> Answer {
    let query = query.check().unwrap();
    let states = stored(&query, &[events], 0);
    query.evaluate(&query.plan(HourOffset::default()), states)
}

/// Rows as text: labels, then numbers as they are or rounded.
fn texts(answer: &Answer) -> Vec<String> {
    let number = |number: &Number| {
        number.exact().map_or_else(|| number.as_f64().map_or("-".to_owned(), |value| format!("~{value:.2}")), |exact| exact.to_string())
    };
    let row = |row: &Row| row.labels.iter().cloned().chain(row.values.iter().map(number)).collect::<Vec<_>>().join(" ");
    answer.rows.iter().map(row).collect()
}

fn request(user: &str, model: &str, input: i64, at_ms: i64) -> Event {
    let facts = AiUse { model: Some(model.to_owned()), tokens: Tokens { input, ..Tokens::default() }, ..AiUse::default() };
    by_user(user, event(Facts::Ai(facts), "request", at_ms))
}

fn sale(status: &str, amount: i64, currency: &str) -> Event {
    let facts =
        Sale { status: Some(status.to_owned()), amount_micros: Some(amount), currency: Currency::from_code(currency), ..Sale::default() };
    event(Facts::Sales(facts), "purchase", 0)
}

fn visit(session: &str, page: &str, at_ms: i64) -> Event {
    let facts = Engagement { page: Some(page.to_owned()), ..Engagement::default() };
    Event { session: Some(session.to_owned()), ..event(Facts::Engagement(facts), "screen_view", at_ms) }
}

#[test]
fn a_series_has_every_bucket_and_empty_ones_are_zeros() {
    let events = [request("u1", "gpt-4", 10, 0), request("u1", "gpt-4", 5, 2 * HOUR_MS)];
    let answer =
        ask(&MetricQuery::new("ai_requests", &["requests", "tokens", "errorRate"], range(4)).every(Granularity::Hour, Tz::UTC), &events);
    assert_eq!(texts(&answer), ["1 10 ~0.00", "0 0 -", "1 5 ~0.00", "0 0 -"]);
    assert_eq!(answer.rows[2].start, Some(Timestamp::from_millis(START + 2 * HOUR_MS)));
}

#[test]
fn where_nothing_happened_a_sum_is_zero_and_groups_are_none() {
    let query = MetricQuery::new("ai_requests", &["requests", "latency"], range(1));
    assert_eq!(texts(&ask(&query, &[])), ["0 -"]);
    assert!(ask(&query.by("model"), &[]).rows.is_empty());
}

#[test]
fn clocks_that_change_make_days_of_23_and_25_hours() {
    let day = |from, to| Range { from: at(from), to: at(to) };
    let starts = |range, granularity| {
        let answer = ask(&MetricQuery::new("users", &["events"], range).every(granularity, Tz::Europe__Berlin), &[]);
        answer.rows.iter().map(|row| row.start.unwrap().to_string()).collect::<Vec<_>>()
    };
    let spring = day("2026-03-28T23:00:00Z", "2026-03-30T22:00:00Z");
    assert_eq!(starts(spring, Granularity::Day), ["2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z"]);
    let autumn = day("2026-10-24T22:00:00Z", "2026-10-26T23:00:00Z");
    assert_eq!(starts(autumn, Granularity::Day), ["2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z"]);
    assert_eq!(starts(autumn, Granularity::Hour).len(), 49);
}

#[test]
fn weeks_begin_on_monday_and_months_on_the_first() {
    let starts = |granularity| {
        let range = Range { from: at("2026-01-30T00:00:00Z"), to: at("2026-02-03T00:00:00Z") };
        let answer = ask(&MetricQuery::new("users", &["events"], range).every(granularity, Tz::UTC), &[]);
        answer.rows.iter().map(|row| row.start.unwrap().to_string()[..10].to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(starts(Granularity::Week), ["2026-01-26", "2026-02-02"]);
    assert_eq!(starts(Granularity::Month), ["2026-01-01", "2026-02-01"]);
}

#[test]
fn midnight_that_a_zone_skips_is_the_moment_it_skips_to() {
    // Clocks in Cairo went from 2026-04-24T00:00 straight to 01:00, an hour after 21:59:59.999Z.
    let date = chrono::NaiveDate::from_ymd_opt(2026, 4, 24).unwrap();
    assert_eq!(super::calendar::start_of_day(date, Tz::Africa__Cairo), at("2026-04-23T22:00:00Z"));
}

#[test]
fn a_date_that_a_zone_skips_whole_is_not_in_a_series() {
    // Samoa crossed the date line: after 2011-12-29 came 2011-12-31.
    let range = Range { from: at("2011-12-29T10:00:00Z"), to: at("2012-01-01T10:00:00Z") };
    let answer = ask(&MetricQuery::new("users", &["events"], range).every(Granularity::Day, Tz::Pacific__Apia), &[]);
    let starts: Vec<String> = answer.rows.iter().map(|row| row.start.unwrap().to_string()).collect();
    assert_eq!(starts, ["2011-12-29T10:00:00.000Z", "2011-12-30T10:00:00.000Z", "2011-12-31T10:00:00.000Z"]);
}

#[test]
fn a_zone_whose_days_do_not_begin_with_an_hour_is_answered_to_the_nearest_and_says_so() {
    let query = MetricQuery::new("users", &["events"], range(30)).every(Granularity::Day, Tz::Asia__Kathmandu).check().unwrap();
    let zero = HourOffset::default();
    assert!(!query.evaluate(&query.plan(zero), Vec::<(Bucket, CubeState)>::new()).is_aligned);
    let quarter_past = HourOffset::from_minutes(15).unwrap();
    assert!(query.evaluate(&query.plan(quarter_past), Vec::<(Bucket, CubeState)>::new()).is_aligned);
}

#[test]
fn groups_are_ranked_by_a_number_and_cut() {
    let events = [request("u1", "a", 5, 0), request("u1", "b", 50, 0), request("u2", "c", 10, HOUR_MS), request("u2", "c", 10, 0)];
    let query = MetricQuery::new("ai_requests", &["inputTokens"], range(2)).by("model").top(2, "inputTokens");
    assert_eq!(texts(&ask(&query, &events)), ["b 50", "c 20"]);
    let series = query.every(Granularity::Hour, Tz::UTC);
    assert_eq!(texts(&ask(&series, &events)), ["b 50", "c 10", "b 0", "c 10"]);
    let by_label = MetricQuery::new("ai_requests", &["requests"], range(2)).by("model");
    assert_eq!(texts(&ask(&by_label, &events)), ["a 1", "b 1", "c 2"]);
}

#[test]
fn one_user_is_one_key_and_others_are_not_counted() {
    let events = [request("u1", "a", 5, 0), request("u2", "a", 7, 0), request("u1", "b", 1, HOUR_MS)];
    let query = MetricQuery::new("ai_users", &["requests", "inputTokens"], range(2)).only("user", &["u1"]);
    assert_eq!(query.check().unwrap().key(), Some("u1"));
    assert_eq!(texts(&ask(&query, &events)), ["2 6"]);
    assert_eq!(MetricQuery::new("ai_users", &["requests"], range(2)).only("user", &["u1", "u2"]).check().unwrap().key(), None);
}

#[test]
fn users_of_all_families_are_united() {
    let mut events = vec![request("u1", "a", 1, 0), request("u2", "a", 1, 0)];
    events.push(by_user("u2", visit("s1", "/", 0)));
    events.push(by_user("u3", event(Facts::Lifecycle(Lifecycle::default()), "user.signup", 0)));
    let answer = ask(&MetricQuery::new("users", &["users", "events"], range(1)), &events);
    assert_eq!(texts(&answer), ["3 4"]);
    assert!(answer.approximate.is_empty(), "few users are counted exactly");
}

#[test]
fn sessions_are_counted_measured_and_bounce() {
    let events = [visit("s1", "/", 0), visit("s1", "/cart", 60_000), visit("s2", "/", 0), visit("s3", "/", 5), visit("s3", "/cart", 35)];
    let numbers = ["sessions", "bounced", "bounceRate", "sessionTime", "sessionMean", "sessionTimes"];
    let answer = ask(&MetricQuery::new("sessions", &numbers, range(1)), &events);
    assert_eq!(texts(&answer), ["3 1 ~0.33 60030 ~20010.00 ~30.27"]);
    assert_eq!(answer.approximate, ["sessionTimes"]);
}

#[test]
fn a_session_that_goes_on_into_the_next_hour_is_one() {
    let events = [visit("s1", "/", HOUR_MS - 10), visit("s1", "/cart", HOUR_MS + 10)];
    let answer = ask(&MetricQuery::new("sessions", &["sessions", "bounced", "sessionTime"], range(2)), &events);
    assert_eq!(texts(&answer), ["1 0 20"]);
}

#[test]
fn chat_sessions_of_different_people_are_not_joined() {
    let message = |user: &str, at_ms| Event { kind: "chat.message_sent".to_owned(), ..request(user, "a", 1, at_ms) };
    let half_hour = 30 * 60_000;
    let events = [message("u1", 0), message("u1", half_hour), message("u2", 10), message("u1", 3 * half_hour), request("u1", "a", 1, 50)];
    let answer = ask(&MetricQuery::new("chat_sessions", &["messages", "sessions", "sessionTime"], range(2)), &events);
    assert_eq!(texts(&answer), ["4 3 1800000"]);
}

#[test]
fn people_of_one_week_who_come_back_in_the_next_are_an_intersection() {
    let week = 7 * 24 * HOUR_MS;
    let events = [request("u1", "a", 1, 0), request("u2", "a", 1, 0), request("u2", "a", 1, week), request("u3", "a", 1, week)];
    let query = MetricQuery::new("users", &["users"], range(14 * 24)).every(Granularity::Week, Tz::UTC);
    let answer = ask(&query, &events);
    let sets: Vec<_> = answer.rows.iter().filter_map(|row| if let Number::Set(set) = &row.values[0] { Some(set) } else { None }).collect();
    assert_eq!(sets[0].intersect(sets[1]).estimate().value.to_string(), "1");
    assert_eq!(sets[1].without(sets[0]).estimate().value.to_string(), "1");
}

#[test]
fn events_are_counted_by_hour_of_the_day_and_weekday_of_the_zone() {
    // 2026-03-28 is a Saturday, and 22:00Z is 23:00 in Berlin; a day later, when clocks have changed, it is midnight.
    let events = [request("u1", "a", 1, 0), request("u1", "a", 1, HOUR_MS), request("u1", "a", 1, 24 * HOUR_MS)];
    let mut query = MetricQuery::new("ai_requests", &["requests"], range(48)).by("hourOfDay");
    query.timezone = Tz::Europe__Berlin;
    assert_eq!(texts(&ask(&query, &events)), ["00 2", "23 1"]);
    let mut query = MetricQuery::new("ai_requests", &["requests"], range(48)).by("weekday");
    query.timezone = Tz::Europe__Berlin;
    assert_eq!(texts(&ask(&query, &events)), ["Monday 1", "Saturday 1", "Sunday 1"]);
}

#[test]
fn money_of_different_currencies_is_never_added() {
    let events = [sale("completed", 1_500_000, "USD"), sale("completed", 2_000_000, "EUR"), sale("failed", 9_000_000, "EUR")];
    let query = MetricQuery::new("sales", &["revenue", "averageOrder"], range(1));
    let faults = query.check().unwrap_err();
    assert!(matches!(faults.as_slice(), [QueryFault::MixedCurrencies { measure }] if measure == "revenue"));
    assert_eq!(texts(&ask(&query.clone().by("currency"), &events)), ["EUR 2 ~2.00", "USD 1.5 ~1.50"]);
    assert_eq!(texts(&ask(&query.only("currency", &["USD"]), &events)), ["1.5 ~1.50"]);
    assert!(MetricQuery::new("sales", &["transactions"], range(1)).check().is_ok());
}

#[test]
fn every_fault_of_a_question_is_told_with_what_would_be_right() {
    let mut query =
        MetricQuery::new("ai_requests", &["tokns", "cost"], Range { from: at("2026-01-02T00:00:00Z"), to: at("2026-01-01T00:00:00Z") });
    query = query.by("modle").only("pln", &["free"]).top(1, "requests");
    let texts: Vec<String> = query.check().unwrap_err().iter().map(ToString::to_string).collect();
    assert_eq!(texts.len(), 5, "{texts:?}");
    assert!(texts[0].contains("tokns") && texts[0].contains("inputTokens"));
    assert!(texts[1].contains("modle") && texts[1].contains("model, service"));
    let unknown = MetricQuery::new("nothing", &["x"], range(1)).check().unwrap_err();
    assert!(unknown[0].to_string().contains("ai_requests"));
}

#[test]
fn a_series_of_too_many_points_is_refused() {
    let years = Range { from: at("2020-01-01T00:00:00Z"), to: at("2026-01-01T00:00:00Z") };
    let query = MetricQuery::new("users", &["events"], years);
    assert!(matches!(query.clone().every(Granularity::Hour, Tz::UTC).check().unwrap_err()[..], [QueryFault::TooManyPoints { .. }]));
    assert!(query.every(Granularity::Day, Tz::UTC).check().is_ok());
    assert_eq!(Granularity::fitting(years), Granularity::Month);
    assert_eq!(Granularity::fitting(range(24)), Granularity::Hour);
}

#[test]
fn a_question_is_json_and_granularities_may_be_among_its_dimensions() {
    let text = r#"{"cube":"ai_requests","measures":["requests"],"groupBy":["model","day"],"filters":{"plan":["premium"]},
        "range":{"from":0,"to":86400000},"timezone":"Europe/Berlin","limit":3}"#;
    let query: MetricQuery = serde_json::from_str(text).unwrap();
    assert_eq!(query.check().unwrap().granularity(), Some(Granularity::Day));
    let again: MetricQuery = serde_json::from_str(&serde_json::to_string(&query).unwrap()).unwrap();
    assert_eq!(again, query);
    assert!(serde_json::from_str::<MetricQuery>(r#"{"cube":"users","measures":[],"range":{"from":0,"to":1},"unknown":1}"#).is_err());
}

#[test]
fn states_of_other_times_and_cubes_count_for_nothing() {
    let events = [request("u1", "a", 1, 0), request("u1", "a", 1, 5 * HOUR_MS)];
    let query = MetricQuery::new("ai_requests", &["requests"], range(1)).check().unwrap();
    let mut states = stored(&query, &[&events], 0);
    let other = MetricQuery::new("ai_users", &["requests"], range(1)).check().unwrap();
    states.extend(stored(&other, &[&events], 0));
    assert_eq!(texts(&query.evaluate(&query.plan(HourOffset::default()), states)), ["1"]);
}

#[test]
fn only_what_a_question_needs_is_decoded_and_its_answer_is_the_same() {
    let slow = |event: Event| match event.facts {
        Facts::Ai(facts) => Event { facts: Facts::Ai(AiUse { latency_ms: Some(300), ..facts }), ..event },
        _ => event,
    };
    let events = [request("u1", "a", 5, 0), request("u2", "b", 7, HOUR_MS), request("u1", "b", 1, HOUR_MS)].map(slow);
    let query = MetricQuery::new("ai_requests", &["inputTokens", "errorRate", "users"], range(2)).by("model").check().unwrap();
    let needed = query.measures();
    assert!(needed.contains(&"inputTokens") && needed.contains(&"failures") && !needed.contains(&"latency"), "{needed:?}");
    let plan = query.plan(HourOffset::default());
    let dimensions = query.dimensions();
    assert_eq!(dimensions, [Dimension::Model]);
    let wanted = Wanted { key: None, dimensions: Some(&dimensions), measures: Some(&needed) };
    let states = stored(&query, &[&events], 0);
    let some = states.iter().map(|(bucket, state)| {
        let bytes = encode([state]);
        let decoded = decode_parts(&bytes, query.cube(), &wanted).unwrap().remove(0);
        assert!(decoded != *state, "latencies and plans are left out");
        (*bucket, decoded)
    });
    let some: Vec<_> = some.collect();
    assert_eq!(query.evaluate(&plan, some), query.evaluate(&plan, states));
}
