//! Recurring revenue, read off the changes of subscriptions: what each user's come to a month, and how that moves.
//!
//! A subscription is worth its amount over its interval, brought to a month, from the change that sets it until one that ends it: a
//! cancellation, or its own end where it has one and nothing renews it. What moves is a user's sum over all subscriptions in one currency, so
//! that changing from one subscription to another is no churn. The movements are the five of the trade: new (from nothing, for the first
//! time), reactivated (from nothing, again), expansion, contraction, and churned (to nothing); what was, and they, make what is.

mod course;
mod customers;
mod payments;

pub use course::{Course, courses, current_by_plan, unpriced};
pub use customers::{Customers, customers};
pub use payments::{Payment, Payments};

use crate::query::Range;
use model::Timestamp;
use std::collections::BTreeMap;

/// What subscriptions come to at one moment, in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Micro-units a month.
    pub monthly_micros: i128,
    /// Users who pay.
    pub users: u64,
}

/// What moved over a range, in one currency, in micro-units a month. All are amounts, none is negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Movements {
    /// What was before.
    pub before: Standing,
    /// What is after.
    pub after: Standing,
    /// Of users who never paid before.
    pub new: i128,
    /// Of users who had paid before, and not at that moment.
    pub reactivated: i128,
    /// Of users who paid less.
    pub expansion: i128,
    /// Of users who pay less, but something.
    pub contraction: i128,
    /// Of users who pay nothing any more.
    pub churned: i128,
    /// How many times a user came to pay nothing.
    pub churned_users: u64,
}

impl Standing {
    fn add(&mut self, monthly_micros: i128) {
        self.monthly_micros += monthly_micros;
        self.users += u64::from(monthly_micros > 0);
    }
}

impl Movements {
    fn moved(&mut self, from: i128, to: i128, has_paid: bool) {
        let difference = to - from;
        match (from, to) {
            (0, _) if has_paid => self.reactivated += difference,
            (0, _) => self.new += difference,
            (_, 0) => {
                self.churned -= difference;
                self.churned_users += 1;
            }
            _ if difference > 0 => self.expansion += difference,
            _ => self.contraction -= difference,
        }
    }
}

/// How recurring revenue moved over a range, by currency; what is at a moment is what a range that ends there comes to after.
#[must_use]
pub fn movements(courses: &[Course], range: Range) -> BTreeMap<&str, Movements> {
    series(courses, &[range.from], range.to).into_iter().map(|(currency, mut all)| (currency, all.pop().unwrap_or_default())).collect()
}

/// The same of spans of time that follow each other: they begin at `starts`, in order, and end where the next one begins, the last at `end`.
/// Every currency has all spans, also those in which it did not move.
#[must_use]
pub fn series<'a>(courses: &'a [Course], starts: &[Timestamp], end: Timestamp) -> BTreeMap<&'a str, Vec<Movements>> {
    let mut of_currencies: BTreeMap<&str, Vec<Movements>> = BTreeMap::new();
    for course in courses {
        let spans = of_currencies.entry(&course.currency).or_insert_with(|| vec![Movements::default(); starts.len()]);
        let mut steps = course.steps.iter().copied().peekable();
        let (mut now, mut has_paid) = (0, false);
        for (span, (start, until)) in spans.iter_mut().zip(between(starts, end)) {
            while let Some((_, monthly)) = steps.next_if(|(time, _)| *time < start) {
                (now, has_paid) = (monthly, true);
            }
            span.before.add(now);
            while let Some((_, monthly)) = steps.next_if(|(time, _)| *time < until) {
                span.moved(now, monthly, has_paid);
                (now, has_paid) = (monthly, true);
            }
            span.after.add(now);
        }
    }
    of_currencies
}

/// When each of some spans of time begins and ends, where they follow each other.
fn between(starts: &[Timestamp], end: Timestamp) -> impl Iterator<Item = (Timestamp, Timestamp)> {
    starts.iter().copied().zip(starts.iter().skip(1).copied().chain([end]))
}

#[cfg(test)]
mod tests;
