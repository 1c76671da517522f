//! `GET /api/analytics/users/growth`: who is new, who comes back, who stays away.

use super::{DIMENSIONS, GROUPS, counted, everybody, new_within, until};
use crate::Desk;
use crate::groups::{Groups, groups};
use crate::parameters::Known;
use crate::shape::{Change, Figure, Meta, change, reply};
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use cube::people::new_users;
use cube::query::{Number, Row};
use cube::sketch::Set;
use model::Timestamp;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

pub(crate) const KNOWN: Known<'static> = Known { time: true, dimensions: DIMENSIONS, groups: Some(GROUPS), ..Known::NOTHING };
const WHOLE: &str = "buckets are whole: the range begins and ends with one; of a bucket that goes on, who has not come yet counts as lost";

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct UserGrowth {
    /// Everybody with any event up to the end of the range, against everybody up to its start.
    total_users: Change,
    /// Users whose first event is in the range, against those whose first event is in the span before, as long.
    new_users: Change,
    /// Every bucket of the range, oldest first.
    series: Vec<UserGrowthPoint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Groups>,
    meta: Meta,
}

/// A bucket. `active` = `new` + `returning`, and `retained` of those who return were there in the bucket before, too.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct UserGrowthPoint {
    /// When the bucket begins.
    timestamp: String,
    /// Users whose first event is in the bucket.
    new: Figure,
    /// Users with an event in the bucket who had one in an earlier bucket: active − new.
    returning: Figure,
    /// Users with an event in the bucket and in the one before.
    retained: Figure,
    /// Users with an event in the bucket before and none in this.
    lost: Figure,
    /// Users with any event in the bucket.
    active: Figure,
    /// Everybody up to the end of the bucket.
    total: Figure,
    /// By how much everybody became more: new ÷ (total − new) × 100, percent to two digits; 100 where there was nobody before.
    growth_rate: Figure,
}

/// Who is new, who comes back and who stays away, bucket by bucket.
#[utoipa::path(get, path = "/api/analytics/users/growth", tag = "users", responses((status = 200, body = UserGrowth), Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    let mut asked = visit.asked(&KNOWN)?;
    let grouped = asked.grouped()?;
    asked.window = asked.window.whole(0, visit.caller.hour_offset);
    let range = asked.window.range;
    let mut active = asked.question("users", &["users"]).every(asked.window.granularity, asked.window.timezone);
    active.range = asked.window.whole(1, visit.caller.hour_offset).range;
    let mut questions = vec![until(&asked, &visit, (range.to, &["firstSeen", "lastSeen"])), active];
    questions.extend(grouped.as_ref().map(|grouped| grouped.question.clone()));
    let reading = desk.ask(&visit, &questions).await?;
    let people = everybody(&reading)?;
    let buckets: Vec<(Timestamp, &Set)> =
        reading.answers.get(1).map(|answer| answer.rows.iter().filter_map(set_of).collect()).unwrap_or_default();

    let starts: Vec<Timestamp> = buckets.iter().skip(1).map(|(start, _)| *start).collect();
    let new = new_users(&people, &starts, range.to);
    let all_new: u64 = new.iter().sum();
    let mut total = people.len() as u64 - all_new;
    let before = total;
    let mut series = Vec::with_capacity(new.len());
    for (pair, new) in buckets.windows(2).zip(&new) {
        let [(_, before), (start, set)] = pair else { continue };
        series.push(point((*start, *new), (before, set), total));
        total += new;
    }
    let mut meta = Meta::of(&reading, &asked).over(range).noting(WHOLE);
    if buckets.iter().any(|(_, set)| !set.is_exact()) {
        meta = meta.estimating(&["active", "returning", "retained", "lost"]);
    }
    let growth = UserGrowth {
        total_users: Change::of(&counted(total), &counted(before)),
        new_users: Change::of(&counted(all_new), &counted(new_within(&people, range.before()))),
        series,
        groups: groups(grouped.as_ref(), &asked, &reading),
        meta,
    };
    reply(&visit, &asked, &growth)
}

fn set_of(row: &Row) -> Option<(Timestamp, &Set)> {
    match row.values.first()? {
        Number::Set(set) => Some((row.start?, set)),
        _ => None,
    }
}

fn point((start, new): (Timestamp, u64), (before, set): (&Set, &Set), total: u64) -> UserGrowthPoint {
    let figure = |set: Set| Figure::of(&Number::Set(set));
    let active = figure(set.clone());
    let returning = match active {
        Figure::Exact(active) => Figure::whole((active.units - i128::from(new)).max(0)),
        #[expect(clippy::cast_precision_loss, reason = "an estimate is rounded anyway")]
        Figure::Rounded(active) => Figure::Rounded((active - new as f64).max(0.0)),
        Figure::Nothing => Figure::Nothing,
    };
    UserGrowthPoint {
        timestamp: start.to_string(),
        new: Figure::whole(new.into()),
        returning,
        retained: figure(set.intersect(before)),
        lost: figure(before.without(set)),
        active,
        total: Figure::whole((total + new).into()),
        growth_rate: change(total.into(), (total + new).into()),
    }
}
