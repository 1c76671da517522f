//! One error for every port: what the caller may do about it, and the chain for the log.

use std::error::Error;

/// A call to a port that did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum PortError {
    /// Throttled, timed out, unreachable: the same call may work later.
    #[error("{service} did not answer")]
    Unavailable {
        /// The service that was called: `table`, `bucket` or `queue`.
        service: &'static str,
        /// What it said.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The service refused the call itself: a missing permission, a limit, a malformed request. Calling again changes nothing.
    #[error("{service} refused the call")]
    Refused {
        /// The service that was called.
        service: &'static str,
        /// What it said.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The call breaks a limit of the service that Weir enforces itself, before the call (I11).
    #[error("{what} is {size}, over the limit of {limit}")]
    OverLimit {
        /// What was measured, with its unit.
        what: &'static str,
        /// The size found.
        size: usize,
        /// The limit it breaks, a constant of `model::limits`.
        limit: usize,
    },
}

impl PortError {
    /// Whether the same call may work later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }
}

/// The result of a port's call.
pub type Result<T> = std::result::Result<T, PortError>;

/// Holds a size against a limit of the service.
pub(crate) fn within(what: &'static str, size: usize, limit: usize) -> Result<()> {
    if size <= limit { Ok(()) } else { Err(PortError::OverLimit { what, size, limit }) }
}
