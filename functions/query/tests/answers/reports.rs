//! `/api/v1/reports`: asked for, told of, and due by schedules that are changed over the version that was seen.

use crate::world::{Answer, NOW, Who, World};
use http::{Method, StatusCode};
use serde_json::{Value, json};

const PATH: &str = "/api/v1/reports";
const SCHEDULED: &str = "/api/v1/reports/scheduled";

fn weekly() -> Value {
    json!({"name": "Week", "template": "digest", "schedule": "weekly", "timezone": "Europe/Berlin",
        "recipients": {"mail": ["boss@example.com"], "webhooks": ["https://hooks.example.com/weir"]}})
}

async fn put(world: &World, path: &str, (body, if_match): (&Value, Option<&str>)) -> Answer {
    let headers: Vec<(&str, &str)> = if_match.map(|tag| ("if-match", tag)).into_iter().collect();
    world.send(Who::Admin, (Method::PUT, path, &body.to_string()), &headers).await
}

fn faults(answer: &Answer) -> Vec<(String, String)> {
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text);
    let text = |fault: &Value, name: &str| fault[name].as_str().unwrap().to_owned();
    answer.json()["errors"].as_array().unwrap().iter().map(|fault| (text(fault, "pointer"), text(fault, "code"))).collect()
}

#[tokio::test]
async fn a_report_is_asked_for_and_told_of() {
    let world = World::new().await;
    let asked = world
        .post(
            Who::Admin,
            PATH,
            &json!({"template": "revenue", "range": {"from": "2026-11-01", "to": "2026-11-07"}, "timezone": "Asia/Kolkata"}),
        )
        .await;
    assert_eq!(asked.status, StatusCode::ACCEPTED, "{}", asked.text);
    let path = asked.header("location").to_owned();
    let told = world.get(Who::Service, &path).await.json();
    assert_eq!((&told["status"], &told["name"], &told["link"]), (&json!("queued"), &json!("Revenue"), &Value::Null));
    assert_eq!(told["range"], json!({"from": "2026-10-31T18:30:00.000Z", "to": "2026-11-07T18:30:00.000Z"}));
    assert_eq!(told["before"]["to"], told["range"]["from"]);
    // It is sent off: to the queue at once, and to be found should that be lost.
    let [errand] = world.errands.bodies().try_into().unwrap();
    assert!(errand.starts_with(r#"{"kind":"report","tenant":"acme","run":""#), "{errand}");
    let list = world.get(Who::Admin, PATH).await.json();
    assert_eq!(list["data"][0]["id"], told["id"]);
    assert_eq!(world.get(Who::Admin, "/api/v1/reports?status=failed").await.json()["data"], json!([]));
}

#[tokio::test]
async fn only_admins_and_services_may_and_another_tenants_is_not_there() {
    let world = World::new().await;
    let report = world.post(Who::Admin, PATH, &json!({"template": "usage"})).await.header("location").to_owned();
    let schedule = world.post(Who::Service, SCHEDULED, &weekly()).await.header("location").to_owned();
    for path in [&report, &schedule] {
        assert_eq!(world.get(Who::Admin, path).await.status, StatusCode::OK);
        assert_eq!(world.get(Who::OtherAdmin, path).await.status, StatusCode::NOT_FOUND);
        assert_eq!(world.get(Who::User("u1"), path).await.status, StatusCode::FORBIDDEN);
        assert_eq!(world.get(Who::Nobody, path).await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(world.delete(Who::OtherAdmin, &schedule).await.status, StatusCode::NOT_FOUND);
    for path in [PATH, SCHEDULED] {
        assert_eq!(world.get(Who::OtherAdmin, path).await.json()["data"], json!([]));
        assert_eq!(world.post(Who::User("u1"), path, &weekly()).await.status, StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn a_schedule_is_made_read_written_over_and_deleted() {
    let world = World::new().await;
    let made = world.post(Who::Admin, SCHEDULED, &weekly()).await;
    assert_eq!((made.status, made.header("etag")), (StatusCode::CREATED, "\"1\""), "{}", made.text);
    let path = made.header("location").to_owned();
    // 6 in the morning of the next Monday, in Berlin's winter.
    assert_eq!((&made.json()["nextDue"], &made.json()["period"]), (&json!("2026-11-23T05:00:00.000Z"), &json!("week")));
    let secret = made.json()["webhookSecret"].as_str().unwrap().to_owned();
    let read = world.get(Who::Admin, &path).await;
    assert_eq!((&read.json()["webhookSecret"], &read.json()["recipients"]), (&Value::Null, &weekly()["recipients"]));

    let mut daily = weekly();
    daily["schedule"] = "daily".into();
    let first = put(&world, &path, (&daily, Some("\"1\""))).await;
    assert_eq!(
        (first.status, first.header("etag"), &first.json()["nextDue"]),
        (StatusCode::OK, "\"2\"", &json!("2026-11-20T05:00:00.000Z"))
    );
    assert_eq!(first.json()["webhookSecret"], Value::Null);
    assert_eq!(put(&world, &path, (&weekly(), Some("\"1\""))).await.status, StatusCode::PRECONDITION_FAILED);
    daily["rotateSecret"] = true.into();
    let rotated = put(&world, &path, (&daily, None)).await.json();
    assert!(rotated["webhookSecret"].as_str().unwrap() != secret);
    daily["enabled"] = false.into();
    assert_eq!(put(&world, &path, (&daily, None)).await.json()["nextDue"], Value::Null);

    assert_eq!(world.delete(Who::Admin, &path).await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.get(Who::Admin, &path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(put(&world, &path, (&weekly(), None)).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_cannot_be_done_is_told_at_once_with_its_place() {
    let world = World::new().await;
    let bad = json!({"name": " ", "template": "horoscope", "schedule": "* * * * *", "timezone": "Mars/Base", "period": "year", "format": "pdf",
        "startsAt": "soon", "recipients": {"mail": ["a@b.example", "nobody"], "webhooks": ["http://hooks.example.com", "https://169.254.169.254/"]}});
    let found = faults(&world.post(Who::Admin, SCHEDULED, &bad).await);
    for expect in [
        ("/name", "bad_name"),
        ("/template", "unknown_template"),
        ("/schedule", "bad_schedule"),
        ("/timezone", "unknown_timezone"),
        ("/period", "unknown_period"),
        ("/format", "unknown_format"),
        ("/startsAt", "not_a_moment"),
        ("/recipients/mail/1", "bad_address"),
        ("/recipients/webhooks/0", "bad_webhook"),
        ("/recipients/webhooks/1", "bad_webhook"),
    ] {
        assert!(found.contains(&(expect.0.to_owned(), expect.1.to_owned())), "{expect:?}: {found:?}");
    }
    assert_eq!(found.len(), 10);
    let asked = world.post(Who::Admin, PATH, &json!({"template": "usage", "range": {"from": "2026-13-01"}})).await;
    assert_eq!(faults(&asked), [("/range/from".to_owned(), "not_a_date".to_owned())]);
    let early = json!({"name": "Old", "template": "usage", "schedule": "hourly", "startsAt": "2020-01-01T00:00:00Z"});
    assert_eq!(faults(&world.post(Who::Admin, SCHEDULED, &early).await), [("/startsAt".to_owned(), "too_early".to_owned())]);
}

#[tokio::test]
async fn lists_come_in_pages() {
    let world = World::new().await;
    for _ in 0..5 {
        assert_eq!(world.post(Who::Admin, SCHEDULED, &weekly()).await.status, StatusCode::CREATED, "{NOW}");
    }
    let first = world.get(Who::Admin, "/api/v1/reports/scheduled?limit=3").await.json();
    let next = format!("{SCHEDULED}?limit=3&cursor={}", first["nextCursor"].as_str().unwrap());
    let second = world.get(Who::Admin, &next).await.json();
    assert_eq!(
        (first["data"].as_array().unwrap().len(), second["data"].as_array().unwrap().len(), &second["nextCursor"]),
        (3, 2, &Value::Null)
    );
}
