//! `GET /api/analytics/{dashboard,metrics,services,models,timeseries,users/top,my-usage}`.

use crate::events::{on, request};
use crate::world::{Who, World, at};
use access::ReadLimits;
use http::StatusCode;
use model::Event;
use model::event::{AiUse, Tokens};
use serde_json::{Value, json};

pub const HAIKU: &str = "claude-3-haiku-20240307";
/// Eight days, of which the eight before have one request.
pub const DAYS: &str = "startDate=2026-11-11&endDate=2026-11-18";
const PATHS: [&str; 6] = [
    "/api/analytics/dashboard",
    "/api/analytics/metrics",
    "/api/analytics/services",
    "/api/analytics/models",
    "/api/analytics/timeseries",
    "/api/analytics/users/top",
];

fn asked(service: &str, model: &str, (input, output): (i64, i64)) -> AiUse {
    AiUse {
        model: Some(model.into()),
        service: (!service.is_empty()).then(|| service.into()),
        status: Some("completed".into()),
        tokens: Tokens { input, output, ..Tokens::default() },
        ..AiUse::default()
    }
}

/// gpt-4 costs 30 USD a million tokens read and 60 written; haiku 0.25 and 1.25.
fn events() -> Vec<Event> {
    let ann = AiUse { latency_ms: Some(100), credits_micros: Some(2_000_000), ..asked("editor", "gpt-4", (1000, 100)) };
    let failed = AiUse { status: Some("failed".into()), latency_ms: Some(300), ..asked("editor", "gpt-4", (0, 0)) };
    let bob = AiUse { latency_ms: Some(200), credits_micros: Some(750_000), ..asked("assistant", HAIKU, (2000, 400)) };
    vec![
        on("pro", request("ann", "2026-11-18T09:00:00Z", ann)),
        on("pro", request("ann", "2026-11-18T10:00:00Z", failed)),
        request("bob", "2026-11-18T11:00:00Z", bob.clone()),
        request("bob", "2026-11-17T19:00:00Z", bob),
        request("", "2026-11-18T12:00:00Z", asked("", "gpt-4", (1000, 0))),
        request("ann", "2026-11-10T09:00:00Z", asked("editor", "gpt-4", (1000, 100))),
    ]
}

pub async fn world() -> World {
    let world = World::with_limits(ReadLimits { user: 100, admin: 10_000 }).await;
    world.store("acme", events()).await;
    world
}

async fn settle(world: &World) {
    for day in ["2026-11-18", "2026-11-17", "2026-11-10"] {
        world.settle("acme", day).await;
    }
}

#[tokio::test]
async fn metrics_are_totals_against_the_span_before_and_by_provider() {
    let world = world().await;
    let change = |value: Value, before: Value, change: Value| json!({"value": value, "before": before, "change": change});
    let expect = json!({
        "requests": change(json!(5), json!(1), json!(400)),
        "failures": change(json!(1), json!(0), json!(100)),
        "errorRate": change(json!(0.2), json!(0), json!(100)),
        "inputTokens": change(json!(6000), json!(1000), json!(500)),
        "outputTokens": change(json!(900), json!(100), json!(800)),
        "tokens": change(json!(6900), json!(1100), json!(527.27)),
        "credits": change(json!(3.5), json!(0), json!(100)),
        "cost": change(json!(0.068), json!(0.036), json!(88.89)),
        "costPerRequest": change(json!(0.0136), json!(0.036), json!(-62.22)),
        "users": change(json!(2), json!(1), json!(100)),
        "latencyMean": change(json!(200), Value::Null, Value::Null),
        "byProvider": [
            {"provider": "openai", "requests": 3, "failures": 1, "errorRate": 1.0 / 3.0, "cost": 0.066, "costPerRequest": 0.022},
            {"provider": "anthropic", "requests": 2, "failures": 0, "errorRate": 0, "cost": 0.002, "costPerRequest": 0.001},
        ],
        "before": {"from": "2026-11-02T23:30:00.000Z", "to": "2026-11-10T23:30:00.000Z"},
    });
    let path = format!("/api/analytics/metrics?{DAYS}");
    assert_eq!(world.numbers(&path).await, expect);
    settle(&world).await;
    assert_eq!(world.numbers(&path).await, expect, "settled");
}

