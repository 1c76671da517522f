//! `GET /api/ai-tracking/stats`.

use crate::events::{asked, of, on};
use crate::series::{DAYS, SETTLED, assert_near, points, without};
use crate::world::{Who, World};
use http::StatusCode;
use model::Event;
use model::event::{AiUse, Tokens};
use serde_json::{Value, json};

const PATH: &str = "/api/ai-tracking/stats";
/// 0.25 USD a million tokens read, 1.25 written; `gpt-4` is 30 and 60.
const HAIKU: &str = "claude-3-haiku-20240307";

fn request(user: &str, time: &str, model: &str, tokens: Tokens, latency_ms: Option<i64>) -> Event {
    let text = |text: &str| Some(text.to_owned());
    let provider = (model == "house-model").then(|| "inhouse".to_owned());
    let status = text(if user == "bob" && model == "gpt-4" { "failed" } else { "completed" });
    let (complexity, language) = (text("low"), text("en"));
    asked(
        user,
        time,
        AiUse { model: text(model), provider, feature: text("chat"), complexity, language, status, tokens, latency_ms, ..AiUse::default() },
    )
}

/// In India: October 31 at 23:30; November 1 at 00:30 and at 15:30; November 2, a Monday, at 15:30.
async fn world() -> World {
    let world = World::new().await;
    let tokens = |input, output| Tokens { input, output, ..Tokens::default() };
    let house = Tokens { input: 7, output: 3, cache_read: 5, cache_write: 2, reasoning: 1 };
    let events = vec![
        on("pro", request("ann", "2026-10-31T18:00:00Z", "gpt-4", tokens(100, 10), Some(100))),
        on("pro", request("ann", "2026-10-31T19:00:00Z", HAIKU, tokens(1000, 200), Some(200))),
        request("bob", "2026-11-01T10:00:00Z", "gpt-4", tokens(50, 0), Some(400)),
        of("blog", request("bob", "2026-11-02T10:00:00Z", "house-model", house, None)),
        request("bob", "2026-11-03T10:00:00Z", "gpt-4", tokens(1, 1), Some(1)),
    ];
    world.store("acme", events).await;
    world.store("other", vec![request("ann", "2026-11-01T10:00:00Z", "gpt-4", tokens(9, 9), Some(9))]).await;
    world
}

#[tokio::test]
async fn ai_use_is_told_whole_before_and_after_it_is_settled() {
    let world = world().await;
    for _ in 0..2 {
        let stats = world.numbers(&format!("{PATH}?{DAYS}")).await;
        let counted = json!({
            "totalRequests": 4, "failedRequests": 1, "successRate": 0.75, "users": 2, "credits": 0,
            "tokens": {"total": 1377, "input": 1157, "output": 213, "cacheRead": 5, "cacheWrite": 2, "reasoning": 1},
            "cost": {"total": 0.0056, "input": 0.00475, "output": 0.000_85, "average": 0.0014},
            "unpricedModels": ["house-model"],
        });
        let breakdowns = ["byModel", "byProvider", "byFeature", "byComplexity", "byLanguage", "byPlan", "byStatus"];
        assert_eq!(without(stats.clone(), &[&breakdowns[..], &["latency", "series"]].concat()), counted);
        let latency = &stats["latency"];
        assert!((latency["average"].as_f64().unwrap() - 700.0 / 3.0).abs() < 1e-9);
        for (name, expect) in [("p50", 200.0), ("p95", 400.0), ("p99", 400.0)] {
            assert_near(&latency[name], expect);
        }
        let requests = |name: &str| {
            let groups = stats[name].as_object().unwrap().iter();
            groups.map(|(label, group)| (label.clone(), group["requests"].clone())).collect::<serde_json::Map<_, _>>()
        };
        for (name, expect) in breakdowns.into_iter().zip([
            json!({"gpt-4": 2, HAIKU: 1, "house-model": 1}),
            json!({"openai": 2, "anthropic": 1, "inhouse": 1}),
            json!({"chat": 4}),
            json!({"low": 4}),
            json!({"en": 4}),
            json!({"pro": 2, "(none)": 2}),
            json!({"completed": 3, "failed": 1}),
        ]) {
            assert_eq!(Value::Object(requests(name)), expect, "{name}");
        }
        let gpt = without(stats["byModel"]["gpt-4"].clone(), &["latency"]);
        let expect = json!({"requests": 2, "failures": 1, "successRate": 0.5, "tokens": 160, "inputTokens": 150, "outputTokens": 10, "cost": 0.0051});
        assert_eq!(gpt, expect);
        assert_eq!(stats["byModel"]["house-model"]["latency"]["p50"], Value::Null, "of none of which the duration is known");
        world.settle_all("acme", &SETTLED).await;
    }
}

