//! What reads understand: said in the API's document as it is read, grouped, paged, refused.

use crate::events::{ai, of, on, sale};
use crate::world::{Who, World};
use access::ReadLimits;
use http::StatusCode;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const UNLIMITED: ReadLimits = ReadLimits { user: 100_000, admin: 100_000 };

/// The parameters in the query of every GET of the document that a credential is for, by the path that they are asked under.
fn documented() -> Vec<(String, Vec<Value>)> {
    let document = serde_json::to_value(query::openapi()).unwrap();
    let mut reads = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let Some(operation) = item.get("get") else { continue };
        let all = operation["parameters"].as_array().cloned().unwrap_or_default();
        // A file to download, of which parameters go together: tests/e2e has it.
        let is_file = path == "/api/analytics/export";
        let is_read = !is_file && ["304", "401"].iter().all(|status| operation["responses"].get(status).is_some());
        let of_query: Vec<Value> = all.into_iter().filter(|parameter| parameter["in"] == "query").collect();
        if is_read {
            reads.push((
                path.split('/').map(|part| if part.starts_with('{') { "ann" } else { part }).collect::<Vec<_>>().join("/"),
                of_query,
            ));
        }
    }
    assert!(reads.len() >= 5, "{reads:?}");
    reads
}

/// A path with what it cannot do without.
fn asked(path: &str, parameters: &[Value]) -> String {
    let value = |parameter: &Value| {
        let first = [&parameter["schema"]["enum"][0], &parameter["schema"]["items"]["enum"][0]].into_iter().find_map(Value::as_str);
        format!("{}={}", parameter["name"].as_str().unwrap(), first.unwrap_or("1"))
    };
    let required: Vec<String> = parameters.iter().filter(|parameter| parameter["required"] == true).map(value).collect();
    format!("{path}?{}", required.join("&"))
}

#[tokio::test]
async fn every_read_is_documented_with_the_parameters_that_it_understands_and_no_others() {
    let world = World::with_limits(UNLIMITED).await;
    for (path, parameters) in documented() {
        let names: BTreeSet<&str> = parameters.iter().map(|parameter| parameter["name"].as_str().unwrap()).collect();
        assert_eq!(names.len(), parameters.len(), "{path}: each once");
        let refused = world.get(Who::Admin, &format!("{}&noSuchThing=1", asked(&path, &parameters))).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{path}: {}", refused.text);
        let errors = refused.json()["errors"].clone();
        assert_eq!((&errors[0]["pointer"], &errors[0]["code"]), (&json!("noSuchThing"), &json!("unknown_parameter")), "{path}");
        let message = errors[0]["message"].as_str().unwrap();
        let told = message.split_once("there are ").map_or("", |(_, list)| list);
        assert_eq!(told.split(", ").filter(|name| !name.is_empty()).collect::<BTreeSet<_>>(), names, "{path}");
        assert!(parameters.iter().all(|parameter| !parameter["description"].as_str().unwrap().is_empty()), "{path}");
    }
}

#[tokio::test]
async fn every_read_answers_to_each_of_its_parameters_alone() {
    let world = World::with_limits(UNLIMITED).await;
    for (path, parameters) in documented() {
        let asked = asked(&path, &parameters);
        for parameter in parameters.iter().filter(|parameter| parameter["required"] == false) {
            let (name, schema) = (parameter["name"].as_str().unwrap(), &parameter["schema"]);
            let choices = schema["enum"].as_array().or_else(|| schema["items"]["enum"].as_array());
            let values: Vec<String> = match (name, choices) {
                (_, Some(values)) => values.iter().map(|value| value.as_str().unwrap().to_owned()).collect(),
                ("startDate" | "endDate", _) => {
                    vec!["2026-11-19".into(), "2026-11-19T01:30:00Z".into(), "2026-11-19T01:30:00+05:30".into()]
                }
                ("period", _) => ["24h", "7d", "2w", "6m", "1y", "day", "week", "month", "quarter", "year"].map(String::from).into(),
                ("timezone", _) => vec!["Asia/Kolkata".into(), "America/New_York".into()],
                ("cursor", _) => continue,
                // A series is told apart by any of its metric's dimensions, which are not the same for all.
                ("groupBy", None) => vec!["project".into()],
                _ => vec![schema["minimum"].as_u64().map_or("1".to_owned(), |least| least.to_string())],
            };
            for value in values {
                // A metric is narrowed by its own dimensions only.
                let is_of_metric = path.ends_with("/timeseries") && schema["type"] == "array" && name != "groupBy";
                let value = value.replace('+', "%2B");
                let answer = world.get(Who::Admin, &format!("{asked}&{name}={value}")).await;
                let is_refused = is_of_metric && answer.status == StatusCode::BAD_REQUEST;
                // What belongs to a thing is not found where there is none.
                let is_of_nothing = answer.status == StatusCode::NOT_FOUND && path.contains("/ann/");
                assert!(is_refused || is_of_nothing || answer.status == StatusCode::OK, "{path} {name}={value}: {}", answer.text);
                // Of a summary it is only by which times.
                let adds_groups = name == "groupBy" && !path.ends_with("/summary") && !path.ends_with("/timeseries");
                assert!(!adds_groups || answer.json()["groups"]["data"].is_array(), "{path} groupBy={value}: {}", answer.text);
            }
        }
    }
}

