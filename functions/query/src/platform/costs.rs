//! `GET /costs/user/{userId}`: what one user's AI requests cost, in US dollars, exactly.

use super::usage::DIMENSIONS;
use crate::Desk;
use crate::groups::{Groups, groups};
use crate::parameters::{Asked, Grouping, Known};
use crate::shape::{Figure, Meta, date, reply, total, units};
use crate::visit::Visit;
use axum::extract::{Path, State};
use axum::response::Response;
use chrono::{Datelike, Months, NaiveDate};
use cube::catalogue::Unit;
use cube::query::{Granularity, Number, TimeParameters, Window};
use model::money::Decimal;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

const PROJECTED: &str =
    "projectedMonthly is the cost of the calendar month so far, divided by its days so far (today included), times all of its days";

pub(crate) const KNOWN: Known<'static> = Known {
    time: true,
    dimensions: DIMENSIONS,
    groups: Some(Grouping::of(&["ai_users"], &["cost", "inputCost", "outputCost", "tokens"])),
    ..Known::NOTHING
};

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UserCosts)]
struct Costs {
    total_cost: Figure,
    /// Of the tokens read, cached ones included.
    input_cost: Figure,
    output_cost: Figure,
    by_model: BTreeMap<String, ModelCosts>,
    by_day: Vec<DayCosts>,
    /// What the calendar month will come to if its days go on as so far.
    projected_monthly: Figure,
    /// Models that the price table does not have: their tokens count, their cost is 0.
    unpriced_models: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Groups>,
    meta: Meta,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct ModelCosts {
    #[serde(rename = "inputCost")]
    pub(crate) input: Figure,
    #[serde(rename = "outputCost")]
    pub(crate) output: Figure,
    #[serde(rename = "totalCost")]
    pub(crate) total: Figure,
}

#[derive(Serialize, ToSchema)]
struct DayCosts {
    date: String,
    cost: Figure,
    tokens: Figure,
}

/// What one user's AI requests cost, in US dollars, exactly.
#[utoipa::path(get, path = "/costs/user/{*userId}", tag = "platform", params(("userId" = String, Path, description = "The user's id.")), responses((status = 200, body = Costs), Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, Path(user): Path<String>, visit: Visit) -> Result<Response, Problem> {
    let user = visit.for_person(&user)?;
    let asked = visit.asked(&KNOWN)?.of_person(Some(&user));
    let grouped = asked.grouped()?;
    let of_user = |numbers: &[&str]| asked.question("ai_users", numbers);
    let mut this_month = of_user(&["cost"]);
    this_month.range = month(&asked, &visit)?.range;
    let mut questions = vec![
        of_user(&["inputCost", "outputCost", "cost"]).by("model"),
        of_user(&["cost", "tokens", "requests"]).every(Granularity::Day, asked.window.timezone),
        of_user(&["requests"]).by("model").only("priced", &["false"]),
        this_month,
    ];
    questions.extend(grouped.as_ref().map(|grouped| grouped.question.clone()));
    let reading = desk.ask(&visit, &questions).await?;
    let [models, days, unpriced, this_month, ..] = &reading.answers[..] else { return Err(Problem::internal("an answer is missing")) };

    let by_model = models.rows.iter().map(|row| {
        let figure = |place: usize| Figure::of(&row.values[place]);
        (row.labels[0].clone(), ModelCosts { input: figure(0), output: figure(1), total: figure(2) })
    });
    let is_used = |requests: &Number| units(requests) > 0;
    let by_day = days.rows.iter().rev().filter(|row| is_used(&row.values[2])).filter_map(|row| {
        let date = date(row.start?, &asked).to_string();
        Some(DayCosts { date, cost: Figure::of(&row.values[0]), tokens: Figure::of(&row.values[1]) })
    });
    let costs = Costs {
        total_cost: usd(total(models, 2)),
        input_cost: usd(total(models, 0)),
        output_cost: usd(total(models, 1)),
        by_model: by_model.collect(),
        by_day: by_day.collect(),
        projected_monthly: usd(projected(total(this_month, 0), date(visit.now, &asked))),
        unpriced_models: unpriced.rows.iter().map(|row| row.labels[0].clone()).collect(),
        groups: groups(grouped.as_ref(), &asked, &reading),
        meta: Meta::of(&reading, &asked).every("day").noting(PROJECTED),
    };
    reply(&visit, &asked, &costs)
}

pub(crate) fn usd(pico: i128) -> Figure {
    Figure::Exact(Decimal { units: pico, scale: Unit::PicoUsd.scale() })
}

/// The calendar month so far.
pub(crate) fn month(asked: &Asked, visit: &Visit) -> Result<Window, Problem> {
    let parameters = TimeParameters { period: Some("month"), timezone: Some(asked.window.timezone.name()), ..TimeParameters::default() };
    Window::of(&parameters, visit.now, visit.caller.hour_offset).map_err(|_| Problem::internal("the calendar month cannot be told"))
}

/// What a month comes to of which so much is spent up to and with today: the mean of its days so far, for all of its days.
pub(crate) fn projected(spent_pico: i128, today: NaiveDate) -> i128 {
    let first = today.with_day(1).unwrap_or(today);
    let next = first.checked_add_months(Months::new(1)).unwrap_or(first);
    let (days, gone) = (i128::from((next - first).num_days()), i128::from(today.day()));
    (2 * spent_pico * days + gone).div_euclid(2 * gone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_projected_from_its_days_so_far() {
        let check = |spent, (year, month, day), expect| {
            assert_eq!(projected(spent, NaiveDate::from_ymd_opt(year, month, day).unwrap()), expect, "{year}-{month}-{day}");
        };
        check(10, (2026, 11, 1), 300);
        check(10, (2026, 11, 15), 20);
        check(10, (2026, 11, 30), 10);
        check(29, (2024, 2, 29), 29);
        check(28, (2026, 2, 14), 56);
        check(10, (2026, 12, 7), 44); // 44.28…
        check(0, (2026, 12, 7), 0);
    }
}
