//! What administrators set: projects and their keys, prices of models; and the trail of who set what. Each act is written into the trail
//! before it is done, so that nothing is done that the trail does not have; one that then fails leaves an entry of an attempt.

mod audit;
mod keys;
mod prices;
mod projects;

use crate::Desk;
use crate::parameters::taking;
use crate::visit::Visit;
use access::{AccessError, Role};
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::LOCATION;
use http::{HeaderValue, StatusCode};
use model::UserId;
use records::RecordError;
use records::audit::Act;
use serde::Serialize;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Arrival, Problem};

/// The routes of this room.
pub(crate) fn routes() -> OpenApiRouter<Arc<Desk>> {
    OpenApiRouter::new()
        .routes(taking(&projects::KNOWN, routes!(projects::list, projects::create)))
        .routes(routes!(projects::read, projects::rename))
        .routes(taking(&keys::KNOWN, routes!(keys::list, keys::create)))
        .routes(routes!(keys::revoke))
        .routes(taking(&prices::KNOWN, routes!(prices::list, prices::set)))
        .routes(routes!(prices::repricing))
        .routes(taking(&audit::KNOWN, routes!(audit::list)))
}

/// An act of an administrator, before it is done.
pub(crate) struct Doing<'a> {
    /// What, as `noun.verb`.
    pub action: &'static str,
    /// To which thing.
    pub subject: &'a str,
    /// What else is worth knowing.
    pub detail: Option<String>,
}

impl Visit {
    /// Refuses who does not administer its tenant: services read and write events, and set nothing.
    pub fn for_admin(&self) -> Result<(), Problem> {
        match self.caller.role {
            Role::Admin => Ok(()),
            _ => Err(AccessError::Forbidden("only admins may do this").into()),
        }
    }
}

impl Desk {
    /// Writes an act into the trail of the visitor's tenant.
    pub(crate) async fn trail(&self, visit: &Visit, arrival: &Arrival, doing: Doing<'_>) -> Result<(), Problem> {
        let person = visit.caller.user.as_ref().map_or("(nobody)", UserId::as_str);
        let act = Act {
            at: visit.now,
            actor: format!("admin:{person}"),
            action: doing.action.to_owned(),
            subject: doing.subject.to_owned(),
            detail: doing.detail,
            request: Some(arrival.request_id.to_string()),
        };
        records::audit::record(&*self.table, &visit.caller.tenant, &act).await.map_err(unreadable)
    }
}

/// What a table that does not answer, or an item that no version of Weir writes, comes to.
pub(crate) fn unreadable(error: RecordError) -> Problem {
    if error.is_transient() { Problem::unavailable(error) } else { Problem::internal(error) }
}

/// 201: a thing was made, and is to be found there.
pub(crate) fn created(location: &str, body: impl Serialize) -> Result<Response, Problem> {
    let mut response = (StatusCode::CREATED, Json(body)).into_response();
    response.headers_mut().insert(LOCATION, HeaderValue::from_str(location).map_err(Problem::internal)?);
    Ok(response)
}
