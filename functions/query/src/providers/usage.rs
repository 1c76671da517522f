//! `GET /api/analytics/providers/usage`: requests and tokens by provider.

use crate::Desk;
use crate::analytics::figures::{Figures, RANKED, Ranked, Ranking, ranking};
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
pub(crate) struct ProviderUse {
    /// As sent, or as the price table knows it of the model.
    provider: String,
    #[serde(flatten)]
    figures: Figures,
}

/// Requests and tokens by provider, the busiest first.
#[utoipa::path(
    get,
    path = "/api/analytics/providers/usage",
    tag = "providers",
    responses((status = 200, body = Ranking<ProviderUse>), Refusals)
)]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    let asked = visit.asked(&KNOWN)?;
    let ranked = Ranked { by: &["provider"], order: "requests", rest: true };
    let row = |labels: &[String], figures| ProviderUse { provider: labels[0].clone(), figures };
    let providers = ranking(&desk, (&visit, &asked), ranked, row).await?;
    reply(&visit, &asked, &providers)
}
