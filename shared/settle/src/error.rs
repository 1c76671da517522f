//! Why a piece of work was not done: tells what passes from what does not.

use crate::states::StatesError;
use cube::segment::SegmentError;
use model::TenantId;
use ports::PortError;
use records::RecordError;
use rollups::ManifestError;

/// Why a piece of work was not done, or not all of it. What was committed before stays.
#[derive(Debug, thiserror::Error)]
pub enum SettleError {
    /// There is no such tenant.
    #[error("there is no tenant {0}")]
    NoTenant(TenantId),
    /// A port did not do what it was asked.
    #[error("a call failed")]
    Port(#[from] PortError),
    /// A record could not be read.
    #[error("a record cannot be read")]
    Record(#[from] RecordError),
    /// A manifest could not be read or written.
    #[error("a manifest cannot be read or written")]
    Manifest(#[from] ManifestError),
    /// A rollup that others are made of is lost or damaged.
    #[error("a rollup cannot be read")]
    States(#[from] StatesError),
    /// Events that were read could not be written as the log.
    #[error("the log was not written")]
    Log(#[source] SegmentError),
    /// Somebody else committed first, each time.
    #[error("others keep committing first")]
    Contended,
}

impl SettleError {
    /// Whether the same work may succeed later without anybody's doing.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Port(error) => error.is_transient(),
            Self::Record(error) => error.is_transient(),
            Self::Manifest(error) => error.is_transient(),
            Self::States(error) => error.is_transient(),
            Self::Contended => true,
            Self::NoTenant(_) | Self::Log(_) => false,
        }
    }
}
