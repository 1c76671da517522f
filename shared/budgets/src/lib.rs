//! What is used of budgets, and which of their thresholds that reaches.
//!
//! What is used is a question like any other, answered from partials and rollups: so a settle that lowers or raises a number changes it here
//! too, and nothing is counted twice. What is told of it ([`Look::at`]) is told once for each period and threshold, by conditional puts: to
//! the budget's history, and to its recipients by a run ([`telling`]) that `report` delivers. This does not decide when to look.

mod look;
pub mod telling;

pub use look::{Look, LookError};

use chrono_tz::Tz;
use cube::catalogue::{Dimension, Unit};
use cube::query::{Answer, Granularity, MetricQuery, Range, TimeParameters, Window};
use model::money::Decimal;
use model::{HourOffset, Timestamp};
use records::Budget;
use records::budget::{Measure, Period, Scope};

/// A budget in one of its periods: what is asked to know what is used of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking<'b> {
    /// The budget.
    pub budget: &'b Budget,
    /// The whole period.
    pub period: Range,
    /// The part of it that is over.
    so_far: Range,
}

/// How a budget stands in a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing<'b> {
    /// The budget.
    pub budget: &'b Budget,
    /// The period.
    pub period: Range,
    /// What is used of it: tokens, or US dollars, exactly.
    pub used: Decimal,
    /// What it allows, in the same digits.
    pub limit: Decimal,
}

impl<'b> Asking<'b> {
    /// About the period that this moment is in, of a tenant whose hours begin so much after UTC's. `None` where the budget's zone is none
    /// that this version knows.
    #[must_use]
    pub fn now(budget: &'b Budget, (now, hour_offset): (Timestamp, HourOffset)) -> Option<Self> {
        let (name, granularity) = match budget.terms.period {
            Period::Day => ("day", Granularity::Day),
            Period::Week => ("week", Granularity::Week),
            Period::Month => ("month", Granularity::Month),
        };
        let parameters = TimeParameters { period: Some(name), timezone: Some(&budget.terms.timezone), ..TimeParameters::default() };
        // A moment that is itself the first of its period has that period, and not an empty one.
        let so_far = Window::of(&parameters, now.plus_millis(1), hour_offset).ok()?;
        let whole = Window { granularity, ..so_far }.whole(0, hour_offset);
        Some(Self { budget, period: whole.range, so_far: so_far.range })
    }

    /// The question whose answer is what is used.
    #[must_use]
    pub fn question(&self) -> MetricQuery {
        let number = match self.budget.terms.measure {
            Measure::Tokens => "tokens",
            Measure::Money => "cost",
        };
        let ask = |cube| MetricQuery::new(cube, &[number], self.so_far);
        match &self.budget.terms.scope {
            Scope::Tenant => ask("ai_requests"),
            Scope::Project(project) => ask("ai_requests").only(Dimension::Project.name(), &[project.as_str()]),
            Scope::User(user) => ask("ai_users").only(Dimension::User.name(), &[user.as_str()]),
        }
    }

    /// How the budget stands, off the answer to that.
    #[must_use]
    pub fn standing(&self, answer: &Answer) -> Standing<'b> {
        let (kept, counted) = match self.budget.terms.measure {
            Measure::Tokens => (Unit::Tokens, Unit::Tokens),
            Measure::Money => (Unit::Money, Unit::PicoUsd),
        };
        let digits = counted.scale();
        let found = answer.rows.first().and_then(|row| row.values.first()).and_then(cube::query::Number::exact);
        let limit = i128::from(self.budget.terms.limit) * 10_i128.pow(digits - kept.scale());
        let used = found.unwrap_or(Decimal { units: 0, scale: digits });
        Standing { budget: self.budget, period: self.period, used, limit: Decimal { units: limit, scale: digits } }
    }
}

impl Standing<'_> {
    /// What is left, nothing where more was used.
    #[must_use]
    pub fn left(&self) -> Decimal {
        Decimal { units: (self.limit.units - self.used.units).max(0), scale: self.limit.scale }
    }

    /// The thresholds that are reached, in ascending order.
    pub fn reached(&self) -> impl Iterator<Item = u16> {
        self.budget.thresholds.iter().copied().filter(|percent| self.used.units * 100 >= self.limit.units * i128::from(*percent))
    }
}

/// The zone of a name, where this version knows it.
#[must_use]
pub fn zone(name: &str) -> Option<Tz> {
    name.parse().ok()
}
