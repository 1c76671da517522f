//! Every read of the API, asked of the catalogue: each line must be answered by one cube.

use super::{Dimension, cube, cubes, metric};
use Dimension as D;

/// What an endpoint reads: numbers of a cube, together, by or of these dimensions together.
struct Read {
    endpoint: &'static str,
    cube: &'static str,
    numbers: &'static [&'static str],
    dimensions: &'static [Dimension],
}

const fn read(endpoint: &'static str, cube: &'static str, numbers: &'static [&'static str], dimensions: &'static [Dimension]) -> Read {
    Read { endpoint, cube, numbers, dimensions }
}

const AI_NUMBERS: &[&str] = &[
    "requests",
    "failures",
    "errorRate",
    "inputTokens",
    "outputTokens",
    "cacheReadTokens",
    "cacheWriteTokens",
    "reasoningTokens",
    "tokens",
    "inputCost",
    "outputCost",
    "cost",
    "latency",
    "latencyMean",
    "credits",
];
const AI_DIMENSIONS: &[Dimension] =
    &[D::Project, D::Model, D::Provider, D::Service, D::Feature, D::Complexity, D::Language, D::Plan, D::Status, D::Priced];
const AI_OF_A_USER: &[Dimension] =
    &[D::User, D::Project, D::Model, D::Provider, D::Service, D::Feature, D::Complexity, D::Language, D::Plan, D::Status, D::Priced];
const ACTS: &[&str] = &["events", "value", "timeOnPageMean", "scrollDepthMean"];
const SALES: &[&str] = &["revenue", "transactions", "averageOrder", "orders", "refunds", "refundAmount"];
const HTTP: &[&str] = &[
    "requests",
    "errors",
    "errorRate",
    "responseTime",
    "responseTimeTotal",
    "requestBytesMean",
    "responseBytesMean",
    "queryTime",
    "queryTimeMean",
];

