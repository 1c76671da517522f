//! What some queries need together: which cubes, of which hours, and so which partials.

use cube::catalogue::Cube;
use cube::query::{Plan, Query};
use model::{Family, Hour};
use std::ops::RangeInclusive;

/// One cube, or the part of it that holds one key, of some hours.
pub(crate) struct Need {
    pub(crate) cube: &'static Cube,
    pub(crate) key: Option<String>,
    /// Not in order, and they may overlap.
    hours: Vec<RangeInclusive<Hour>>,
}

impl Need {
    fn is_for(&self, query: &Query) -> bool {
        std::ptr::eq(self.cube, query.cube()) && self.key.as_deref() == query.key()
    }

    /// Whether it needs what a family has counted of an hour.
    pub(crate) fn takes(&self, family: Family, hour: Hour) -> bool {
        self.cube.families.contains(&family) && self.hours.iter().any(|hours| hours.contains(&hour))
    }
}

/// All that some queries need.
pub(crate) struct Needs(Vec<Need>);

impl Needs {
    pub(crate) fn of(queries: &[Query], plans: &[Plan]) -> Self {
        let mut needs: Vec<Need> = Vec::new();
        for (query, plan) in queries.iter().zip(plans) {
            // The last hour of a span is not part of it.
            let hours = plan.reads.iter().map(|span| span.from..=Hour::from_index(span.to.index() - 1));
            match needs.iter_mut().find(|need| need.is_for(query)) {
                Some(need) => need.hours.extend(hours),
                None => needs.push(Need { cube: query.cube(), key: query.key().map(str::to_owned), hours: hours.collect() }),
            }
        }
        Self(needs)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Need> {
        self.0.iter()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The place of the need that a query is answered from.
    pub(crate) fn place_of(&self, query: &Query) -> Option<usize> {
        self.0.iter().position(|need| need.is_for(query))
    }

    /// What must be read: of each family, spans of hours that do not overlap. Spans with a gap between them stay apart, so that comparing
    /// this month with one years ago does not read the years between.
    pub(crate) fn spans(&self) -> Vec<(Family, RangeInclusive<Hour>)> {
        let of_family = |family: Family| {
            let needed = self.0.iter().filter(move |need| need.cube.families.contains(&family));
            let hours = needed.flat_map(|need| need.hours.iter().cloned()).collect();
            united(hours).into_iter().map(move |span| (family, span))
        };
        Family::ALL.into_iter().flat_map(of_family).collect()
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
