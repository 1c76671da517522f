//! What some questions need together: which cubes, of which families and hours, and who takes up what is read of them.

use cube::catalogue::{Cube, Dimension};
use cube::query::{Bucket, Grain, Plan, Query, Slice, Span};
use cube::{CubeState, StateError, Wanted, decode_parts};
use model::{Family, Hour, Timestamp};
use std::ops::RangeInclusive;

/// A question, and what may be read for it.
pub(crate) struct Question<'a> {
    pub(crate) query: &'a Query,
    pub(crate) plan: &'a Plan,
}

/// One cube, or the part of it that holds one key: decoded once, whoever asks for it.
pub(crate) struct Need<'a> {
    pub(crate) cube: &'static Cube,
    pub(crate) key: Option<&'a str>,
    /// The keys of which parts are read, where no one key is named.
    pub(crate) slice: Slice,
    /// Who asks, by place.
    pub(crate) takers: Vec<usize>,
}

/// What some of those who ask want to know of a state: not all of them take up buckets of every grain.
#[derive(Default)]
pub(crate) struct Asked {
    takers: Vec<usize>,
    /// The dimensions by which any of them tells cells apart.
    dimensions: Vec<Dimension>,
    /// The measures that any of them asks for.
    measures: Vec<&'static str>,
}

impl Asked {
    /// By the questions of these places. Of one state after the other they are mostly the same.
    pub(crate) fn be_of(&mut self, takers: impl Iterator<Item = usize> + Clone, questions: &[Question<'_>]) {
        if !self.takers.is_empty() && takers.clone().eq(self.takers.iter().copied()) {
            return;
        }
        *self = Self::default();
        for taker in takers {
            self.takers.push(taker);
            self.dimensions.extend(questions[taker].query.dimensions());
            self.measures.extend(questions[taker].query.measures());
        }
        self.dimensions.sort_unstable();
        self.dimensions.dedup();
        self.measures.sort_unstable();
        self.measures.dedup();
    }

    /// By one question.
    pub(crate) fn by(taker: usize, questions: &[Question<'_>]) -> Self {
        let mut asked = Self::default();
        asked.be_of(std::iter::once(taker), questions);
        asked
    }

    pub(crate) fn dimensions(&self) -> impl Iterator<Item = Dimension> {
        self.dimensions.iter().copied()
    }

    pub(crate) fn measures(&self) -> &[&'static str] {
        &self.measures
    }

    /// As what is wanted of a state, of a key alone where there is one.
    pub(crate) fn wanted<'a>(&'a self, key: Option<&'a str>) -> Wanted<'a> {
        Wanted { key, dimensions: Some(&self.dimensions), measures: Some(&self.measures) }
    }
}

impl Need<'_> {
    /// What of these bytes is asked for.
    pub(crate) fn decode(&self, bytes: &[u8], asked: &Asked) -> Result<Vec<CubeState>, StateError> {
        decode_parts(bytes, self.cube, &asked.wanted(self.key))
    }
}

/// All that some questions need.
pub(crate) struct Needs<'a> {
    pub(crate) questions: Vec<Question<'a>>,
    pub(crate) all: Vec<Need<'a>>,
    pub(crate) now: Timestamp,
}

impl<'a> Needs<'a> {
    pub(crate) fn of(queries: &'a [Query], plans: &'a [Plan], now: Timestamp) -> Self {
        let questions: Vec<Question> = queries.iter().zip(plans).map(|(query, plan)| Question { query, plan }).collect();
        let mut all: Vec<Need> = Vec::new();
        for (place, Question { query, .. }) in questions.iter().enumerate() {
            let slice = query.key_slice();
            let same = |need: &&mut Need| std::ptr::eq(need.cube, query.cube()) && need.key == query.key() && need.slice == slice;
            match all.iter_mut().find(same) {
                Some(need) => need.takers.push(place),
                None => all.push(Need { cube: query.cube(), key: query.key(), slice, takers: vec![place] }),
            }
        }
        Self { questions, all, now }
    }

    /// The families that are read.
    pub(crate) fn families(&self) -> impl Iterator<Item = Family> {
        Family::ALL.into_iter().filter(|family| self.of_family(*family).next().is_some())
    }

    /// The questions about a family, with their places.
    pub(crate) fn of_family(&self, family: Family) -> impl Iterator<Item = (usize, &Question<'a>)> {
        self.questions.iter().enumerate().filter(move |(_, question)| question.query.cube().families.contains(&family))
    }

    /// The needs of a family's bucket, each with the places of who takes it up.
    pub(crate) fn of_bucket(&self, family: Family, bucket: Bucket) -> impl Iterator<Item = (&Need<'a>, Vec<usize>)> {
        let of_family = self.all.iter().filter(move |need| need.cube.families.contains(&family));
        of_family.filter_map(move |need| {
            let allows = |taker: &usize| self.questions[*taker].plan.allows(bucket);
            let takers: Vec<usize> = need.takers.iter().copied().filter(allows).collect();
            (!takers.is_empty()).then_some((need, takers))
        })
    }

    /// The needs of the partials of an hour.
    pub(crate) fn of_hour(&self, family: Family, hour: Hour) -> impl Iterator<Item = (&Need<'a>, Vec<usize>)> {
        self.of_bucket(family, Bucket { grain: Grain::Hour, start: hour })
    }

    /// What may be read of a family, whoever asks for it.
    pub(crate) fn spans(&self, family: Family) -> Vec<Span> {
        self.of_family(family).flat_map(|(_, question)| question.plan.reads.iter().copied()).collect()
    }

    /// All hours that are read of a family, in spans that do not overlap. Spans with a gap between them stay apart, so that comparing this
    /// month with one years ago does not read the years between.
    pub(crate) fn hours(&self, family: Family) -> Vec<RangeInclusive<Hour>> {
        let of_question = |(_, question): (usize, &Question)| {
            let hours = question.plan.hours();
            hours.start..=Hour::from_index(hours.end.index() - 1)
        };
        united(self.of_family(family).map(of_question).collect())
    }
}

/// The same hours in spans that neither overlap nor touch, in order.
fn united(mut spans: Vec<RangeInclusive<Hour>>) -> Vec<RangeInclusive<Hour>> {
    spans.retain(|span| !span.is_empty());
    spans.sort_by_key(|span| *span.start());
    let mut united: Vec<RangeInclusive<Hour>> = Vec::new();
    for span in spans {
        match united.last_mut() {
            Some(last) if span.start().index() <= last.end().index().saturating_add(1) => {
                *last = *last.start()..=*last.end().max(span.end());
            }
            _ => united.push(span),
        }
    }
    united
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_that_overlap_or_touch_are_read_as_one_and_a_gap_is_left_out() {
        let span = |from, to| Hour::from_index(from)..=Hour::from_index(to);
        assert_eq!(united(vec![span(20, 30), span(1, 5), span(4, 9), span(10, 12)]), [span(1, 12), span(20, 30)]);
        assert_eq!(united(vec![span(1, 50), span(2, 3)]), [span(1, 50)]);
        assert_eq!(united(Vec::new()), []);
    }
}
