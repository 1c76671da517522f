//! A table that lets somebody else work just before one of its calls.

use async_trait::async_trait;
use memory::MemoryTable;
use model::TenantId;
use ports::{Added, Condition, Item, Key, Page, Projection, Put, Range, Read, Result, Table};
use records::price::{self, Price};
use settle::{Settler, Work};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

pub struct Interrupted {
    pub table: Arc<MemoryTable>,
    /// How many calls come before the interruption.
    pub calls: AtomicI64,
    pub other: Settler,
    /// What is set before the other works.
    pub price: Option<Price>,
    pub work: Work,
}

impl Interrupted {
    fn other_tenant(&self) -> TenantId {
        match &self.work {
            Work::Settle { tenant, .. }
            | Work::Sweep { tenant, .. }
            | Work::Month { tenant, .. }
            | Work::Lifetime { tenant, .. }
            | Work::Clear { tenant, .. } => tenant.clone(),
        }
    }

    async fn table(&self) -> &MemoryTable {
        if self.calls.fetch_sub(1, Ordering::SeqCst) == 0 {
            if let Some(price) = &self.price {
                price::set(&*self.table, &self.other_tenant(), price).await.unwrap();
            }
            self.other.run(&self.work).await.unwrap();
        }
        &self.table
    }
}

#[async_trait]
impl Table for Interrupted {
    async fn get(&self, key: &Key, read: Read) -> Result<Option<Item>> {
        self.table().await.get(key, read).await
    }

    async fn get_many(&self, keys: &[Key], read: Read) -> Result<Vec<Item>> {
        self.table().await.get_many(keys, read).await
    }

    async fn put(&self, item: Item, condition: Condition) -> Result<Put> {
        self.table().await.put(item, condition).await
    }

    async fn put_many(&self, items: Vec<Item>) -> Result<()> {
        self.table().await.put_many(items).await
    }

    async fn add(&self, key: &Key, attribute: &'static str, amount: i64, ceiling: Option<i64>, expires_at: i64) -> Result<Added> {
        self.table().await.add(key, attribute, amount, ceiling, expires_at).await
    }

    async fn query(&self, partition: &str, range: &Range, projection: Projection, read: Read, after: Option<&Key>) -> Result<Page> {
        self.table().await.query(partition, range, projection, read, after).await
    }

    async fn pending(&self, shard: &str, after: Option<&Key>) -> Result<Page> {
        self.table().await.pending(shard, after).await
    }

    async fn delete(&self, key: &Key) -> Result<()> {
        self.table().await.delete(key).await
    }

    async fn delete_many(&self, keys: &[Key]) -> Result<()> {
        self.table().await.delete_many(keys).await
    }
}
