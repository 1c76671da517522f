use super::*;
use crate::catalogue::cube;
use crate::columns::from_events;
use crate::fold_cube;
use crate::sample::{HOUR_MS, START, by_user, context, event, events};
use model::event::{AiUse, Engagement, Facts};
use model::{Event, Family, Hour, HourOffset};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn state(events: &[Event]) -> CubeState {
    let mut state = CubeState::empty(cube(CUBE).unwrap());
    for family in Family::ALL {
        let of_family: Vec<Event> = events.iter().filter(|event| event.family() == family).cloned().collect();
        for (_, batch) in from_events(family, &of_family, &context(0)).unwrap() {
            state.merge(&fold_cube(state.cube(), &batch));
        }
    }
    state
}

/// What a user did on an app, so many hours after the start.
fn visit(user: &str, hours: i64, plan: Option<&str>) -> Event {
    let visit = event(Facts::Engagement(Engagement::default()), "screen_view", hours * HOUR_MS);
    Event { plan: plan.map(str::to_owned), ..by_user(user, visit) }
}

fn request(user: &str, hours: i64) -> Event {
    by_user(user, event(Facts::Ai(AiUse::default()), "request", hours * HOUR_MS))
}

fn person<'a>(people: &'a [Person<'a>], user: &str) -> &'a Person<'a> {
    people.iter().find(|person| person.user == user).unwrap()
}

fn of_all_families() -> impl Strategy<Value = Vec<Event>> {
    let spread = |(events, day): (Vec<Event>, i64)| -> Vec<Event> {
        let later = |event: Event| Event { time: event.time.plus_millis(day * 24 * HOUR_MS), ..event };
        events.into_iter().map(later).collect()
    };
    let of_family = move |family| (events(family, 12), 0..40_i64).prop_map(spread);
    prop::collection::vec(prop::sample::select(&Family::ALL[..]).prop_flat_map(of_family), 1..8).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn everybody_is_what_their_events_say_whatever_parts_they_were_counted_in(events in of_all_families(), at in any::<prop::sample::Index>()) {
        let (some, rest) = events.split_at(at.index(events.len() + 1));
        let mut merged = state(rest);
        merged.merge(&state(some));
        let people = everybody(&merged, None);
        let users: BTreeSet<&str> = events.iter().filter_map(|event| event.user.as_ref()).map(model::UserId::as_str).collect();
        prop_assert_eq!(people.iter().map(|person| person.user).collect::<BTreeSet<_>>(), users);
        for person in &people {
            let own: Vec<&Event> = events.iter().filter(|event| event.user.as_ref().is_some_and(|user| user.as_str() == person.user)).collect();
            let planned = own.iter().filter_map(|event| Some((event.time, event.plan.clone()?))).max();
            prop_assert_eq!(person.events, own.len() as i128);
            prop_assert_eq!(Some(person.first_seen), own.iter().map(|event| event.time).min());
            prop_assert_eq!(Some(person.last_seen), own.iter().map(|event| event.time).max());
            prop_assert_eq!(person.plan, planned.as_ref().map(|(_, plan)| plan.as_str()));
            prop_assert_eq!(&person.days, &own.iter().map(|event| Hour::of(event.time, HourOffset::default()).day().index()).collect::<Days>());
        }
    }

    #[test]
    fn the_new_users_of_a_day_are_those_in_its_state_and_not_in_that_of_all_days_before(events in of_all_families()) {
        let day_of = |event: &Event| Hour::of(event.time, HourOffset::default()).day();
        let whole = state(&events);
        let all = everybody(&whole, None);
        for day in events.iter().map(day_of).collect::<BTreeSet<_>>() {
            let before: Vec<Event> = events.iter().filter(|event| day_of(event) < day).cloned().collect();
            let within: Vec<Event> = events.iter().filter(|event| day_of(event) == day).cloned().collect();
            let known: BTreeSet<String> = everybody(&state(&before), None).into_iter().map(|person| person.user.to_owned()).collect();
            let new = everybody(&state(&within), None).iter().filter(|person| !known.contains(person.user)).count();
            let (start, end) = (day.first_hour().start(HourOffset::default()), day.next().first_hour().start(HourOffset::default()));
            prop_assert_eq!(new_users(&all, &[start], end), [new as u64]);
        }
    }

    #[test]
    fn everybody_is_in_one_cohort_and_active_in_its_first_period(events in of_all_families()) {
        let state = state(&events);
        let people = everybody(&state, None);
        for granularity in Granularity::ALL {
            let cohorts = cohorts(&people, granularity);
            prop_assert_eq!(cohorts.iter().map(|cohort| cohort.users).sum::<u64>(), people.len() as u64);
            prop_assert!(cohorts.iter().all(|cohort| cohort.active[0] == cohort.users && cohort.active.last() != Some(&0)));
            prop_assert!(cohorts.windows(2).all(|pair| pair[0].start < pair[1].start));
        }
    }
}

