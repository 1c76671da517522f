//! `GET /api/analytics/models`: AI requests by model.

use super::figures::{Figures, RANKED, Ranked, Ranking, ranking};
use crate::Desk;
use crate::parameters::Known;
use crate::shape::reply;
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

pub(crate) const KNOWN: Known<'static> = RANKED;

#[derive(Serialize, ToSchema)]
pub(crate) struct ModelUse {
    model: String,
    /// As sent, or as the price table knows it.
    provider: String,
    #[serde(flatten)]
    figures: Figures,
}

/// AI requests by model, the most used first.
#[utoipa::path(get, path = "/api/analytics/models", tag = "analytics", responses((status = 200, body = Ranking<ModelUse>), Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    let asked = visit.asked(&KNOWN)?;
    let ranked = Ranked { by: &["model", "provider"], order: "requests", rest: true };
    let row = |labels: &[String], figures| ModelUse { model: labels[0].clone(), provider: labels[1].clone(), figures };
    let models = ranking(&desk, (&visit, &asked), ranked, row).await?;
    reply(&visit, &asked, &models)
}
