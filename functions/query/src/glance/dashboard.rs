//! `GET /api/metrics/dashboard`: all families at a glance, against the span before.

use super::family::{AI, BUILDS, ENGAGEMENT, EVERYONE, GENERATIONS, PARTS, PERFORMANCE, Part, SALES, SIGN_UPS, currencies, happened};
use crate::Desk;
use crate::numbers::Numbers;
use crate::parameters::Known;
use crate::shape::{Change, Ends, Meta, before, reply};
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use cube::catalogue::{Dimension, Unit};
use cube::query::{Answer, MetricQuery, Number};
use model::money::Decimal;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

pub(crate) const KNOWN: Known<'static> = Known { time: true, dimensions: &[Dimension::Project], ..Known::NOTHING };

/// All families at a glance. Every number comes with what it was in the span before, which is as long and ends where the range begins, and
/// with the change in percent.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct MetricsDashboard {
    /// Users with any event, of whichever family; estimated (Theta sketch) beyond 4,096.
    active_users: Change,
    /// Events of all families.
    events: Change,
    ai: GlanceAi,
    engagement: GlanceEngagement,
    sales: GlanceSales,
    performance: GlancePerformance,
    platform: GlancePlatform,
    /// The span before.
    before: Ends,
    meta: Meta,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct GlanceAi {
    /// Requests that completed or failed.
    requests: Change,
    failures: Change,
    /// `failures / requests`, from 0 to 1.
    error_rate: Change,
    /// Of all classes.
    tokens: Change,
    /// In US dollars.
    cost: Change,
    /// The median of the requests' durations, in milliseconds.
    latency: Change,
    users: Change,
}

#[derive(Serialize, ToSchema)]
struct GlanceEngagement {
    events: Change,
    users: Change,
    /// Distinct sessions; estimated (`HyperLogLog`, about 1.6%) where they are many.
    sessions: Change,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct GlanceSales {
    transactions: Change,
    /// Completed transactions but refunds: what revenue comes from.
    orders: Change,
    refunds: Change,
    /// By currency: amounts of completed transactions but refunds.
    revenue: BTreeMap<String, Change>,
    /// By currency.
    refund_amount: BTreeMap<String, Change>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct GlancePerformance {
    requests: Change,
    /// Requests answered with a status of 400 or more.
    errors: Change,
    /// `errors / requests`, from 0 to 1.
    error_rate: Change,
    /// The median response time, in milliseconds.
    response_time: Change,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct GlancePlatform {
    events: Change,
    /// Generations started.
    generations: Change,
    /// Builds triggered.
    builds: Change,
    /// Accounts made.
    sign_ups: Change,
}

/// All families at a glance, against the span before.
#[utoipa::path(get, path = "/api/metrics/dashboard", tag = "glance", responses((status = 200, body = MetricsDashboard), Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    let asked = visit.asked(&KNOWN)?;
    let before = before(asked.window.range, visit.caller.hour_offset);
    let now = PARTS.map(|part| part.question(&asked));
    let past = PARTS.map(|part| MetricQuery { range: before, ..part.question(&asked) });
    let reading = desk.ask(&visit, &now.into_iter().chain(past).collect::<Vec<_>>()).await?;
    let (now, past) = reading.answers.split_at(PARTS.len());
    let pairs: Vec<Pair<'_>> = past.iter().zip(now).map(|(past, now)| Pair { past, now }).collect();
    let [ai, engagement, sales, performance, platform, everyone] = &pairs[..] else {
        return Err(Problem::internal("an answer is missing"));
    };
    let dashboard = MetricsDashboard {
        active_users: everyone.change(&EVERYONE, "users"),
        events: everyone.change(&EVERYONE, "events"),
        ai: of_ai(ai),
        engagement: of_engagement(engagement),
        sales: of_sales(sales),
        performance: of_performance(performance),
        platform: of_platform(platform),
        before: Ends::of(before),
        meta: Meta::of(&reading, &asked),
    };
    reply(&visit, &asked, &dashboard)
}

const NO_MONEY: Number = Number::Exact(Decimal { units: 0, scale: Unit::Money.scale() });

fn whole(units: i128) -> Number {
    Number::Exact(Decimal { units, scale: 0 })
}

/// The answers to one question about the span before and about the range.
struct Pair<'a> {
    past: &'a Answer,
    now: &'a Answer,
}

impl Pair<'_> {
    /// A number of answers that are one row.
    fn change(&self, part: &Part, name: &str) -> Change {
        let number = |answer| Numbers::only(part.numbers, answer).get(name);
        Change::of(number(self.now), number(self.past))
    }

    /// The sum of a number over all rows.
    fn sum(&self, part: &Part, name: &str) -> Change {
        let sum = |answer: &Answer| answer.rows.iter().map(|row| Numbers::of(part.numbers, row).units(name)).sum();
        Change::of(&whole(sum(self.now)), &whole(sum(self.past)))
    }

    /// Amounts by currency, of every currency that either has.
    fn amounts(&self, name: &str, count: &str) -> BTreeMap<String, Change> {
        let (past, now) = (currencies(&self.past.rows, name, count), currencies(&self.now.rows, name, count));
        let change = |currency: &String| {
            let amount = |of: &BTreeMap<String, Number>| of.get(currency).cloned().unwrap_or(NO_MONEY);
            (currency.clone(), Change::of(&amount(&now), &amount(&past)))
        };
        past.keys().chain(now.keys()).map(change).collect()
    }

    /// How often something happened on the platform; whatever did, where no events are named.
    fn happened(&self, events: &[&str]) -> Change {
        Change::of(&whole(happened(&self.now.rows, events)), &whole(happened(&self.past.rows, events)))
    }
}

fn of_ai(pair: &Pair<'_>) -> GlanceAi {
    let change = |name| pair.change(&AI, name);
    GlanceAi {
        requests: change("requests"),
        failures: change("failures"),
        error_rate: change("errorRate"),
        tokens: change("tokens"),
        cost: change("cost"),
        latency: change("latency"),
        users: change("users"),
    }
}

fn of_engagement(pair: &Pair<'_>) -> GlanceEngagement {
    let change = |name| pair.change(&ENGAGEMENT, name);
    GlanceEngagement { events: change("events"), users: change("users"), sessions: change("sessions") }
}

fn of_sales(pair: &Pair<'_>) -> GlanceSales {
    GlanceSales {
        transactions: pair.sum(&SALES, "transactions"),
        orders: pair.sum(&SALES, "orders"),
        refunds: pair.sum(&SALES, "refunds"),
        revenue: pair.amounts("revenue", "orders"),
        refund_amount: pair.amounts("refundAmount", "refunds"),
    }
}

fn of_performance(pair: &Pair<'_>) -> GlancePerformance {
    let change = |name| pair.change(&PERFORMANCE, name);
    GlancePerformance {
        requests: change("requests"),
        errors: change("errors"),
        error_rate: change("errorRate"),
        response_time: change("responseTime"),
    }
}

fn of_platform(pair: &Pair<'_>) -> GlancePlatform {
    GlancePlatform {
        events: pair.happened(&[]),
        generations: pair.happened(GENERATIONS),
        builds: pair.happened(BUILDS),
        sign_ups: pair.happened(SIGN_UPS),
    }
}
