//! Months and all time: made of days, current or known not to be, whatever comes late or crashes.

use crate::world::*;
use memory::Fault;
use model::Event;
use rollups::{Bucket, upper};
use settle::{Again, Done, Work};

/// Events of three days of November, and of one of December, settled after both months have ended.
async fn settled() -> (World, Vec<Event>) {
    let world = World::new().await;
    let events = vec![request("a", 1, 10), request("b", 25, 20), request("c", 24 * 29, 30), request("d", 24 * 31, 40)];
    world.clock.set(at(24 * 70));
    world.store("m1", &events).await;
    for days in [0, 1, 29, 31] {
        assert_eq!(world.run(days).await.built, 1);
    }
    (world, events)
}

fn december(world: &World) -> Work {
    Work::Month { tenant: world.owner.tenant.clone(), family: world.owner.family, month: day(31).month() }
}

async fn month_state(world: &World) -> cube::FamilyState {
    let rollup = world.month_manifest().await.body.rollup.unwrap();
    world.state(Bucket::Month(day(0).month()), &rollup).await
}

async fn lifetime_state(world: &World) -> cube::FamilyState {
    let rollup = world.lifetime_manifest().await.body.rollup.unwrap();
    world.state(Bucket::Lifetime, &rollup).await
}

#[tokio::test]
async fn a_month_and_all_time_are_the_merge_of_their_days() {
    let (world, events) = settled().await;
    assert!(!world.month_manifest().await.is_current());
    assert_eq!(world.do_work(world.month()).await.unwrap().built, 2);
    assert!(world.month_manifest().await.is_current());
    assert_eq!(month_state(&world).await, merged(&events[..3]));
    assert_eq!(lifetime_state(&world).await, merged(&events[..3]));
    assert_eq!(world.do_work(december(&world)).await.unwrap().built, 2);
    assert!(world.lifetime_manifest().await.is_current());
    assert_eq!(lifetime_state(&world).await, merged(&events));
    for work in [world.month(), december(&world), lifetime(&world)] {
        assert_eq!(world.do_work(work).await.unwrap(), Done::default(), "all is current");
    }
    let kept = world
        .table
        .items()
        .into_iter()
        .filter(|item| ["#day", "#month", "#lifetime"].iter().any(|grain| item.key.partition.ends_with(grain)));
    assert!(kept.map(|item| item.number("expires_at")).all(|expiry| expiry.is_none()));
}

fn lifetime(world: &World) -> Work {
    Work::Lifetime { tenant: world.owner.tenant.clone(), family: world.owner.family }
}

#[tokio::test]
async fn a_month_waits_until_it_has_ended_and_all_its_days_are_rolled_up() {
    let (world, _) = settled().await;
    world.clock.set(at(24 * 30).plus_millis(10 * MINUTE_MS - 1));
    assert_eq!(world.do_work(world.month()).await.unwrap(), Done::default());
    // A day that was settled before it ended has no rollup yet.
    world.store("m2", &[request("e", 24 * 29 + 22, 50)]).await;
    world.clock.set(at(24 * 29 + 23));
    world.run(29).await;
    world.clock.set(at(24 * 30).plus_millis(10 * MINUTE_MS));
    assert_eq!(world.do_work(world.month()).await.unwrap(), Done::default());
    world.do_work(world.sweep(29)).await.unwrap();
    assert_eq!(world.do_work(world.month()).await.unwrap().built, 2);
}

#[tokio::test]
async fn a_month_is_built_though_who_marked_it_never_came_to_commit_its_day() {
    let (world, events) = settled().await;
    let mut month = world.month_manifest().await;
    assert!(month.need(day(1), world.manifest(1).await.version + 1));
    month.version += 1;
    upper::commit(&*world.table, &month).await.unwrap();
    assert_eq!(world.do_work(world.month()).await.unwrap().built, 2);
    assert!(world.month_manifest().await.is_current());
    assert_eq!(month_state(&world).await, merged(&events[..3]));
}

