//! `GET /api/analytics/sales/stats`: money by currency, and transactions by what they were.

use crate::Desk;
use crate::groups::{Groups, groups};
use crate::parameters::{Grouping, Known};
use crate::revenue::Recurring;
use crate::shape::{Amounts, Figure, Meta, mean, reply, total, units};
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use cube::catalogue::{Dimension, Unit};
use cube::query::{Answer, Range, Row};
use model::Timestamp;
use model::money::Decimal;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

const DIMENSIONS: &[Dimension] = &[
    Dimension::User,
    Dimension::Project,
    Dimension::Type,
    Dimension::Status,
    Dimension::Plan,
    Dimension::PaymentMethod,
    Dimension::Currency,
];
pub(crate) const KNOWN: Known<'static> = Known {
    time: true,
    dimensions: DIMENSIONS,
    groups: Some(Grouping::of(&["sales", "customers"], &["transactions", "orders", "revenue", "refunds", "refundAmount"])),
    ..Known::NOTHING
};
/// What is asked about every breakdown, in this order.
const NUMBERS: [&str; 5] = ["transactions", "orders", "revenue", "refunds", "refundAmount"];
const TRANSACTIONS: usize = 0;
const ORDERS: usize = 1;
const REVENUE: usize = 2;
const REFUNDS: usize = 3;
const REFUND_AMOUNT: usize = 4;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SalesStats)]
struct Stats {
    revenue: Amounts,
    transactions: Figure,
    /// Completed transactions but refunds: what revenue comes from.
    orders: Figure,
    average_order: Amounts,
    refunds: Refunds,
    by_type: BTreeMap<String, Group>,
    by_status: BTreeMap<String, Group>,
    by_plan: BTreeMap<String, Group>,
    by_payment_method: BTreeMap<String, Group>,
    /// Monthly recurring revenue at the end of the range, as `/api/analytics/revenue/mrr` tells it; `null` where the answer is narrowed by
    /// anything but user and project, by which alone subscriptions are told apart.
    mrr: Option<Amounts>,
    /// Customer lifetime value so far: (revenue − refunds) of all time ÷ users with a completed transaction in that currency.
    clv: Amounts,
    /// Customers lost over the range, as `/api/analytics/revenue/churn-rate` tells it: those who came to pay for no subscription any more ÷
    /// those who paid at its start × 100, percent to two digits; `null` where nobody did, and where `mrr` is.
    churn: Figure,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Groups>,
    meta: Meta,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SalesRefunds)]
struct Refunds {
    count: Figure,
    amount: Amounts,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SalesGroup)]
struct Group {
    transactions: Figure,
    revenue: Amounts,
}

