//! Requests to models that are told twice: as they begin, and as they end.

use crate::world::{Answer, NOW, Sent, World};
use http::StatusCode;
use memory::Fault;
use model::event::Facts;
use model::{Event, Timestamp};
use serde_json::{Value, json};

const ENDED: &str = "/api/ai-tracking/update/r1";

async fn track(world: &World, id: &str) -> Answer {
    world.send(Sent::json("/api/ai-tracking/track", &json!({"requestId": id, "model": "gpt-4", "userId": "u", "prompt": "hello"}))).await
}

fn completed() -> Value {
    json!({"status": "completed", "response": "hello yourself", "tokens": {"input": 10, "output": 5}})
}

fn queued(world: &World) -> Vec<Event> {
    world.messages().into_iter().flat_map(|message| message.events).collect()
}

#[tokio::test]
async fn a_request_counts_once_it_has_ended_at_the_time_it_began() {
    let world = World::new().await;
    let begun = track(&world, "r1").await;
    assert_eq!((begun.status, &begun.body["accepted"]), (StatusCode::CREATED, &json!(1)));
    assert_eq!(queued(&world), [], "it is pending until then");
    world.clock.advance_millis(61 * 60_000);
    assert_eq!(track(&world, "r1").await.status, StatusCode::CREATED, "a repeat changes nothing");
    let ended = world.send(Sent::put(ENDED, &completed())).await;
    assert_eq!((ended.status, &ended.body["accepted"]), (StatusCode::OK, &json!(1)), "{}", ended.body);
    let [event] = &queued(&world)[..] else { panic!("one event") };
    assert_eq!((event.id.as_str(), event.time), ("r:r1", NOW));
    let Facts::Ai(facts) = &event.facts else { panic!("{event:?}") };
    assert_eq!((facts.status.as_deref(), facts.tokens.output, facts.latency_ms), (Some("completed"), 5, Some(61 * 60_000)));
    assert_eq!((facts.prompt_chars, facts.response_chars), (Some(5), Some(14)));
}

