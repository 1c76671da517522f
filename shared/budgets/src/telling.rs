//! What the recipients of a budget are told: a run of a notice, made and delivered as reports are, under an id made of the budget, its terms,
//! the period and the threshold, so that there is one, whoever finds the threshold reached, and however often.

use crate::{Standing, zone};
use chrono_tz::Tz;
use cube::catalogue::Unit;
use model::money::Decimal;
use records::budget::{Measure, Notice, Scope};
use records::{Budget, Document};
use reports::number::{self, Value};
use reports::run::{What, id_of};
use reports::{Run, Targets, html};
use serde_json::json;

/// The run that tells of a notice, as a document; `None` where the budget has no recipients.
///
/// # Errors
/// Where it cannot be written, which in memory it can.
pub fn run(standing: &Standing<'_>, notice: &Notice) -> serde_json::Result<Option<Document>> {
    let Budget { id, recipients, terms_version, .. } = standing.budget;
    let targets = Targets { mail: recipients.mail.clone(), webhooks: recipients.webhooks.clone() };
    if targets.is_empty() {
        return Ok(None);
    }
    let name = id_of(notice.period_start, &format!("budget-{id}-{terms_version}-{}", notice.threshold));
    let run = Run::new(&name, what(standing, notice), &targets, (notice.at, notice.at)).of_budget(id, recipients.generation);
    Ok(Some(Document::new(&name, serde_json::to_string(&run)?, run.wake_at, notice.at)))
}

fn what(standing: &Standing<'_>, notice: &Notice) -> What {
    let Budget { id, name, terms, .. } = standing.budget;
    let counted = match terms.measure {
        Measure::Tokens => Unit::Tokens,
        Measure::Money => Unit::Money,
    };
    let value = |units: i64| Value::Exact(Decimal { units: units.into(), scale: counted.scale() });
    let shown = |value: Value| match terms.measure {
        Measure::Tokens => number::Unit::Tokens.show(value),
        // To the last digit: of a small budget two places would say nothing.
        Measure::Money => format!("{} USD", value.digits()),
    };
    let (spent, limit) = (value(notice.used), value(notice.limit));
    let (scope, project, user, whose) = match &terms.scope {
        Scope::Tenant => ("tenant", None, None, "everybody".to_owned()),
        Scope::Project(project) => ("project", Some(project.as_str()), None, format!("the project {}", project.as_str())),
        Scope::User(user) => ("user", None, Some(user.as_str()), format!("the user {}", user.as_str())),
    };
    let (threshold, period) = (notice.threshold, terms.period.name());
    let span = html::between(standing.period, zone(&terms.timezone).unwrap_or(Tz::UTC));
    What::Notice {
        title: format!("Budget {name}: {threshold}% is reached"),
        text: format!(
            "{} of {} are used by {whose} in the {period} {span}: {threshold}% of the budget {name}, or more, as of {}.\n",
            shown(spent),
            shown(limit),
            notice.at,
        ),
        data: json!({
            "kind": "budget", "id": notice.id(), "threshold": threshold, "used": spent, "limit": limit, "at": notice.at.to_string(),
            "period": {"from": standing.period.from.to_string(), "to": standing.period.to.to_string()},
            "budget": {
                "id": id, "name": name, "scope": scope, "projectId": project, "userId": user, "measure": terms.measure.name(),
                "period": period, "timezone": terms.timezone,
            },
        }),
    }
}
