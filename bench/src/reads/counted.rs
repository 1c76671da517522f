//! A table that counts its calls as `DynamoDB` has them, a batch of more than 100 items as several, and of which all take one tick of a clock
//! that is not real: so that calls side by side are one round trip, and calls that wait for each other are several.

use crate::virtual_time;
use async_trait::async_trait;
use memory::MemoryTable;
use model::limits::DYNAMODB_BATCH_KEYS;
use ports::{Added, Condition, Item, Key, Page, Projection, Put, Range, Read, Result, Table};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

const TICK: Duration = Duration::from_millis(1);

/// The calls of a read.
#[derive(Debug, Clone, Default)]
pub struct Calls {
    /// Calls that read what is counted.
    pub of_numbers: usize,
    /// Calls that tell who asks, and how often it has.
    pub of_access: usize,
    /// Batches among them that the table's limit of items made of one.
    pub further_batches: usize,
    /// The families of which partials were looked for.
    pub families: BTreeSet<String>,
    /// When the first call of numbers began, and when the last one ended, in ticks.
    span: Option<(u128, u128)>,
}

impl Calls {
    /// How often calls of numbers waited for each other.
    pub fn rounds(&self) -> u128 {
        self.span.map_or(0, |(first, last)| last - first)
    }
}

/// The table, counted.
pub struct Counted {
    table: Arc<MemoryTable>,
    calls: Mutex<Calls>,
    is_counting: AtomicBool,
}

impl Counted {
    pub fn new(table: Arc<MemoryTable>) -> Self {
        Self { table, calls: Mutex::default(), is_counting: AtomicBool::new(false) }
    }

    /// Counts the calls of some work, which may wait for nothing else.
    pub fn count<T>(&self, work: impl Future<Output = T>) -> anyhow::Result<(T, Calls)> {
        self.is_counting.store(true, Ordering::Relaxed);
        let done = virtual_time::run(work);
        self.is_counting.store(false, Ordering::Relaxed);
        let calls = std::mem::take(&mut *self.calls.lock().unwrap_or_else(PoisonError::into_inner));
        Ok((done?, calls))
    }

    /// Counts a call of so many items.
    async fn call(&self, partition: &str, items: usize) {
        if !self.is_counting.load(Ordering::Relaxed) {
            return;
        }
        let begun = virtual_time::now().as_millis();
        virtual_time::sleep(TICK).await;
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let is_of_numbers = ["#P#", "#M#", "#R#"].iter().any(|kind| partition.contains(kind));
        if !is_of_numbers {
            calls.of_access += 1;
            return;
        }
        let batches = items.div_ceil(DYNAMODB_BATCH_KEYS);
        calls.of_numbers += batches;
        calls.further_batches += batches - 1;
        calls.families.extend(partition.split_once("#P#").map(|(_, family)| family.to_owned()));
        let (first, last) = calls.span.unwrap_or((begun, begun));
        calls.span = Some((first.min(begun), last.max(begun + TICK.as_millis())));
    }
}

#[async_trait]
impl Table for Counted {
    async fn get(&self, key: &Key, read: Read) -> Result<Option<Item>> {
        self.call(&key.partition, 1).await;
        self.table.get(key, read).await
    }

    async fn get_many(&self, keys: &[Key], read: Read) -> Result<Vec<Item>> {
        if let Some(first) = keys.first() {
            self.call(&first.partition, keys.len()).await;
        }
        self.table.get_many(keys, read).await
    }

    async fn put(&self, item: Item, condition: Condition) -> Result<Put> {
        self.call(&item.key.partition, 1).await;
        self.table.put(item, condition).await
    }

    async fn put_many(&self, items: Vec<Item>) -> Result<()> {
        self.table.put_many(items).await
    }

    async fn add(&self, key: &Key, attribute: &'static str, amount: i64, ceiling: Option<i64>, expires_at: i64) -> Result<Added> {
        self.call(&key.partition, 1).await;
        self.table.add(key, attribute, amount, ceiling, expires_at).await
    }

    async fn query(&self, partition: &str, range: &Range, projection: Projection, read: Read, after: Option<&Key>) -> Result<Page> {
        self.call(partition, 1).await;
        self.table.query(partition, range, projection, read, after).await
    }

    async fn pending(&self, shard: &str, after: Option<&Key>) -> Result<Page> {
        self.table.pending(shard, after).await
    }

    async fn delete(&self, key: &Key) -> Result<()> {
        self.table.delete(key).await
    }

    async fn delete_many(&self, keys: &[Key]) -> Result<()> {
        self.table.delete_many(keys).await
    }
}
