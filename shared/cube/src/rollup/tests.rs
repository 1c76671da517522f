use super::*;
use crate::catalogue::{cube, cubes, of_family};
use crate::columns::from_events;
use crate::decode_cube;
use crate::sample::{by_user, context, event, events};
use foldhash::fast::FixedState;
use model::Event;
use model::event::{AiUse, Engagement, Facts};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::hash::BuildHasher;

/// What the catalogue looks like to stored states, and the revision that names it.
#[test]
fn the_catalogue_changes_with_its_revision() {
    let cubes: Vec<_> = cubes()
        .iter()
        .map(|cube| {
            let measures: Vec<_> = cube.measures.iter().map(|measure| (measure.name, measure.aggregate, measure.when)).collect();
            (cube.name, cube.families, cube.filter, cube.dimensions, cube.keyed_by, measures)
        })
        .collect();
    let hash =
        format!("{cubes:?}").bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    assert_eq!(
        (CATALOGUE, hash),
        (1, 7_819_302_257_186_380_574),
        "what the catalogue's cubes keep has changed: raise CATALOGUE, and write down the new hash here"
    );
}

fn fold(family: Family, events: &[Event]) -> FamilyState {
    let mut state = FamilyState::empty(family);
    for (_, batch) in from_events(family, events, &context(0)).unwrap() {
        state.fold(&batch);
    }
    state
}

fn any_state() -> impl Strategy<Value = FamilyState> {
    prop::sample::select(&Family::ALL[..])
        .prop_flat_map(|family| (Just(family), events(family, 60)))
        .prop_map(|(family, events)| fold(family, &events))
}

fn chance(of: impl std::hash::Hash) -> u64 {
    FixedState::default().hash_one(of)
}

/// Requests of so many users, each with so many features.
fn requests(users: usize, features: usize) -> Vec<Event> {
    let request = |(user, feature)| {
        let facts = AiUse { feature: Some(format!("feature-{:x}", chance(feature))), latency_ms: Some(feature), ..AiUse::default() };
        by_user(&format!("user-{user}"), event(Facts::Ai(facts), "request", 0))
    };
    (0..users).flat_map(|user| (0..i64::try_from(features).unwrap()).map(move |feature| (user, feature))).map(request).collect()
}

fn bytes_of<'a>(parts: &'a [Part], names: &[String]) -> Vec<&'a Part> {
    names.iter().map(|name| parts.iter().find(|part| part.name == *name).unwrap_or_else(|| panic!("{name} was not written"))).collect()
}

/// What a query of this cube and key would find in the parts that it reads.
fn read(contents: &Contents, parts: &[Part], cube: &'static Cube, key: Option<&str>) -> CubeState {
    let mut state = CubeState::empty(cube);
    for part in bytes_of(parts, &contents.parts_of(cube, key)) {
        state.merge(&decode_cube(&part.bytes, cube, key).unwrap());
    }
    state
}

