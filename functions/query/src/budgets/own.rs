//! The budgets of one user, beside what else it is told of itself.

use super::answer::{BudgetInfo, BudgetStanding};
use crate::Desk;
use crate::admin::unreadable;
use crate::visit::Visit;
use ::budgets::Asking;
use cube::query::{Answer, MetricQuery};
use model::UserId;
use records::Budget;
use records::budget::Scope;
use serde::Serialize;
use utoipa::ToSchema;
use web::Problem;

/// A budget of the caller, and what is left of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct MyBudget {
    /// The budget.
    #[serde(flatten)]
    budget: BudgetInfo,
    /// How it stands.
    now: BudgetStanding,
}

/// The budgets that are for one user.
pub(crate) struct OwnBudgets(Vec<Budget>);

impl OwnBudgets {
    /// Those of this user: one query of a partition that is empty where a tenant has no budgets.
    pub async fn of(desk: &Desk, visit: &Visit, user: &UserId) -> Result<Self, Problem> {
        desk.budgets_for(visit, user).await.map(Self)
    }

    fn askings(&self, visit: &Visit) -> Vec<Asking<'_>> {
        self.0.iter().filter_map(|budget| Asking::now(budget, (visit.now, visit.caller.hour_offset))).collect()
    }

    /// What is to be asked to know how they stand.
    pub fn questions(&self, visit: &Visit) -> Vec<MetricQuery> {
        self.askings(visit).iter().map(Asking::question).collect()
    }

    /// How they stand, off the answers to that.
    pub fn told(&self, visit: &Visit, answers: &[Answer]) -> Vec<MyBudget> {
        let told = |(asking, answer): (&Asking, &Answer)| MyBudget {
            budget: BudgetInfo::for_user(asking.budget),
            now: BudgetStanding::of(&asking.standing(answer)),
        };
        self.askings(visit).iter().zip(answers).map(told).collect()
    }
}

impl Desk {
    /// The budgets that are for a user of the visitor's tenant.
    pub(crate) async fn budgets_for(&self, visit: &Visit, user: &UserId) -> Result<Vec<Budget>, Problem> {
        let all = records::budget::all(&*self.table, &visit.caller.tenant).await.map_err(unreadable)?;
        Ok(all.into_iter().filter(|budget| budget.terms.scope == Scope::User(user.clone())).collect())
    }
}
