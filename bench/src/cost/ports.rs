//! The ports in memory, with a meter: each call is counted as AWS bills it, and takes the time that AWS takes, on a clock that is not real.

use super::meter::{Meter, Spender};
use super::price::Part;
use crate::virtual_time::sleep;
use async_trait::async_trait;
use bytes::Bytes;
use memory::{MemoryBucket, MemoryQueue, MemoryTable};
use model::limits::{DYNAMODB_BATCH_ITEMS, DYNAMODB_BATCH_KEYS, DYNAMODB_PAGE_BYTES, SQS_BATCH_MESSAGES, SQS_BILLED_BYTES};
use ports::{
    Added, Bucket, Condition, Depth, Item, Key, ObjectInfo, Page, Projection, Put, Queue, Range, Read, Received, Result, Table, Uploads,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A write unit is 1 KB of an item, a read unit 4 KB: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html>
const WRITE_UNIT: usize = 1024;
const READ_UNIT: usize = 4096;

/// How long calls take, within the region: assumptions, said on the page.
pub mod latency {
    use std::time::Duration;

    /// One item: "single-digit millisecond performance" <https://aws.amazon.com/dynamodb/>.
    pub const ITEM: Duration = Duration::from_millis(5);
    /// A query, or a batch of items.
    pub const ITEMS: Duration = Duration::from_millis(10);
    /// A small object: "roughly 100-200 milliseconds"
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html>; less in practice.
    pub const OBJECT: Duration = Duration::from_millis(100);
    /// A message: "tens to low hundreds of milliseconds" end to end; a send alone is at the lower end
    /// <https://aws.amazon.com/sqs/faqs/>.
    pub const MESSAGE: Duration = Duration::from_millis(15);
}

/// What is billed of a stored item: its size, and the index that holds its key.
#[derive(Debug, Clone, Default, PartialEq)]
struct Stored {
    bytes: usize,
    shard: Option<String>,
}

/// The table, and what of it is billed: shared by all functions.
#[derive(Default)]
pub struct Items {
    table: MemoryTable,
    billed: Mutex<Billed>,
}

#[derive(Default)]
struct Billed {
    stored: HashMap<Key, Stored>,
    /// The index, so that a look at it does not go through all items.
    index: BTreeMap<String, BTreeSet<Key>>,
}

impl Items {
    fn billed(&self) -> MutexGuard<'_, Billed> {
        self.billed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The bytes of all items, with the 100 that `DynamoDB` adds to each:
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>
    pub fn bytes(&self) -> usize {
        self.billed().stored.values().map(|stored| stored.bytes + 100).sum()
    }

    /// How many items of each shard wait for work.
    pub fn waiting(&self) -> BTreeMap<String, usize> {
        let counts = self.billed().index.iter().map(|(shard, keys)| (shard.clone(), keys.len())).collect::<BTreeMap<_, _>>();
        counts.into_iter().filter(|(_, count)| *count > 0).collect()
    }

    /// What was under a key, and what is there from now on.
    fn replace(&self, key: &Key, item: Option<&Item>) -> (Stored, Stored) {
        let now = item.map(|item| Stored { bytes: item.size_bytes(), shard: item.text("pending").map(str::to_owned) });
        let mut billed = self.billed();
        let before = match now.clone() {
            Some(now) => billed.stored.insert(key.clone(), now),
            None => billed.stored.remove(key),
        };
        let (before, now) = (before.unwrap_or_default(), now.unwrap_or_default());
        if before.shard != now.shard {
            before.shard.iter().for_each(|shard| _ = billed.index.get_mut(shard).map(|keys| keys.remove(key)));
            now.shard.iter().for_each(|shard| _ = billed.index.entry(shard.clone()).or_default().insert(key.clone()));
        }
        (before, now)
    }

    /// A page of the index, as [`MemoryTable`] would answer it after looking at every item.
    fn pending(&self, shard: &str, after: Option<&Key>) -> (Page, usize) {
        let billed = self.billed();
        let mut page = Page::default();
        let mut bytes = 0;
        for key in billed.index.get(shard).into_iter().flatten().filter(|key| after.is_none_or(|after| *key > after)) {
            bytes += key.size_bytes() + "pending".len() + shard.len();
            if bytes > DYNAMODB_PAGE_BYTES && !page.items.is_empty() {
                page.next = page.items.last().map(|last| last.key.clone());
                break;
            }
            page.items.push(Item::new(key.clone()));
        }
        (page, bytes)
    }
}

/// The table of one function.
pub struct MeteredTable {
    pub items: Arc<Items>,
    pub meter: Arc<Meter>,
    pub spender: Spender,
}

#[expect(clippy::cast_precision_loss, reason = "sizes and counts of a run")]
impl MeteredTable {
    /// A write is billed by the larger of what was there and what is; the index, which holds keys only, by the entries that come and go.
    fn wrote(&self, key: &Key, item: Option<&Item>) {
        let (before, now) = self.items.replace(key, item);
        let units = before.bytes.max(now.bytes).div_ceil(WRITE_UNIT).max(1);
        let entries = match (&before.shard, &now.shard) {
            (a, b) if a == b => 0,
            (Some(_), Some(_)) => 2,
            _ => 1,
        };
        let what = what(key, item.is_none());
        self.meter.add((self.spender, Part::Writes, what), units as f64);
        self.meter.add((self.spender, Part::Writes, "index of what waits"), f64::from(entries));
    }

    /// A read that is not strongly consistent is half a unit.
    fn read(&self, what: &'static str, bytes: usize, read: Read) {
        let units = bytes.div_ceil(READ_UNIT).max(1) as f64;
        self.meter.add((self.spender, Part::Reads, what), if read == Read::Strong { units } else { units / 2.0 });
    }
}

/// What kind of item a key is of, and whether it was deleted.
fn what(key: &Key, deleted: bool) -> &'static str {
    let kind = key.partition.strip_prefix("T#").and_then(|rest| rest.split_once('#')).map_or("", |(_, kind)| kind);
    match (kind.split('#').next().unwrap_or_default(), deleted) {
        ("P", false) => "partials",
        ("P", true) => "partials deleted",
        ("M", _) => "manifests",
        ("R", false) => "rollups",
        ("R", true) => "rollups deleted",
        ("B", _) => "buffers of projects",
        ("I", _) => "claims",
        ("C", _) => "configuration",
        _ if key.partition.starts_with("L#") => "limits",
        _ => "keys and others",
    }
}

