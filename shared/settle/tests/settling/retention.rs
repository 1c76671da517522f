//! Events for hours whose log, or whose rollups, have expired.

use crate::world::*;
use rollups::Bucket;
use settle::{Again, Done};

#[tokio::test]
async fn an_event_for_an_hour_whose_log_has_expired_is_merged_with_the_rollup() {
    let world = World::new().await;
    let events = [request("a", 1, 10), request("b", 1, 20), request("c", 1, 30)];
    world.store("m1", &events[..1]).await;
    world.run(0).await;
    world.clock.advance_millis(89 * DAY_MS);
    // The bucket removes it a day later.
    let log = world.manifest(0).await.body.hours[&hour(1)].log.clone().unwrap();
    ports::Bucket::delete(&*world.bucket, &world.log_object(0, (log.attempt, 0))).await.unwrap();
    world.store("m2", &events[1..2]).await;
    assert_eq!(world.run(0).await.hours, 1);
    let entry = world.manifest(0).await.body.hours[&hour(1)].clone();
    assert_eq!(world.hours(0).await, folded(&events[..2]));
    assert_eq!(world.state(Bucket::HourBase(hour(1)), &entry.base.unwrap()).await, merged(&events[..1]));
    assert_eq!((entry.events, entry.first, entry.last), (1, events[0].time, events[1].time));
    assert_eq!(entry.absorbed.len(), 2);

    // What comes after it is settled with the new log, over the same base: a repeat of what the log has is known.
    world.clock.advance_millis(DAY_MS);
    world.store("m3", &events[1..]).await;
    let done = world.run(0).await;
    assert_eq!((done.events, done.copies), (2, 1));
    assert_eq!(world.hours(0).await, folded(&events));
    let entry = world.manifest(0).await.body.hours[&hour(1)].clone();
    assert_eq!(entry.base.as_ref().unwrap().attempt, entry.rollup.attempt, "what stands for it expires when it does");
}

#[tokio::test]
async fn hours_whose_log_has_expired_are_not_settled_again_when_asked() {
    let world = World::new().await;
    world.store("m1", &[request("a", 1, 10)]).await;
    world.run(0).await;
    world.clock.advance_millis(100 * DAY_MS);
    world.do_work(world.sweep(0)).await.unwrap();
    let version = world.manifest(0).await.version;
    for again in [Again::Hours(vec![hour(1)]), Again::Before { configuration: 5 }] {
        let done = world.do_work(world.settle(0, again)).await.unwrap();
        assert_eq!((done.hours, done.built), (0, 0));
    }
    assert_eq!(world.manifest(0).await.version, version);
}

#[tokio::test]
async fn the_rollup_of_a_day_stands_for_hours_whose_own_have_expired() {
    let world = World::new().await;
    let events = [request("a", 1, 10), request("b", 2, 20), request("c", 1, 30), request("d", 3, 40)];
    world.store("m1", &events[..2]).await;
    world.clock.advance_millis(DAY_MS);
    world.run(0).await;
    for _ in 0..2 {
        world.do_work(world.sweep(0)).await.unwrap();
        world.clock.advance_millis(DAY_MS);
    }
    world.clock.advance_millis(730 * DAY_MS);
    // Their items are gone by now.
    let expired = world.table.items().into_iter().filter(|item| item.number("expires_at").is_some_and(|at| at <= ports_now(&world)));
    let expired: Vec<_> = expired.map(|item| item.key).collect();
    assert_eq!(expired.len(), 2);
    ports::Table::delete_many(&*world.table, &expired).await.unwrap();

    world.store("m2", &events[2..3]).await;
    let done = world.run(0).await;
    assert_eq!((done.hours, done.built), (1, 1));
    let body = world.manifest(0).await.body;
    assert_eq!(world.hours(0).await, folded(&events[2..3]));
    assert_eq!(world.state(Bucket::DayBase(day(0)), body.base.as_ref().unwrap()).await, merged(&events[..2]));
    assert_eq!(world.state(Bucket::Day(day(0)), body.rollup.as_ref().unwrap()).await, merged(&events[..3]));

    world.store("m3", &events[3..]).await;
    world.run(0).await;
    let after = world.manifest(0).await.body;
    assert_eq!(after.base, body.base, "it stays where it is");
    assert_eq!(world.state(Bucket::Day(day(0)), after.rollup.as_ref().unwrap()).await, merged(&events));
}

#[tokio::test]
async fn hours_of_an_expired_day_wait_while_it_remembers_segments_whose_partials_may_be_seen() {
    let world = World::new().await;
    let events = [request("a", 1, 10), request("b", 2, 20)];
    world.store("m1", &events[..1]).await;
    world.clock.advance_millis(DAY_MS);
    world.run(0).await;
    world.clock.advance_millis(730 * DAY_MS);
    world.store("m2", &events[1..]).await;
    let done = world.run(0).await;
    assert_eq!((done.hours, done.put_off), (0, 1));
    world.clock.advance_millis(HOUR_MS);
    world.do_work(world.sweep(0)).await.unwrap();
    assert_eq!(world.run(0).await.hours, 1);
    let rollup = world.manifest(0).await.body.rollup.unwrap();
    assert_eq!(world.state(Bucket::Day(day(0)), &rollup).await, merged(&events));
    assert_eq!(world.run(0).await, Done::default());
}

fn ports_now(world: &World) -> i64 {
    ports::Clock::now(&*world.clock).as_seconds()
}
