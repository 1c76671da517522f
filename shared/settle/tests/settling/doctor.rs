//! The doctor: what it finds of each kind of damage, and what mending makes of it.

use crate::world::*;
use memory::Fault;
use model::{AttemptId, Event};
use ports::{Bucket as _, Condition, Item, Key, Table as _, Value};
use records::object;
use rollups::{Bucket, rollup};
use settle::Again;
use settle::doctor::{Depth, Examination, Finding, Mended, What};

/// Two days with three hours, their month and all time: all of it settled and built, and nothing left to sweep.
async fn built() -> (World, Vec<Event>) {
    let world = World::new().await;
    let events = vec![request("a", 1, 10), request("b", 2, 20), request("c", 26, 30), request("d", 26, 40)];
    world.store("m1", &events).await;
    world.clock.set(at(24 * 32));
    for days in [0, 1] {
        world.run(days).await;
    }
    world.do_work(world.month()).await.unwrap();
    for _ in 0..3 {
        world.clock.advance_millis(61 * MINUTE_MS);
        for work in [world.sweep(0), world.sweep(1), world.month()] {
            world.do_work(work).await.unwrap();
        }
    }
    (world, events)
}

async fn examine(world: &World) -> Examination {
    world.settler.examine(&world.owner, Depth::Usual).await.unwrap()
}

/// What is found, by kind and bucket.
fn kinds(examination: &Examination) -> Vec<(&'static str, Option<Bucket>)> {
    let bucket = |what: &What| match what {
        What::Gap { bucket, .. } | What::Drift { bucket, .. } | What::Unbuilt { bucket } => Some(*bucket),
        What::Quarantined { hour, .. } | What::OldCatalogue { hour, .. } | What::LogGap { hour, .. } => Some(Bucket::Hour(*hour)),
        _ => None,
    };
    examination.findings.iter().map(|finding| (finding.what.kind(), bucket(&finding.what))).collect()
}

async fn mend_all(world: &World, examination: &Examination) -> Vec<Mended> {
    let mut mended = Vec::new();
    for finding in &examination.findings {
        mended.push(world.settler.mend(finding).await.unwrap());
    }
    mended
}

/// The key of the one part of a rollup that a manifest names.
async fn key_of(world: &World, bucket: Bucket) -> Key {
    let named = match bucket {
        Bucket::Hour(hour) => world.manifest(i64::from(hour.day() != day(0))).await.body.hours[&hour].rollup.clone(),
        Bucket::Day(of) => world.manifest(i64::from(of != day(0))).await.body.rollup.unwrap(),
        Bucket::Month(_) => world.month_manifest().await.body.rollup.unwrap(),
        _ => world.lifetime_manifest().await.body.rollup.unwrap(),
    };
    let [part] = &named.contents.names()[..] else { panic!("a small rollup has one part") };
    rollup::key(&world.owner, bucket, (named.attempt, part))
}

fn all_buckets() -> [Bucket; 5] {
    [Bucket::Hour(hour(1)), Bucket::Hour(hour(26)), Bucket::Day(day(0)), Bucket::Month(day(0).month()), Bucket::Lifetime]
}

/// That everything is as the events say, and nothing is found.
async fn assert_well(world: &World, events: &[Event], case: &str) {
    let found = examine(world).await;
    assert_eq!(found.findings, [], "{case}");
    let mut hours = world.hours(0).await;
    hours.extend(world.hours(1).await);
    assert_eq!(hours, folded(events), "{case}");
    let day_0 = world.manifest(0).await.body.rollup.unwrap();
    assert_eq!(world.state(Bucket::Day(day(0)), &day_0).await, merged(&events[..2]), "{case}");
    let month = world.month_manifest().await;
    assert!(month.is_current(), "{case}");
    let state = world.state(Bucket::Month(day(0).month()), &month.body.rollup.unwrap()).await;
    assert_eq!(state, merged(events), "{case}");
    let lifetime = world.lifetime_manifest().await;
    assert!(lifetime.is_current(), "{case}");
    assert_eq!(world.state(Bucket::Lifetime, &lifetime.body.rollup.unwrap()).await, merged(events), "{case}");
}

/// Builds again what mending has left to the next tick.
async fn quiet_down(world: &World) {
    for work in [world.sweep(0), world.sweep(1), world.month()] {
        world.do_work(work).await.unwrap();
    }
}

