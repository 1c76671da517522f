//! What is still asked of a piece of work.

use crate::work::Again;
use model::Hour;
use std::collections::BTreeSet;

/// The hours to be settled; rounds take off what they have done.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    /// Whether those with something pending are.
    pub pending: bool,
    /// These again, quarantined ones too.
    pub named: BTreeSet<Hour>,
    /// Those again that were settled with a configuration older than this.
    pub before: u64,
    /// Whether those are too whose log has expired: what people who are erased left in their rollups is erased.
    pub expired: bool,
}

impl Asked {
    pub fn of(again: &Again) -> Self {
        let pending = Self { pending: true, ..Self::default() };
        match again {
            Again::Nothing => pending,
            Again::Hours(hours) => Self { named: hours.iter().copied().collect(), ..pending },
            Again::Before { configuration } => Self { before: *configuration, ..pending },
            Again::Erased { configuration } => Self { before: *configuration, expired: true, ..pending },
        }
    }
}
