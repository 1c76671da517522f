//! What is kept about a person, and its erasure.

use crate::events::ai;
use crate::world::{Who, World};
use http::StatusCode;
use memory::MemoryQueue;
use model::Event;
use ports::Clock as _;
use serde_json::json;
use settle::{Rules, Settler, Work};
use std::sync::Arc;

const DATA: &str = "/api/v1/users/anna/data";

fn of(user: &str, time: &str) -> Event {
    let event = ai(user, "gpt-4", time, (10, 5));
    Event { properties: Some("{\"note\":\"hers\"}".to_owned()), received: event.time, ..event }
}

async fn history() -> World {
    let world = World::new().await;
    let events = [
        of("anna", "2026-11-17T09:00:00Z"),
        of("anna", "2026-11-17T09:10:00Z"),
        of("anna", "2026-11-19T10:00:00Z"),
        of("ben", "2026-11-19T10:00:00Z"),
    ];
    world.store("acme", events.to_vec()).await;
    world
}

fn settler(world: &World) -> Settler {
    let random = Arc::new(ports::SystemRandom);
    Settler { table: world.table.clone(), bucket: world.bucket.clone(), clock: world.clock.clone(), random, rules: Rules::default() }
}

#[tokio::test]
async fn a_person_is_shown_its_numbers_and_its_events_settled_or_not() {
    let world = history().await;
    world.settle("acme", "2026-11-17").await;
    let data = world.get(Who::Admin, DATA).await.json();
    assert_eq!(data["userId"], "anna");
    assert_eq!(data["ai"]["requests"], 3);
    assert_eq!(data["profile"]["firstSeen"], "2026-11-17T09:00:00.000Z");
    assert_eq!(data["profile"]["daysActive"], 2);
    let events = data["events"]["data"].as_array().unwrap();
    assert_eq!(events.len(), 3);
    assert!(events.iter().all(|event| event["user"] == "anna" && event["properties"]["note"] == "hers" && event["family"] == "ai"));
    assert!(data["events"]["nextCursor"].is_null() && data["erasure"].is_null());
    assert_eq!((&data["budgets"], &data["dashboards"]), (&json!([]), &json!([])));
    let of_user = |user: &str| json!({"name": user, "scope": "user", "userId": user, "measure": "tokens", "limit": 1, "period": "day", "recipients": {"mail": ["boss@example.com"]}});
    for user in ["anna", "ben"] {
        assert_eq!(world.post(Who::Admin, "/api/v1/budgets", &of_user(user)).await.status, StatusCode::CREATED);
        assert_eq!(
            world.post(Who::User(user), "/api/v1/dashboards", &json!({"name": user, "copyOf": "ready:ai"})).await.status,
            StatusCode::CREATED
        );
    }
    let data = world.get(Who::Admin, DATA).await.json();
    for kept in ["budgets", "dashboards"] {
        assert_eq!((data[kept].as_array().unwrap().len(), &data[kept][0]["name"]), (1, &json!("anna")), "{data}");
    }
    assert_eq!(data["budgets"][0].get("recipients"), None);
    let nobody = world.get(Who::Admin, "/api/v1/users/nobody/data").await.json();
    assert!(nobody["profile"].is_null() && nobody["events"]["data"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn events_come_in_pages_that_leave_nothing_out() {
    let world = history().await;
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = world.get(Who::Admin, &format!("{DATA}?limit=1{cursor}")).await.json();
        let events = page["events"]["data"].as_array().unwrap().clone();
        assert!(events.len() <= 1);
        seen.extend(events.into_iter().map(|event| event["time"].as_str().unwrap().to_owned()));
        let Some(next) = page["events"]["nextCursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, ["2026-11-17T09:00:00.000Z", "2026-11-17T09:10:00.000Z", "2026-11-19T10:00:00.000Z"]);
}

#[tokio::test]
async fn only_admins_of_the_tenant_see_and_erase() {
    let world = history().await;
    for who in [Who::User("anna"), Who::Service] {
        assert_eq!(world.get(who, DATA).await.status, StatusCode::FORBIDDEN);
        assert_eq!(world.delete(who, DATA).await.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(world.get(Who::Nobody, DATA).await.status, StatusCode::UNAUTHORIZED);
    assert!(world.get(Who::OtherAdmin, DATA).await.json()["profile"].is_null());
    let job = world.delete(Who::Admin, DATA).await.json();
    assert_eq!(world.get(Who::OtherAdmin, job["url"].as_str().unwrap()).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.get(Who::Admin, "/api/v1/erasures/anna").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_person_is_erased_and_asked_for_again_only_when_it_did_something_since() {
    let world = history().await;
    world.settle("acme", "2026-11-17").await;
    let first = world.delete(Who::Admin, DATA).await;
    assert_eq!(first.status, StatusCode::ACCEPTED);
    let job = first.json();
    assert_eq!((first.header("location"), &job["state"]), (job["url"].as_str().unwrap(), &"settling".into()));
    assert!(!first.text.contains("anna"), "{}", first.text);
    assert_eq!(world.delete(Who::Admin, DATA).await.json(), job);
    finish(&world).await;
    let url = job["url"].as_str().unwrap();
    assert_eq!(world.get(Who::Admin, url).await.json()["state"], "done");
    let data = world.get(Who::Admin, DATA).await.json();
    assert!(data["profile"].is_null() && data["events"]["data"].as_array().unwrap().is_empty());
    assert_eq!((&data["ai"]["requests"], &data["erasure"]["state"]), (&0.into(), &"done".into()));
    let again = world.delete(Who::Admin, DATA).await.json();
    assert_eq!(again["state"], "done", "there is nothing to erase");
    world.store("acme", vec![of("anna", &world.clock.now().to_string())]).await;
    world.clock.advance_millis(1000);
    let anew = world.delete(Who::Admin, DATA).await.json();
    assert_eq!((&anew["state"], &anew["id"]), (&"settling".into(), &job["id"]));
    let acts = records::audit::page(&*world.table, &model::TenantId::new("acme").unwrap(), (None, 10)).await.unwrap().acts;
    assert!(acts.iter().any(|act| act.action == "person.erase") && acts.iter().any(|act| act.action == "person.access"));
    assert!(acts.iter().all(|act| !act.subject.contains("anna")));
}

/// Ticks and works until nothing is open.
async fn finish(world: &World) {
    let (settler, queue) = (settler(world), MemoryQueue::new());
    for _ in 0..10 {
        for shard in records::pending::shards(records::pending::Kind::Job) {
            for key in records::pending::keys(&*world.table, &shard, None).await.unwrap().0 {
                settler.forget(&queue, &key).await.unwrap();
            }
        }
        for body in queue.drain() {
            while settler.run(&serde_json::from_str::<Work>(&body).unwrap()).await.unwrap().left {}
        }
        world.clock.advance_millis(10 * 60_000);
    }
}
