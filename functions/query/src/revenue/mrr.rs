//! `GET /api/analytics/revenue/mrr`: what subscriptions come to a month, and what moved it.

use super::grouped::{RecurringGroups, grouping, groups};
use super::recurring::Moved;
use super::{OF_SUBSCRIPTIONS, Recurring, money};
use crate::Desk;
use crate::parameters::{Grouping, Known};
use crate::shape::{Amounts, Figure, Meta, change, mean, reply};
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use cube::catalogue::Unit;
use cube::recurring::{Customers, Movements};
use model::money::Decimal;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

pub(crate) const KNOWN: Known<'static> = Known { time: true, dimensions: OF_SUBSCRIPTIONS, groups: Some(GROUPS), ..Known::NOTHING };
const GROUPS: Grouping = grouping(&["customers", "mrr", "growth", "movements"]);

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "members are named as the contract names them")]
struct Mrr {
    /// Monthly recurring revenue at the end of the range, or now where that is earlier: the sum of all subscriptions that are paid for, each
    /// brought to a month (a year ÷ 12, a quarter ÷ 3, a week × 52 ÷ 12, a day × 365 ÷ 12; rounded to the nearest millionth, halves up).
    /// One without an amount is worth the latest payment of its user and plan, from the first such payment on.
    mrr: Amounts,
    /// By how much it changed since the start of the range: percent of what it was, to two digits; 100 where it was nothing.
    growth: BTreeMap<String, Figure>,
    /// mrr ÷ those who pay in that currency, rounded to six digits; left out where nobody does.
    average_per_customer: Amounts,
    /// What moved it over the range.
    movements: BTreeMap<String, MrrMovements>,
    /// Who pays for a subscription, in whatever currency.
    customers: CustomerMovements,
    /// Every bucket of the range, oldest first. What is to come is told as it is now.
    series: Vec<MrrPoint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<RecurringGroups<MrrOfGroup>>,
    meta: Meta,
}

/// What the subscriptions of a group come to a month.
#[derive(Serialize, ToSchema)]
struct MrrOfGroup {
    customers: CustomerMovements,
    /// At the end of the range, or of the bucket.
    mrr: Amounts,
    /// By how much it changed: percent of what it was, to two digits; 100 where it was nothing.
    growth: BTreeMap<String, Figure>,
    movements: BTreeMap<String, MrrMovements>,
}

impl MrrOfGroup {
    fn of(moved: &Moved<'_>, span: usize) -> Self {
        Self {
            customers: CustomerMovements::of(moved.customers(span)),
            mrr: moved.amounts(span, |moved| moved.after.monthly_micros),
            growth: moved.each(span, |moved| change(moved.before.monthly_micros, moved.after.monthly_micros)),
            movements: moved.each(span, MrrMovements::of),
        }
    }
}

#[derive(Serialize, ToSchema)]
struct MrrPoint {
    /// When the bucket begins.
    timestamp: String,
    /// At the end of the bucket.
    mrr: Amounts,
    /// What moved it in the bucket.
    movements: BTreeMap<String, MrrMovements>,
    customers: CustomerMovements,
}

/// How recurring revenue moved in one currency, customer by customer: before + new + reactivated + expansion − contraction − churned = after.
/// A customer's subscriptions count together, so that going from one to another is expansion or contraction.
#[derive(Serialize, ToSchema)]
struct MrrMovements {
    before: Figure,
    /// Of customers who never paid before.
    new: Figure,
    /// Of customers who had paid before, and did not any more.
    reactivated: Figure,
    /// What customers pay more.
    expansion: Figure,
    /// What customers pay less who still pay.
    contraction: Figure,
    /// What customers had paid who pay nothing any more.
    churned: Figure,
    /// after − before.
    net: Figure,
    after: Figure,
}

/// Who pays for a subscription: before + new + reactivated − churned = after.
#[derive(Serialize, ToSchema)]
pub(super) struct CustomerMovements {
    before: Figure,
    /// How many began to pay who never had.
    new: Figure,
    /// How many times one began to pay again.
    reactivated: Figure,
    /// How many times one came to pay nothing any more, in no currency.
    churned: Figure,
    after: Figure,
}

impl MrrMovements {
    fn of(moved: &Movements) -> Self {
        let (before, after) = (moved.before.monthly_micros, moved.after.monthly_micros);
        Self {
            before: money(before),
            new: money(moved.new),
            reactivated: money(moved.reactivated),
            expansion: money(moved.expansion),
            contraction: money(moved.contraction),
            churned: money(moved.churned),
            net: money(after - before),
            after: money(after),
        }
    }
}

impl CustomerMovements {
    pub(super) fn of(customers: Customers) -> Self {
        let Customers { before, after, new, reactivated, churned } = customers;
        let [before, after, new, reactivated, churned] =
            [before, after, new, reactivated, churned].map(|count| Figure::whole(count.into()));
        Self { before, new, reactivated, churned, after }
    }
}

/// What subscriptions come to a month, and what moved it.
#[utoipa::path(get, path = "/api/analytics/revenue/mrr", tag = "revenue", responses((status = 200, body = Mrr), Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    let mut asked = visit.asked(&KNOWN)?;
    asked.window = asked.window.by_hours(visit.caller.hour_offset);
    let divisions = asked.divisions(visit.caller.hour_offset)?;
    let reading = desk.ask(&visit, &Recurring::questions(&asked, &visit)).await?;
    let [subscriptions, customers] = &reading.answers[..] else { return Err(Problem::internal("an answer is missing")) };
    let recurring = Recurring::of([subscriptions, customers], &asked, &visit)?;

    let all = recurring.over(asked.window.range);
    let ranges: Vec<_> = divisions.iter().map(|division| division.range).collect();
    let buckets = recurring.over_each(&ranges);
    let point = |(at, division): (usize, &cube::query::Division)| MrrPoint {
        timestamp: division.start.to_string(),
        mrr: buckets.amounts(at, |moved| moved.after.monthly_micros),
        movements: buckets.each(at, MrrMovements::of),
        customers: CustomerMovements::of(buckets.customers(at)),
    };
    let per_customer =
        |moved: &Movements| mean(Decimal { units: moved.after.monthly_micros, scale: Unit::Money.scale() }, moved.after.users.into());
    let mut average = all.each(0, per_customer);
    average.retain(|_, mean| *mean != Figure::Nothing);
    let mrr = Mrr {
        mrr: all.amounts(0, |moved| moved.after.monthly_micros),
        growth: all.each(0, |moved| change(moved.before.monthly_micros, moved.after.monthly_micros)),
        average_per_customer: Amounts(average),
        movements: all.each(0, MrrMovements::of),
        customers: CustomerMovements::of(all.customers(0)),
        series: divisions.iter().enumerate().map(point).collect(),
        groups: groups([subscriptions, customers], (&asked, &visit), &divisions, MrrOfGroup::of)?,
        meta: Meta::of(&reading, &asked).over(asked.window.range),
    };
    reply(&visit, &asked, &mrr)
}
