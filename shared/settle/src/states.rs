//! Rollups as states: read whole, and written under an attempt.

use bytes::Bytes;
use cube::rollup::{Part, pack, unpack};
use cube::{FamilyState, StateError};
use model::AttemptId;
use ports::{Item, Read, Table};
use rollups::{Bucket, Owner, Rollup, RollupError, rollup};

/// Why a rollup is no state.
#[derive(Debug, thiserror::Error)]
pub enum StatesError {
    /// A part is missing, or the table does not answer.
    #[error(transparent)]
    Rollup(#[from] RollupError),
    /// A part is damaged.
    #[error("the rollup {bucket:?} of attempt {attempt} is damaged")]
    Damaged {
        /// The span that it is of.
        bucket: Bucket,
        /// The attempt that wrote it.
        attempt: AttemptId,
        /// What is wrong with it.
        #[source]
        source: StateError,
    },
}

impl StatesError {
    /// Whether the same read may work later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Rollup(RollupError::Port(error)) if error.is_transient())
    }

    /// Whether the rollup itself is at fault, and not a service.
    pub(crate) fn is_of_rollup(&self) -> bool {
        !matches!(self, Self::Rollup(RollupError::Port(_)))
    }
}

/// A rollup with its parts, as they are stored or will be.
#[derive(Debug, Clone)]
pub(crate) struct Whole {
    pub bucket: Bucket,
    pub rollup: Rollup,
    parts: Vec<Part>,
}

impl Whole {
    /// Reads all parts of a rollup.
    pub async fn read(table: &dyn Table, owner: &Owner, bucket: Bucket, rollup: &Rollup) -> Result<Self, StatesError> {
        let names = rollup.contents.names();
        let keys = rollup::keys(owner, bucket, (rollup.attempt, &names));
        let bytes: Vec<Bytes> = rollup::states(table, &keys, Read::Strong).await?;
        let parts = names.into_iter().zip(bytes).map(|(name, bytes)| Part { name, bytes }).collect();
        Ok(Self { bucket, rollup: rollup.clone(), parts })
    }

    /// Divides a state into the parts of a rollup.
    pub fn of(bucket: Bucket, attempt: AttemptId, state: FamilyState) -> Self {
        let (contents, parts) = pack(state);
        Self { bucket, rollup: Rollup { attempt, contents }, parts }
    }

    /// The same parts as a rollup of another span and attempt.
    pub fn under(self, bucket: Bucket, attempt: AttemptId) -> Self {
        Self { bucket, rollup: Rollup { attempt, ..self.rollup }, parts: self.parts }
    }

    /// The state of its parts: after caps have done their work, so that what is made of it does not depend on who made it when.
    pub fn state(&self, owner: &Owner) -> Result<FamilyState, StatesError> {
        let damaged = |source| StatesError::Damaged { bucket: self.bucket, attempt: self.rollup.attempt, source };
        unpack(owner.family, self.parts.iter().map(|part| &part.bytes)).map_err(damaged)
    }

    /// Its items, with their expiry in Unix seconds.
    pub fn items(&self, owner: &Owner, expires_at: Option<i64>) -> Vec<Item> {
        rollup::items(owner, self.bucket, (self.rollup.attempt, &self.parts, expires_at))
    }
}
