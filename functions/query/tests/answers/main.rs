//! What the function answers, over a table and a bucket in memory that the function `store` has written to.
#![expect(clippy::unwrap_used, reason = "a test's helpers may panic")]

mod admin;
mod ai_stats;
mod analytics;
mod budgets;
mod catalogue;
mod chat;
mod contract;
mod costs;
mod dashboard;
mod dashboards;
mod engagement_stats;
mod events;
mod exports;
mod glance;
mod manners;
mod parameters;
mod performance_stats;
mod persons;
mod persons_seen;
mod prometheus;
mod providers;
mod reports;
mod revenue;
mod sales;
mod schema;
mod series;
mod settled;
mod timeseries;
mod usage;
mod users;
mod world;
