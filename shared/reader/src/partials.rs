//! Partials: the first that is read, because what is settled of them only what is read later can tell (I7).

use crate::needs::{Asked, Needs};
use crate::tally::{Added, Tally};
use crate::{Owner, ReadError, Reader};
use cube::query::{Bucket, Grain};
use cube::{fold_cube, segment};
use futures::stream::{self, StreamExt, TryStreamExt};
use model::{Family, Hour};
use ports::Read;
use records::partial::{self, Partial, Span};
use std::collections::BTreeMap;

/// Spans that are read at once.
const SPANS_AT_ONCE: usize = 8;
/// Segments that are read at once; each may be some megabytes.
const SEGMENTS_AT_ONCE: usize = 4;

impl Reader {
    /// All partials of a family that the needs may take up, settled since or not. They are kept encoded until it is known which are not.
    pub(crate) async fn partials(&self, owner: Owner<'_>, needs: &Needs<'_>, family: Family) -> Result<Vec<Partial>, ReadError> {
        let read = async |hours| {
            let span = Span { tenant: owner.tenant, family, hours, read: Read::Strong };
            partial::range(&*self.table, &span).await
        };
        let spans: Vec<_> = needs.hours(family).into_iter().map(read).collect();
        let partials: Vec<Vec<Partial>> = stream::iter(spans).buffered(SPANS_AT_ONCE).try_collect().await?;
        Ok(partials.into_iter().flatten().collect())
    }

    /// Adds partials that are in no rollup; those that were too large to carry their state are answered from their segments.
    pub(crate) async fn add_partials(&self, tally: &mut Tally<'_>, partials: &[Partial]) -> Result<(), ReadError> {
        let mut stateless: BTreeMap<String, Vec<&Partial>> = BTreeMap::new();
        for partial in partials {
            tally.saw_unsettled(partial.hour);
            match &partial.state {
                Some(state) => tally.add_state(partial, state)?,
                None => stateless.entry(partial.object()).or_default().push(partial),
            }
        }
        let needs = tally.needs;
        let folds: Vec<_> = stateless.into_iter().map(|(object, partials)| self.fold_segment(needs, object, partials)).collect();
        let mut folds = stream::iter(folds).buffer_unordered(SEGMENTS_AT_ONCE);
        while let Some(folded) = folds.try_next().await? {
            for added in folded {
                tally.add(&added);
            }
        }
        Ok(())
    }

    /// The states of those hours of a segment that partials have committed.
    async fn fold_segment(&self, needs: &Needs<'_>, object: String, partials: Vec<&Partial>) -> Result<Vec<Added>, ReadError> {
        let Some(bytes) = self.bucket.get(&object).await? else { return Err(ReadError::Missing(object)) };
        let batches = segment::decode(&bytes).map_err(|source| ReadError::Segment { object, source })?;
        let mut folded = Vec::new();
        for partial in partials {
            for (hour, events) in batches.iter().filter(|(hour, _)| *hour == partial.hour) {
                for (need, takers) in needs.of_hour(partial.family, *hour) {
                    folded.push(Added { bucket: hourly(*hour), state: fold_cube(need.cube, events), takers });
                }
            }
        }
        Ok(folded)
    }
}

impl Tally<'_> {
    /// Adds what the needs name of a partial's state.
    fn add_state(&mut self, partial: &Partial, state: &[u8]) -> Result<(), ReadError> {
        let needs = self.needs;
        let mut asked = Asked::default();
        for (need, takers) in needs.of_hour(partial.family, partial.hour) {
            asked.be_of(takers.iter().copied(), &needs.questions);
            let states = need.decode(state, &asked).map_err(|source| ReadError::State { object: partial.object(), source })?;
            for state in &states {
                for &taker in &takers {
                    self.add_to(taker, hourly(partial.hour), state);
                }
            }
        }
        Ok(())
    }
}

fn hourly(hour: Hour) -> Bucket {
    Bucket { grain: Grain::Hour, start: hour }
}
