//! `GET /api/analytics/providers/costs`: what providers cost, by model, and what the month will come to.

use crate::Desk;
use crate::analytics::figures::{RANKED, ai};
use crate::groups::{Groups, groups};
use crate::parameters::{Grouping, Known, Place};
use crate::platform::costs::{ModelCosts, usd};
use crate::projection::{self, CostProjection};
use crate::shape::{Figure, Meta, mean, reply, share, total, units};
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use cube::catalogue::Unit;
use cube::query::Answer;
use model::money::Decimal;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

pub(crate) const KNOWN: Known<'static> = Known {
    groups: Some(Grouping::of(&["ai_requests", "ai_users"], &["cost", "inputCost", "outputCost", "requests", "tokens"])),
    ..RANKED
};
const NUMBERS: [&str; 4] = ["inputCost", "outputCost", "cost", "requests"];
const COST: usize = 2;
const REQUESTS: usize = 3;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ProviderCosts {
    /// In USD, as all amounts here.
    total_cost: Figure,
    /// Of the tokens read, cached ones included.
    input_cost: Figure,
    output_cost: Figure,
    /// The dearest first.
    data: Vec<ProviderCost>,
    /// What `cursor` must be for those after them; `null` where there are none.
    next_cursor: Option<String>,
    projected_monthly: CostProjection,
    /// Models that the price table does not have: their tokens count, their cost is 0.
    unpriced_models: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Groups>,
    meta: Meta,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ProviderCost {
    provider: String,
    cost: Figure,
    input_cost: Figure,
    output_cost: Figure,
    requests: Figure,
    /// cost ÷ requests; `null` without any.
    cost_per_request: Figure,
    /// Its part of the cost, in percent.
    share: Figure,
    by_model: BTreeMap<String, ModelCosts>,
}

/// What providers cost, by model, the dearest first, and what the calendar month will come to.
#[utoipa::path(get, path = "/api/analytics/providers/costs", tag = "providers", responses((status = 200, body = ProviderCosts), Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    let asked = visit.asked(&KNOWN)?;
    let grouped = asked.grouped()?;
    let late = projection::question(&asked, &visit, |asked| ai(asked, &["cost"]))?;
    let mut questions =
        vec![ai(&asked, &NUMBERS).by("provider").by("model"), ai(&asked, &["requests"]).by("model").only("priced", &["false"]), late];
    questions.extend(grouped.as_ref().map(|grouped| grouped.question.clone()));
    let reading = desk.ask(&visit, &questions).await?;
    let [models, unpriced, late, ..] = &reading.answers[..] else { return Err(Problem::internal("an answer is missing")) };
    let page = asked.page(by_provider(models));
    let costs = ProviderCosts {
        total_cost: usd(total(models, COST)),
        input_cost: usd(total(models, 0)),
        output_cost: usd(total(models, 1)),
        data: page.data,
        next_cursor: page.next_cursor,
        projected_monthly: CostProjection::of(late, &asked, visit.now),
        unpriced_models: unpriced.rows.iter().map(|row| row.labels[0].clone()).collect(),
        groups: groups(grouped.as_ref(), &asked, &reading),
        meta: Meta::of(&reading, &asked),
    };
    reply(&visit, &asked, &costs)
}

/// Rows of a provider and a model, by provider.
fn by_provider(models: &Answer) -> Vec<(Place, ProviderCost)> {
    let all = total(models, COST);
    let mut providers: BTreeMap<&str, ([i128; 4], BTreeMap<String, ModelCosts>)> = BTreeMap::new();
    for row in &models.rows {
        let [provider, model] = &row.labels[..] else { continue };
        let (sums, by_model) = providers.entry(provider).or_default();
        for (sum, number) in sums.iter_mut().zip(&row.values) {
            *sum += units(number);
        }
        let figure = |place: usize| Figure::of(&row.values[place]);
        by_model.insert(model.clone(), ModelCosts { input: figure(0), output: figure(1), total: figure(COST) });
    }
    let provider = |(provider, (sums, by_model)): (&str, ([i128; 4], BTreeMap<String, ModelCosts>))| {
        let cost = Decimal { units: sums[COST], scale: Unit::PicoUsd.scale() };
        #[expect(clippy::cast_precision_loss, reason = "it only orders")]
        let place = Place::ranked(sums[COST] as f64, vec![provider.to_owned()]);
        let cost = ProviderCost {
            provider: provider.to_owned(),
            cost: usd(sums[COST]),
            input_cost: usd(sums[0]),
            output_cost: usd(sums[1]),
            requests: Figure::whole(sums[REQUESTS]),
            cost_per_request: mean(cost, sums[REQUESTS]),
            share: share(sums[COST], all),
            by_model,
        };
        (place, cost)
    };
    providers.into_iter().map(provider).collect()
}
