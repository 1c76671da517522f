//! `GET /api/analytics/providers/{usage,costs,popularity,performance}`.

use crate::analytics::{DAYS, HAIKU, world};
use crate::world::Who;
use http::StatusCode;
use serde_json::{Value, json};

#[tokio::test]
async fn usage_is_by_provider_the_busiest_first() {
    let world = world().await;
    let usage = world.numbers(&format!("/api/analytics/providers/usage?{DAYS}")).await;
    let rows: Vec<_> = usage["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["provider"].clone(), row["requests"].clone(), row["tokens"].clone(), row["users"].clone()))
        .collect();
    let expect = [(json!("openai"), json!(3), json!(2100), json!(1)), (json!("anthropic"), json!(2), json!(4800), json!(1))];
    assert_eq!(rows, expect.map(|row| row));
    let narrowed = world.numbers(&format!("/api/analytics/providers/usage?{DAYS}&plan=pro&groupBy=plan,day")).await;
    assert_eq!(narrowed["data"][0]["requests"], 2);
    assert_eq!(narrowed["groups"]["data"].as_array().unwrap().len(), 8, "a day each");
}

#[tokio::test]
async fn costs_are_by_provider_and_model_and_a_projection_says_how_it_was_made() {
    let world = world().await;
    let costs = world.numbers(&format!("/api/analytics/providers/costs?{DAYS}")).await;
    let of = |input: f64, output: f64, total: f64| json!({"inputCost": input, "outputCost": output, "totalCost": total});
    let row = |provider: &str, (cost, input, output): (f64, f64, f64), rest: Value| {
        let mut row = json!({"provider": provider, "cost": cost, "inputCost": input, "outputCost": output});
        row.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        row
    };
    assert_eq!((&costs["totalCost"], &costs["inputCost"], &costs["outputCost"]), (&json!(0.068), &json!(0.061), &json!(0.007)));
    let openai = json!({"requests": 3, "costPerRequest": 0.022, "share": 97.06, "byModel": {"gpt-4": of(0.06, 0.006, 0.066)}});
    let anthropic = json!({"requests": 2, "costPerRequest": 0.001, "share": 2.94, "byModel": {HAIKU: of(0.001, 0.001, 0.002)}});
    assert_eq!(costs["data"], json!([row("openai", (0.066, 0.06, 0.006), openai), row("anthropic", (0.002, 0.001, 0.001), anthropic)]));
    // 0.104 USD in 19 of 30 days.
    assert_eq!((&costs["projectedMonthly"]["soFar"], &costs["projectedMonthly"]["value"]), (&json!(0.104), &json!(0.164_210_526_316)));
    assert!(costs["projectedMonthly"]["method"].as_str().unwrap().contains("days so far"));
    assert_eq!(costs["unpricedModels"], json!([]));
}

#[tokio::test]
async fn models_are_ranked_by_what_is_asked() {
    let world = world().await;
    let ranked = async |metric: &str| -> Vec<Value> {
        let models = world.numbers(&format!("/api/analytics/providers/popularity?{DAYS}&metric={metric}")).await;
        models["data"].as_array().unwrap().iter().map(|row| row["model"].clone()).collect()
    };
    assert_eq!(ranked("requests").await, [json!("gpt-4"), json!(HAIKU)]);
    assert_eq!(ranked("tokens").await, [json!(HAIKU), json!("gpt-4")]);
}

#[tokio::test]
async fn performance_is_the_rate_of_errors_and_the_distribution_of_what_was_timed() {
    let world = world().await;
    for is_settled in [false, true] {
        if is_settled {
            world.settle("acme", "2026-11-18").await;
        }
        let answer = world.get(Who::Admin, &format!("/api/analytics/providers/performance?{DAYS}")).await;
        assert_eq!(answer.json()["meta"]["approximate"], json!(["latency"]));
        let rows = answer.numbers()["data"].clone();
        assert_eq!(
            (&rows[0]["provider"], &rows[0]["timedRequests"], &rows[0]["errorRate"]),
            (&json!("openai"), &json!(2), &json!(1.0 / 3.0))
        );
        assert_eq!(rows[0]["latency"]["mean"], 200);
        let near = |value: &Value, expect: f64| (value.as_f64().unwrap() / expect - 1.0).abs() < 0.0101;
        assert!(near(&rows[0]["latency"]["p50"], 100.0) && near(&rows[1]["latency"]["p50"], 200.0), "{rows}");
    }
    let untimed = world.numbers("/api/analytics/providers/performance?startDate=2026-11-10&endDate=2026-11-10").await;
    assert_eq!((&untimed["data"][0]["requests"], &untimed["data"][0]["latency"]), (&json!(1), &Value::Null));
}

#[tokio::test]
async fn providers_are_for_admins_and_services() {
    let world = world().await;
    for name in ["usage", "costs", "popularity", "performance"] {
        let path = format!("/api/analytics/providers/{name}");
        assert_eq!(world.get(Who::User("ann"), &path).await.status, StatusCode::FORBIDDEN);
        assert_eq!(world.get(Who::Service, &path).await.status, StatusCode::OK);
        assert_eq!(world.get(Who::OtherAdmin, &path).await.numbers()["data"], json!([]));
    }
}
