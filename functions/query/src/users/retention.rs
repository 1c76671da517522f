//! `GET /api/analytics/users/retention`: of those who came first together, who came back, and when.

use super::{DIMENSIONS, everybody, until};
use crate::Desk;
use crate::parameters::{Known, LIST, Own, Place};
use crate::shape::{Figure, Meta, reply, share};
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use cube::people::{Cohort, cohorts, periods};
use cube::query::Granularity;
use model::{Day, Hour};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

/// Periods that are followed where the caller does not say.
const PERIODS: usize = 31;

pub(crate) const KNOWN: Known<'static> = Known {
    time: true,
    dimensions: DIMENSIONS,
    own: &[
        Own::count("periods", (1, 366), "For how many periods each cohort is followed, its own counted: days, weeks or months.").or("31")
    ],
    limit: Some(LIST),
    cursor: true,
    ..Known::NOTHING
};
const OF_THE_TENANT: &str = "cohorts and periods are those of the tenant's own days, whatever the time zone: on which day a user was there is kept, and not at what hour";
const BY_HOUR: &str = "cohorts are of whole days: one of each hour is given as one of each day";

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct UserRetention {
    /// The cohorts that begin in the range, oldest first; a period in which nobody was new has none.
    data: Vec<RetainedCohort>,
    /// All cohorts of the range together: of each period, those that have come to it.
    average: RetainedTogether,
    /// What `cursor` must be for the cohorts after these; `null` where there are none.
    next_cursor: Option<String>,
    meta: Meta,
}

/// Users whose first event of any family was in the same day, week (from Monday) or month.
#[derive(Serialize, ToSchema)]
struct RetainedCohort {
    /// The first day of the period.
    cohort: String,
    /// How many they are.
    users: Figure,
    /// How many of them have any event in the n-th period after their first: at place 0 all of them. Up to the period in which the range ends.
    retained: Vec<Figure>,
    /// retained ÷ users × 100: percent, to two digits.
    percent: Vec<Figure>,
}

#[derive(Serialize, ToSchema)]
struct RetainedTogether {
    /// How many users are in cohorts that have come to the n-th period.
    users: Vec<Figure>,
    /// How many of them have any event in it.
    retained: Vec<Figure>,
    /// retained ÷ users × 100: percent, to two digits.
    percent: Vec<Figure>,
}

/// A table of cohorts: of those who came first together, who came back, and when.
#[utoipa::path(get, path = "/api/analytics/users/retention", tag = "users", responses((status = 200, body = UserRetention), Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    let mut asked = visit.asked(&KNOWN)?;
    let is_by_hour = asked.window.granularity == Granularity::Hour;
    asked.window.granularity = asked.window.granularity.max(Granularity::Day);
    asked.divisions(visit.caller.hour_offset)?;
    asked.window = asked.window.by_hours(visit.caller.hour_offset);
    let (range, granularity) = (asked.window.range, asked.window.granularity);
    let reading = desk.ask(&visit, &[until(&asked, &visit, (range.to, &["firstSeen", "lastSeen", "daysActive"]))]).await?;
    let people = everybody(&reading)?;

    let day_of = |moment| Hour::of(moment, visit.caller.hour_offset).day();
    let (first, last) = (day_of(range.from), day_of(range.to.min(visit.now).plus_millis(-1)));
    let most = asked.own("periods").and_then(|periods| periods.parse().ok()).unwrap_or(PERIODS);
    let followed: Vec<Followed> = cohorts(&people, granularity)
        .into_iter()
        // A cohort whose period the range begins in is told of whole.
        .filter(|cohort| periods(first, cohort.start, granularity) > 0)
        .map(|cohort| Followed::of(cohort, (last, granularity), most))
        .collect();
    let average = together(&followed);
    let placed = |cohort: Followed| {
        let start = cohort.start.first_hour().start(visit.caller.hour_offset);
        (Place::timed(start, Vec::new()), cohort.told())
    };
    let page = asked.page(followed.into_iter().map(placed).collect());
    let is_elsewhere = asked.window.timezone.name() != "UTC";
    let answer = UserRetention {
        data: page.data,
        average,
        next_cursor: page.next_cursor,
        meta: Meta::of(&reading, &asked)
            .over(range)
            .noting_if(is_elsewhere.then_some(OF_THE_TENANT))
            .noting_if(is_by_hour.then_some(BY_HOUR)),
    };
    reply(&visit, &asked, &answer)
}

/// A cohort, and how many of it were there in each period up to the last.
struct Followed {
    start: Day,
    users: u64,
    retained: Vec<u64>,
}

impl Followed {
    fn of(cohort: Cohort, (last, granularity): (Day, Granularity), most: usize) -> Self {
        let mut retained = cohort.active;
        retained.resize(periods(cohort.start, last, granularity).max(1).min(most), 0);
        Self { start: cohort.start, users: cohort.users, retained }
    }

    fn told(self) -> RetainedCohort {
        RetainedCohort {
            cohort: self.start.to_string(),
            users: whole(self.users),
            percent: self.retained.iter().map(|retained| share((*retained).into(), self.users.into())).collect(),
            retained: self.retained.into_iter().map(whole).collect(),
        }
    }
}

/// Of each period, the users of all cohorts that have come to it, and those of them who were there.
fn together(cohorts: &[Followed]) -> RetainedTogether {
    let length = cohorts.iter().map(|cohort| cohort.retained.len()).max().unwrap_or_default();
    let mut sums = vec![(0, 0); length];
    for cohort in cohorts {
        for ((users, retained), own) in sums.iter_mut().zip(&cohort.retained) {
            *users += cohort.users;
            *retained += own;
        }
    }
    RetainedTogether {
        users: sums.iter().map(|(users, _)| whole(*users)).collect(),
        retained: sums.iter().map(|(_, retained)| whole(*retained)).collect(),
        percent: sums.iter().map(|(users, retained)| share((*retained).into(), (*users).into())).collect(),
    }
}

fn whole(count: u64) -> Figure {
    Figure::whole(count.into())
}
