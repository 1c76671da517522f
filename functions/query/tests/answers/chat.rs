//! `GET /api/analytics/chat/{messages,conversations,by-provider,tokens,average-session}`.

use crate::analytics::HAIKU;
use crate::events::{ai, life, message, on};
use crate::world::{Who, World};
use http::StatusCode;
use serde_json::{Value, json};

const DAYS: &str = "startDate=2026-11-17&endDate=2026-11-18&granularity=day";

/// ann falls silent for more than half an hour, and so chats twice.
async fn world() -> World {
    let world = World::new().await;
    let events = vec![
        on("pro", message("ann", "gpt-4", "c1", "2026-11-18T09:00:00Z")),
        on("pro", message("ann", "gpt-4", "c1", "2026-11-18T09:10:00Z")),
        on("pro", message("ann", "gpt-4", "c2", "2026-11-18T09:41:00Z")),
        message("bob", HAIKU, "c3", "2026-11-17T09:00:00Z"),
        ai("bob", HAIKU, "2026-11-17T09:00:00Z", (1000, 1000)),
        life("chat.conversation_created", "2026-11-17T08:00:00Z", "Hello"),
        life("chat.conversation_created", "2026-11-18T08:00:00Z", "Again"),
        life("chat.conversation_created", "2026-11-18T09:41:00Z", "And again"),
        life("chat.conversation_deleted", "2026-11-18T12:00:00Z", ""),
        life("generation.started", "2026-11-18T12:00:00Z", ""),
    ];
    world.store("acme", events).await;
    world
}

async fn read(world: &World, name: &str, query: &str) -> Value {
    world.numbers(&format!("/api/analytics/chat/{name}?{query}")).await
}

#[tokio::test]
async fn messages_are_counted_with_who_wrote_them_and_where() {
    let world = world().await;
    let point = |day: &str, number: (i64, i64, i64)| json!({"timestamp": format!("2026-11-{day}T00:00:00.000Z"), "messages": number.0, "users": number.1, "activeConversations": number.2});
    let expect = json!({
        "messages": 4, "users": 2, "activeConversations": 3,
        "series": [point("17", (1, 1, 1)), point("18", (3, 1, 2))],
    });
    assert_eq!(read(&world, "messages", DAYS).await, expect);
    for day in ["2026-11-17", "2026-11-18"] {
        world.settle("acme", day).await;
    }
    assert_eq!(read(&world, "messages", DAYS).await, expect, "settled");
    let grouped = read(&world, "messages", &format!("{DAYS}&groupBy=plan&plan=pro")).await["groups"]["data"].clone();
    assert_eq!(grouped[0]["messages"], 3);
}

#[tokio::test]
async fn conversations_are_begun_deleted_and_written_in() {
    let world = world().await;
    let point = |day: &str, (created, deleted, active): (i64, i64, i64)| json!({"timestamp": format!("2026-11-{day}T00:00:00.000Z"), "created": created, "deleted": deleted, "active": active});
    let expect = json!({
        "created": 3, "deleted": 1, "active": 3, "messagesPerConversation": 1.333_333,
        "series": [point("17", (1, 0, 1)), point("18", (2, 1, 2))],
    });
    assert_eq!(read(&world, "conversations", DAYS).await, expect);
}

#[tokio::test]
async fn providers_are_ranked_by_their_messages() {
    let world = world().await;
    let row = |provider: &str, (messages, share, conversations): (i64, i64, i64), cost: f64| json!({"provider": provider, "messages": messages, "share": share, "users": 1, "activeConversations": conversations, "tokens": messages * 15, "cost": cost});
    let providers = read(&world, "by-provider", DAYS_ONLY).await;
    // 3 × (10 × 30 + 5 × 60), and 10 × 0.25 + 5 × 1.25, a million.
    assert_eq!(providers["data"], json!([row("openai", (3, 75, 2), 0.0018), row("anthropic", (1, 25, 1), 0.000_008_75)]));
    assert_eq!(providers["messages"], 4);
    let first = read(&world, "by-provider", &format!("{DAYS_ONLY}&limit=1")).await;
    assert_eq!(first["data"].as_array().unwrap().len(), 1);
    assert!(first["nextCursor"].is_string());
}

const DAYS_ONLY: &str = "startDate=2026-11-17&endDate=2026-11-18";

#[tokio::test]
async fn tokens_are_those_of_chats_only() {
    let world = world().await;
    let tokens = read(&world, "tokens", DAYS).await;
    let expect = [
        ("inputTokens", json!(40)),
        ("outputTokens", json!(20)),
        ("totalTokens", json!(60)),
        ("tokensPerMessage", json!(15)),
        ("cacheReadTokens", json!(0)),
    ];
    for (name, value) in expect {
        assert_eq!(tokens[name], value, "{name}");
    }
    assert_eq!(tokens["series"][1], json!({"timestamp": "2026-11-18T00:00:00.000Z", "inputTokens": 30, "outputTokens": 15, "tokens": 45}));
    assert_eq!(read(&world, "tokens", "startDate=2025-01-01&endDate=2025-01-02").await["tokensPerMessage"], Value::Null);
}

#[tokio::test]
async fn a_session_ends_after_half_an_hour_of_silence() {
    let world = world().await;
    let expect = json!({
        "averageSession": 200_000, "sessions": 3, "totalTime": 600_000, "messages": 4, "messagesPerSession": 1.333_333,
        "series": [
            {"timestamp": "2026-11-17T00:00:00.000Z", "sessions": 1, "averageSession": 0},
            {"timestamp": "2026-11-18T00:00:00.000Z", "sessions": 2, "averageSession": 300_000},
        ],
    });
    assert_eq!(read(&world, "average-session", DAYS).await, expect);
    world.settle("acme", "2026-11-18").await;
    assert_eq!(read(&world, "average-session", DAYS).await, expect, "settled");
    let of_bob = read(&world, "average-session", &format!("{DAYS}&user=bob")).await;
    assert_eq!((&of_bob["sessions"], &of_bob["averageSession"]), (&json!(1), &json!(0)));
    let never = read(&world, "average-session", "startDate=2025-01-01&endDate=2025-01-02").await;
    assert_eq!((&never["sessions"], &never["averageSession"]), (&json!(0), &Value::Null));
}

#[tokio::test]
async fn chats_are_for_admins_and_services() {
    let world = world().await;
    for name in ["messages", "conversations", "by-provider", "tokens", "average-session"] {
        let path = format!("/api/analytics/chat/{name}");
        assert_eq!(world.get(Who::User("ann"), &path).await.status, StatusCode::FORBIDDEN);
        assert_eq!(world.get(Who::Service, &path).await.status, StatusCode::OK);
        assert_eq!(world.get(Who::OtherAdmin, &path).await.status, StatusCode::OK);
    }
}
