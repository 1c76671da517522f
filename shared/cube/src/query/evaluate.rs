//! The answer, worked out from states: filter and regroup their cells and merge what comes together ([`super::reading`]), then read the
//! numbers off ([`super::rows`]).

use super::check::Group;
use super::prepared::Prepared;
use super::reading::{Reading, is_passing};
use super::table::Table;
use super::{Answer, Bucket, Plan, Query, Slice};
use crate::catalogue::Dimension;
use crate::state::CubeState;
use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A bucket of an answer's time, and what of the clock it tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot(usize, u32, u32);

/// An answer in the making: it takes up the states of buckets one by one, so that no more of them need to be kept than are being read.
pub struct Evaluation<'a> {
    reading: Reading<'a>,
    plan: &'a Plan,
    /// What was taken up, in one table, or where keys are merged bucket by bucket, in one for each bucket of the answer's time.
    gathered: BTreeMap<u32, Table>,
    /// Of each such table the largest state that was prepared, which is not in it.
    prepared: BTreeMap<u32, Arc<Prepared>>,
    /// Whether more groups were seen than the query wants at most: then nothing more is taken up.
    is_over: bool,
    /// What was read, where that is asked for.
    state: Option<CubeState>,
}

impl Query {
    /// The answer, to be worked out from the states of the buckets that the plan allows.
    #[must_use]
    pub fn evaluation<'a>(&'a self, plan: &'a Plan) -> Evaluation<'a> {
        let (reading, gathered, prepared) = (Reading::of(self), BTreeMap::new(), BTreeMap::new());
        let state = self.keeps_state.then(|| CubeState::empty(self.cube));
        Evaluation { reading, plan, gathered, prepared, is_over: false, state }
    }

    /// The measures of its cube that it needs.
    #[must_use]
    pub fn measures(&self) -> Vec<&'static str> {
        Reading::of(self).measures.iter().map(|at| self.cube.measures[*at].name).collect()
    }

    /// The dimensions of its cube that it tells cells apart by.
    #[must_use]
    pub fn dimensions(&self) -> Vec<Dimension> {
        if self.keeps_state {
            return self.cube.dimensions.to_vec();
        }
        let grouped = self.groups.iter().filter_map(|group| match group {
            Group::Dimension(at) => Some(*at),
            Group::HourOfDay | Group::Weekday => None,
        });
        let key = Reading::of(self).key_place().map(|_| 0);
        let places = grouped.chain(self.filters.iter().map(|(at, _)| *at)).chain(key);
        places.map(|at| self.cube.dimensions[at]).collect()
    }

    /// Where in the answer a bucket counts: what is read of two of the same slot comes together, and may be merged before it is taken up.
    #[must_use]
    pub fn slot(&self, plan: &Plan, bucket: Bucket) -> Slot {
        let (calendar, middle) = (&plan.calendar, plan.middle(bucket.start));
        let clock = |group: Group, of: u32| if self.groups.contains(&group) { of } else { 0 };
        let hour = clock(Group::HourOfDay, calendar.hour_of_day(middle));
        Slot(calendar.index_of(middle), hour, clock(Group::Weekday, calendar.weekday(middle)))
    }

    /// Whether it is a piece of a larger one, of some keys or of so many rows at most: nobody asks the same again.
    #[must_use]
    pub fn is_piece(&self) -> bool {
        self.most_rows != usize::MAX || self.slice != Slice::WHOLE
    }

    /// The answer from states that are at hand.
    #[must_use]
    pub fn evaluate<S: Borrow<CubeState>>(&self, plan: &Plan, states: impl IntoIterator<Item = (Bucket, S)>) -> Answer {
        let mut evaluation = self.evaluation(plan);
        states.into_iter().for_each(|(bucket, state)| evaluation.add(bucket, state.borrow()));
        evaluation.answer()
    }
}

impl Evaluation<'_> {
    /// Adds the state of a bucket; there may be none, one or several of each, as long as each event is in one of them. States of other cubes
    /// and of buckets that the plan does not allow count for nothing.
    pub fn add(&mut self, bucket: Bucket, state: &CubeState) {
        if self.is_over || !self.plan.allows(bucket) || !std::ptr::eq(state.cube(), self.reading.query.cube) {
            return;
        }
        if let Some(own) = &mut self.state {
            let passes = self.reading.passing(state);
            own.merge_some(state, |cell| is_passing(&passes, state.cells.codes(cell)));
        } else {
            self.gather(bucket, state);
        }
    }

    /// The same of a state that was prepared for a question of this one's [`Query::preparation`].
    pub fn add_prepared(&mut self, bucket: Bucket, prepared: &Arc<Prepared>) {
        if prepared.finished.is_none() {
            return self.add(bucket, &prepared.state);
        }
        if self.is_over || !self.plan.allows(bucket) || !std::ptr::eq(prepared.state.cube(), self.reading.query.cube) {
            return;
        }
        let (_, time) = self.place_of(bucket);
        let smaller = match self.prepared.get(&time) {
            None => None,
            Some(own) if own.state.len() < prepared.state.len() => Some(Arc::clone(own)),
            Some(_) => Some(Arc::clone(prepared)),
        };
        if smaller.as_ref().is_none_or(|smaller| !Arc::ptr_eq(smaller, prepared)) {
            self.prepared.insert(time, Arc::clone(prepared));
        }
        if let Some(smaller) = smaller {
            self.gather(bucket, &smaller.state);
        }
    }

    /// Which bucket of the answer's time a bucket is of, and which table.
    fn place_of(&self, bucket: Bucket) -> (u32, u32) {
        let index = u32::try_from(self.plan.calendar.index_of(self.plan.middle(bucket.start))).unwrap_or(u32::MAX);
        (index, if self.reading.merges_keys_by_time() { index } else { 0 })
    }

    fn gather(&mut self, bucket: Bucket, state: &CubeState) {
        let (index, own) = self.place_of(bucket);
        let clock = self.reading.clock(&self.plan.calendar, self.plan.middle(bucket.start));
        let table = self.gathered.entry(own).or_insert_with(|| self.reading.empty_table());
        self.reading.gather(table, state, (index, &clock), None);
        // Each is a row at least, but where they are of keys, which are merged in the end.
        if self.reading.of_keys.is_empty() && table.cells.len() > self.reading.query.most_rows {
            self.is_over = true;
            self.gathered.clear();
        }
    }

    /// Whether nothing more is taken up, because the answer would have more rows than the query wants at most.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.is_over
    }

    /// The answer.
    #[must_use]
    pub fn answer(self) -> Answer {
        let Self { reading, plan, gathered, prepared, is_over, state } = self;
        let rows = if state.is_some() || is_over { Some(Vec::new()) } else { reading.rows((gathered, &prepared), &plan.calendar) };
        let is_over = is_over || rows.is_none();
        let rows = rows.unwrap_or_default();
        let numbers = &reading.query.numbers;
        let is_estimated = |at: &usize| rows.iter().any(|row| row.values[*at].is_approximate());
        Answer {
            approximate: (0..numbers.len()).filter(is_estimated).map(|at| numbers[at]).collect(),
            rows,
            covered: plan.covered,
            is_aligned: plan.calendar.is_aligned,
            is_over,
            state,
        }
    }
}
