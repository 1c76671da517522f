#![expect(
    clippy::float_cmp,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "small whole numbers, which doubles hold exactly"
)]

use super::*;
use crate::state::Cursor;
use datasketches::common::NumStdDev;
use datasketches::hash::value::raw_bytes;
use datasketches::hll::{HllSketch, HllType, HllUnion};
use datasketches::theta::{ThetaANotB, ThetaIntersection, ThetaSketchBuilder, ThetaUnionBuilder};
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;

/// The laws of I5, of states built from any three lists of values.
fn check_laws<V: Clone, S>([a, b, c]: [Vec<V>; 3], build: impl Fn(Vec<V>) -> S, merge: impl Fn(&mut S, &S))
where
    S: Clone + PartialEq + Debug + Default + Serialize + DeserializeOwned,
{
    let merged = |x: &S, y: &S| {
        let mut x = x.clone();
        merge(&mut x, y);
        x
    };
    let (sa, sb, sc) = (build(a.clone()), build(b.clone()), build(c.clone()));
    assert_eq!(merged(&sa, &sb), merged(&sb, &sa), "commutative");
    assert_eq!(merged(&merged(&sa, &sb), &sc), merged(&sa, &merged(&sb, &sc)), "associative");
    assert_eq!(merged(&sa, &S::default()), sa, "identity on the right");
    assert_eq!(merged(&S::default(), &sa), sa, "identity on the left");
    assert_eq!(build([a, b, c].concat()), merged(&merged(&sa, &sb), &sc), "a whole is the merge of its parts");
    let all = merged(&merged(&sa, &sb), &sc);
    let bytes = postcard::to_stdvec(&all).unwrap();
    assert_eq!(postcard::from_bytes::<S>(&bytes).unwrap(), all, "decode inverts encode");
}

/// Lists of labels that overlap, short ones and ones past the sizes at which sketches change their form.
fn labels() -> impl Strategy<Value = Vec<u32>> {
    (0..3_000_u32, prop_oneof![0..12_u32, 0..500_u32, 0..9_000_u32]).prop_map(|(from, count)| (from..from + count).collect())
}

fn distinct(labels: &[u32]) -> Distinct {
    let texts: Vec<String> = labels.iter().map(|label| format!("user-{label}")).collect();
    let marks = Marks::of(texts.iter().map(|text| Some(text.as_str())));
    let mut distinct = Distinct::default();
    for code in 0..texts.len() {
        distinct.add(&marks, code);
    }
    distinct
}

fn set(labels: &[u32]) -> Set {
    let texts: Vec<String> = labels.iter().map(|label| format!("user-{label}")).collect();
    texts.iter().map(String::as_str).collect()
}

fn change((time_ms, id, amount): (i64, u8, i64)) -> Change {
    Change {
        time_ms,
        id: id.to_string(),
        kind: "purchase".to_owned(),
        status: None,
        plan: None,
        amount_micros: Some(amount),
        currency: None,
        interval: None,
        ends_ms: None,
    }
}

