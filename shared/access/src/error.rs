//! Why a request is not let in.

use crate::Standing;
use std::error::Error;

/// Why a request is not let in. What is wrong with a credential is for the log: the caller learns only that it does not hold.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// No credential came with the request.
    #[error("the request has no credential")]
    MissingCredential,
    /// One came that does not hold: unknown, revoked, expired, forged.
    #[error("the credential does not hold: {0}")]
    Invalid(&'static str),
    /// The caller is known, and may not do this.
    #[error("{0}")]
    Forbidden(&'static str),
    /// Over a limit.
    #[error("over the limit of {} {} in {} seconds", .0.limit, .0.name, .0.window_seconds)]
    TooMany(Standing),
    /// Whether the credential holds cannot be known now: a fault of ours, never the caller's.
    #[error("credentials cannot be checked")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
}

impl From<records::RecordError> for AccessError {
    fn from(error: records::RecordError) -> Self {
        Self::Unavailable(error.into())
    }
}
