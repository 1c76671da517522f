//! `GET /api/metrics/dashboard`, `/api/metrics/summary` and `/api/metrics/top-metrics`.

use crate::events::{act, ai, life, measured, sale, then};
use crate::series::{DAYS, SETTLED};
use crate::world::{Who, World};
use http::StatusCode;
use model::event::{Engagement, Measurement};
use serde_json::{Value, json};

const HAIKU: &str = "claude-3-haiku-20240307";
const SUNDAY: &str = "2026-11-01T10:00:00Z";
const MONDAY: &str = "2026-11-02T10:00:00Z";

/// Five events on Sunday, November 1, and nine on Monday.
async fn world() -> World {
    let world = World::new().await;
    let home = || Engagement { page: Some("Home".to_owned()), ..Engagement::default() };
    let failed =
        Measurement { endpoint: Some("/".to_owned()), status_code: Some(500), response_time_us: Some(10_000), ..Measurement::default() };
    let events = vec![
        ai("ann", "gpt-4", SUNDAY, (100, 10)),
        act("bob", "s", SUNDAY, home()),
        act("bob", "s", SUNDAY, home()),
        then(SUNDAY, sale("ann", "purchase", "completed", (999, "USD"))),
        life("generation.started", SUNDAY, ""),
        ai("ann", "gpt-4", MONDAY, (100, 10)),
        ai("bob", HAIKU, MONDAY, (1000, 200)),
        act("ann", "t", MONDAY, home()),
        then(MONDAY, sale("carl", "purchase", "completed", (1000, "INR"))),
        then(MONDAY, sale("carl", "refund", "completed", (500, "INR"))),
        measured("", MONDAY, failed),
        life("generation.started", MONDAY, ""),
        life("build.triggered", MONDAY, ""),
        life("user.created", MONDAY, ""),
    ];
    world.store("acme", events).await;
    world.store("other", vec![ai("ann", "gpt-4", MONDAY, (7, 7))]).await;
    world
}

fn change(value: impl Into<Value>, before: impl Into<Value>, change: impl Into<Value>) -> Value {
    json!({"value": value.into(), "before": before.into(), "change": change.into()})
}

#[tokio::test]
async fn all_families_are_told_against_the_span_before() {
    let world = world().await;
    for _ in 0..2 {
        let glance = world.numbers("/api/metrics/dashboard?startDate=2026-11-02&endDate=2026-11-02&timezone=Asia/Kolkata").await;
        assert_eq!(glance["activeUsers"], change(3, 2, 50));
        assert_eq!(glance["events"], change(9, 5, 80));
        let ai = &glance["ai"];
        assert_eq!((&ai["requests"], &ai["tokens"]), (&change(2, 1, 100), &change(1310, 110, 1090.91)));
        assert_eq!((&ai["cost"], &ai["latency"]), (&change(0.0041, 0.0036, 13.89), &change(Value::Null, Value::Null, Value::Null)));
        assert_eq!(glance["engagement"], json!({"events": change(1, 2, -50), "users": change(1, 1, 0), "sessions": change(1, 1, 0)}));
        let sales = json!({
            "transactions": change(2, 1, 100), "orders": change(1, 1, 0), "refunds": change(1, 0, 100),
            "revenue": {"INR": change(10, 0, 100), "USD": change(0, 9.99, -100)},
            "refundAmount": {"INR": change(5, 0, 100)},
        });
        assert_eq!(glance["sales"], sales);
        let performance = &glance["performance"];
        assert_eq!((&performance["errors"], &performance["errorRate"]), (&change(1, 0, 100), &change(1, Value::Null, Value::Null)));
        let platform = json!({
            "events": change(3, 1, 200), "generations": change(1, 1, 0), "builds": change(1, 0, 100), "signUps": change(1, 0, 100),
        });
        assert_eq!(glance["platform"], platform);
        assert_eq!(glance["before"], json!({"from": "2026-10-31T18:30:00.000Z", "to": "2026-11-01T18:30:00.000Z"}));
        world.settle_all("acme", &SETTLED).await;
    }
}

#[tokio::test]
async fn a_summary_has_every_bucket_of_every_family() {
    let world = world().await;
    let summary = async |query: &str| world.numbers(&format!("/api/metrics/summary?{DAYS}&{query}")).await["data"].clone();
    for _ in 0..2 {
        let days = summary("groupBy=day").await;
        assert_eq!(days.as_array().unwrap().len(), 3);
        assert_eq!(days[0]["timestamp"], "2026-10-30T18:30:00.000Z");
        let nothing = json!({"transactions": 0, "orders": 0, "refunds": 0, "revenue": {}, "refundAmount": {}});
        assert_eq!((&days[0]["events"], &days[0]["sales"], &days[0]["performance"]["errorRate"]), (&json!(0), &nothing, &Value::Null));
        let sunday = json!({"transactions": 1, "orders": 1, "refunds": 0, "revenue": {"USD": 9.99}, "refundAmount": {}});
        assert_eq!((&days[1]["events"], &days[1]["sales"], &days[1]["engagement"]["events"]), (&json!(5), &sunday, &json!(2)));
        let monday = json!({"transactions": 2, "orders": 1, "refunds": 1, "revenue": {"INR": 10}, "refundAmount": {"INR": 5}});
        assert_eq!((&days[2]["events"], &days[2]["activeUsers"], &days[2]["sales"]), (&json!(9), &json!(3), &monday));
        assert_eq!(days[2]["ai"], json!({"requests": 2, "failures": 0, "tokens": 1310, "cost": 0.0041}));
        assert_eq!(days[2]["platform"], json!({"events": 3, "generations": 1, "builds": 1, "signUps": 1}));
        assert_eq!((&days[2]["performance"]["errors"], &days[2]["performance"]["errorRate"]), (&json!(1), &json!(1)));
        for (grain, expect) in [("week", vec![5, 9]), ("month", vec![0, 14])] {
            let buckets = summary(&format!("groupBy={grain}")).await;
            let events: Vec<&Value> = buckets.as_array().unwrap().iter().map(|bucket| &bucket["events"]).collect();
            assert_eq!(events, expect, "{grain}");
        }
        let hours = summary("groupBy=hour").await;
        let busy: Vec<&Value> =
            hours.as_array().unwrap().iter().filter(|hour| hour["events"] != 0).map(|hour| &hour["timestamp"]).collect();
        assert_eq!(
            (hours.as_array().unwrap().len(), busy),
            (72, vec![&json!("2026-11-01T09:30:00.000Z"), &json!("2026-11-02T09:30:00.000Z")])
        );
        world.settle_all("acme", &SETTLED).await;
    }
}

