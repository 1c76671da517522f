//! What was superseded goes after a delay, and what need not be remembered is forgotten after another.

use crate::interrupted::Interrupted;
use crate::world::*;
use rollups::Bucket;
use settle::{Again, Done, Settler};
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

/// An hour that has been settled twice.
async fn superseded() -> World {
    let world = World::new().await;
    for (message, event) in [("m1", request("a", 1, 10)), ("m2", request("b", 1, 20))] {
        world.store(message, &[event]).await;
        world.run(0).await;
    }
    world
}

fn logs(world: &World) -> usize {
    world.bucket.objects().keys().filter(|key| key.starts_with("log/")).count()
}

#[tokio::test]
async fn what_was_superseded_is_deleted_when_no_reader_can_still_be_reading_it_and_not_before() {
    let world = superseded().await;
    assert_eq!((world.rollup_items(), logs(&world)), (2, 2));
    world.clock.advance_millis(15 * MINUTE_MS - 1);
    assert_eq!(world.do_work(world.sweep(0)).await.unwrap().swept, 0);
    assert_eq!((world.rollup_items(), logs(&world)), (2, 2));
    world.clock.advance_millis(1);
    assert_eq!(world.do_work(world.sweep(0)).await.unwrap().swept, 2);
    assert_eq!((world.rollup_items(), logs(&world)), (1, 1));
    assert_eq!(world.hours(0).await, folded(&[request("a", 1, 10), request("b", 1, 20)]));
    assert!(world.manifest(0).await.body.garbage.is_empty());
}

#[tokio::test]
async fn a_settle_sweeps_too_in_its_own_commit() {
    let world = superseded().await;
    world.clock.advance_millis(20 * MINUTE_MS);
    world.store("m3", &[request("c", 2, 30)]).await;
    assert_eq!(world.run(0).await.swept, 2);
    assert_eq!((world.rollup_items(), logs(&world)), (2, 2));
    assert!(world.manifest(0).await.body.garbage.is_empty());
}

#[tokio::test]
async fn an_absorbed_segment_is_remembered_for_an_hour_after_its_partial_is_seen_gone() {
    let world = World::new().await;
    world.store("m1", &[request("a", 1, 10)]).await;
    world.run(0).await;
    let absorbed = async || world.manifest(0).await.body.hours[&hour(1)].absorbed.clone();
    assert_eq!(absorbed().await[0].gone_since, None);
    world.do_work(world.sweep(0)).await.unwrap();
    assert_eq!(absorbed().await[0].gone_since, Some(at(12)));
    world.clock.advance_millis(60 * MINUTE_MS - 1);
    world.do_work(world.sweep(0)).await.unwrap();
    assert_eq!(absorbed().await.len(), 1);
    world.clock.advance_millis(1);
    let version = world.manifest(0).await.version;
    world.do_work(world.sweep(0)).await.unwrap();
    assert_eq!(absorbed().await, []);
    assert_eq!(world.manifest(0).await.version, version, "to forget is no change");
}

#[tokio::test]
async fn a_partial_seen_again_starts_the_hour_anew_before_it_is_deleted() {
    let world = World::new().await;
    let events = [request("a", 1, 10)];
    world.store("m1", &events).await;
    world.run(0).await;
    world.do_work(world.sweep(0)).await.unwrap();
    world.clock.advance_millis(59 * MINUTE_MS);
    world.store("m1", &events).await;
    // The commit that says so is lost: the partial stays.
    let manifest = format!("{} / 2026-11-01", world.owner.partition());
    world.faults.plan(move |call| (call.operation == "put" && call.key == manifest).then_some(memory::Fault::Before));
    world.do_work(world.settle(0, Again::Nothing)).await.unwrap_err();
    world.faults.heal();
    assert_eq!(world.partials().await.len(), 1);
    assert_eq!(world.run(0).await.partials, 1);
    assert_eq!(world.manifest(0).await.body.hours[&hour(1)].absorbed[0].gone_since, None);
    assert_eq!(world.partials().await, []);
}

#[tokio::test]
async fn what_an_attempt_wrote_that_was_not_committed_is_garbage_of_the_next() {
    let world = World::new().await;
    let events = [request("a", 1, 10)];
    world.store("m1", &events).await;
    // Somebody else settles it just before this one commits.
    let interrupted = Interrupted {
        table: world.table.clone(),
        calls: AtomicI64::new(8),
        other: Settler { random: Arc::new(Counter::of(1)), ..world.settler.clone() },
        price: None,
        work: world.settle(0, Again::Nothing),
    };
    let settler = Settler { table: Arc::new(interrupted), ..world.settler.clone() };
    assert_eq!(settler.run(&world.settle(0, Again::Nothing)).await.unwrap().lost, 1);
    let garbage = world.manifest(0).await.body.garbage;
    assert_eq!((garbage[0].rollups.len(), garbage[0].objects.len()), (1, 1));
    assert_eq!(world.rollup_items(), 2);
    world.clock.advance_millis(20 * MINUTE_MS);
    world.do_work(world.sweep(0)).await.unwrap();
    assert_eq!((world.rollup_items(), logs(&world)), (1, 1));
    assert_eq!(world.hours(0).await, folded(&events));
}

#[tokio::test]
async fn a_day_that_ends_after_its_hours_were_settled_is_rolled_up_by_a_sweep() {
    let world = World::new().await;
    let events = [request("a", 1, 10), request("b", 2, 20)];
    world.store("m1", &events).await;
    world.run(0).await;
    world.clock.set(at(24).plus_millis(10 * MINUTE_MS - 1));
    assert_eq!(world.do_work(world.sweep(0)).await.unwrap().built, 0);
    world.clock.advance_millis(1);
    assert_eq!(world.do_work(world.sweep(0)).await.unwrap().built, 1);
    let rollup = world.manifest(0).await.body.rollup.unwrap();
    assert_eq!(world.state(Bucket::Day(day(0)), &rollup).await, merged(&events));
    assert_eq!(world.do_work(world.sweep(0)).await.unwrap(), Done::default());
}