/// The parts are those that are named, none is too large, and together they are the state as its caps leave it.
fn check(state: &FamilyState, contents: &Contents, parts: &[Part]) {
    let capped = state.cubes().iter().map(|own| cap(own.clone(), own.cube().cells).0).collect();
    let state = &FamilyState::of(state.family(), capped);
    let names = contents.names();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    assert_eq!(bytes_of(parts, &names).len(), parts.len());
    assert!(parts.iter().all(|part| part.bytes.len() <= PARTIAL_BYTES));
    assert!(&unpack(state.family(), parts.iter().map(|part| &part.bytes)).unwrap() == state);
    for own in state.cubes() {
        assert!(&read(contents, parts, own.cube(), None) == own, "{}", own.cube().name);
        if own.is_empty() {
            assert!(contents.parts_of(own.cube(), None).is_empty());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn a_rollup_is_its_state_in_one_part_while_it_is_small(state in any_state()) {
        let (contents, parts) = pack(state.clone());
        check(&state, &contents, &parts);
        prop_assert!(parts.len() <= 1);
        let stored = serde_json::to_string(&contents).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Contents>(&stored).unwrap(), &contents);
        prop_assert_eq!(postcard::from_bytes::<Contents>(&postcard::to_stdvec(&contents).unwrap()).unwrap(), contents);
    }
}

#[test]
fn a_large_keyed_cube_has_parts_of_its_own_and_a_key_is_in_one_of_them() {
    let state = fold(Family::Ai, &requests(3_000, 3));
    let (contents, parts) = pack(state.clone());
    check(&state, &contents, &parts);
    let users = cube("ai_users").unwrap();
    let own = contents.parts_of(users, None);
    assert!(own.len() >= 4, "{own:?}");
    for name in &own {
        let bytes = bytes_of(&parts, std::slice::from_ref(name))[0].bytes.len();
        assert!((KEYED_BYTES / 4..2 * KEYED_BYTES).contains(&bytes), "{name} has {bytes} bytes");
    }
    assert_eq!(contents.parts_of(cube("ai_requests").unwrap(), None), ["0"]);
    for user in ["user-0", "user-1234", "user-2999", "nobody"] {
        assert_eq!(contents.parts_of(users, Some(user)).len(), 1);
        let found = read(&contents, &parts, users, Some(user));
        let cells = (0..found.len()).filter(|cell| found.cells.label(*cell, 0) == user).count();
        assert_eq!(cells, if user == "nobody" { 0 } else { 3 }, "{user}");
    }
    assert_eq!(contents.parts_of(users, Some(NONE)), own, "events of nobody are in all parts");
}

#[test]
fn a_key_with_more_cells_than_an_item_holds_has_several() {
    let mut events = requests(1, 25_000);
    events.extend(requests(20, 3));
    let state = fold(Family::Ai, &events);
    let (contents, parts) = pack(state.clone());
    check(&state, &contents, &parts);
    let of_key = contents.parts_of(cube("ai_users").unwrap(), Some("user-0"));
    assert!(of_key.len() > 1, "{of_key:?}");
    assert!(contents.parts_of(cube("ai_users").unwrap(), Some("user-7")).len() <= of_key.len());
}

#[test]
fn a_large_cube_without_a_key_has_parts_of_its_own() {
    // Each feature has users of its own choice, so that what its cell keeps of them does not compress.
    let is_chosen = |index: &usize| chance(*index).is_multiple_of(8);
    let events = requests(1_000, 700).into_iter().enumerate().filter(|(index, _)| is_chosen(index)).map(|(_, event)| event);
    let state = fold(Family::Ai, &events.collect::<Vec<_>>());
    let (contents, parts) = pack(state.clone());
    check(&state, &contents, &parts);
    let own = contents.parts_of(cube("ai_requests").unwrap(), None);
    assert!(own.len() > 1, "{own:?}");
    assert!(bytes_of(&parts, &own).iter().all(|part| part.bytes.len() <= UNKEYED_BYTES));
}

#[test]
fn what_a_cap_gave_up_is_told() {
    let visit = |page| {
        let facts = Engagement { page: Some(format!("/{page}")), ..Engagement::default() };
        event(Facts::Engagement(facts), "screen_view", 0)
    };
    let cube = of_family(Family::Engagement).find(|cube| cube.name == "engagement_events").unwrap();
    let state = fold(Family::Engagement, &(0..cube.cells + 500).map(visit).collect::<Vec<_>>());
    let (contents, parts) = pack(state);
    assert_eq!(contents.dropped().find(|(name, _)| *name == cube.name), Some((cube.name, Dropped { cells: 500, largest: 1 })));
    assert_eq!(read(&contents, &parts, cube, None).len(), cube.cells + 1);
}

#[test]
fn a_state_that_has_seen_nothing_has_no_parts() {
    let (contents, parts) = pack(FamilyState::empty(Family::Sales));
    assert!(parts.is_empty() && contents.names().is_empty());
    assert_eq!(unpack(Family::Sales, [] as [&[u8]; 0]).unwrap(), FamilyState::empty(Family::Sales));
}
