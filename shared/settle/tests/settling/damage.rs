//! What is missing or damaged stops its hour and no other, until it is repaired.

use crate::world::*;
use bytes::Bytes;
use ports::Clock as _;
use ports::{Bucket as _, Table};
use records::object;
use rollups::Bucket;
use settle::{Again, Done};

async fn break_object(world: &World, key: &str) -> Bytes {
    let whole = world.bucket.objects()[key].clone();
    world.bucket.put(key, "", whole.slice(..whole.len() / 2)).await.unwrap();
    whole
}

#[tokio::test]
async fn a_damaged_segment_stops_its_hours_and_no_other_until_it_is_whole_and_tried_again() {
    let world = World::new().await;
    let events = [request("a", 1, 10), request("b", 2, 20), request("c", 1, 30)];
    world.store("m1", &events[..2]).await;
    let segment = world.store("m2", &events[2..]).await;
    let object = object::segment(world.owner.family, &world.owner.tenant, &segment);
    let whole = break_object(&world, &object).await;
    let done = world.run(0).await;
    assert_eq!((done.hours, done.quarantined, done.partials), (1, 1, 1));
    let manifest = world.manifest(0).await;
    let reason = &manifest.body.quarantined[&hour(1)].reason;
    assert!(reason.contains(&object), "{reason}");
    assert_eq!(world.hours(0).await, folded(&events[1..2]));
    assert_eq!(world.partials().await.len(), 2, "the good segment of the hour waits with the damaged one");

    // What else comes for the hour waits; other hours go on.
    world.store("m3", &[request("d", 1, 40), request("e", 3, 50)]).await;
    assert_eq!(world.run(0).await.hours, 1);
    world.bucket.put(&object, "", whole).await.unwrap();
    assert_eq!(world.run(0).await, Done::default(), "nobody has said that it is whole again");
    let done = world.do_work(world.settle(0, Again::Hours(vec![hour(1)]))).await.unwrap();
    assert_eq!((done.hours, done.events), (1, 3));
    let all = [&events[..], &[request("d", 1, 40), request("e", 3, 50)]].concat();
    assert_eq!(world.hours(0).await, folded(&all));
    assert!(world.manifest(0).await.body.quarantined.is_empty());
    assert_eq!(world.partials().await, []);
}

#[tokio::test]
async fn a_quarantined_hour_is_tried_again_a_day_later() {
    let world = World::new().await;
    let segment = world.store("m1", &[request("a", 1, 10)]).await;
    let object = object::segment(world.owner.family, &world.owner.tenant, &segment);
    let whole = break_object(&world, &object).await;
    assert_eq!(world.run(0).await.quarantined, 1);
    let since = world.manifest(0).await.body.quarantined[&hour(1)].since;
    world.clock.advance_millis(24 * 3_600_000);
    assert_eq!(world.run(0).await.quarantined, 1, "it is told again");
    assert_eq!(world.run(0).await.quarantined, 0, "and then left alone");
    let quarantine = &world.manifest(0).await.body.quarantined[&hour(1)];
    assert_eq!((quarantine.since, quarantine.tried_at), (since, world.clock.now()));
    world.bucket.put(&object, "", whole).await.unwrap();
    world.clock.advance_millis(24 * 3_600_000);
    assert_eq!(world.run(0).await.hours, 1);
    assert!(world.manifest(0).await.body.quarantined.is_empty());
}

#[tokio::test]
async fn a_missing_log_stops_its_hour_and_what_was_settled_still_counts() {
    let world = World::new().await;
    let events = [request("a", 1, 10), request("b", 1, 20)];
    world.store("m1", &events[..1]).await;
    world.run(0).await;
    let log = world.manifest(0).await.body.hours[&hour(1)].log.clone().unwrap();
    let key = world.log_object(0, (log.attempt, log.objects[0]));
    let whole = world.bucket.objects()[&key].clone();
    world.bucket.delete(&key).await.unwrap();
    world.store("m2", &events[1..]).await;
    assert_eq!(world.run(0).await.quarantined, 1);
    assert_eq!(world.hours(0).await, folded(&events[..1]));
    assert_eq!(world.partials().await.len(), 1);
    world.bucket.put(&key, "", whole).await.unwrap();
    world.do_work(world.settle(0, Again::Hours(vec![hour(1)]))).await.unwrap();
    assert_eq!(world.hours(0).await, folded(&events));
}