#[test]
fn the_latest_plan_counts_whatever_is_said_of_none_later() {
    let state = state(&[visit("a", 30, Some("free")), visit("a", 2, Some("pro")), request("a", 50), request("b", 1)]);
    let people = everybody(&state, None);
    assert_eq!(person(&people, "a").plan, Some("free"));
    assert_eq!(person(&people, "b").plan, None);
    assert_eq!(by_plan(&people), BTreeMap::from([(None, 1), (Some("free"), 1)]));
}

#[test]
fn a_project_knows_its_own_users_and_what_they_did_in_it() {
    let elsewhere = Event { project: model::ProjectId::new("blog").unwrap(), ..visit("a", 0, None) };
    let state = state(&[elsewhere, visit("a", 48, None), request("b", 1)]);
    let people = everybody(&state, Some("blog"));
    assert_eq!(people.iter().map(|person| person.user).collect::<Vec<_>>(), ["a"]);
    assert_eq!(people[0].days.as_slice().len(), 1);
    assert_eq!(everybody(&state, None).len(), 2);
}

/// The start is on a Saturday, at 22:00: two hours later it is Sunday, 26 hours later Monday; four days after it is April.
#[test]
fn cohorts_are_followed_by_day_week_and_month() {
    let events =
        [visit("a", 0, None), request("a", 2), visit("a", 26, None), visit("b", 0, None), visit("b", 4 * 24, None), visit("c", 26, None)];
    let state = state(&events);
    let people = everybody(&state, None);
    let check = |granularity, expect: &[(&str, u64, &[u64])]| {
        let found = cohorts(&people, granularity);
        let found: Vec<_> = found.iter().map(|cohort| (cohort.start.to_string(), cohort.users, cohort.active.clone())).collect();
        let expect: Vec<_> = expect.iter().map(|(start, users, active)| ((*start).to_owned(), *users, active.to_vec())).collect();
        assert_eq!(found, expect);
    };
    check(Granularity::Day, &[("2026-03-28", 2, &[2, 1, 1, 0, 1]), ("2026-03-30", 1, &[1])]);
    check(Granularity::Week, &[("2026-03-23", 2, &[2, 2]), ("2026-03-30", 1, &[1])]);
    check(Granularity::Month, &[("2026-03-01", 3, &[3, 1])]);
    let [monday, sunday] = ["2026-03-30", "2026-04-05"].map(|day| Day::from_key(day).unwrap());
    assert_eq!(
        [Granularity::Day, Granularity::Week, Granularity::Month].map(|granularity| periods(monday, sunday, granularity)),
        [7, 1, 2]
    );
    assert_eq!(periods(sunday, monday, Granularity::Week), 1);
    assert_eq!(periods(sunday, monday, Granularity::Day), 0);
}

#[test]
fn who_came_before_the_first_span_or_after_the_last_is_new_in_none() {
    let state = state(&[visit("a", 0, None), visit("b", 1, None), visit("c", 2, None), visit("d", 5, None)]);
    let people = everybody(&state, None);
    let starts = [1, 2, 3].map(|hours| Timestamp::from_millis(START + hours * HOUR_MS));
    assert_eq!(new_users(&people, &starts, Timestamp::from_millis(START + 5 * HOUR_MS)), [1, 1, 0]);
}

proptest! {
    #[test]
    fn a_rolling_window_is_the_union_of_its_days(days in prop::collection::vec(prop::collection::vec(0..40_u8, 0..6), 0..12), length in 1..5_usize) {
        let set = |labels: &[u8]| labels.iter().map(u8::to_string).collect::<Vec<_>>().iter().map(String::as_str).collect::<Set>();
        let sets: Vec<Set> = days.iter().map(|day| set(day)).collect();
        let expect: Vec<Set> = days.windows(length).map(|window| set(&window.concat())).collect();
        prop_assert_eq!(rolling(&sets, length), expect);
    }
}

#[test]
fn a_state_of_another_cube_knows_nobody() {
    assert!(everybody(&CubeState::empty(cube("users").unwrap()), None).is_empty());
}
