//! Dashboards: documents of widgets that people keep, each widget a question and a kind of chart, and what all of them come to in one call.
//!
//! Who sees which, and may change it, is decided here and in no other place:
//!
//! | role | sees | changes |
//! | --- | --- | --- |
//! | admin | all of its tenant | all of its tenant |
//! | service | those that are shared | none |
//! | user | its own, and those that are shared | its own |
//!
//! Everybody sees the ready-made ones ([`ready`]), and nobody changes them. What a user does not see is not there: 404.

mod check;
mod data;
mod document;
mod keep;
mod list;
mod ready;
pub(crate) mod tag;

pub(crate) use list::DashboardSummary;
pub(crate) use tag::{outdated, tagged};

use crate::Desk;
use crate::admin::unreadable;
use crate::parameters::taking;
use crate::visit::Visit;
use access::Role;
use document::Document;
use model::UserId;
use records::Dashboard;
use records::dashboard::Sharing;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::Problem;

/// The routes of this room.
pub(crate) fn routes() -> OpenApiRouter<Arc<Desk>> {
    OpenApiRouter::new()
        .routes(taking(&list::KNOWN, routes!(list::answer, keep::create)))
        .routes(routes!(keep::read, keep::replace, keep::delete))
        .routes(routes!(data::answer))
}

/// A dashboard that the visitor may see.
enum Seen {
    /// One that comes with Weir.
    Ready(Document),
    /// One that somebody keeps, with its document.
    Kept(Box<Dashboard>, Document),
}

impl Seen {
    fn document(&self) -> &Document {
        match self {
            Self::Ready(document) | Self::Kept(_, document) => document,
        }
    }
}

impl Desk {
    /// A dashboard, or 404: also where it is another tenant's, or another person's that does not share it.
    async fn dashboard(&self, visit: &Visit, id: &str) -> Result<Seen, Problem> {
        if ready::is_ready(id) {
            return ready::document(id).map(Seen::Ready).ok_or_else(Problem::not_found);
        }
        if !check::is_id(id) {
            return Err(Problem::not_found());
        }
        let kept = records::dashboard::get(&*self.table, &visit.caller.tenant, id).await.map_err(unreadable)?;
        let kept = kept.filter(|kept| visit.sees(kept)).ok_or_else(Problem::not_found)?;
        let document = Document::of(&kept)?;
        Ok(Seen::Kept(Box::new(kept), document))
    }

    /// A dashboard that the visitor may change; 403 where it only sees it.
    async fn own_dashboard(&self, visit: &Visit, id: &str) -> Result<Box<Dashboard>, Problem> {
        match self.dashboard(visit, id).await? {
            Seen::Ready(_) => Err(Problem::forbidden("what comes with Weir is not changed: make a copy of it, with `copyOf`")),
            Seen::Kept(kept, _) if visit.keeps(&kept) => Ok(kept),
            Seen::Kept(..) => Err(Problem::forbidden("only its owner and the tenant's admins may change a dashboard")),
        }
    }
}

impl Visit {
    fn sees(&self, dashboard: &Dashboard) -> bool {
        dashboard.sharing == Sharing::Tenant || self.keeps(dashboard)
    }

    /// Whether the visitor may change it.
    fn keeps(&self, dashboard: &Dashboard) -> bool {
        match self.caller.role {
            Role::Admin => true,
            Role::User => self.caller.user.as_ref().is_some_and(|user| user.as_str() == dashboard.owner),
            Role::Service | Role::Project | Role::Scraper => false,
        }
    }

    /// The person who keeps what this visitor makes.
    fn keeper(&self) -> Result<&UserId, Problem> {
        self.caller.user.as_ref().ok_or_else(|| Problem::forbidden("a service is no person, and keeps no dashboards"))
    }
}
