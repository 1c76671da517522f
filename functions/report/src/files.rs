//! What exports and the archive are made with.

use ports::{Bucket, Clock, Random, Table, Uploads};
use std::sync::Arc;

/// What exports and the archive are made with.
#[derive(Clone)]
pub struct Files {
    /// Where tasks, partials and manifests are.
    pub table: Arc<dyn Table>,
    /// Where segments and the log are, and where small files go.
    pub bucket: Arc<dyn Bucket>,
    /// By which large ones go there.
    pub uploads: Arc<dyn Uploads>,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// By which copies of events are told apart.
    pub random: Arc<dyn Random>,
    /// Rows of an answer that are held at once, at most.
    pub most_rows: usize,
}

/// Rows of an answer that are held at once: of the widest questions some tens of megabytes.
pub const MOST_ROWS: usize = 1 << 16;

#[cfg(test)]
mod tests;
