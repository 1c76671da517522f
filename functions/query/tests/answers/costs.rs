//! `GET /costs/user/{userId}`.

use crate::events::ai;
use crate::world::{Who, World, at};
use serde_json::json;

/// 15 USD a million tokens read, 75 written.
const OPUS: &str = "claude-3-opus-20240229";
/// 0.25 and 1.25.
const HAIKU: &str = "claude-3-haiku-20240307";

const METHOD: &str = "the cost of the calendar month so far, divided by its days so far (today included), times all of its days: there are \
     fewer than 21 days before today to forecast from, and no interval";

async fn world() -> World {
    let world = World::new().await;
    let events = vec![
        ai("ann", OPUS, "2026-11-18T09:00:00Z", (1000, 100)),
        ai("ann", HAIKU, "2026-11-19T09:00:00Z", (3, 1)),
        ai("ann", "made-up-model", "2026-11-19T09:00:00Z", (50, 50)),
        ai("ann", OPUS, "2026-10-31T09:00:00Z", (2000, 0)),
        ai("bob", OPUS, "2026-11-18T09:00:00Z", (9999, 9999)),
    ];
    world.store("acme", events).await;
    world.store("other", vec![ai("ann", OPUS, "2026-11-18T09:00:00Z", (7, 7))]).await;
    world
}

#[tokio::test]
async fn costs_are_exact_by_model_and_day_and_projected_for_the_month() {
    let world = world().await;
    let expect = json!({
        "totalCost": 0.022_502, "inputCost": 0.015_000_75, "outputCost": 0.007_501_25,
        "byModel": {
            OPUS: {"inputCost": 0.015, "outputCost": 0.0075, "totalCost": 0.0225},
            HAIKU: {"inputCost": 0.000_000_75, "outputCost": 0.000_001_25, "totalCost": 0.000_002},
            "made-up-model": {"inputCost": 0, "outputCost": 0, "totalCost": 0},
        },
        "byDay": [
            {"date": "2026-11-19", "cost": 0.000_002, "tokens": 104},
            {"date": "2026-11-18", "cost": 0.0225, "tokens": 1100},
        ],
        // 0.022502 in 19 of 30 days.
        "projectedMonthly": 0.035_529_473_684,
        "projection": {"value": 0.035_529_473_684, "soFar": 0.022_502, "interval": null, "method": METHOD},
        "unpricedModels": ["made-up-model"],
    });
    for who in [Who::Admin, Who::User("ann")] {
        let answer = world.get(who, "/costs/user/ann?period=7d").await;
        assert_eq!(answer.numbers(), expect);
        assert!(answer.text.contains("\"totalCost\":0.022502,\"inputCost\":0.01500075,"), "{}", answer.text);
    }
    assert!(world.get(Who::User("bob"), "/costs/user/ann").await.status.is_client_error());
}

#[tokio::test]
async fn the_projection_is_of_this_month_whatever_time_is_asked_about() {
    let world = world().await;
    let october = world.numbers("/costs/user/ann?startDate=2026-10-01&endDate=2026-10-31").await;
    assert_eq!((&october["totalCost"], &october["projectedMonthly"]), (&json!(0.03), &json!(0.035_529_473_684)));
    world.clock.set(at("2026-12-01T00:00:00Z"));
    let december = world.numbers("/costs/user/ann?period=90d").await["projectedMonthly"].clone();
    assert_eq!(december, world.numbers("/costs/user/ann?period=7d").await["projectedMonthly"]);
    // In Kolkata, December has begun by then; in New York it has not.
    world.clock.set(at("2026-11-30T19:00:00Z"));
    let kolkata = world.numbers("/costs/user/ann?period=7d&timezone=Asia/Kolkata").await["projectedMonthly"].clone();
    let new_york = world.numbers("/costs/user/ann?period=7d&timezone=America/New_York").await["projectedMonthly"].clone();
    assert_ne!((&kolkata, &new_york), (&december, &december));
    assert_ne!(kolkata, new_york);
}

#[tokio::test]
async fn the_costs_of_a_user_of_the_same_name_elsewhere_are_not_told() {
    let world = world().await;
    assert_eq!(world.get(Who::OtherAdmin, "/costs/user/ann?period=7d").await.numbers()["totalCost"], 0.00063);
    assert_eq!(world.get(Who::OtherAdmin, "/costs/user/bob?period=7d").await.numbers()["totalCost"], 0);
}

#[tokio::test]
async fn a_month_with_weeks_before_it_is_forecast_and_told_how_surely() {
    let world = World::new().await;
    let day = |ago: i64| at("2026-11-19T09:00:00Z").plus_millis(-ago * 86_400_000).to_string();
    let events = (1..=60).map(|ago| ai("ann", OPUS, &day(ago), (1_000_000 * (1 + ago % 2), 0)));
    world.store("acme", events.collect()).await;
    let costs = world.numbers("/costs/user/ann?period=7d").await;
    let projection = &costs["projection"];
    let [value, low, high] =
        [&projection["value"], &projection["interval"]["low"], &projection["interval"]["high"]].map(|number| number.as_f64().unwrap());
    assert_eq!((&costs["projectedMonthly"], &projection["interval"]["level"]), (&projection["value"], &serde_json::json!(0.8)));
    // 18 days of 15 and 30 dollars, and 12 more of about 22.50.
    assert!((620.0..=730.0).contains(&value) && low <= value && value <= high && high - low < 200.0, "{projection}");
    assert!(projection["method"].as_str().unwrap().contains("exponential smoothing"));
    let providers = world.numbers("/api/analytics/providers/costs?period=7d").await;
    assert_eq!(&providers["projectedMonthly"], projection);
}
