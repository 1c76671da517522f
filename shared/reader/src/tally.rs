//! The answers in the making, and what is to be said of them all.

use crate::Reading;
use crate::needs::Needs;
use cube::catalogue::Cube;
use cube::query::{Bucket, Evaluation, Prepared};
use cube::rollup::Contents;
use cube::{CubeState, Dropped};
use model::{Hour, HourOffset};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A state, and the places of the questions that take it up.
pub(crate) struct Added {
    pub(crate) bucket: Bucket,
    pub(crate) state: CubeState,
    pub(crate) takers: Vec<usize>,
}

/// Takes up what is read, and answers in the end.
pub(crate) struct Tally<'a> {
    pub(crate) needs: &'a Needs<'a>,
    evaluations: Vec<Evaluation<'a>>,
    unsettled: BTreeSet<Hour>,
    is_merged: bool,
    lacks_hours: bool,
    dropped: BTreeMap<&'static str, Dropped>,
}

impl<'a> Tally<'a> {
    pub(crate) fn of(needs: &'a Needs<'a>) -> Self {
        let evaluations = needs.questions.iter().map(|question| question.query.evaluation(question.plan)).collect();
        Self { needs, evaluations, unsettled: BTreeSet::new(), is_merged: false, lacks_hours: false, dropped: BTreeMap::new() }
    }

    pub(crate) fn add(&mut self, Added { bucket, state, takers }: &Added) {
        for taker in takers {
            self.add_to(*taker, *bucket, state);
        }
    }

    /// Adds what was prepared for those who take it up.
    pub(crate) fn take_up_prepared(&mut self, takers: &[(usize, Bucket)], prepared: &Arc<Prepared>) {
        for (taker, bucket) in takers {
            self.evaluations[*taker].add_prepared(*bucket, prepared);
        }
    }

    /// Adds a state for those who take it up.
    pub(crate) fn take_up(&mut self, takers: &[(usize, Bucket)], state: &CubeState) {
        for (taker, bucket) in takers {
            self.add_to(*taker, *bucket, state);
        }
    }

    /// Adds a state for a question.
    pub(crate) fn add_to(&mut self, taker: usize, bucket: Bucket, state: &CubeState) {
        self.evaluations[taker].add(bucket, state);
    }

    /// Whether no answer takes up any more.
    pub(crate) fn is_over(&self) -> bool {
        self.evaluations.iter().all(Evaluation::is_over)
    }

    /// Some events of an hour are in no rollup yet.
    pub(crate) fn saw_unsettled(&mut self, hour: Hour) {
        self.unsettled.insert(hour);
    }

    /// Late events were merged into something whose own events have expired, or were not.
    pub(crate) fn saw_merged(&mut self, is_merged: bool) {
        self.is_merged |= is_merged;
    }

    /// Some hours that were asked for are kept by day only.
    pub(crate) fn lacks_hours(&mut self) {
        self.lacks_hours = true;
    }

    /// What a rollup of a cube has given up.
    pub(crate) fn saw_dropped(&mut self, cube: &'static Cube, contents: &Contents) {
        for (_, dropped) in contents.dropped().filter(|(name, _)| *name == cube.name) {
            let all = self.dropped.entry(cube.name).or_insert(Dropped { cells: 0, largest: 0 });
            *all = Dropped { cells: all.cells + dropped.cells, largest: all.largest.max(dropped.largest) };
        }
    }

    /// The answers.
    pub(crate) fn reading(self) -> Reading {
        let plans = || self.needs.questions.iter().map(|question| question.plan);
        let offset = plans().next().map_or_else(HourOffset::default, |plan| plan.hour_offset);
        let open = Hour::of(self.needs.now, offset);
        let first_open = self.unsettled.first().map_or(open, |first| open.min(*first)).start(offset);
        let (from, to) = (plans().map(|plan| plan.covered.from).min(), plans().map(|plan| plan.covered.to).max());
        let settled_through = to.map(|to| to.min(first_open)).filter(|through| Some(*through) > from);
        Reading {
            settled_through,
            pending_hours: self.unsettled.range(..open).count(),
            merged: self.is_merged,
            expired: self.lacks_hours,
            dropped: self.dropped,
            answers: self.evaluations.into_iter().map(Evaluation::answer).collect(),
        }
    }
}
