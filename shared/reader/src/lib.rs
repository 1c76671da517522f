//! Reads what has been counted, and answers queries from it.
//!
//! The order of reading is what keeps a number from being counted twice or missed while hours settle (I7): partials first, then the
//! manifests, which say which of them are settled, then the rollups that those were settled into. A rollup of a day, a month or all time is
//! used only where the versions it was built from are the current ones; else the finer ones are. What is named and not there was superseded
//! since, so all begins again. Nothing here writes.

mod cache;
mod choice;
mod merged;
mod needs;
mod partials;
mod settled;
mod tally;

pub use cache::Cache;

use choice::Wanted;
use cube::query::{Answer, Plan, Query};
use cube::segment::SegmentError;
use cube::{Dropped, StateError};
use futures::future::try_join_all;
use merged::{Lack, Lacking, Merged};
use model::{Family, Hour, HourOffset, TenantId, Timestamp};
use needs::{Asked, Needs};
use ports::{Bucket, PortError, Read, Table};
use records::{Partial, RecordError};
use rollups::{Anew, ManifestError, Outlines, RollupError, rollup};
use settled::Settled;
use std::collections::BTreeMap;
use std::sync::Arc;
use tally::Tally;

/// How often all is read, where something that was named is gone.
const ATTEMPTS: usize = 3;
/// Parts of rollups that are read at once: no more of them are in memory, however many an answer takes.
const PARTS_AT_ONCE: usize = 1_000;

/// Reads the states of a tenant's hours.
#[derive(Clone)]
pub struct Reader {
    table: Arc<dyn Table>,
    bucket: Arc<dyn Bucket>,
    cache: Option<Cache>,
}

/// Whose numbers are read (I10), and when.
#[derive(Debug, Clone, Copy)]
pub struct Owner<'a> {
    /// The tenant.
    pub tenant: &'a TenantId,
    /// When its hours begin.
    pub hour_offset: HourOffset,
    /// The time of the reading: rollups of hours expire, and nothing is settled that has not happened yet.
    pub now: Timestamp,
}

/// The answers to some queries, all from one reading, and what is to be known of them.
#[derive(Debug, Clone)]
pub struct Reading {
    /// An answer for each query, in their order.
    pub answers: Vec<Answer>,
    /// Up to when all hours that were read are settled, so that no event in them is counted twice whatever was sent again: the beginning of
    /// the first one that is not, or of the one that is open now, or the end of what was read. `None` where not even the first hour is settled.
    pub settled_through: Option<Timestamp>,
    /// How many of the hours that were read are over and have events, of whatever family, that are in no rollup yet.
    pub pending_hours: usize,
    /// Whether, as far as was seen, late events were merged into the rollup of an hour whose own events have expired: a copy of one that was
    /// counted before may then count again.
    pub merged: bool,
    /// Whether hours were asked for of which only the day is kept.
    pub expired: bool,
    /// What the rollups have given up for their caps on cardinality, by cube: how many cells, and the largest of them.
    pub dropped: BTreeMap<&'static str, Dropped>,
}

/// Why there is no answer. Never the caller's fault.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// A record could not be read.
    #[error("the partials cannot be read")]
    Record(#[from] RecordError),
    /// What is settled could not be read.
    #[error("the manifests cannot be read")]
    Manifest(#[from] ManifestError),
    /// The table or the bucket did not do what it was asked.
    #[error("rollups or segments cannot be read")]
    Port(#[from] PortError),
    /// Something that was named is not there, however often it is looked for: an answer without it would be wrong.
    #[error("{0} is missing")]
    Missing(String),
    /// A state is not one that this version reads.
    #[error("the state in {object} cannot be read")]
    State {
        /// The partial's segment, or the rollup's part.
        object: String,
        /// What is wrong with it.
        #[source]
        source: StateError,
    },
    /// A segment is not one that this version reads.
    #[error("the segment {object} cannot be read")]
    Segment {
        /// The segment's object.
        object: String,
        /// What is wrong with it.
        #[source]
        source: SegmentError,
    },
}

impl ReadError {
    /// Whether the same may work later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Record(error) => error.is_transient(),
            Self::Manifest(error) => error.is_transient(),
            Self::Port(error) => error.is_transient(),
            // What was superseded meanwhile has another name by then.
            Self::Missing(_) => true,
            Self::State { .. } | Self::Segment { .. } => false,
        }
    }
}

impl From<RollupError> for ReadError {
    fn from(error: RollupError) -> Self {
        match error {
            RollupError::Port(error) => Self::Port(error),
            RollupError::Missing { partition, sort } => Self::Missing(format!("{partition} / {sort}")),
        }
    }
}

/// What was found of one family.
struct Found {
    owner: rollups::Owner,
    partials: Vec<Partial>,
    settled: Settled,
}

impl Reader {
    /// A reader of this table and bucket.
    #[must_use]
    pub fn new(table: Arc<dyn Table>, bucket: Arc<dyn Bucket>) -> Self {
        Self { table, bucket, cache: None }
    }

    /// One that keeps what it reads of rollups for who asks again.
    #[must_use]
    pub fn with_cache(self, cache: Cache) -> Self {
        Self { cache: Some(cache), ..self }
    }