#[tokio::test]
async fn nothing_is_found_where_nothing_is_wrong_and_looking_changes_nothing() {
    let (world, events) = built().await;
    let (items, objects) = (world.table.items(), world.bucket.objects());
    assert_well(&world, &events, "as built").await;
    let looked = examine(&world).await.looked;
    assert_eq!((looked.rollups, looked.unverified, looked.events, looked.manifests), (7, 0, 4, 4));
    assert_eq!((world.table.items(), world.bucket.objects()), (items, objects));
}

#[tokio::test]
async fn a_deleted_rollup_is_found_and_made_again() {
    for bucket in all_buckets() {
        let (world, events) = built().await;
        world.table.delete(&key_of(&world, bucket).await).await.unwrap();
        let found = examine(&world).await;
        assert_eq!(kinds(&found), [("gap", Some(bucket))]);
        assert!(matches!(mend_all(&world, &found).await[..], [Mended::Done(_)]), "{bucket}");
        quiet_down(&world).await;
        assert_well(&world, &events, &format!("{bucket}")).await;
    }
}

#[tokio::test]
async fn a_rollup_that_says_something_else_is_found_and_made_again() {
    for bucket in all_buckets() {
        let (world, events) = built().await;
        let other = if bucket == Bucket::Hour(hour(1)) { Bucket::Hour(hour(2)) } else { Bucket::Hour(hour(1)) };
        let [own, other] = [key_of(&world, bucket).await, key_of(&world, other).await];
        let bytes = world.table.get(&other, ports::Read::Strong).await.unwrap().unwrap().attributes["state"].clone();
        world.table.put(Item::new(own).with("state", bytes), Condition::Always).await.unwrap();
        let found = examine(&world).await;
        // What is made of a wrong part is not what that part says now.
        assert!(kinds(&found).contains(&("drift", Some(bucket))), "{bucket}: {found:?}");
        assert!(found.findings.iter().all(|finding| finding.what.kind() == "drift"));
        let mended = mend_all(&world, &found).await;
        assert!(mended.iter().all(|mended| matches!(mended, Mended::Done(_))), "{bucket}: {mended:?}");
        quiet_down(&world).await;
        assert_well(&world, &events, &format!("{bucket}")).await;
    }
}

#[tokio::test]
async fn damaged_bytes_are_found_and_made_again() {
    let (world, events) = built().await;
    let key = key_of(&world, Bucket::Hour(hour(2))).await;
    world.table.put(Item::new(key).with("state", Value::Binary(vec![9, 9, 9].into())), Condition::Always).await.unwrap();
    let found = examine(&world).await;
    assert_eq!(kinds(&found), [("gap", Some(Bucket::Hour(hour(2))))]);
    mend_all(&world, &found).await;
    quiet_down(&world).await;
    assert_well(&world, &events, "damaged").await;
}

/// Rollups of every grain, and an object of the log, of an attempt that was never committed.
async fn leave_behind(world: &World) -> AttemptId {
    let attempt = AttemptId::new(0xdead);
    for bucket in all_buckets().into_iter().chain([Bucket::HourBase(hour(1)), Bucket::DayBase(day(0))]) {
        let item = Item::new(rollup::key(&world.owner, bucket, (attempt, "0"))).with("state", Value::Binary(vec![1].into()));
        world.table.put(item, Condition::Always).await.unwrap();
    }
    world.bucket.put(&world.log_object(0, (attempt, 0)), "x", vec![1].into()).await.unwrap();
    attempt
}

#[tokio::test]
async fn what_a_crashed_attempt_has_left_is_found_and_deleted_and_nothing_else() {
    let (world, events) = built().await;
    let (items, objects) = (world.table.items().len(), world.bucket.objects());
    leave_behind(&world).await;
    let found = examine(&world).await;
    assert_eq!(kinds(&found), [("orphan", None); 4], "of two days, the month and all time");
    assert_eq!(mend_all(&world, &found).await, [const { Mended::Done("deleted") }; 4]);
    assert_eq!((world.table.items().len(), world.bucket.objects()), (items, objects));
    assert_well(&world, &events, "orphans").await;
}

