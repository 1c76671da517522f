//! `GET /metrics/dashboard`.

use crate::events::{ai, life, of};
use crate::world::{Who, World};
use http::StatusCode;
use serde_json::json;

const OPUS: &str = "claude-3-opus-20240229";

async fn world() -> World {
    let world = World::new().await;
    let events = vec![
        life("project.created", "2025-01-01T00:00:00Z", "Old Shop"),
        life("project.created", "2025-02-01T00:00:00Z", "Shop"),
        of("blog", life("project.created", "2026-11-18T00:00:00Z", "Blog")),
        of("blog", life("generation.started", "2026-11-19T10:10:00Z", "")),
        of("blog", life("generation.started", "2026-11-18T11:00:00Z", "")),
        of("blog", life("generation.completed", "2026-11-18T11:01:00Z", "")),
        life("generation.started", "2026-11-18T09:00:00Z", ""),
        life("generation.started", "2025-02-01T00:00:00Z", ""),
        life("build.triggered", "2026-11-19T08:00:00Z", ""),
        life("build.triggered", "2026-11-18T08:00:00Z", ""),
        life("build.triggered", "2026-11-18T07:00:00Z", ""),
        life("build.failed", "2026-11-19T08:01:00Z", ""),
        ai("ann", OPUS, "2026-11-19T10:00:00Z", (1000, 200)),
        ai("ann", OPUS, "2026-11-18T10:00:00Z", (900, 100)),
        of("lab", ai("bob", OPUS, "2025-06-01T00:00:00Z", (10, 0))),
    ];
    world.store("acme", events).await;
    world.store("other", vec![life("generation.started", "2026-11-19T10:10:00Z", "")]).await;
    world
}

#[tokio::test]
async fn the_dashboard_shows_all_time_the_last_day_and_its_change() {
    let world = world().await;
    let expect = json!({
        "overview": {"totalProjects": 2, "totalGenerations": 4, "totalBuilds": 3, "totalTokensUsed": 2210, "totalCost": 0.05115},
        "recentActivity": {"generationsLast24h": 2, "buildsLast24h": 1, "tokensLast24h": 1200},
        "trends": {"generationsChange": 100, "buildsChange": -50, "tokensChange": 20},
        "topProjects": [
            {"id": "shop", "name": "Shop", "generations": 2, "tokens": 2200},
            {"id": "blog", "name": "Blog", "generations": 2, "tokens": 0},
            {"id": "lab", "name": "lab", "generations": 0, "tokens": 10},
        ],
    });
    for who in [Who::Admin, Who::Service] {
        assert_eq!(world.get(who, "/metrics/dashboard").await.numbers(), expect);
    }
}

#[tokio::test]
async fn the_dashboard_can_be_of_one_project_and_of_fewer() {
    let world = world().await;
    let blog = world.numbers("/metrics/dashboard?project=blog").await;
    assert_eq!(blog["overview"]["totalProjects"], 1);
    assert_eq!((&blog["overview"]["totalGenerations"], &blog["overview"]["totalTokensUsed"]), (&json!(2), &json!(0)));
    assert_eq!(world.numbers("/metrics/dashboard?limit=1").await["topProjects"].as_array().unwrap().len(), 1);
    for limit in ["0", "1001", "-1", "many"] {
        assert_eq!(world.get(Who::Admin, &format!("/metrics/dashboard?limit={limit}")).await.status, StatusCode::BAD_REQUEST, "{limit}");
    }
}

#[tokio::test]
async fn the_dashboard_of_a_tenant_is_its_own_and_for_admins() {
    let world = world().await;
    let other = world.get(Who::OtherAdmin, "/metrics/dashboard").await.numbers();
    assert_eq!(other["topProjects"], json!([{"id": "shop", "name": "shop", "generations": 1, "tokens": 0}]));
    assert_eq!(other["overview"]["totalTokensUsed"], 0);
    for who in [Who::User("ann"), Who::Key] {
        assert_eq!(world.get(who, "/metrics/dashboard").await.status, StatusCode::FORBIDDEN);
    }
}
