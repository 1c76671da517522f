//! Plans of days too large for one round, or for one manifest.

use super::*;
use model::{AttemptId, Day, Family, HourOffset, SegmentId, TenantId, Timestamp};
use rollups::{Absorbed, DayManifest, Log, Owner, Quarantine, day};
use std::collections::BTreeMap;

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

fn unit() -> Unit {
    let owner = Owner { tenant: TenantId::new("demo").unwrap(), family: Family::Ai };
    Unit { owner, day: Day::from_index(20_000), hour_offset: HourOffset::default() }
}

fn hour(of_day: i32) -> Hour {
    Hour::from_index(20_000 * 24 + of_day)
}

fn segment(number: usize) -> SegmentId {
    let mut digest = [0; 32];
    digest[..8].copy_from_slice(&number.to_be_bytes());
    SegmentId::from_digest(digest)
}

/// So many segments of an hour, with so many events each.
fn pending(hour: Hour, (segments, events): (usize, u64)) -> (Hour, Vec<Brief>) {
    let brief = |number| Brief { hour, segment: segment(number), events, first: NOW, last: NOW };
    (hour, (0..segments).map(brief).collect())
}

/// A settled hour with so many events, that remembers so many segments.
fn entry((events, absorbed): (u64, usize)) -> HourEntry {
    let attempt = AttemptId::new(1);
    HourEntry {
        version: 1,
        settled_at: NOW,
        rollup: Rollup { attempt, contents: cube::rollup::Contents::default() },
        log: Some(Log { attempt, objects: vec![0], written_at: NOW }),
        base: None,
        events,
        first: NOW,
        last: NOW,
        configuration: 0,
        catalogue: 1,
        expires_at: NOW.plus_millis(1 << 40),
        absorbed: (0..absorbed).map(|number| Absorbed { segment: segment(number), gone_since: None }).collect(),
    }
}

fn look(hours: impl IntoIterator<Item = (Hour, HourEntry)>, pending: impl IntoIterator<Item = (Hour, Vec<Brief>)>) -> Look {
    let body = day::Body { hours: hours.into_iter().collect(), ..day::Body::default() };
    let manifest = DayManifest { owner: unit().owner, day: unit().day, edition: 1, version: 1, body };
    Look { now: NOW, manifest, pending: pending.into_iter().collect(), absorbed: Vec::new(), seen_again: Vec::new() }
}

/// Each hour of the plan, and how many segments it takes up; and the plan.
fn plan(look: &Look, again: &crate::Again) -> (BTreeMap<Hour, usize>, Plan) {
    let rules = Rules { round_events: 100, ..Rules::default() };
    let plan = Planner { unit: &unit(), look, rules: &rules }.plan(&Asked::of(again));
    (plan.hours.iter().map(|hour| (hour.hour, hour.segments.len())).collect(), plan)
}

#[test]
fn a_round_takes_hours_while_their_events_fit_settled_ones_included() {
    let look = look([(hour(1), entry((50, 0)))], [pending(hour(0), (2, 20)), pending(hour(1), (1, 10)), pending(hour(2), (1, 1))]);
    let (hours, plan) = plan(&look, &crate::Again::Nothing);
    assert_eq!((hours, plan.is_part), (BTreeMap::from([(hour(0), 2), (hour(1), 1)]), true));
}

#[test]
fn an_hour_larger_than_a_round_is_a_round_of_its_own() {
    let look = look([], [pending(hour(0), (3, 1000)), pending(hour(1), (1, 1))]);
    let (hours, plan) = plan(&look, &crate::Again::Nothing);
    assert_eq!((hours, plan.is_part), (BTreeMap::from([(hour(0), 3)]), true));
}

#[test]
fn an_hour_of_very_many_segments_is_settled_over_several_rounds() {
    let look = look([], [pending(hour(0), (SEGMENTS + 5, 0)), pending(hour(1), (1, 0))]);
    let (hours, plan) = plan(&look, &crate::Again::Nothing);
    assert_eq!((hours, plan.is_part), (BTreeMap::from([(hour(0), SEGMENTS)]), true));
}

#[test]
fn a_manifest_that_remembers_very_many_segments_takes_up_no_more_but_settles_again_what_is_asked() {
    let settled = [(hour(1), entry((1, ABSORBED))), (hour(2), entry((1, 0)))];
    let look = look(settled, [pending(hour(0), (1, 1)), pending(hour(1), (1, 1))]);
    let (hours, plan) = plan(&look, &crate::Again::Hours(vec![hour(2)]));
    assert_eq!((hours, plan.put_off, plan.is_part), (BTreeMap::from([(hour(2), 0)]), 2, false));
}

#[test]
fn a_quarantined_hour_waits_until_it_is_named_and_is_lifted_where_nothing_of_it_is_left() {
    let mut look = look([(hour(1), entry((90, 0)))], [pending(hour(0), (1, 90)), pending(hour(1), (1, 1))]);
    let reason = || Quarantine { since: NOW, tried_at: NOW, reason: "a test".into() };
    look.manifest.body.quarantined = [hour(0), hour(1), hour(5)].into_iter().map(|hour| (hour, reason())).collect();
    let (hours, nothing) = plan(&look, &crate::Again::Nothing);
    assert!(hours.is_empty() && nothing.is_empty());
    // The second does not fit the first round; it is not lifted for that.
    let (hours, named) = plan(&look, &crate::Again::Hours(vec![hour(0), hour(1), hour(5)]));
    assert_eq!((hours, named.lifted, named.is_part), (BTreeMap::from([(hour(0), 1)]), vec![hour(5)], true));
}
