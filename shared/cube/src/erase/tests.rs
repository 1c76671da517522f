use super::*;
use crate::columns::from_events;
use crate::query::Range;
use crate::sample::{HOUR_MS, START, by_user, context, event, events};
use crate::{catalogue, encode, fold, naive, recurring, segment, settle};
use model::erasure::{ErasureKey, Extent};
use model::event::{Engagement, Facts, Lifecycle, Sale};
use model::price::PriceBook;
use model::{Event, EventId, Family, TenantId, Timestamp, UserId};
use proptest::prelude::*;

fn erasures(users: &[&str], at_ms: i64) -> Erasures {
    let key = ErasureKey::new([1; 32]);
    let extent = Extent { before: Timestamp::from_millis(START + at_ms), revision: 1 };
    let person = |user: &&str| (key.person(&UserId::new(*user).unwrap()), extent);
    Erasures::new(key, users.iter().map(person).collect())
}

fn batches(family: Family, events: &[Event]) -> Vec<RecordBatch> {
    from_events(family, events, &context(0)).unwrap().into_iter().map(|(_, batch)| batch).collect()
}

fn state(family: Family, batches: &[RecordBatch]) -> FamilyState {
    let mut state = FamilyState::empty(family);
    for batch in batches {
        state.merge(&fold(family, batch));
    }
    state
}

fn all_erased(batches: &[RecordBatch], erasures: &Erasures) -> Vec<RecordBatch> {
    batches.iter().map(|batch| erase(batch, erasures).unwrap()).collect()
}

/// Whether the bytes of what is written have a text in them: Parquet and states are compressed, so they are read first.
fn labels(state: &FamilyState) -> Vec<String> {
    let of_cube = |cube: &CubeState| cube.cells.labels.iter().flat_map(|labels| labels.iter().map(str::to_owned)).collect::<Vec<_>>();
    state.cubes().iter().flat_map(of_cube).collect()
}

#[test]
fn an_erased_event_counts_for_what_it_did_and_names_nobody() {
    let facts = Facts::Engagement(Engagement {
        page: Some("/users/u1/settings".to_owned()),
        feature: Some("u10".to_owned()),
        country: Some("DE".to_owned()),
        value_milli: Some(7),
        ..Engagement::default()
    });
    let told = Event {
        id: EventId::of_event(Some("u1"), "1"),
        session: Some("s1".to_owned()),
        plan: Some("premium".to_owned()),
        properties: Some("{\"email\":\"u1\"}".to_owned()),
        ..by_user("u1", event(facts, "custom", 0))
    };
    let of_another = by_user("u2", told.clone());
    let all = batches(Family::Engagement, &[told.clone(), Event { id: EventId::of_event(Some("u2"), "1"), ..of_another }]);
    let erased = naive::events(&erase(&all[0], &erasures(&["u1"], 1)).unwrap());
    let check = |row: usize, column: &str, expect: &str| assert_eq!(naive::label(&erased[row], column), expect, "{row} {column}");
    for (column, expect) in [("user", "(none)"), ("session", "(none)"), ("properties", "(none)"), ("page", "(none)")] {
        check(0, column, expect);
    }
    for (column, expect) in [("feature", "u10"), ("country", "DE"), ("plan", "premium"), ("value_milli", "7"), ("kind", "custom")] {
        check(0, column, expect);
    }
    assert!(naive::label(&erased[0], "id").starts_with("erased:"));
    for (column, expect) in [("user", "u2"), ("session", "s1"), ("page", "/users/u1/settings"), ("id", "e:u2:1")] {
        check(1, column, expect);
    }
}

#[test]
fn what_a_person_does_after_the_erasure_is_its_own() {
    let facts = || Facts::Lifecycle(Lifecycle::default());
    let all = batches(Family::Lifecycle, &[by_user("u1", event(facts(), "a", 0)), by_user("u1", event(facts(), "b", 10))]);
    let erased = naive::events(&erase(&all[0], &erasures(&["u1"], 10)).unwrap());
    let users: Vec<_> = erased.iter().map(|event| naive::label(event, "user")).collect();
    assert_eq!(users, ["(none)", "u1"]);
    assert!(!names_erased(&erase(&all[0], &erasures(&["u1"], 10)).unwrap(), &erasures(&["u1"], 10)));
}

#[test]
fn the_name_of_a_project_is_its_own_and_that_of_a_conversation_is_not() {
    let named = |kind: &str, at| {
        by_user("u1", event(Facts::Lifecycle(Lifecycle { name: Some("Anna".to_owned()), ..Lifecycle::default() }), kind, at))
    };
    let all = batches(Family::Lifecycle, &[named("project.created", 0), named("chat.conversation_created", 1)]);
    let erased = naive::events(&erase(&all[0], &erasures(&["u1"], 10)).unwrap());
    let labels: Vec<_> = erased.iter().map(|event| naive::label(event, "name")).collect();
    assert_eq!(labels, ["Anna", "(none)"]);
}