fn three<T: Debug + Clone, S: Strategy<Value = Vec<T>>>(of: impl Fn() -> S) -> impl Strategy<Value = [Vec<T>; 3]> {
    (of(), of(), of()).prop_map(<[Vec<T>; 3]>::from)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn distinct_counts_merge_as_the_sets_they_count(labels in three(labels)) {
        check_laws(labels, |labels| distinct(&labels), Distinct::merge);
    }

    #[test]
    fn sets_merge_as_sets(labels in three(labels)) {
        check_laws(labels, |labels| set(&labels), Set::merge);
    }

    #[test]
    fn distributions_merge_as_the_values_they_saw(values in three(|| prop::collection::vec(-3..=i64::MAX, 0..200))) {
        check_laws(values, Quantiles::from_iter, Quantiles::merge);
    }

    #[test]
    fn spans_merge_as_the_times_they_cover(times in three(|| prop::collection::vec(0..2_000_i64, 0..40))) {
        check_laws(times, |times| Spans::of(times, 30), |spans, other| spans.merge(other, 30));
    }

    #[test]
    fn days_merge_as_a_set(days in three(|| prop::collection::vec(20_000..20_060_i32, 0..40))) {
        check_laws(days, Days::from_iter, Days::merge);
    }

    #[test]
    fn changes_merge_as_a_set(changes in three(|| prop::collection::vec((0..5_i64, 0..3_u8, 0..3_i64).prop_map(change), 0..20))) {
        check_laws(changes, Transitions::from, Transitions::merge);
    }

    #[test]
    fn a_quantile_is_within_one_percent(mut values in prop::collection::vec(1..100_000_000_i64, 1..300), part in 0.0..=1.0) {
        let estimate = Quantiles::from_iter(values.clone()).at(part).unwrap();
        values.sort_unstable();
        let exact = values[((part * values.len() as f64).ceil() as usize).max(1) - 1] as f64;
        prop_assert!((estimate - exact).abs() <= exact * 0.010_001, "{estimate} for {exact}");
    }

    #[test]
    fn many_are_united_as_what_they_have_counted(lists in prop::collection::vec(labels(), 0..12), is_read in any::<bool>()) {
        let whole = super::tests::distinct(&lists.concat());
        let mut union = Union::of(Distinct::default());
        for list in &lists {
            let part = super::tests::distinct(list);
            if is_read {
                union.read(&mut Cursor::new(&postcard::to_stdvec(&part).unwrap())).unwrap();
            } else {
                union.add(&part);
            }
        }
        prop_assert_eq!(union.finish(), whole);
        let mut united = Set::default();
        for list in &lists {
            united.merge(&super::tests::set(list));
        }
        prop_assert_eq!(united, super::tests::set(&lists.concat()));
    }

    #[test]
    fn any_bytes_are_read_as_a_general_deserializer_does(bytes in prop_oneof![
        prop::collection::vec(any::<u8>(), 0..60),
        labels().prop_map(|labels| postcard::to_stdvec(&super::tests::distinct(&labels)).unwrap()),
        prop::collection::vec(any::<i64>(), 0..100).prop_map(|values| postcard::to_stdvec(&Quantiles::from_iter(values)).unwrap()),
    ]) {
        prop_assert_eq!(Distinct::read(&mut Cursor::new(&bytes)).ok(), postcard::from_bytes(&bytes).ok());
        prop_assert_eq!(Quantiles::read(&mut Cursor::new(&bytes)).ok(), postcard::from_bytes(&bytes).ok());
    }

    #[test]
    fn any_bytes_are_a_sketch_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let distinct = postcard::from_bytes::<Distinct>(&bytes);
        let set = postcard::from_bytes::<Set>(&bytes);
        // What was accepted can be used.
        if let Ok(mut read) = distinct {
            read.merge(&super::tests::distinct(&(0..1_000).collect::<Vec<_>>()));
            prop_assert!(read.estimate().value > 0.0);
        }
        if let Ok(mut read) = set {
            read.merge(&super::tests::set(&(0..5_000).collect::<Vec<_>>()));
            prop_assert!(read.estimate().value > 0.0);
        }
        _ = postcard::from_bytes::<Quantiles>(&bytes);
        _ = postcard::from_bytes::<Spans>(&bytes);
        _ = postcard::from_bytes::<Transitions>(&bytes);
        if let Ok(mut read) = postcard::from_bytes::<Days>(&bytes) {
            read.merge(&Days::from_iter([0]));
            prop_assert!(postcard::to_stdvec(&read).is_ok_and(|bytes| !bytes.is_empty()));
        }
    }
}

#[test]
fn few_distinct_labels_are_counted_exactly_and_many_within_the_error() {
    for count in [0, 1, 8, 20, 24, 25, 100, 384] {
        let distinct = distinct(&(0..count).collect::<Vec<_>>());
        assert!(distinct.is_exact());
        assert_eq!(distinct.estimate().value.round(), f64::from(count));
    }
    let many = distinct(&(0..100_000).collect::<Vec<_>>());
    let estimate = many.estimate();
    assert!(!many.is_exact());
    assert!((estimate.value / 100_000.0 - 1.0).abs() < 0.05, "{estimate:?}");
    assert!(estimate.low < 100_000.0 && 100_000.0 < estimate.high, "{estimate:?}");
}

#[test]
fn the_estimate_of_many_labels_does_not_depend_on_their_order() {
    let forwards = distinct(&(0..5_000).collect::<Vec<_>>());
    let backwards = distinct(&(0..5_000).rev().collect::<Vec<_>>());
    assert_eq!(forwards.estimate(), backwards.estimate());
}