#[tokio::test]
async fn a_series_has_the_days_weeks_and_months_of_its_zone_and_every_hour() {
    let world = world().await;
    let series = async |query: &str| world.numbers(&format!("{PATH}?{query}")).await["series"].clone();
    let check = async |query: String, member: &str, buckets: usize, expect: Value| {
        let series = series(&query).await;
        assert_eq!((series.as_array().unwrap().len(), Value::Object(points(&series, member))), (buckets, expect), "{query}");
    };
    for _ in 0..2 {
        let days = json!({"2026-10-30T18:30": 1, "2026-10-31T18:30": 2, "2026-11-01T18:30": 1});
        check(format!("{DAYS}&granularity=day"), "requests", 3, days).await;
        let utc = json!({"2026-10-31T00:00": 2, "2026-11-01T00:00": 1, "2026-11-02T00:00": 1});
        check("startDate=2026-10-31&endDate=2026-11-02&granularity=day".to_owned(), "requests", 3, utc).await;
        check(format!("{DAYS}&granularity=week"), "tokens", 2, json!({"2026-10-25T18:30": 1360, "2026-11-01T18:30": 17})).await;
        check(format!("{DAYS}&granularity=month"), "cost", 2, json!({"2026-09-30T18:30": 0.0036, "2026-10-31T18:30": 0.002})).await;
        let hours = json!({"2026-10-31T17:30": 100, "2026-10-31T18:30": 200, "2026-11-01T09:30": 400});
        check(format!("{DAYS}&granularity=hour"), "latency.average", 72, hours).await;
        check(format!("{DAYS}&granularity=day&plan=pro"), "users", 3, json!({"2026-10-30T18:30": 1, "2026-10-31T18:30": 1})).await;
        world.settle_all("acme", &SETTLED).await;
    }
}

#[tokio::test]
async fn ai_use_can_be_narrowed_grouped_and_limited() {
    let world = world().await;
    let total = async |query: &str| world.numbers(&format!("{PATH}?{DAYS}&{query}")).await["totalRequests"].clone();
    assert_eq!(total("model=gpt-4").await, 2);
    assert_eq!(total("model=gpt-4&status=completed").await, 1);
    assert_eq!(total("user=bob&project=blog").await, 1);
    assert_eq!(total("priced=false").await, 1);
    assert_eq!(total("plan=none-such").await, 0);
    let limited = world.get(Who::Admin, &format!("{PATH}?{DAYS}&limit=1")).await.json();
    assert_eq!(limited["byModel"].as_object().unwrap().keys().collect::<Vec<_>>(), ["gpt-4"]);
    let note = limited["meta"]["notes"][0].as_str().unwrap();
    assert!(note.contains("by model, provider, plan, status: only the 1 largest"), "{note}");
    let groups = world.numbers(&format!("{PATH}?{DAYS}&groupBy=provider,status")).await["groups"]["data"].clone();
    let failed = groups.as_array().unwrap().iter().find(|row| row["status"] == "failed").unwrap().clone();
    assert_eq!((&failed["provider"], &failed["requests"], &failed["tokens"]), (&json!("openai"), &json!(1), &json!(50)));
}

#[tokio::test]
async fn a_user_is_told_its_own_ai_use() {
    let world = world().await;
    for (who, query) in [(Who::User("ann"), String::new()), (Who::Admin, "&user=ann".to_owned())] {
        let own = world.get(who, &format!("{PATH}?{DAYS}{query}")).await.numbers();
        assert_eq!((&own["totalRequests"], &own["users"], &own["cost"]["total"]), (&json!(2), &json!(1), &json!(0.0041)));
        assert_eq!(own["byStatus"].as_object().unwrap().keys().collect::<Vec<_>>(), ["completed"]);
        assert_eq!(own["unpricedModels"], json!([]));
    }
    let others = world.get(Who::User("ann"), &format!("{PATH}?user=bob")).await;
    assert_eq!(others.status, StatusCode::BAD_REQUEST, "a user cannot ask for another");
    assert_eq!(world.get(Who::Key, PATH).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn of_no_ai_use_everything_is_zero_and_rates_are_nothing() {
    let world = world().await;
    for who in [Who::Admin, Who::User("carl")] {
        let none = world.get(who, &format!("{PATH}?startDate=2025-01-01&endDate=2025-01-02&granularity=day")).await.numbers();
        assert_eq!((&none["totalRequests"], &none["tokens"]["total"], &none["cost"]["total"]), (&json!(0), &json!(0), &json!(0)));
        assert_eq!((&none["successRate"], &none["latency"]["p95"], &none["byModel"]), (&Value::Null, &Value::Null, &json!({})));
        assert_eq!(none["series"].as_array().unwrap().len(), 2);
    }
}
