//! Public metrics: the names that `metric=` takes, and the cubes that answer them.

use super::ai::{AI_REQUESTS, AI_USERS, CHAT_MESSAGES, CHAT_SESSIONS};
use super::engagement::{ENGAGEMENT_CAMPAIGNS, ENGAGEMENT_DEVICES, ENGAGEMENT_EVENTS, ENGAGEMENT_USERS, SESSIONS};
use super::everyone::USERS;
use super::lifecycle::{ACCOUNTS, LIFECYCLE_EVENTS, LIFECYCLE_USERS, PROJECTS};
use super::performance::{HTTP_REQUESTS, RESOURCES};
use super::sales::{CUSTOMERS, SALES};
use super::{Cube, Dimension, Unit};

/// A public name for a number of one or more cubes.
#[derive(Debug)]
pub struct Metric {
    /// The name that queries use.
    pub name: &'static str,
    /// The measure or derived number, of that name in each of `cubes`.
    pub number: &'static str,
    /// The cubes that have it, narrowest first.
    pub cubes: &'static [&'static Cube],
    /// What is filtered besides what the query asks: a dimension and the values it may have.
    pub filters: &'static [(Dimension, &'static [&'static str])],
    /// What it is.
    pub description: &'static str,
}

impl Metric {
    /// The narrowest cube that has the metric by all of these dimensions.
    #[must_use]
    pub fn cube_for(&self, dimensions: &[Dimension]) -> Option<&'static Cube> {
        let covers = |cube: &&&'static Cube| dimensions.iter().all(|dimension| cube.dimensions.contains(dimension));
        self.cubes.iter().find(covers).copied()
    }

    /// Its unit.
    #[must_use]
    pub fn unit(&self) -> Unit {
        self.cubes.first().and_then(|cube| cube.unit(self.number)).unwrap_or(Unit::Count)
    }

    /// All dimensions by which some cube has it, in the cubes' order.
    #[must_use]
    pub fn dimensions(&self) -> Vec<Dimension> {
        let mut all = Vec::new();
        for dimension in self.cubes.iter().flat_map(|cube| cube.dimensions) {
            if !all.contains(dimension) {
                all.push(*dimension);
            }
        }
        all
    }
}

/// All public metrics.
#[must_use]
pub fn metrics() -> &'static [Metric] {
    METRICS
}

/// The metric of this name.
#[must_use]
pub fn metric(name: &str) -> Option<&'static Metric> {
    METRICS.iter().find(|metric| metric.name == name)
}

type Cubes = &'static [&'static Cube];
type Values = &'static [&'static str];

const AI: Cubes = &[&AI_REQUESTS, &AI_USERS];
const ENGAGEMENT: Cubes = &[&ENGAGEMENT_EVENTS, &ENGAGEMENT_DEVICES, &ENGAGEMENT_CAMPAIGNS, &ENGAGEMENT_USERS];
const ACTS: Cubes = &[&ENGAGEMENT_EVENTS, &ENGAGEMENT_USERS];
const MONEY: Cubes = &[&SALES, &CUSTOMERS];
const HTTP: Cubes = &[&HTTP_REQUESTS];
const SYSTEM: Cubes = &[&RESOURCES];
const LIFE: Cubes = &[&LIFECYCLE_EVENTS, &LIFECYCLE_USERS];

const fn row(name: &'static str, cubes: Cubes, number: &'static str, description: &'static str) -> Metric {
    Metric { name, number, cubes, filters: &[], description }
}

/// A metric that counts platform events of one name.
const fn happened(name: &'static str, event: &'static [(Dimension, Values)], description: &'static str) -> Metric {
    Metric { name, number: "events", cubes: LIFE, filters: event, description }
}

