//! Slices of an answer: its groups, divided by a hash of their labels, so that one of any size can be worked out a part at a time. Where groups
//! are told apart by a cube's key, the hash is the one by which large states are kept in parts: of those only a slice's own are read.

use super::Query;
use super::check::Group;
use crate::state::{MOST_PARTS, part_of_all};

/// Some of the groups of an answer: of a power of two of slices, one. All of them together are the whole, each group in one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    number: u16,
    of: u16,
}

impl Slice {
    /// All groups.
    pub const WHOLE: Self = Self { number: 0, of: 1 };

    /// Two slices that are this one together; `None` where it is as thin as slices get.
    #[must_use]
    pub fn halves(self) -> Option<[Self; 2]> {
        let of = self.of.checked_mul(2).filter(|of| usize::from(*of) <= MOST_PARTS)?;
        Some([self.number, self.number + self.of].map(|number| Self { number, of }))
    }

    /// Whether the group of these labels is in it.
    pub(crate) fn has<'a>(self, labels: impl Iterator<Item = &'a str>) -> bool {
        self.of == 1 || part_of_all(labels, self.of) == self.number
    }

    /// Whether a state's part, one of so many, may have keys of it. Both are powers of two, and the same hash decides.
    pub(crate) fn meets(self, (part, parts): (u16, u16)) -> bool {
        let common = self.of.min(parts).max(1);
        part % common == self.number % common
    }
}

impl Query {
    /// The same about those groups alone that are in a slice: of a question that has neither an order nor a limit, nor keeps its state.
    #[must_use]
    pub fn sliced(&self, slice: Slice) -> Self {
        Self { slice, ..self.clone() }
    }

    /// The same, if its answer has so many rows at most; with more, [`super::Answer::is_over`] and no rows are.
    #[must_use]
    pub fn at_most(self, rows: usize) -> Self {
        Self { most_rows: rows, ..self }
    }

    /// Whether its answer can be had in slices: where groups have labels.
    #[must_use]
    pub fn is_divisible(&self) -> bool {
        !self.slice_places().is_empty()
    }

    /// The slice of keys that it asks about: of a cube's parts only those need to be read that may have such.
    #[must_use]
    pub fn key_slice(&self) -> Slice {
        if self.cube.keyed_by.is_some() && self.slice_places() == [0] { self.slice } else { Slice::WHOLE }
    }

    /// The dimensions whose labels decide in which slice a group is: the key alone where it is one of them.
    pub(super) fn slice_places(&self) -> Vec<usize> {
        let place = |group: &Group| match group {
            Group::Dimension(at) => Some(*at),
            Group::HourOfDay | Group::Weekday => None,
        };
        let places: Vec<usize> = self.groups.iter().filter_map(place).collect();
        if self.cube.keyed_by.is_some() && places.contains(&0) { vec![0] } else { places }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::part_of;

    fn thin(slice: Slice, depth: usize) -> Vec<Slice> {
        if depth == 0 { vec![slice] } else { slice.halves().unwrap().into_iter().flat_map(|half| thin(half, depth - 1)).collect() }
    }

    #[test]
    fn every_group_is_in_one_slice_and_its_key_in_a_part_that_the_slice_meets() {
        for depth in [0, 1, 5] {
            let slices = thin(Slice::WHOLE, depth);
            for key in (0..200).map(|number| format!("user-{number}")) {
                let own: Vec<&Slice> = slices.iter().filter(|slice| slice.has([key.as_str()].into_iter())).collect();
                assert_eq!(own.len(), 1, "{key} in {depth}");
                for parts in [1, 4, 64, 1024] {
                    assert!(own[0].meets((part_of(&key, parts), parts)), "{key} of {parts} parts");
                }
            }
            let met = slices.iter().filter(|slice| slice.meets((3, 64))).count();
            assert_eq!(met, 1, "a part of many is of one slice");
        }
    }

    #[test]
    fn slices_get_only_so_thin() {
        let mut slice = Slice::WHOLE;
        while let Some([_, other]) = slice.halves() {
            slice = other;
        }
        assert_eq!(usize::from(slice.of), MOST_PARTS);
    }
}
