//! The table of a world: every call waits for its turns, batches are carried out in parts, and reads that may be stale are.

use super::site::{Site, of_item, of_shard};
use super::world::World;
use crate::MemoryTable;
use async_trait::async_trait;
use futures::FutureExt;
use ports::{Added, Condition, Item, Key, Page, Projection, Put, Range, Read, Result, Table, check_items};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

/// What an item became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// After how many turns of the world.
    pub turn: u64,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// The item as it is from then on; `None` where it is gone.
    pub item: Option<Arc<Item>>,
}

/// All that the items were, by key, oldest first.
pub type Changes = BTreeMap<Key, Vec<Change>>;

/// Items, and all that they were.
#[derive(Default)]
pub struct Shelf {
    now: MemoryTable,
    past: Mutex<Past>,
}

#[derive(Default)]
struct Past {
    changes: Arc<Changes>,
    /// Every key that was ever in a shard of the index.
    indexed: BTreeMap<String, BTreeSet<Key>>,
}

/// The table as one function reaches it.
pub struct SimulatedTable {
    world: World,
    function: &'static str,
    shelf: Arc<Shelf>,
}

impl Shelf {
    /// All that the items were up to now.
    #[must_use]
    pub fn changes(&self) -> Arc<Changes> {
        self.past().changes.clone()
    }

    /// Everything it holds.
    #[must_use]
    pub fn items(&self) -> Vec<Arc<Item>> {
        self.now.shared()
    }

    fn past(&self) -> MutexGuard<'_, Past> {
        self.past.lock().unwrap()
    }

    fn write<T>(&self, world: &World, key: &Key, write: impl AsyncFnOnce(&MemoryTable) -> Result<T>) -> Result<T> {
        let answer = at_once(write(&self.now))?;
        let item = self.now.shared_item(key);
        let mut past = self.past();
        if let Some(shard) = item.as_ref().and_then(|item| item.text("pending")) {
            past.indexed.entry(shard.to_owned()).or_default().insert(key.clone());
        }
        let changes = Arc::make_mut(&mut past.changes).entry(key.clone()).or_default();
        if changes.last().map(|last| &last.item) != Some(&item) {
            changes.push(Change { turn: world.turns(), at_ms: world.now().as_millis(), item });
        }
        Ok(answer)
    }

    /// These items, each as it was up to so long ago.
    fn stale(&self, world: &World, is_asked: impl Fn(&Key) -> bool, keys: impl IntoIterator<Item = Key>) -> MemoryTable {
        let now = world.now().as_millis();
        let past = self.past();
        let seen = keys.into_iter().filter(is_asked).filter_map(|key| {
            let lag = {
                let mut state = world.state();
                let most = state.weather.lag_ms;
                if most == 0 || state.dice.one_in(2) { 0 } else { i64::try_from(state.dice.below(most + 1)).unwrap_or_default() }
            };
            past.changes.get(&key)?.iter().rev().find(|change| change.at_ms <= now - lag)?.item.clone()
        });
        MemoryTable::of(seen)
    }
}

impl SimulatedTable {
    /// The shelf of a world, as a function of this name reaches it.
    #[must_use]
    pub fn new(world: &World, function: &'static str, shelf: &Arc<Shelf>) -> Self {
        Self { world: world.clone(), function, shelf: Arc::clone(shelf) }
    }

    fn site(&self, operation: &'static str, item: &'static str) -> Site {
        Site { function: self.function, service: "table", operation, item }
    }

    fn cut(&self, mut page: Page) -> Page {
        let most = self.world.state().weather.page_items;
        if page.items.len() > most {
            page.items.truncate(most);
            page.next = page.items.last().map(|last| last.key.clone());
        }
        page
    }
}

#[async_trait]
impl Table for SimulatedTable {
    async fn get(&self, key: &Key, read: Read) -> Result<Option<Item>> {
        let site = self.site("get", of_item(key));
        let get = || match read {
            Read::Strong => at_once(self.shelf.now.get(key, read)),
            Read::Eventual => at_once(self.shelf.stale(&self.world, |_| true, [key.clone()]).get(key, read)),
        };
        self.world.call(site, &key.sort, get).await
    }

