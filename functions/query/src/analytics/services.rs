//! `GET /api/analytics/services`: AI requests by the service that made them.

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
pub(crate) struct ServiceUse {
    /// `(none)` for requests that name none.
    service: String,
    #[serde(flatten)]
    figures: Figures,
}

/// AI requests by service, the busiest first.
#[utoipa::path(get, path = "/api/analytics/services", tag = "analytics", responses((status = 200, body = Ranking<ServiceUse>), Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    let asked = visit.asked(&KNOWN)?;
    let ranked = Ranked { by: &["service"], order: "requests", rest: true };
    let row = |labels: &[String], figures| ServiceUse { service: labels[0].clone(), figures };
    let services = ranking(&desk, (&visit, &asked), ranked, row).await?;
    reply(&visit, &asked, &services)
}
