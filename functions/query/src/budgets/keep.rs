//! `/api/v1/budgets` and `/api/v1/budgets/{id}`: made, read, written over and deleted, by admins.

use super::answer::{BudgetInfo, BudgetNotice, BudgetReport, BudgetStanding};
use super::wish::{NewBudget, Wish};
use crate::Desk;
use crate::admin::{Doing, created, unreadable};
use crate::dashboards::{outdated, tagged};
use crate::parameters::{Known, LIST, MOST, Page, Place};
use crate::shape::reply;
use crate::visit::{Brought, Visit};
use ::budgets::Asking;
use ::reports::webhook;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use records::budget::{Notice, Recipients};
use records::{Budget, Made};
use secrecy::ExposeSecret;
use std::cmp::Reverse;
use std::sync::Arc;
use web::contract::{ProblemBody, Refusals};
use web::{Arrival, Problem};

pub(crate) const KNOWN: Known<'static> = Known { limit: Some(LIST), cursor: true, ..Known::NOTHING };
/// How often a change without `If-Match` is tried, where others change the same.
const ATTEMPTS: usize = 5;

/// The tenant's budgets, by id.
#[utoipa::path(get, path = "/api/v1/budgets", tag = "budgets", responses((status = 200, body = Page<BudgetInfo>), Refusals))]
pub(crate) async fn list(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    let asked = visit.asked(&KNOWN)?;
    let all = records::budget::all(&*desk.table, &visit.caller.tenant).await.map_err(unreadable)?;
    let row = |budget: &Budget| (Place::ranked(0.0, vec![budget.id.clone()]), BudgetInfo::from(budget));
    let page = asked.page(all.iter().map(row).collect());
    reply(&visit, &asked, &page)
}

/// Makes a budget. It refuses nothing: it tells, once a period, when each of its thresholds is reached: in its history, and its recipients.
#[utoipa::path(post, path = "/api/v1/budgets", tag = "budgets", request_body = NewBudget, responses(
    (status = 201, body = BudgetInfo, description = "It was made.", headers(("Location" = String, description = "Where it is."), ("ETag" = String, description = "Its version."))),
    (status = 413, body = ProblemBody, content_type = "application/problem+json", description = "The body is too large."),
    (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "The body's encoding is not read here."),
    (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "The body breaks a rule; every fault is listed."),
    Refusals))]
pub(crate) async fn create(State(desk): State<Arc<Desk>>, arrival: Arrival, brought: Brought) -> Result<Response, Problem> {
    let visit = &brought.visit;
    visit.for_admin()?;
    visit.asked(&Known::NOTHING)?;
    let Wish { name, terms, thresholds, targets } = brought.read::<NewBudget>()?.wish(&desk, visit).map_err(Problem::unprocessable)?;
    let id = hex::encode(&desk.fresh_key()[..8]);
    let (created_at, updated_at) = (visit.now, visit.now);
    let recipients = Recipients { mail: targets.mail, webhooks: targets.webhooks, generation: 1 };
    let budget = Budget { id, name, terms, terms_version: 1, thresholds, recipients, version: 1, created_at, updated_at };
    desk.trail_of_budget(visit, &arrival, ("budget.create", &budget)).await?;
    match records::budget::create(&*desk.table, &visit.caller.tenant, &budget).await.map_err(unreadable)? {
        Made::New => {}
        Made::Before(()) => return Err(Problem::internal("an id that nobody has was given twice")),
    }
    desk.watch_budgets(visit).await?;
    let info = desk.budget_set(visit, (&budget, true));
    tagged(created(&format!("/api/v1/budgets/{}", budget.id), info)?, budget.version)
}

/// A budget, how it stands now, and what was told of it.
#[utoipa::path(get, path = "/api/v1/budgets/{id}", tag = "budgets", params(("id" = String, Path, description = "The budget's id.")),
    responses((status = 200, body = BudgetReport, headers(("ETag" = String, description = "The budget's version."))),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "There is no such budget."), Refusals))]
pub(crate) async fn read(State(desk): State<Arc<Desk>>, Path(id): Path<String>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    visit.asked(&Known::NOTHING)?;
    let budget = desk.budget(&visit, &id).await?;
    let asking = Asking::now(&budget, (visit.now, visit.caller.hour_offset));
    let now = match &asking {
        None => None,
        Some(asking) => {
            let reading = desk.ask(&visit, &[asking.question()]).await?;
            reading.answers.first().map(|answer| BudgetStanding::of(&asking.standing(answer)))
        }
    };
    let mut told = records::budget::told(&*desk.table, &visit.caller.tenant, &id).await.map_err(unreadable)?;
    told.sort_by_key(|notice: &Notice| Reverse((notice.at, notice.threshold)));
    let history = told.iter().take(MOST).map(|notice| BudgetNotice::of(notice, budget.terms.measure)).collect();
    let report = BudgetReport { budget: BudgetInfo::from(&budget), now, history };
    tagged(Json(report).into_response(), budget.version)
}

