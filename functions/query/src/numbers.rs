//! The numbers of a row, by the names under which they were asked for, and how distributions and breakdowns are written.

use crate::parameters::Asked;
use crate::shape::{Figure, mean};
use cube::query::{Answer, MetricQuery, Number, Row};
use model::money::Decimal;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

static NOTHING: Number = Number::Nothing;

/// The numbers of a row. What was not asked for is nothing, which is written `null`.
#[derive(Clone, Copy)]
pub(crate) struct Numbers<'a> {
    names: &'a [&'static str],
    values: &'a [Number],
}

impl<'a> Numbers<'a> {
    /// Those of a row of the answer to a question for these.
    pub fn of(names: &'a [&'static str], row: &'a Row) -> Self {
        Self { names, values: &row.values }
    }

    /// Those of an answer that is one row.
    pub fn only(names: &'a [&'static str], answer: &'a Answer) -> Self {
        Self { names, values: answer.rows.first().map_or(&[], |row| &row.values) }
    }

    /// A number.
    pub fn get(&self, name: &str) -> &'a Number {
        self.names.iter().position(|own| *own == name).and_then(|place| self.values.get(place)).unwrap_or(&NOTHING)
    }

    /// A number as it is written.
    pub fn figure(&self, name: &str) -> Figure {
        Figure::of(self.get(name))
    }

    /// The units of an exact number; 0 where there is nothing.
    pub fn units(&self, name: &str) -> i128 {
        crate::shape::units(self.get(name))
    }

    /// A part of a whole, from 0 to 1; nothing of nothing.
    pub fn share(&self, part: i128, whole: &str) -> Figure {
        mean(Decimal { units: part, scale: 0 }, self.units(whole))
    }

    /// A quantile of a distribution.
    pub fn quantile(&self, name: &str, part: f64) -> Figure {
        self.get(name).quantile(part).map_or(Figure::Nothing, Figure::Rounded)
    }

    /// A distribution of durations, and its exact mean.
    pub fn durations(&self, name: &str, mean: &str) -> Durations {
        Durations {
            average: self.figure(mean),
            p50: self.quantile(name, 0.5),
            p95: self.quantile(name, 0.95),
            p99: self.quantile(name, 0.99),
        }
    }
}

/// How long something took, in milliseconds. Quantiles come from the merged distribution of all hours, never from the quantiles of hours,
/// and are within 1% of the true value (`DDSketch`: Masson, Rim and Lee, Proceedings of the VLDB Endowment 12, 2019). All are `null` where
/// nothing was timed.
#[derive(Serialize, ToSchema)]
pub(crate) struct Durations {
    /// The arithmetic mean: the sum of all durations over their number.
    average: Figure,
    /// The median: half of them took no longer.
    p50: Figure,
    /// 95% of them took no longer.
    p95: Figure,
    /// 99% of them took no longer.
    p99: Figure,
}

/// The same question by a dimension: the largest, and one more, by which it is seen that there are more.
pub(crate) fn by(asked: &Asked, question: MetricQuery, dimension: &str, number: &str) -> MetricQuery {
    question.by(dimension).top(asked.limit + 1, number)
}

/// The largest of a breakdown, by label.
pub(crate) fn breakdown<T>(asked: &Asked, answer: &Answer, of: impl Fn(&Row) -> T) -> BTreeMap<String, T> {
    answer.rows.iter().take(asked.limit).filter_map(|row| Some((row.labels.first()?.clone(), of(row)))).collect()
}

/// What is to be said of those breakdowns that are longer than what is shown of them.
pub(crate) fn cut<'a>(asked: &Asked, parts: impl IntoIterator<Item = (&'a str, &'a Answer)>) -> Option<String> {
    let names: Vec<&str> = parts.into_iter().filter(|(_, answer)| answer.rows.len() > asked.limit).map(|(name, _)| name).collect();
    (!names.is_empty()).then(|| format!("by {}: only the {} largest are shown; limit says how many", names.join(", "), asked.limit))
}
