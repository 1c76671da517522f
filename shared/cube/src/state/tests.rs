use super::*;
use crate::catalogue::{Aggregate, Dimension, Measure, Unit, cube};
use crate::columns::from_events;
use crate::fold_cube;
use crate::sample::{by_user, context, event, events};
use model::Event;
use model::event::{AiUse, Engagement, Facts};
use proptest::prelude::*;

fn fold(family: Family, events: &[Event]) -> FamilyState {
    let mut state = FamilyState::empty(family);
    for (_, batch) in from_events(family, events, &context(0)).unwrap() {
        state.merge(&crate::fold(family, &batch));
    }
    state
}

fn any_state() -> impl Strategy<Value = FamilyState> {
    prop::sample::select(&Family::ALL[..])
        .prop_flat_map(|family| (Just(family), events(family, 40)))
        .prop_map(|(family, events)| fold(family, &events))
}

/// Requests of so many users.
fn requests(users: usize) -> Vec<Event> {
    let request = |user| {
        let facts = AiUse { model: Some("gpt-4".to_owned()), latency_ms: Some(i64::try_from(user).unwrap()), ..AiUse::default() };
        by_user(&format!("user-{user}"), event(Facts::Ai(facts), "request", 0))
    };
    (0..users).map(request).collect()
}

fn users_of(state: &CubeState) -> Vec<String> {
    let mut users: Vec<String> = (0..state.len()).map(|cell| state.cells.label(cell, 0).to_owned()).collect();
    users.sort_unstable();
    users
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn decode_inverts_encode(state in any_state()) {
        let bytes = state.encode();
        let read = FamilyState::decode(state.family(), &bytes).unwrap();
        prop_assert_eq!(&read, &state);
        prop_assert_eq!(&read.encode(), &bytes, "a state has one form");
        for own in state.cubes() {
            prop_assert_eq!(&decode_cube(&bytes, own.cube(), None).unwrap(), own);
        }
    }

    #[test]
    fn any_bytes_are_a_state_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        _ = decode(&bytes);
        _ = decode(&[&[2], bytes.as_slice()].concat());
    }

    #[test]
    fn damaged_bytes_are_a_state_or_an_error(state in any_state(), at in any::<prop::sample::Index>(), flip in 1..=255_u8, cut in any::<bool>()) {
        let mut bytes = state.encode();
        let at = at.index(bytes.len());
        if cut { bytes.truncate(at) } else { bytes[at] ^= flip }
        if let Ok(states) = decode(&bytes) {
            // What was accepted can be used.
            for state in states { let mut twice = state.clone(); twice.merge(&state); _ = encode([&twice]); }
        }
    }

    #[test]
    fn a_damaged_section_is_a_state_or_an_error(state in any_state(), at in any::<prop::sample::Index>(), flip in 1..=255_u8) {
        for own in state.cubes().iter().filter(|own| !own.is_empty()) {
            let sorted = own.cells.sorted();
            let mut bytes = section::write(own, &sorted.ranks, &sorted.order).section;
            let at = at.index(bytes.len());
            bytes[at] ^= flip;
            if let Ok(read) = stored::Stored::read(&bytes).and_then(|section| section.into_state(own.cube(), &Wanted::default())) {
                let mut merged = CubeState::empty(own.cube());
                merged.merge_relabelled(&read, |_, _, _| None);
                prop_assert_eq!(merged, read, "what was accepted is a state: no cell is there twice");
            }
        }
    }

    #[test]
    fn a_capped_state_keeps_its_totals(state in any_state(), limit in 1..6_usize) {
        for own in state.cubes() {
            let (capped, dropped) = cap(own.clone(), limit);
            prop_assert_eq!(total(&capped), total(own));
            prop_assert_eq!(dropped.is_some(), own.len() > limit && own.cube().keyed_by.is_none());
        }
    }
}

fn total(state: &CubeState) -> i128 {
    match state.columns.first() {
        Some(Column::Sum(sums)) => sums.iter().sum(),
        _ => 0,
    }
}

#[test]
fn an_empty_state_takes_a_few_bytes_and_no_bytes_are_an_error() {
    let bytes = FamilyState::empty(Family::Ai).encode();
    assert!(bytes.len() < 5);
    assert_eq!(FamilyState::decode(Family::Ai, &bytes).unwrap(), FamilyState::empty(Family::Ai));
    assert_eq!(decode(&[]), Err(StateError::Empty));
}

#[test]
fn a_version_that_is_not_known_is_named() {
    assert_eq!(decode(&[9, 0, 0]), Err(StateError::Version(9)));
    assert_eq!(decode(&[1, 0, 0]), Err(StateError::Version(1)));
}

