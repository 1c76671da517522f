//! What every answer says of how far its numbers are settled.

use crate::events::ai;
use crate::world::{Who, World, at};
use serde_json::{Value, json};

const PATH: &str = "/usage/user/ann?startDate=2026-11-17T00:30:00Z&endDate=2026-11-19T10:30:00Z";

async fn ask(world: &World, path: &str) -> (Value, Value) {
    let body = world.get(Who::Admin, path).await.json();
    (body["totalTokens"].clone(), body["meta"]["settledThrough"].clone())
}

#[tokio::test]
async fn numbers_are_exact_up_to_the_moment_that_an_answer_names() {
    let world = World::new().await;
    assert_eq!(ask(&world, PATH).await, (json!(0), json!("2026-11-19T09:30:00.000Z")), "nothing waits; the hour of the tenant is open");
    let early = ai("ann", "gpt-4", "2026-11-17T20:00:00Z", (100, 0));
    world.store("acme", vec![early.clone(), ai("ann", "gpt-4", "2026-11-19T10:00:00Z", (2000, 0))]).await;
    world.store("acme", vec![early, ai("bob", "gpt-4", "2026-11-17T20:10:00Z", (5, 0))]).await;
    assert_eq!(ask(&world, PATH).await, (json!(2200), json!("2026-11-17T19:30:00.000Z")), "sent twice, and not settled yet");
    world.settle("acme", "2026-11-17").await;
    assert_eq!(ask(&world, PATH).await, (json!(2100), json!("2026-11-19T09:30:00.000Z")), "counted once");
    world.settle("acme", "2026-11-19").await;
    assert_eq!(ask(&world, PATH).await, (json!(2100), json!("2026-11-19T09:30:00.000Z")));
    let unsettled = "/usage/user/ann?startDate=2026-11-19T09:40:00Z&endDate=2026-11-19T10:30:00Z";
    assert_eq!(ask(&world, unsettled).await, (json!(2000), Value::Null), "of an hour that is not over nothing is");
}

#[tokio::test]
async fn every_endpoint_says_how_far_it_is_settled() {
    let world = World::new().await;
    world.store("acme", vec![ai("ann", "gpt-4", "2026-11-18T09:00:00Z", (100, 0))]).await;
    for path in ["/usage/user/ann", "/costs/user/ann", "/metrics/dashboard", "/metrics/timeseries?metric=tokens"] {
        let meta = world.get(Who::Admin, path).await.json()["meta"].clone();
        assert_eq!(meta["settledThrough"], "2026-11-18T08:30:00.000Z", "{path}");
    }
    let sales = world.get(Who::Admin, "/api/analytics/sales/stats").await.json()["meta"].clone();
    assert_eq!(sales["settledThrough"], "2026-11-19T09:30:00.000Z", "another family, of which nothing waits");
    world.settle("acme", "2026-11-18").await;
    for path in ["/usage/user/ann", "/costs/user/ann", "/metrics/dashboard", "/metrics/timeseries?metric=tokens"] {
        let meta = world.get(Who::Admin, path).await.json()["meta"].clone();
        assert_eq!(meta["settledThrough"], "2026-11-19T09:30:00.000Z", "{path}");
    }
}

#[tokio::test]
async fn hours_that_are_kept_by_day_only_are_told_of() {
    let world = World::new().await;
    world.store("acme", vec![ai("ann", "gpt-4", "2026-11-17T20:00:00Z", (100, 0))]).await;
    world.settle("acme", "2026-11-17").await;
    world.clock.set(at("2029-11-17T20:00:00Z"));
    let series = async |granularity: &str| {
        let path = format!(
            "/metrics/timeseries?metric=tokens&startDate=2026-11-17T00:30:00Z&endDate=2026-11-18T00:30:00Z&granularity={granularity}"
        );
        let body = world.get(Who::Admin, &path).await.json();
        let sum: i64 = body["data"].as_array().unwrap().iter().map(|point| point["value"].as_i64().unwrap()).sum();
        (sum, body["meta"]["notes"][0].as_str().unwrap_or_default().to_owned())
    };
    let (hourly, note) = series("hour").await;
    assert!(hourly == 0 && note.contains("kept by day only"), "{hourly} {note}");
    assert_eq!(series("week").await.0, 100);
}
