//! `GET /metrics`.

use crate::events::{act, ai, measured, on, request, sale, subscribed, then};
use crate::world::{Answer, NOW, Who, World, at};
use access::mint;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use model::event::{AiUse, Engagement, Measurement, Tokens};
use model::money::Currency;
use model::{HourOffset, TenantId, Timestamp};
use ports::Clock;
use records::{ApiKey, Purpose, Shown, shown};
use secrecy::ExposeSecret;

const PATH: &str = "/metrics";
const FRESH_MS: i64 = 15_000;
const USAGE: &str = r#"analytics_requests_total{endpoint="GET /usage/user/{userId}",status="200"}"#;
const REQUESTS: &str = r#"ai_requests_total{model="gpt-4",status="completed",feature="chat",user_plan="pro"}"#;
const COUNT: &str = "ai_request_duration_seconds_count";

#[expect(clippy::unnecessary_wraps, reason = "the fields it fills are optional")]
fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// The page of `acme`, made anew.
async fn page(world: &World) -> String {
    world.clock.set(world.clock.now().plus_millis(FRESH_MS));
    let answer = world.get(Who::Admin, PATH).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.text
}

/// The value of a sample, by all of its text before the value.
fn sample(page: &str, name: &str) -> Option<f64> {
    let line = page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.map(|value| value.parse().unwrap())
}

fn check(page: &str, expect: &[(&str, f64)]) {
    for (name, value) in expect {
        assert_eq!(sample(page, name), Some(*value), "{name} in\n{page}");
    }
}

fn asked(user: &str, status: &str, latency_ms: i64) -> model::Event {
    let facts = AiUse {
        model: text("gpt-4"),
        feature: text("chat"),
        status: text(status),
        latency_ms: Some(latency_ms),
        tokens: Tokens { input: 1000, output: 100, cache_read: 10, ..Tokens::default() },
        ..AiUse::default()
    };
    on("pro", request(user, "2026-11-18T12:00:00Z", facts))
}

/// The text of a key of `acme` that is made for scraping.
async fn scraping_key(world: &World) -> String {
    let tenant = TenantId::new("acme").unwrap();
    let key = mint::scraping_key(&tenant).unwrap();
    let record = ApiKey {
        hash: mint::key_hash(key.expose_secret()),
        tenant,
        purpose: Purpose::Scraping,
        hour_offset: HourOffset::from_minutes(30).unwrap(),
        currency: Currency::from_code("INR").unwrap(),
        created_at: at(NOW),
        revoked_at: None,
    };
    records::api_key::create(&*world.table, &record).await.unwrap();
    key.expose_secret().to_owned()
}