#[tokio::test]
async fn a_log_with_fewer_events_than_the_manifest_says_is_damaged() {
    let world = World::new().await;
    let events = [request("a", 1, 10), request("b", 1, 20)];
    world.store("m1", &events).await;
    world.run(0).await;
    let log = world.manifest(0).await.body.hours[&hour(1)].log.clone().unwrap();
    let other = World::new().await;
    other.store("m1", &events[..1]).await;
    other.run(0).await;
    let theirs = other.bucket.objects().into_iter().find(|(key, _)| key.starts_with("log/")).unwrap().1;
    world.bucket.put(&world.log_object(0, (log.attempt, log.objects[0])), "", theirs).await.unwrap();
    let done = world.do_work(world.settle(0, Again::Hours(vec![hour(1)]))).await.unwrap();
    assert_eq!((done.hours, done.quarantined), (0, 1));
    assert_eq!(world.hours(0).await, folded(&events), "the rollup is untouched");
}

#[tokio::test]
async fn a_service_that_does_not_answer_quarantines_nothing() {
    let world = World::new().await;
    world.store("m1", &[request("a", 1, 10)]).await;
    world.faults.down("bucket");
    let error = world.do_work(world.settle(0, Again::Nothing)).await.unwrap_err();
    assert!(error.is_transient());
    world.faults.heal();
    assert_eq!(world.manifest(0).await.version, 0);
    assert_eq!(world.run(0).await.hours, 1);
}

#[tokio::test]
async fn a_lost_rollup_of_an_hour_is_made_again_from_its_log_when_the_day_needs_it() {
    let world = World::new().await;
    let events = [request("a", 1, 10), request("b", 2, 20)];
    world.store("m1", &events).await;
    world.run(0).await;
    let entry = world.manifest(0).await.body.hours[&hour(1)].clone();
    let keys = rollups::rollup::keys(&world.owner, Bucket::Hour(hour(1)), (entry.rollup.attempt, &entry.rollup.contents.names()));
    world.table.delete_many(&keys).await.unwrap();
    world.clock.advance_millis(DAY_MS);
    let done = world.do_work(world.sweep(0)).await.unwrap();
    assert_eq!((done.hours, done.built), (1, 1));
    assert_eq!(world.hours(0).await, folded(&events));
}

#[tokio::test]
async fn a_lost_rollup_without_a_log_is_quarantined_and_its_day_is_not_rolled_up_without_it() {
    let world = World::new().await;
    let events = [request("a", 1, 10), request("b", 2, 20)];
    world.store("m1", &events).await;
    world.run(0).await;
    let entry = world.manifest(0).await.body.hours[&hour(1)].clone();
    let keys = rollups::rollup::keys(&world.owner, Bucket::Hour(hour(1)), (entry.rollup.attempt, &entry.rollup.contents.names()));
    world.table.delete_many(&keys).await.unwrap();
    world.clock.advance_millis(100 * DAY_MS);
    world.do_work(world.sweep(0)).await.unwrap();
    let manifest = world.manifest(0).await;
    assert_eq!(manifest.body.rollup, None);
    assert!(manifest.body.quarantined[&hour(1)].reason.contains("missing"));
    world.clock.advance_millis(DAY_MS);
    world.do_work(world.sweep(0)).await.unwrap();
    assert_eq!(world.manifest(0).await.version, manifest.version, "it is not tried again and again");
}

#[tokio::test]
async fn a_damaged_base_stops_its_hour_and_no_other() {
    let world = World::new().await;
    let events = [request("a", 1, 10), request("b", 1, 20), request("c", 2, 30)];
    world.store("m1", &events[..1]).await;
    world.run(0).await;
    let entry = world.manifest(0).await.body.hours[&hour(1)].clone();
    let keys = rollups::rollup::keys(&world.owner, Bucket::Hour(hour(1)), (entry.rollup.attempt, &entry.rollup.contents.names()));
    let whole = world.table.get(&keys[0], ports::Read::Strong).await.unwrap().unwrap();
    let broken = whole.clone().with("state", ports::Value::Binary(Bytes::from_static(b"no state")));
    world.table.put(broken, ports::Condition::Always).await.unwrap();
    world.clock.advance_millis(100 * DAY_MS);
    world.store("m2", &events[1..]).await;
    let done = world.run(0).await;
    assert_eq!((done.hours, done.quarantined), (1, 1));
    assert_eq!(world.partials().await.len(), 1);
    assert_eq!(world.manifest(0).await.body.rollup, None, "the day has no rollup without the hour");
    world.table.put(whole, ports::Condition::Always).await.unwrap();
    let done = world.do_work(world.settle(0, Again::Hours(vec![hour(1)]))).await.unwrap();
    assert_eq!((done.hours, done.built), (1, 1));
    assert_eq!(world.hours(0).await, folded(&events));
}
