//! `/api/v1/projects`, `/api/v1/prices`, `/api/v1/audit`.

use crate::world::{Answer, Who, World, at};
use http::{Method, StatusCode};
use serde_json::{Value, json};

async fn send(world: &World, method: Method, path: &str, body: &Value) -> Answer {
    world.send(Who::Admin, (method, path, &body.to_string()), &[]).await
}

async fn audit(world: &World) -> Vec<(String, String)> {
    let entries = world.get(Who::Admin, "/api/v1/audit").await.json();
    let text = |entry: &Value, name: &str| entry[name].as_str().unwrap().to_owned();
    entries["data"].as_array().unwrap().iter().map(|entry| (text(entry, "action"), text(entry, "subject"))).collect()
}

#[tokio::test]
async fn a_project_is_made_once_read_and_renamed() {
    let world = World::new().await;
    let body = json!({"id": "web", "name": "The web shop"});
    let made = send(&world, Method::POST, "/api/v1/projects", &body).await;
    assert_eq!((made.status, made.header("location")), (StatusCode::CREATED, "/api/v1/projects/web"));
    assert_eq!(made.json(), json!({"id": "web", "name": "The web shop", "createdAt": "2026-11-19T10:20:30.400Z"}));
    assert_eq!(send(&world, Method::POST, "/api/v1/projects", &body).await.status, StatusCode::OK, "the same again is no other");
    let other = json!({"id": "web", "name": "Another"});
    assert_eq!(send(&world, Method::POST, "/api/v1/projects", &other).await.status, StatusCode::CONFLICT);

    assert_eq!(send(&world, Method::PUT, "/api/v1/projects/web", &json!({"name": "Another"})).await.json()["name"], "Another");
    assert_eq!(world.get(Who::Admin, "/api/v1/projects/web").await.json()["name"], "Another");
    assert_eq!(send(&world, Method::PUT, "/api/v1/projects/none", &json!({"name": "x"})).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.get(Who::Admin, "/api/v1/projects/none").await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.get(Who::OtherAdmin, "/api/v1/projects/web").await.status, StatusCode::NOT_FOUND, "another tenant's");
    let found = audit(&world).await;
    assert!(
        found.contains(&("project.rename".into(), "web".into())) && found.contains(&("project.create".into(), "web".into())),
        "{found:?}"
    );
}

#[tokio::test]
async fn every_fault_of_a_body_is_told_with_its_place() {
    let world = World::new().await;
    let wrong = send(&world, Method::POST, "/api/v1/projects", &json!({"id": "a/b c", "name": " "})).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let pointers: Vec<_> = wrong.json()["errors"].as_array().unwrap().iter().map(|error| error["pointer"].clone()).collect();
    assert_eq!(pointers, ["/id", "/name"]);
    let price = json!({"model": "", "effective": "soon", "inputPerMillion": -1, "outputPerMillion": 0.000_000_1});
    let wrong = send(&world, Method::POST, "/api/v1/prices", &price).await.json();
    let pointers: Vec<_> = wrong["errors"].as_array().unwrap().iter().map(|error| error["pointer"].clone()).collect();
    assert_eq!(pointers, ["/model", "/effective", "/inputPerMillion", "/outputPerMillion"]);
    let unknown = json!({"model": "own-model", "effective": "2026-11-01", "inputPerMillion": 1, "outputPerMillion": 1});
    assert_eq!(send(&world, Method::POST, "/api/v1/prices", &unknown).await.json()["errors"][0]["pointer"], "/provider");
}

#[tokio::test]
async fn a_key_is_shown_once_listed_without_its_text_and_revoked() {
    let world = World::new().await;
    send(&world, Method::POST, "/api/v1/projects", &json!({"id": "web"})).await;
    let made = send(&world, Method::POST, "/api/v1/projects/web/keys", &Value::Null).await;
    assert_eq!((made.status, made.header("cache-control")), (StatusCode::CREATED, "no-store"));
    let (key, id) = (made.json()["key"].as_str().unwrap().to_owned(), made.json()["id"].as_str().unwrap().to_owned());
    assert!(key.starts_with("wk_acme_"));
    let hash = access::mint::key_hash(&key);
    let tenant = model::TenantId::new("acme").unwrap();
    let kept = records::api_key::get(&*world.table, &tenant, &hash).await.unwrap().unwrap();
    assert_eq!((kept.purpose.project().unwrap().as_str(), kept.created_at), ("web", at("2026-11-19T10:20:30.400Z")));
    assert!(!format!("{:?}", world.table.items()).contains(&key), "the key's text is kept nowhere");

    let list = world.get(Who::Admin, "/api/v1/projects/web/keys").await;
    assert_eq!((list.json()["data"][0]["id"].as_str(), &list.json()["data"][0]["revokedAt"]), (Some(id.as_str()), &Value::Null));
    assert!(!list.text.contains(&key));
    let path = format!("/api/v1/projects/web/keys/{id}");
    assert_eq!(send(&world, Method::DELETE, &path, &Value::Null).await.status, StatusCode::NO_CONTENT);
    assert!(records::api_key::get(&*world.table, &tenant, &hash).await.unwrap().unwrap().revoked_at.is_some());
    assert_eq!(send(&world, Method::DELETE, "/api/v1/projects/web/keys/0000", &Value::Null).await.status, StatusCode::NOT_FOUND);
    assert_eq!(audit(&world).await.into_iter().filter(|(action, subject)| action.starts_with("key.") && *subject == id).count(), 2);
}

