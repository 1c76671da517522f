//! What is answered of a budget.

use super::wish::{BudgetMeasure, BudgetPeriod, BudgetScope};
use crate::reports::Recipients;
use crate::shape::{Ends, Figure, share};
use ::budgets::Standing;
use cube::catalogue::Unit;
use model::money::Decimal;
use records::Budget;
use records::budget::{Measure, Notice, Period, Scope};
use serde::Serialize;
use utoipa::ToSchema;

/// A budget.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BudgetInfo {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Whose usage it is for.
    pub scope: BudgetScope,
    /// Which project; `null` where it is for no project.
    pub project_id: Option<String>,
    /// Which user, by the id under which it is kept; `null` where it is for no user.
    pub user_id: Option<String>,
    /// What it is of.
    pub measure: BudgetMeasure,
    /// How much: tokens, or USD.
    pub limit: Figure,
    /// For which time.
    pub period: BudgetPeriod,
    /// The zone whose days, weeks and months are meant.
    pub timezone: String,
    /// At how many percent something is told.
    pub thresholds: Vec<u16>,
    /// Who is told; shown to admins and services alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipients: Option<Recipients>,
    /// How often it was written: its `ETag`.
    pub version: u64,
    /// When it was made.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When it was last written.
    #[schema(format = DateTime)]
    pub updated_at: String,
    /// What its webhooks are signed with; shown when they are set, and when it is changed for another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook_secret: Option<String>,
}

/// A budget, how it stands, and what was told of it.
#[derive(Serialize, ToSchema)]
pub(super) struct BudgetReport {
    /// The budget.
    #[serde(flatten)]
    pub budget: BudgetInfo,
    /// How it stands now; `null` where its time zone is none any more.
    pub now: Option<BudgetStanding>,
    /// What was told of it in the last 400 days, the newest first, at most 1,000.
    pub history: Vec<BudgetNotice>,
}

/// How a budget stands.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BudgetStanding {
    /// The period: from its start up to its end.
    period: Ends,
    /// What is used so far: tokens, or USD.
    used: Figure,
    /// What is left; 0 where more was used.
    left: Figure,
    /// used ÷ limit × 100, to two digits.
    percent: Figure,
}

/// That a threshold was reached, told once for a period.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct BudgetNotice {
    /// Its name, which is no other's.
    id: String,
    /// How many percent.
    threshold: u16,
    /// When the period begins.
    #[schema(format = DateTime)]
    period_start: String,
    /// What was used when it was seen: tokens, or USD (millionths, rounded down).
    used: Figure,
    /// What the budget was then.
    limit: Figure,
    /// When it was seen.
    #[schema(format = DateTime)]
    at: String,
    /// The report by which the budget's recipients were told, at `/api/v1/reports/{report}`: what became of each delivery; `null` where it had
    /// none then.
    report: Option<String>,
}

/// A number of a budget as it is kept.
fn kept(number: i64, measure: Measure) -> Figure {
    let unit = match measure {
        Measure::Tokens => Unit::Tokens,
        Measure::Money => Unit::Money,
    };
    Figure::Exact(Decimal { units: number.into(), scale: unit.scale() })
}

impl From<&Budget> for BudgetInfo {
    fn from(budget: &Budget) -> Self {
        let terms = &budget.terms;
        let (scope, project_id, user_id) = match &terms.scope {
            Scope::Tenant => (BudgetScope::Tenant, None, None),
            Scope::Project(project) => (BudgetScope::Project, Some(project.to_string()), None),
            Scope::User(user) => (BudgetScope::User, None, Some(user.as_str().to_owned())),
        };
        Self {
            id: budget.id.clone(),
            name: budget.name.clone(),
            scope,
            project_id,
            user_id,
            measure: match terms.measure {
                Measure::Tokens => BudgetMeasure::Tokens,
                Measure::Money => BudgetMeasure::Money,
            },
            limit: kept(terms.limit, terms.measure),
            period: match terms.period {
                Period::Day => BudgetPeriod::Day,
                Period::Week => BudgetPeriod::Week,
                Period::Month => BudgetPeriod::Month,
            },
            timezone: terms.timezone.clone(),
            thresholds: budget.thresholds.clone(),
            recipients: Some(Recipients { mail: budget.recipients.mail.clone(), webhooks: budget.recipients.webhooks.clone() }),
            version: budget.version,
            created_at: budget.created_at.to_string(),
            updated_at: budget.updated_at.to_string(),
            webhook_secret: None,
        }
    }
}

impl BudgetInfo {
    /// As the user sees it whose budget it is: whom the tenant's admins have told of it is theirs to know.
    pub fn for_user(budget: &Budget) -> Self {
        Self { recipients: None, ..Self::from(budget) }
    }
}

impl BudgetStanding {
    pub fn of(standing: &Standing<'_>) -> Self {
        Self {
            period: Ends::of(standing.period),
            used: Figure::Exact(standing.used),
            left: Figure::Exact(standing.left()),
            percent: share(standing.used.units, standing.limit.units),
        }
    }
}

impl BudgetNotice {
    pub fn of(notice: &Notice, measure: Measure) -> Self {
        Self {
            id: notice.id(),
            threshold: notice.threshold,
            period_start: notice.period_start.to_string(),
            used: kept(notice.used, measure),
            limit: kept(notice.limit, measure),
            at: notice.at.to_string(),
            report: notice.run.clone(),
        }
    }
}
