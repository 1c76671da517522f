//! What every endpoint has in common: problems, limits, headers.

use crate::events::ai;
use crate::world::{Who, World, at};
use access::ReadLimits;
use http::StatusCode;
use memory::Fault;

const PATHS: [&str; 11] = [
    "/usage/user/ann",
    "/costs/user/ann",
    "/metrics/dashboard",
    "/metrics/timeseries?metric=tokens",
    "/api/analytics/sales/stats",
    "/api/ai-tracking/stats",
    "/api/analytics/engagement/stats",
    "/api/performance/stats",
    "/api/metrics/dashboard",
    "/api/metrics/summary",
    "/api/metrics/top-metrics?metric=users",
];

#[tokio::test]
async fn nothing_is_told_to_who_does_not_say_who_it_is() {
    let world = World::new().await;
    for path in PATHS {
        let answer = world.get(Who::Nobody, path).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert!(answer.header("www-authenticate").contains("Bearer"));
        let forged = world.get_with(Who::Nobody, path, &[("authorization", "Bearer a.b.c")]).await;
        assert_eq!(forged.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[tokio::test]
async fn what_cannot_be_read_answers_503_and_never_zero_and_names_nothing_of_ours() {
    for service in ["table", "bucket"] {
        let world = World::new().await;
        world.store("acme", vec![ai("ann", "gpt-4", "2026-11-19T09:00:00Z", (1, 1))]).await;
        world.get(Who::Admin, "/usage/user/ann").await.numbers();
        if service == "bucket" {
            drop_states(&world).await;
        }
        world.faults.plan(move |call| {
            let is_hit = call.service == service && !call.key.starts_with("L#") && !call.key.starts_with("TENANTS");
            is_hit.then_some(Fault::Refused)
        });
        let paths = if service == "table" { &PATHS[..] } else { &PATHS[..2] };
        for path in paths {
            let answer = world.get(Who::Admin, path).await;
            assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{path}: {}", answer.text);
            assert_eq!(answer.header("retry-after"), "1");
            assert!(!answer.text.contains("acme") && !answer.text.contains("planned"), "{}", answer.text);
        }
    }
}

/// Partials without their state, as they are when they would be too large.
async fn drop_states(world: &World) {
    for mut item in world.table.items() {
        item.attributes.remove("state");
        ports::Table::put(&*world.table, item, ports::Condition::Always).await.unwrap();
    }
}

#[tokio::test]
async fn a_reader_has_so_many_reads_a_minute_and_is_told_how_many_are_left() {
    let world = World::with_limits(ReadLimits { user: 2, admin: 3 }).await;
    for (who, path, reads) in [(Who::User("ann"), "/usage/user/ann", 2), (Who::Admin, "/metrics/dashboard", 3)] {
        for left in (0..reads).rev() {
            let answer = world.get(who, path).await;
            assert_eq!(answer.status, StatusCode::OK);
            assert_eq!(answer.header("ratelimit"), format!("\"reads\";r={left};t=30"));
            assert_eq!(answer.header("ratelimit-policy"), format!("\"reads\";q={reads};w=60"));
        }
        let refused = world.get(who, path).await;
        assert_eq!((refused.status, refused.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "30"));
        assert_eq!(refused.header("content-type"), "application/problem+json");
    }
    assert_eq!(world.get(Who::User("bob"), "/usage/user/bob").await.status, StatusCode::OK, "each has its own");
    for _ in 0..10 {
        assert_eq!(world.get(Who::Service, "/metrics/dashboard").await.status, StatusCode::OK, "services have no limit");
    }
    world.clock.set(at("2026-11-19T10:21:00Z"));
    assert_eq!(world.get(Who::User("ann"), "/usage/user/ann").await.status, StatusCode::OK, "a new minute");
}

#[tokio::test]
async fn an_answer_that_is_known_is_not_sent_again() {
    let world = World::new().await;
    world.store("acme", vec![ai("ann", "gpt-4", "2026-11-17T09:00:00Z", (1, 1))]).await;
    let path = "/usage/user/ann?startDate=2026-11-17&endDate=2026-11-17";
    let first = world.get(Who::Admin, path).await;
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with("W/\""), "{tag}");
    assert_eq!(first.header("cache-control"), "private, max-age=300");
    let again = world.get_with(Who::Admin, path, &[("if-none-match", &tag)]).await;
    assert_eq!((again.status, again.text.as_str(), again.header("etag")), (StatusCode::NOT_MODIFIED, "", tag.as_str()));

    world.store("acme", vec![ai("ann", "gpt-4", "2026-11-17T09:00:00Z", (1, 1))]).await;
    let changed = world.get_with(Who::Admin, path, &[("if-none-match", &tag)]).await;
    assert_eq!(changed.status, StatusCode::OK);
    assert_ne!(changed.header("etag"), tag);
    let open = world.get(Who::Admin, "/usage/user/ann").await;
    assert_eq!(open.header("cache-control"), "private, max-age=5", "an open hour changes within seconds");
}

#[tokio::test]
async fn an_unknown_path_or_method_is_a_problem_and_health_needs_no_credential() {
    let world = World::new().await;
    for path in ["/", "/nowhere", "/usage/user/", "/api/events"] {
        let answer = world.get(Who::Admin, path).await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::NOT_FOUND, "application/problem+json"), "{path}");
    }
    let health = world.get(Who::Nobody, "/health").await;
    assert_eq!(health.status, StatusCode::OK);
    assert_eq!(health.json()["dependencies"].as_object().unwrap().len(), 3);
    world.faults.down("bucket");
    assert_eq!(world.get(Who::Nobody, "/health").await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(world.get(Who::Nobody, "/livez").await.status, StatusCode::OK);
}
