//! Events that services put straight onto the queue.

use super::world::*;
use aws_lambda_events::event::sqs::{SqsMessage, SqsMessageAttribute};
use memory::Fault;
use model::money::Currency;
use model::{Family, HourOffset};
use records::{Tenant, buffer, tenant};
use serde_json::{Value, json};

const NONE: [&str; 0] = [];

async fn world() -> World {
    let world = World::new();
    let demo =
        Tenant { id: tenant_id("demo"), hour_offset: HourOffset::default(), currency: Currency::USD, pseudonymous: false, created_at: NOW };
    tenant::create(&*world.table, &demo).await.unwrap();
    world
}

fn posted(id: &str, body: &Value) -> SqsMessage {
    let mut record = raw(id, &body.to_string());
    record.attributes.insert("SentTimestamp".to_owned(), NOW.as_millis().to_string());
    record
}

fn signin(tenant: &str) -> Value {
    json!({"tenant": tenant, "type": "user.signin", "data": {"userId": "u"}})
}

#[tokio::test]
async fn an_event_of_a_service_is_stored_beside_those_of_ingest() {
    let world = world().await;
    let chat =
        json!({"tenant": "demo", "type": "chat.message_sent", "data": {"userId": "u", "model": "gpt-4", "tokens": 5, "requestId": "r"}});
    let records = vec![posted("m1", &signin("demo")), record("m2", message("demo", vec![view("v")])), posted("m3", &message_of(&chat))];
    assert_eq!(world.store(records).await, NONE);
    assert_eq!(world.counted("demo", Family::Lifecycle).await.into_keys().collect::<Vec<_>>(), ["b:sqs:m1:0"]);
    assert_eq!(world.counted("demo", Family::Ai).await.into_keys().collect::<Vec<_>>(), ["r:r"]);
    assert_eq!(world.counted("demo", Family::Engagement).await.len(), 1);
}

/// The event as the bus delivers it.
fn message_of(event: &Value) -> Value {
    json!({"version": "0", "id": "bus-1", "detail-type": "Weir", "source": "chat", "time": NOW.to_string(), "detail": event})
}

#[tokio::test]
async fn one_that_is_delivered_again_is_the_same_event() {
    let world = world().await;
    world.faults.plan(|call| call.key.contains("#P#").then_some(Fault::After));
    assert_eq!(world.store(vec![posted("m1", &signin("demo"))]).await, ["m1"]);
    world.faults.heal();
    world.clock.advance_millis(2 * HOUR_MS);
    assert_eq!(world.store(vec![attempt(2, posted("m1", &signin("demo")))]).await, NONE);
    assert_eq!(world.counted("demo", Family::Lifecycle).await.into_iter().collect::<Vec<_>>(), [("b:sqs:m1:0".to_owned(), 1)]);
    // The bus may deliver twice, in messages of two ids.
    for id in ["m2", "m3"] {
        assert_eq!(world.store(vec![posted(id, &message_of(&signin("demo")))]).await, NONE);
    }
    assert_eq!(world.counted("demo", Family::Lifecycle).await.into_keys().collect::<Vec<_>>(), ["b:bus:bus-1:0", "b:sqs:m1:0"]);
}

#[tokio::test]
async fn one_that_is_malformed_fails_alone() {
    let world = world().await;
    let records = vec![
        posted("good", &signin("demo")),
        posted("no tenant", &json!({"type": "user.signin"})),
        posted("no such tenant", &signin("nobody")),
        posted("no type", &json!({"tenant": "demo", "data": {}})),
        posted("bad", &json!({"tenant": "demo", "type": "billing.payment_success", "data": {"amount": -1}})),
        posted("old", &json!({"tenant": "demo", "type": "user.signin", "data": {"timestamp": "1997-01-01"}})),
        posted("half good", &json!([signin("demo"), {"tenant": "demo"}])),
        raw("half a body", "{\"tenant\":"),
    ];
    let mut failed = world.store(records).await;
    failed.sort();
    assert_eq!(failed, ["bad", "half a body", "half good", "no such tenant", "no tenant", "no type", "old"]);
    assert_eq!(world.counted("demo", Family::Lifecycle).await.len(), 1);
    assert_eq!(world.bucket.objects().len(), 1);
}

#[tokio::test]
async fn the_tenant_may_stand_in_an_attribute() {
    let world = world().await;
    let named = |id: &str, tenant: &str, body: &Value| {
        let mut record = posted(id, body);
        let mut attribute = SqsMessageAttribute::default();
        attribute.string_value = Some(tenant.to_owned());
        record.message_attributes.insert("tenant".to_owned(), attribute);
        record
    };
    let nameless = json!({"type": "user.signin", "data": {"userId": "u"}});
    let records = vec![named("m1", "demo", &nameless), named("m2", "other", &signin("demo"))];
    assert_eq!(world.store(records).await, ["m2"]);
    assert_eq!(world.counted("demo", Family::Lifecycle).await.into_keys().collect::<Vec<_>>(), ["b:sqs:m1:0"]);
}

#[tokio::test]
async fn nothing_personal_in_one_is_kept() {
    let world = world().await;
    let planted = ["ada@mail.example", "+49 170 5551234", "4111 1111 1111 1111", "sk-ant-api03-abcDEF0123456789xyz"];
    for (number, planted) in planted.iter().enumerate() {
        let data = json!({"userId": planted, "title": planted, "conversationId": planted, "reason": planted, "planTier": planted, "amount": 1,
            "provider": planted, "model": planted, "prompt": planted, "deep": [{planted.to_owned(): planted}], "email": planted});
        for (at, kind) in
            ["user.signup", "chat.message_sent", "chat.conversation_created", "billing.payment_failed", planted].iter().enumerate()
        {
            let body = json!({"tenant": "demo", "type": kind, "eventId": planted, "sessionId": planted, "data": data});
            assert_eq!(world.store(vec![posted(&format!("m{number}-{at}"), &body)]).await, NONE, "{body}");
        }
    }
    let events: Vec<_> = world.bucket.objects().values().map(|object| cube::segment::decode(object).unwrap()).collect();
    let kept = format!("{:?} {events:?}", world.table.items());
    for planted in planted {
        assert!(!kept.contains(planted), "{planted} is kept");
    }
}

#[tokio::test]
async fn one_takes_nothing_out_of_the_buffer_that_it_was_never_in() {
    let world = world().await;
    let (tenant, project) = (tenant_id("demo"), model::ProjectId::new("default").unwrap());
    let place = buffer::Place { tenant: &tenant, project: &project, received: NOW };
    buffer::accepted(&*world.table, place, 3).await.unwrap();
    assert_eq!(world.store(vec![posted("m1", &signin("demo"))]).await, NONE);
    assert_eq!(buffer::depth(&*world.table, &tenant, &project, NOW).await.unwrap(), 3);
}

#[tokio::test]
async fn a_table_that_does_not_answer_makes_it_come_again() {
    let world = world().await;
    world.faults.plan(|call| call.key.contains("TENANTS").then_some(Fault::Before));
    assert_eq!(world.store(vec![posted("m1", &signin("demo"))]).await, ["m1"]);
    world.faults.heal();
    assert_eq!(world.store(vec![attempt(2, posted("m1", &signin("demo")))]).await, NONE);
}
