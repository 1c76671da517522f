//! A budget as it is sent, and whether it can be kept: every fault of it at its place.

use crate::Desk;
use crate::parameters::fault;
use crate::reports::Recipients;
use crate::visit::Visit;
use ::reports::Targets;
use cube::catalogue::Unit;
use model::ProjectId;
use model::accept::Fault;
use model::limits::DIMENSION_BYTES;
use model::money::Decimal;
use records::budget::{Measure, Period, Scope, Terms};
use serde::{Deserialize, Serialize};
use serde_json::Number;
use utoipa::ToSchema;

/// At how many percent something is told where nobody says.
const DEFAULT_THRESHOLDS: [u16; 3] = [50, 80, 100];
/// The most thresholds, and the largest of them.
const MOST_THRESHOLDS: usize = 10;
const MOST_PERCENT: u16 = 1000;

/// Whose usage a budget is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum BudgetScope {
    /// The whole tenant's.
    Tenant,
    /// A project's.
    Project,
    /// A user's.
    User,
}

/// What a budget is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum BudgetMeasure {
    /// Tokens of AI requests, of all classes.
    Tokens,
    /// The cost of AI requests, in USD.
    Money,
}

/// For which time a budget is, by the calendar of its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum BudgetPeriod {
    /// A day.
    Day,
    /// A week, from Monday.
    Week,
    /// A month.
    Month,
}

/// A budget to keep: made, or written over another.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({"name": "Checkout, monthly", "scope": "project", "projectId": "checkout", "measure": "money", "limit": 250, "period": "month", "timezone": "Europe/Berlin", "recipients": {"webhooks": ["https://hooks.example.com/weir"]}}))]
pub(crate) struct NewBudget {
    /// What people call it.
    #[schema(min_length = 1, max_length = 256)]
    name: String,
    /// Whose usage it is for.
    scope: BudgetScope,
    /// Which project; with the scope `project` only.
    #[schema(min_length = 1, max_length = 128)]
    project_id: Option<String>,
    /// Which user; with the scope `user` only.
    #[schema(min_length = 1, max_length = 256)]
    user_id: Option<String>,
    /// What it is of.
    measure: BudgetMeasure,
    /// How much: whole tokens, or USD with at most 6 digits after the point.
    #[schema(value_type = f64, exclusive_minimum = 0)]
    limit: Number,
    /// For which time.
    period: BudgetPeriod,
    /// The IANA name of the zone whose days, weeks and months are meant; UTC, where not given.
    timezone: Option<String>,
    /// At how many percent of it something is told, once each in a period; 50, 80 and 100, where not given.
    #[schema(value_type = Option<Vec<u16>>, min_items = 1, max_items = 10)]
    thresholds: Option<Vec<u16>>,
    /// Who is told of that, once each; nobody, where not given: the budget's history has it in any case.
    #[serde(default)]
    recipients: Recipients,
    /// Gives the webhooks another secret, which the answer shows.
    #[serde(default)]
    pub rotate_secret: bool,
}

/// What of a budget its owner chooses.
pub(super) struct Wish {
    pub name: String,
    pub terms: Terms,
    pub thresholds: Vec<u16>,
    pub targets: Targets,
}

impl NewBudget {
    /// What is wished, or every fault of it.
    pub fn wish(self, desk: &Desk, visit: &Visit) -> Result<Wish, Vec<Fault>> {
        let mut faults = Vec::new();
        if self.name.trim().is_empty() || self.name.len() > DIMENSION_BYTES || self.name.chars().any(char::is_control) {
            faults.push(fault("/name", "bad_name", format!("a name has 1 to {DIMENSION_BYTES} bytes and no control characters")));
        }
        let scope = self.scope(visit, &mut faults);
        let (measure, unit) = match self.measure {
            BudgetMeasure::Tokens => (Measure::Tokens, Unit::Tokens),
            BudgetMeasure::Money => (Measure::Money, Unit::Money),
        };
        let limit = Decimal::parse(&self.limit.to_string(), unit.scale()).and_then(|units| i64::try_from(units).ok());
        let limit = limit.filter(|limit| *limit > 0);
        if limit.is_none() {
            let message = format!("must be above 0, with at most {} digits after the point", unit.scale());
            faults.push(fault("/limit", "bad_limit", message));
        }
        let period = match self.period {
            BudgetPeriod::Day => Period::Day,
            BudgetPeriod::Week => Period::Week,
            BudgetPeriod::Month => Period::Month,
        };
        let timezone = self.timezone.unwrap_or_else(|| "UTC".to_owned());
        if ::budgets::zone(&timezone).is_none() {
            faults.push(fault("/timezone", "unknown_timezone", "must be the IANA name of a time zone, like Europe/Berlin"));
        }
        let mut thresholds = self.thresholds.unwrap_or_else(|| DEFAULT_THRESHOLDS.to_vec());
        thresholds.sort_unstable();
        let are_good = thresholds.iter().all(|percent| (1..=MOST_PERCENT).contains(percent)) && thresholds.is_sorted_by(|a, b| a < b);
        if !are_good || thresholds.is_empty() || thresholds.len() > MOST_THRESHOLDS {
            let message = format!("must be 1 to {MOST_THRESHOLDS} whole percentages from 1 to {MOST_PERCENT}, each once");
            faults.push(fault("/thresholds", "bad_thresholds", message));
        }
        let targets = desk.targets(&self.recipients, &mut faults);
        match (scope, limit) {
            (Some(scope), Some(limit)) if faults.is_empty() => {
                Ok(Wish { name: self.name, terms: Terms { scope, measure, limit, period, timezone }, thresholds, targets })
            }
            _ => Err(faults),
        }
    }

    fn scope(&self, visit: &Visit, faults: &mut Vec<Fault>) -> Option<Scope> {
        let mut tell = |pointer: &str, code, message: String| faults.push(fault(pointer, code, message));
        for (pointer, is_given, scope) in
            [("/projectId", self.project_id.is_some(), BudgetScope::Project), ("/userId", self.user_id.is_some(), BudgetScope::User)]
        {
            match (is_given, self.scope == scope) {
                (true, false) => tell(pointer, "not_here", "belongs to another scope".to_owned()),
                (false, true) => tell(pointer, "missing", "is needed with this scope".to_owned()),
                _ => {}
            }
        }
        match self.scope {
            BudgetScope::Tenant => Some(Scope::Tenant),
            BudgetScope::Project => {
                let id = ProjectId::new(self.project_id.as_deref()?);
                id.map_err(|error| tell("/projectId", "bad_id", error.to_string())).ok().map(Scope::Project)
            }
            BudgetScope::User => {
                let id = visit.caller.pseudonyms.user_of(self.user_id.as_deref()?);
                id.map_err(|error| tell("/userId", "bad_id", error.to_string())).ok().map(Scope::User)
            }
        }
    }
}
