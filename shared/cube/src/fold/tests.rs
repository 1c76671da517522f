#![expect(clippy::cast_precision_loss, reason = "doubles are compared within 1%")]

use super::*;
use crate::catalogue::{self, Dimension, cube, cubes};
use crate::columns::from_events;
use crate::naive;
use crate::query::{Bucket, Grain, MetricQuery, Number, Range};
use crate::sample::{HOUR_MS, START, context, event, events};
use model::event::{AiUse, Facts, Measurement};
use model::{Event, HourOffset, Timestamp};
use proptest::prelude::*;

fn fold_events(family: Family, events: &[Event]) -> FamilyState {
    let mut state = FamilyState::empty(family);
    for (_, batch) in from_events(family, events, &context(0)).unwrap() {
        state.merge(&fold(family, &batch));
    }
    state
}

fn three() -> impl Strategy<Value = (Family, [Vec<Event>; 3])> {
    prop::sample::select(&Family::ALL[..]).prop_flat_map(|family| {
        let lists = (events(family, 30), events(family, 30), events(family, 30)).prop_map(<[Vec<Event>; 3]>::from);
        (Just(family), lists)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn the_fold_of_a_whole_is_the_merge_of_the_folds_of_its_parts((family, [a, b, c]) in three()) {
        let parts = [&a, &b, &c].map(|events| fold_events(family, events));
        let merged = |x: &FamilyState, y: &FamilyState| { let mut x = x.clone(); x.merge(y); x };
        let all = merged(&merged(&parts[0], &parts[1]), &parts[2]);
        prop_assert_eq!(&all, &fold_events(family, &[a, b, c].concat()));
        prop_assert_eq!(&all, &merged(&parts[0], &merged(&parts[1], &parts[2])));
        prop_assert_eq!(&all, &merged(&parts[2], &merged(&parts[1], &parts[0])));
        prop_assert_eq!(&all, &merged(&all, &FamilyState::empty(family)));
        prop_assert_eq!(&all, &merged(&FamilyState::empty(family), &all));
    }

    #[test]
    fn folding_into_a_state_is_merging_what_the_events_fold_to((family, lists) in three()) {
        let (mut folded, mut merged) = (FamilyState::empty(family), FamilyState::empty(family));
        for (_, batch) in lists.iter().flat_map(|events| from_events(family, events, &context(0)).unwrap()) {
            folded.fold(&batch);
            merged.merge(&fold(family, &batch));
        }
        prop_assert_eq!(&folded, &merged);
        // A state that was read is folded into as well as one that grew.
        let mut read = FamilyState::decode(family, &merged.encode()).unwrap();
        for (_, batch) in lists.iter().flat_map(|events| from_events(family, events, &context(0)).unwrap()) {
            read.fold(&batch);
            merged.merge(&fold(family, &batch));
        }
        prop_assert_eq!(read, merged);
    }

    #[test]
    fn each_cell_of_each_cube_is_what_its_events_say((family, [events, _, _]) in three()) {
        let batches = from_events(family, &events, &context(0)).unwrap();
        for cube in catalogue::of_family(family) {
            let state = fold_events(family, &events).cube(cube).unwrap().clone();
            let all: Vec<naive::Event> = batches.iter().flat_map(|(_, batch)| naive::events(batch)).collect();
            let labels = |event: &naive::Event| cube.dimensions.iter().map(|dimension| naive::label(event, dimension.column())).collect();
            let expected = naive::grouped(cube, &all, labels);
            prop_assert_eq!(state.len(), expected.len(), "cells of {}", cube.name);
            check_cells(cube, &state, |row| {
                let events = expected.get(&row).unwrap_or_else(|| panic!("{} has no cell {row:?}", cube.name));
                cube.measures.iter().map(|measure| naive::measure(measure, events)).collect()
            });
        }
    }
}

/// Reads every cell, one query for all of them, and compares.
fn check_cells(cube: &'static Cube, state: &CubeState, expected: impl Fn(Vec<String>) -> Vec<Vec<i128>>) {
    let range = Range { from: Timestamp::from_millis(START), to: Timestamp::from_millis(START + 5 * HOUR_MS) };
    let mut query = MetricQuery::new(cube.name, &cube.measures.iter().map(|measure| measure.name).collect::<Vec<_>>(), range);
    query.group_by = cube.dimensions.iter().map(|dimension| dimension.name().to_owned()).collect();
    let query = query.check().unwrap();
    let plan = query.plan(HourOffset::default());
    let bucket = Bucket { grain: Grain::Hour, start: plan.reads[0].from };
    let answer = query.evaluate(&plan, [(bucket, state.clone())]);
    for row in answer.rows {
        let expected = expected(row.labels.to_vec());
        for ((measure, value), expected) in cube.measures.iter().zip(&row.values).zip(expected) {
            check_number(&format!("{}.{} of {:?}", cube.name, measure.name, row.labels), value, &expected);
        }
    }
}

/// Compares a number with what the naive reference says: of a distribution, its ends within 1%.
pub fn check_number(name: &str, value: &Number, expected: &[i128]) {
    match (value, expected) {
        (Number::Quantiles(quantiles, _), [least, most]) => {
            for (part, exact) in [(0.0, *least as f64), (1.0, *most as f64)] {
                let estimate = quantiles.at(part).unwrap();
                assert!((estimate - exact).abs() <= exact * 0.010_001, "{name}: {estimate} for {exact}");
            }
        }
        // Spans, which are exact numbers, are compared by tests of their own.
        (Number::Nothing | Number::Exact(_), []) => {}
        (value, [expected]) => assert_eq!(value.exact().map(|decimal| decimal.units), Some(*expected), "{name}"),
        (value, expected) => panic!("{name}: {value:?} for {expected:?}"),
    }
}

#[test]
fn dimensions_of_so_many_labels_that_their_codes_do_not_fit_one_key_are_still_told_apart() {
    // Eleven dimensions of 5,000 labels each: 13 bits times 11 are 143, more than a key of 128 bits.
    let request = |index: usize| {
        let label = |dimension: usize| Some(format!("{}", (index * (dimension + 3)) % 5_003));
        let facts = AiUse {
            provider: label(0),
            model: label(1),
            service: label(2),
            feature: label(3),
            complexity: label(4),
            language: label(5),
            status: label(6),
            ..AiUse::default()
        };
        let mut event = event(Facts::Ai(facts), "request", 0);
        event.plan = label(7);
        event.user = model::UserId::new(label(8).unwrap()).ok();
        event.project = model::ProjectId::new(label(9).unwrap()).unwrap();
        event
    };
    let mut events: Vec<Event> = (0..5_003).chain(0..100).map(request).collect();
    // Cells that differ in one dimension alone, be it the first of the key or the last.
    for other in 0..600 {
        events.push(Event { user: model::UserId::new(format!("x{other}")).ok(), ..request(7) });
        events.push(Event { plan: Some(format!("x{other}")), ..request(7) });
    }
    let state = fold_events(Family::Ai, &events);
    let users = state.cube(cube("ai_users").unwrap()).unwrap();
    assert_eq!(users.len(), 5_003 + 2 * 600);
}

#[test]
fn a_column_that_an_old_file_lacks_is_absent_in_every_event() {
    let facts =
        Measurement { service: Some("api".to_owned()), status_code: Some(503), response_time_us: Some(5), ..Measurement::default() };
    let batches = from_events(Family::Performance, &[event(Facts::Performance(facts), "performance", 0)], &context(0)).unwrap();
    let mut batch = batches[0].1.clone();
    for column in ["status_code", "service"] {
        batch.remove_column(batch.schema().index_of(column).unwrap());
    }
    let state = fold_cube(cube("http_requests").unwrap(), &batch);
    check_cells(state.cube(), &state, |labels| {
        assert_eq!(labels, ["shop", "(none)", "(none)", "(none)", "(none)"]);
        let mut expected = vec![vec![0]; state.cube().measures.len()];
        let mut set =
            |name: &str, value: Vec<i128>| expected[state.cube().measures.iter().position(|measure| measure.name == name).unwrap()] = value;
        set("requests", vec![1]);
        set("responseTimeTotal", vec![5]);
        set("responseTime", vec![5, 5]);
        set("queryTime", vec![]);
        expected
    });
}

#[test]
fn numbers_are_labels_as_they_are_written() {
    let request = |status_code| {
        event(Facts::Performance(Measurement { status_code, response_time_us: Some(1), ..Measurement::default() }), "performance", 0)
    };
    let state = fold_events(Family::Performance, &[request(Some(404)), request(Some(200)), request(Some(404)), request(None)]);
    let http = state.cube(cube("http_requests").unwrap()).unwrap();
    let at = http.cube().dimensions.iter().position(|dimension| *dimension == Dimension::StatusCode).unwrap();
    let mut labels: Vec<&str> = (0..http.len()).map(|cell| http.cells.label(cell, at)).collect();
    labels.sort_unstable();
    assert_eq!(labels, ["(none)", "200", "404"]);
}

#[test]
fn a_cube_of_another_family_has_seen_nothing() {
    let state = fold_events(Family::Sales, &[]);
    assert!(cubes().iter().all(|cube| state.cube(cube).is_none_or(CubeState::is_empty)));
    assert!(state.cube(cube("ai_requests").unwrap()).is_none());
}
