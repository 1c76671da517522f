//! How one user's recurring revenue went, change by change.

use super::Payment;
use crate::catalogue::{Dimension, NONE};
use crate::columns::{COMPLETED, REFUNDS};
use crate::sketch::Change;
use crate::state::{Column, CubeState};
use model::{Timestamp, erasure};
use std::collections::{BTreeMap, BTreeSet};

/// A subscription that is renewed within a day of its end has gone on.
const GRACE_MS: i64 = 24 * 3_600_000;

/// A user's recurring revenue in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// The user; of subscriptions that name none, the subscription; of those of an erased user, what stands for it.
    pub user: String,
    /// The currency's code.
    pub currency: String,
    /// When it changed, in order, and to how many micro-units a month; the first is not zero, and no two neighbours are the same.
    pub steps: Vec<(Timestamp, i128)>,
}

/// The course of each user in each currency, by user, off a state of the cube `subscriptions` that has seen all of the past. A subscription
/// without an amount is worth what `latest_payment` says of its user and plan, and nothing before the first of those payments: so a trial
/// counts once it is paid for.
#[must_use]
pub fn courses(state: &CubeState, project: Option<&str>, latest_payment: impl Fn(&str, Option<&str>) -> Option<Payment>) -> Vec<Course> {
    let mut courses = Vec::new();
    for (user, subscriptions) in of_users(state, project) {
        let mut differences: BTreeMap<String, BTreeMap<i64, i128>> = BTreeMap::new();
        for phase in subscriptions.values().flat_map(|changes| phases(changes, |plan| latest_payment(user, plan))) {
            let (amount, currency) = phase.worth;
            let of_currency = differences.entry(currency).or_default();
            *of_currency.entry(phase.from).or_default() += amount;
            phase.until.into_iter().for_each(|until| *of_currency.entry(until).or_default() -= amount);
        }
        courses.extend(differences.into_iter().map(|(currency, differences)| Course {
            user: user.to_owned(),
            currency,
            steps: steps(differences),
        }));
    }
    courses.retain(|course| !course.steps.is_empty());
    courses
}

/// How many subscriptions are worth something at a moment, by plan, off what [`courses`] reads.
#[must_use]
pub fn current_by_plan(
    state: &CubeState,
    at: Timestamp,
    latest_payment: impl Fn(&str, Option<&str>) -> Option<Payment>,
) -> BTreeMap<String, u64> {
    let at = at.as_millis();
    let mut plans = BTreeMap::new();
    for (user, subscriptions) in of_users(state, None) {
        for changes in subscriptions.values() {
            let phases = phases(changes, |plan| latest_payment(user, plan));
            let is_current = |phase: &Phase| phase.from <= at && phase.until.is_none_or(|until| at < until);
            if let Some(current) = phases.into_iter().rfind(is_current) {
                *plans.entry(current.plan.unwrap_or_else(|| NONE.to_owned())).or_default() += 1;
            }
        }
    }
    plans
}

/// The users of whom a subscription says nothing of its amount somewhere: what they pay must be looked up.
#[must_use]
pub fn unpriced(state: &CubeState) -> BTreeSet<&str> {
    let is_unpriced = |change: &&Change| change.amount_micros.is_none() && effect(change) == Effect::Sets;
    let of_users = of_users(state, None).into_iter();
    of_users.filter(|(_, own)| own.values().flatten().any(is_unpriced)).map(|(user, _)| user).collect()
}

fn steps(differences: BTreeMap<i64, i128>) -> Vec<(Timestamp, i128)> {
    let mut sum = 0;
    let changing = differences.into_iter().filter(|(_, difference)| *difference != 0);
    changing
        .map(|(time, difference)| {
            (Timestamp::from_millis(time), {
                sum += difference;
                sum
            })
        })
        .collect()
}

/// The subscriptions of a user, by project and name, each with its changes in order.
type Subscriptions<'a> = BTreeMap<(&'a str, &'a str), Vec<&'a Change>>;

fn of_users<'a>(state: &'a CubeState, project: Option<&str>) -> BTreeMap<&'a str, Subscriptions<'a>> {
    let mut users: BTreeMap<&str, Subscriptions<'_>> = BTreeMap::new();
    let place = |name: Dimension| state.cube().dimensions.iter().position(|own| *own == name);
    let places = (place(Dimension::User), place(Dimension::Subscription), place(Dimension::Project));
    let (Some(at_user), Some(at_subscription), Some(at_project), [Column::Transitions(transitions)]) =
        (places.0, places.1, places.2, state.columns.as_slice())
    else {
        return users;
    };
    for (cell, transitions) in transitions.iter().enumerate() {
        let [user, subscription, own_project] = [at_user, at_subscription, at_project].map(|at| state.cells.label(cell, at));
        if project.is_none_or(|project| project == own_project) {
            let (user, subscription) = match erasure::subscriber(subscription) {
                Some((whose, "")) if user == NONE => (whose, NONE),
                Some((whose, name)) if user == NONE => (whose, name),
                _ if user == NONE => (subscription, subscription),
                _ => (user, subscription),
            };
            let of_user = users.entry(user).or_default();
            of_user.entry((own_project, subscription)).or_default().extend(transitions.as_slice());
        }
    }
    users.values_mut().for_each(spread_nameless);
    users
}

