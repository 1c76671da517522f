//! `GET /api/v1/dashboards/{id}/data`: what all widgets of a dashboard come to, read at once: what several of them need is read once.

use super::document::{Chart, Widget};
use crate::Desk;
use crate::catalogue::{MOST_BUCKETS, MOST_ROWS, Prepared, QueryAnswer, QueryBody, too_costly};
use crate::parameters::{Asked, Known, fault};
use crate::shape::{Meta, reply};
use crate::visit::Visit;
use access::Role;
use axum::extract::{Path, State};
use axum::response::Response;
use cube::catalogue::Dimension;
use cube::query::{MetricQuery, Range};
use model::accept::Fault;
use reader::Reading;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::{FaultBody, ProblemBody, Refusals};

/// How many buckets all widgets together may read: three times what one question may.
const MOST_BUCKETS_OF_ALL: i64 = 3 * MOST_BUCKETS;

/// What a dashboard comes to.
#[derive(Serialize, ToSchema)]
struct DashboardData {
    /// The dashboard's id.
    id: String,
    /// What each widget comes to, in their order.
    widgets: Vec<WidgetData>,
    /// Of all that was read. `settledThrough` and what is noted hold of all widgets together, here and in each.
    meta: Meta,
}

/// What a widget comes to: an answer, or why there is none.
#[derive(Serialize, ToSchema)]
struct WidgetData {
    /// The widget's name within the dashboard.
    id: String,
    title: String,
    chart: Chart,
    /// What `POST /api/v1/analytics/query` answers to the widget's question; to a user, to the same of that user alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<QueryAnswer>,
    /// Why there is no answer: the pointers are into the widget's question.
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<Vec<FaultBody>>,
}

/// A widget, and what is to be asked for it.
struct Asking<'w> {
    widget: &'w Widget,
    prepared: Result<Prepared, Vec<Fault>>,
}

/// What all widgets of a dashboard come to, from one reading. A user sees its own numbers in it. A widget that cannot be answered says why,
/// and keeps no other from being answered.
#[utoipa::path(get, path = "/api/v1/dashboards/{id}/data", tag = "dashboards",
    params(("id" = String, Path, description = "The dashboard's id.", example = "ready:ai")),
    responses((status = 200, body = DashboardData),
        (status = 304, description = "The answer that `If-None-Match` names is still current."),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "There is no such dashboard that you may see."), Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, Path(id): Path<String>, visit: Visit) -> Result<Response, Problem> {
    let mut asked = visit.asked(&Known::NOTHING)?;
    let seen = desk.dashboard(&visit, &id).await?;
    let all = askings(&seen.document().widgets, &visit);
    let queries: Vec<MetricQuery> = all.iter().filter_map(|one| one.prepared.as_ref().ok()).flat_map(|one| one.queries.clone()).collect();
    let reading = desk.ask(&visit, &queries).await?;
    let union = queries.iter().map(|query| query.range).reduce(|a, b| Range { from: a.from.min(b.from), to: a.to.max(b.to) });
    asked.window.range = union.unwrap_or(asked.window.range);
    let meta = Meta::of(&reading, &asked).every("all").over(asked.window.range);
    let widgets = told(all, reading, &mut asked);
    reply(&visit, &asked, &DashboardData { id, widgets, meta })
}

/// What is to be asked for each widget; beyond what may be read at once, nothing.
fn askings<'w>(widgets: &'w [Widget], visit: &Visit) -> Vec<Asking<'w>> {
    let mut left = MOST_BUCKETS_OF_ALL;
    let mut prepare = |widget: &Widget| {
        let prepared = Prepared::of(&own(&widget.query, visit)?, visit)?;
        if prepared.cost > MOST_BUCKETS {
            return Err(vec![too_costly(prepared.cost)]);
        }
        if prepared.cost > left {
            let message =
                format!("all widgets together may read {MOST_BUCKETS_OF_ALL} hours, days and months, and those before this one do");
            return Err(vec![fault("/range", "too_costly", message)]);
        }
        left -= prepared.cost;
        Ok(prepared)
    };
    widgets.iter().map(|widget| Asking { widget, prepared: prepare(widget) }).collect()
}

/// A question as it may be answered to the visitor: a user's is about that user alone.
fn own(query: &QueryBody, visit: &Visit) -> Result<QueryBody, Vec<Fault>> {
    let mut query = query.clone();
    let (Role::User, Some(user)) = (visit.caller.role, &visit.caller.user) else { return Ok(query) };
    let named = query.filters.get(Dimension::User.name());
    let is_of_others = named.is_some_and(|named| !named.iter().any(|one| visit.caller.pseudonyms.user_text(one) == user.as_str()));
    if is_of_others {
        return Err(vec![fault("/filters/user", "not_yours", "a user may read its own numbers only")]);
    }
    query.filters.insert(Dimension::User.name().to_owned(), vec![user.as_str().to_owned()]);
    Ok(query)
}

/// What each widget comes to, off the reading of all their queries in order.
fn told(all: Vec<Asking<'_>>, reading: Reading, asked: &mut Asked) -> Vec<WidgetData> {
    let Reading { answers, settled_through, pending_hours, merged, expired, dropped } = reading;
    let mut answers = answers.into_iter();
    let mut rows_left = MOST_ROWS;
    let tell = |Asking { widget, prepared }: Asking| {
        let answer = prepared.and_then(|prepared| {
            let own = answers.by_ref().take(prepared.queries.len()).collect();
            let reading = Reading { answers: own, settled_through, pending_hours, merged, expired, dropped: dropped.clone() };
            let all = std::mem::replace(&mut asked.window, prepared.question.window);
            let answer = prepared.answer(&reading, asked, rows_left).map_err(|fault| vec![fault]);
            asked.window = all;
            rows_left -= answer.as_ref().map_or(0, QueryAnswer::rows);
            answer
        });
        let (answer, errors) = match answer {
            Ok(answer) => (Some(answer), None),
            Err(faults) => (None, Some(faults.into_iter().map(FaultBody::from).collect())),
        };
        WidgetData { id: widget.id.clone().unwrap_or_default(), title: widget.title.clone(), chart: widget.chart, answer, errors }
    };
    all.into_iter().map(tell).collect()
}