/// Writes a budget over what it was; with `If-Match`, only over the version that this names. What is told is told anew where it has other
/// terms (scope, measure, limit, period, time zone): these are another budget to whoever is told.
#[utoipa::path(put, path = "/api/v1/budgets/{id}", tag = "budgets", request_body = NewBudget,
    params(("id" = String, Path, description = "The budget's id."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the version that is meant; any, where not given.")),
    responses((status = 200, body = BudgetInfo, headers(("ETag" = String, description = "Its new version."))),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "There is no such budget."),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "It is another version than the one that `If-Match` names."),
        (status = 413, body = ProblemBody, content_type = "application/problem+json", description = "The body is too large."),
        (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "The body's encoding is not read here."),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "The body breaks a rule; every fault is listed."),
        Refusals))]
pub(crate) async fn replace(
    State(desk): State<Arc<Desk>>,
    arrival: Arrival,
    Path(id): Path<String>,
    brought: Brought,
) -> Result<Response, Problem> {
    let visit = &brought.visit;
    visit.for_admin()?;
    visit.asked(&Known::NOTHING)?;
    let new: NewBudget = brought.read()?;
    desk.budget(visit, &id).await?;
    let rotates = new.rotate_secret;
    let Wish { name, terms, thresholds, targets } = new.wish(&desk, visit).map_err(Problem::unprocessable)?;
    for _ in 0..ATTEMPTS {
        let before = desk.budget(visit, &id).await?;
        visit.means(before.version)?;
        let version = before.version + 1;
        let terms_version = if before.terms == terms { before.terms_version } else { version };
        let shows = rotates || before.recipients.webhooks.is_empty();
        let generation = before.recipients.generation.max(1) + u32::from(rotates);
        let recipients = Recipients { mail: targets.mail.clone(), webhooks: targets.webhooks.clone(), generation };
        let after = Budget {
            name: name.clone(),
            terms: terms.clone(),
            terms_version,
            thresholds: thresholds.clone(),
            recipients,
            version,
            updated_at: visit.now,
            ..before
        };
        desk.trail_of_budget(visit, &arrival, ("budget.update", &after)).await?;
        if records::budget::replace(&*desk.table, &visit.caller.tenant, &after).await.map_err(unreadable)? {
            desk.watch_budgets(visit).await?;
            return tagged(Json(desk.budget_set(visit, (&after, shows))).into_response(), version);
        }
    }
    Err(outdated())
}

/// Deletes a budget; with `If-Match`, only the version that this names. What was told of it goes with it.
#[utoipa::path(delete, path = "/api/v1/budgets/{id}", tag = "budgets",
    params(("id" = String, Path, description = "The budget's id."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the version that is meant; any, where not given.")),
    responses((status = 204, description = "It is gone."),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "There is no such budget."),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "It is another version than the one that `If-Match` names."), Refusals))]
pub(crate) async fn delete(
    State(desk): State<Arc<Desk>>,
    arrival: Arrival,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Problem> {
    visit.for_admin()?;
    visit.asked(&Known::NOTHING)?;
    for _ in 0..ATTEMPTS {
        let budget = desk.budget(&visit, &id).await?;
        visit.means(budget.version)?;
        desk.trail_of_budget(&visit, &arrival, ("budget.delete", &budget)).await?;
        let deleted = records::budget::delete(&*desk.table, &visit.caller.tenant, (&id, budget.version, visit.now)).await;
        if deleted.map_err(unreadable)? {
            return Ok(StatusCode::NO_CONTENT.into_response());
        }
    }
    Err(outdated())
}

impl Desk {
    /// A budget of the visitor's tenant, or 404: also where the id is none.
    async fn budget(&self, visit: &Visit, id: &str) -> Result<Budget, Problem> {
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(Problem::not_found());
        }
        let found = records::budget::get(&*self.table, &visit.caller.tenant, id).await.map_err(unreadable)?;
        found.ok_or_else(Problem::not_found)
    }

    /// A budget as it was set, and where that is to be shown, the secret of its webhooks.
    fn budget_set(&self, visit: &Visit, (budget, shows): (&Budget, bool)) -> BudgetInfo {
        let of = (webhook::of_budget(&budget.id), budget.recipients.generation);
        let secret = || webhook::secret(self.reporting.master.expose_secret(), &visit.caller.tenant, (&of.0, of.1));
        let webhook_secret = (shows && !budget.recipients.webhooks.is_empty()).then(secret);
        BudgetInfo { webhook_secret, ..BudgetInfo::from(budget) }
    }

    /// Has the tenant's budgets looked at. Where this fails, the budget is there, and the request may be sent again.
    async fn watch_budgets(&self, visit: &Visit) -> Result<(), Problem> {
        let tenant = (&visit.caller.tenant, visit.caller.hour_offset);
        let [.., low] = self.random.number().to_be_bytes().map(i64::from);
        let revision = visit.now.as_millis().wrapping_mul(256).wrapping_add(low);
        records::budget::watch(&*self.table, tenant, revision).await.map_err(unreadable)
    }

    async fn trail_of_budget(&self, visit: &Visit, arrival: &Arrival, (action, budget): (&'static str, &Budget)) -> Result<(), Problem> {
        self.trail(visit, arrival, Doing { action, subject: &budget.id, detail: Some(budget.name.clone()) }).await
    }
}
