//! `GET /api/analytics/users/active`: who was there within a day, a week, a month.

use super::{DIMENSIONS, GROUPS};
use crate::Desk;
use crate::groups::{Groups, groups};
use crate::parameters::Known;
use crate::shape::{Figure, Meta, mean, reply, share};
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use cube::people::rolling;
use cube::query::{Answer, Granularity, Number, Window};
use cube::sketch::Set;
use model::Timestamp;
use model::money::Decimal;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

pub(crate) const KNOWN: Known<'static> = Known { time: true, dimensions: DIMENSIONS, groups: Some(GROUPS), ..Known::NOTHING };
/// Days of a week and of a month, as rolling windows have them.
const WEEK: usize = 7;
const MONTH: usize = 30;
const BY_HOUR: &str = "who is active is counted by whole days: a series by hour is given by day";

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ActiveUsers {
    #[serde(flatten)]
    latest: ActiveOnDay,
    /// The mean of the DAU of all days of the range up to today.
    average_dau: Figure,
    /// Every bucket of the range, oldest first. A bucket of several days says what was true on the last of them that is in the range.
    series: Vec<ActivePoint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Groups>,
    meta: Meta,
}

#[derive(Serialize, ToSchema)]
struct ActivePoint {
    /// When the bucket begins.
    timestamp: String,
    #[serde(flatten)]
    day: ActiveOnDay,
}

/// Who was there on a day, and within the weeks and months of days that end with it, as the time zone divides days. At the top: on the last
/// day of the range, or today where that is later. A user is active with any event of any family.
#[derive(Serialize, ToSchema, Clone, Copy)]
struct ActiveOnDay {
    /// Daily active users: distinct users with any event on the day.
    dau: Figure,
    /// Weekly active users: distinct users with any event on the day or the six days before it.
    wau: Figure,
    /// Monthly active users: distinct users with any event on the day or the 29 days before it.
    mau: Figure,
    /// DAU ÷ MAU × 100: percent, to two digits; `null` where there are none.
    stickiness: Figure,
}

/// Who was there within a day (DAU), a week (WAU) and a month (MAU), and how often they come (stickiness).
#[utoipa::path(get, path = "/api/analytics/users/active", tag = "users", responses((status = 200, body = ActiveUsers), Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    let mut asked = visit.asked(&KNOWN)?;
    let grouped = asked.grouped()?;
    let is_by_hour = asked.window.granularity == Granularity::Hour;
    asked.window.granularity = asked.window.granularity.max(Granularity::Day);
    let buckets = asked.divisions(visit.caller.hour_offset)?;
    let daily = Window { granularity: Granularity::Day, ..asked.window };
    let days = daily.whole(0, visit.caller.hour_offset);
    let mut question = asked.question("users", &["users"]).every(Granularity::Day, asked.window.timezone);
    question.range = daily.whole(29, visit.caller.hour_offset).range;
    let mut questions = vec![question];
    questions.extend(grouped.as_ref().map(|grouped| grouped.question.clone()));
    let reading = desk.ask(&visit, &questions).await?;
    let active = Active::of(reading.answers.first().ok_or_else(|| Problem::internal("an answer is missing"))?);

    let today = active.on.iter().rposition(|(start, _)| *start <= visit.now);
    let ends = buckets.iter().skip(1).map(|bucket| bucket.start).chain([days.range.to]);
    let point = |(bucket, end): (&cube::query::Division, Timestamp)| {
        let (_, day) = active.on.iter().rfind(|(start, _)| *start < end)?;
        Some(ActivePoint { timestamp: bucket.start.to_string(), day: *day })
    };
    let series: Vec<ActivePoint> = buckets.iter().zip(ends).filter_map(point).collect();
    let so_far = &active.on[..today.map_or(0, |today| today + 1)];
    let mut meta = Meta::of(&reading, &asked).over(days.range).noting_if(is_by_hour.then_some(BY_HOUR));
    if active.is_estimated {
        meta = meta.estimating(&["dau", "wau", "mau", "stickiness", "averageDau"]);
    }
    let answer = ActiveUsers {
        latest: so_far.last().or(active.on.first()).map_or(NOBODY, |(_, day)| *day),
        average_dau: average(so_far.iter().map(|(_, day)| day.dau)),
        series,
        groups: groups(grouped.as_ref(), &asked, &reading),
        meta,
    };
    reply(&visit, &asked, &answer)
}

const NOBODY: ActiveOnDay = ActiveOnDay { dau: Figure::Nothing, wau: Figure::Nothing, mau: Figure::Nothing, stickiness: Figure::Nothing };

/// Who was there, day by day.
struct Active {
    on: Vec<(Timestamp, ActiveOnDay)>,
    is_estimated: bool,
}

impl Active {
    /// Off the sets of the days, 29 days more than are told of.
    fn of(answer: &Answer) -> Self {
        let day = |row: &cube::query::Row| match row.values.first()? {
            Number::Set(set) => Some((row.start?, set.clone())),
            _ => None,
        };
        let (starts, days): (Vec<Timestamp>, Vec<Set>) = answer.rows.iter().filter_map(day).unzip();
        let (weeks, months) = (rolling(&days, WEEK), rolling(&days, MONTH));
        // Each begins with the first window that is whole: all end with the last day.
        let days_told = days.iter().skip(MONTH - 1).zip(weeks.iter().skip(MONTH - WEEK)).zip(&months);
        let is_estimated = months.iter().chain(&days).any(|set| !set.is_exact());
        let on = starts.iter().skip(MONTH - 1).zip(days_told).map(|(start, ((day, week), month))| {
            let [dau, wau, mau] = [day, week, month].map(|set| Figure::of(&Number::Set(set.clone())));
            (*start, ActiveOnDay { dau, wau, mau, stickiness: part(dau, mau) })
        });
        Self { on: on.collect(), is_estimated }
    }
}

/// One figure of another in percent, to two digits.
fn part(of: Figure, whole: Figure) -> Figure {
    match (of, whole) {
        (Figure::Exact(of), Figure::Exact(whole)) => share(of.units, whole.units),
        (of, whole) => match (of.as_f64(), whole.as_f64()) {
            (Some(of), Some(whole)) if whole > 0.0 => Figure::Rounded((of / whole * 10_000.0).round() / 100.0),
            _ => Figure::Nothing,
        },
    }
}

/// The mean of figures that are whole, or estimates of such.
fn average(figures: impl Iterator<Item = Figure>) -> Figure {
    let (mut sum, mut count) = (0, 0);
    for figure in figures {
        #[expect(clippy::cast_possible_truncation, reason = "a count of users")]
        let units = figure.as_f64().map_or(0, |value| value.round() as i128);
        (sum, count) = (sum + units, count + 1);
    }
    mean(Decimal { units: sum, scale: 0 }, count)
}
