//! The cubes of AI usage: requests, tokens, cost, latency.

use super::Dimension::{Complexity, Feature, Language, Model, Plan, Priced, Project, Provider, Service, Status, User};
use super::{Aggregate, Condition, Cube, Derived, Filter, Formula, Measure, Test, Unit};
use model::Family;

const FAILED: Filter = &[Condition { column: "status", test: Test::In(&["failed", "error"]) }];
const TIMED: Filter = &[Condition { column: "latency_ms", test: Test::Present }];
const CHAT: Filter = &[Condition { column: "kind", test: Test::In(&["chat.message_sent"]) }];

const REQUESTS: Measure = Measure::new("requests", Unit::Count, Aggregate::Count, "Requests, completed or failed.");
const FAILURES: Measure = Measure::new("failures", Unit::Count, Aggregate::Count, "Requests that failed.").when(FAILED);
const INPUT: Measure = Measure::new("inputTokens", Unit::Tokens, Aggregate::Sum("input_tokens"), "Tokens read, without cached ones.");
const OUTPUT: Measure = Measure::new("outputTokens", Unit::Tokens, Aggregate::Sum("output_tokens"), "Tokens written.");
const CACHE_READ: Measure = Measure::new("cacheReadTokens", Unit::Tokens, Aggregate::Sum("cache_read_tokens"), "Tokens read from a cache.");
const CACHE_WRITE: Measure =
    Measure::new("cacheWriteTokens", Unit::Tokens, Aggregate::Sum("cache_write_tokens"), "Tokens written to a cache.");
const REASONING: Measure =
    Measure::new("reasoningTokens", Unit::Tokens, Aggregate::Sum("reasoning_tokens"), "The part of the tokens written spent on reasoning.");
const INPUT_COST: Measure =
    Measure::new("inputCost", Unit::PicoUsd, Aggregate::Sum("input_cost_pico"), "Cost of the tokens read, cached ones included.");
const OUTPUT_COST: Measure = Measure::new("outputCost", Unit::PicoUsd, Aggregate::Sum("output_cost_pico"), "Cost of the tokens written.");
const CREDITS: Measure = Measure::new("credits", Unit::Credits, Aggregate::Sum("credits_micros"), "Credits taken.");
const TIMED_REQUESTS: Measure =
    Measure::new("timedRequests", Unit::Count, Aggregate::Count, "Requests whose duration is known.").when(TIMED);
const LATENCY_TOTAL: Measure = Measure::new("latencyTotal", Unit::Millis, Aggregate::Sum("latency_ms"), "Time taken by all requests.");
const LATENCY: Measure = Measure::new("latency", Unit::Millis, Aggregate::Quantiles("latency_ms"), "How long requests took.");

const TOKENS: Derived = Derived {
    name: "tokens",
    unit: Unit::Tokens,
    formula: Formula::Total(&["inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens"]),
    description: "Tokens of all classes.",
};
const COST: Derived = Derived {
    name: "cost",
    unit: Unit::PicoUsd,
    formula: Formula::Total(&["inputCost", "outputCost"]),
    description: "Cost of all tokens.",
};
const ERROR_RATE: Derived = Derived {
    name: "errorRate",
    unit: Unit::Ratio,
    formula: Formula::Ratio("failures", "requests"),
    description: "The part of the requests that failed.",
};
const LATENCY_MEAN: Derived = Derived {
    name: "latencyMean",
    unit: Unit::Ratio,
    formula: Formula::Ratio("latencyTotal", "timedRequests"),
    description: "Mean duration of a request, in milliseconds.",
};
const COST_PER_REQUEST: Derived = Derived {
    name: "costPerRequest",
    unit: Unit::Ratio,
    formula: Formula::Ratio("cost", "requests"),
    description: "Mean cost of a request, in USD.",
};