#[test]
fn distinct_labels_are_estimated_as_the_library_does() {
    for count in [1, 7, 8, 9, 30, 384, 385, 5_000, 40_000] {
        let mut halves = [(); 2].map(|()| HllSketch::new(12, HllType::Hll8).unwrap());
        (0..count).for_each(|label| halves[label % 2].update(raw_bytes::from_str(&format!("user-{label}"))));
        let mut union = HllUnion::new(12).unwrap();
        for half in &halves {
            union.update(half);
        }
        let estimate = distinct(&(0..count as u32).collect::<Vec<_>>()).estimate();
        // Of few the library estimates from their history too, which depends on their order.
        let theirs = if count > 384 { union.composite_estimate() } else { union.estimate() };
        assert_eq!(estimate.value, theirs, "{count}");
        if count != 385 {
            assert_eq!([estimate.low, estimate.high], [union.lower_bound(NumStdDev::Two), union.upper_bound(NumStdDev::Two)], "{count}");
        }
    }
}

#[test]
fn sets_unite_intersect_and_subtract_as_the_library_does() {
    for (count, others, from) in
        [(0, 0, 0), (0, 7, 0), (1, 0, 0), (3_000, 2_500, 2_000), (60_000, 200, 59_900), (60_000, 60_000, 40_000), (9_000, 9_000, 50_000)]
    {
        let (labels, others): (Vec<u32>, Vec<u32>) = ((0..count).collect(), (from..from + others).collect());
        let (own, other) = (set(&labels), set(&others));
        let [theirs, their_other] = [&labels, &others].map(|labels| {
            let mut sketch = ThetaSketchBuilder::default().lg_k(12).build().unwrap();
            for label in labels {
                sketch.update(raw_bytes::from_str(&format!("user-{label}")));
            }
            // Trimmed, as ours are.
            let mut union = ThetaUnionBuilder::default().lg_k(12).build().unwrap();
            union.update(&sketch.compact(true)).unwrap();
            union.to_sketch(true)
        });
        let mut united = own.clone();
        united.merge(&other);
        let mut union = ThetaUnionBuilder::default().lg_k(12).build().unwrap();
        union.update(&theirs).unwrap();
        union.update(&their_other).unwrap();
        let mut intersection = ThetaIntersection::default();
        intersection.update(&theirs).unwrap();
        intersection.update(&their_other).unwrap();
        let without = ThetaANotB::default().compute(&theirs, &their_other, true).unwrap();
        for (what, ours, theirs) in [
            ("united", united, union.to_sketch(true)),
            ("both", own.intersect(&other), intersection.to_sketch(true).unwrap()),
            ("without", own.without(&other), without),
        ] {
            let (estimate, bounds) = (ours.estimate(), [theirs.lower_bound(NumStdDev::Two), theirs.upper_bound(NumStdDev::Two)]);
            assert_eq!((estimate.value, [estimate.low, estimate.high]), (theirs.estimate(), bounds), "{what} of {count}");
            assert_eq!(ours.is_exact(), !theirs.is_estimation_mode(), "{what} of {count}");
        }
    }
}

#[test]
fn sets_of_up_to_4096_intersect_and_subtract_exactly() {
    let (january, february) = (set(&(0..3_000).collect::<Vec<_>>()), set(&(2_000..4_500).collect::<Vec<_>>()));
    assert!(january.is_exact());
    assert_eq!(january.intersect(&february).estimate().value, 1_000.0);
    assert_eq!(february.without(&january).estimate().value, 1_500.0);
}

#[test]
fn large_sets_say_between_what_bounds_they_are() {
    let mut all = set(&(0..60_000).collect::<Vec<_>>());
    all.merge(&set(&(40_000..100_000).collect::<Vec<_>>()));
    let estimate = all.estimate();
    assert!(!all.is_exact());
    assert!(estimate.low < 100_000.0 && 100_000.0 < estimate.high, "{estimate:?}");
    assert!((estimate.value / 100_000.0 - 1.0).abs() < 0.05, "{estimate:?}");
}

#[test]
fn a_histogram_counts_what_is_at_most_its_bound() {
    let quantiles = Quantiles::from_iter([0, 5, 50, 500, 5_000]);
    assert_eq!([1.0, 10.0, 100.0, 1e6].map(|limit| quantiles.count_up_to(limit)), [1, 2, 3, 5]);
    assert_eq!(quantiles.count(), 5);
}

#[test]
fn a_session_ends_after_the_gap() {
    let gap = 30 * 60_000;
    let spans = Spans::of(vec![0, gap, 2 * gap + 1, 2 * gap + 2], gap);
    assert_eq!(spans.as_slice(), [Span { first: 0, last: gap }, Span { first: 2 * gap + 1, last: 2 * gap + 2 }]);
    assert_eq!(spans.total_ms(), i128::from(gap) + 1);
}

#[test]
fn a_day_takes_a_byte() {
    let year: Days = (20_000..20_365).collect();
    assert!(postcard::to_stdvec(&year).unwrap().len() < 370);
}
