//! What becomes of the work that the queue delivers.

use super::world::{HOUR_MS, World, today};
use crate::{Aggregate, Tick};
use model::Family;
use ports::Clock;
use serde_json::{Value, json};
use settle::Rules;

fn settle(tenant: &str) -> String {
    json!({"kind": "settle", "tenant": tenant, "family": "engagement", "day": today().to_string()}).to_string()
}

#[tokio::test]
async fn what_a_tick_sends_is_settled_and_waits_no_more() {
    let world = World::new().await;
    world.stored("demo", &[28, 30]).await;
    let (before, _) = world.tick(Tick::Daily).await.unwrap();
    assert_eq!((before.pending_partials, before.sent), (2, 2));
    for body in world.queue.drain() {
        assert!(world.deliver([("m1", body)], HOUR_MS).await.is_empty());
    }
    let (after, _) = world.tick(Tick::Daily).await.unwrap();
    assert_eq!((after.pending_partials, after.hours()), (0, 0));
}

#[tokio::test]
async fn a_message_that_is_no_work_fails_alone() {
    let world = World::new().await;
    world.stored("demo", &[3]).await;
    let failed = world.deliver([("bad", "{}".into()), ("good", settle("demo")), ("worse", "work".into())], HOUR_MS).await;
    assert_eq!(failed, ["bad", "worse"]);
    assert_eq!(world.manifest("demo", Family::Engagement).await.body.hours.len(), 1);
}

#[tokio::test]
async fn one_tenants_failure_stops_nobody() {
    let world = World::new().await;
    for tenant in ["demo", "other"] {
        world.stored(tenant, &[3]).await;
    }
    world.spoil("T#demo#M#engagement", &today().to_string()).await;
    let failed = world.deliver([("demo", settle("demo")), ("nobody", settle("nobody")), ("other", settle("other"))], HOUR_MS).await;
    assert_eq!(failed, ["demo", "nobody"]);
    assert_eq!(world.manifest("other", Family::Engagement).await.body.hours.len(), 1);
}

/// A day of 24 hours, each a round of its own; after some rounds `settle` answers that there is more to do.
async fn long_day() -> (World, String) {
    let world = World::with(Rules { round_events: 1, ..Rules::default() }).await;
    world.stored("demo", &(6..30).collect::<Vec<_>>()).await;
    let day = model::Day::from_index(today().index() - 1);
    (world, json!({"kind": "settle", "tenant": "demo", "family": "engagement", "day": day.to_string()}).to_string())
}

#[tokio::test]
async fn a_long_day_is_settled_in_one_go_where_there_is_time() {
    let (world, settle) = long_day().await;
    assert!(world.deliver([("m1", settle)], HOUR_MS).await.is_empty());
    assert_eq!(world.tick(Tick::Minute).await.unwrap().0.pending_partials, 0);
    assert!(world.queue.bodies().is_empty());
}

#[tokio::test]
async fn what_there_is_no_time_for_goes_back_to_the_queue() {
    let (world, settle) = long_day().await;
    assert!(world.deliver([("m1", settle)], 1_000).await.is_empty());
    let pending = world.tick(Tick::Minute).await.unwrap().0.pending_partials;
    assert!((1..24).contains(&pending), "some rounds are always made: {pending}");
    let [rest] = world.queue.drain().try_into().unwrap();
    assert_eq!(serde_json::from_str::<Value>(&rest).unwrap()["kind"], "settle");
    assert!(world.deliver([("m2", rest)], 1_000).await.is_empty());
    assert_eq!(world.tick(Tick::Minute).await.unwrap().0.pending_partials, 0);
}

#[tokio::test]
async fn a_message_whose_rest_is_not_taken_is_delivered_again() {
    let (world, settle) = long_day().await;
    world.queue.refuse_next(&[0]);
    assert_eq!(world.deliver([("m1", settle)], 1_000).await, ["m1"]);
}

#[tokio::test]
async fn both_triggers_come_to_one_handler() {
    let world = World::new().await;
    let aggregate: &Aggregate = &world.aggregate;
    let deadline = world.clock.now().plus_millis(HOUR_MS);
    let answer = aggregate.handle(json!({"tick": "weekly"}), deadline).await.unwrap();
    assert_eq!((&answer["tick"], &answer["sent"], &answer["heldBack"]), (&json!("weekly"), &json!(0), &json!(false)));
    let batch = json!({"Records": [{"messageId": "m1", "body": "?"}]});
    assert_eq!(aggregate.handle(batch, deadline).await.unwrap(), json!({"batchItemFailures": [{"itemIdentifier": "m1"}]}));
    assert!(aggregate.handle(json!({"tick": "yearly"}), deadline).await.is_err());
}
