//! What is asked of each family at a glance.

use crate::numbers::Numbers;
use crate::parameters::Asked;
use cube::query::{MetricQuery, Number, Row};
use std::collections::BTreeMap;

/// A question, and the numbers that it asks for.
pub(super) struct Part {
    pub cube: &'static str,
    pub numbers: &'static [&'static str],
    /// By what its rows are told apart.
    pub by: Option<&'static str>,
}

pub(super) const AI: Part =
    Part { cube: "ai_requests", numbers: &["requests", "failures", "errorRate", "tokens", "cost", "latency", "users"], by: None };
pub(super) const ENGAGEMENT: Part = Part { cube: "engagement_events", numbers: &["events", "users", "sessions"], by: None };
pub(super) const SALES: Part =
    Part { cube: "sales", numbers: &["transactions", "orders", "refunds", "revenue", "refundAmount"], by: Some("currency") };
pub(super) const PERFORMANCE: Part =
    Part { cube: "http_requests", numbers: &["requests", "errors", "errorRate", "responseTime"], by: None };
pub(super) const PLATFORM: Part = Part { cube: "lifecycle_events", numbers: &["events"], by: Some("event") };
pub(super) const EVERYONE: Part = Part { cube: "users", numbers: &["users", "events"], by: None };

/// All of them, in the order in which they are asked.
pub(super) const PARTS: [&Part; 6] = [&AI, &ENGAGEMENT, &SALES, &PERFORMANCE, &PLATFORM, &EVERYONE];

/// Events of the platform that have a number of their own: what it is called, and which they are.
pub(super) const GENERATIONS: &[&str] = &["generation.started"];
pub(super) const BUILDS: &[&str] = &["build.triggered"];
pub(super) const SIGN_UPS: &[&str] = &["user.signup", "user.created"];

impl Part {
    /// The question, about what is asked.
    pub fn question(&self, asked: &Asked) -> MetricQuery {
        let question = asked.question(self.cube, self.numbers);
        match self.by {
            Some(dimension) => question.by(dimension),
            None => question,
        }
    }
}

/// Amounts of sales by currency, of the currencies in which there is something to count.
pub(super) fn currencies<'r>(rows: impl IntoIterator<Item = &'r Row>, name: &str, count: &str) -> BTreeMap<String, Number> {
    let numbers = rows.into_iter().map(|row| (row, Numbers::of(SALES.numbers, row)));
    let counted = numbers.filter(|(_, of)| of.units(count) > 0);
    counted.filter_map(|(row, of)| Some((row.labels.first()?.clone(), of.get(name).clone()))).collect()
}

/// How often something happened on the platform; whatever did, where no events are named.
pub(super) fn happened<'r>(rows: impl IntoIterator<Item = &'r Row>, events: &[&str]) -> i128 {
    let is_meant = |row: &&Row| events.is_empty() || row.labels.first().is_some_and(|event| events.contains(&event.as_str()));
    rows.into_iter().filter(is_meant).map(|row| Numbers::of(PLATFORM.numbers, row).units("events")).sum()
}
