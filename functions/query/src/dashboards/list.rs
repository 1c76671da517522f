//! `GET /api/v1/dashboards`: the dashboards there are.

use super::document::{DashboardSharing, Document, MOST_WIDGETS, owner_of};
use super::ready;
use crate::Desk;
use crate::admin::unreadable;
use crate::parameters::{Known, LIST, Own, Page, Place};
use crate::shape::reply;
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use model::UserId;
use records::Dashboard;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

pub(crate) const KNOWN: Known<'static> = Known {
    own: &[Own::one_of("kind", &["own", "shared", "ready"], "Only your own, those that others share, or those that come with Weir.")],
    limit: Some(LIST),
    cursor: true,
    ..Known::NOTHING
};

/// A dashboard without its widgets.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DashboardSummary {
    /// Its id; `ready:…` of one that comes with Weir.
    id: String,
    /// What people call it.
    name: String,
    /// Whose it is; `null` of one that comes with Weir, and of one whose owner was erased.
    owner: Option<String>,
    /// Who else may see it.
    sharing: DashboardSharing,
    /// Whether you may change it.
    editable: bool,
    /// How many widgets it has.
    widgets: usize,
    /// How often it was written.
    version: u64,
    /// When it was last written; `null` of one that comes with Weir.
    #[schema(format = DateTime)]
    updated_at: Option<String>,
}

impl DashboardSummary {
    fn of_kept(kept: Dashboard, editable: bool) -> Self {
        Self {
            owner: owner_of(&kept),
            id: kept.id,
            name: kept.name,
            sharing: kept.sharing.into(),
            editable,
            widgets: usize::try_from(kept.widgets).unwrap_or(MOST_WIDGETS),
            version: kept.version,
            updated_at: Some(kept.updated_at.to_string()),
        }
    }

    fn of_ready((id, document): (&str, Document)) -> Self {
        Self {
            id: id.to_owned(),
            name: document.name,
            owner: None,
            sharing: DashboardSharing::Tenant,
            editable: false,
            widgets: document.widgets.len(),
            version: 1,
            updated_at: None,
        }
    }
}

/// The dashboards that you may see, by id: your own, those that others share, and those that come with Weir.
#[utoipa::path(get, path = "/api/v1/dashboards", tag = "dashboards", responses((status = 200, body = Page<DashboardSummary>), Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    let asked = visit.asked(&KNOWN)?;
    let kind = asked.own("kind");
    let me = visit.caller.user.as_ref().map(model::UserId::as_str);
    let is_wanted = |kept: &Dashboard| match kind {
        Some("own") => me == Some(kept.owner.as_str()),
        Some("shared") => me != Some(kept.owner.as_str()),
        Some(_) => false,
        None => true,
    };
    let mut all: Vec<DashboardSummary> = Vec::new();
    if kind != Some("ready") {
        let kept = records::dashboard::all(&*desk.table, &visit.caller.tenant).await.map_err(unreadable)?;
        let seen = kept.into_iter().filter(|kept| visit.sees(kept) && is_wanted(kept));
        all.extend(seen.map(|kept| {
            let editable = visit.keeps(&kept);
            DashboardSummary::of_kept(kept, editable)
        }));
    }
    if kind.is_none_or(|kind| kind == "ready") {
        all.extend(ready::all().map(DashboardSummary::of_ready));
    }
    let page = asked.page(all.into_iter().map(|one| (Place::ranked(0.0, vec![one.id.clone()]), one)).collect());
    reply(&visit, &asked, &page)
}

impl Desk {
    /// The dashboards that a user of the visitor's tenant keeps.
    pub(crate) async fn dashboards_of(&self, visit: &Visit, user: &UserId) -> Result<Vec<DashboardSummary>, Problem> {
        let all = records::dashboard::all(&*self.table, &visit.caller.tenant).await.map_err(unreadable)?;
        let own = all.into_iter().filter(|kept| kept.owner == user.as_str());
        Ok(own.map(|kept| DashboardSummary::of_kept(kept, true)).collect())
    }
}
