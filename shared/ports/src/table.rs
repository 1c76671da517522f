//! The table: `DynamoDB`'s single-table vocabulary, or its in-memory twin.
//!
//! An item is a [`Key`] and named attributes. Time to live is the number attribute `expires_at` (Unix seconds), the sparse index of
//! unsettled work is fed by the string attribute `pending`.

use crate::error::within;
use crate::{PortError, Result};
use async_trait::async_trait;
use bytes::Bytes;
use model::limits::{DYNAMODB_ITEM_BYTES, DYNAMODB_PARTITION_KEY_BYTES, DYNAMODB_SORT_KEY_BYTES};
use std::collections::{BTreeMap, BTreeSet};

/// A primary key: attributes `pk` and `sk`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The partition key.
    pub partition: String,
    /// The sort key.
    pub sort: String,
}

impl Key {
    /// A key of these two parts.
    pub fn new(partition: impl Into<String>, sort: impl Into<String>) -> Self {
        Self { partition: partition.into(), sort: sort.into() }
    }
}

/// An attribute's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A string.
    Text(String),
    /// An integer (Weir stores no other numbers).
    Number(i64),
    /// Bytes.
    Binary(Bytes),
    /// True or false.
    Bool(bool),
    /// A list.
    List(Vec<Value>),
    /// A map.
    Map(BTreeMap<String, Value>),
}

/// An item: its key and its other attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The primary key.
    pub key: Key,
    /// All attributes but the key.
    pub attributes: BTreeMap<String, Value>,
}

impl Item {
    /// An item without attributes.
    #[must_use]
    pub fn new(key: Key) -> Self {
        Self { key, attributes: BTreeMap::new() }
    }

    /// The item with one attribute more.
    #[must_use]
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.attributes.insert(name.to_owned(), value);
        self
    }

    /// The text of an attribute.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.attributes.get(name)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number of an attribute.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<i64> {
        match self.attributes.get(name)? {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The bytes of an attribute.
    #[must_use]
    pub fn binary(&self, name: &str) -> Option<&Bytes> {
        match self.attributes.get(name)? {
            Value::Binary(bytes) => Some(bytes),
            _ => None,
        }
    }
}

/// Sizes as `DynamoDB` counts them, against its limits of an item and a page.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>
impl Item {
    /// The bytes of the item: names and values, the key's too.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        let attributes = self.attributes.iter().map(|(name, value)| name.len() + value.size_bytes());
        self.key.size_bytes() + attributes.sum::<usize>()
    }

    /// Whether the table can hold the item (I11): every implementation asks this before it writes.
    ///
    /// # Errors
    /// [`PortError::OverLimit`] where the item or its key is too large.
    pub fn check_limits(&self) -> Result<()> {
        self.key.check_limits()?;
        within("bytes of an item", self.size_bytes(), DYNAMODB_ITEM_BYTES)
    }
}

impl Key {
    /// The bytes of the key's names and values.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        "pk".len() + self.partition.len() + "sk".len() + self.sort.len()
    }

    /// Whether the table can hold an item under the key (I11).
    ///
    /// # Errors
    /// [`PortError::OverLimit`] where either part is too large.
    pub fn check_limits(&self) -> Result<()> {
        within("bytes of a partition key", self.partition.len(), DYNAMODB_PARTITION_KEY_BYTES)?;
        within("bytes of a sort key", self.sort.len(), DYNAMODB_SORT_KEY_BYTES)
    }
}

impl Value {
    /// The bytes of the value. A number takes about a byte for two digits, and one more; lists and maps three more, and one for each
    /// of their members.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Number(number) => number.unsigned_abs().checked_ilog10().map_or(1, |log| log as usize / 2 + 2) + usize::from(*number < 0),
            Self::Binary(bytes) => bytes.len(),
            Self::Bool(_) => 1,
            Self::List(values) => 3 + values.iter().map(|value| 1 + value.size_bytes()).sum::<usize>(),
            Self::Map(values) => 3 + values.iter().map(|(name, value)| 1 + name.len() + value.size_bytes()).sum::<usize>(),
        }
    }
}

