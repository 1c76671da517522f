//! What subscriptions come to, and how that moves: read off all of their changes since the first.

use super::money;
use crate::parameters::Asked;
use crate::shape::{Amounts, Figure, share};
use crate::visit::Visit;
use cube::catalogue::{Dimension, NONE};
use cube::query::{Answer, MetricQuery, Range};
use cube::recurring::{Course, Customers, Movements, Payments, courses, customers, series, unpriced};
use model::money::Currency;
use model::{Hour, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use web::Problem;

/// The cube of subscriptions, and what is read of it.
const SUBSCRIPTIONS: (&str, [&str; 1]) = ("subscriptions", ["transitions"]);

/// Everybody's recurring revenue, change by change.
pub(crate) struct Recurring {
    courses: Vec<Course>,
    /// Up to when it is told of: what is known to end later has not ended yet.
    end: Timestamp,
    /// The currency that says so where there are no subscriptions.
    own: Currency,
}

/// How recurring revenue and customers moved over some spans of time that follow each other.
pub(crate) struct Moved<'a> {
    /// By currency, over each span.
    pub of_currencies: BTreeMap<&'a str, Vec<Movements>>,
    /// Over each span.
    pub customers: Vec<Customers>,
}

/// The labels of a dimension in a state that was asked for.
fn labels(answer: &Answer, dimension: Dimension) -> BTreeSet<&str> {
    answer.state.iter().flat_map(|state| state.labels(dimension)).collect()
}

/// The end of a range, or of the hour that is open now where that is earlier.
fn end_of(range: Range, visit: &Visit) -> Timestamp {
    let open = Hour::of(visit.now, visit.caller.hour_offset).index();
    range.to.min(Hour::from_index(open.saturating_add(1)).start(visit.caller.hour_offset))
}

impl Recurring {
    /// What must be asked: all changes of subscriptions up to the end of the range, and what was paid for those that name no amount.
    pub fn questions(asked: &Asked, visit: &Visit) -> [MetricQuery; 2] {
        let range = Range::until(end_of(asked.window.range, visit), visit.caller.hour_offset);
        let (cube, measures) = SUBSCRIPTIONS;
        let all = |question: MetricQuery| MetricQuery { range, ..question }.keeping_state();
        [all(asked.question(cube, &measures)), all(asked.question(Payments::CUBE, &Payments::MEASURES))]
    }

    /// Off the answers to those.
    pub fn of(answers: [&Answer; 2], asked: &Asked, visit: &Visit) -> Result<Self, Problem> {
        Self::of_project(answers, None, asked, visit)
    }

    /// The same, of one project alone where there is one.
    pub fn of_project(answers: [&Answer; 2], project: Option<&str>, asked: &Asked, visit: &Visit) -> Result<Self, Problem> {
        let [Some(subscriptions), Some(customers)] = answers.map(|answer| answer.state.as_ref()) else {
            return Err(Problem::internal("an answer is missing"));
        };
        let payments = Payments::of(customers, &unpriced(subscriptions), project);
        let courses = courses(subscriptions, project, |user, plan| payments.of_plan(user, plan));
        Ok(Self { courses, end: end_of(asked.window.range, visit), own: visit.caller.currency })
    }

    /// The projects that have subscriptions, off the first of the answers.
    pub fn projects(subscriptions: &Answer) -> Vec<String> {
        labels(subscriptions, Dimension::Project).into_iter().map(str::to_owned).collect()
    }

    /// Each user's own, and that of all subscriptions without a user, of which the first of the answers knows the users.
    pub fn by_user(self, subscriptions: &Answer) -> Vec<(String, Self)> {
        let users = labels(subscriptions, Dimension::User);
        let mut of_users: BTreeMap<String, Vec<Course>> = BTreeMap::new();
        for course in self.courses {
            let user = if users.contains(&*course.user) { course.user.clone() } else { NONE.to_owned() };
            of_users.entry(user).or_default().push(course);
        }
        of_users.into_iter().map(|(user, courses)| (user, Self { courses, end: self.end, own: self.own })).collect()
    }

    /// Whether nothing was ever paid for.
    pub fn is_empty(&self) -> bool {
        self.courses.is_empty()
    }

    /// How they moved over a range.
    pub fn over(&self, range: Range) -> Moved<'_> {
        self.over_each(&[range])
    }

    /// How they moved over ranges that follow each other. What has not come yet does not move.
    pub fn over_each(&self, ranges: &[Range]) -> Moved<'_> {
        let starts: Vec<Timestamp> = ranges.iter().map(|range| range.from.min(self.end)).collect();
        let end = ranges.last().map_or(self.end, |range| range.to.min(self.end));
        let mut of_currencies = series(&self.courses, &starts, end);
        if of_currencies.is_empty() {
            of_currencies.insert(self.own.code(), vec![Movements::default(); starts.len()]);
        }
        Moved { of_currencies, customers: customers(&self.courses, &starts, end) }
    }

    /// What they come to a month at the end of a range, by currency.
    pub fn standing(&self, range: Range) -> Amounts {
        self.over(range).amounts(0, |moved| moved.after.monthly_micros)
    }

    /// Customers lost over a range, of those there were at its start, in percent.
    pub fn churn_rate(&self, range: Range) -> Figure {
        self.over(range).churn_rate(0)
    }
}

impl Moved<'_> {
    /// An amount of each currency, over one of the spans.
    pub fn amounts(&self, span: usize, amount: impl Fn(&Movements) -> i128) -> Amounts {
        let of_currency = |(currency, spans): (&&str, &Vec<Movements>)| Some(((*currency).to_owned(), money(amount(spans.get(span)?))));
        Amounts(self.of_currencies.iter().filter_map(of_currency).collect())
    }

    /// What is made of each currency's movements over one of the spans.
    pub fn each<T>(&self, span: usize, make: impl Fn(&Movements) -> T) -> BTreeMap<String, T> {
        let of_currency = |(currency, spans): (&&str, &Vec<Movements>)| Some(((*currency).to_owned(), make(spans.get(span)?)));
        self.of_currencies.iter().filter_map(of_currency).collect()
    }

    /// The customers of one of the spans.
    pub fn customers(&self, span: usize) -> Customers {
        self.customers.get(span).copied().unwrap_or_default()
    }

    /// Customers lost over one of the spans, of those there were at its start, in percent.
    pub fn churn_rate(&self, span: usize) -> Figure {
        let customers = self.customers(span);
        share(customers.churned.into(), customers.before.into())
    }
}