/// Money by currency, and transactions by what they were.
#[utoipa::path(get, path = "/api/analytics/sales/stats", tag = "stats", responses((status = 200, body = Stats), Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    let own = visit.own_person()?;
    // A user's answer is about itself, so it cannot ask about somebody else.
    let dimensions = if own.is_some() { &DIMENSIONS[1..] } else { DIMENSIONS };
    let asked = visit.asked(&Known { dimensions, ..KNOWN })?.of_person(own.as_ref());
    let grouped = asked.grouped()?;
    let is_of_persons = asked.dimensions().contains(&Dimension::User);
    let sales = |dimension: &str| {
        let question = asked.question(if is_of_persons { "customers" } else { "sales" }, &NUMBERS).by("currency");
        if dimension == "currency" { question } else { question.by(dimension) }
    };
    let mut lifetime = asked.question("customers", &["revenue", "refundAmount", "buyers"]).by("currency");
    lifetime.range = Range { from: Timestamp::from_millis(0), to: visit.now };
    let mut questions = vec![sales("currency"), sales("type"), sales("status"), sales("plan"), sales("paymentMethod"), lifetime];
    let is_of_subscriptions = asked.dimensions().iter().all(|dimension| [Dimension::User, Dimension::Project].contains(dimension));
    questions.extend(is_of_subscriptions.then(|| Recurring::questions(&asked, &visit)).into_iter().flatten());
    questions.extend(grouped.as_ref().map(|grouped| grouped.question.clone()));
    let reading = desk.ask(&visit, &questions).await?;
    let [by_currency, by_type, by_status, by_plan, by_method, lifetime, rest @ ..] = &reading.answers[..] else {
        return Err(Problem::internal("an answer is missing"));
    };

    let recurring = match rest {
        [subscriptions, customers, ..] if is_of_subscriptions => Some(Recurring::of([subscriptions, customers], &asked, &visit)?),
        _ => None,
    };
    let range = asked.window.range;
    let currency = visit.caller.currency.code();
    let orders = |row: &Row| units(&row.values[ORDERS]);
    let stats = Stats {
        revenue: with_own(currency, amounts(by_currency, ORDERS, REVENUE)),
        transactions: Figure::whole(total(by_currency, TRANSACTIONS)),
        orders: Figure::whole(total(by_currency, ORDERS)),
        average_order: per(by_currency, |row| (money(row, REVENUE), orders(row))),
        refunds: Refunds { count: Figure::whole(total(by_currency, REFUNDS)), amount: amounts(by_currency, REFUNDS, REFUND_AMOUNT) },
        by_type: by_label(by_type),
        by_status: by_label(by_status),
        by_plan: by_label(by_plan),
        by_payment_method: by_label(by_method),
        mrr: recurring.as_ref().map(|recurring| recurring.standing(range)),
        clv: per(lifetime, |row| (net(row), units(&row.values[2]))),
        churn: recurring.map_or(Figure::Nothing, |recurring| recurring.churn_rate(range)),
        groups: groups(grouped.as_ref(), &asked, &reading),
        meta: Meta::of(&reading, &asked),
    };
    reply(&visit, &asked, &stats)
}

/// Revenue less what was given back, of a row of these two.
fn net(row: &Row) -> Decimal {
    Decimal { units: units(&row.values[0]) - units(&row.values[1]), scale: Unit::Money.scale() }
}

fn money(row: &Row, place: usize) -> Decimal {
    Decimal { units: units(&row.values[place]), scale: Unit::Money.scale() }
}

/// An amount by currency, of the currencies in which there is something to count.
fn amounts(answer: &Answer, count: usize, amount: usize) -> Amounts {
    let counted = answer.rows.iter().filter(|row| units(&row.values[count]) > 0);
    Amounts(counted.map(|row| (row.labels[0].clone(), Figure::Exact(money(row, amount)))).collect())
}

/// Where nothing was sold, the tenant's own currency says so.
fn with_own(currency: &str, mut amounts: Amounts) -> Amounts {
    if amounts.0.is_empty() {
        amounts.0.insert(currency.to_owned(), Figure::whole(0));
    }
    amounts
}

/// An amount over a count by currency, where there is a count.
fn per(answer: &Answer, read: impl Fn(&Row) -> (Decimal, i128)) -> Amounts {
    let of_row = |row: &Row| {
        let (amount, count) = read(row);
        (count > 0).then(|| (row.labels[0].clone(), mean(amount, count)))
    };
    Amounts(answer.rows.iter().filter_map(of_row).collect())
}

/// Rows of a currency and a label, by label.
fn by_label(answer: &Answer) -> BTreeMap<String, Group> {
    let mut sums: BTreeMap<&str, (i128, Amounts)> = BTreeMap::new();
    for row in &answer.rows {
        let [currency, label] = &row.labels[..] else { continue };
        let (transactions, revenue) = sums.entry(label).or_default();
        *transactions += units(&row.values[TRANSACTIONS]);
        if units(&row.values[ORDERS]) > 0 {
            revenue.0.insert(currency.clone(), Figure::Exact(money(row, REVENUE)));
        }
    }
    let group = |(label, (transactions, revenue)): (&str, (i128, Amounts))| {
        (label.to_owned(), Group { transactions: Figure::whole(transactions), revenue })
    };
    sums.into_iter().map(group).collect()
}
