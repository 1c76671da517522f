//! `GET /api/analytics/revenue/arr`: what subscriptions come to a year.

use super::grouped::{RecurringGroups, grouping, groups};
use super::mrr::CustomerMovements;
use super::recurring::Moved;
use super::{OF_SUBSCRIPTIONS, Recurring};
use crate::Desk;
use crate::parameters::{Grouping, Known};
use crate::shape::{Amounts, Figure, Meta, change, reply};
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

pub(crate) const KNOWN: Known<'static> = Known { time: true, dimensions: OF_SUBSCRIPTIONS, groups: Some(GROUPS), ..Known::NOTHING };
const GROUPS: Grouping = grouping(&["customers", "arr", "mrr", "growth"]);
const MONTHS: i128 = 12;

#[derive(Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "members are named as the contract names them")]
struct Arr {
    /// Annual recurring revenue at the end of the range, or now where that is earlier: mrr × 12. It is what a year would bring if nothing
    /// changed, not what one brought.
    arr: Amounts,
    /// Monthly recurring revenue, as `/api/analytics/revenue/mrr` tells it.
    mrr: Amounts,
    /// By how much it changed since the start of the range: percent of what it was, to two digits; 100 where it was nothing.
    growth: BTreeMap<String, Figure>,
    /// Every bucket of the range, oldest first. What is to come is told as it is now.
    series: Vec<ArrPoint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<RecurringGroups<ArrOfGroup>>,
    meta: Meta,
}

/// What the subscriptions of a group come to a year.
#[derive(Serialize, ToSchema)]
struct ArrOfGroup {
    customers: CustomerMovements,
    /// At the end of the range, or of the bucket.
    arr: Amounts,
    mrr: Amounts,
    /// By how much it changed: percent of what it was, to two digits; 100 where it was nothing.
    growth: BTreeMap<String, Figure>,
}

impl ArrOfGroup {
    fn of(moved: &Moved<'_>, span: usize) -> Self {
        Self {
            customers: CustomerMovements::of(moved.customers(span)),
            arr: moved.amounts(span, |moved| moved.after.monthly_micros * MONTHS),
            mrr: moved.amounts(span, |moved| moved.after.monthly_micros),
            growth: moved.each(span, |moved| change(moved.before.monthly_micros, moved.after.monthly_micros)),
        }
    }
}

#[derive(Serialize, ToSchema)]
struct ArrPoint {
    /// When the bucket begins.
    timestamp: String,
    /// At the end of the bucket.
    arr: Amounts,
}

/// What subscriptions come to a year.
#[utoipa::path(get, path = "/api/analytics/revenue/arr", tag = "revenue", responses((status = 200, body = Arr), Refusals))]
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
    let point = |(at, division): (usize, &cube::query::Division)| ArrPoint {
        timestamp: division.start.to_string(),
        arr: buckets.amounts(at, |moved| moved.after.monthly_micros * MONTHS),
    };
    let arr = Arr {
        arr: all.amounts(0, |moved| moved.after.monthly_micros * MONTHS),
        mrr: all.amounts(0, |moved| moved.after.monthly_micros),
        growth: all.each(0, |moved| change(moved.before.monthly_micros, moved.after.monthly_micros)),
        series: divisions.iter().enumerate().map(point).collect(),
        groups: groups([subscriptions, customers], (&asked, &visit), &divisions, ArrOfGroup::of)?,
        meta: Meta::of(&reading, &asked).over(asked.window.range),
    };
    reply(&visit, &asked, &arr)
}
