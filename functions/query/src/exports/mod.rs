//! Exports: what is kept and what is counted, as files. Small ones are the answer; large ones become jobs, which `report` does and which are
//! told of here.

mod ask;
mod events;
mod jobs;
mod table;

pub(crate) use jobs::JobInfo;
pub(crate) use table::job;

use crate::Desk;
use crate::parameters::taking;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes of this room.
pub(crate) fn routes() -> OpenApiRouter<Arc<Desk>> {
    OpenApiRouter::new().routes(taking(&ask::KNOWN, routes!(ask::answer))).routes(routes!(jobs::read))
}
