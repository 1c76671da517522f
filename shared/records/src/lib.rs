//! What the table and the bucket hold: the keys, the attributes and the conditions of each kind of item, as functions over `&dyn Table`.
//!
//! Every key names its tenant (I10), and what does not live for ever carries `expires_at` (I9). The only place that knows how an item
//! is spelled; nothing here decides anything.

pub mod api_key;
mod attributes;
pub mod audit;
pub mod budget;
pub mod buffer;
pub mod claim;
pub mod dashboard;
pub mod dispatch;
pub mod document;
pub mod due;
pub mod erasure;
pub mod errand;
pub mod job;
pub mod limit;
pub mod object;
pub mod open_request;
pub mod partial;
pub mod pending;
pub mod price;
pub mod project;
pub mod service;
pub mod shown;
pub mod task;
pub mod tenant;
pub mod traffic;

pub use api_key::{ApiKey, Purpose};
pub use budget::Budget;
pub use dashboard::Dashboard;
pub use document::{Document, Shelf};
pub use due::Due;
pub use erasure::Erasure;
pub use errand::Errand;
pub use job::Job;
pub use limit::{Quota, Taken};
pub use open_request::OpenRequest;
pub use partial::Partial;
pub use pending::Pending;
pub use price::{Configuration, Price};
pub use project::Project;
pub use service::Service;
pub use shown::Shown;
pub use task::Task;
pub use tenant::Tenant;
pub use traffic::Traffic;

use ports::{Condition, Item, Key, PortError, Projection, Put, Range, Read, Table};

/// A record that could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The table did not do what it was asked.
    #[error(transparent)]
    Port(#[from] PortError),
    /// An item that no version of Weir writes: an attribute is missing, or is not what it must be.
    #[error("the item {partition} / {sort} has no good attribute {attribute}")]
    Malformed {
        /// The item's partition key.
        partition: String,
        /// The item's sort key.
        sort: String,
        /// The attribute.
        attribute: &'static str,
    },
}

impl RecordError {
    /// Whether the same call may work later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Port(error) if error.is_transient())
    }
}

/// The result of reading or writing a record.
pub type Result<T> = std::result::Result<T, RecordError>;

/// Whether something was made, or was there before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Made<T> {
    /// It was made.
    New,
    /// It was there, and this is it: nothing was changed.
    Before(T),
}

impl<T> Made<T> {
    /// What is there now: this one, where it was made.
    pub fn kept(self, made: T) -> T {
        match self {
            Self::New => made,
            Self::Before(there) => there,
        }
    }

    fn read<U>(self, read: impl Fn(&T) -> Result<U>) -> Result<Made<U>> {
        match self {
            Self::New => Ok(Made::New),
            Self::Before(there) => read(&there).map(Made::Before),
        }
    }
}

/// Writes an item where there is none, and answers the one that is there otherwise.
async fn put_first(table: &dyn Table, item: Item) -> Result<Made<Item>> {
    match table.put(item.clone(), Condition::Absent).await? {
        Put::Written => Ok(Made::New),
        Put::Refused(Some(there)) => Ok(Made::Before(there)),
        // It went away while it refused: this one is the first again.
        Put::Refused(None) => {
            table.put(item, Condition::Always).await?;
            Ok(Made::New)
        }
    }
}

/// All items of a range of a partition, whatever number of pages they take.
async fn all_items(table: &dyn Table, partition: &str, range: &Range, read: Read) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    let mut after: Option<Key> = None;
    loop {
        let page = table.query(partition, range, Projection::All, read, after.as_ref()).await?;
        items.extend(page.items);
        after = page.next;
        if after.is_none() {
            return Ok(items);
        }
    }
}
