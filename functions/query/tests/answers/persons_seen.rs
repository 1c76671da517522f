//! What is shown of persons, and by which ids they are found.

use crate::events::ai;
use crate::world::{Who, World};
use http::StatusCode;

const OPUS: &str = "claude-3-opus-20240229";
const NINE: &str = "2026-11-18T09:00:00Z";
const ADA: &str = "ada@mail.example";

async fn world() -> World {
    let world = World::new().await;
    let by = |user: &str, tokens: i64| ai(user, OPUS, NINE, (tokens, 0));
    world.store("acme", vec![by(ADA, 1), by("Ada@Mail.example", 2), by("+49 170 1234567", 4), by("ann", 8)]).await;
    world.store("other", vec![by(ADA, 100)]).await;
    world
}

#[tokio::test]
async fn a_person_whose_id_is_an_address_finds_its_own_numbers_and_nobody_sees_the_address() {
    let world = world().await;
    for who in [Who::Admin, Who::Service, Who::User(ADA), Who::User("ADA@mail.example")] {
        let answer = world.get(who, "/usage/user/ada%40mail.example?period=7d").await;
        assert_eq!(answer.numbers()["totalTokens"], 3);
    }
    assert_eq!(world.numbers("/usage/user/%2B49%20170%201234567?period=7d").await["totalTokens"], 4);
    assert_eq!(world.numbers("/costs/user/%2B491701234567?period=7d").await["byDay"][0]["tokens"], 4);
    assert_eq!(world.get(Who::OtherAdmin, "/usage/user/ada%40mail.example").await.numbers()["totalTokens"], 100);
    assert_eq!(world.get(Who::User("bob@mail.example"), "/usage/user/ada%40mail.example").await.status, StatusCode::FORBIDDEN);
    assert!(!format!("{:?}", world.table.items()).contains(ADA));
}

#[tokio::test]
async fn a_filter_on_users_is_mapped_as_their_ids_were() {
    let world = world().await;
    let total = async |user: &str| -> i64 {
        let answer =
            world.get(Who::Admin, &format!("/metrics/timeseries?metric=tokens&period=7d&granularity=day&user={user}")).await.numbers();
        answer["data"].as_array().unwrap().iter().map(|point| point["value"].as_i64().unwrap()).sum()
    };
    assert_eq!((total("ada%40mail.example").await, total("ann").await, total("nobody").await), (3, 8, 0));
}

#[tokio::test]
async fn where_a_tenant_asks_for_it_all_its_users_have_pseudonyms() {
    let world = World::new().await;
    records::tenant::pseudonymise(&*world.table, &model::TenantId::new("acme").unwrap()).await.unwrap();
    world.store("acme", vec![ai("ann", OPUS, NINE, (8, 0))]).await;
    for who in [Who::Admin, Who::User("ann")] {
        assert_eq!(world.get(who, "/usage/user/ann?period=7d").await.numbers()["totalTokens"], 8);
    }
    assert_eq!(world.get(Who::User("bob"), "/usage/user/ann?period=7d").await.status, StatusCode::FORBIDDEN);
}
