//! `GET /api/analytics/providers/popularity`: models, ranked.

use crate::Desk;
use crate::analytics::figures::{Figures, RANKED, Ranked, Ranking, ranking};
use crate::parameters::{Known, Own};
use crate::shape::reply;
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

pub(crate) const KNOWN: Known<'static> =
    Known { own: &[Own::one_of("metric", &["requests", "users", "tokens"], "By what they are ranked.").or("requests")], ..RANKED };

#[derive(Serialize, ToSchema)]
pub(crate) struct PopularModel {
    model: String,
    /// As sent, or as the price table knows it.
    provider: String,
    #[serde(flatten)]
    figures: Figures,
}

/// Models by how much they are asked. Requests that name no model rank nowhere.
#[utoipa::path(
    get,
    path = "/api/analytics/providers/popularity",
    tag = "providers",
    responses((status = 200, body = Ranking<PopularModel>), Refusals)
)]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    let asked = visit.asked(&KNOWN)?;
    let order = asked.own("metric").unwrap_or("requests");
    let row = |labels: &[String], figures| PopularModel { model: labels[0].clone(), provider: labels[1].clone(), figures };
    let ranked = Ranked { by: &["model", "provider"], order, rest: false };
    let models = ranking(&desk, (&visit, &asked), ranked, row).await?;
    reply(&visit, &asked, &models)
}