#[test]
fn copies_of_an_erased_event_are_copies_of_it_whether_they_come_before_or_after() {
    let erasures = erasures(&["u1"], HOUR_MS);
    let told = by_user("u1", event(Facts::Lifecycle(Lifecycle::default()), "user.signup", 5));
    let original =
        segment::encode(&TenantId::new("demo").unwrap(), Family::Lifecycle, &from_events(Family::Lifecycle, &[told], &context(0)).unwrap());
    let opened = segment::open(&original.unwrap()).unwrap();
    let hour = opened.groups()[0].hour;
    let mut first = settle::Settling::new(Family::Lifecycle, 7, PriceBook::builtin()).erasing(&erasures);
    first.claim(0, hour, &opened.identities_of_people(0).unwrap()).unwrap();
    let log = first.fold(0, hour, &opened.events(0).unwrap()).unwrap();
    assert!(!names_erased(&log, &erasures));
    let mut later = settle::Settling::new(Family::Lifecycle, 8, PriceBook::builtin()).erasing(&erasures);
    later.claim(0, hour, &log).unwrap();
    later.claim(1, hour, &opened.identities_of_people(0).unwrap()).unwrap();
    let kept = later.fold(0, hour, &log).unwrap().num_rows() + later.fold(1, hour, &opened.events(0).unwrap()).unwrap().num_rows();
    assert_eq!(kept, 1);
    assert_eq!(later.finish()[&hour].copies, 1);
}

fn sale(user: &str, kind: &str, days: i64, subscription: &str, micros: i64) -> Event {
    let facts = Sale {
        subscription: Some(subscription.to_owned()).filter(|name| !name.is_empty()),
        amount_micros: Some(micros),
        status: Some("completed".to_owned()),
        ..Sale::default()
    };
    by_user(user, event(Facts::Sales(facts), kind, days * 24 * HOUR_MS))
}

#[test]
fn recurring_revenue_is_what_it_was_where_its_subscribers_are_erased() {
    let (created, cancelled) = ("billing.subscription_created", "billing.subscription_cancelled");
    let sales = [
        sale("u1", created, 1, "a", 10),
        sale("u1", created, 2, "b", 5),
        sale("u1", cancelled, 4, "", 0),
        sale("u2", created, 2, "", 20),
        sale("u3", created, 3, "", 40),
        sale("u3", cancelled, 5, "", 0),
        sale("u4", created, 3, "c", 80),
    ];
    let all = batches(Family::Sales, &sales);
    let erasures = erasures(&["u1", "u2", "u3"], 365 * 24 * HOUR_MS);
    let before = state(Family::Sales, &all);
    let movements = |state: &FamilyState| {
        let cube = state.cube(catalogue::cube("subscriptions").unwrap()).unwrap();
        let courses = recurring::courses(cube, None, |_, _| None);
        let day = |days: i64| Timestamp::from_millis(START + days * 24 * HOUR_MS);
        (0..7).map(|to| recurring::movements(&courses, Range { from: day(0), to: day(to) }).get("USD").copied()).collect::<Vec<_>>()
    };
    assert!(movements(&before).iter().flatten().any(|movements| movements.churned == 55));
    for after in [state(Family::Sales, &all_erased(&all, &erasures)), before.erased(&erasures).unwrap()] {
        assert_eq!(movements(&after), movements(&before));
        assert!(labels(&after).iter().all(|label| !["u1", "u2", "u3", "a", "b"].contains(&label.as_str())), "{:?}", labels(&after));
    }
}

fn families() -> impl Strategy<Value = (Family, Vec<Event>)> {
    prop::sample::select(&Family::ALL[..]).prop_flat_map(|family| (Just(family), events(family, 60)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn no_count_and_no_sum_changes_and_nobody_is_named((family, events) in families()) {
        let erasures = erasures(&["u1", "u2"], 3 * HOUR_MS);
        let all = batches(family, &events);
        let (before, after) = (state(family, &all), state(family, &all_erased(&all, &erasures)));
        for (was, is) in before.cubes().iter().zip(after.cubes()).filter(|(was, _)| was.cube().name != "sessions") {
            for measure in was.cube().measures {
                prop_assert_eq!(was.total(measure.name), is.total(measure.name), "{} {}", was.cube().name, measure.name);
            }
        }
        let late = events.iter().filter(|event| event.time.min(event.received) >= Timestamp::from_millis(START + 3 * HOUR_MS));
        let kept = late.filter_map(|event| event.user.as_ref()).any(|user| ["u1", "u2"].contains(&user.as_str()));
        prop_assert_eq!(labels(&after).iter().any(|label| ["u1", "u2"].contains(&label.as_str())), kept);
    }

    #[test]
    fn a_state_is_erased_to_what_its_erased_events_fold_to((family, events) in families()) {
        let erasures = erasures(&["u1", "u2"], 9 * HOUR_MS);
        let all = batches(family, &events);
        let folded = state(family, &all_erased(&all, &erasures));
        let before = state(family, &all);
        let erased = before.erased(&erasures).unwrap_or_else(|| before.clone());
        let by_user = |cube: &&CubeState| cube.cube().keyed_by == Some(Dimension::User);
        for (erased, folded) in erased.cubes().iter().filter(by_user).zip(folded.cubes().iter().filter(by_user)) {
            prop_assert_eq!(encode([erased]), encode([folded]), "{}", erased.cube().name);
        }
        prop_assert!(erased.erased(&erasures).is_none());
        prop_assert!(labels(&erased).iter().all(|label| !["u1", "u2"].contains(&label.as_str())));
    }
}