/// A state as version 2 wrote it, of three requests: it must stay readable for as long as rollups live, whatever the cubes gain.
#[test]
fn a_state_written_by_version_2_is_still_read() {
    let written = include_bytes!("tests/version-2.state");
    let state = decode_cube(written, cube("ai_users").unwrap(), None).unwrap();
    assert_eq!(users_of(&state), ["user-0", "user-1", "user-2"]);
    let column = |name: &str| &state.columns[state.cube().measures.iter().position(|measure| measure.name == name).unwrap()];
    assert_eq!(column("requests"), &Column::Sum(vec![1; 3]));
    assert_eq!(column("latencyTotal"), &Column::Sum(vec![0, 1, 2]));
    let users = decode_cube(written, cube("users").unwrap(), None).unwrap();
    assert!(matches!(&users.columns[1], Column::Set(sets) if (sets[0].estimate().value - 3.0).abs() < 0.5));
    let requests = decode_cube(written, cube("ai_requests").unwrap(), None).unwrap();
    assert!(
        requests.columns.iter().any(|column| matches!(column, Column::Distinct(counts) if (counts[0].estimate().value - 3.0).abs() < 0.5))
    );
}

#[test]
fn labels_and_cells_that_are_there_twice_are_refused() {
    let state = fold(Family::Ai, &requests(3));
    let users = state.cube(cube("ai_users").unwrap()).unwrap();
    let sorted = users.cells.sorted();
    let bytes = section::write(users, &sorted.ranks, &sorted.order).section;
    let read_changed = |from: &[u8], to: &[u8]| {
        let at = bytes.windows(from.len()).position(|window| window == from).unwrap();
        let changed = [&bytes[..at], to, &bytes[at + from.len()..]].concat();
        stored::Stored::read(&changed).and_then(|section| section.into_state(users.cube(), &Wanted::default())).map(|_| ())
    };
    assert_eq!(read_changed(b"user-1", b"user-1"), Ok(()));
    assert!(read_changed(b"user-1", b"user-0").is_err());
    // The codes of the three users: their number, and each.
    assert!(read_changed(&[3, 0, 1, 2], &[3, 0, 1, 1]).is_err());
}

#[test]
fn the_cells_of_one_user_are_read_without_the_rest() {
    let ai_users = cube("ai_users").unwrap();
    let state = fold(Family::Ai, &requests(5_000));
    let bytes = state.encode();
    assert_eq!(users_of(&decode_cube(&bytes, ai_users, None).unwrap()).len(), 5_000);
    let part = decode_cube(&bytes, ai_users, Some("user-77")).unwrap();
    assert!(users_of(&part).contains(&"user-77".to_owned()));
    assert!(part.len() < 1_000, "{} cells of 5,000 were read", part.len());
    assert!(decode_cube(&bytes, ai_users, Some("nobody")).unwrap().len() < 1_000);
}

#[test]
fn sums_are_read_without_the_sketches_that_are_apart() {
    // Many labels in each cell, so that the sketches are large.
    let state = fold(Family::Ai, &requests(5_000));
    let cube = cube("ai_requests").unwrap();
    let own = state.cube(cube).unwrap();
    let sorted = own.cells.sorted();
    let written = section::write(own, &sorted.ranks, &sorted.order);
    assert!(written.sketches.len() > written.section.len(), "the sketches are apart");
    let mut bytes = encode([own]);
    assert_eq!(&decode_cube(&bytes, cube, None).unwrap(), own);
    // The sketches are in the last block: nothing else needs its bytes.
    let last = bytes.len() - 50;
    bytes[last..].fill(0);
    assert!(decode_cube(&bytes, cube, None).is_err_and(|error| matches!(error, StateError::Malformed(_))));
    let wanted = Wanted { measures: Some(&["requests"]), ..Wanted::default() };
    assert_eq!(decode_parts(&bytes, cube, &wanted).unwrap()[0].total("requests"), Some(5_000));
}

#[test]
fn dimensions_that_are_not_wanted_are_summed_over() {
    let state = fold(Family::Ai, &requests(5_000));
    let cube = cube("ai_users").unwrap();
    let own = state.cube(cube).unwrap();
    let bytes = encode([own]);
    for wanted in [&[][..], &[Dimension::Model], &[Dimension::User], cube.dimensions] {
        let mut read = CubeState::empty(cube);
        for part in decode_parts(&bytes, cube, &Wanted { dimensions: Some(wanted), ..Wanted::default() }).unwrap() {
            read.merge_relabelled(&part, |_, _, _| None);
        }
        let mut expected = CubeState::empty(cube);
        expected.merge_relabelled(own, |_, at, _| (!wanted.contains(&cube.dimensions[at])).then_some(NONE));
        assert_eq!(read, expected, "{wanted:?}");
    }
}

