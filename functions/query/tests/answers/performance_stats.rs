//! `GET /api/performance/stats`.

use crate::events::measured;
use crate::series::{DAYS, SETTLED, assert_near, points};
use crate::world::{Who, World};
use http::StatusCode;
use model::event::Measurement;
use serde_json::{Value, json};

const PATH: &str = "/api/performance/stats";

fn request(service: &str, (method, endpoint): (&str, &str), status: i64, response_ms: i64) -> Measurement {
    let text = |text: &str| Some(text.to_owned());
    Measurement {
        service: text(service),
        endpoint: text(endpoint),
        method: text(method),
        status_code: Some(status),
        response_time_us: Some(response_ms * 1000),
        ..Measurement::default()
    }
}

/// In India: on Sunday, November 1, a request to `web`; on Monday two to `api`, and a reading of its resources.
async fn world() -> World {
    let world = World::new().await;
    let items = Measurement {
        request_bytes: Some(100),
        response_bytes: Some(1000),
        query_time_us: Some(10_500),
        ..request("api", ("GET", "/items"), 200, 100)
    };
    let orders = Measurement {
        cpu_millipercent: Some(50_000),
        memory_millipercent: Some(60_000),
        memory_used_bytes: Some(600),
        memory_total_bytes: Some(1000),
        disk_millipercent: Some(70_000),
        pool_active: Some(5),
        pool_idle: Some(15),
        pool_total: Some(20),
        cache_hits: Some(30),
        cache_misses: Some(10),
        ..request("api", ("POST", "/orders"), 500, 300)
    };
    let reading = Measurement { service: Some("api".to_owned()), cpu_millipercent: Some(70_000), ..Measurement::default() };
    let events = vec![
        measured("", "2026-11-01T10:00:00Z", request("web", ("GET", "/"), 404, 50)),
        measured("ann", "2026-11-02T04:30:00Z", items),
        measured("", "2026-11-02T05:30:00Z", orders),
        measured("", "2026-11-02T06:30:00Z", reading),
    ];
    world.store("acme", events).await;
    world.store("other", vec![measured("", "2026-11-02T04:30:00Z", request("api", ("GET", "/items"), 200, 1))]).await;
    world
}

#[tokio::test]
async fn performance_is_told_whole_before_and_after_it_is_settled() {
    let world = world().await;
    for _ in 0..2 {
        let stats = world.numbers(&format!("{PATH}?{DAYS}")).await;
        assert_eq!(
            (&stats["requests"], &stats["errors"], &stats["serverErrors"], &stats["users"]),
            (&json!(3), &json!(2), &json!(1), &json!(1))
        );
        assert!((stats["errorRate"].as_f64().unwrap() - 2.0 / 3.0).abs() < 1e-9);
        assert_eq!(stats["latency"]["average"], 150);
        assert_near(&stats["latency"]["p50"], 100.0);
        assert_near(&stats["latency"]["p99"], 300.0);
        assert_eq!(
            (&stats["requestSize"], &stats["responseSize"]),
            (&json!({"total": 100, "average": 100}), &json!({"total": 1000, "average": 1000}))
        );
        assert_eq!(stats["queryTime"]["average"], 10.5);
        for (name, expect) in [
            ("byEndpoint", json!({"/": 1, "/items": 1, "/orders": 1})),
            ("byStatus", json!({"200": 1, "404": 1, "500": 1})),
            ("byService", json!({"api": 2, "web": 1})),
            ("byMethod", json!({"GET": 2, "POST": 1})),
        ] {
            let groups = stats[name].as_object().unwrap().iter();
            let requests = groups.map(|(label, group)| (label.clone(), group["requests"].clone())).collect();
            assert_eq!(Value::Object(requests), expect, "{name}");
        }
        let resources = json!({
            "cpu": {"average": 60, "min": 50, "max": 70, "latest": 70},
            "load": {"average": null, "max": null, "latest": null},
            "memory": {"average": 60, "min": 60, "max": 60, "latest": 60, "usedBytes": 600, "totalBytes": 1000},
            "disk": {"average": 70, "min": 70, "max": 70, "latest": 70},
            "pool": {"active": {"average": 5, "max": 5, "latest": 5}, "idle": {"average": 15, "max": 15, "latest": 15}, "total": 20},
            "cache": {"hits": 30, "misses": 10, "hitRate": 0.75},
        });
        assert_eq!(stats["resources"], resources);
        world.settle_all("acme", &SETTLED).await;
    }
}

#[tokio::test]
async fn performance_over_time_shows_requests_and_what_they_used() {
    let world = world().await;
    let check = async |granularity: &str, member: &str, buckets: usize, expect: Value| {
        let series = world.numbers(&format!("{PATH}?{DAYS}&granularity={granularity}")).await["series"].clone();
        assert_eq!((series.as_array().unwrap().len(), Value::Object(points(&series, member))), (buckets, expect), "{granularity} {member}");
    };
    for _ in 0..2 {
        check("day", "requests", 3, json!({"2026-10-31T18:30": 1, "2026-11-01T18:30": 2})).await;
        check("day", "cpu", 3, json!({"2026-11-01T18:30": 60})).await;
        check("week", "errors", 2, json!({"2026-10-25T18:30": 1, "2026-11-01T18:30": 1})).await;
        check("month", "requests", 2, json!({"2026-10-31T18:30": 3})).await;
        check("hour", "latency.average", 72, json!({"2026-11-01T09:30": 50, "2026-11-02T04:30": 100, "2026-11-02T05:30": 300})).await;
        check("hour", "cpu", 72, json!({"2026-11-02T05:30": 50, "2026-11-02T06:30": 70})).await;
        world.settle_all("acme", &SETTLED).await;
    }
}

#[tokio::test]
async fn performance_can_be_of_one_service_and_of_some_of_its_requests() {
    let world = world().await;
    let api = world.numbers(&format!("{PATH}?{DAYS}&service=api")).await;
    assert_eq!((&api["requests"], &api["errorRate"], &api["resources"]["cpu"]["max"]), (&json!(2), &json!(0.5), &json!(70)));
    let web = world.numbers(&format!("{PATH}?{DAYS}&service=web")).await;
    assert_eq!((&web["requests"], &web["resources"]["cpu"]["max"]), (&json!(1), &Value::Null));
    let items = world.get(Who::Admin, &format!("{PATH}?{DAYS}&endpoint=/items&granularity=day")).await.json();
    assert_eq!((&items["requests"], &items["resources"], &items["series"][2]["cpu"]), (&json!(1), &Value::Null, &Value::Null));
    assert!(items["meta"]["notes"][0].as_str().unwrap().contains("resources"));
    let groups = world.numbers(&format!("{PATH}?{DAYS}&groupBy=service,method")).await["groups"]["data"].clone();
    assert_eq!(groups.as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn performance_is_for_admins_of_its_tenant_and_zero_where_there_was_nothing() {
    let world = world().await;
    for who in [Who::User("ann"), Who::Key] {
        assert_eq!(world.get(who, PATH).await.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(world.get(Who::OtherAdmin, &format!("{PATH}?{DAYS}")).await.numbers()["requests"], 1);
    let none = world.numbers(&format!("{PATH}?startDate=2025-01-01&endDate=2025-01-02&granularity=day")).await;
    assert_eq!((&none["requests"], &none["errorRate"], &none["latency"]["p50"]), (&json!(0), &Value::Null, &Value::Null));
    assert_eq!((&none["resources"]["cache"]["hits"], none["series"].as_array().unwrap().len()), (&json!(0), 2));
}