    async fn get_many(&self, keys: &[Key], read: Read) -> Result<Vec<Item>> {
        let Some(first) = keys.first() else { return Ok(Vec::new()) };
        let parts: Vec<Key> = keys.iter().collect::<BTreeSet<_>>().into_iter().cloned().collect();
        let get = |key: Key| match read {
            Read::Strong => at_once(self.shelf.now.get(&key, read)),
            Read::Eventual => at_once(self.shelf.stale(&self.world, |_| true, [key.clone()]).get(&key, read)),
        };
        let found = self.world.call_in_parts(self.site("get_many", of_item(first)), &first.sort, parts, get).await?;
        Ok(found.into_iter().flatten().collect())
    }

    async fn put(&self, item: Item, condition: Condition) -> Result<Put> {
        let key = item.key.clone();
        let put = || self.shelf.write(&self.world, &key, async |table: &MemoryTable| table.put(item.clone(), condition.clone()).await);
        self.world.call(self.site("put", of_item(&key)), &key.sort, put).await
    }

    async fn put_many(&self, items: Vec<Item>) -> Result<()> {
        let Some(first) = items.first().map(|item| item.key.clone()) else { return Ok(()) };
        check_items(&items)?;
        let put = |item: Item| {
            let key = item.key.clone();
            self.shelf.write(&self.world, &key, async |table: &MemoryTable| table.put(item, Condition::Always).await)
        };
        self.world.call_in_parts(self.site("put_many", of_item(&first)), &first.sort, items, put).await.map(drop)
    }

    async fn add(&self, key: &Key, attribute: &'static str, amount: i64, ceiling: Option<i64>, expires_at: i64) -> Result<Added> {
        let add =
            || self.shelf.write(&self.world, key, async |table: &MemoryTable| table.add(key, attribute, amount, ceiling, expires_at).await);
        self.world.call(self.site("add", of_item(key)), &key.sort, add).await
    }

    async fn query(&self, partition: &str, range: &Range, projection: Projection, read: Read, after: Option<&Key>) -> Result<Page> {
        let sort = if let Range::Prefix(sort) | Range::Between(sort, _) = range { sort.as_str() } else { "" };
        let query = || match read {
            Read::Strong => at_once(self.shelf.now.query(partition, range, projection, read, after)),
            Read::Eventual => {
                let keys: Vec<Key> = {
                    let past = self.shelf.past();
                    past.changes
                        .range(Key::new(partition, "")..)
                        .map(|(key, _)| key)
                        .take_while(|key| key.partition == partition)
                        .cloned()
                        .collect()
                };
                at_once(self.shelf.stale(&self.world, |_| true, keys).query(partition, range, projection, read, after))
            }
        };
        let site = self.site("query", of_item(&Key::new(partition, sort)));
        self.world.call(site, partition, query).await.map(|page| self.cut(page))
    }

    async fn pending(&self, shard: &str, after: Option<&Key>) -> Result<Page> {
        let pending = || {
            let keys: Vec<Key> = self.shelf.past().indexed.get(shard).into_iter().flatten().cloned().collect();
            at_once(self.shelf.stale(&self.world, |_| true, keys).pending(shard, after))
        };
        self.world.call(self.site("pending", of_shard(shard)), shard, pending).await.map(|page| self.cut(page))
    }

    async fn delete(&self, key: &Key) -> Result<()> {
        let delete = || self.shelf.write(&self.world, key, async |table: &MemoryTable| table.delete(key).await);
        self.world.call(self.site("delete", of_item(key)), &key.sort, delete).await
    }

    async fn delete_many(&self, keys: &[Key]) -> Result<()> {
        let Some(first) = keys.first() else { return Ok(()) };
        let delete = |key: &Key| self.shelf.write(&self.world, key, async |table: &MemoryTable| table.delete(key).await);
        let site = self.site("delete_many", of_item(first));
        self.world.call_in_parts(site, &first.sort, keys.iter().collect(), delete).await.map(drop)
    }
}

/// What a call to a port in memory answers: it never waits.
fn at_once<T>(call: impl Future<Output = Result<T>>) -> Result<T> {
    call.now_or_never().unwrap()
}