#[tokio::test]
async fn the_page_is_for_admins_services_and_keys_that_are_made_for_it() {
    let world = World::new().await;
    world.store("acme", vec![ai("ann", "gpt-4", "2026-11-18T12:00:00Z", (1, 1))]).await;
    let key = scraping_key(&world).await;
    let by = async |header: String| world.get_with(Who::Nobody, PATH, &[("authorization", &header)]).await;
    for answer in [
        world.get(Who::Admin, PATH).await,
        world.get(Who::Service, PATH).await,
        by(format!("Bearer {key}")).await,
        by(format!("Basic {}", STANDARD.encode(format!("prometheus:{key}")))).await,
    ] {
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4");
        assert!(answer.text.contains(r#"model="gpt-4""#));
    }
    let refused = |answer: Answer| answer.status;
    assert_eq!(refused(world.get(Who::Nobody, PATH).await), StatusCode::UNAUTHORIZED);
    assert_eq!(refused(world.get(Who::User("ann"), PATH).await), StatusCode::FORBIDDEN);
    assert_eq!(refused(world.get(Who::Key, PATH).await), StatusCode::FORBIDDEN);
    assert_eq!(refused(world.get(Who::Admin, "/metrics?period=7d").await), StatusCode::BAD_REQUEST);
    assert!(!world.get(Who::OtherAdmin, PATH).await.text.contains("gpt-4"), "another tenant's page");
}

#[tokio::test]
async fn what_events_tell_is_shown_whole_before_and_after_it_is_settled() {
    let world = World::new().await;
    let visit = |time: &str| {
        let facts = Engagement { page: text("Home"), feature: text("search"), device_type: text("phone"), ..Engagement::default() };
        act("ann", "s1", time, facts)
    };
    let measurement = Measurement {
        service: text("api"),
        endpoint: text("/items"),
        method: text("GET"),
        status_code: Some(200),
        response_time_us: Some(30_000),
        query_time_us: Some(2_000),
        cpu_millipercent: Some(42_500),
        pool_active: Some(3),
        cache_hits: Some(3),
        cache_misses: Some(1),
        ..Measurement::default()
    };
    let events = vec![
        asked("ann", "completed", 800),
        asked("bob", "failed", 4_000),
        visit("2026-11-19T10:00:00Z"),
        visit("2026-11-19T10:00:20Z"),
        on("pro", sale("ann", "purchase", "completed", (1999, "USD"))),
        on("pro", sale("ann", "refund", "completed", (500, "USD"))),
        on("pro", subscribed(("ann", "sub1"), "2026-11-18T12:00:00Z", Some((1000, "USD", "month")))),
        measured("", "2026-11-19T10:10:00Z", measurement),
    ];
    world.store("acme", events).await;
    for _ in 0..2 {
        let page = page(&world).await;
        check(
            &page,
            &[
                (r#"ai_requests_total{model="gpt-4",status="completed",feature="chat",user_plan="pro"}"#, 1.0),
                (r#"ai_request_tokens_total{model="gpt-4",user_plan="pro",type="input"}"#, 2000.0),
                (r#"ai_request_tokens_total{model="gpt-4",user_plan="pro",type="cache_read"}"#, 20.0),
                (r#"ai_request_duration_seconds_bucket{le="0.5"}"#, 0.0),
                (r#"ai_request_duration_seconds_bucket{le="1"}"#, 1.0),
                (r#"ai_request_duration_seconds_bucket{le="+Inf"}"#, 2.0),
                ("ai_request_duration_seconds_sum", 4.8),
                ("ai_request_duration_seconds_count", 2.0),
                (r#"user_engagement_events_total{event="screen_view",feature="search",user_plan="(none)"}"#, 2.0),
                (r#"user_page_views_total{page="Home"}"#, 2.0),
                (r#"user_devices_events_total{device="phone",browser="(none)",os="(none)"}"#, 2.0),
                ("active_users_current", 1.0),
                (r#"user_session_duration_seconds_bucket{le="10"}"#, 0.0),
                (r#"user_session_duration_seconds_bucket{le="30"}"#, 1.0),
                ("user_session_duration_seconds_sum", 20.0),
                (r#"sales_transactions_total{type="refund",status="completed",plan="pro"}"#, 1.0),
                (r#"sales_revenue_total{type="purchase",plan="pro",currency="USD"}"#, 19.99),
                (r#"sales_refunds_total{plan="pro",currency="USD"}"#, 5.0),
                (r#"sales_payments_total{payment_method="card"}"#, 1.0),
                (r#"subscriptions_current{plan="pro"}"#, 1.0),
                (r#"http_requests_total{service="api",method="GET",endpoint="/items",status_code="200"}"#, 1.0),
                (r#"http_request_duration_seconds_bucket{service="api",method="GET",endpoint="/items",le="0.025"}"#, 0.0),
                (r#"http_request_duration_seconds_bucket{service="api",method="GET",endpoint="/items",le="0.05"}"#, 1.0),
                (r#"http_request_duration_seconds_sum{service="api",method="GET",endpoint="/items"}"#, 0.03),
                (r#"database_query_duration_seconds_sum{service="api"}"#, 0.002),
                (r#"system_cpu_usage_percentage{service="api"}"#, 42.5),
                (r#"database_connection_pool{service="api",state="active"}"#, 3.0),
                (r#"cache_hit_rate_percentage{service="api"}"#, 75.0),
                ("analytics_events_accepted_total", 8.0),
                (r#"analytics_folded_series{metric="ai_requests_total"}"#, 0.0),
            ],
        );
        assert!(sample(&page, r#"ai_request_cost_total{model="gpt-4",user_plan="pro"}"#).unwrap() > 0.0);
        assert!(!page.contains("system_memory_usage_percentage"), "of which nobody told");
        world.settle_all("acme", &["2026-11-18", "2026-11-19"]).await;
    }
}

#[tokio::test]
async fn a_counter_stands_still_until_what_is_true_has_passed_it() {
    let world = World::new().await;
    let (first, second) = (asked("ann", "completed", 800), asked("bob", "completed", 900));
    world.store("acme", vec![first.clone(), second.clone()]).await;
    world.store("acme", vec![second]).await;
    world.store("acme", vec![first]).await;
    check(&page(&world).await, &[(REQUESTS, 4.0), (COUNT, 4.0), ("analytics_pending_hours", 1.0)]);
    world.settle("acme", "2026-11-18").await;
    check(
        &page(&world).await,
        &[(REQUESTS, 4.0), (COUNT, 4.0), ("ai_request_duration_seconds_sum", 3.4), ("analytics_pending_hours", 0.0)],
    );
    let more = (0..3).map(|_| then("2026-11-19T09:00:00Z", asked("eve", "completed", 700))).collect();
    world.store("acme", more).await;
    check(&page(&world).await, &[(REQUESTS, 5.0), (COUNT, 5.0)]);
}

#[tokio::test]
async fn a_page_is_the_answer_for_a_while_and_costs_one_read() {
    let world = World::new().await;
    let key = scraping_key(&world).await;
    let scrape = async || world.get_with(Who::Nobody, PATH, &[("authorization", &format!("Bearer {key}"))]).await.text;
    let empty = scrape().await;
    world.store("acme", vec![asked("ann", "completed", 800)]).await;
    world.clock.set(world.clock.now().plus_millis(FRESH_MS - 1));
    let before = world.faults.calls();
    assert_eq!(scrape().await, empty);
    assert_eq!(world.faults.calls() - before, 1);
    world.clock.set(world.clock.now().plus_millis(1));
    check(&scrape().await, &[("ai_request_duration_seconds_count", 1.0)]);
}

#[tokio::test]
async fn of_two_pages_made_at_once_one_is_shown() {
    let world = World::new().await;
    let tenant = TenantId::new("acme").unwrap();
    world.store("acme", vec![asked("ann", "completed", 800)]).await;
    page(&world).await;
    let last = shown::get(&*world.table, &tenant).await.unwrap().unwrap();
    // One that had read the page before this one, and comes late.
    let late = Shown { version: last.version, at: last.at.plus_millis(1), page: "nothing".into() };
    assert_eq!(shown::keep(&*world.table, &tenant, &late).await.unwrap(), Some(Some(last.clone())));
    let next = Shown { version: last.version + 1, at: Timestamp::from_millis(last.at.as_millis() + 1), ..last };
    assert_eq!(shown::keep(&*world.table, &tenant, &next).await.unwrap(), None);
}

#[tokio::test]
async fn labels_may_be_anything() {
    let world = World::new().await;
    world.store("acme", vec![ai("ann", "a\"b\\c\nd", "2026-11-18T12:00:00Z", (1, 0))]).await;
    check(&page(&world).await, &[(r#"ai_request_cost_total{model="a\"b\\c\nd",user_plan="(none)"}"#, 0.0)]);
}

#[tokio::test]
async fn requests_are_counted_by_the_minute_and_by_tenant() {
    let world = World::new().await;
    world.get(Who::Admin, "/usage/user/ann").await;
    world.get(Who::Admin, "/usage/user/bob").await;
    world.get(Who::OtherAdmin, "/usage/user/ann").await;
    world.get(Who::Nobody, "/usage/user/ann").await;
    check(&page(&world).await, &[(USAGE, 1.0), ("analytics_errors_total", 0.0), ("analytics_cache_misses_total", 1.0)]);
    world.clock.set(world.clock.now().plus_millis(60_000));
    world.get(Who::Admin, "/usage/user/ann").await;
    let page = page(&world).await;
    check(&page, &[(USAGE, 3.0), (r#"analytics_requests_total{endpoint="GET /metrics",status="200"}"#, 1.0)]);
    check(&page, &[("analytics_request_duration_seconds_count", 4.0), ("analytics_cache_misses_total", 4.0)]);
}