#[tokio::test]
async fn a_late_event_makes_its_month_and_all_time_out_of_date_before_it_is_settled() {
    let (world, mut events) = settled().await;
    world.do_work(world.month()).await.unwrap();
    world.do_work(december(&world)).await.unwrap();
    let late = request("late", 26, 60);
    world.store("m2", std::slice::from_ref(&late)).await;
    // The commit itself fails: the month is out of date all the same, and what it was made of is still there.
    let manifest = format!("{} / 2026-11-02", world.owner.partition());
    world.faults.plan(move |call| (call.operation == "put" && call.key == manifest).then_some(Fault::Before));
    world.do_work(world.settle(1, Again::Nothing)).await.unwrap_err();
    world.faults.heal();
    assert!(!world.month_manifest().await.is_current());
    assert!(!world.lifetime_manifest().await.is_current());
    // Whoever marked it may never come back: a version of the day that says no more is made in its stead, and refuses it if it does.
    let version = world.manifest(1).await.version;
    assert_eq!(world.do_work(world.month()).await.unwrap().built, 2);
    assert_eq!(world.manifest(1).await.version, version + 1);
    assert_eq!(month_state(&world).await, merged(&events[..3]));
    world.run(1).await;
    assert!(!world.month_manifest().await.is_current());
    assert_eq!(world.do_work(lifetime(&world)).await.unwrap(), Done::default(), "the month that is needed is not there yet");
    assert_eq!(world.do_work(world.month()).await.unwrap().built, 2);
    events.push(late);
    assert!(world.lifetime_manifest().await.is_current());
    assert_eq!(lifetime_state(&world).await, merged(&events));
    // What they were before is deleted in time.
    world.clock.advance_millis(15 * MINUTE_MS);
    assert_eq!(world.do_work(world.month()).await.unwrap().swept, 2);
    assert_eq!(world.do_work(lifetime(&world)).await.unwrap().swept, 3, "it was built for each build of a month");
    assert!(world.lifetime_manifest().await.is_current());
    let of = |grain: &str| world.table.items().into_iter().filter(|item| item.key.partition.ends_with(grain)).count();
    assert_eq!((of("#month"), of("#lifetime")), (2, 1));
}

#[tokio::test]
async fn a_crash_while_a_month_is_built_leaves_it_to_be_built() {
    let (world, _) = settled().await;
    let before = world.faults.calls();
    world.do_work(world.month()).await.unwrap();
    for (crash, fault) in (0..world.faults.calls() - before).flat_map(|crash| [(crash, Fault::Before), (crash, Fault::After)]) {
        let (world, events) = settled().await;
        world.faults.crash_after(crash, fault);
        assert!(world.do_work(world.month()).await.is_err_and(|error| error.is_transient()), "crash {crash} {fault:?}");
        world.faults.heal();
        // Whatever is not current says so in the index of what waits, which names it to whoever looks there.
        for work in [world.month(), lifetime(&world)] {
            world.do_work(work).await.unwrap();
        }
        assert!(world.lifetime_manifest().await.is_current(), "crash {crash} {fault:?}");
        assert_eq!((month_state(&world).await, lifetime_state(&world).await), (merged(&events[..3]), merged(&events[..3])));
    }
}

#[tokio::test]
async fn a_lost_rollup_of_a_day_is_an_error_and_not_a_smaller_month() {
    let (world, _) = settled().await;
    let rollup = world.manifest(1).await.body.rollup.unwrap();
    let keys = rollups::rollup::keys(&world.owner, Bucket::Day(day(1)), (rollup.attempt, &rollup.contents.names()));
    ports::Table::delete_many(&*world.table, &keys).await.unwrap();
    let error = world.do_work(world.month()).await.unwrap_err();
    assert!(!error.is_transient(), "{error}");
    assert_eq!(world.month_manifest().await.body.rollup, None);
}
