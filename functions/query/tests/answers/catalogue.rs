//! `GET /api/v1/analytics/metrics` and `POST /api/v1/analytics/query`.

use crate::analytics::{HAIKU, world};
use crate::events::{life, sale};
use crate::world::{Answer, Who, World};
use http::{Method, StatusCode};
use serde_json::{Value, json};

const PATH: &str = "/api/v1/analytics/query";

fn range() -> Value {
    json!({"from": "2026-11-11", "to": "2026-11-18"})
}

async fn ask(world: &World, question: Value) -> Value {
    world.post(Who::Admin, PATH, &question).await.numbers()
}

fn faults(answer: &Answer) -> Vec<(String, String)> {
    let text = |fault: &Value, name: &str| fault[name].as_str().unwrap().to_owned();
    let body = answer.json();
    let errors = body["errors"].as_array().unwrap_or_else(|| panic!("{body}"));
    errors.iter().map(|fault| (text(fault, "pointer"), text(fault, "code"))).collect()
}

fn named(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

#[tokio::test]
async fn the_catalogue_says_of_every_metric_what_it_is() {
    let world = World::new().await;
    let catalogue = world.numbers("/api/v1/analytics/metrics").await["data"].clone();
    let metrics = catalogue.as_array().unwrap();
    assert_eq!(metrics.len(), cube::catalogue::metrics().len());
    let of = |name: &str| metrics.iter().find(|metric| metric["name"] == name).unwrap();
    assert_eq!(
        (&of("errorRate")["definition"], &of("errorRate")["exact"], &of("errorRate")["families"]),
        (&json!("failures ÷ requests"), &json!(true), &json!(["ai"]))
    );
    assert_eq!((&of("latency")["unit"], &of("latency")["exact"]), (&json!("milliseconds"), &json!(false)));
    assert!(of("tokens")["dimensions"].as_array().unwrap().contains(&json!("user")));
    assert!(metrics.iter().all(|metric| metric.get("value").is_none()));
}

#[tokio::test]
async fn metrics_that_are_named_are_summed_up_over_the_range() {
    let world = world().await;
    world
        .store("acme", vec![sale("ann", "purchase", "completed", (1000, "INR")), sale("ann", "purchase", "completed", (100, "USD"))])
        .await;
    let path = "/api/v1/analytics/metrics?metrics=requests,cost,latency,revenue&startDate=2026-11-11&endDate=2026-11-18";
    let answer = world.get(Who::Service, path).await;
    assert_eq!(answer.json()["meta"]["currency"], "INR");
    let data = answer.numbers()["data"].clone();
    let values: Vec<_> = data.as_array().unwrap().iter().map(|metric| (metric["name"].clone(), metric["value"].clone())).collect();
    assert_eq!(
        (&values[0], &values[1], &values[3]),
        (&(json!("requests"), json!(5)), &(json!("cost"), json!(0.068)), &(json!("revenue"), json!(10)))
    );
    assert!((data[2]["quantiles"]["p50"].as_f64().unwrap() / 200.0 - 1.0).abs() < 0.0101, "{data}");
    let narrowed = world.numbers("/api/v1/analytics/metrics?metrics=requests&model=gpt-4&user=ann&period=30d").await;
    assert_eq!(narrowed["data"][0]["value"], 3);
    let wrong = world.get(Who::Admin, "/api/v1/analytics/metrics?metrics=requests,fun").await;
    assert_eq!(faults(&wrong), named(&[("metrics", "unknown_metric")]));
    let apart = world.get(Who::Admin, "/api/v1/analytics/metrics?metrics=requests&page=Home").await;
    assert_eq!(faults(&apart), named(&[("metrics", "not_counted_together")]));
    assert_eq!(world.get(Who::User("ann"), path).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn metrics_of_several_cubes_are_answered_side_by_side() {
    let world = world().await;
    world.store("acme", vec![life("build.triggered", "2026-11-18T12:00:00Z", "")]).await;
    let answer = ask(&world, json!({"metrics": ["requests", "cost", "builds"], "groupBy": ["plan"], "range": range()})).await;
    assert_eq!(
        answer,
        json!({
            "order": "requests descending, then by label", "groups": 2, "nextCursor": null,
            "data": [{"plan": "(none)", "requests": 3, "cost": 0.032, "builds": 1}, {"plan": "pro", "requests": 2, "cost": 0.036, "builds": null}],
        })
    );
    let by_cost =
        ask(&world, json!({"metrics": ["requests", "cost"], "groupBy": ["plan"], "range": range(), "order": {"by": "cost"}, "limit": 1}))
            .await;
    assert_eq!((&by_cost["data"], &by_cost["groups"]), (&json!([{"plan": "pro", "requests": 2, "cost": 0.036}]), &json!(2)));
    let least =
        ask(&world, json!({"metrics": ["cost"], "groupBy": ["plan"], "range": range(), "order": {"by": "cost", "descending": false}}))
            .await;
    assert_eq!(least["data"][0]["plan"], "(none)");
}

#[tokio::test]
async fn a_cube_is_asked_for_its_numbers_as_a_sum_and_as_a_series() {
    let world = world().await;
    let question =
        json!({"cube": "ai_requests", "measures": ["requests", "latency"], "filters": {"provider": ["openai"]}, "range": range()});
    let sum = ask(&world, question).await;
    assert_eq!(sum["data"][0]["requests"], 3);
    let near = |name: &str, expect: f64| (sum["data"][0][name].as_f64().unwrap() / expect - 1.0).abs() < 0.0101;
    assert!(near("latency", 100.0) && sum["data"][0]["latencyP95"].is_number() && sum["data"][0]["latencyP99"].is_number(), "{sum}");

    let series = json!({"cube": "ai_requests", "measures": ["tokens"], "groupBy": ["day", "model"], "range": {"from": "2026-11-17", "to": "2026-11-18"}, "limit": 1});
    for is_settled in [false, true] {
        if is_settled {
            world.settle("acme", "2026-11-18").await;
        }
        let row = |day: &str, tokens: i64| json!({"timestamp": format!("2026-11-{day}T00:00:00.000Z"), "model": HAIKU, "tokens": tokens});
        let answer = world.post(Who::Service, PATH, &series).await;
        assert_eq!(answer.json()["meta"]["granularity"], "day");
        assert_eq!((&answer.numbers()["data"], &answer.numbers()["groups"]), (&json!([row("17", 2400), row("18", 2400)]), &json!(2)));
    }
    let hours = ask(
        &world,
        json!({"cube": "ai_requests", "measures": ["requests"], "groupBy": ["hourOfDay"], "range": range(), "timezone": "Asia/Kolkata"}),
    )
    .await;
    assert_eq!(hours["data"].as_array().unwrap().len(), 5, "{hours}");
}

#[tokio::test]
async fn every_fault_of_a_question_is_told_at_its_place() {
    let world = World::new().await;
    let check = async |question: Value, status: StatusCode, expect: &[(&str, &str)]| {
        let answer = world.post(Who::Admin, PATH, &question).await;
        assert_eq!((answer.status, faults(&answer)), (status, named(expect)), "{question}");
    };
    let bad = StatusCode::BAD_REQUEST;
    check(json!({}), bad, &[("/metrics", "missing")]).await;
    check(json!({"metrics": ["fun", "cost", "cost"]}), bad, &[("/metrics/0", "unknown_metric"), ("/metrics/2", "repeated")]).await;
    check(json!({"metrics": ["cost"], "cube": "sales"}), bad, &[("/metrics", "conflict")]).await;
    check(json!({"cube": "no"}), bad, &[("/cube", "unknown_cube")]).await;
    let many = json!({"cube": "ai_requests", "measures": ["requests", "fun"], "groupBy": ["model", "page"], "filters": {"co/lour": ["red"]},
        "range": {"from": "soon"}, "limit": 0, "order": {"by": "cost"}});
    let wrong = [
        ("/range/from", "not_a_date"),
        ("/measures/1", "unknown_measure"),
        ("/groupBy/1", "unknown_dimension"),
        ("/filters/co~1lour", "unknown_dimension"),
        ("/order/by", "unknown_order"),
        ("/limit", "bad_limit"),
    ];
    check(many, bad, &wrong).await;
    check(json!({"cube": "sales", "measures": ["orders", "revenue"]}), bad, &[("/measures/1", "mixed_currencies")]).await;
    check(json!({"metrics": ["requests", "timeOnPage"], "groupBy": ["model"]}), bad, &[("/metrics/1", "not_counted_together")]).await;
    check(json!({"metrics": ["builds"], "filters": {"event": ["x"]}}), bad, &[("/metrics/0", "not_counted_together")]).await;
    check(
        json!({"metrics": ["cost"], "range": {"from": "2020-01-01", "to": "2026-01-01"}, "granularity": "hour"}),
        bad,
        &[("/granularity", "too_many_points")],
    )
    .await;
    check(
        json!({"metrics": ["cost"], "range": {"from": "2025-01-01", "to": "2026-01-01"}, "granularity": "hour"}),
        bad,
        &[("/range", "too_costly")],
    )
    .await;
    let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
    check(json!({"metrics": "cost"}), unprocessable, &[("/metrics", "malformed")]).await;
    check(json!({"metrics": ["cost"], "filters": {"model": ["a", 1]}}), unprocessable, &[("/filters/model/1", "malformed")]).await;
    check(json!({"metrics": ["cost"], "colour": 1}), unprocessable, &[("/colour", "malformed")]).await;
    let broken = world.send(Who::Admin, (Method::POST, PATH, "{\"metrics\": ["), &[]).await;
    assert_eq!((broken.status, faults(&broken)), (bad, named(&[("", "not_json")])));
}

#[tokio::test]
async fn questions_are_for_admins_and_services_of_their_tenant() {
    let world = world().await;
    let question = json!({"metrics": ["requests"], "range": range()});
    for who in [Who::User("ann"), Who::Key] {
        assert_eq!(world.post(who, PATH, &question).await.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(world.post(Who::Nobody, PATH, &question).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(world.post(Who::OtherAdmin, PATH, &question).await.numbers()["data"], json!([{"requests": 0}]));
    assert_eq!(
        world.send(Who::Admin, (Method::POST, PATH, "{}"), &[("content-type", "text/plain")]).await.status,
        StatusCode::UNSUPPORTED_MEDIA_TYPE
    );
    let unsigned = world.post(Who::Service, PATH, &question).await;
    assert_eq!(unsigned.status, StatusCode::OK, "its signature is over the body");
    assert_eq!(world.post(Who::Admin, &format!("{PATH}?limit=1"), &question).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn groups_beyond_the_limit_are_had_page_by_page_each_once() {
    let world = world().await;
    let questions = [
        json!({"metrics": ["requests", "cost"], "groupBy": ["model", "plan"], "range": {"period": "30d"}}),
        json!({"metrics": ["cost"], "groupBy": ["model", "plan"], "range": {"period": "30d"}, "order": {"by": "cost", "descending": false}}),
        json!({"metrics": ["requests"], "groupBy": ["model", "plan", "week"], "range": {"period": "30d"}}),
    ];
    for question in questions {
        let whole = ask(&world, question.clone()).await;
        assert!(whole["groups"].as_u64().unwrap() >= 3 && whole["nextCursor"].is_null(), "{whole}");
        let (mut rows, mut pages, mut asked) = (Vec::new(), 0, question.clone());
        asked["limit"] = 1.into();
        loop {
            let page = world.post(Who::Admin, PATH, &asked).await;
            assert_eq!(page.json()["groups"], whole["groups"]);
            rows.extend(page.json()["data"].as_array().unwrap().clone());
            pages += 1;
            // What passes between two pages changes nothing of the range they are of.
            world.clock.set(ports::Clock::now(&*world.clock).plus_millis(60_000));
            match page.json()["nextCursor"].as_str() {
                Some(next) => asked["cursor"] = next.into(),
                None => break,
            }
        }
        assert_eq!(json!(pages), whole["groups"]);
        let key = |row: &Value| format!("{} {} {}", row["timestamp"], row["model"], row["plan"]);
        let (mut got, mut expect) = (rows, whole["data"].as_array().unwrap().clone());
        got.sort_by_key(key);
        expect.sort_by_key(key);
        assert_eq!(got, expect);
        let mut other = asked;
        other["metrics"] = json!(["tokens"]);
        other.as_object_mut().unwrap().remove("order");
        assert_eq!(faults(&world.post(Who::Admin, PATH, &other).await), named(&[("/cursor", "bad_cursor")]));
        world.clock.set(crate::world::at(crate::world::NOW));
    }
}
