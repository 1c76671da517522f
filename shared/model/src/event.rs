//! An event as Weir counts it: checked, with its time settled, in one of five families. Its queue form is its serde form.

use crate::money::Currency;
use crate::{EventId, Family, ProjectId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// One thing that happened, once (I4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its identity within its tenant, family, project and hour.
    pub id: EventId,
    /// The project it belongs to.
    pub project: ProjectId,
    /// Whose act it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// The session it was part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// Its type: `screen_view`, `request`, `purchase`, `project.created` and so on.
    pub kind: String,
    /// When it happened, after correction: what decides its hour.
    pub time: Timestamp,
    /// When the client said it happened, where that differs from `time`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_time: Option<Timestamp>,
    /// When it arrived.
    pub received: Timestamp,
    /// The plan of its user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// Part of an import: its expiry counts from arrival.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub historical: bool,
    /// What its family adds.
    pub facts: Facts,
    /// Everything else that the client sent, as the text of a JSON object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub properties: Option<String>,
}

impl Event {
    /// The family whose columns hold it.
    #[must_use]
    pub const fn family(&self) -> Family {
        match self.facts {
            Facts::Engagement(_) => Family::Engagement,
            Facts::Ai(_) => Family::Ai,
            Facts::Sales(_) => Family::Sales,
            Facts::Performance(_) => Family::Performance,
            Facts::Lifecycle(_) => Family::Lifecycle,
        }
    }
}

/// What a family adds to an event. Optional texts are dimensions, absent where the client did not say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Facts {
    /// See [`Family::Engagement`].
    Engagement(Engagement),
    /// See [`Family::Ai`].
    Ai(AiUse),
    /// See [`Family::Sales`].
    Sales(Sale),
    /// See [`Family::Performance`].
    Performance(Measurement),
    /// See [`Family::Lifecycle`].
    Lifecycle(Lifecycle),
}