const READS: &[Read] = &[
    read("/usage/user/{userId}", "ai_users", &["requests", "inputTokens", "outputTokens", "tokens"], &[D::User, D::Model, D::Project]),
    read("/costs/user/{userId}", "ai_users", &["cost", "inputCost", "outputCost", "tokens"], &[D::User, D::Model, D::Priced]),
    read("/metrics/dashboard overview", "projects", &["projects", "last"], &[D::Project, D::Name, D::Event]),
    read("/metrics/dashboard generations and builds", "lifecycle_events", &["events"], &[D::Project, D::Event]),
    read("/metrics/dashboard tokens and cost", "ai_requests", &["tokens", "cost"], &[D::Project]),
    read("/api/ai-tracking/stats", "ai_requests", AI_NUMBERS, AI_DIMENSIONS),
    read("/api/ai-tracking/stats of a user", "ai_users", AI_NUMBERS, AI_OF_A_USER),
    read(
        "/api/analytics/engagement/stats",
        "engagement_events",
        &["events", "users", "sessions", "value", "timeOnPageMean", "scrollDepthMean"],
        &[D::Project, D::Event, D::Page, D::Feature, D::Plan, D::Device, D::Country],
    ),
    read(
        "/api/analytics/engagement/stats devices",
        "engagement_devices",
        &["events", "users", "sessions"],
        &[D::Project, D::Plan, D::Device, D::Platform, D::Browser, D::Os, D::AppVersion, D::Country],
    ),
    read(
        "/api/analytics/engagement/stats campaigns",
        "engagement_campaigns",
        &["events", "users", "sessions"],
        &[D::Project, D::Plan, D::Country, D::Source, D::Medium, D::Campaign],
    ),
    read(
        "/api/analytics/engagement/stats sessions",
        "sessions",
        &["sessions", "sessionMean", "bounceRate", "sessionTimes"],
        &[D::Project, D::Plan],
    ),
    read("/api/analytics/engagement/stats sessions of a user", "sessions", &["sessions", "sessionMean", "bounceRate"], &[D::User]),
    read(
        "/api/analytics/engagement/stats of a user",
        "engagement_users",
        ACTS,
        &[D::User, D::Event, D::Page, D::Feature, D::Device, D::Browser, D::Os, D::AppVersion, D::Country, D::Campaign],
    ),
    read("/api/analytics/sales/stats", "sales", SALES, &[D::Project, D::Currency, D::Type, D::Status, D::Plan, D::PaymentMethod]),
    read(
        "/api/analytics/sales/stats of a user",
        "customers",
        SALES,
        &[D::User, D::Currency, D::Type, D::Status, D::Plan, D::PaymentMethod],
    ),
    read("/api/analytics/sales/stats MRR and churn", "subscriptions", &["transitions"], &[D::Subscription, D::User]),
    read(
        "/api/analytics/sales/stats customer value",
        "customers",
        &["revenue", "refundAmount", "buyers", "firstOrder", "lastOrder"],
        &[D::User, D::Currency],
    ),
    read("/api/performance/stats", "http_requests", HTTP, &[D::Project, D::Service, D::Endpoint, D::Method, D::StatusCode]),
    read(
        "/api/performance/stats resources",
        "resources",
        &["cpuMean", "memoryMean", "diskMean", "poolActiveLast", "poolIdleLast", "poolTotalLast", "cacheHitRate"],
        &[D::Project, D::Service],
    ),
    read("/api/metrics/top-metrics ai-models", "ai_requests", &["requests", "tokens", "cost"], &[D::Model]),
    read("/api/metrics/top-metrics features", "engagement_events", &["events"], &[D::Feature]),
    read("/api/metrics/top-metrics pages", "engagement_events", &["events"], &[D::Page]),
    read("/api/metrics/top-metrics events", "engagement_events", &["events"], &[D::Event]),
    read("/api/metrics/top-metrics users", "people", &["events"], &[D::User, D::Project]),
    read("/api/metrics/top-metrics projects", "users", &["events", "users"], &[D::Project]),
    read("/api/metrics/top-metrics plans", "users", &["events", "users"], &[D::Plan]),
    read("/api/metrics/top-metrics endpoints", "http_requests", &["requests"], &[D::Endpoint]),
    read("/api/analytics/metrics", "ai_requests", &["requests", "costPerRequest", "errorRate"], &[D::Provider]),
    read("/api/analytics/services", "ai_requests", &["requests", "cost", "users"], &[D::Service]),
    read("/api/analytics/models", "ai_requests", &["requests", "cost", "users"], &[D::Model]),
    read("/api/analytics/users/top", "ai_users", &["requests", "tokens", "cost"], &[D::User]),
    read("/api/analytics/my-usage", "ai_users", &["requests", "credits", "cost", "tokens"], &[D::User]),
    read("/api/analytics/users/{growth,active}", "users", &["users"], &[D::Project, D::Plan]),
    read("/api/analytics/users/{count,growth,by-plan}", "people", &["firstSeen", "lastSeen"], &[D::User, D::Project, D::Plan]),
    read("/api/analytics/users/retention", "people", &["firstSeen", "daysActive"], &[D::User, D::Project, D::Plan]),
    read("/api/analytics/chat/{messages,by-provider,tokens}", "chat_messages", &["messages", "tokens", "users"], &[D::Provider, D::Model]),
    read("/api/analytics/chat/conversations", "lifecycle_events", &["events", "subjects"], &[D::Event]),
    read("/api/analytics/chat/average-session", "chat_sessions", &["sessions", "sessionMean"], &[D::User]),
    read("/api/analytics/revenue/total", "sales", &["revenue", "refundAmount"], &[D::Currency, D::Plan]),
    read("/api/analytics/revenue/by-plan", "sales", &["revenue", "orders"], &[D::Currency, D::Plan]),
    read(
        "/api/analytics/revenue/{mrr,arr,churn-rate}",
        "subscriptions",
        &["transitions", "subscribers"],
        &[D::User, D::Subscription, D::Project],
    ),
    read("/api/analytics/revenue/mrr latest payment", "customers", &["firstOrder", "lastPayment"], &[D::User, D::Plan, D::Currency]),
    read("/api/analytics/providers/usage", "ai_requests", &["requests", "tokens"], &[D::Provider]),
    read("/api/analytics/providers/costs", "ai_requests", &["cost"], &[D::Provider, D::Model]),
    read("/api/analytics/providers/popularity", "ai_requests", &["requests"], &[D::Model]),
    read("/api/analytics/providers/performance", "ai_requests", &["errorRate", "latency"], &[D::Provider]),
    read("/api/v1/customers/{insights,rfm,segments}", "customers", &["orders", "revenue", "lastOrder"], &[D::User, D::Currency]),
    read("ai_requests_total", "ai_requests", &["requests"], &[D::Model, D::Status, D::Feature, D::Plan]),
    read("ai_request_duration_seconds", "ai_requests", &["latency", "latencyTotal", "timedRequests"], &[]),
    read("ai_request_tokens_total", "ai_requests", &["inputTokens", "outputTokens", "cacheReadTokens"], &[D::Model, D::Plan]),
    read("ai_request_cost_total", "ai_requests", &["cost"], &[D::Model, D::Plan]),
    read("user_engagement_events_total", "engagement_events", &["events"], &[D::Event, D::Feature, D::Plan]),
    read("active_users_current", "users", &["users"], &[]),
    read("user_session_duration_seconds", "sessions", &["sessionTimes", "sessionTime", "sessions"], &[]),
    read("sales_transactions_total", "sales", &["transactions"], &[D::Type, D::Status, D::Plan]),
    read("sales_revenue_total", "sales", &["revenue"], &[D::Type, D::Plan, D::Currency]),
    read("http_request_duration_seconds", "http_requests", &["responseTime", "responseTimeTotal"], &[D::Service, D::Method, D::Endpoint]),
    read("http_requests_total", "http_requests", &["requests"], &[D::Service, D::Method, D::Endpoint, D::StatusCode]),
    read("system_*_usage_percentage", "resources", &["cpuLast", "memoryLast", "diskLast"], &[D::Service]),
    read("database_connection_pool", "resources", &["poolActiveLast", "poolIdleLast", "poolTotalLast"], &[D::Service]),
    read("cache_hit_rate_percentage", "resources", &["cacheHitRate"], &[D::Service]),
];

