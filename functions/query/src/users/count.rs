//! `GET /api/analytics/users/count`: how many users there are, and how many are new.

use super::{DIMENSIONS, GROUPS, counted, everybody, new_within, until};
use crate::Desk;
use crate::groups::{Groups, groups};
use crate::parameters::Known;
use crate::shape::{Change, Figure, Meta, reply};
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use cube::people::new_users;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

pub(crate) const KNOWN: Known<'static> = Known { time: true, dimensions: DIMENSIONS, groups: Some(GROUPS), ..Known::NOTHING };

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct UserCount {
    /// Everybody with any event of any family up to the end of the range, against everybody up to its start. Events without a user's id are
    /// nobody's.
    total_users: Change,
    /// Users whose first event is in the range, against those whose first event is in the span before, as long.
    new_users: Change,
    /// Users with any event in the range.
    active_users: Figure,
    /// Every bucket of the range, oldest first.
    series: Vec<UserCountPoint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Groups>,
    meta: Meta,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct UserCountPoint {
    /// When the bucket begins.
    timestamp: String,
    /// Everybody up to the end of the bucket.
    total_users: Figure,
    /// Users whose first event is in the bucket.
    new_users: Figure,
}

/// How many users there are, how many are new, and how many were there.
#[utoipa::path(get, path = "/api/analytics/users/count", tag = "users", responses((status = 200, body = UserCount), Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    let mut asked = visit.asked(&KNOWN)?;
    let grouped = asked.grouped()?;
    asked.window = asked.window.by_hours(visit.caller.hour_offset);
    let range = asked.window.range;
    let divisions = asked.divisions(visit.caller.hour_offset)?;
    let mut questions = vec![until(&asked, &visit, (range.to, &["firstSeen", "lastSeen"]))];
    questions.extend(grouped.as_ref().map(|grouped| grouped.question.clone()));
    let reading = desk.ask(&visit, &questions).await?;
    let people = everybody(&reading)?;

    let starts: Vec<_> = divisions.iter().map(|division| division.range.from).collect();
    let new = new_users(&people, &starts, range.to);
    let total = people.len() as u64;
    let before = total - new.iter().sum::<u64>();
    let mut so_far = before;
    let point = |(division, new): (&cube::query::Division, &u64)| {
        so_far += new;
        UserCountPoint {
            timestamp: division.start.to_string(),
            total_users: Figure::whole(so_far.into()),
            new_users: Figure::whole((*new).into()),
        }
    };
    let series = divisions.iter().zip(&new).map(point).collect();
    let active = people.iter().filter(|person| person.last_seen >= range.from).count();
    let count = UserCount {
        total_users: Change::of(&counted(total), &counted(before)),
        new_users: Change::of(&counted(new.iter().sum()), &counted(new_within(&people, range.before()))),
        active_users: Figure::whole(active as i128),
        series,
        groups: groups(grouped.as_ref(), &asked, &reading),
        meta: Meta::of(&reading, &asked).over(range),
    };
    reply(&visit, &asked, &count)
}