    /// Answers queries about one owner. What several of them need is read once.
    ///
    /// Where a part is gone, superseded since it was named, all begins again, for what took its place is elsewhere: then also what is never
    /// changed is read strongly consistent, because a part may have been written a moment ago.
    ///
    /// # Errors
    /// Where anything that an answer needs cannot be read: a missing part is never taken for zero.
    pub async fn answer(&self, owner: Owner<'_>, queries: &[Query]) -> Result<Reading, ReadError> {
        let plans: Vec<Plan> = queries.iter().map(|query| query.plan(owner.hour_offset)).collect();
        let needs = Needs::of(queries, &plans, owner.now);
        let mut attempt = 1;
        loop {
            let fresh = if attempt == 1 { Read::Eventual } else { Read::Strong };
            match self.read(owner, &needs, fresh).await {
                Err(ReadError::Missing(part)) if attempt < ATTEMPTS => tracing::warn!(part, attempt, "a part is gone, reading again"),
                result => return result,
            }
            attempt += 1;
        }
    }

    async fn read(&self, owner: Owner<'_>, needs: &Needs<'_>, fresh: Read) -> Result<Reading, ReadError> {
        let found = try_join_all(needs.families().map(|family| self.find(owner, needs, family))).await?;
        let mut tally = Tally::of(needs);
        let mut wanted = Vec::new();
        for one in &found {
            wanted.extend(choice::wanted(needs, &one.owner, &one.settled, &mut tally)?);
        }
        self.add_rollups(&mut tally, &wanted, fresh).await?;
        for one in found {
            if tally.is_over() {
                break;
            }
            self.add_partials(&mut tally, &one.settled.unsettled(one.partials)?).await?;
        }
        Ok(tally.reading())
    }

    /// What there is of a family: its partials, and only then what is settled.
    async fn find(&self, owner: Owner<'_>, needs: &Needs<'_>, family: Family) -> Result<Found, ReadError> {
        let partials = self.partials(owner, needs, family).await?;
        let today = Hour::of(owner.now, owner.hour_offset).day();
        let owner = rollups::Owner { tenant: owner.tenant.clone(), family };
        let outlines: &dyn Outlines = self.cache.as_ref().map_or(&Anew, |cache| cache);
        let settled = Settled::read(&*self.table, &owner, &needs.spans(family), (&partials, today), outlines).await?;
        Ok(Found { owner, partials, settled })
    }

    /// Adds what is wanted of rollups: what was merged of the same before, and else of their parts, as many at once as fit. Every one of them
    /// is there, or the answer is an error.
    async fn add_rollups(&self, tally: &mut Tally<'_>, wanted: &[Wanted], fresh: Read) -> Result<(), ReadError> {
        let mut missing = Vec::new();
        for merged in Merged::all(tally.needs, wanted) {
            match self.cache.as_ref().and_then(|cache| cache.get(&merged.name)) {
                Some(prepared) => tally.take_up_prepared(merged.takers(), &prepared),
                None => missing.push(merged),
            }
        }
        let lacking = Lacking::of(&missing, (tally.needs, wanted));
        for parts in lacking.parts().chunks(PARTS_AT_ONCE) {
            if tally.is_over() {
                return Ok(());
            }
            self.add_parts(tally, (wanted, parts), (&lacking, &mut missing), fresh).await?;
        }
        for merged in missing {
            let (name, takers) = (merged.name.clone(), merged.takers().to_vec());
            let prepared = Arc::new(merged.prepared(tally.needs));
            tally.take_up_prepared(&takers, &prepared);
            if let Some(cache) = &self.cache {
                cache.insert(name, prepared);
            }
        }
        Ok(())
    }

    /// Adds some parts to what is being merged of them, and to the answers that take them up piece by piece.
    async fn add_parts(
        &self,
        tally: &mut Tally<'_>,
        (wanted, parts): (&[Wanted], &[usize]),
        (lacking, missing): (&Lacking, &mut [Merged]),
        fresh: Read,
    ) -> Result<(), ReadError> {
        let keys: Vec<_> = parts.iter().map(|part| wanted[*part].key.clone()).collect();
        let states = rollup::states(&*self.table, &keys, fresh).await?;
        let mut asked = Asked::default();
        for (part, bytes) in parts.iter().zip(states) {
            let Wanted { key, need, .. } = &wanted[*part];
            let need = &tally.needs.all[*need];
            let Lack { merged, pieces } = lacking.of_part(*part);
            let takers = merged.iter().flat_map(|at| missing[*at].takers()).chain(pieces).map(|(taker, _)| *taker);
            asked.be_of(takers, &tally.needs.questions);
            let unreadable = |source| ReadError::State { object: format!("{} / {}", key.partition, key.sort), source };
            for state in need.decode(&bytes, &asked).map_err(unreadable)? {
                tally.take_up(pieces, &state);
                match merged.as_slice() {
                    [only] if pieces.is_empty() => missing[*only].add_just(state),
                    all => all.iter().for_each(|at| missing[*at].add(&state)),
                }
            }
        }
        Ok(())
    }
}