#[test]
fn events_of_nobody_are_spread_over_the_parts() {
    let visit = |index| {
        let facts = Engagement { page: Some(format!("/{index}")), ..Engagement::default() };
        event(Facts::Engagement(facts), "screen_view", 0)
    };
    let events: Vec<Event> = (0..5_000).map(visit).collect();
    let state = fold(Family::Engagement, &events);
    let users = state.cube(cube("engagement_users").unwrap()).unwrap();
    let parts = users.by_part(&(0..).take(users.len()).collect::<Vec<_>>(), 16);
    let largest = parts.iter().map(Vec::len).max().unwrap();
    assert!(largest < 2 * 5_000 / 16, "{largest} of 5,000 cells are in one part of 16");
}

#[test]
fn the_largest_cells_are_kept_apart_and_the_rest_is_other() {
    let visits = [("/home", 5), ("/cart", 3), ("/about", 2), ("/legal", 1)];
    let visit = |(page, count): (&str, usize)| {
        let facts = Facts::Engagement(Engagement { page: Some(page.to_owned()), ..Engagement::default() });
        vec![event(facts, "screen_view", 0); count]
    };
    let events: Vec<Event> = visits.into_iter().flat_map(visit).collect();
    let state = fold(Family::Engagement, &events);
    let (capped, dropped) = cap(state.cube(cube("engagement_events").unwrap()).unwrap().clone(), 2);
    let page = capped.cube().dimensions.iter().position(|dimension| *dimension == Dimension::Page).unwrap();
    let mut pages: Vec<&str> = (0..capped.len()).map(|cell| capped.cells.label(cell, page)).collect();
    pages.sort_unstable();
    assert_eq!(pages, ["(other)", "/cart", "/home"]);
    assert_eq!(dropped, Some(Dropped { cells: 2, largest: 2 }));
}

/// Cubes of one name as the catalogue had them at different times.
mod times {
    use super::*;

    const COUNT: Measure = Measure::new("requests", Unit::Count, Aggregate::Count, "");
    const INPUT: Measure = Measure::new("inputTokens", Unit::Tokens, Aggregate::Sum("input_tokens"), "");
    const LATENCY: Measure = Measure::new("latency", Unit::Millis, Aggregate::Max("latency_ms"), "");

    const fn cube(dimensions: &'static [Dimension], measures: &'static [Measure]) -> Cube {
        Cube {
            name: "evolving",
            families: &[Family::Ai],
            filter: &[],
            dimensions,
            keyed_by: None,
            ranked: dimensions,
            cells: 10,
            measures,
            derived: &[],
            retention_days: 1,
            description: "",
        }
    }

    pub static BEFORE: Cube = cube(&[Dimension::Model, Dimension::User], &[COUNT, LATENCY]);
    pub static GAINED: Cube = cube(&[Dimension::Plan, Dimension::Model, Dimension::User], &[INPUT, LATENCY, COUNT]);
    pub static LOST: Cube = cube(&[Dimension::Model], &[LATENCY]);
}

fn rewritten(to: &'static Cube) -> CubeState {
    let batches = from_events(Family::Ai, &requests(3), &context(0)).unwrap();
    let state = fold_cube(&times::BEFORE, &batches[0].1);
    let sorted = state.cells.sorted();
    let bytes = section::write(&state, &sorted.ranks, &sorted.order).section;
    stored::Stored::read(&bytes).unwrap().into_state(to, &Wanted::default()).unwrap()
}

#[test]
fn a_cube_that_gained_a_dimension_and_a_measure_reads_its_old_states() {
    let state = rewritten(&times::GAINED);
    assert_eq!(state.cells.row(0).collect::<Vec<_>>(), ["(none)", "gpt-4", "user-0"]);
    assert_eq!(state.columns, [Column::Sum(vec![0; 3]), Column::Max(vec![Some(0), Some(1), Some(2)]), Column::Sum(vec![1; 3])]);
}

#[test]
fn a_cube_that_lost_a_dimension_and_a_measure_sums_its_old_states_over_them() {
    let state = rewritten(&times::LOST);
    assert_eq!(state.len(), 1);
    assert_eq!(state.columns, [Column::Max(vec![Some(2)])]);
}
