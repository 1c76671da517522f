//! People: what the cube of everybody says of each user, and what is read off all of them: new users, their plans, cohorts.
//!
//! The state must have seen all of a user's past to tell when it was new: that of all time, merged with what is not in it yet. Of a shorter
//! span it tells who was there.

use crate::catalogue::{self, NONE};
use crate::query::Granularity;
use crate::sketch::{Days, Set};
use crate::state::{Column, CubeState};
use chrono::{Datelike, NaiveDate};
use model::{Day, Timestamp};
use std::collections::BTreeMap;

/// The name of the cube that is read.
pub const CUBE: &str = "people";
/// Days from the first of the year 1 to 1970, both counted.
const EPOCH: i32 = 719_163;

/// A user.
#[derive(Debug, Clone, PartialEq)]
pub struct Person<'a> {
    /// Its id.
    pub user: &'a str,
    /// How many events it has.
    pub events: i128,
    /// When its first event was.
    pub first_seen: Timestamp,
    /// When its latest was.
    pub last_seen: Timestamp,
    /// The days on which it had any, as the tenant's hours divide them.
    pub days: Days,
    /// Its plan, by the latest event that told of one; of two at one moment, the one whose name is last.
    pub plan: Option<&'a str>,
}

/// Everybody with an event, or with one of a project, by id. A state of another cube knows nobody.
#[must_use]
pub fn everybody<'a>(state: &'a CubeState, project: Option<&str>) -> Vec<Person<'a>> {
    if state.cube().name != CUBE {
        return Vec::new();
    }
    let [Column::Sum(events), Column::Min(first), Column::Max(last), Column::Days(days)] = state.columns.as_slice() else {
        debug_assert!(false, "the cube of people has these measures");
        return Vec::new();
    };
    let place = |name: catalogue::Dimension| state.cube().dimensions.iter().position(|own| *own == name).unwrap_or_default();
    let (at_user, at_project, at_plan) =
        (place(catalogue::Dimension::User), place(catalogue::Dimension::Project), place(catalogue::Dimension::Plan));
    // By the code of its id: nobody is looked up by name.
    let mut people: Vec<Option<(Person<'a>, Option<i64>)>> = vec![None; state.cells.labels[at_user].len()];
    for cell in 0..state.len() {
        let label = |at| state.cells.label(cell, at);
        let (Some(first), Some(last)) = (first[cell], last[cell]) else { continue };
        if label(at_user) == NONE || project.is_some_and(|project| label(at_project) != project) {
            continue;
        }
        let place = &mut people[state.cells.codes(cell)[at_user] as usize];
        let (person, planned) = place.get_or_insert_with(|| (Person::unseen(label(at_user)), None));
        person.events = person.events.saturating_add(events[cell]);
        person.first_seen = person.first_seen.min(Timestamp::from_millis(first));
        person.last_seen = person.last_seen.max(Timestamp::from_millis(last));
        person.days.merge(&days[cell]);
        let plan = Some(label(at_plan)).filter(|plan| *plan != NONE);
        if plan.is_some() && (*planned, person.plan) < (Some(last), plan) {
            (*planned, person.plan) = (Some(last), plan);
        }
    }
    let mut people: Vec<Person> = people.into_iter().flatten().map(|(person, _)| person).collect();
    people.sort_unstable_by_key(|person| person.user);
    people
}

impl<'a> Person<'a> {
    fn unseen(user: &'a str) -> Self {
        Self {
            user,
            events: 0,
            first_seen: Timestamp::from_millis(i64::MAX),
            last_seen: Timestamp::from_millis(i64::MIN),
            days: Days::default(),
            plan: None,
        }
    }
}

