//! On which days somebody was there. A set, so that a day counts once whatever it is read from: an hour, another family, a repeat.

use serde::{Deserialize, Serialize};

/// The days of the first and the last hour there is a number for, so that the distance of any two is a number too.
const FIRST: i32 = i32::MIN / 24 - 1;
const LAST: i32 = i32::MAX / 24;
/// So many days are added one by one: those of a day's state are one, or two.
const FEW: usize = 4;

/// Days, as days since 1970 of the tenant's hours, ascending.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<i32>", into = "Vec<i32>")]
pub struct Days(Vec<i32>);

impl From<Days> for Vec<i32> {
    /// The first day, and how many days lie between each and the next: a byte each, mostly.
    fn from(days: Days) -> Self {
        let mut before = 0;
        let distance = |day| {
            let distance = day - before;
            before = day;
            distance
        };
        days.0.into_iter().map(distance).collect()
    }
}

impl TryFrom<Vec<i32>> for Days {
    type Error = &'static str;
    fn try_from(distances: Vec<i32>) -> Result<Self, Self::Error> {
        let mut days = distances;
        for at in 1..days.len() {
            if days[at] < 1 {
                return Err("days are not distinct and in order");
            }
            days[at] = days[at].checked_add(days[at - 1]).ok_or("a day lies beyond all time")?;
        }
        let is_of_an_hour = |day: &i32| (FIRST..=LAST).contains(day);
        // They are in order, so all lie between the ends.
        if days.first().into_iter().chain(days.last()).all(is_of_an_hour) { Ok(Self(days)) } else { Err("a day lies beyond all time") }
    }
}

impl FromIterator<i32> for Days {
    fn from_iter<I: IntoIterator<Item = i32>>(days: I) -> Self {
        let mut days: Vec<i32> = days.into_iter().collect();
        days.sort_unstable();
        days.dedup();
        Self(days)
    }
}

impl Days {
    /// Adds a day.
    pub(crate) fn add(&mut self, day: i32) {
        if let Err(at) = self.0.binary_search(&day) {
            self.0.insert(at, day);
        }
    }

    /// Adds the days of `other`.
    pub fn merge(&mut self, other: &Self) {
        match (self.0.last(), other.0.first()) {
            (_, None) => {}
            (Some(last), Some(first)) if last >= first && other.0.len() <= FEW => other.0.iter().for_each(|day| self.add(*day)),
            (Some(last), Some(first)) if last >= first => *self = self.0.iter().chain(&other.0).copied().collect(),
            // What is merged is mostly later, as the next day's state is.
            _ => self.0.extend_from_slice(&other.0),
        }
    }

    /// The days, in order.
    #[must_use]
    pub fn as_slice(&self) -> &[i32] {
        &self.0
    }
}