#[tokio::test]
async fn a_price_of_the_past_is_set_and_prices_anew_what_is_settled_since() {
    let world = World::new().await;
    let body =
        json!({"model": "gpt-4o", "effective": "2026-11-01", "inputPerMillion": 2.25, "outputPerMillion": 9, "cacheReadPerMillion": 1.125});
    let set = send(&world, Method::POST, "/api/v1/prices", &body).await;
    assert_eq!((set.status, set.header("location")), (StatusCode::CREATED, "/api/v1/prices/1"), "{}", set.text);
    let answer = set.json();
    assert_eq!(
        (&answer["provider"], &answer["inputPerMillion"], &answer["cacheWritePerMillion"]),
        (&json!("openai"), &json!(2.25), &Value::Null)
    );
    assert_eq!((&answer["repricing"]["from"], &answer["repricing"]["state"]), (&json!("2026-10-31"), &json!("open")), "the tenant's days");
    assert_eq!(world.get(Who::Service, "/api/v1/prices/1").await.json()["revision"], 1);
    assert_eq!(world.get(Who::Admin, "/api/v1/prices/2").await.status, StatusCode::NOT_FOUND);

    let prices = world.get(Who::Admin, "/api/v1/prices?model=gpt-4o").await.json();
    let own: Vec<_> = prices["data"].as_array().unwrap().iter().filter(|price| price["origin"] == "own").collect();
    assert_eq!(own.len(), 1);
    assert!(prices["data"].as_array().unwrap().iter().any(|price| price["origin"] == "builtin"));
    let later =
        json!({"model": "own-model", "provider": "us", "effective": "2027-01-01T00:00:00Z", "inputPerMillion": 1, "outputPerMillion": 0});
    assert_eq!(send(&world, Method::POST, "/api/v1/prices", &later).await.json()["repricing"], Value::Null);
}

#[tokio::test]
async fn prices_are_read_page_by_page_each_once() {
    let world = World::new().await;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = world.get(Who::Admin, &format!("/api/v1/prices?limit=500{cursor}")).await.json();
        let name = |price: &Value| format!("{} {}", price["model"], price["effective"]);
        seen.extend(page["data"].as_array().unwrap().iter().map(name));
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), model::price::PriceBook::builtin().prices().count());
    assert!(seen.len() > 1000 && seen.is_sorted_by(|a, b| a < b), "in order, each once");
}

#[tokio::test]
async fn only_admins_administer() {
    let world = World::new().await;
    for who in [Who::User("u1"), Who::Service, Who::Key] {
        for path in ["/api/v1/projects", "/api/v1/audit", "/api/v1/projects/shop/keys"] {
            assert_eq!(world.get(who, path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        let made = world.send(who, (Method::POST, "/api/v1/projects", r#"{"id":"x"}"#), &[]).await;
        assert_eq!(made.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(world.get(Who::Nobody, "/api/v1/audit").await.status, StatusCode::UNAUTHORIZED);
    assert!(audit(&world).await.is_empty());
}

#[tokio::test]
async fn nothing_is_done_that_the_trail_does_not_have() {
    let world = World::new().await;
    world.faults.plan(|call| call.key.contains("#C#audit").then_some(memory::Fault::Before));
    let made = send(&world, Method::POST, "/api/v1/projects", &json!({"id": "web"})).await;
    assert!(made.status.is_server_error(), "{}", made.text);
    assert_eq!(world.get(Who::Admin, "/api/v1/projects/web").await.status, StatusCode::NOT_FOUND);
}
