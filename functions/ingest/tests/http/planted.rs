//! Personal data and secrets planted in every field of every write: none of them reaches the queue, the table or an answer.

use crate::world::{Sent, World};
use http::StatusCode;
use serde_json::{Map, Value, json};

/// What is planted: `#` becomes a number of each place's own, so that what is found tells where it was.
const PLANTED: &[(&str, &str)] = &[
    ("mail", "ada.#@mail.example"),
    ("phone", "+49 170 55512#"),
    ("card", "4111 1111 1111 1111"),
    ("key", "sk-ant-api03-abcDEF#0123456789xyz"),
    ("token", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ#.c2lnbmF0dXJl"),
];

/// Every write, with all that it reads and something that it does not know.
fn writes() -> Vec<(&'static str, Value)> {
    let device = json!({"platform": "ios", "os": "iOS", "osVersion": "17.2", "appVersion": "1.0.0", "deviceType": "phone", "browser": "x", "country": "DE"});
    let properties = json!({"screenName": "Home", "eventName": "n", "feature": "f", "eventRef": "r", "value": 1, "utm_source": "s", "utm_medium": "m",
        "utm_campaign": "c", "email": "e", "password": "p", "deep": [{"list": ["x", ["y"]], "note": "n"}]});
    let event = json!({"eventId": "e1", "type": "screen_view", "sessionId": "s1", "userId": "u1", "plan": "pro", "properties": properties,
        "device": device, "unknown": "x"});
    let metadata = json!({"name": "n", "buildId": "b", "fromPlan": "free", "toPlan": "pro", "email": "e", "deep": {"a": ["b"]}});
    vec![
        ("/api/events", json!({"batchId": "b1", "events": [event]})),
        ("/api/events/single", event),
        ("/events", json!({"event": "build.completed", "userId": "u", "eventId": "p1", "plan": "pro", "metadata": metadata})),
        (
            "/usage/api",
            json!({"userId": "u", "model": "gpt-4", "requestId": "r1", "inputTokens": 1, "outputTokens": 1, "provider": "p", "service": "s",
                "feature": "f", "complexity": "c", "language": "l", "conversationId": "c1", "prompt": "p", "response": "r", "metadata": {"x": "y"}}),
        ),
        (
            "/api/analytics/sales/track",
            json!({"transactionId": "t1", "type": "purchase", "amount": 1, "currency": "USD", "status": "completed", "paymentMethod": "card",
                "plan": "pro", "reason": "none", "userId": "u", "subscription": {"id": "s1", "interval": "month"}, "metadata": {"x": "y"}}),
        ),
        (
            "/api/analytics/usage",
            json!({"userId": "u", "service": "s", "model": "gpt-4", "tokens": 5, "credits": 1, "status": "success", "response": ["r"], "metadata": {"x": "y"}}),
        ),
        (
            "/api/v1/analytics/events",
            json!({"type": "user.signup", "eventId": "e", "sessionId": "s", "data": {"userId": "u", "planTier": "free", "title": "t",
                "fromPlan": "a", "email": "e", "name": "n", "metadata": {"note": "n"}, "deep": [{"list": ["x"]}]}}),
        ),
        (
            "/api/v1/analytics/events",
            json!([{"type": "chat.message_sent", "data": {"userId": "u", "conversationId": "c", "provider": "p", "model": "m", "prompt": "p",
                "requestId": "r", "service": "s"}}, {"type": "billing.subscription_created", "data": {"planId": "pro",
                "stripeSubscriptionId": "s", "interval": "month", "reason": "r", "transactionId": "t"}}]),
        ),
        (
            "/api/analytics/engagement/track",
            json!({"event": "click", "sessionId": "s", "userId": "u", "page": "/", "feature": "f", "userPlan": "pro",
                "properties": {"utm_source": "s", "utm_medium": "m", "utm_campaign": "c", "email": "e", "deep": {"a": ["b"]}},
                "metadata": {"deviceType": "phone", "browser": "b", "os": "o", "note": "n"}, "device": {"platform": "web", "country": "DE"}}),
        ),
        (
            "/api/performance/track",
            json!({"service": "api", "endpoint": "/items", "method": "GET", "responseTime": 1, "requestId": "r", "userId": "u",
                "cache": {"note": "n"}, "metadata": {"x": "y"}}),
        ),
        (
            "/api/ai-tracking/track",
            json!({"requestId": "r", "model": "m", "prompt": "p", "feature": "f", "complexity": "c", "language": "l", "userPlan": "pro",
                "userId": "u", "sessionId": "s", "provider": "p", "service": "s", "conversationId": "c", "metadata": {"x": ["y"]}}),
        ),
    ]
}

/// The places of all texts in a body.
fn places(body: &Value) -> Vec<String> {
    fn walk(value: &Value, at: &str, places: &mut Vec<String>) {
        match value {
            Value::Object(members) => members.iter().for_each(|(name, value)| walk(value, &format!("{at}/{name}"), places)),
            Value::Array(items) => items.iter().enumerate().for_each(|(index, item)| walk(item, &format!("{at}/{index}"), places)),
            Value::String(_) => places.push(at.to_owned()),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    let mut places = Vec::new();
    walk(body, "", &mut places);
    places
}

/// All that a world has kept and would keep, as text: the events as they go on to be stored, and the table.
fn kept(world: &World) -> String {
    let events: Vec<_> = world.messages().into_iter().flat_map(|message| message.events).collect();
    format!("{} {:?}", serde_json::to_string(&events).unwrap(), world.table.items())
}

#[tokio::test]
async fn nothing_planted_in_any_text_of_any_write_is_kept_or_told() {
    let world = World::new().await;
    let mut number = 1000;
    let mut taken = 0;
    for (path, body) in writes() {
        for place in places(&body) {
            for (what, pattern) in PLANTED {
                number += 1;
                let planted = pattern.replace('#', &number.to_string());
                let mut body = body.clone();
                *body.pointer_mut(&place).unwrap() = json!(planted);
                let answer = world.send(Sent::json(path, &body).header("idempotency-key", &planted)).await;
                assert!(!answer.body.to_string().contains(&planted), "{path} told the {what} of {place}: {}", answer.body);
                taken += usize::from(answer.status == StatusCode::OK);
                let kept = kept(&world);
                assert!(!kept.contains(&planted), "{path} kept the {what} of {place}");
                world.clear();
            }
        }
    }
    assert!(taken > 250, "{taken} were taken: the others show nothing");
}

#[tokio::test]
async fn nothing_planted_in_an_update_is_kept_or_told() {
    let body = json!({"status": "completed", "response": "r", "provider": "p", "note": {"deep": ["x"]}, "requestId": "r"});
    for place in places(&body) {
        for (what, pattern) in PLANTED {
            let world = World::new().await;
            let planted = pattern.replace('#', "8888");
            world.send(Sent::json("/api/ai-tracking/track", &json!({"requestId": planted, "model": "m"}))).await;
            let mut body = body.clone();
            *body.pointer_mut(&place).unwrap() = json!(planted);
            let path = planted.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
            let answer = world.send(Sent::put(&format!("/api/ai-tracking/update/{path}"), &json!([body, {"status": "failed"}]))).await;
            assert_eq!(answer.status, StatusCode::OK, "{place} {what}: {}", answer.body);
            assert!(!answer.body.to_string().contains(&planted), "the {what} of {place} is told: {}", answer.body);
            assert!(!kept(&world).contains(&planted), "the {what} of {place} is kept");
        }
    }
}

#[tokio::test]
async fn nothing_planted_in_a_name_is_kept_or_told() {
    let world = World::new().await;
    for (path, mut body) in writes() {
        for (what, pattern) in PLANTED {
            let planted = pattern.replace('#', "7777");
            let extra = Map::from_iter([(planted.clone(), json!(1))]);
            let event = if body.is_array() { &mut body[0] } else { &mut body };
            event.as_object_mut().unwrap().insert("extra".into(), Value::Object(extra));
            if let Some(event) = body.pointer_mut("/events/0") {
                event[&planted] = json!([{planted.clone(): "x"}]);
            }
            let answer = world.send(Sent::json(path, &body)).await;
            assert!(answer.status.is_success(), "{}", answer.body);
            assert!(!answer.body.to_string().contains(&planted), "{}", answer.body);
            assert!(!kept(&world).contains(&planted), "{path} kept the {what} of a name");
        }
    }
}

#[tokio::test]
async fn a_repeat_of_a_redacted_event_is_the_same_event_and_its_sender_is_told_what_was_taken_out() {
    let world = World::new().await;
    let event = json!({"eventId": "order-ada@mail.example", "type": "tap", "sessionId": "ada@mail.example", "userId": "ada@mail.example",
        "timestamp": crate::world::NOW.to_string(), "properties": {"screenName": "/u/ada@mail.example", "note": "call +49 170 1234567"}});
    let first = world.send(Sent::json("/api/events/single", &event)).await;
    let mut told: Vec<&str> = first.body["notices"].as_array().unwrap().iter().map(|notice| notice["pointer"].as_str().unwrap()).collect();
    told.sort_unstable();
    assert_eq!(told, ["/eventId", "/properties/note", "/properties/screenName", "/sessionId", "/userId"]);
    assert!(first.body["notices"].as_array().unwrap().iter().all(|notice| notice["code"] == "redacted"));
    world.send(Sent::json("/api/events/single", &event)).await;
    let [first, second] = &world.messages()[..] else { panic!("two messages") };
    assert_eq!(first.events, second.events, "what a settle compares is the same");
    let event = &first.events[0];
    assert_eq!(event.user.as_ref().map(model::UserId::as_str), event.session.as_deref(), "one address is one person everywhere");
    assert_eq!(event.properties.as_deref(), Some(r#"{"note":"call [phone]"}"#));
}