/// A cancellation that names no subscription ends all that the user has in the project.
fn spread_nameless(subscriptions: &mut Subscriptions<'_>) {
    let nameless = subscriptions.iter().filter(|((_, name), _)| *name == NONE);
    let ends: Vec<(&str, &Change)> = nameless
        .flat_map(|((project, _), changes)| {
            changes.iter().filter(|change| effect(change) == Effect::Ends).map(|change| (*project, *change))
        })
        .collect();
    for ((project, name), changes) in subscriptions.iter_mut() {
        if *name != NONE {
            changes.extend(ends.iter().filter(|(of_project, _)| of_project == project).map(|(_, change)| *change));
        }
        changes.sort();
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    Sets,
    Ends,
    Nothing,
}

fn effect(change: &Change) -> Effect {
    let status = change.status.as_deref();
    if change.kind == "billing.subscription_cancelled" || status.is_some_and(|status| ["cancelled", "canceled"].contains(&status)) {
        Effect::Ends
    } else if REFUNDS.contains(&change.kind.as_str()) || status.is_some_and(|status| !COMPLETED.contains(&status)) {
        // What is refunded, pending or failed leaves the subscription as it is.
        Effect::Nothing
    } else {
        Effect::Sets
    }
}

/// A time over which a subscription is worth the same.
struct Phase {
    from: i64,
    /// When it is over; never, as far as is known.
    until: Option<i64>,
    /// Its own end, where it has one.
    ends: Option<i64>,
    plan: Option<String>,
    worth: (i128, String),
}

fn phases(changes: &[&Change], latest_payment: impl Fn(Option<&str>) -> Option<Payment>) -> Vec<Phase> {
    let mut phases: Vec<Phase> = Vec::new();
    for change in changes {
        let open = phases.last_mut().filter(|phase| phase.until.is_none_or(|until| change.time_ms < until));
        match (effect(change), open) {
            (Effect::Nothing, _) | (Effect::Ends, None) => {}
            (Effect::Ends, Some(open)) => {
                let ends = change.ends_ms.or(open.ends).unwrap_or(change.time_ms);
                open.until = Some(ends.max(change.time_ms));
                open.ends = open.until;
            }
            (Effect::Sets, open) => {
                let plan = change.plan.clone().or_else(|| open.as_ref().and_then(|open| open.plan.clone()));
                let monthly = |amount| monthly(amount, change.interval.as_deref());
                let is_paying = open.as_ref().is_some_and(|open| open.from <= change.time_ms);
                let stated = change.amount_micros.zip(change.currency.clone());
                let stated = stated.map(|(amount, currency)| (change.time_ms, (monthly(amount), currency)));
                let paid = |payment: Payment| {
                    let from = if is_paying { change.time_ms } else { payment.since.as_millis().max(change.time_ms) };
                    (from, (monthly(payment.amount_micros), payment.currency))
                };
                let worth = stated.or_else(|| latest_payment(plan.as_deref()).map(paid));
                let worth = worth.or_else(|| open.as_ref().map(|open| (open.from.max(change.time_ms), open.worth.clone())));
                if let Some(open) = open {
                    open.until = Some(change.time_ms);
                }
                let until = change.ends_ms.map(|ends| ends.saturating_add(GRACE_MS).max(change.time_ms));
                let phase = |(from, worth)| Phase { from, until, ends: change.ends_ms, plan, worth };
                phases.extend(worth.filter(|(_, (amount, _))| *amount > 0).map(phase));
            }
        }
    }
    // What was over before it was paid for is worth nothing.
    phases.retain(|phase| phase.until.is_none_or(|until| phase.from < until));
    phases
}

/// An amount for each interval, brought to a month: a year has twelve of them, 52 weeks and 365 days. An interval that is not known is a month.
/// What does not come out even is rounded to the nearest micro-unit, halves up.
fn monthly(amount_micros: i64, interval: Option<&str>) -> i128 {
    let (times, over) = match interval.unwrap_or_default() {
        "day" | "daily" => (365, 12),
        "week" | "weekly" => (52, 12),
        "quarter" | "quarterly" => (1, 3),
        "year" | "yearly" | "annual" | "annually" => (1, 12),
        _ => (1, 1),
    };
    (i128::from(amount_micros) * times + over / 2).div_euclid(over)
}
