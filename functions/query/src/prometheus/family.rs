//! The series of one metric: what they are worth, and how they rise.

use cube::catalogue::OTHER;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What tells a series from the others of its metric, in the order of the metric's labels.
pub(super) type Labels = Vec<String>;

/// What a series of a counter or a histogram is worth: whole numbers, in units of the metric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Value {
    Number(i128),
    /// How many are at most each bound, and last how many there are; and the sum of all.
    Histogram {
        counts: Vec<u64>,
        sum: i128,
    },
}

impl Value {
    /// Takes over what is larger. Counts that rise with their bounds still do afterwards.
    fn rise(&mut self, now: Self) {
        match (self, now) {
            (Self::Number(own), Self::Number(now)) => *own = now.max(*own),
            (Self::Histogram { counts, sum }, Self::Histogram { counts: now, sum: sum_now }) if counts.len() == now.len() => {
                counts.iter_mut().zip(now).for_each(|(own, now)| *own = now.max(*own));
                *sum = sum_now.max(*sum);
            }
            // Another kind of metric under an old name, or other bounds: it begins anew.
            (own, now) => *own = now,
        }
    }

    /// Adds what another series is worth.
    pub fn add(&mut self, other: &Self) {
        match (self, other) {
            (Self::Number(own), Self::Number(other)) => *own += other,
            (Self::Histogram { counts, sum }, Self::Histogram { counts: others, sum: other }) if counts.len() == others.len() => {
                counts.iter_mut().zip(others).for_each(|(own, other)| *own += other);
                *sum += other;
            }
            (Self::Number(_) | Self::Histogram { .. }, _) => {}
        }
    }

    /// How many it stands for, by which the series that are worth most are found.
    fn weight(&self) -> i128 {
        match self {
            Self::Number(number) => *number,
            Self::Histogram { counts, .. } => counts.last().copied().unwrap_or(0).into(),
        }
    }

    fn size_bytes(&self) -> usize {
        match self {
            Self::Number(_) => 10,
            Self::Histogram { counts, .. } => 20 + 5 * counts.len(),
        }
    }
}

/// The series of a counter or a histogram that have ever been shown, and how many more there are.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Family {
    pub series: BTreeMap<Labels, Value>,
    /// How many series count under [`OTHER`], because the page has no room for them.
    pub folded: u64,
}

/// About how many bytes a series takes of the page, before it is compressed.
pub(super) fn size_bytes(labels: &[String], value: &Value) -> usize {
    labels.iter().map(|label| label.len() + 1).sum::<usize>() + value.size_bytes()
}

impl Family {
    /// Takes over what is now true. A series that was shown stays; new ones are let in, those worth most first, as long as all together take
    /// no more than `most_bytes`. What is not let in counts as one series, whose labels are all [`OTHER`].
    pub fn rise(&mut self, mut now: BTreeMap<Labels, Value>, most_bytes: usize) {
        let mut room = most_bytes.saturating_sub(self.series.iter().map(|(labels, value)| size_bytes(labels, value)).sum());
        let other: Option<Labels> = now.keys().next().map(|labels| vec![OTHER.to_owned(); labels.len()]);
        let is_known = |labels: &Labels| self.series.contains_key(labels) || Some(labels) == other.as_ref();
        let mut new: Vec<(Labels, Value)> =
            now.iter().filter(|(labels, _)| !is_known(labels)).map(|(a, b)| (a.clone(), b.clone())).collect();
        new.sort_by_key(|(_, value)| std::cmp::Reverse(value.weight()));
        self.folded = 0;
        for (labels, value) in new {
            let size = size_bytes(&labels, &value);
            if size <= room {
                room -= size;
                continue;
            }
            self.folded += 1;
            now.remove(&labels);
            if let Some(other) = &other {
                now.entry(other.clone()).and_modify(|rest| rest.add(&value)).or_insert(value);
            }
        }
        for (labels, value) in now {
            match self.series.get_mut(&labels) {
                Some(own) => own.rise(value),
                None => _ = self.series.insert(labels, value),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(text: &str) -> Labels {
        vec![text.to_owned()]
    }

    fn numbers(of: &[(&str, i128)]) -> BTreeMap<Labels, Value> {
        of.iter().map(|(label, number)| (labels(label), Value::Number(*number))).collect()
    }

    fn check(family: &Family, expect: &[(&str, i128)], folded: u64) {
        assert_eq!(family.series, numbers(expect));
        assert_eq!(family.folded, folded);
    }

    #[test]
    fn what_is_less_than_before_is_shown_as_before() {
        let mut family = Family::default();
        family.rise(numbers(&[("a", 5), ("b", 7)]), 1000);
        family.rise(numbers(&[("a", 4), ("c", 1)]), 1000);
        check(&family, &[("a", 5), ("b", 7), ("c", 1)], 0);
        family.rise(numbers(&[("a", 6)]), 1000);
        check(&family, &[("a", 6), ("b", 7), ("c", 1)], 0);
    }

    #[test]
    fn what_has_no_room_counts_together_and_what_was_shown_stays() {
        let mut family = Family::default();
        family.rise(numbers(&[("small", 1), ("large", 9), ("middle", 5)]), 2 * (7 + 10));
        check(&family, &[("large", 9), ("middle", 5), (OTHER, 1)], 1);
        // The rest of the cube counts there too, and a series that has grown does not take the place of one that was shown.
        family.rise(numbers(&[("small", 100), ("large", 9), ("middle", 5), (OTHER, 3)]), 2 * (7 + 10));
        check(&family, &[("large", 9), ("middle", 5), (OTHER, 103)], 1);
        family.rise(numbers(&[("small", 1)]), 2 * (7 + 10));
        check(&family, &[("large", 9), ("middle", 5), (OTHER, 103)], 1);
    }

    #[test]
    fn the_counts_of_a_histogram_rise_with_its_bounds_whatever_came_before() {
        let histogram = |counts: [u64; 3], sum| BTreeMap::from([(labels("a"), Value::Histogram { counts: counts.to_vec(), sum })]);
        let mut family = Family::default();
        family.rise(histogram([2, 3, 9], 40), 1000);
        family.rise(histogram([1, 8, 8], 41), 1000);
        assert_eq!(family.series, histogram([2, 8, 9], 41));
    }
}
