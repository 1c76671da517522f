//! What users pay for their plans, for subscriptions that do not say themselves.

use crate::catalogue::{Dimension, NONE};
use crate::state::{Column, CubeState};
use model::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// What a user pays for a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// When the first payment was.
    pub since: Timestamp,
    /// The amount of the latest, in micro-units.
    pub amount_micros: i64,
    /// The code of that amount's currency.
    pub currency: String,
}

/// The payments of some users, by plan.
#[derive(Debug, Default)]
pub struct Payments<'a>(BTreeMap<&'a str, BTreeMap<&'a str, Seen<'a>>>);

/// When the first payment was; the time, the amount and the currency of the latest. Of two at one moment the larger counts.
#[derive(Debug, Clone, Copy)]
struct Seen<'a> {
    first: i64,
    last: (i64, i64, &'a str),
}

impl Seen<'_> {
    fn or(self, other: Self) -> Self {
        Self { first: self.first.min(other.first), last: self.last.max(other.last) }
    }
}

impl<'a> Payments<'a> {
    /// The cube that they are read off.
    pub const CUBE: &'static str = "customers";
    /// The measures that are read of it.
    pub const MEASURES: [&'static str; 2] = ["firstOrder", "lastPayment"];

    /// The payments of these users, off a state of the cube `customers` that has seen all of the past; of all projects, or of one. A state of
    /// another cube knows none.
    #[must_use]
    pub fn of(state: &'a CubeState, users: &BTreeSet<&str>, project: Option<&str>) -> Self {
        let mut payments = Self::default();
        let cube = state.cube();
        let place = |name| cube.dimensions.iter().position(|own| *own == name);
        let column = |name: &str| cube.measures.iter().position(|own| own.name == name).and_then(|at| state.columns.get(at));
        let places = [Dimension::User, Dimension::Plan, Dimension::Currency, Dimension::Project].map(place);
        let ([Some(user), Some(plan), Some(currency), Some(own)], Some(Column::Min(first)), Some(Column::Last(last))) =
            (places, column(Self::MEASURES[0]), column(Self::MEASURES[1]))
        else {
            return payments;
        };
        for cell in 0..state.len() {
            let label = |at| state.cells.label(cell, at);
            let (Some(first), Some((time, amount))) = (first[cell], last[cell]) else { continue };
            if users.contains(label(user)) && project.is_none_or(|project| project == label(own)) {
                let seen = Seen { first, last: (time, amount, label(currency)) };
                let of_user = payments.0.entry(label(user)).or_default();
                of_user.entry(label(plan)).and_modify(|own| *own = own.or(seen)).or_insert(seen);
            }
        }
        payments
    }

    /// What a user pays for a plan; of a subscription that names none, what it pays for any.
    #[must_use]
    pub fn of_plan(&self, user: &str, plan: Option<&str>) -> Option<Payment> {
        let of_user = self.0.get(user)?;
        let seen = match plan.filter(|plan| *plan != NONE) {
            Some(plan) => *of_user.get(plan)?,
            None => of_user.values().copied().reduce(Seen::or)?,
        };
        let (_, amount_micros, currency) = seen.last;
        Some(Payment { since: Timestamp::from_millis(seen.first), amount_micros, currency: currency.to_owned() })
    }
}
