//! Reports: asked for at once, or due by a schedule; made and delivered by `report`, and told of here. For admins and services alone: a report
//! goes to whomever its recipients are.

mod ask;
mod body;
mod info;
mod recipients;
mod schedules;

pub(crate) use recipients::Recipients;

use crate::Desk;
use crate::parameters::taking;
use ::reports::target::Loopback;
use ports::Links;
use secrecy::SecretString;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What the owner decides about reports.
pub struct Reporting {
    /// Makes links to what was made.
    pub links: Arc<dyn Links>,
    /// How many seconds a link opens an export.
    pub export_link_seconds: u32,
    /// What the secrets of webhooks are derived from.
    pub master: SecretString,
    /// Whether there is an address to mail from.
    pub sends_mail: bool,
    /// Whether webhooks may be on the machine that calls them.
    pub loopback: Loopback,
}

/// The routes of this room.
pub(crate) fn routes() -> OpenApiRouter<Arc<Desk>> {
    OpenApiRouter::new()
        .routes(taking(&ask::KNOWN, routes!(ask::list, ask::create)))
        .routes(taking(&schedules::KNOWN, routes!(schedules::list, schedules::create)))
        .routes(routes!(schedules::read, schedules::replace, schedules::delete))
        .routes(routes!(ask::read))
}
