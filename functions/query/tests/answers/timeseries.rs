//! `GET /metrics/timeseries`.

use crate::events::{ai, life, of, sale};
use crate::world::{Who, World};
use cube::catalogue;
use http::StatusCode;
use serde_json::{Value, json};

const OPUS: &str = "claude-3-opus-20240229";

async fn world() -> World {
    let world = World::new().await;
    let events = vec![
        ai("ann", OPUS, "2026-11-19T09:00:00Z", (1000, 200)),
        ai("bob", OPUS, "2026-11-19T07:40:00Z", (10, 0)),
        of("blog", ai("ann", "gpt-4", "2026-11-19T07:45:00Z", (1, 0))),
        life("generation.started", "2026-11-18T09:00:00Z", ""),
        life("build.triggered", "2026-11-18T09:00:00Z", ""),
        sale("ann", "purchase", "completed", (1050, "INR")),
        sale("ann", "purchase", "completed", (999, "USD")),
    ];
    world.store("acme", events).await;
    world.store("other", vec![ai("ann", OPUS, "2026-11-19T09:00:00Z", (5, 5))]).await;
    world
}

/// The values of a series, newest first, and a number of zeros as one.
async fn values(world: &World, query: &str) -> Vec<Value> {
    let numbers = world.numbers(&format!("/metrics/timeseries?{query}")).await;
    numbers["data"].as_array().unwrap().iter().map(|point| point["value"].clone()).collect()
}

#[tokio::test]
async fn a_series_has_every_bucket_newest_first() {
    let world = world().await;
    // The tenant's hours begin at half past.
    let query = "metric=tokens&startDate=2026-11-19T06:30:00Z&endDate=2026-11-19T10:30:00Z&granularity=hour";
    let expect = json!({
        "metric": "tokens", "period": null, "granularity": "hour",
        "data": [
            {"timestamp": "2026-11-19T09:30:00.000Z", "value": 0},
            {"timestamp": "2026-11-19T08:30:00.000Z", "value": 1200},
            {"timestamp": "2026-11-19T07:30:00.000Z", "value": 11},
            {"timestamp": "2026-11-19T06:30:00.000Z", "value": 0},
        ],
    });
    assert_eq!(world.numbers(&format!("/metrics/timeseries?{query}")).await, expect);
    let week = world.numbers("/metrics/timeseries?metric=requests&period=7d&timezone=Asia/Kolkata").await;
    assert_eq!((&week["period"], &week["granularity"], week["data"].as_array().unwrap().len()), (&json!("7d"), &json!("day"), 8));
    assert_eq!(week["data"][0], json!({"timestamp": "2026-11-18T18:30:00.000Z", "value": 3}));
    assert_eq!(world.numbers("/metrics/timeseries?metric=requests").await["period"], "30d");
}

#[tokio::test]
async fn the_metrics_of_the_contract_answer_what_was_counted() {
    let world = world().await;
    let day = |metric: &str| format!("metric={metric}&startDate=2026-11-18&endDate=2026-11-19&granularity=day");
    assert_eq!(values(&world, &day("tokens")).await, [1211, 0]);
    assert_eq!(values(&world, &day("requests")).await, [3, 0]);
    assert_eq!(values(&world, &day("generations")).await, [0, 1]);
    assert_eq!(values(&world, &day("builds")).await, [0, 1]);
    assert_eq!(values(&world, &day("events")).await, [3, 4]);
    assert_eq!(values(&world, &day("users")).await, [2, 1]);
    assert_eq!(values(&world, &format!("{}&model={OPUS}", day("cost"))).await, [json!(0.03015), json!(0)]);
    assert_eq!(values(&world, &format!("{}&project=blog", day("tokens"))).await, [1, 0]);
    assert_eq!(values(&world, &format!("{}&model=gpt-4&model={OPUS}&user=ann", day("tokens"))).await, [1201, 0]);
}

#[tokio::test]
async fn money_is_of_one_currency_the_tenants_own_unless_asked_otherwise() {
    let world = world().await;
    let ask =
        async |query: &str| world.get(Who::Admin, &format!("/metrics/timeseries?startDate=2026-11-18&endDate=2026-11-18&{query}")).await;
    let own = ask("metric=revenue&granularity=day").await.json();
    assert_eq!((&own["data"][0]["value"], &own["meta"]["currency"]), (&json!(10.5), &json!("INR")));
    let dollars = ask("metric=revenue&granularity=day&currency=USD").await.json();
    assert_eq!((&dollars["data"][0]["value"], &dollars["meta"]["currency"]), (&json!(9.99), &Value::Null));
    assert_eq!(ask("metric=revenue&currency=USD&currency=INR").await.json()["data"][0]["value"], 0, "an hour without sales");
    let counted = ask("metric=transactions&granularity=day").await.json();
    assert_eq!((&counted["data"][0]["value"], &counted["meta"]["currency"]), (&json!(2), &Value::Null));
}

