//! `GET /api/metrics/summary`: all families over time.

use super::family::{AI, BUILDS, ENGAGEMENT, EVERYONE, GENERATIONS, PARTS, PERFORMANCE, Part, SALES, SIGN_UPS, currencies, happened};
use crate::Desk;
use crate::groups::{Groups, groups};
use crate::numbers::Numbers;
use crate::parameters::{Grouping, Known};
use crate::shape::{Amounts, Figure, Meta, reply};
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use cube::catalogue::Dimension;
use cube::query::{Answer, Granularity, Row};
use model::Timestamp;
use reader::Reading;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

pub(crate) const KNOWN: Known<'static> =
    Known { time: true, dimensions: &[Dimension::Project], groups: Some(Grouping::of(&["users"], &["events", "users"])), ..Known::NOTHING };

/// All families over time.
#[derive(Serialize, ToSchema)]
struct MetricsSummary {
    /// Every bucket of the range, oldest first. `groupBy=hour`, `day`, `week` or `month` says how long they are.
    data: Vec<SummaryBucket>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Groups>,
    meta: Meta,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SummaryBucket {
    /// When the bucket begins.
    timestamp: String,
    /// Users with any event, of whichever family; estimated (Theta sketch) beyond 4,096.
    active_users: Figure,
    /// Events of all families.
    events: Figure,
    ai: SummaryAi,
    engagement: SummaryEngagement,
    sales: SummarySales,
    performance: SummaryPerformance,
    platform: SummaryPlatform,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SummaryAi {
    /// Requests that completed or failed.
    requests: Figure,
    failures: Figure,
    /// Of all classes.
    tokens: Figure,
    /// In US dollars.
    cost: Figure,
}

#[derive(Serialize, ToSchema)]
struct SummaryEngagement {
    events: Figure,
    users: Figure,
    /// Distinct sessions; estimated (`HyperLogLog`, about 1.6%) where they are many.
    sessions: Figure,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SummarySales {
    transactions: Figure,
    /// Completed transactions but refunds: what revenue comes from.
    orders: Figure,
    refunds: Figure,
    revenue: Amounts,
    refund_amount: Amounts,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SummaryPerformance {
    requests: Figure,
    /// Requests answered with a status of 400 or more.
    errors: Figure,
    /// `errors / requests`, from 0 to 1; `null` without requests.
    error_rate: Figure,
    /// The median response time, in milliseconds; `null` without requests.
    response_time: Figure,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SummaryPlatform {
    events: Figure,
    /// Generations started.
    generations: Figure,
    /// Builds triggered.
    builds: Figure,
    /// Accounts made.
    sign_ups: Figure,
}

/// All families over time.
#[utoipa::path(get, path = "/api/metrics/summary", tag = "glance", responses((status = 200, body = MetricsSummary), Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    let asked = visit.asked(&KNOWN)?;
    // A granularity alone divides what is there; it adds no rows to it.
    let adds_rows = asked.group_by.iter().any(|name| Granularity::from_name(name).is_none());
    let grouped = asked.grouped()?.filter(|_| adds_rows);
    let by_time = |part: &Part| part.question(&asked).every(asked.window.granularity, asked.window.timezone);
    let mut questions = PARTS.map(by_time).to_vec();
    questions.extend(grouped.as_ref().map(|grouped| grouped.question.clone()));
    let reading = desk.ask(&visit, &questions).await?;
    let summary =
        MetricsSummary { data: buckets(&reading)?, groups: groups(grouped.as_ref(), &asked, &reading), meta: Meta::of(&reading, &asked) };
    reply(&visit, &asked, &summary)
}

fn buckets(reading: &Reading) -> Result<Vec<SummaryBucket>, Problem> {
    let [ai, engagement, sales, performance, platform, everyone, ..] = &reading.answers[..] else {
        return Err(Problem::internal("an answer is missing"));
    };
    // The families without dimensions have a row for every bucket, in the same order.
    let (sales, platform) = (by_start(sales), by_start(platform));
    let rows = everyone.rows.iter().zip(&ai.rows).zip(&engagement.rows).zip(&performance.rows);
    let bucket = |(((everyone, ai), engagement), performance): (((&Row, &Row), &Row), &Row)| {
        let start = everyone.start?;
        let of_everyone = Numbers::of(EVERYONE.numbers, everyone);
        let of = |rows: &BTreeMap<Timestamp, Vec<_>>| rows.get(&start).cloned().unwrap_or_default();
        Some(SummaryBucket {
            timestamp: start.to_string(),
            active_users: of_everyone.figure("users"),
            events: of_everyone.figure("events"),
            ai: of_ai(&Numbers::of(AI.numbers, ai)),
            engagement: of_engagement(&Numbers::of(ENGAGEMENT.numbers, engagement)),
            sales: of_sales(&of(&sales)),
            performance: of_performance(&Numbers::of(PERFORMANCE.numbers, performance)),
            platform: of_platform(&of(&platform)),
        })
    };
    Ok(rows.filter_map(bucket).collect())
}

/// The rows of each bucket.
fn by_start(answer: &Answer) -> BTreeMap<Timestamp, Vec<&Row>> {
    let mut rows: BTreeMap<Timestamp, Vec<&Row>> = BTreeMap::new();
    for row in &answer.rows {
        rows.entry(row.start.unwrap_or_default()).or_default().push(row);
    }
    rows
}

fn of_ai(of: &Numbers<'_>) -> SummaryAi {
    SummaryAi { requests: of.figure("requests"), failures: of.figure("failures"), tokens: of.figure("tokens"), cost: of.figure("cost") }
}

fn of_engagement(of: &Numbers<'_>) -> SummaryEngagement {
    SummaryEngagement { events: of.figure("events"), users: of.figure("users"), sessions: of.figure("sessions") }
}

fn of_sales(rows: &[&Row]) -> SummarySales {
    let sum = |name: &str| Figure::whole(rows.iter().map(|row| Numbers::of(SALES.numbers, row).units(name)).sum());
    let amounts = |name: &str, count: &str| {
        Amounts(
            currencies(rows.iter().copied(), name, count).into_iter().map(|(currency, amount)| (currency, Figure::of(&amount))).collect(),
        )
    };
    SummarySales {
        transactions: sum("transactions"),
        orders: sum("orders"),
        refunds: sum("refunds"),
        revenue: amounts("revenue", "orders"),
        refund_amount: amounts("refundAmount", "refunds"),
    }
}

fn of_performance(of: &Numbers<'_>) -> SummaryPerformance {
    SummaryPerformance {
        requests: of.figure("requests"),
        errors: of.figure("errors"),
        error_rate: of.figure("errorRate"),
        response_time: of.figure("responseTime"),
    }
}

fn of_platform(rows: &[&Row]) -> SummaryPlatform {
    let count = |events: &[&str]| Figure::whole(happened(rows.iter().copied(), events));
    SummaryPlatform { events: count(&[]), generations: count(GENERATIONS), builds: count(BUILDS), sign_ups: count(SIGN_UPS) }
}
