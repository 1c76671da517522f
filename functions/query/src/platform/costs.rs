//! `GET /costs/user/{userId}`: what one user's AI requests cost, in US dollars, exactly.

use super::usage::DIMENSIONS;
use crate::Desk;
use crate::groups::{Groups, groups};
use crate::parameters::{Grouping, Known};
use crate::projection::{self, CostProjection};
use crate::shape::{Figure, Meta, date, reply, total, units};
use crate::visit::Visit;
use axum::extract::{Path, State};
use axum::response::Response;
use cube::catalogue::Unit;
use cube::query::{Granularity, Number};
use model::money::Decimal;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

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
    /// What the calendar month will most likely come to: `projection.value`.
    projected_monthly: Figure,
    /// How that was worked out, and how sure it is.
    projection: CostProjection,
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
    let late = projection::question(&asked, &visit, |asked| asked.question("ai_users", &["cost"]))?;
    let mut questions = vec![
        of_user(&["inputCost", "outputCost", "cost"]).by("model"),
        of_user(&["cost", "tokens", "requests"]).every(Granularity::Day, asked.window.timezone),
        of_user(&["requests"]).by("model").only("priced", &["false"]),
        late,
    ];
    questions.extend(grouped.as_ref().map(|grouped| grouped.question.clone()));
    let reading = desk.ask(&visit, &questions).await?;
    let [models, days, unpriced, late, ..] = &reading.answers[..] else { return Err(Problem::internal("an answer is missing")) };

    let by_model = models.rows.iter().map(|row| {
        let figure = |place: usize| Figure::of(&row.values[place]);
        (row.labels[0].clone(), ModelCosts { input: figure(0), output: figure(1), total: figure(2) })
    });
    let is_used = |requests: &Number| units(requests) > 0;
    let by_day = days.rows.iter().rev().filter(|row| is_used(&row.values[2])).filter_map(|row| {
        let date = date(row.start?, &asked).to_string();
        Some(DayCosts { date, cost: Figure::of(&row.values[0]), tokens: Figure::of(&row.values[1]) })
    });
    let projection = CostProjection::of(late, &asked, visit.now);
    let costs = Costs {
        total_cost: usd(total(models, 2)),
        input_cost: usd(total(models, 0)),
        output_cost: usd(total(models, 1)),
        by_model: by_model.collect(),
        by_day: by_day.collect(),
        projected_monthly: projection.value,
        projection,
        unpriced_models: unpriced.rows.iter().map(|row| row.labels[0].clone()).collect(),
        groups: groups(grouped.as_ref(), &asked, &reading),
        meta: Meta::of(&reading, &asked).every("day"),
    };
    reply(&visit, &asked, &costs)
}

pub(crate) fn usd(pico: i128) -> Figure {
    Figure::Exact(Decimal { units: pico, scale: Unit::PicoUsd.scale() })
}
