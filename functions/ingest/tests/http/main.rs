//! The function's routes over ports in memory, with a clock that stands still.
#![expect(clippy::unwrap_used, reason = "what a test cannot unwrap fails it")]

mod bodies;
mod doors;
mod planted;
mod tracking;
mod world;

use http::StatusCode;
use memory::Fault;
use model::event::Facts;
use serde_json::{Value, json};
use world::{NOW, Sent, World};

fn batch(events: usize) -> Value {
    let event = |index: usize| json!({"eventId": format!("e{index}"), "type": "tap", "timestamp": NOW.to_string()});
    json!({"batchId": "b", "events": (0..events).map(event).collect::<Vec<_>>()})
}

#[tokio::test]
async fn an_accepted_event_is_on_the_queue_under_its_tenant_and_project() {
    let world = World::new().await;
    let answer = world.send(Sent::json("/api/events", &batch(2))).await;
    let expect = json!({"success": true, "accepted": 2, "rejected": 0, "rateLimit": {"count": 2, "limit": 1000, "exceeded": false}});
    assert_eq!((answer.status, &answer.body), (StatusCode::OK, &expect));
    let message = &world.messages()[0];
    assert_eq!((message.tenant.as_str(), message.events.len(), message.events[0].project.as_str()), ("demo", 2, "shop"));
}

#[tokio::test]
async fn bad_events_are_told_one_by_one_and_the_good_are_taken() {
    let world = World::new().await;
    let body = json!({"events": [{"type": "tap", "timestamp": "?", "eventId": "bad"}, {"type": "tap", "eventId": "good"}]});
    let answer = world.send(Sent::json("/api/events", &body)).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!((&answer.body["accepted"], &answer.body["rejected"]), (&json!(1), &json!(1)));
    let error = &answer.body["errors"][0];
    assert_eq!((&error["index"], &error["eventId"], &error["code"]), (&json!(0), &json!("bad"), &json!("bad_time")));
    assert_eq!((&error["pointer"], &error["retryable"]), (&json!("/events/0/timestamp"), &json!(false)));
    assert_eq!(world.messages()[0].events.len(), 1);
}