#[async_trait]
impl Table for MeteredTable {
    async fn get(&self, key: &Key, read: Read) -> Result<Option<Item>> {
        sleep(latency::ITEM).await;
        let item = self.items.table.get(key, read).await?;
        self.read(what(key, false), item.as_ref().map_or(0, Item::size_bytes), read);
        Ok(item)
    }

    async fn get_many(&self, keys: &[Key], read: Read) -> Result<Vec<Item>> {
        let requests = keys.len().div_ceil(DYNAMODB_BATCH_KEYS);
        sleep(latency::ITEMS * u32::try_from(requests).unwrap_or(u32::MAX)).await;
        let items = self.items.table.get_many(keys, read).await?;
        for item in &items {
            self.read(what(&item.key, false), item.size_bytes(), read);
        }
        keys.iter().skip(items.len()).for_each(|key| self.read(what(key, false), 0, read));
        Ok(items)
    }

    async fn put(&self, item: Item, condition: Condition) -> Result<Put> {
        sleep(latency::ITEM).await;
        let copy = item.clone();
        let put = self.items.table.put(item, condition).await?;
        match &put {
            Put::Written => self.wrote(&copy.key, Some(&copy)),
            Put::Refused(there) => self.wrote(&copy.key, there.as_ref()),
        }
        Ok(put)
    }

    async fn put_many(&self, items: Vec<Item>) -> Result<()> {
        let requests = items.len().div_ceil(DYNAMODB_BATCH_ITEMS);
        sleep(latency::ITEMS * u32::try_from(requests).unwrap_or(u32::MAX)).await;
        self.items.table.put_many(items.clone()).await?;
        for item in &items {
            self.wrote(&item.key, Some(item));
        }
        Ok(())
    }

    async fn add(&self, key: &Key, attribute: &'static str, amount: i64, ceiling: Option<i64>, expires_at: i64) -> Result<Added> {
        sleep(latency::ITEM).await;
        let added = self.items.table.add(key, attribute, amount, ceiling, expires_at).await?;
        let item = self.items.table.get(key, Read::Strong).await?;
        self.wrote(key, item.as_ref());
        Ok(added)
    }

    async fn query(&self, partition: &str, range: &Range, projection: Projection, read: Read, after: Option<&Key>) -> Result<Page> {
        sleep(latency::ITEMS).await;
        let mut page = self.items.table.query(partition, range, Projection::All, read, after).await?;
        self.read(what(&Key::new(partition, ""), false), page.items.iter().map(Item::size_bytes).sum(), read);
        if let Projection::Only(names) = projection {
            page.items.iter_mut().for_each(|item| item.attributes.retain(|name, _| names.contains(&name.as_str())));
        }
        Ok(page)
    }

    async fn pending(&self, shard: &str, after: Option<&Key>) -> Result<Page> {
        sleep(latency::ITEMS).await;
        let (page, bytes) = self.items.pending(shard, after);
        self.read("index of what waits", bytes, Read::Eventual);
        Ok(page)
    }

    async fn delete(&self, key: &Key) -> Result<()> {
        sleep(latency::ITEM).await;
        self.items.table.delete(key).await?;
        self.wrote(key, None);
        Ok(())
    }