async fn used() -> World {
    let world = World::new().await;
    let events = vec![
        on("pro", ai("ann", "gpt-4", "2026-11-17T19:00:00Z", (10, 5))),
        on("pro", ai("ann", "gpt-4", "2026-11-18T09:00:00Z", (20, 5))),
        ai("ann", "claude-3", "2026-11-18T10:00:00Z", (7, 0)),
        of("blog", ai("ann", "gpt-4", "2026-11-18T11:00:00Z", (1, 1))),
        ai("ann", "gemini-pro", "2026-11-18T12:00:00Z", (2, 2)),
        ai("bob", "gpt-4", "2026-11-18T12:00:00Z", (1000, 1000)),
    ];
    world.store("acme", events).await;
    world
}

#[tokio::test]
async fn group_by_adds_the_main_numbers_by_what_is_asked_largest_first() {
    let world = used().await;
    let groups = async |query: &str| world.numbers(&format!("/usage/user/ann?{query}")).await["groups"].clone();
    let row = |model: &str, (requests, input, output): (i64, i64, i64)| json!({"model": model, "requests": requests, "inputTokens": input, "outputTokens": output, "tokens": input + output});
    assert_eq!(
        groups("groupBy=model").await,
        json!({
            "order": "requests descending, then by label", "nextCursor": null,
            "data": [row("gpt-4", (3, 31, 11)), row("claude-3", (1, 7, 0)), row("gemini-pro", (1, 2, 2))],
        })
    );
    let two = groups("groupBy=model,plan&project=shop").await;
    assert_eq!(two["data"][0]["plan"], json!("pro"));
    assert_eq!(two["data"].as_array().unwrap().len(), 3);
    assert_eq!(groups("period=7d").await, Value::Null, "not asked for");
}

#[tokio::test]
async fn a_granularity_among_the_groups_makes_them_a_series_in_the_zone_asked_for() {
    let world = used().await;
    let path = "/usage/user/ann?groupBy=day,model&startDate=2026-11-17&endDate=2026-11-18&model=gpt-4";
    let read = async |zone: &str| {
        let answer = world.get(Who::Admin, &format!("{path}&timezone={zone}")).await;
        assert_eq!(answer.json()["meta"]["granularity"], json!("day"));
        let groups = answer.numbers()["groups"].clone();
        assert_eq!(groups["order"], json!("day, then by label"));
        let rows = groups["data"].as_array().unwrap().clone();
        rows.iter().map(|row| (row["day"].as_str().unwrap().to_owned(), row["requests"].as_i64().unwrap())).collect::<Vec<_>>()
    };
    let days = |first, second| vec![("2026-11-17".to_owned(), first), ("2026-11-18".to_owned(), second)];
    assert_eq!(read("UTC").await, days(1, 2));
    assert_eq!(read("Asia/Kolkata").await, days(0, 3), "19:00 is the next day there");
    let hours = world.numbers("/usage/user/ann?groupBy=hour&startDate=2026-11-18T08:30:00Z&endDate=2026-11-18T11:30:00Z").await;
    let hours: Vec<_> =
        hours["groups"]["data"].as_array().unwrap().iter().map(|row| (row["hour"].clone(), row["requests"].clone())).collect();
    assert_eq!(hours.len(), 3);
    assert_eq!(hours[0], (json!("2026-11-18T08:30:00.000Z"), json!(1)), "hours of the tenant begin at half past");
}

