use super::*;
use model::{AttemptId, Family, SegmentId, TenantId};
use rollups::{Absorbed, HourEntry, Owner, Quarantine, Rollup};

const POLICY: Policy = Policy { grace_minutes: 15, busy_partials: 24, open_partials: 300 };
const HOUR: &str = "2026-11-21T05";

fn hour(key: &str) -> Hour {
    Hour::from_key(key).unwrap()
}

fn at(time: &str) -> Local {
    Local { now: time.parse::<chrono::DateTime<chrono::Utc>>().unwrap().into(), offset: HourOffset::default() }
}

fn in_india(time: &str) -> Local {
    Local { offset: HourOffset::from_minutes(30).unwrap(), ..at(time) }
}

fn waiting(hours: &[(&str, usize)]) -> Waiting {
    hours.iter().map(|(key, partials)| (hour(key), *partials)).collect()
}

fn manifest() -> DayManifest {
    let owner = Owner { tenant: TenantId::new("demo").unwrap(), family: Family::Ai };
    DayManifest { owner, day: hour(HOUR).day(), version: 0, edition: 0, body: rollups::day::Body::default() }
}

/// A manifest that says of the hour that it was settled then, from so many segments.
fn settled(time: &str, segments: usize) -> DayManifest {
    let absorbed = |n: usize| Absorbed { segment: SegmentId::new(format!("s{n:0>60}")).unwrap(), gone_since: None };
    let moment = at(time).now;
    let entry = HourEntry {
        version: 1,
        settled_at: moment,
        expires_at: moment,
        rollup: Rollup { attempt: AttemptId::new(1), contents: cube::rollup::Contents::default() },
        log: None,
        base: None,
        events: 1,
        first: moment,
        last: moment,
        configuration: 0,
        catalogue: 0,
        absorbed: (0..segments).map(absorbed).collect(),
    };
    let mut manifest = manifest();
    manifest.body.hours.insert(hour(HOUR), entry);
    manifest
}

/// Whether the hour, with so many partials, is due then; where the manifest would not be read, it is not.
fn check(partials: usize, manifest: &DayManifest, local: Local) -> bool {
    let waiting = waiting(&[(HOUR, partials)]);
    let is_due = POLICY.is_due(&waiting, manifest, local);
    assert!(!is_due || POLICY.may_be_due(&waiting, local), "it is due, and nobody would have asked");
    is_due
}

#[test]
fn a_closed_hour_with_many_partials_is_due_when_its_grace_is_over() {
    assert!(!check(24, &manifest(), at("2026-11-21T06:14:59.999Z")));
    assert!(check(24, &manifest(), at("2026-11-21T06:15:00Z")));
    assert!(!check(23, &manifest(), at("2026-11-21T06:15:00Z")));
}

#[test]
fn the_hours_of_india_close_half_an_hour_later() {
    assert!(!check(24, &manifest(), in_india("2026-11-21T06:44:59Z")));
    assert!(check(24, &manifest(), in_india("2026-11-21T06:45:00Z")));
}

#[test]
fn an_open_hour_is_due_with_very_many_partials_only() {
    assert!(!check(299, &manifest(), at("2026-11-21T05:30:00Z")));
    assert!(check(300, &manifest(), at("2026-11-21T05:30:00Z")));
}

#[test]
fn an_open_hour_is_due_again_when_what_waits_outweighs_what_is_settled() {
    let manifest = settled("2026-11-21T05:10:00Z", 700);
    assert!(!check(699, &manifest, at("2026-11-21T05:30:00Z")));
    assert!(check(700, &manifest, at("2026-11-21T05:30:00Z")));
}

#[test]
fn the_settles_of_an_open_hour_read_at_most_twice_what_it_holds() {
    let (mut has, mut waits, mut read, mut settles) = (0, 0, 0, 0);
    let mut manifest = settled("2026-11-21T05:00:01Z", 0);
    for _ in 0..2_000 {
        waits += 10;
        if check(waits, &manifest, at("2026-11-21T05:30:00Z")) {
            has += std::mem::take(&mut waits);
            read += has;
            settles += 1;
            manifest = settled("2026-11-21T05:00:01Z", has);
        }
    }
    assert!(read <= 2 * has, "{read} were read of {has}");
    assert_eq!(settles, 7, "300, 600, 1,200 and so on to 19,200");
}

#[test]
fn an_hour_that_was_settled_while_open_is_due_once_more_when_it_is_closed() {
    let manifest = settled("2026-11-21T05:50:00Z", 5_000);
    assert!(!check(100, &manifest, at("2026-11-21T06:10:00Z")), "its grace is not over");
    assert!(check(24, &manifest, at("2026-11-21T06:15:00Z")), "however many segments it has settled");
    assert!(!check(23, &manifest, at("2026-11-21T06:15:00Z")));
}

#[test]
fn late_events_of_a_settled_hour_wait_for_the_daily_tick_unless_they_outweigh_it() {
    assert!(!check(299, &settled("2026-11-21T06:15:00Z", 0), at("2026-11-23T00:00:00Z")));
    assert!(check(300, &settled("2026-11-21T06:15:00Z", 0), at("2026-11-23T00:00:00Z")));
    assert!(!check(300, &settled("2026-11-21T06:15:00Z", 301), at("2026-11-21T07:00:00Z")));
}

#[test]
fn a_quarantined_hour_is_left_to_the_daily_tick() {
    let mut manifest = manifest();
    let since = at("2026-11-21T06:15:00Z").now;
    let quarantine = Quarantine { since, tried_at: since, reason: "gone".into() };
    manifest.body.quarantined.insert(hour(HOUR), quarantine);
    assert!(!check(10_000, &manifest, at("2026-11-21T12:00:00Z")));
}

#[test]
fn a_day_is_due_with_any_of_its_hours() {
    let is_due = |hours: &[(&str, usize)]| POLICY.is_due(&waiting(hours), &manifest(), at("2026-11-21T06:15:00Z"));
    assert!(!is_due(&[("2026-11-21T03", 23), ("2026-11-21T04", 23), ("2026-11-21T06", 24)]));
    assert!(is_due(&[("2026-11-21T03", 23), ("2026-11-21T04", 24), ("2026-11-21T06", 24)]));
}

#[test]
fn a_day_is_over_when_its_last_hour_and_its_grace_are() {
    let day = hour(HOUR).day();
    assert!(!POLICY.is_day_over(day, at("2026-11-22T00:14:59Z")));
    assert!(POLICY.is_day_over(day, at("2026-11-22T00:15:00Z")));
    assert!(!POLICY.is_day_over(day, in_india("2026-11-22T00:44:59Z")));
    assert!(POLICY.is_day_over(day, in_india("2026-11-22T00:45:00Z")));
}

#[test]
fn a_day_has_a_closed_hour_when_its_first_that_waits_is_closed() {
    let waits = waiting(&[(HOUR, 1), ("2026-11-21T09", 1)]);
    assert!(!POLICY.has_closed(&waits, at("2026-11-21T06:14:59Z")));
    assert!(POLICY.has_closed(&waits, at("2026-11-21T06:15:00Z")));
}