#[tokio::test]
async fn services_and_models_are_ranked_with_their_shares() {
    let world = world().await;
    for is_settled in [false, true] {
        if is_settled {
            settle(&world).await;
        }
        let services = world.numbers(&format!("/api/analytics/services?{DAYS}")).await;
        let short: Vec<_> = services["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| (row["service"].clone(), row["requests"].clone(), row["share"].clone(), row["cost"].clone()))
            .collect();
        assert_eq!(
            short,
            [
                (json!("assistant"), json!(2), json!(40), json!(0.002)),
                (json!("editor"), json!(2), json!(40), json!(0.036)),
                (json!("(none)"), json!(1), json!(20), json!(0.03)),
            ]
            .map(|row| row)
        );
        let models = world.numbers(&format!("/api/analytics/models?{DAYS}&limit=1")).await;
        assert_eq!(
            models["data"],
            json!([{
                "model": "gpt-4", "provider": "openai", "requests": 3, "share": 60, "failures": 1, "errorRate": 1.0 / 3.0,
                "inputTokens": 2000, "outputTokens": 100, "tokens": 2100, "credits": 2, "cost": 0.066, "costPerRequest": 0.022,
                "users": 1, "latencyMean": 200,
            }])
        );
        let next = models["nextCursor"].as_str().unwrap().to_owned();
        let rest = world.numbers(&format!("/api/analytics/models?{DAYS}&limit=1&cursor={next}")).await;
        assert_eq!((&rest["data"][0]["model"], &rest["nextCursor"]), (&json!(HAIKU), &Value::Null));
    }
}

#[tokio::test]
async fn top_users_are_ranked_by_what_is_asked_and_nobody_is_no_user() {
    let world = world().await;
    let top = async |query: &str| -> Vec<(Value, Value)> {
        let users = world.numbers(&format!("/api/analytics/users/top?{DAYS}&{query}")).await;
        users["data"].as_array().unwrap().iter().map(|row| (row["userId"].clone(), row["tokens"].clone())).collect()
    };
    let (ann, bob) = ((json!("ann"), json!(1100)), (json!("bob"), json!(4800)));
    assert_eq!(top("").await, [ann.clone(), bob.clone()], "two requests each: by name");
    assert_eq!(top("metric=tokens").await, [bob.clone(), ann.clone()]);
    assert_eq!(top("metric=cost").await, [ann.clone(), bob.clone()]);
    assert_eq!(top("metric=credits&limit=1").await, std::slice::from_ref(&ann));
    assert_eq!(top("service=assistant").await, [bob]);
    let refused = world.get(Who::Admin, "/api/analytics/users/top?metric=fun").await;
    assert_eq!((refused.status, &refused.json()["errors"][0]["code"]), (StatusCode::BAD_REQUEST, &json!("unknown_value")));
}

#[tokio::test]
async fn the_dashboard_shows_totals_the_first_of_each_and_a_series() {
    let world = world().await;
    let dashboard = world.numbers(&format!("/api/analytics/dashboard?{DAYS}&granularity=day&limit=1")).await;
    assert_eq!(
        dashboard["overview"],
        json!({
            "totalRequests": 5, "failures": 1, "errorRate": 0.2, "totalTokens": 6900, "totalCredits": 3.5, "totalCost": 0.068,
            "activeUsers": 2, "latencyMean": 200,
        })
    );
    assert_eq!(dashboard["topServices"], json!([{"name": "assistant", "requests": 2, "tokens": 4800, "cost": 0.002}]));
    assert_eq!(dashboard["topModels"], json!([{"name": "gpt-4", "requests": 3, "tokens": 2100, "cost": 0.066}]));
    assert_eq!(dashboard["topUsers"], json!([{"name": "ann", "requests": 2, "tokens": 1100, "cost": 0.036}]));
    let series = dashboard["series"].as_array().unwrap();
    assert_eq!(series.len(), 8);
    assert_eq!(series[6], json!({"timestamp": "2026-11-17T00:00:00.000Z", "requests": 1, "tokens": 2400, "cost": 0.001}));
    assert_eq!(series[7]["requests"], 4);
    let of_bob = world.numbers(&format!("/api/analytics/dashboard?{DAYS}&user=bob")).await;
    assert_eq!((&of_bob["overview"]["totalRequests"], &of_bob["overview"]["activeUsers"]), (&json!(2), &json!(1)));
}

#[tokio::test]
async fn a_series_is_oldest_first_at_each_granularity_and_in_the_zone_asked_for() {
    let world = world().await;
    let series = async |query: &str| -> Vec<(String, i64)> {
        let answer = world.numbers(&format!("/api/analytics/timeseries?{query}")).await;
        let points = answer["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|point| (point["timestamp"].as_str().unwrap()[..13].to_owned(), point["value"].as_i64().unwrap()));
        points.collect()
    };
    let named = |points: &[(&str, i64)]| points.iter().map(|(start, value)| ((*start).to_owned(), *value)).collect::<Vec<_>>();
    let two = "startDate=2026-11-17&endDate=2026-11-18";
    assert_eq!(series(&format!("{two}&granularity=day")).await, named(&[("2026-11-17T00", 1), ("2026-11-18T00", 4)]));
    let kolkata = series(&format!("{two}&granularity=day&timezone=Asia/Kolkata")).await;
    assert_eq!(kolkata, named(&[("2026-11-16T18", 0), ("2026-11-17T18", 5)]), "19:00 is the next day there");
    assert_eq!(series(&format!("{DAYS}&granularity=week")).await, named(&[("2026-11-09T00", 0), ("2026-11-16T00", 5)]));
    assert_eq!(series(&format!("{DAYS}&granularity=month&metric=tokens")).await, named(&[("2026-11-01T00", 6900)]));
    let hours = series("startDate=2026-11-18T08:30:00Z&endDate=2026-11-18T11:30:00Z&granularity=hour").await;
    assert_eq!(hours, named(&[("2026-11-18T08", 1), ("2026-11-18T09", 1), ("2026-11-18T10", 1)]));
}

#[tokio::test]
async fn a_caller_is_told_its_own_usage_and_what_is_left_of_its_limits() {
    let world = world().await;
    let path = format!("/api/analytics/my-usage?{DAYS}");
    let usage = world.get(Who::User("ann"), &path).await.numbers();
    let part = json!({"requests": 2, "tokens": 1100, "credits": 2, "cost": 0.036});
    assert_eq!((&usage["userId"], &usage["requests"], &usage["failures"]), (&json!("ann"), &json!(2), &json!(1)));
    assert_eq!((&usage["inputTokens"], &usage["outputTokens"], &usage["totalTokens"]), (&json!(1000), &json!(100), &json!(1100)));
    assert_eq!((&usage["cost"], &usage["inputCost"], &usage["outputCost"]), (&json!(0.036), &json!(0.03), &json!(0.006)));
    assert_eq!((&usage["byModel"], &usage["byService"]), (&json!({"gpt-4": part}), &json!({"editor": part})));
    let days = usage["byDay"].as_array().unwrap();
    assert_eq!((days.len(), &days[7]["date"], &days[7]["requests"]), (8, &json!("2026-11-18"), &json!(2)));
    let limit = |limit: i64, remaining: i64| json!({"limit": limit, "remaining": remaining, "windowSeconds": 60, "resetSeconds": 30});
    assert_eq!(usage["limits"], json!({"reads": limit(100, 99), "events": limit(1000, 1000)}));

    let again = world.get(Who::User("ann"), &path).await.numbers();
    assert_eq!(again["limits"]["reads"]["remaining"], 98);
    let admin = world.get(Who::Admin, &path).await.numbers();
    assert_eq!((&admin["userId"], &admin["requests"]), (&json!("boss"), &json!(0)), "its own, not its tenant's");
    assert_eq!(world.get(Who::Service, &path).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.get(Who::User("ann"), &format!("{path}&user=bob")).await.status, StatusCode::BAD_REQUEST);
    let narrowed = world.get(Who::User("ann"), &format!("{path}&status=failed&groupBy=service")).await.numbers();
    assert_eq!(
        narrowed["groups"]["data"],
        json!([{"service": "editor", "requests": 1, "failures": 1, "tokens": 0, "credits": 0, "cost": 0}])
    );
}

#[tokio::test]
async fn all_but_ones_own_usage_is_for_admins_and_services_of_the_tenant() {
    let world = world().await;
    for path in PATHS {
        assert_eq!(world.get(Who::User("ann"), path).await.status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(world.get(Who::Key, path).await.status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(world.get(Who::Service, path).await.status, StatusCode::OK, "{path}");
    }
    let other = world.get(Who::OtherAdmin, &format!("/api/analytics/metrics?{DAYS}")).await.numbers();
    assert_eq!((&other["requests"]["value"], &other["byProvider"]), (&json!(0), &json!([])));
}

#[tokio::test]
async fn a_time_in_which_nothing_happened_is_zeros_and_no_rates() {
    let world = world().await;
    world.clock.set(at("2026-11-19T10:20:30Z"));
    let empty = world.numbers("/api/analytics/metrics?startDate=2025-01-01&endDate=2025-01-31").await;
    assert_eq!(empty["requests"], json!({"value": 0, "before": 0, "change": 0}));
    assert_eq!(empty["errorRate"], json!({"value": null, "before": null, "change": null}));
    assert_eq!(
        world.numbers("/api/analytics/services?startDate=2025-01-01&endDate=2025-01-31").await,
        json!({"data": [], "nextCursor": null})
    );
}