#[tokio::test]
async fn an_attempt_that_is_at_work_is_fenced_before_it_is_deleted_and_one_that_is_named_stays() {
    let (world, events) = built().await;
    let before = world.manifest(0).await;
    leave_behind(&world).await;
    let mut found = examine(&world).await;
    mend_all(&world, &found).await;
    // Who has read the manifest before is refused, whatever it has written meanwhile.
    assert_eq!(rollups::day::commit(&*world.table, &before).await.unwrap(), rollups::Commit::Lost);
    assert_eq!(world.manifest(0).await.version, before.version, "nothing has changed for readers");

    // What looked like an orphan and was committed meanwhile.
    let attempt = before.body.hours[&hour(1)].rollup.attempt;
    let item = key_of(&world, Bucket::Hour(hour(1))).await;
    for finding in &mut found.findings {
        if let What::Orphan { attempt: orphan, items, .. } = &mut finding.what {
            (*orphan, *items) = (attempt, vec![item.clone()]);
        }
    }
    found.findings.truncate(1);
    assert_eq!(mend_all(&world, &found).await, [Mended::Not("a manifest names it now".into())]);
    world.settler.look_again(&mut found).await.unwrap();
    assert_eq!(found.findings, []);
    assert_well(&world, &events, "named").await;
}

#[tokio::test]
async fn a_lost_log_is_told_and_its_numbers_stay() {
    let (world, _) = built().await;
    let before = world.hours(0).await;
    let log = world.manifest(0).await.body.hours[&hour(1)].log.clone().unwrap();
    world.bucket.delete(&world.log_object(0, (log.attempt, log.objects[0]))).await.unwrap();
    let found = examine(&world).await;
    assert_eq!(kinds(&found), [("gap", Some(Bucket::Hour(hour(1)))), ("gap", Some(Bucket::Hour(hour(2))))]);
    assert!(mend_all(&world, &found).await.iter().all(|mended| matches!(mended, Mended::Not(_))));
    assert_eq!(world.hours(0).await, before);
}

#[tokio::test]
async fn a_log_of_fewer_events_than_were_settled_is_told() {
    let (world, _) = built().await;
    let mut manifest = world.manifest(1).await;
    manifest.body.hours.get_mut(&hour(26)).unwrap().events = 3;
    rollups::day::commit(&*world.table, &manifest).await.unwrap();
    assert_eq!(kinds(&examine(&world).await), [("gap", Some(Bucket::Hour(hour(26))))]);
}

#[tokio::test]
async fn a_missing_segment_is_told_and_a_quarantined_hour_is_settled_once_it_is_back() {
    let (world, mut events) = built().await;
    let late = request("late", 3, 50);
    let segment = world.store("m2", std::slice::from_ref(&late)).await;
    assert_eq!(examine(&world).await.findings, [], "what waits is no fault");
    let key = object::segment(world.owner.family, &world.owner.tenant, &segment);
    let bytes = world.bucket.get(&key).await.unwrap().unwrap();
    world.bucket.delete(&key).await.unwrap();
    let found = examine(&world).await;
    assert!(matches!(&found.findings[..], [Finding { what: What::SegmentGap { .. }, .. }]), "{found:?}");
    world.run(0).await;
    let found = examine(&world).await;
    assert_eq!(kinds(&found)[..2], [("gap", None), ("quarantined", Some(Bucket::Hour(hour(3))))]);
    let mended = mend_all(&world, &found).await;
    assert!(matches!(&mended[..2], [Mended::Not(_), Mended::Not(reason)] if reason.contains("is missing")), "{mended:?}");
    quiet_down(&world).await;
    world.bucket.put(&key, "x", bytes).await.unwrap();
    let found = examine(&world).await;
    assert!(mend_all(&world, &found).await.contains(&Mended::Done("settled again")));
    quiet_down(&world).await;
    events.insert(2, late);
    let mut hours = world.hours(0).await;
    hours.extend(world.hours(1).await);
    assert_eq!(hours, folded(&events));
    assert_eq!(examine(&world).await.findings, []);
}

