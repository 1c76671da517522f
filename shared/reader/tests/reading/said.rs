//! What is said of answers: how far they are settled, and what was given up.

use crate::world::{Settle, World, at, day, entry, hour, input_tokens, range, request};
use cube::FamilyState;
use cube::query::MetricQuery;
use model::Event;
use rollups::Bucket;

#[tokio::test]
async fn numbers_are_settled_up_to_the_first_hour_that_has_more() {
    let world = World::new();
    let through = async |from, to| world.read(input_tokens(range(from, to))).await.settled_through;
    assert_eq!(through(0, 48).await, Some(at(48)), "nothing waits to be settled");
    let segment = world.store(&[request("ann", 1, 10), request("ann", 30, 200)]).await;
    assert_eq!(through(0, 48).await, Some(at(1)));
    assert_eq!(through(1, 48).await, None, "not even the first hour is settled");
    assert_eq!(through(2, 48).await, Some(at(30)));
    world.settle(day(0), Settle::of(&[&segment]).leaving_partials()).await;
    assert_eq!(through(0, 48).await, Some(at(30)));
    world.settle(day(24), Settle::of(&[&segment])).await;
    assert_eq!(through(0, 48).await, Some(at(48)));
    let now = async |now| world.read_at(world.table.clone(), "acme", (&[input_tokens(range(0, 48))], now)).await.unwrap().settled_through;
    assert_eq!(now(at(40).plus_millis(20 * 60_000)).await, Some(at(40)), "an hour that is not over is not settled");
    assert_eq!(now(at(0)).await, None);
}

#[tokio::test]
async fn late_events_that_were_merged_into_an_hour_without_a_log_are_told_of() {
    let world = World::new();
    let segment = world.store(&[request("ann", 1, 10), request("ann", 2, 200)]).await;
    let mut manifest = world.settle(day(0), Settle::of(&[&segment])).await;
    assert!(!world.read(input_tokens(range(0, 24))).await.merged);
    let rollup = manifest.body.hours[&hour(1)].rollup.clone();
    manifest.body.hours.insert(hour(1), rollups::HourEntry { base: Some(rollup.clone()), ..entry(rollup) });
    manifest.version += 1;
    world.commit(&manifest).await;
    assert!(world.read(input_tokens(range(0, 24))).await.merged);
    assert!(world.read(input_tokens(range(1, 2))).await.merged);
    assert!(!world.read(input_tokens(range(2, 24))).await.merged, "hours that are not read say nothing");
}

#[tokio::test]
async fn what_a_cap_has_given_up_is_told_of_the_cubes_that_were_asked() {
    let world = World::new();
    let events: Vec<Event> = (0..2500).map(|n| Event { plan: Some(format!("plan-{n}")), ..request("ann", 1, n) }).collect();
    let segment = world.store(&events).await;
    let mut manifest = world.settle(day(0), Settle::of(&[&segment]).open()).await;
    let reading = world.read(MetricQuery::new("ai_requests", &["requests"], range(0, 24))).await;
    let dropped = reading.dropped["ai_requests"];
    assert!(dropped.cells >= 500 && dropped.largest == 1, "{dropped:?}");
    assert!(world.read(MetricQuery::new("ai_users", &["requests"], range(0, 24))).await.dropped.is_empty(), "a keyed cube has no cap");

    let small = world.write(&manifest.owner, Bucket::Hour(hour(1)), FamilyState::empty(manifest.owner.family)).await;
    manifest.body.hours.insert(hour(1), entry(small));
    manifest.version += 1;
    world.commit(&manifest).await;
    assert!(world.read(MetricQuery::new("ai_requests", &["requests"], range(0, 24))).await.dropped.is_empty());
}