#[tokio::test]
async fn a_request_without_one_good_event_is_unprocessable() {
    let world = World::new().await;
    let answer = world.send(Sent::json("/api/analytics/sales/track", &json!({"amount": -1}))).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    let codes: Vec<_> = answer.body["errors"].as_array().unwrap().iter().map(|error| error["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["required", "required", "negative"]);
    assert_eq!((&answer.body["success"], &answer.body["rejected"]), (&json!(false), &json!(1)));
    assert!(world.messages().is_empty());
}

#[tokio::test]
async fn a_batch_over_the_limit_is_refused_whole_and_the_next_minute_takes_it() {
    let world = World::new().await;
    for _ in 0..2 {
        world.send(Sent::json("/api/events", &batch(500))).await;
    }
    let over = world.send(Sent::json("/api/events", &batch(1))).await;
    assert_eq!(over.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(over.body["rateLimit"], json!({"count": 1000, "limit": 1000, "exceeded": true}));
    assert_eq!(over.body["success"], json!(false));
    assert!(over.header("retry-after").unwrap().parse::<u32>().unwrap() <= 60);
    assert!(over.header("ratelimit").unwrap().contains("r=0"));
    assert_eq!(world.messages().len(), 2);
    world.clock.advance_millis(60_000);
    assert_eq!(world.send(Sent::json("/api/events", &batch(1))).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_service_has_no_limit_and_may_import_history() {
    let world = World::new().await;
    let old = json!([{"model": "gpt-4", "inputTokens": 1, "outputTokens": 1, "requestId": "r", "timestamp": "1997-01-01"}]);
    let refused = world.send(Sent::json("/usage/api", &old).query("historical=true")).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let answer = world.send(Sent::json("/usage/api", &old).query("historical=true").by_service(&world)).await;
    assert_eq!((answer.status, answer.body), (StatusCode::OK, json!({"success": true, "accepted": 1, "rejected": 0})));
    assert!(matches!(world.messages()[0].events[0].facts, Facts::Ai(_)));
}

#[tokio::test]
async fn without_a_valid_credential_nothing_is_read() {
    let world = World::new().await;
    let check = async |sent: Sent| {
        let answer = world.send(sent).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{:?}", answer.body);
    };
    check(Sent::json("/api/events", &batch(1)).header("x-api-key", "")).await;
    check(Sent::json("/api/events", &batch(1)).header("x-api-key", "wk_demo_nonsense")).await;
    check(Sent::json("/api/events", &json!("not read")).without_credential()).await;
    assert!(world.messages().is_empty());
}

#[tokio::test]
async fn a_key_writes_to_its_own_project_only() {
    let world = World::new().await;
    let mut body = batch(1);
    body["projectId"] = json!("other");
    assert_eq!(world.send(Sent::json("/api/events", &body)).await.status, StatusCode::FORBIDDEN);
    let event = json!({"event": "project.created", "projectId": "other"});
    let answer = world.send(Sent::json("/events", &event)).await;
    assert_eq!((answer.status, &answer.body["errors"][0]["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("other_project")));
}

#[tokio::test]
async fn what_the_queue_does_not_take_is_not_acknowledged() {
    let world = World::new().await;
    world.faults.down("queue");
    let answer = world.send(Sent::json("/api/events", &batch(1))).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.header("retry-after").is_some());
    world.faults.heal();
    world.queue.refuse_next(&[0]);
    let part = world.send(Sent::json("/api/events", &batch(1))).await;
    assert_eq!(part.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(world.send(Sent::json("/api/events", &batch(1))).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_limit_that_cannot_be_counted_loses_no_event() {
    let world = World::new().await;
    world.send(Sent::json("/api/events", &batch(1))).await; // The key is known from now on.
    world.faults.plan(|call| (call.service == "table" && call.operation == "add").then_some(Fault::Before));
    let answer = world.send(Sent::json("/api/events", &batch(1))).await;
    assert_eq!((answer.status, &answer.body["accepted"]), (StatusCode::OK, &json!(1)));
    assert_eq!(world.messages().len(), 2);
}

#[tokio::test]
async fn a_repeat_without_ids_and_times_is_the_same_events_across_an_hour() {
    let world = World::new().await;
    let body = json!({"batchId": "b", "events": [{"type": "tap"}, {"type": "tap"}]});
    for _ in 0..2 {
        assert_eq!(world.send(Sent::json("/api/events", &body)).await.status, StatusCode::OK);
        world.clock.advance_millis(61 * 60_000);
    }
    let messages = world.messages();
    let identities = |at: usize| messages[at].events.iter().map(|event| (event.id.clone(), event.time)).collect::<Vec<_>>();
    assert_eq!(identities(0), identities(1));
    assert_ne!(messages[0].received, messages[1].received);
}

#[tokio::test]
async fn a_repeat_without_a_batch_is_told_by_its_own_id_or_by_its_idempotency_key() {
    let world = World::new().await;
    let usage = json!({"model": "gpt-4", "inputTokens": 1, "outputTokens": 1, "requestId": "r"});
    let nameless = json!({"event": "door.opened"});
    for _ in 0..2 {
        world.send(Sent::json("/usage/api", &usage)).await;
        world.send(Sent::json("/events", &nameless).header("idempotency-key", "k")).await;
        world.clock.advance_millis(61 * 60_000);
    }
    let identity = |at: usize| (world.messages()[at].events[0].id.clone(), world.messages()[at].events[0].time);
    assert_eq!(identity(0), identity(2));
    assert_eq!(identity(1), identity(3));
}

#[tokio::test]
async fn a_project_sees_how_many_of_its_events_wait_to_be_stored() {
    let world = World::new().await;
    world.send(Sent::json("/api/events", &batch(3))).await;
    let own = world.send(Sent::get("/api/events/health")).await;
    assert_eq!(own.body, json!({"status": "ok", "service": "analytics-ingestion", "buffers": {"shop": 3}}));
    world.queue.refuse_next(&[0]);
    assert_eq!(world.send(Sent::json("/api/events", &batch(5))).await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(world.send(Sent::get("/api/events/health")).await.body["buffers"], json!({"shop": 3}), "what was refused does not wait");
    let nobody = world.send(Sent::get("/api/events/health").without_credential()).await;
    assert_eq!((nobody.status, &nobody.body["buffers"]), (StatusCode::OK, &json!({})));
}

#[tokio::test]
async fn health_names_the_dependency_that_is_down() {
    let world = World::new().await;
    assert_eq!(world.send(Sent::get("/health").without_credential()).await.status, StatusCode::OK);
    world.faults.down("queue");
    let sick = world.send(Sent::get("/health").without_credential()).await;
    assert_eq!(sick.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(sick.body["dependencies"]["queue"]["status"], json!("down"), "{}", sick.body);
    assert_eq!(sick.body["dependencies"]["table"]["status"], json!("ok"), "{}", sick.body);
    assert_eq!(world.send(Sent::get("/live").without_credential()).await.status, StatusCode::OK);
    assert_eq!(world.send(Sent::get("/readyz").without_credential()).await.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn events_that_are_rejected_take_nothing_from_the_limit() {
    let world = World::new().await;
    let old = json!({"eventId": "old", "type": "tap", "timestamp": "2001-01-01"});
    let mixed = json!({"events": [old, {"eventId": "new", "type": "tap"}]});
    world.send(Sent::json("/api/events", &json!({"events": [old]}))).await;
    let answer = world.send(Sent::json("/api/events", &mixed)).await;
    assert_eq!(answer.body["rateLimit"]["count"], json!(1), "{}", answer.body);
}
