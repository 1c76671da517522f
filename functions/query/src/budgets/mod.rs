//! Budgets: how many tokens or how much money a user, a project or the tenant may use in a day, a week or a month, and how they stand.
//!
//! Admins set them, services may read them, a user is told of its own in `GET /api/analytics/my-usage`. Nothing is refused for a budget's
//! sake: it tells. Who tells is the tick of `aggregate` (`budgets::Look`); what was told is the history that a budget is answered with.

mod answer;
mod keep;
mod own;
mod wish;

pub(crate) use answer::BudgetInfo;
pub(crate) use own::{MyBudget, OwnBudgets};

use crate::Desk;
use crate::parameters::taking;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes of this room.
pub(crate) fn routes() -> OpenApiRouter<Arc<Desk>> {
    OpenApiRouter::new().routes(taking(&keep::KNOWN, routes!(keep::list, keep::create))).routes(routes!(
        keep::read,
        keep::replace,
        keep::delete
    ))
}