/// How fresh a read must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// Sees every write that was acknowledged before it (twice the read units).
    Strong,
    /// May miss the last second or so.
    Eventual,
}

/// What must hold for a put to be carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// Nothing: the item replaces what is there.
    Always,
    /// There is no item under the key.
    Absent,
    /// The stored item's number attribute has this value.
    NumberIs {
        /// The attribute's name.
        attribute: &'static str,
        /// The value it must have.
        value: i64,
    },
}

/// What became of a put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Put {
    /// It was written.
    Written,
    /// Its condition failed; the item that is there, if there is one.
    Refused(Option<Item>),
}

/// What became of an addition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// Added; the counter's new value.
    To(i64),
    /// It would have passed the ceiling, so nothing was added; the counter's value (0 where there is none).
    OverCeiling(i64),
}

/// A range of sort keys within a partition, in key order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Range {
    /// Every item of the partition.
    All,
    /// Sort keys that begin so.
    Prefix(String),
    /// Sort keys from the first to the second, both included.
    Between(String, String),
}

/// Which attributes a query answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Projection {
    /// All of them.
    All,
    /// The key and these.
    Only(&'static [&'static str]),
}

/// One page of a query: at most 1 MB as `DynamoDB` counts it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// The items, in key order.
    pub items: Vec<Item>,
    /// Where the next page starts; `None` after the last.
    pub next: Option<Key>,
}

/// Whether the table can take all of these at once (I11): every implementation asks this before it writes the first.
///
/// # Errors
/// As [`Item::check_limits`] for any of them, and [`PortError::Refused`] where two have one key.
pub fn check_items(items: &[Item]) -> Result<()> {
    items.iter().try_for_each(Item::check_limits)?;
    let keys: BTreeSet<&Key> = items.iter().map(|item| &item.key).collect();
    if keys.len() == items.len() {
        return Ok(());
    }
    Err(PortError::Refused { service: "table", source: "two items of one call have one key".into() })
}

/// A table with conditional writes, atomic counters and ordered partitions.
#[async_trait]
pub trait Table: Send + Sync {
    /// Reads one item.
    async fn get(&self, key: &Key, read: Read) -> Result<Option<Item>>;

    /// Reads any number of items, each as [`Table::get`] does and not all at one moment: those that are there, in any order. A key given
    /// twice is one.
    async fn get_many(&self, keys: &[Key], read: Read) -> Result<Vec<Item>>;

    /// Writes one item whole (at most [`model::limits::DYNAMODB_ITEM_BYTES`]), if the condition holds.
    async fn put(&self, item: Item, condition: Condition) -> Result<Put>;

    /// Writes any number of items, each whole, on its own and unconditionally; two under one key are refused. None is written where one
    /// breaks a limit; after any other error some may be written and others not.
    async fn put_many(&self, items: Vec<Item>) -> Result<()>;

    /// Adds to a number attribute, from 0 where there is none, creating the item with `expires_at`; refused, with nothing added, where the sum would
    /// pass `ceiling`.
    async fn add(&self, key: &Key, attribute: &'static str, amount: i64, ceiling: Option<i64>, expires_at: i64) -> Result<Added>;

    /// One page of a partition, from `after` (a [`Page::next`]) on.
    async fn query(&self, partition: &str, range: &Range, projection: Projection, read: Read, after: Option<&Key>) -> Result<Page>;

    /// One page of the sparse index of unsettled work: keys whose items carry `pending = shard`, and nothing else of them. The index lags.
    async fn pending(&self, shard: &str, after: Option<&Key>) -> Result<Page>;

    /// Deletes an item; deleting what is not there is no error.
    async fn delete(&self, key: &Key) -> Result<()>;

    /// Deletes any number of items, each on its own; a key given twice is one. After an error some may be gone and others not.
    async fn delete_many(&self, keys: &[Key]) -> Result<()>;
}
