//! `GET /api/analytics/revenue/total`: what was sold and given back.

use super::{NUMBERS, OF_SALES, Sold, SoldIn, amounts, sum};
use crate::Desk;
use crate::groups::{Groups, groups};
use crate::parameters::{Grouping, Known};
use crate::shape::{Amounts, Change, Figure, Meta, mean, reply};
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use cube::catalogue::Unit;
use cube::query::{Answer, MetricQuery, Number};
use model::Timestamp;
use model::money::Decimal;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

pub(crate) const KNOWN: Known<'static> =
    Known { time: true, dimensions: OF_SALES, groups: Some(Grouping::of(&["sales"], &NUMBERS)), ..Known::NOTHING };

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RevenueTotal {
    /// Amounts of completed transactions but refunds.
    revenue: Amounts,
    /// What refunds and chargebacks gave back.
    refunds: Amounts,
    /// revenue − refunds. A refund counts when it is made, not when what it gives back was sold.
    net: Amounts,
    /// How many completed transactions there are, refunds not counted.
    orders: Figure,
    /// How many refunds there are.
    refund_count: Figure,
    /// revenue ÷ orders, rounded to six digits.
    average_order: Amounts,
    /// Against the span before, which is as long and ends where the range begins.
    growth: RevenueGrowth,
    /// Every bucket of the range, oldest first.
    series: Vec<RevenuePoint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Groups>,
    meta: Meta,
}

#[derive(Serialize, ToSchema)]
struct RevenueGrowth {
    /// By currency.
    revenue: BTreeMap<String, Change>,
    /// By currency.
    net: BTreeMap<String, Change>,
    orders: Change,
}

#[derive(Serialize, ToSchema)]
struct RevenuePoint {
    /// When the bucket begins.
    timestamp: String,
    revenue: Amounts,
    refunds: Amounts,
    /// revenue − refunds.
    net: Amounts,
    orders: Figure,
}

/// What was sold and given back, by currency and over time, against the span before.
#[utoipa::path(get, path = "/api/analytics/revenue/total", tag = "revenue", responses((status = 200, body = RevenueTotal), Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    let mut asked = visit.asked(&KNOWN)?;
    asked.window = asked.window.by_hours(visit.caller.hour_offset);
    let grouped = asked.grouped()?;
    let over = |range| MetricQuery { range, ..asked.question("sales", &NUMBERS).by("currency") };
    let range = asked.window.range;
    let mut questions = vec![over(range), over(range.before()), over(range).every(asked.window.granularity, asked.window.timezone)];
    questions.extend(grouped.as_ref().map(|grouped| grouped.question.clone()));
    let reading = desk.ask(&visit, &questions).await?;
    let [now, before, series, ..] = &reading.answers[..] else { return Err(Problem::internal("an answer is missing")) };

    let own = visit.caller.currency.code();
    let (now, before) = (by_currency(now, own), by_currency(before, own));
    let points = by_time(series).into_iter().map(|(start, sold)| RevenuePoint {
        timestamp: start.to_string(),
        revenue: amounts(&sold, |sold| sold.revenue),
        refunds: amounts(&sold, |sold| sold.refunded),
        net: amounts(&sold, |sold| sold.net()),
        orders: Figure::whole(sum(&sold, |sold| sold.orders)),
    });
    let order_mean =
        |(currency, sold): (&String, &Sold)| (sold.orders > 0).then(|| (currency.clone(), mean(micros(sold.revenue), sold.orders)));
    let total = RevenueTotal {
        revenue: amounts(&now, |sold| sold.revenue),
        refunds: amounts(&now, |sold| sold.refunded),
        net: amounts(&now, |sold| sold.net()),
        orders: Figure::whole(sum(&now, |sold| sold.orders)),
        refund_count: Figure::whole(sum(&now, |sold| sold.refunds)),
        average_order: Amounts(now.iter().filter_map(order_mean).collect()),
        growth: RevenueGrowth {
            revenue: changes(&now, &before, |sold| sold.revenue),
            net: changes(&now, &before, |sold| sold.net()),
            orders: Change::of(&whole(sum(&now, |sold| sold.orders)), &whole(sum(&before, |sold| sold.orders))),
        },
        series: points.collect(),
        groups: groups(grouped.as_ref(), &asked, &reading),
        meta: Meta::of(&reading, &asked),
    };
    reply(&visit, &asked, &total)
}

/// By currency. Where nothing was sold, the tenant's own says so.
fn by_currency(answer: &Answer, own: &str) -> SoldIn {
    let mut sold: SoldIn = answer.rows.iter().filter_map(|row| Some((row.labels.first()?.clone(), Sold::of(row)))).collect();
    if sold.is_empty() {
        sold.insert(own.to_owned(), Sold::default());
    }
    sold
}

/// By bucket, in the order of time, and by currency.
fn by_time(answer: &Answer) -> BTreeMap<Timestamp, SoldIn> {
    let mut buckets: BTreeMap<Timestamp, SoldIn> = BTreeMap::new();
    for row in &answer.rows {
        if let (Some(start), Some(currency)) = (row.start, row.labels.first()) {
            buckets.entry(start).or_default().insert(currency.clone(), Sold::of(row));
        }
    }
    buckets
}

/// How an amount of each currency of either span changed.
fn changes(now: &SoldIn, before: &SoldIn, amount: impl Fn(&Sold) -> i128) -> BTreeMap<String, Change> {
    let of = |sold: &SoldIn, currency: &str| Number::Exact(micros(sold.get(currency).map_or(0, &amount)));
    let currencies = now.keys().chain(before.keys());
    currencies.map(|currency| (currency.clone(), Change::of(&of(now, currency), &of(before, currency)))).collect()
}

fn micros(units: i128) -> Decimal {
    Decimal { units, scale: Unit::Money.scale() }
}

fn whole(units: i128) -> Number {
    Number::Exact(Decimal { units, scale: 0 })
}