    async fn delete_many(&self, keys: &[Key]) -> Result<()> {
        let requests = keys.len().div_ceil(DYNAMODB_BATCH_ITEMS);
        sleep(latency::ITEMS * u32::try_from(requests).unwrap_or(u32::MAX)).await;
        for key in keys.iter().collect::<BTreeSet<_>>() {
            self.items.table.delete(key).await?;
            self.wrote(key, None);
        }
        Ok(())
    }
}

/// The bucket of one function.
pub struct MeteredBucket {
    pub objects: Arc<MemoryBucket>,
    pub meter: Arc<Meter>,
    pub spender: Spender,
}

fn object_kind(key: &str) -> &'static str {
    match key.split('/').next() {
        Some("incoming") => "segments",
        Some("log") => "the log",
        Some("archive") => "archives",
        _ => "other objects",
    }
}

#[async_trait]
impl Bucket for MeteredBucket {
    async fn put(&self, key: &str, content_type: &str, body: Bytes) -> Result<()> {
        sleep(latency::OBJECT).await;
        self.meter.add((self.spender, Part::Puts, object_kind(key)), 1.0);
        self.objects.put(key, content_type, body).await
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        sleep(latency::OBJECT).await;
        self.meter.add((self.spender, Part::Gets, object_kind(key)), 1.0);
        self.objects.get(key).await
    }

    async fn get_range(&self, key: &str, range: std::ops::Range<u64>) -> Result<Option<Bytes>> {
        sleep(latency::OBJECT).await;
        self.meter.add((self.spender, Part::Gets, object_kind(key)), 1.0);
        self.objects.get_range(key, range).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<ObjectInfo>> {
        sleep(latency::OBJECT).await;
        let found = self.objects.list(prefix).await?;
        #[expect(clippy::cast_precision_loss, reason = "pages of a thousand")]
        self.meter.add((self.spender, Part::Puts, object_kind(prefix)), found.len().div_ceil(1000).max(1) as f64);
        Ok(found)
    }

    async fn delete(&self, key: &str) -> Result<()> {
        // Deletes are free.
        sleep(latency::OBJECT).await;
        self.objects.delete(key).await
    }
}

#[async_trait]
impl Uploads for MeteredBucket {
    async fn begin(&self, key: &str, content_type: &str) -> Result<String> {
        sleep(latency::OBJECT).await;
        self.meter.add((self.spender, Part::Puts, object_kind(key)), 1.0);
        self.objects.begin(key, content_type).await
    }

    async fn part(&self, key: &str, upload: &str, part: (i32, Bytes)) -> Result<String> {
        sleep(latency::OBJECT).await;
        self.meter.add((self.spender, Part::Puts, object_kind(key)), 1.0);
        self.objects.part(key, upload, part).await
    }

    async fn complete(&self, key: &str, upload: &str, parts: &[String]) -> Result<()> {
        sleep(latency::OBJECT).await;
        self.meter.add((self.spender, Part::Puts, object_kind(key)), 1.0);
        self.objects.complete(key, upload, parts).await
    }

    async fn abort(&self, key: &str, upload: &str) -> Result<()> {
        sleep(latency::OBJECT).await;
        self.objects.abort(key, upload).await
    }
}

/// A queue, as one function sends to it.
pub struct MeteredQueue {
    pub queue: Arc<MemoryQueue>,
    pub meter: Arc<Meter>,
    pub spender: Spender,
}

/// The requests that are billed for so many bytes in one.
#[expect(clippy::cast_precision_loss, reason = "a few")]
pub fn billed(bytes: usize) -> f64 {
    bytes.div_ceil(SQS_BILLED_BYTES).max(1) as f64
}

#[async_trait]
impl Queue for MeteredQueue {
    async fn send(&self, bodies: &[String]) -> Result<Vec<bool>> {
        sleep(latency::MESSAGE).await;
        for batch in bodies.chunks(SQS_BATCH_MESSAGES) {
            self.meter.add((self.spender, Part::Queue, "messages sent"), billed(batch.iter().map(String::len).sum()));
        }
        self.queue.send(bodies).await
    }

    async fn send_later(&self, body: &str, seconds: u32) -> Result<()> {
        sleep(latency::MESSAGE).await;
        self.meter.add((self.spender, Part::Queue, "messages sent"), billed(body.len()));
        self.queue.send_later(body, seconds).await
    }

    async fn receive(&self, most: usize) -> Result<Vec<Received>> {
        self.queue.receive(most).await
    }

    async fn delete(&self, handle: &str) -> Result<()> {
        self.queue.delete(handle).await
    }

    async fn depth(&self) -> Result<Depth> {
        self.meter.add((self.spender, Part::Queue, "depth asked"), 1.0);
        self.queue.depth().await
    }
}