static METRICS: &[Metric] = &[
    // everybody
    row(
        "events",
        &[&USERS, &ENGAGEMENT_EVENTS, &ENGAGEMENT_DEVICES, &ENGAGEMENT_CAMPAIGNS, &LIFECYCLE_EVENTS],
        "events",
        "Events of every family; by what only one family knows, of that family.",
    ),
    row(
        "users",
        &[&USERS, &AI_REQUESTS, &ENGAGEMENT_EVENTS, &ENGAGEMENT_DEVICES, &ENGAGEMENT_CAMPAIGNS, &HTTP_REQUESTS, &LIFECYCLE_EVENTS],
        "users",
        "Active users: users with any event; by what only one family knows, with an event of that family.",
    ),
    // AI
    row("requests", AI, "requests", "AI requests, completed or failed."),
    row("tokens", AI, "tokens", "Tokens of all classes."),
    row("inputTokens", AI, "inputTokens", "Tokens read, without cached ones."),
    row("outputTokens", AI, "outputTokens", "Tokens written."),
    row("cacheReadTokens", AI, "cacheReadTokens", "Tokens read from a cache."),
    row("cacheWriteTokens", AI, "cacheWriteTokens", "Tokens written to a cache."),
    row("reasoningTokens", AI, "reasoningTokens", "The part of the output tokens spent on reasoning."),
    row("cost", AI, "cost", "Cost of AI requests, in USD."),
    row("inputCost", AI, "inputCost", "Cost of the tokens read, cached ones included."),
    row("outputCost", AI, "outputCost", "Cost of the tokens written."),
    row("credits", AI, "credits", "Credits taken."),
    row("failures", AI, "failures", "AI requests that failed."),
    row("errorRate", AI, "errorRate", "The part of AI requests that failed."),
    row("latency", AI, "latency", "How long AI requests took."),
    row("latencyMean", AI, "latencyMean", "Mean duration of an AI request, in milliseconds."),
    row("costPerRequest", AI, "costPerRequest", "Mean cost of an AI request, in USD."),
    row("messages", &[&CHAT_MESSAGES, &CHAT_SESSIONS], "messages", "Chat messages."),
    row("chatTokens", &[&CHAT_MESSAGES], "tokens", "Tokens of chat messages."),
    row("chatCost", &[&CHAT_MESSAGES], "cost", "Cost of chat messages, in USD."),
    row("chatSessions", &[&CHAT_SESSIONS], "sessions", "Chat sessions."),
    row("chatSessionMean", &[&CHAT_SESSIONS], "sessionMean", "Mean length of a chat session, in milliseconds."),
    // engagement
    row("engagementEvents", ENGAGEMENT, "events", "Events of engagement."),
    row("sessions", &[&SESSIONS, &ENGAGEMENT_EVENTS, &ENGAGEMENT_DEVICES, &ENGAGEMENT_CAMPAIGNS], "sessions", "Sessions."),
    row("sessionMean", &[&SESSIONS], "sessionMean", "Mean length of a session, in milliseconds."),
    row("bounceRate", &[&SESSIONS], "bounceRate", "The part of the sessions that are one event."),
    row("engagementValue", ENGAGEMENT_VALUED, "value", "The events' own values."),
    row("timeOnPage", ACTS, "timeOnPageMean", "Mean time on a page, in milliseconds."),
    row("scrollDepth", ACTS, "scrollDepthMean", "Mean scroll depth, in percent."),
    // sales
    row("revenue", MONEY, "revenue", "Completed transactions but refunds, by currency."),
    row("transactions", MONEY, "transactions", "Transactions in any of their states."),
    row("orders", MONEY, "orders", "Completed transactions but refunds."),
    row("refunds", MONEY, "refunds", "Refunds."),
    row("refundAmount", MONEY, "refundAmount", "What refunds gave back, by currency."),
    row("averageOrder", MONEY, "averageOrder", "Mean amount of a completed transaction, by currency."),
    row("customers", MONEY, "customers", "Customers with a transaction."),
    // performance
    row("httpRequests", HTTP, "requests", "Requests to services."),
    row("httpErrors", HTTP, "errors", "Requests answered with a status of 400 or more."),
    row("httpErrorRate", HTTP, "errorRate", "The part of the requests answered with a status of 400 or more."),
    row("responseTime", HTTP, "responseTime", "How long requests to services took."),
    row("responseTimeMean", HTTP, "responseTimeMean", "Mean time of a request to a service, in milliseconds."),
    row("queryTime", HTTP, "queryTime", "How long database queries took."),
    row("cpu", SYSTEM, "cpuMean", "Mean processor use, in percent."),
    row("memory", SYSTEM, "memoryMean", "Mean memory in use, in percent."),
    row("disk", SYSTEM, "diskMean", "Mean disk in use, in percent."),
    row("cacheHitRate", SYSTEM, "cacheHitRate", "The part of cache reads that were hits."),
    // lifecycle
    row("platformEvents", LIFE, "events", "Events of the platform."),
    happened("generations", &[(Dimension::Event, &["generation.started"])], "Generations started."),
    happened("generationsCompleted", &[(Dimension::Event, &["generation.completed"])], "Generations completed."),
    happened("generationsFailed", &[(Dimension::Event, &["generation.failed"])], "Generations that failed."),
    happened("builds", &[(Dimension::Event, &["build.triggered"])], "Builds triggered."),
    happened("buildsCompleted", &[(Dimension::Event, &["build.completed"])], "Builds completed."),
    happened("buildsFailed", &[(Dimension::Event, &["build.failed"])], "Builds that failed."),
    happened("conversations", &[(Dimension::Event, &["chat.conversation_created"])], "Conversations begun."),
    happened("signIns", &[(Dimension::Event, &["user.signin", "user.login"])], "Sign-ins."),
    row("signUps", &[&ACCOUNTS], "events", "Accounts made."),
    Metric {
        name: "projects",
        number: "projects",
        cubes: &[&PROJECTS],
        filters: &[(Dimension::Event, &["project.created"])],
        description: "Projects made.",
    },
];

const ENGAGEMENT_VALUED: Cubes = &[&ENGAGEMENT_EVENTS, &ENGAGEMENT_CAMPAIGNS, &ENGAGEMENT_USERS];
