//! What a tick tells of what waits.

use super::world::{HOUR_MS, World};
use crate::{Tick, find};
use model::Family;
use ports::{Item, Key, Table, Value};

#[tokio::test]
async fn an_empty_table_has_nothing_that_waits() {
    let world = World::new().await;
    let (summary, work) = world.tick(Tick::Minute).await.unwrap();
    assert_eq!((summary.hours(), summary.pending_partials, summary.complete), (0, 0, true));
    assert!(summary.oldest_pending_age_hours.abs() < f64::EPSILON);
    assert_eq!(work, []);
}

#[tokio::test]
async fn hours_are_counted_once_however_many_partials_they_have() {
    let world = World::new().await;
    for (hours_ago, count) in [(0, 2), (1, 1), (30, 1)] {
        world.partials(("demo", Family::Ai), hours_ago, count).await;
    }
    world.partials(("other", Family::Ai), 0, 1).await;
    world.partials(("other", Family::Sales), 0, 1).await;
    let (summary, _) = world.tick(Tick::Minute).await.unwrap();
    assert_eq!((summary.pending_hours[&Family::Ai], summary.pending_hours[&Family::Sales], summary.pending_partials), (4, 1, 6));
}

#[tokio::test]
async fn a_day_is_a_unit_of_work_with_its_hours() {
    let world = World::new().await;
    for (hours_ago, count) in [(0, 3), (2, 1), (30, 1)] {
        world.partials(("demo", Family::Ai), hours_ago, count).await;
    }
    let found = find::partials(&*world.table, 2).await.unwrap();
    let units = found.units.iter().map(|(unit, day)| {
        let counts: Vec<usize> = day.hours.values().copied().collect();
        (unit.day.to_string(), counts, day.oldest.hour.to_string())
    });
    let expected = [("2026-11-19", vec![1], "2026-11-19T23"), ("2026-11-21", vec![1, 3], "2026-11-21T03")];
    assert_eq!(units.collect::<Vec<_>>(), expected.map(|(day, counts, oldest)| (day.to_owned(), counts, oldest.to_owned())));
}

#[tokio::test]
async fn the_age_is_that_of_waiting_and_not_of_the_hour() {
    let world = World::new().await;
    world.partial(("demo", Family::Ai), (2, 2), "1").await;
    let years = 20 * 365 * 24;
    world.partial(("demo", Family::Sales), (years, 1), "2").await;
    let (summary, _) = world.tick(Tick::Minute).await.unwrap();
    assert!((summary.oldest_pending_age_hours - 2.0).abs() < 0.01, "an import of old sales waits as long as any other: {summary:?}");
    assert!(!summary.is_older_than(30));
    world.partial(("demo", Family::Sales), (years + 1, 31), "3").await;
    assert!(world.tick(Tick::Minute).await.unwrap().0.is_older_than(30));
}

#[tokio::test]
async fn what_is_no_partial_is_left_out() {
    let world = World::new().await;
    world.partials(("demo", Family::Ai), 0, 1).await;
    let other = Item::new(Key::new("T#demo#M#ai", "2026-11-21")).with("pending", Value::Text("P03".into()));
    world.table.put(other, ports::Condition::Always).await.unwrap();
    assert_eq!(world.tick(Tick::Minute).await.unwrap().0.pending_partials, 1);
}

#[tokio::test]
async fn a_tick_reads_no_more_than_it_may_and_says_so() {
    let world = World::new().await;
    world.partials(("demo", Family::Engagement), 0, 20_000).await;
    let calls = world.faults.calls();
    let (summary, work) = world.tick(Tick::Minute).await.unwrap();
    assert!(!summary.complete);
    assert!(summary.pending_partials > 10_000, "{summary:?}");
    // A page of each other shard and two of the full one; the oldest partial; whether it is due; the queue's depth, and one message; and
    // a page of each shard of jobs; which tenants have budgets; and what is due of reports.
    assert_eq!(world.faults.calls() - calls, (15 + 2) + 1 + 2 + 2 + 16 + 1 + 1);
    assert_eq!(work.len(), 1);
    world.clock.advance_millis(24 * HOUR_MS);
    assert!(world.tick(Tick::Hourly).await.unwrap().0.complete, "the hourly look reads more");
}

#[tokio::test]
async fn a_table_that_does_not_answer_fails_the_tick() {
    let world = World::new().await;
    world.faults.down("table");
    assert!(world.tick(Tick::Minute).await.is_err());
}
