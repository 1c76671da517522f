//! `GET /api/analytics/revenue/by-plan`: what was sold of each plan.

use super::{NUMBERS, OF_SALES, Sold, SoldIn, amounts, sum};
use crate::Desk;
use crate::groups::{Groups, groups};
use crate::parameters::{Grouping, Known, LIST, Place};
use crate::shape::{Amounts, Figure, Meta, reply, share};
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use cube::query::Row;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

pub(crate) const KNOWN: Known<'static> = Known {
    time: true,
    dimensions: OF_SALES,
    groups: Some(Grouping::of(&["sales"], &NUMBERS)),
    limit: Some(LIST),
    cursor: true,
    ..Known::NOTHING
};

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RevenueByPlan {
    /// The plans, those with most orders first: amounts of different currencies have no order.
    data: Vec<PlanRevenue>,
    /// What `cursor` must be for the plans after these; `null` where there are none.
    next_cursor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Groups>,
    meta: Meta,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PlanRevenue {
    /// The plan; `(none)` for transactions that name none.
    plan: String,
    /// Amounts of completed transactions but refunds.
    revenue: Amounts,
    /// What refunds and chargebacks gave back.
    refunds: Amounts,
    /// revenue − refunds.
    net: Amounts,
    /// How many completed transactions there are, refunds not counted.
    orders: Figure,
    /// revenue ÷ the revenue of all plans in the same currency × 100: percent, to two digits.
    share: BTreeMap<String, Figure>,
}

/// What was sold of each plan, by currency.
#[utoipa::path(get, path = "/api/analytics/revenue/by-plan", tag = "revenue", responses((status = 200, body = RevenueByPlan), Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    let asked = visit.asked(&KNOWN)?;
    let grouped = asked.grouped()?;
    let mut questions = vec![asked.question("sales", &NUMBERS).by("plan").by("currency")];
    questions.extend(grouped.as_ref().map(|grouped| grouped.question.clone()));
    let reading = desk.ask(&visit, &questions).await?;

    let rows: &[Row] = reading.answers.first().map_or(&[], |answer| &answer.rows);
    let (mut plans, mut revenue): (BTreeMap<&str, SoldIn>, BTreeMap<&str, i128>) = Default::default();
    for row in rows {
        let [plan, currency] = &row.labels[..] else { continue };
        let sold = Sold::of(row);
        plans.entry(plan).or_default().insert(currency.clone(), sold);
        *revenue.entry(currency).or_default() += sold.revenue;
    }
    let row = |(plan, sold): (&str, SoldIn)| {
        let orders = sum(&sold, |sold| sold.orders);
        let shares = sold
            .iter()
            .map(|(currency, sold)| (currency.clone(), share(sold.revenue, revenue.get(currency.as_str()).copied().unwrap_or_default())));
        #[expect(clippy::cast_precision_loss, reason = "it orders the rows, and counts of orders are exact in a double")]
        let place = Place::ranked(orders as f64, vec![plan.to_owned()]);
        let of_plan = PlanRevenue {
            plan: plan.to_owned(),
            revenue: amounts(&sold, |sold| sold.revenue),
            refunds: amounts(&sold, |sold| sold.refunded),
            net: amounts(&sold, |sold| sold.net()),
            orders: Figure::whole(orders),
            share: shares.collect(),
        };
        (place, of_plan)
    };
    let page = asked.page(plans.into_iter().map(row).collect());
    let answer = RevenueByPlan {
        data: page.data,
        next_cursor: page.next_cursor,
        groups: groups(grouped.as_ref(), &asked, &reading),
        meta: Meta::of(&reading, &asked),
    };
    reply(&visit, &asked, &answer)
}
