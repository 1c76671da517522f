//! Holds the table against the log. It walks what manifests name, and what is there and no manifest names; each hour that still has its log
//! is worked out from it again, each day from its hours, each month from its days, all time from the months.
//!
//! To look changes nothing. To mend is to settle again what has a log, to build again what is made of parts, and to delete what crashed
//! attempts have left; what has no source any more is told and stays as it is.

mod days;
mod examination;
mod finding;
mod mend;
mod objects;
mod orphans;
mod segments;
mod upper;

pub use examination::{Examination, Looked};
pub use finding::{Finding, Place, What};
pub use mend::Mended;

use crate::{Result, Settler};
use rollups::Owner;

/// How deep an examination goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// What manifests name, and what no manifest names.
    Usual,
    /// All segments too: each is read, and its events are looked up in the log.
    Segments,
}

impl Settler {
    /// Examines all that is kept of an owner. It holds a day at a time in memory, of names a month of manifests and what waits to be settled.
    ///
    /// # Errors
    /// Where a port does not do what it is asked, or a manifest or partial is malformed: then nothing can be said.
    pub async fn examine(&self, owner: &Owner, depth: Depth) -> Result<Examination> {
        let mut examination = Examination::of(owner);
        // What is there is read before what names it: what is written meanwhile is not taken for left behind.
        self.examine_orphans(&mut examination).await?;
        self.examine_segments(&mut examination, depth).await?;
        self.examine_spans(&mut examination).await?;
        Ok(examination)
    }
}
