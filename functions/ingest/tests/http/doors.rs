//! Every door: what comes in by it is on the queue as an event of its family.

use crate::world::{Sent, World};
use http::StatusCode;
use model::Event;
use model::event::{Engagement, Facts};
use serde_json::{Value, json};

async fn taken(world: &World, sent: Sent) -> Event {
    let answer = world.send(sent).await;
    assert_eq!((answer.status, &answer.body["accepted"]), (StatusCode::OK, &json!(1)), "{}", answer.body);
    world.messages().last().unwrap().events[0].clone()
}

#[tokio::test]
async fn each_door_leads_to_its_family() {
    let world = World::new().await;
    let check = async |path: &str, body: Value, family: &str, kind: &str| {
        let event = taken(&world, Sent::json(path, &body)).await;
        assert_eq!((event.family().name(), event.kind.as_str(), event.project.as_str()), (family, kind, "shop"), "{path}");
    };
    let service = json!({"type": "chat.message_sent", "data": {"userId": "u", "model": "gpt-4", "tokens": 3}});
    check("/api/v1/analytics/events", service.clone(), "ai", "chat.message_sent").await;
    check("/api/v1/analytics/events", json!({"type": "page_view", "userId": "u"}), "engagement", "page_view").await;
    check("/api/v1/analytics/events", json!({"event": "user.created", "userId": "u"}), "lifecycle", "user.created").await;
    check("/events", service, "ai", "chat.message_sent").await;
    check("/events", json!({"type": "billing.payment_success", "data": {"amount": 5}}), "sales", "billing.payment_success").await;
    check("/events", json!({"event": "build.triggered"}), "lifecycle", "build.triggered").await;
    check("/api/analytics/usage", json!({"service": "s", "model": "gpt-4", "tokens": 3, "credits": 1}), "ai", "request").await;
    check("/api/analytics/engagement/track", json!({"event": "click", "page": "/"}), "engagement", "click").await;
    check("/api/performance/track", json!({"service": "api", "responseTime": 1}), "performance", "request").await;
}

#[tokio::test]
async fn every_door_takes_an_array_and_answers_like_a_batch() {
    let world = World::new().await;
    for (path, good) in [
        ("/api/v1/analytics/events", json!({"type": "page_view"})),
        ("/api/analytics/usage", json!({"model": "gpt-4"})),
        ("/api/analytics/engagement/track", json!({"event": "click"})),
        ("/api/performance/track", json!({"service": "api"})),
        ("/api/ai-tracking/track", json!({"model": "gpt-4", "requestId": "r"})),
    ] {
        let answer = world.send(Sent::json(path, &json!([good, {}]))).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        assert_eq!(
            (&answer.body["accepted"], &answer.body["rejected"], &answer.body["errors"][0]["index"]),
            (&json!(1), &json!(1), &json!(1)),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_visitor_is_known_by_its_browser_and_its_cdn_and_its_address_is_not_kept() {
    let world = World::new().await;
    let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.2 Mobile/15E148 Safari/604.1";
    let view = Sent::json("/api/analytics/engagement/track", &json!({"event": "page_view", "page": "/"}));
    let view = view.header("user-agent", iphone).header("cloudfront-viewer-country", "DE").header("x-forwarded-for", "203.0.113.77");
    let event = taken(&world, view).await;
    let Facts::Engagement(facts) = &event.facts else { panic!("{event:?}") };
    let named = |text: &str| Some(text.to_owned());
    let expect = Engagement {
        page: named("/"),
        browser: named("Safari"),
        os: named("iOS"),
        os_version: named("17.2"),
        device_type: named("phone"),
        country: named("DE"),
        ..Engagement::default()
    };
    assert_eq!(facts, &expect);
    assert!(!format!("{event:?}").contains("203.0.113"));
}

#[tokio::test]
async fn one_act_is_one_event_by_whichever_door_it_comes() {
    let world = World::new().await;
    let time = crate::world::NOW.to_string();
    let doors = [
        ("/usage/api", json!({"model": "gpt-4", "requestId": "r", "timestamp": time})),
        ("/api/analytics/usage", json!({"model": "gpt-4", "requestId": "r", "timestamp": time})),
        ("/events", json!({"type": "chat.message_sent", "data": {"model": "gpt-4", "requestId": "r", "timestamp": time}})),
    ];
    for (path, body) in doors {
        let event = taken(&world, Sent::json(path, &body)).await;
        assert_eq!((event.id.as_str(), event.time), ("r:r", crate::world::NOW), "{path}");
    }
    world.send(Sent::json("/api/ai-tracking/track", &json!({"model": "gpt-4", "requestId": "r", "timestamp": time}))).await;
    let event = taken(&world, Sent::put("/api/ai-tracking/update/r", &json!({"status": "completed"}))).await;
    assert_eq!((event.id.as_str(), event.time), ("r:r", crate::world::NOW));
}
