//! Answers: rows of numbers, each with how exact it is.

use super::Range;
use crate::catalogue::Unit;
use crate::sketch::{Distinct, Quantiles, Set, Transitions};
use crate::state::CubeState;
use model::Timestamp;
use model::money::Decimal;
use std::cmp::Ordering;
use std::sync::Arc;

/// What came out.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// In a series, by time and then in the order asked for; else in that order, or by their labels.
    pub rows: Vec<Row>,
    /// Which of the numbers asked for were estimated in some row.
    pub approximate: Vec<&'static str>,
    /// What was read: whole hours.
    pub covered: Range,
    /// Whether days of the zone begin with hours of the tenant; where not, each hour counts for the day that holds its middle.
    pub is_aligned: bool,
    /// Whether there are more rows than the query wants at most: then there are none here.
    pub is_over: bool,
    /// What was read, where that was asked for instead of rows.
    pub state: Option<CubeState>,
}

/// The numbers of one combination of labels, in one bucket of time.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// When the bucket begins; `None` where the answer is not divided.
    pub start: Option<Timestamp>,
    /// The labels, in the order of `group_by` (without granularities).
    pub labels: Arc<[String]>,
    /// The numbers, in the order of `measures`.
    pub values: Vec<Number>,
}

/// A number of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Number {
    /// An exact one.
    Exact(Decimal),
    /// An exact moment.
    Moment(Timestamp),
    /// A number of distinct labels.
    Distinct(Distinct),
    /// A set of labels; what is asked of it is mostly its size.
    Set(Set),
    /// A distribution, of values in this unit.
    Quantiles(Quantiles, Unit),
    /// One exact number over another, which is not zero.
    Ratio(Decimal, Decimal),
    /// The changes of subscriptions.
    Transitions(Transitions),
    /// Nothing: no value was seen, or it would be a division by zero.
    Nothing,
}

impl Number {
    /// The number as it is, where it is one exact decimal; an exact count of distinct labels is.
    #[must_use]
    pub fn exact(&self) -> Option<Decimal> {
        match self {
            Self::Exact(decimal) => Some(*decimal),
            Self::Moment(moment) => Some(Decimal { units: moment.as_millis().into(), scale: 0 }),
            Self::Transitions(changes) => Some(Decimal { units: changes.as_slice().len() as i128, scale: 0 }),
            Self::Distinct(_) | Self::Set(_) if !self.is_approximate() => {
                #[expect(clippy::cast_possible_truncation, reason = "a whole number of at most some thousands")]
                let units = self.as_f64()? as i128;
                Some(Decimal { units, scale: 0 })
            }
            _ => None,
        }
    }

    /// The number, rounded to a double; of a distribution, its median.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Exact(decimal) => Some(as_f64(decimal)),
            #[expect(clippy::cast_precision_loss, reason = "milliseconds of any year that matters are exact in a double")]
            Self::Moment(moment) => Some(moment.as_millis() as f64),
            Self::Distinct(distinct) => Some(distinct.estimate().value.round()),
            Self::Set(set) => Some(set.estimate().value.round()),
            Self::Quantiles(..) => self.quantile(0.5),
            Self::Ratio(of, to) => Some(as_f64(of) / as_f64(to)),
            #[expect(clippy::cast_precision_loss, reason = "a count of what fits in memory")]
            Self::Transitions(changes) => Some(changes.as_slice().len() as f64),
            Self::Nothing => None,
        }
    }

    /// The value that this part (0 to 1) of a distribution does not exceed, within 1%, in the unit's name (milliseconds for durations).
    #[must_use]
    pub fn quantile(&self, part: f64) -> Option<f64> {
        match self {
            Self::Quantiles(quantiles, unit) => {
                quantiles.at(part).map(|value| value / 10_f64.powi(i32::try_from(unit.scale()).unwrap_or(0)))
            }
            _ => None,
        }
    }

    /// Exact numbers of one scale as they are, others as doubles; nothing comes before all.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Exact(a), Self::Exact(b)) if a.scale == b.scale => a.units.cmp(&b.units),
            (a, b) => a.as_f64().unwrap_or(f64::NEG_INFINITY).total_cmp(&b.as_f64().unwrap_or(f64::NEG_INFINITY)),
        }
    }

    /// Whether a sketch has estimated it.
    #[must_use]
    pub fn is_approximate(&self) -> bool {
        match self {
            Self::Distinct(distinct) => !distinct.is_exact(),
            Self::Set(set) => !set.is_exact(),
            Self::Quantiles(quantiles, _) => quantiles.count() > 0,
            Self::Exact(_) | Self::Moment(_) | Self::Ratio(..) | Self::Transitions(_) | Self::Nothing => false,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a double is asked for")]
fn as_f64(decimal: &Decimal) -> f64 {
    decimal.units as f64 / 10_f64.powi(i32::try_from(decimal.scale).unwrap_or(0))
}