#[tokio::test]
async fn an_update_is_unknown_repeated_or_in_conflict() {
    let world = World::new().await;
    let unknown = world.send(Sent::put(ENDED, &completed())).await;
    assert_eq!((unknown.status, &unknown.body["errors"][0]["code"]), (StatusCode::NOT_FOUND, &json!("unknown_request")));
    track(&world, "r1").await;
    for _ in 0..3 {
        assert_eq!(world.send(Sent::put(ENDED, &completed())).await.status, StatusCode::OK);
    }
    let other = world.send(Sent::put(ENDED, &json!({"status": "failed"}))).await;
    assert_eq!((other.status, &other.body["errors"][0]["code"]), (StatusCode::CONFLICT, &json!("already_completed")));
    assert_eq!(queued(&world).len(), 1);
    let bad = world.send(Sent::put(ENDED, &json!({"status": "perhaps"}))).await;
    assert_eq!((bad.status, &bad.body["errors"][0]["pointer"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("/status")));
}

#[tokio::test]
async fn an_update_that_ends_anywhere_can_be_sent_again_and_is_the_same_event() {
    for calls in 0..8 {
        for fault in [Fault::Before, Fault::After] {
            let world = World::new().await;
            track(&world, "r1").await;
            world.faults.crash_after(calls, fault);
            let first = world.send(Sent::put(ENDED, &completed())).await;
            world.faults.heal();
            world.clock.advance_millis(3_600_000);
            let again = world.send(Sent::put(ENDED, &completed())).await;
            assert_eq!(again.status, StatusCode::OK, "{calls} {fault:?}: {}", again.body);
            let mut events = queued(&world);
            assert!(!events.is_empty(), "{calls} {fault:?}: it was acknowledged and not queued");
            assert!(first.status == StatusCode::OK || first.status.is_server_error());
            events.dedup();
            assert_eq!(events.len(), 1, "{calls} {fault:?}: two that differ: {events:?}");
        }
    }
}

#[tokio::test]
async fn a_queue_that_refuses_makes_the_update_be_sent_again() {
    let world = World::new().await;
    track(&world, "r1").await;
    world.faults.down("queue");
    assert_eq!(world.send(Sent::put(ENDED, &completed())).await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(world.send(Sent::put(ENDED, &json!({"status": "failed"}))).await.status, StatusCode::CONFLICT);
    world.faults.heal();
    assert_eq!(world.send(Sent::put(ENDED, &completed())).await.status, StatusCode::OK);
    assert_eq!(queued(&world).len(), 1);
}

#[tokio::test]
async fn updates_come_in_arrays_too_and_each_is_told_of() {
    let world = World::new().await;
    for id in ["r1", "r2", "r3"] {
        track(&world, id).await;
    }
    world.send(Sent::put("/api/ai-tracking/update/r3", &completed())).await;
    let of = |id: &str, status: &str| json!({"requestId": id, "status": status});
    let updates = json!([of("r1", "completed"), of("r2", "failed"), of("r3", "failed"), of("r4", "failed"), {"requestId": "r1"}]);
    let answer = world.send(Sent::put(ENDED, &updates)).await;
    assert_eq!(
        (answer.status, &answer.body["accepted"], &answer.body["rejected"]),
        (StatusCode::OK, &json!(2), &json!(3)),
        "{}",
        answer.body
    );
    let told: Vec<_> =
        answer.body["errors"].as_array().unwrap().iter().map(|error| (error["index"].clone(), error["code"].clone())).collect();
    assert_eq!(told, [(json!(2), json!("already_completed")), (json!(3), json!("unknown_request")), (json!(4), json!("required"))]);
    assert_eq!(queued(&world).len(), 3);
}

#[tokio::test]
async fn a_request_is_its_projects_and_nobody_elses() {
    let world = World::new().await;
    track(&world, "r1").await;
    let elsewhere = json!({"requestId": "r1", "model": "gpt-4", "projectId": "blog"});
    assert_eq!(world.send(Sent::json("/api/ai-tracking/track", &elsewhere).by_service(&world)).await.status, StatusCode::CREATED);
    let unclear = world.send(Sent::put(ENDED, &completed()).by_service(&world)).await;
    assert_eq!((unclear.status, &unclear.body["errors"][0]["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("several_projects")));
    let named = json!({"status": "failed", "projectId": "blog"});
    assert_eq!(world.send(Sent::put(ENDED, &named).by_service(&world)).await.status, StatusCode::OK);
    assert_eq!(world.send(Sent::put(ENDED, &completed())).await.status, StatusCode::OK, "the key has its own");
    let projects: Vec<_> = queued(&world).into_iter().map(|event| event.project.as_str().to_owned()).collect();
    assert_eq!(projects, ["blog", "shop"]);
    assert_eq!(world.send(Sent::put(ENDED, &completed()).without_credential()).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn requests_that_begin_have_a_limit_and_wait_in_no_buffer() {
    let world = World::new().await;
    let many: Vec<Value> = (0..500).map(|number| json!({"requestId": number.to_string(), "model": "m"})).collect();
    for _ in 0..2 {
        assert_eq!(world.send(Sent::json("/api/ai-tracking/track", &json!(many))).await.status, StatusCode::OK);
    }
    assert_eq!(track(&world, "r1").await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(world.send(Sent::get("/api/events/health")).await.body["buffers"], json!({"shop": 0}));
    assert_eq!(
        world.send(Sent::put("/api/ai-tracking/update/7", &completed())).await.status,
        StatusCode::OK,
        "events have a share of their own"
    );
    assert_eq!(world.send(Sent::get("/api/events/health")).await.body["buffers"], json!({"shop": 1}));
}

#[tokio::test]
async fn a_request_of_last_week_is_not_waited_for_any_more() {
    let world = World::new().await;
    track(&world, "r1").await;
    let days = |days: i64| days * 24 * 3_600_000;
    world.clock.advance_millis(days(7) - 1000);
    assert_eq!(world.send(Sent::put("/api/ai-tracking/update/r1", &completed())).await.status, StatusCode::OK);
    world.clock.advance_millis(days(7));
    assert_eq!(world.send(Sent::put("/api/ai-tracking/update/r1", &completed())).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_time_that_is_said_is_when_it_began_and_ended() {
    let world = World::new().await;
    let begun = json!({"requestId": "r1", "model": "m", "timestamp": "2026-11-18T10:00:00Z"});
    world.send(Sent::json("/api/ai-tracking/track", &begun)).await;
    world.send(Sent::put(ENDED, &json!({"status": "completed", "timestamp": "2026-11-18T10:00:02.5Z"}))).await;
    let event = queued(&world).remove(0);
    let Facts::Ai(facts) = &event.facts else { panic!("{event:?}") };
    assert_eq!((event.time, facts.latency_ms), (Timestamp::from_millis(1_794_996_000_000), Some(2500)));
}
