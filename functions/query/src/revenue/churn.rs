//! `GET /api/analytics/revenue/churn-rate`: what is lost of customers and of recurring revenue.

use super::grouped::{RecurringGroups, grouping, groups};
use super::recurring::Moved;
use super::{OF_SUBSCRIPTIONS, Recurring, money};
use crate::Desk;
use crate::parameters::{Grouping, Known};
use crate::shape::{Figure, Meta, reply, share};
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use cube::query::Granularity;
use cube::recurring::{Customers, Movements};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

pub(crate) const KNOWN: Known<'static> = Known { time: true, dimensions: OF_SUBSCRIPTIONS, groups: Some(GROUPS), ..Known::NOTHING };
const GROUPS: Grouping = grouping(&["customers", "revenue"]);
const BY_MONTH: &str = "the series is by month where no granularity is asked for, as rates of churn are";

#[derive(Serialize, ToSchema)]
struct ChurnRate {
    /// Over the whole range.
    customers: CustomerChurn,
    /// Over the whole range, by currency.
    revenue: BTreeMap<String, RevenueChurn>,
    /// Every bucket of the range, oldest first; by month where no granularity is asked for.
    series: Vec<ChurnPoint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<RecurringGroups<ChurnOfGroup>>,
    meta: Meta,
}

/// What is lost of the customers of a group, and of their recurring revenue, by currency.
#[derive(Serialize, ToSchema)]
struct ChurnOfGroup {
    customers: CustomerChurn,
    revenue: BTreeMap<String, RevenueChurn>,
}

impl ChurnOfGroup {
    fn of(moved: &Moved<'_>, span: usize) -> Self {
        Self { customers: CustomerChurn::of(moved.customers(span)), revenue: moved.each(span, RevenueChurn::of) }
    }
}

#[derive(Serialize, ToSchema)]
struct ChurnPoint {
    /// When the bucket begins. A bucket that the range has only a part of is told of that part.
    timestamp: String,
    customers: CustomerChurn,
    /// By currency.
    revenue: BTreeMap<String, RevenueChurn>,
}

/// Customers lost. A customer is a user who pays for a subscription, in whatever currency.
#[derive(Serialize, ToSchema)]
struct CustomerChurn {
    /// Who paid at the start.
    before: Figure,
    /// How many times one came to pay nothing any more.
    churned: Figure,
    /// churned ÷ before × 100: percent, to two digits; `null` where nobody paid at the start. Who came and went between counts as lost, so it
    /// can be over 100.
    rate: Figure,
}

/// Recurring revenue lost in one currency.
#[derive(Serialize, ToSchema)]
struct RevenueChurn {
    /// Monthly recurring revenue at the start.
    before: Figure,
    /// What customers had paid who pay nothing any more.
    churned: Figure,
    /// What customers pay less who still pay.
    contraction: Figure,
    /// What customers pay more.
    expansion: Figure,
    /// Of customers who had paid before, and pay again.
    reactivated: Figure,
    /// (churned + contraction) ÷ before × 100: percent, to two digits; `null` where there was nothing at the start.
    gross: Figure,
    /// (churned + contraction − expansion − reactivated) ÷ before × 100: percent, to two digits, negative where more was won than lost;
    /// `null` where there was nothing at the start.
    net: Figure,
}

impl CustomerChurn {
    fn of(Customers { before, churned, .. }: Customers) -> Self {
        let (before, churned) = (i128::from(before), i128::from(churned));
        Self { before: Figure::whole(before), churned: Figure::whole(churned), rate: share(churned, before) }
    }
}

impl RevenueChurn {
    fn of(moved: &Movements) -> Self {
        let before = moved.before.monthly_micros;
        let lost = moved.churned + moved.contraction;
        Self {
            before: money(before),
            churned: money(moved.churned),
            contraction: money(moved.contraction),
            expansion: money(moved.expansion),
            reactivated: money(moved.reactivated),
            gross: share(lost, before),
            net: share(lost - moved.expansion - moved.reactivated, before),
        }
    }
}

/// What is lost of customers and of recurring revenue, over the range and month by month.
#[utoipa::path(get, path = "/api/analytics/revenue/churn-rate", tag = "revenue", responses((status = 200, body = ChurnRate), Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    let mut asked = visit.asked(&KNOWN)?;
    asked.window = asked.window.by_hours(visit.caller.hour_offset);
    if !asked.names_granularity {
        asked.window.granularity = Granularity::Month;
    }
    let divisions = asked.divisions(visit.caller.hour_offset)?;
    let reading = desk.ask(&visit, &Recurring::questions(&asked, &visit)).await?;
    let [subscriptions, customers] = &reading.answers[..] else { return Err(Problem::internal("an answer is missing")) };
    let recurring = Recurring::of([subscriptions, customers], &asked, &visit)?;

    let all = recurring.over(asked.window.range);
    let ranges: Vec<_> = divisions.iter().map(|division| division.range).collect();
    let buckets = recurring.over_each(&ranges);
    let point = |(at, division): (usize, &cube::query::Division)| ChurnPoint {
        timestamp: division.start.to_string(),
        customers: CustomerChurn::of(buckets.customers(at)),
        revenue: buckets.each(at, RevenueChurn::of),
    };
    let churn = ChurnRate {
        customers: CustomerChurn::of(all.customers(0)),
        revenue: all.each(0, RevenueChurn::of),
        series: divisions.iter().enumerate().map(point).collect(),
        groups: groups([subscriptions, customers], (&asked, &visit), &divisions, ChurnOfGroup::of)?,
        meta: Meta::of(&reading, &asked).over(asked.window.range).noting_if((!asked.names_granularity).then_some(BY_MONTH)),
    };
    reply(&visit, &asked, &churn)
}
