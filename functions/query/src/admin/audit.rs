//! `GET /api/v1/audit`: who set what, and when.

use super::unreadable;
use crate::Desk;
use crate::parameters::{Known, LIST, Page};
use crate::shape::reply;
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use records::audit::Act;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

pub(crate) const KNOWN: Known<'static> = Known { limit: Some(LIST), cursor: true, ..Known::NOTHING };

/// An administrative act. It is written down before it is done, so an act that failed may be among them.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuditEntry {
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// Who: `admin:` and the person (`sub` of the token).
    #[schema(example = "admin:ada")]
    actor: String,
    /// What was done.
    #[schema(example = "key.create")]
    action: String,
    /// To which thing: its id.
    subject: String,
    /// What else is worth knowing of it.
    detail: Option<String>,
    /// The request (`X-Request-Id`), by which logs tell more.
    request_id: Option<String>,
}

impl From<Act> for AuditEntry {
    fn from(Act { at, actor, action, subject, detail, request }: Act) -> Self {
        Self { at: at.to_string(), actor, action, subject, detail, request_id: request }
    }
}

/// The trail of administrative acts, the newest first; kept for two years.
#[utoipa::path(get, path = "/api/v1/audit", tag = "administration", responses((status = 200, body = Page<AuditEntry>), Refusals))]
pub(crate) async fn list(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_admin()?;
    let asked = visit.asked(&KNOWN)?;
    let acts = records::audit::page(&*desk.table, &visit.caller.tenant, (asked.after(), asked.limit)).await.map_err(unreadable)?;
    let next_cursor = acts.next.map(|key| asked.cursor(key));
    reply(&visit, &asked, &Page { data: acts.acts.into_iter().map(AuditEntry::from).collect::<Vec<_>>(), next_cursor })
}