#[tokio::test]
async fn a_summary_can_be_by_more_than_time() {
    let world = world().await;
    let answer = world.numbers(&format!("/api/metrics/summary?{DAYS}&groupBy=day,project")).await;
    assert_eq!(answer["data"].as_array().unwrap().len(), 3);
    let monday = answer["groups"]["data"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(monday, json!({"day": "2026-11-02", "project": "shop", "events": 9, "users": 3}));
    let days = world.numbers(&format!("/api/metrics/summary?{DAYS}&groupBy=day")).await;
    assert!(days["groups"].is_null(), "time alone adds no rows");
    let conflict = world.get(Who::Admin, "/api/metrics/summary?groupBy=day&granularity=hour").await;
    assert_eq!(conflict.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn rankings_show_what_there_is_most_of() {
    let world = world().await;
    let top = async |query: &str| world.numbers(&format!("/api/metrics/top-metrics?{DAYS}&metric={query}")).await;
    let names = |top: &Value| -> Vec<(String, Value)> {
        let rows = top["data"].as_array().unwrap().iter();
        rows.map(|row| (row["name"].as_str().unwrap().to_owned(), row["value"].clone())).collect()
    };
    let pairs_of = |pairs: &[(&str, i64)]| pairs.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect::<Vec<_>>();
    for _ in 0..2 {
        let models = top("ai-models").await;
        let expect = json!({
            "metric": "ai-models", "by": "requests", "total": 3,
            "data": [
                {"rank": 1, "name": "gpt-4", "value": 2, "share": 66.67, "numbers": {"failures": 0, "tokens": 220, "cost": 0.0072, "users": 1}},
                {"rank": 2, "name": HAIKU, "value": 1, "share": 33.33, "numbers": {"failures": 0, "tokens": 1200, "cost": 0.0005, "users": 1}},
            ],
        });
        assert_eq!(models, expect);
        assert_eq!(names(&top("ai-models&limit=1").await), pairs_of(&[("gpt-4", 2)]));
        assert_eq!(names(&top("pages").await), pairs_of(&[("Home", 3)]));
        assert_eq!(names(&top("users").await), pairs_of(&[("ann", 8), ("bob", 3), ("carl", 2)]));
        assert_eq!(names(&top("users&limit=2").await), pairs_of(&[("ann", 8), ("bob", 3)]));
        assert_eq!(top("users").await["total"], 14, "also what nobody did");
        assert_eq!(names(&top("projects").await), pairs_of(&[("shop", 14)]));
        assert_eq!(names(&top("endpoints").await), pairs_of(&[("/", 1)]));
        assert_eq!(names(&top("events").await), pairs_of(&[("screen_view", 3)]));
        for metric in ["plans", "features"] {
            assert_eq!(names(&top(metric).await), [], "what has no name is not ranked");
        }
        world.settle_all("acme", &SETTLED).await;
    }
}

#[tokio::test]
async fn a_glance_is_for_admins_of_its_tenant_and_zero_where_there_was_nothing() {
    let world = world().await;
    for path in ["/api/metrics/dashboard", "/api/metrics/summary", "/api/metrics/top-metrics?metric=users"] {
        for who in [Who::User("ann"), Who::Key] {
            assert_eq!(world.get(who, path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
    }
    let other = world.get(Who::OtherAdmin, "/api/metrics/dashboard?startDate=2026-11-02&endDate=2026-11-02").await.numbers();
    assert_eq!((&other["ai"]["tokens"], &other["events"]), (&change(14, 0, 100), &change(1, 0, 100)));
    let long_ago = "startDate=2025-01-01&endDate=2025-01-02";
    assert_eq!(world.numbers(&format!("/api/metrics/dashboard?{long_ago}")).await["events"], change(0, 0, 0));
    assert_eq!(world.numbers(&format!("/api/metrics/summary?{long_ago}&groupBy=day")).await["data"].as_array().unwrap().len(), 2);
    assert_eq!(world.numbers(&format!("/api/metrics/top-metrics?{long_ago}&metric=users")).await["data"], json!([]));
    for query in ["", "metric=fun", "metric=users&limit=0"] {
        assert_eq!(world.get(Who::Admin, &format!("/api/metrics/top-metrics?{query}")).await.status, StatusCode::BAD_REQUEST, "{query}");
    }
}