#[tokio::test]
async fn pages_of_groups_are_the_whole_and_a_cursor_holds_for_its_question_only() {
    let world = used().await;
    let whole = world.numbers("/usage/user/ann?groupBy=model").await["groups"]["data"].clone();
    let (mut pages, mut cursor) = (Vec::new(), String::new());
    for left in (0..3).rev() {
        let path = format!("/usage/user/ann?groupBy=model&limit=1{cursor}");
        let groups = world.numbers(&path).await["groups"].clone();
        pages.extend(groups["data"].as_array().unwrap().clone());
        assert_eq!(groups["nextCursor"].is_null(), left == 0);
        cursor = format!("&cursor={}", groups["nextCursor"].as_str().unwrap_or_default());
        // What happens meanwhile is after the range that the first page was of.
        world.clock.set(crate::world::at("2026-11-19T12:20:30Z"));
        world.store("acme", vec![ai("ann", "another", "2026-11-19T12:10:00Z", (1, 1))]).await;
    }
    assert_eq!(json!(pages), whole);

    let first = world.numbers("/usage/user/ann?groupBy=model&limit=1").await["groups"]["nextCursor"].clone();
    let cursor = first.as_str().unwrap();
    for other in ["/usage/user/ann?groupBy=plan", "/usage/user/bob?groupBy=model", "/costs/user/ann?groupBy=model"] {
        let refused = world.get(Who::Admin, &format!("{other}&limit=1&cursor={cursor}")).await;
        assert_eq!((refused.status, &refused.json()["errors"][0]["code"]), (StatusCode::BAD_REQUEST, &json!("bad_cursor")), "{other}");
    }
}

#[tokio::test]
async fn groups_of_money_are_told_apart_by_currency() {
    let world = World::new().await;
    let events = vec![
        on("pro", sale("ann", "purchase", "completed", (1000, "INR"))),
        on("pro", sale("ann", "purchase", "completed", (250, "USD"))),
        on("pro", sale("bob", "refund", "completed", (50, "USD"))),
    ];
    world.store("acme", events).await;
    let row = |currency: &str, (transactions, orders, refunds): (i64, i64, i64), (revenue, refunded): (Value, Value)| {
        json!({"plan": "pro", "currency": currency, "transactions": transactions, "orders": orders, "revenue": revenue,
            "refunds": refunds, "refundAmount": refunded})
    };
    let groups = world.numbers("/api/analytics/sales/stats?groupBy=plan").await["groups"].clone();
    let expect = [row("USD", (2, 1, 1), (json!(2.5), json!(0.5))), row("INR", (1, 1, 0), (json!(10), json!(0)))];
    assert_eq!(groups["data"], json!(expect));
    let of_user = world.numbers("/api/analytics/sales/stats?groupBy=user,currency").await["groups"]["data"].clone();
    assert_eq!(of_user.as_array().unwrap().len(), 3, "another cube knows the users");
    let own = world.get(Who::User("ann"), "/api/analytics/sales/stats?groupBy=plan").await.numbers();
    assert_eq!(own["groups"]["data"], json!([row("INR", (1, 1, 0), (json!(10), json!(0))), row("USD", (1, 1, 0), (json!(2.5), json!(0)))]));
}

#[tokio::test]
async fn all_faults_are_told_at_once_and_dimensions_that_are_not_counted_together_are_named() {
    let world = World::new().await;
    let answer =
        world.get(Who::Admin, "/usage/user/ann?granularity=eon&limit=0&groupBy=planet,day,week&cursor=x&what=1&period=7d&period=8d").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let body = answer.json();
    let faults: BTreeSet<(&str, &str)> = body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| (fault["pointer"].as_str().unwrap(), fault["code"].as_str().unwrap()))
        .collect();
    let expect = [
        ("cursor", "bad_cursor"),
        ("granularity", "unknown_granularity"),
        ("groupBy", "conflict"),
        ("groupBy", "unknown_dimension"),
        ("limit", "bad_limit"),
        ("period", "repeated"),
        ("what", "unknown_parameter"),
    ];
    assert!(expect.iter().all(|fault| faults.contains(fault)), "{faults:?}");
    let apart = world.get(Who::Admin, "/api/analytics/sales/stats?groupBy=user,interval").await;
    assert_eq!((apart.status, &apart.json()["errors"][0]["code"]), (StatusCode::BAD_REQUEST, &json!("not_counted_together")));
    assert!(
        apart.json()["errors"][0]["message"].as_str().unwrap().starts_with("user, interval are not counted together"),
        "{}",
        apart.text
    );
}