#[test]
fn every_read_of_the_api_is_answered_by_one_cube() {
    for read in READS {
        let cube = cube(read.cube).unwrap_or_else(|| panic!("{} reads {}", read.endpoint, read.cube));
        for number in read.numbers {
            assert!(cube.unit(number).is_some(), "{} reads {number} of {}", read.endpoint, read.cube);
        }
        for dimension in read.dimensions {
            assert!(cube.dimensions.contains(dimension), "{} reads {} by {dimension}", read.endpoint, read.cube);
        }
    }
}

#[test]
fn every_cube_answers_some_read() {
    // These have no endpoint of their own: `POST /api/v1/analytics/query` reads them.
    let is_read =
        |name: &str| ["accounts", "plan_changes", "lifecycle_users"].contains(&name) || READS.iter().any(|read| read.cube == name);
    assert!(cubes().iter().all(|cube| is_read(cube.name)));
}

#[test]
fn every_metric_that_a_timeseries_takes_has_a_cube() {
    for name in ["tokens", "requests", "cost", "generations", "builds", "events", "users", "revenue"] {
        assert!(metric(name).is_some_and(|metric| metric.cube_for(&[Dimension::Project]).is_some()), "{name}");
    }
}

#[test]
fn filters_combine_dimensions() {
    let together = [
        ("cost", &[D::Model, D::Plan][..]),
        ("engagementEvents", &[D::Page, D::Device, D::Plan]),
        ("httpErrors", &[D::Service, D::Endpoint]),
    ];
    for (name, dimensions) in together {
        assert!(metric(name).unwrap().cube_for(dimensions).is_some(), "{name}");
    }
}
