//! `GET /api/analytics/users/top`: the users who asked most of AI models.

use super::figures::{Figures, RANKED, Ranked, Ranking, ranking};
use crate::Desk;
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

pub(crate) const KNOWN: Known<'static> = Known {
    own: &[Own::one_of("metric", &["requests", "tokens", "cost", "credits"], "By what they are ranked.").or("requests")],
    ..RANKED
};

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserUse {
    user_id: String,
    #[serde(flatten)]
    figures: Figures,
}

/// The users who asked most of AI models. Requests without a user rank nowhere.
#[utoipa::path(get, path = "/api/analytics/users/top", tag = "analytics", responses((status = 200, body = Ranking<UserUse>), Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    let asked = visit.asked(&KNOWN)?;
    let order = asked.own("metric").unwrap_or("requests");
    let row = |labels: &[String], figures| UserUse { user_id: labels[0].clone(), figures };
    let users = ranking(&desk, (&visit, &asked), Ranked { by: &["user"], order, rest: false }, row).await?;
    reply(&visit, &asked, &users)
}
