//! Gathers the states that queries need from partials, and from the segments of partials that were too large to carry theirs.

use crate::needs::Needs;
use crate::{Owner, ReadError, Reader};
use cube::query::{Bucket, Grain, Query};
use cube::{CubeState, decode_cube, fold_cube, segment};
use futures::stream::{self, StreamExt, TryStreamExt};
use model::{Family, Hour};
use ports::{Key, Read};
use records::partial::{self, Partial, Span};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// Spans that are read at once.
const SPANS_AT_ONCE: usize = 8;
/// Segments that are read at once; each may be some megabytes.
const SEGMENTS_AT_ONCE: usize = 4;

/// The states of each need, merged by hour: memory follows hours and cells, not the number of partials.
pub(crate) struct Gathered(Vec<BTreeMap<Hour, CubeState>>);

impl Gathered {
    fn nothing(needs: &Needs) -> Self {
        Self((0..needs.len()).map(|_| BTreeMap::new()).collect())
    }

    fn add(&mut self, place: usize, hour: Hour, state: CubeState) {
        if state.is_empty() {
            return;
        }
        let states = &mut self.0[place];
        match states.get_mut(&hour) {
            Some(own) => own.merge(&state),
            None => _ = states.insert(hour, state),
        }
    }

    fn merge(&mut self, other: Self) {
        for (place, states) in other.0.into_iter().enumerate() {
            for (hour, state) in states {
                self.add(place, hour, state);
            }
        }
    }

    /// The states that a query is evaluated from.
    pub(crate) fn states<'a>(&'a self, needs: &Needs, query: &Query) -> impl Iterator<Item = (Bucket, &'a CubeState)> + use<'a> {
        let states = needs.place_of(query).and_then(|place| self.0.get(place));
        states.into_iter().flatten().map(|(hour, state)| (Bucket { grain: Grain::Hour, start: *hour }, state))
    }
}

impl Reader {
    /// Everything that the needs name.
    pub(crate) async fn gather(&self, owner: Owner<'_>, needs: &Needs) -> Result<Gathered, ReadError> {
        let spans = stream::iter(needs.spans()).map(|(family, hours)| self.gather_span(owner, needs, (family, hours)));
        let all = Gathered::nothing(needs);
        let merge = |mut all: Gathered, span| async {
            all.merge(span);
            Ok(all)
        };
        spans.buffer_unordered(SPANS_AT_ONCE).try_fold(all, merge).await
    }

    /// What the needs name of one family and span of hours, page by page.
    async fn gather_span(
        &self,
        owner: Owner<'_>,
        needs: &Needs,
        (family, hours): (Family, RangeInclusive<Hour>),
    ) -> Result<Gathered, ReadError> {
        let span = Span { tenant: owner.tenant, family, hours, read: Read::Strong };
        let mut gathered = Gathered::nothing(needs);
        let mut stateless: BTreeMap<String, Vec<Hour>> = BTreeMap::new();
        let mut after: Option<Key> = None;
        loop {
            let (partials, next) = partial::page(&*self.table, &span, after.as_ref()).await?;
            for partial in partials {
                match &partial.state {
                    Some(state) => gathered.decode(needs, &partial, state)?,
                    None => stateless.entry(partial.object()).or_default().push(partial.hour),
                }
            }
            after = next;
            if after.is_none() {
                break;
            }
        }
        let folds = stream::iter(stateless).map(|(object, hours)| self.fold_segment(needs, family, (object, hours)));
        let mut folds = folds.buffer_unordered(SEGMENTS_AT_ONCE);
        while let Some(folded) = folds.try_next().await? {
            gathered.merge(folded);
        }
        Ok(gathered)
    }

    /// The states of those hours of a segment that partials have committed.
    async fn fold_segment(&self, needs: &Needs, family: Family, (object, hours): (String, Vec<Hour>)) -> Result<Gathered, ReadError> {
        let Some(bytes) = self.bucket.get(&object).await? else { return Err(ReadError::Missing(object)) };
        let batches = segment::decode(&bytes).map_err(|source| ReadError::Segment { object, source })?;
        let mut gathered = Gathered::nothing(needs);
        for (hour, events) in batches.iter().filter(|(hour, _)| hours.contains(hour)) {
            for (place, need) in needs.iter().enumerate().filter(|(_, need)| need.takes(family, *hour)) {
                gathered.add(place, *hour, fold_cube(need.cube, events));
            }
        }
        Ok(gathered)
    }
}

impl Gathered {
    /// Adds what the needs name of a partial's state.
    fn decode(&mut self, needs: &Needs, partial: &Partial, state: &[u8]) -> Result<(), ReadError> {
        for (place, need) in needs.iter().enumerate().filter(|(_, need)| need.takes(partial.family, partial.hour)) {
            let state = decode_cube(state, need.cube, need.key.as_deref())
                .map_err(|source| ReadError::State { object: partial.object(), source })?;
            self.add(place, partial.hour, state);
        }
        Ok(())
    }
}