/// Everything asked of AI requests but who made them.
pub static AI_REQUESTS: Cube = Cube {
    name: "ai_requests",
    families: &[Family::Ai],
    dimensions: &[Project, Provider, Model, Service, Feature, Complexity, Language, Plan, Status, Priced],
    ranked: &[Language, Complexity, Service, Feature, Plan, Model, Project],
    cells: 2_000,
    measures: &[
        REQUESTS,
        FAILURES,
        INPUT,
        OUTPUT,
        CACHE_READ,
        CACHE_WRITE,
        REASONING,
        INPUT_COST,
        OUTPUT_COST,
        CREDITS,
        TIMED_REQUESTS,
        LATENCY_TOTAL,
        LATENCY,
        Measure::new("users", Unit::Count, Aggregate::Distinct("user"), "Distinct users."),
        Measure::new("responseBytes", Unit::Bytes, Aggregate::Sum("response_bytes"), "Size of all answers."),
        Measure::new("approximateRequests", Unit::Count, Aggregate::Count, "Requests of which only a total of tokens is known.")
            .when(&[Condition { column: "tokens_total_only", test: Test::In(&["true"]) }]),
    ],
    derived: &[TOKENS, COST, ERROR_RATE, LATENCY_MEAN, COST_PER_REQUEST],
    description: "AI requests: counts, tokens, cost, latency.",
    ..Cube::BLANK
};

/// What each user asked of AI models, one user a small read.
pub static AI_USERS: Cube = Cube {
    name: "ai_users",
    families: &[Family::Ai],
    dimensions: &[User, Project, Provider, Model, Service, Feature, Complexity, Language, Plan, Status, Priced],
    keyed_by: Some(User),
    measures: &[
        REQUESTS,
        FAILURES,
        INPUT,
        OUTPUT,
        CACHE_READ,
        CACHE_WRITE,
        REASONING,
        INPUT_COST,
        OUTPUT_COST,
        CREDITS,
        TIMED_REQUESTS,
        LATENCY_TOTAL,
        LATENCY,
    ],
    derived: &[
        TOKENS,
        COST,
        ERROR_RATE,
        LATENCY_MEAN,
        COST_PER_REQUEST,
        Derived { name: "users", unit: Unit::Count, formula: Formula::Keys, description: "Users, exactly." },
    ],
    description: "AI requests of each user: own usage, top users.",
    ..Cube::BLANK
};

/// Messages of chats.
pub static CHAT_MESSAGES: Cube = Cube {
    name: "chat_messages",
    families: &[Family::Ai],
    filter: CHAT,
    dimensions: &[Project, Provider, Model, Plan],
    ranked: &[Model, Plan, Project],
    measures: &[
        Measure::new("messages", Unit::Count, Aggregate::Count, "Messages sent."),
        INPUT,
        OUTPUT,
        CACHE_READ,
        CACHE_WRITE,
        INPUT_COST,
        OUTPUT_COST,
        Measure::new("users", Unit::Count, Aggregate::Distinct("user"), "Distinct users who sent messages."),
        Measure::new("activeConversations", Unit::Count, Aggregate::Distinct("conversation"), "Distinct conversations with messages."),
    ],
    derived: &[TOKENS, COST],
    description: "Chat messages by provider and model.",
    ..Cube::BLANK
};

/// Sessions of chats: a session ends after 30 minutes of silence.
pub static CHAT_SESSIONS: Cube = Cube {
    name: "chat_sessions",
    families: &[Family::Ai],
    filter: CHAT,
    dimensions: &[User, Project, Plan],
    keyed_by: Some(User),
    measures: &[
        Measure::new("messages", Unit::Count, Aggregate::Count, "Messages sent."),
        Measure::new("spans", Unit::Millis, Aggregate::Spans(30 * 60_000), "When somebody was chatting."),
    ],
    derived: &[
        Derived { name: "sessions", unit: Unit::Count, formula: Formula::SpanCount("spans"), description: "Sessions." },
        Derived {
            name: "sessionTime",
            unit: Unit::Millis,
            formula: Formula::SpanTime("spans"),
            description: "Length of all sessions together.",
        },
        Derived {
            name: "sessionMean",
            unit: Unit::Ratio,
            formula: Formula::Ratio("sessionTime", "sessions"),
            description: "Mean length of a session, in milliseconds.",
        },
    ],
    description: "Chat sessions of each user.",
    ..Cube::BLANK
};