/// How many were first seen in each of these spans of time, which begin at `starts`, in order, and end where the next one begins, the last at
/// `end`.
#[must_use]
pub fn new_users(people: &[Person<'_>], starts: &[Timestamp], end: Timestamp) -> Vec<u64> {
    let mut counts = vec![0; starts.len()];
    for person in people.iter().filter(|person| person.first_seen < end) {
        let begun = starts.partition_point(|start| *start <= person.first_seen);
        if let Some(count) = begun.checked_sub(1).and_then(|at| counts.get_mut(at)) {
            *count += 1;
        }
    }
    counts
}

/// Who was there within so many days, each day and those before it: the union of every `length` sets that follow each other, of the first
/// `length` on. Each set is united a few times, however long that is.
#[must_use]
pub fn rolling(days: &[Set], length: usize) -> Vec<Set> {
    let length = length.max(1);
    // A window ends one block of `length` days and begins the next: what it has of each is a union from that block's end or start.
    let mut to_end = days.to_vec();
    let mut from_start = days.to_vec();
    for block in to_end.chunks_mut(length) {
        for at in (1..block.len()).rev() {
            let (earlier, later) = block.split_at_mut(at);
            if let (Some(earlier), Some(later)) = (earlier.last_mut(), later.first()) {
                earlier.merge(later);
            }
        }
    }
    for block in from_start.chunks_mut(length) {
        for at in 1..block.len() {
            let (earlier, later) = block.split_at_mut(at);
            if let (Some(earlier), Some(later)) = (earlier.last(), later.first_mut()) {
                later.merge(earlier);
            }
        }
    }
    let window = |(first, last): (&Set, &Set)| {
        let mut union = first.clone();
        union.merge(last);
        union
    };
    to_end.iter().zip(from_start.iter().skip(length - 1)).map(window).collect()
}

/// How many are on each plan, and how many on none that is known.
#[must_use]
pub fn by_plan<'a>(people: impl IntoIterator<Item = &'a Person<'a>>) -> BTreeMap<Option<&'a str>, u64> {
    let mut counts = BTreeMap::new();
    for person in people {
        *counts.entry(person.plan).or_default() += 1;
    }
    counts
}

/// Users who were first seen together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cohort {
    /// The first day of the day, week or month in which they were.
    pub start: Day,
    /// How many they are.
    pub users: u64,
    /// How many of them were there in that period, the next, the one after it, and so on, up to the last in which any was.
    pub active: Vec<u64>,
}

/// Everybody by the day, week (from Monday) or month of the tenant in which they were first seen, the oldest cohort first. Hours are taken for
/// days: nobody keeps by the hour who was there.
#[must_use]
pub fn cohorts(people: &[Person<'_>], granularity: Granularity) -> Vec<Cohort> {
    let mut cohorts: BTreeMap<i32, (u64, Vec<u64>)> = BTreeMap::new();
    for person in people {
        let mut periods: Vec<i32> = person.days.as_slice().iter().map(|day| period(*day, granularity)).collect();
        periods.dedup();
        let Some(first) = periods.first().copied() else { continue };
        let (users, active) = cohorts.entry(first).or_default();
        *users += 1;
        for later in periods.iter().filter_map(|period| usize::try_from(period.saturating_sub(first)).ok()) {
            if active.len() <= later {
                active.resize(later + 1, 0);
            }
            active[later] += 1;
        }
    }
    let cohort = |(period, (users, active))| Cohort { start: first_day(period, granularity), users, active };
    cohorts.into_iter().map(cohort).collect()
}

/// Numbers periods so that each follows the one before.
fn period(day: i32, granularity: Granularity) -> i32 {
    match granularity {
        Granularity::Hour | Granularity::Day => day,
        // The first day of 1970 was a Thursday.
        Granularity::Week => day.saturating_add(3).div_euclid(7),
        Granularity::Month => NaiveDate::from_num_days_from_ce_opt(day.saturating_add(EPOCH))
            .map_or(0, |date| date.year().saturating_mul(12).saturating_add(date.month0().cast_signed())),
    }
}

/// How many periods there are from the first day of one up to a later day, those of both counted.
#[must_use]
pub fn periods(start: Day, last: Day, granularity: Granularity) -> usize {
    let between = period(last.index(), granularity).saturating_sub(period(start.index(), granularity));
    usize::try_from(between.saturating_add(1)).unwrap_or_default()
}

fn first_day(period: i32, granularity: Granularity) -> Day {
    Day::from_index(match granularity {
        Granularity::Hour | Granularity::Day => period,
        Granularity::Week => period.saturating_mul(7).saturating_sub(3),
        Granularity::Month => NaiveDate::from_ymd_opt(period.div_euclid(12), period.rem_euclid(12).cast_unsigned() + 1, 1)
            .map_or(0, |date| date.num_days_from_ce().saturating_sub(EPOCH)),
    })
}

#[cfg(test)]
mod tests;
