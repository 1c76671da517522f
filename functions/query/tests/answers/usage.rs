//! `GET /usage/user/{userId}`.

use crate::events::{ai, of};
use crate::world::{Who, World};
use http::StatusCode;
use serde_json::json;

const OPUS: &str = "claude-3-opus-20240229";
const HAIKU: &str = "claude-3-haiku-20240307";

async fn world() -> World {
    let world = World::new().await;
    let acme = vec![
        ai("ann", HAIKU, "2026-11-17T20:00:00Z", (100, 10)),
        ai("ann", HAIKU, "2026-11-18T09:00:00Z", (200, 20)),
        of("blog", ai("ann", OPUS, "2026-11-19T10:00:00Z", (1000, 100))),
        ai("bob", HAIKU, "2026-11-18T09:30:00Z", (5, 5)),
        ai("", HAIKU, "2026-11-18T09:30:00Z", (3, 3)),
    ];
    world.store("acme", acme).await;
    world.store("other", vec![ai("ann", OPUS, "2026-11-18T09:00:00Z", (7000, 7000))]).await;
    world
}

#[tokio::test]
async fn usage_is_the_users_own_by_model_and_day_newest_first() {
    let expect = json!({
        "totalRequests": 3, "totalInputTokens": 1300, "totalOutputTokens": 130, "totalTokens": 1430, "uniqueProjects": 2,
        "byModel": {
            HAIKU: {"requests": 2, "inputTokens": 300, "outputTokens": 30},
            OPUS: {"requests": 1, "inputTokens": 1000, "outputTokens": 100},
        },
        "byDay": [
            {"date": "2026-11-19", "requests": 1, "tokens": 1100},
            {"date": "2026-11-18", "requests": 1, "tokens": 220},
            {"date": "2026-11-17", "requests": 1, "tokens": 110},
        ],
    });
    let world = world().await;
    for who in [Who::Admin, Who::Service, Who::User("ann")] {
        assert_eq!(world.get(who, "/usage/user/ann?period=7d").await.numbers(), expect);
    }
}

#[tokio::test]
async fn a_user_sees_its_own_numbers_only() {
    let world = world().await;
    let status = async |who, path| world.get(who, path).await.status;
    assert_eq!(status(Who::User("bob"), "/usage/user/ann").await, StatusCode::FORBIDDEN);
    assert_eq!(status(Who::User("ann"), "/usage/user/ann%20").await, StatusCode::FORBIDDEN);
    assert_eq!(status(Who::User("nobody"), "/usage/user/ann").await, StatusCode::FORBIDDEN);
    assert_eq!(status(Who::Key, "/usage/user/ann").await, StatusCode::FORBIDDEN);
    assert_eq!(status(Who::Nobody, "/usage/user/ann").await, StatusCode::UNAUTHORIZED);
    assert_eq!(world.get(Who::User("bob"), "/usage/user/bob").await.numbers()["totalTokens"], 10);
}

#[tokio::test]
async fn an_unknown_user_and_one_of_another_tenant_have_zeros() {
    let world = world().await;
    let zeros = json!({
        "totalRequests": 0, "totalInputTokens": 0, "totalOutputTokens": 0, "totalTokens": 0, "uniqueProjects": 0, "byModel": {}, "byDay": [],
    });
    assert_eq!(world.numbers("/usage/user/nobody").await, zeros);
    assert_eq!(world.get(Who::OtherAdmin, "/usage/user/bob").await.numbers(), zeros);
    assert_eq!(world.get(Who::OtherAdmin, "/usage/user/ann").await.numbers()["totalTokens"], 14_000);
}

#[tokio::test]
async fn time_is_what_the_parameters_say_in_the_zone_that_they_say() {
    let world = world().await;
    let days = async |query: &str| -> Vec<String> {
        let numbers = world.numbers(&format!("/usage/user/ann?{query}")).await;
        numbers["byDay"].as_array().unwrap().iter().map(|day| format!("{} {}", day["date"].as_str().unwrap(), day["requests"])).collect()
    };
    assert_eq!(days("period=day").await, ["2026-11-19 1"]);
    assert_eq!(days("period=36h").await, ["2026-11-19 1", "2026-11-18 1"]);
    // 20:00 UTC is half past one of the next day in Kolkata.
    assert_eq!(days("period=7d&timezone=Asia/Kolkata").await, ["2026-11-19 1", "2026-11-18 2"]);
    assert_eq!(days("startDate=2026-11-17&endDate=2026-11-17").await, ["2026-11-17 1"]);
    assert_eq!(days("startDate=2026-11-17T19:30:00Z&endDate=2026-11-17T20:30:00Z").await, ["2026-11-17 1"]);
    assert_eq!(days("startDate=2026-11-17T20:30:00Z&endDate=2026-11-18T08:30:00Z").await, [""; 0]);
    assert_eq!(days("startDate=2026-12-01&endDate=2026-12-31").await, [""; 0]);

    let meta = world.get(Who::Admin, "/usage/user/ann?startDate=2026-11-17&endDate=2026-11-17&timezone=Asia/Kolkata").await.json();
    assert_eq!(
        meta["meta"],
        json!({
            "range": {"from": "2026-11-16T18:30:00.000Z", "to": "2026-11-17T18:30:00.000Z"}, "granularity": "day",
            "timezone": "Asia/Kolkata", "settledThrough": "2026-11-17T18:30:00.000Z", "approximate": [],
        })
    );
}

#[tokio::test]
async fn an_answer_can_be_narrowed_by_any_dimension() {
    let world = world().await;
    let total = async |query: &str| world.numbers(&format!("/usage/user/ann?{query}")).await["totalTokens"].clone();
    assert_eq!(total(&format!("model={HAIKU}")).await, 330);
    assert_eq!(total("project=blog").await, 1100);
    assert_eq!(total(&format!("project=blog&model={HAIKU}")).await, 0);
    assert_eq!(total(&format!("model={HAIKU}&model={OPUS}")).await, 1430);
}

#[tokio::test]
async fn a_users_id_may_hold_any_character() {
    let world = World::new().await;
    for id in ["a b@x.org", "a/b", "50%", "ü?#", "../ann"] {
        world.store("acme", vec![ai(id, OPUS, "2026-11-18T09:00:00Z", (1, 1))]).await;
        let escaped = id.bytes().fold(String::new(), |text, byte| format!("{text}%{byte:02X}"));
        let answer = world.get(Who::User(id), &format!("/usage/user/{escaped}")).await;
        assert_eq!(answer.numbers()["totalRequests"], 1, "{id}");
    }
    assert_eq!(world.numbers("/usage/user/a/b").await["totalRequests"], 1);
    let long = "x".repeat(257);
    assert_eq!(world.get(Who::Admin, &format!("/usage/user/{long}")).await.status, StatusCode::BAD_REQUEST);
}
