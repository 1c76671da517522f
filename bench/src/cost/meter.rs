//! Counting what is paid for, by function and by what it was spent on.

use super::price::Part;
use std::collections::BTreeMap;
use std::sync::Mutex;

/// The functions, and what runs without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Spender {
    Ingest,
    Store,
    Aggregate,
    Report,
    /// What no function does: polling, schedules, alarms, storage.
    Standing,
}

impl Spender {
    pub const ALL: [Self; 5] = [Self::Ingest, Self::Store, Self::Aggregate, Self::Report, Self::Standing];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Store => "store",
            Self::Aggregate => "aggregate",
            Self::Report => "report",
            Self::Standing => "no function",
        }
    }
}

/// What was spent on something: by whom, for which part of the bill, and on what.
pub type Purpose = (Spender, Part, &'static str);

/// Amounts by purpose.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Spent(pub BTreeMap<Purpose, f64>);

impl Spent {
    pub fn add(&mut self, purpose: Purpose, amount: f64) {
        *self.0.entry(purpose).or_default() += amount;
    }

    /// The same, times a factor.
    pub fn scaled(&self, factor: f64) -> Self {
        Self(self.0.iter().map(|(purpose, amount)| (*purpose, amount * factor)).collect())
    }

    /// What is left once this is taken off.
    pub fn without(mut self, other: &Self) -> Self {
        other.0.iter().for_each(|(purpose, amount)| self.add(*purpose, -amount));
        self
    }

    /// How much of a part of the bill.
    pub fn amount(&self, part: Part) -> f64 {
        self.0.iter().filter(|((_, own, _), _)| *own == part).map(|(_, amount)| amount).sum()
    }

    /// What all of it costs, in dollars.
    pub fn dollars(&self) -> f64 {
        self.0.iter().map(|((_, part, _), amount)| part.price().of(*amount)).sum()
    }

    /// What each purpose costs, in dollars, the dearest first.
    pub fn ranked(&self) -> Vec<(Purpose, f64)> {
        let mut ranked: Vec<(Purpose, f64)> = self.0.iter().map(|(purpose, amount)| (*purpose, purpose.1.price().of(*amount))).collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
        ranked
    }
}

/// A counter that ports and functions share.
#[derive(Default)]
pub struct Meter(Mutex<Spent>);

impl Meter {
    pub fn add(&self, purpose: Purpose, amount: f64) {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).add(purpose, amount);
    }

    pub fn spent(&self) -> Spent {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }
}