#[tokio::test]
async fn every_metric_of_the_catalogue_answers() {
    let world = world().await;
    for metric in catalogue::metrics() {
        let answer = world.get(Who::Admin, &format!("/metrics/timeseries?metric={}&period=48h&granularity=day", metric.name)).await;
        let points = answer.numbers()["data"].as_array().unwrap().len();
        assert_eq!(points, 3, "{}", metric.name);
    }
}

#[tokio::test]
async fn a_wrong_question_is_answered_with_every_fault_and_what_would_be_right() {
    let world = world().await;
    let faults = async |query: &str| -> Vec<(String, String)> {
        let answer = world.get(Who::Admin, &format!("/metrics/timeseries?{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}: {}", answer.text);
        let text = |fault: &Value, name: &str| fault[name].as_str().unwrap().to_owned();
        answer.json()["errors"].as_array().unwrap().iter().map(|fault| (text(fault, "pointer"), text(fault, "code"))).collect()
    };
    let named = |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect::<Vec<_>>();
    assert_eq!(faults("").await, named(&[("metric", "missing")]));
    assert_eq!(faults("metric=fun").await, named(&[("metric", "unknown_metric")]));
    assert_eq!(
        faults("metric=tokens&period=soon&colour=red&granularity=minute&period=7d").await,
        named(&[
            ("colour", "unknown_parameter"),
            ("period", "repeated"),
            ("period", "unknown_period"),
            ("granularity", "unknown_granularity")
        ])
    );
    assert_eq!(
        faults("metric=tokens&page=home&device=phone").await,
        named(&[("page", "unknown_parameter"), ("device", "unknown_parameter")])
    );
    assert_eq!(faults("metric=generations&event=build.failed").await, named(&[("event", "unknown_parameter")]));
    assert_eq!(faults("metric=tokens&startDate=1990-01-01&granularity=hour").await, named(&[("query", "unanswerable")]));
    let known = world.get(Who::Admin, "/metrics/timeseries?metric=tokens&colour=red").await.json()["errors"][0]["message"].to_string();
    for name in ["startDate", "period", "timezone", "model", "user", "metric"] {
        assert!(known.contains(name), "{name} is not listed: {known}");
    }
}

#[tokio::test]
async fn a_series_is_for_admins_of_its_tenant() {
    let world = world().await;
    for who in [Who::User("ann"), Who::Key] {
        assert_eq!(world.get(who, "/metrics/timeseries?metric=tokens").await.status, StatusCode::FORBIDDEN);
    }
    let other = world.get(Who::OtherAdmin, "/metrics/timeseries?metric=tokens&period=day&granularity=day").await.numbers();
    assert_eq!(other["data"], json!([{"timestamp": "2026-11-19T00:00:00.000Z", "value": 10}]));
}

#[tokio::test]
async fn a_series_is_told_apart_by_dimensions_those_with_most_first() {
    let world = world().await;
    let range = "startDate=2026-11-19T06:30:00Z&endDate=2026-11-19T10:30:00Z";
    let platform = world.numbers(&format!("/metrics/timeseries?metric=tokens&groupBy=hour,user&{range}")).await;
    let of = |at: usize| (&platform["groups"][at]["group"], platform["groups"][at]["data"].as_array().unwrap());
    let point = |hour: &str, value: i64| json!({"timestamp": format!("2026-11-19T{hour}:30:00.000Z"), "value": value});
    assert_eq!((&platform["granularity"], platform["data"].as_array().unwrap().len()), (&json!("hour"), 4));
    assert_eq!(of(0), (&json!({"user": "ann"}), &vec![point("09", 0), point("08", 1200), point("07", 1), point("06", 0)]));
    assert_eq!(of(1), (&json!({"user": "bob"}), &vec![point("09", 0), point("08", 0), point("07", 10), point("06", 0)]));

    let path = format!("/api/analytics/timeseries?metric=tokens&groupBy=model,project&granularity=hour&limit=1&{range}");
    let oldest_first = world.numbers(&path).await["groups"].clone();
    let data = vec![point("06", 0), point("07", 10), point("08", 1200), point("09", 0)];
    assert_eq!(oldest_first, json!([{"group": {"model": OPUS, "project": "shop"}, "data": data}]));
    let revenue = world.numbers("/api/analytics/timeseries?metric=revenue&groupBy=currency&period=7d&granularity=week").await;
    let currencies: Vec<_> = revenue["groups"].as_array().unwrap().iter().map(|group| group["group"]["currency"].clone()).collect();
    assert_eq!(currencies, ["INR", "USD"]);
    for wrong in ["groupBy=colour", "groupBy=model,model", "groupBy=day,hour", "groupBy=day&granularity=hour", "groupBy=user,model,page"] {
        let answer = world.get(Who::Admin, &format!("/metrics/timeseries?metric=tokens&{wrong}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}: {}", answer.text);
    }
}
