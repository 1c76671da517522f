//! Reads what has been counted, and answers queries from it.
//!
//! The order of reading is what keeps a number from being counted twice or missed while hours settle (I7): partials first, then what says
//! which of them are settled, then the cubes those were settled into. Nothing settles yet, so partials are all there is; manifests and
//! rollups take their place in [`Reader::answer`] between reading partials and evaluating. Nothing here writes.

mod gather;
mod needs;

use cube::query::{Answer, Query};
use cube::segment::SegmentError;
use cube::{StateError, query::Plan};
use gather::Gathered;
use model::{HourOffset, TenantId, Timestamp};
use needs::Needs;
use ports::{Bucket, PortError, Table};
use records::RecordError;
use std::sync::Arc;

/// How often a read starts again when something it was pointed to is gone.
const ATTEMPTS: usize = 3;

/// Reads the states of a tenant's hours.
#[derive(Clone)]
pub struct Reader {
    table: Arc<dyn Table>,
    bucket: Arc<dyn Bucket>,
}

/// Whose numbers are read (I10).
#[derive(Debug, Clone, Copy)]
pub struct Owner<'a> {
    /// The tenant.
    pub tenant: &'a TenantId,
    /// When its hours begin.
    pub hour_offset: HourOffset,
}

/// The answers to some queries, all from one reading.
#[derive(Debug, Clone)]
pub struct Reading {
    /// An answer for each query, in their order.
    pub answers: Vec<Answer>,
    /// Up to when all hours are settled, so that no event in them is counted twice whatever was sent again; `None` where nothing is settled.
    pub settled_through: Option<Timestamp>,
}

/// Why there is no answer. Never the caller's fault.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// A record could not be read.
    #[error("the partials cannot be read")]
    Record(#[from] RecordError),
    /// The bucket did not do what it was asked.
    #[error("a segment cannot be read")]
    Bucket(#[from] PortError),
    /// A partial names a segment that is not there, however often it is looked for: an answer without it would be wrong.
    #[error("the segment {0} is missing")]
    Missing(String),
    /// A partial's state is not one that this version reads.
    #[error("the state of a partial in {object} cannot be read")]
    State {
        /// The segment's object.
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

impl Reader {
    /// A reader of this table and bucket.
    #[must_use]
    pub fn new(table: Arc<dyn Table>, bucket: Arc<dyn Bucket>) -> Self {
        Self { table, bucket }
    }

    /// Answers queries about one owner. What several of them need is read once.
    ///
    /// # Errors
    /// Where anything that an answer needs cannot be read: a missing part is never taken for zero.
    pub async fn answer(&self, owner: Owner<'_>, queries: &[Query]) -> Result<Reading, ReadError> {
        let plans: Vec<Plan> = queries.iter().map(|query| query.plan(owner.hour_offset)).collect();
        let needs = Needs::of(queries, &plans);
        let gathered = self.gather_again(owner, &needs).await?;
        let answer = |(query, plan): (&Query, &Plan)| query.evaluate(plan, gathered.states(&needs, query));
        Ok(Reading { answers: queries.iter().zip(&plans).map(answer).collect(), settled_through: None })
    }

    /// Gathers; where a part is gone (settled and removed since it was named), all begins again, for what took its place is elsewhere.
    async fn gather_again(&self, owner: Owner<'_>, needs: &Needs) -> Result<Gathered, ReadError> {
        let mut attempt = 1;
        loop {
            match self.gather(owner, needs).await {
                Err(ReadError::Missing(object)) if attempt < ATTEMPTS => tracing::warn!(object, attempt, "a part is gone, reading again"),
                result => return result,
            }
            attempt += 1;
        }
    }
}
