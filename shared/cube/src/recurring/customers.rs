//! Customers who come and go: whoever pays for a subscription in any currency is one.

use super::{Course, between};
use model::Timestamp;

/// How many customers there were, came and went over a span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Customers {
    /// Who paid before.
    pub before: u64,
    /// Who pays after.
    pub after: u64,
    /// How many began to pay who never had.
    pub new: u64,
    /// How many times one began to pay again.
    pub reactivated: u64,
    /// How many times one came to pay nothing any more, in no currency.
    pub churned: u64,
}

/// The customers of spans of time that follow each other: they begin at `starts`, in order, and end where the next one begins, the last at
/// `end`. The courses are in the order of their users, as [`super::courses`] gives them.
#[must_use]
pub fn customers(courses: &[Course], starts: &[Timestamp], end: Timestamp) -> Vec<Customers> {
    let mut spans = vec![Customers::default(); starts.len()];
    for own in courses.chunk_by(|a, b| a.user == b.user) {
        let mut turns = turns(own).into_iter().peekable();
        let (mut is_paying, mut has_paid) = (false, false);
        for (span, (start, until)) in spans.iter_mut().zip(between(starts, end)) {
            while let Some((_, pays)) = turns.next_if(|(time, _)| *time < start) {
                (is_paying, has_paid) = (pays, true);
            }
            span.before += u64::from(is_paying);
            while let Some((_, pays)) = turns.next_if(|(time, _)| *time < until) {
                span.turned(pays, has_paid);
                (is_paying, has_paid) = (pays, true);
            }
            span.after += u64::from(is_paying);
        }
    }
    spans
}

impl Customers {
    fn turned(&mut self, pays: bool, has_paid: bool) {
        match (pays, has_paid) {
            (false, _) => self.churned += 1,
            (true, true) => self.reactivated += 1,
            (true, false) => self.new += 1,
        }
    }
}

/// When a user began and ceased to pay, by turns, off its courses in all currencies.
fn turns(own: &[Course]) -> Vec<(Timestamp, bool)> {
    let mut steps: Vec<(Timestamp, usize, bool)> = Vec::new();
    for (at, course) in own.iter().enumerate() {
        steps.extend(course.steps.iter().map(|(time, monthly)| (*time, at, *monthly > 0)));
    }
    steps.sort_unstable();
    let mut pays = vec![false; own.len()];
    let mut turns = Vec::new();
    for of_moment in steps.chunk_by(|a, b| a.0 == b.0) {
        let was = pays.contains(&true);
        for (_, at, is_paying) in of_moment {
            pays[*at] = *is_paying;
        }
        let is = pays.contains(&true);
        if was != is {
            turns.extend(of_moment.first().map(|(time, ..)| (*time, is)));
        }
    }
    turns
}
