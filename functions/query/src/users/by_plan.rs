//! `GET /api/analytics/users/by-plan`: on which plans users are.

use super::{DIMENSIONS, GROUPS, everybody, until};
use crate::Desk;
use crate::groups::{Groups, groups};
use crate::parameters::{Known, LIST, Place};
use crate::shape::{Figure, Meta, reply, share};
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use cube::catalogue::NONE;
use cube::people::by_plan;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

pub(crate) const KNOWN: Known<'static> =
    Known { time: true, dimensions: DIMENSIONS, groups: Some(GROUPS), limit: Some(LIST), cursor: true, ..Known::NOTHING };

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct UsersByPlan {
    /// Everybody with any event up to the end of the range.
    total_users: Figure,
    /// The plans, those with most users first.
    data: Vec<PlanUsers>,
    /// What `cursor` must be for the plans after these; `null` where there are none.
    next_cursor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Groups>,
    meta: Meta,
}

/// The users of a plan. A user is on the plan that its latest event with a plan told of, so on one plan only.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PlanUsers {
    /// The plan; `(none)` for users of whom none is known.
    plan: String,
    /// Who is on it at the end of the range.
    users: Figure,
    /// users ÷ totalUsers × 100: percent, to two digits.
    share: Figure,
    /// Those of them with any event in the range.
    active_users: Figure,
    /// Those of them whose first event is in the range.
    new_users: Figure,
}

/// On which plans users are at the end of the range.
#[utoipa::path(get, path = "/api/analytics/users/by-plan", tag = "users", responses((status = 200, body = UsersByPlan), Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    let mut asked = visit.asked(&KNOWN)?;
    let grouped = asked.grouped()?;
    asked.window = asked.window.by_hours(visit.caller.hour_offset);
    let range = asked.window.range;
    let mut questions = vec![until(&asked, &visit, (range.to, &["firstSeen", "lastSeen"]))];
    questions.extend(grouped.as_ref().map(|grouped| grouped.question.clone()));
    let reading = desk.ask(&visit, &questions).await?;
    let people = everybody(&reading)?;

    let total = people.len() as i128;
    let of_plans = [
        by_plan(&people),
        by_plan(people.iter().filter(|person| person.last_seen >= range.from)),
        by_plan(people.iter().filter(|person| person.first_seen >= range.from)),
    ];
    let [users, active, new] = &of_plans;
    let row = |(plan, users): (Option<&str>, u64)| {
        let name = plan.unwrap_or(NONE).to_owned();
        let count =
            |counts: &std::collections::BTreeMap<Option<&str>, u64>| Figure::whole(counts.get(&plan).copied().unwrap_or_default().into());
        #[expect(clippy::cast_precision_loss, reason = "it orders the rows, and counts of users are exact in a double")]
        let place = Place::ranked(users as f64, vec![name.clone()]);
        let of_plan = PlanUsers {
            plan: name,
            users: Figure::whole(users.into()),
            share: share(users.into(), total),
            active_users: count(active),
            new_users: count(new),
        };
        (place, of_plan)
    };
    let page = asked.page(users.iter().map(|(plan, users)| (*plan, *users)).map(row).collect());
    let answer = UsersByPlan {
        total_users: Figure::whole(total),
        data: page.data,
        next_cursor: page.next_cursor,
        groups: groups(grouped.as_ref(), &asked, &reading),
        meta: Meta::of(&reading, &asked).over(range),
    };
    reply(&visit, &asked, &answer)
}