macro_rules! facts {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
        #[serde(default)]
        pub struct $name {
            $($(#[$field_doc])* #[serde(skip_serializing_if = "is_default")] pub $field: $type,)*
        }
    };
}

/// The wire leaves out what says nothing.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

facts! {
    /// What somebody did in an app.
    Engagement {
        /// The name of a custom event (`custom.eventName`); others are named by their kind.
        name: Option<String>,
        /// The page or screen (`screen_view.screenName`).
        page: Option<String>,
        /// The feature used.
        feature: Option<String>,
        /// The event's own value, in thousandths.
        value_milli: Option<i64>,
        /// Time spent on the page.
        time_on_page_ms: Option<i64>,
        /// How far the page was scrolled, in thousandths of a percent.
        scroll_depth_millipercent: Option<i64>,
        /// What was attended (`event.attended.eventRef`), or another thing the event is about.
        subject: Option<String>,
        /// `ios`, `android`, `web`.
        platform: Option<String>,
        /// The operating system, where it is not the platform.
        os: Option<String>,
        /// Its version.
        os_version: Option<String>,
        /// The app's version.
        app_version: Option<String>,
        /// `phone`, `tablet`, `desktop`.
        device_type: Option<String>,
        /// The browser.
        browser: Option<String>,
        /// The country (ISO 3166-1 alpha-2).
        country: Option<String>,
        /// `utm_source`.
        utm_source: Option<String>,
        /// `utm_medium`.
        utm_medium: Option<String>,
        /// `utm_campaign`.
        utm_campaign: Option<String>,
    }
}

facts! {
    /// Tokens by class; the classes do not overlap, save `reasoning`, which is part of `output`.
    Tokens {
        /// Tokens read, without cached ones.
        input: i64,
        /// Tokens written.
        output: i64,
        /// Tokens read from a cache.
        cache_read: i64,
        /// Tokens written to a cache.
        cache_write: i64,
        /// The part of `output` spent on reasoning.
        reasoning: i64,
    }
}

facts! {
    /// One request to an AI model, completed or failed.
    AiUse {
        /// Who serves the model, where given; else the price table tells.
        provider: Option<String>,
        /// The model, as the client names it.
        model: Option<String>,
        /// The service that called it.
        service: Option<String>,
        /// The feature it served.
        feature: Option<String>,
        /// How hard the request was, in the client's words.
        complexity: Option<String>,
        /// The programming or natural language.
        language: Option<String>,
        /// `completed` or `failed`.
        status: Option<String>,
        /// The conversation it belongs to.
        conversation: Option<String>,
        /// Its tokens.
        tokens: Tokens,
        /// Whether only a total of tokens was given, which is priced as input.
        tokens_total_only: bool,
        /// The cost that the client gave, in pico-dollars; else the price table's.
        given_cost_pico: Option<i64>,
        /// Credits taken, in millionths.
        credits_micros: Option<i64>,
        /// How long it took.
        latency_ms: Option<i64>,
        /// The size of the answer.
        response_bytes: Option<i64>,
        /// The length of the prompt; the prompt itself is never kept.
        prompt_chars: Option<i64>,
        /// The length of the answer; the answer itself is never kept.
        response_chars: Option<i64>,
    }
}

facts! {
    /// A transaction in one of its states, or a change of a subscription.
    Sale {
        /// The transaction's id.
        transaction: Option<String>,
        /// `completed`, `pending`, `failed`, `refunded` and so on.
        status: Option<String>,
        /// The amount in micro-units of `currency`, as sent; a refund's is what is given back.
        amount_micros: Option<i64>,
        /// Its currency; the tenant's where not given.
        currency: Option<Currency>,
        /// `card`, `paypal` and so on.
        payment_method: Option<String>,
        /// The subscription's id.
        subscription: Option<String>,
        /// When the subscription starts.
        subscription_start: Option<Timestamp>,
        /// When it ends.
        subscription_end: Option<Timestamp>,
        /// `month`, `year` and so on.
        subscription_interval: Option<String>,
        /// Why a payment failed.
        reason: Option<String>,
    }
}

facts! {
    /// A request to a service, or a reading of its resources.
    Measurement {
        /// The service.
        service: Option<String>,
        /// The endpoint, as a route rather than a path.
        endpoint: Option<String>,
        /// The HTTP method.
        method: Option<String>,
        /// The HTTP status.
        status_code: Option<i64>,
        /// How long the request took, in microseconds.
        response_time_us: Option<i64>,
        /// The request's size.
        request_bytes: Option<i64>,
        /// The answer's size.
        response_bytes: Option<i64>,
        /// Processor use, in thousandths of a percent.
        cpu_millipercent: Option<i64>,
        /// Load average, in thousandths.
        cpu_load_milli: Option<i64>,
        /// Memory in use.
        memory_used_bytes: Option<i64>,
        /// Memory there is.
        memory_total_bytes: Option<i64>,
        /// Memory in use, in thousandths of a percent.
        memory_millipercent: Option<i64>,
        /// Disk in use, in thousandths of a percent.
        disk_millipercent: Option<i64>,
        /// How long database queries took, in microseconds.
        query_time_us: Option<i64>,
        /// Connections of the pool in use.
        pool_active: Option<i64>,
        /// Connections of the pool not in use.
        pool_idle: Option<i64>,
        /// Connections of the pool.
        pool_total: Option<i64>,
        /// Reads that the cache answered.
        cache_hits: Option<i64>,
        /// Reads that it did not.
        cache_misses: Option<i64>,
    }
}

facts! {
    /// Something that happened on a platform.
    Lifecycle {
        /// The name of a thing made: a project's, a conversation's title.
        name: Option<String>,
        /// The thing it happened to, where that is not the project: a conversation, a build, a generation.
        subject: Option<String>,
        /// The plan before a change.
        plan_from: Option<String>,
        /// The plan after it.
        plan_to: Option<String>,
    }
}
