//! `GET /api/v1/users/{userId}/data`: everything that is kept about a person.

use super::erasing::ErasureJob;
use super::raw::{Place, Raw};
use crate::Desk;
use crate::admin::{Doing, unreadable};
use crate::budgets::BudgetInfo;
use crate::dashboards::DashboardSummary;
use crate::parameters::{Known, LIST, fault, wrong};
use crate::shape::{Amounts, Figure, Meta, reply, total};
use crate::visit::Visit;
use axum::extract::{Path, State};
use axum::response::Response;
use chrono_tz::Tz;
use cube::query::{Answer, Granularity, MetricQuery, Range};
use model::{Day, Family, Hour, Timestamp, UserId};
use records::erasure;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use utoipa::ToSchema;
use web::contract::Refusals;
use web::{Arrival, Problem};

/// Events come in pages.
pub(crate) const KNOWN: Known<'static> = Known { limit: Some(LIST), cursor: true, ..Known::NOTHING };

/// Days of a question about days: a series has at most ten thousand points.
const DAYS_AT_ONCE: i64 = 9_000;
const DAY_MS: i64 = 24 * 3_600_000;

const NOT_INCLUDED: [&str; 5] = [
    "raw events whose retention is over: only the numbers counted of them are kept, which are here",
    "events that were accepted and wait in a queue to be stored: they are here seconds later",
    "sketches of distinct users, which hold hashes that cannot be turned back into whose they are",
    "claims on ids and counters of limits, which are kept for hours or days under hashes",
    "backups: the table can be restored to any moment of the last 35 days",
];

/// Everything that is kept about a person.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PersonData {
    /// The id under which the person is kept: where ids are pseudonymised, not the one that was asked for.
    user_id: String,
    /// When it was seen; `null` where nothing is known of it.
    profile: Option<PersonProfile>,
    /// What it asked of AI models, in all.
    ai: PersonAi,
    /// What it bought, in all.
    sales: PersonSales,
    /// What it did in apps: events, by name.
    engagement: BTreeMap<String, Figure>,
    /// What it did on the platform: events, by name.
    platform: BTreeMap<String, Figure>,
    /// Changes of its subscriptions that are known, by subscription.
    subscriptions: usize,
    events: PersonEvents,
    /// Budgets for it.
    budgets: Vec<BudgetInfo>,
    /// Dashboards that it keeps.
    dashboards: Vec<DashboardSummary>,
    /// Its erasure, where one was asked for.
    erasure: Option<ErasureJob>,
    /// What is kept, and is not here.
    not_included: Vec<&'static str>,
    meta: Meta,
}

/// When a person was seen.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PersonProfile {
    first_seen: String,
    last_seen: String,
    /// Events of every family.
    events: Figure,
    /// Days on which it did anything, as days are in UTC.
    days_active: usize,
    /// The plans that its events named, by how many did.
    plans: BTreeMap<String, Figure>,
}

/// What a person asked of AI models.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PersonAi {
    requests: Figure,
    input_tokens: Figure,
    output_tokens: Figure,
    /// Of all classes.
    tokens: Figure,
    /// In USD.
    cost: Figure,
    /// Requests by model.
    by_model: BTreeMap<String, Figure>,
}

/// What a person bought.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PersonSales {
    transactions: Figure,
    /// Amounts of completed transactions but refunds, by currency.
    revenue: Amounts,
    /// What refunds gave back, by currency.
    refunds: Amounts,
}

/// Events of a person as they are kept, oldest day first.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PersonEvents {
    /// Each with its family and all that was kept of it, in the columns of the log.
    data: Vec<Value>,
    /// What `cursor` must be for the events after them; `null` where there are none. A page may have fewer events than `limit`.
    next_cursor: Option<String>,
}

/// Everything that is kept about a person
///
/// Profile, numbers, raw events (in pages), and administrative facts; with what of it is not included. For subject access requests.
#[utoipa::path(
    get, path = "/api/v1/users/{userId}/data", tag = "persons",
    params(("userId" = String, Path, description = "The user's id.")),
    responses((status = 200, body = PersonData), Refusals)
)]
pub(crate) async fn answer(
    State(desk): State<Arc<Desk>>,
    Path(user): Path<String>,
    arrival: Arrival,
    visit: Visit,
) -> Result<Response, Problem> {
    visit.for_admin()?;
    let user = visit.for_person(&user)?;
    let asked = visit.asked(&KNOWN)?;
    let from = asked.after().map(|after| Place::read(after).ok_or_else(|| wrong(vec![fault("cursor", "bad_cursor", "is of no page")])));
    let from = from.transpose()?;
    let reading = desk.ask(&visit, &questions((&user, visit.now))).await?;
    let [seen, plans, ai, models, sales, engagement, platform, subscriptions] = &reading.answers[..] else {
        return Err(Problem::internal("an answer is missing"));
    };
    let (days, days_active) = days(&desk, &visit, (&user, seen)).await?;
    let raw = Raw { desk: &desk, tenant: &visit.caller.tenant, user: user.as_str() };
    let events = raw.events(&days, from, asked.limit).await?;
    let person = erasure::hash_key(&*desk.table, &visit.caller.tenant, desk.fresh_key()).await.map_err(unreadable)?.person(&user);
    let doing = Doing { action: "person.access", subject: person.as_str(), detail: None };
    desk.trail(&visit, &arrival, doing).await?;
    let erasure = erasure::get(&*desk.table, (&visit.caller.tenant, &person)).await.map_err(unreadable)?;
    let by_currency =
        |place: usize| Amounts(labelled(sales, place).into_iter().filter(|(_, figure)| *figure != Figure::whole(0)).collect());
    let data = PersonData {
        user_id: user.as_str().to_owned(),
        profile: seen_between(seen).map(|span| PersonProfile {
            first_seen: span.from.to_string(),
            last_seen: span.to.to_string(),
            events: Figure::whole(total(seen, 0)),
            days_active,
            plans: labelled(plans, 0),
        }),
        ai: PersonAi {
            requests: single(ai, 0),
            input_tokens: single(ai, 1),
            output_tokens: single(ai, 2),
            tokens: single(ai, 3),
            cost: single(ai, 4),
            by_model: labelled(models, 0),
        },
        sales: PersonSales { transactions: Figure::whole(total(sales, 0)), revenue: by_currency(1), refunds: by_currency(2) },
        engagement: labelled(engagement, 0),
        platform: labelled(platform, 0),
        subscriptions: subscriptions.rows.len(),
        events: PersonEvents { data: events.rows, next_cursor: events.next.map(|next| asked.cursor(next.text())) },
        budgets: desk.budgets_for(&visit, &user).await?.iter().map(BudgetInfo::for_user).collect(),
        dashboards: desk.dashboards_of(&visit, &user).await?,
        erasure: erasure.as_ref().map(ErasureJob::of),
        not_included: NOT_INCLUDED.to_vec(),
        meta: Meta::of(&reading, &asked),
    };
    reply(&visit, &asked, &data)
}