#[tokio::test]
async fn an_hour_of_an_older_catalogue_is_settled_again() {
    let (world, events) = built().await;
    let mut manifest = world.manifest(0).await;
    manifest.body.hours.get_mut(&hour(1)).unwrap().catalogue = 0;
    rollups::day::commit(&*world.table, &manifest).await.unwrap();
    let found = examine(&world).await;
    assert_eq!(kinds(&found), [("old-catalogue", Some(Bucket::Hour(hour(1))))]);
    assert_eq!(mend_all(&world, &found).await, [Mended::Done("settled again")]);
    quiet_down(&world).await;
    assert_well(&world, &events, "catalogue").await;
}

#[tokio::test]
async fn a_month_and_all_time_that_are_not_built_are_told_and_built() {
    let (world, events) = built().await;
    world.do_work(world.settle(0, Again::Hours(vec![hour(1)]))).await.unwrap();
    let found = examine(&world).await;
    assert_eq!(kinds(&found), [("unbuilt", Some(Bucket::Month(day(0).month()))), ("unbuilt", Some(Bucket::Lifetime))]);
    assert_eq!(mend_all(&world, &found).await, [const { Mended::Done("built again") }; 2]);
    assert_well(&world, &events, "unbuilt").await;
}

#[tokio::test]
async fn a_segment_that_was_never_counted_is_told_where_segments_are_asked_for() {
    let (world, _) = built().await;
    let all = async || world.settler.examine(&world.owner, Depth::Segments).await.unwrap();
    assert_eq!(all().await.findings, [], "what is settled is in the log");
    let segment = world.store("m2", &[request("a", 1, 10), request("never counted", 2, 1)]).await;
    assert_eq!(all().await.findings, [], "what has a partial counts");
    for partial in world.partials().await {
        let key = Key::new(format!("T#{}#P#{}", partial.tenant, partial.family), format!("{}#{}", partial.hour, partial.segment));
        world.table.delete(&key).await.unwrap();
    }
    let object = object::segment(world.owner.family, &world.owner.tenant, &segment);
    let found = all().await;
    assert_eq!(found.findings, [Finding { owner: world.owner.clone(), what: What::Uncommitted { object } }]);
    assert!(matches!(mend_all(&world, &found).await[..], [Mended::Not(_)]));
    assert_eq!(examine(&world).await.findings, []);
}

#[tokio::test]
async fn who_cannot_look_says_so_and_finds_nothing() {
    let (world, _) = built().await;
    let calls = {
        let before = world.faults.calls();
        world.settler.examine(&world.owner, Depth::Segments).await.unwrap();
        world.faults.calls() - before
    };
    for fault in [Fault::Before, Fault::After, Fault::Refused] {
        for call in 0..calls {
            let failing = world.faults.calls() + call;
            world.faults.plan(move |call| (call.index == failing).then_some(fault));
            assert!(world.settler.examine(&world.owner, Depth::Segments).await.is_err(), "{fault:?} of call {call} of {calls}");
        }
    }
}

async fn break_all(world: &World) {
    for bucket in [Bucket::Hour(hour(1)), Bucket::Day(day(1)), Bucket::Month(day(0).month()), Bucket::Lifetime] {
        world.table.delete(&key_of(world, bucket).await).await.unwrap();
    }
    leave_behind(world).await;
}

#[tokio::test]
async fn mending_that_crashes_anywhere_is_mended_by_mending_again() {
    let calls = {
        let (world, _) = built().await;
        break_all(&world).await;
        let found = examine(&world).await;
        let before = world.faults.calls();
        mend_all(&world, &found).await;
        world.faults.calls() - before
    };
    assert!(calls > 50, "{calls} calls");
    for (crash, fault) in (0..calls).flat_map(|crash| [(crash, Fault::Before), (crash, Fault::After)]) {
        let (world, events) = built().await;
        break_all(&world).await;
        let found = examine(&world).await;
        world.faults.crash_after(crash, fault);
        for finding in &found.findings {
            let _ = world.settler.mend(finding).await;
        }
        world.faults.heal();
        let again = examine(&world).await;
        mend_all(&world, &again).await;
        quiet_down(&world).await;
        let left = examine(&world).await;
        mend_all(&world, &left).await;
        assert_well(&world, &events, &format!("crash {crash} {fault:?}")).await;
    }
}

#[tokio::test]
async fn an_owner_with_nothing_is_well() {
    let world = World::new().await;
    assert_eq!(examine(&world).await.findings, []);
}