/// Whether anything is kept by the person's id.
pub(super) async fn is_known(desk: &Desk, visit: &Visit, user: &UserId) -> Result<bool, Problem> {
    let reading = desk.ask(visit, &[about((user, visit.now), "people", &["events"])]).await?;
    if reading.answers.iter().any(|answer| total(answer, 0) > 0) {
        return Ok(true);
    }
    Ok(!desk.budgets_for(visit, user).await?.is_empty() || !desk.dashboards_of(visit, user).await?.is_empty())
}

/// What a cube says of a user, of all time: clocks that are ahead by minutes are believed.
fn about((user, now): (&UserId, Timestamp), cube: &str, numbers: &[&str]) -> MetricQuery {
    let all_time = Range { from: Timestamp::from_millis(0), to: now.plus_millis(DAY_MS) };
    MetricQuery::new(cube, numbers, all_time).only("user", &[user.as_str()])
}

fn questions(user: (&UserId, Timestamp)) -> [MetricQuery; 8] {
    [
        about(user, "people", &["events", "firstSeen", "lastSeen"]),
        about(user, "people", &["events"]).by("plan"),
        about(user, "ai_users", &["requests", "inputTokens", "outputTokens", "tokens", "cost"]),
        about(user, "ai_users", &["requests"]).by("model"),
        about(user, "customers", &["transactions", "revenue", "refundAmount"]).by("currency"),
        about(user, "engagement_users", &["events"]).by("event"),
        about(user, "lifecycle_users", &["events"]).by("event"),
        about(user, "subscriptions", &["subscribers"]).by("subscription"),
    ]
}

/// The days on which the person did anything, of each family; and how many days of any.
async fn days(desk: &Desk, visit: &Visit, (user, seen): (&UserId, &Answer)) -> Result<(BTreeSet<(Day, Family)>, usize), Problem> {
    let Some(Range { from, to }) = seen_between(seen) else { return Ok((BTreeSet::new(), 0)) };
    let span = |begin: i64| Range {
        from: Timestamp::from_millis(begin),
        to: Timestamp::from_millis((begin + DAYS_AT_ONCE * DAY_MS).min(to.as_millis() + 1)),
    };
    let step = usize::try_from(DAYS_AT_ONCE * DAY_MS).unwrap_or(usize::MAX);
    let spans = (from.as_millis()..=to.as_millis()).step_by(step).map(span);
    let question = |range: Range| MetricQuery { range, ..about((user, visit.now), "people", &["events"]) }.every(Granularity::Day, Tz::UTC);
    let mut active: BTreeSet<Timestamp> = BTreeSet::new();
    for range in spans {
        let reading = desk.ask(visit, &[question(range)]).await?;
        let rows = reading.answers.iter().flat_map(|answer| &answer.rows);
        active.extend(rows.filter(|row| crate::shape::units(&row.values[0]) > 0).filter_map(|row| row.start));
    }
    let offset = visit.caller.hour_offset;
    // A day of UTC falls in two of the tenant's where those begin later.
    let days = active.iter().flat_map(|start| [*start, start.plus_millis(DAY_MS - 1)]).map(|moment| Hour::of(moment, offset).day());
    let days = days.flat_map(|day| Family::ALL.map(|family| (day, family))).collect();
    Ok((days, active.len()))
}

/// When the person was first and last seen.
fn seen_between(seen: &Answer) -> Option<Range> {
    let row = seen.rows.first().filter(|row| crate::shape::units(&row.values[0]) > 0)?;
    let moment = |place: usize| Some(Timestamp::from_millis(i64::try_from(row.values[place].exact()?.units).ok()?));
    Some(Range { from: moment(1)?, to: moment(2)? })
}

/// A number of the only row; zero where there is none.
fn single(answer: &Answer, place: usize) -> Figure {
    answer.rows.first().map_or(Figure::whole(0), |row| Figure::of(&row.values[place]))
}

/// A number by label.
fn labelled(answer: &Answer, place: usize) -> BTreeMap<String, Figure> {
    answer.rows.iter().map(|row| (row.labels[0].clone(), Figure::of(&row.values[place]))).collect()
}
