//! The table in memory, with `DynamoDB`'s limits: item and key sizes, pages of 1 MB counted before the projection, an index of keys only.

use crate::faults::{Faults, Place};
use async_trait::async_trait;
use model::limits::DYNAMODB_PAGE_BYTES;
use ports::{Added, Condition, Item, Key, Page, PortError, Projection, Put, Range, Read, Result, Table, Value, check_items};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

/// Shared with what a world remembers of them.
type Items = BTreeMap<Key, Arc<Item>>;

/// Items in memory.
#[derive(Default)]
pub struct MemoryTable {
    items: Mutex<Items>,
    faults: Faults,
}

impl MemoryTable {
    /// An empty table that works.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty table that fails as these say.
    #[must_use]
    pub fn with_faults(faults: &Faults) -> Self {
        Self { faults: faults.clone(), ..Self::default() }
    }

    /// A table that works and holds these.
    #[must_use]
    pub fn of<T: Into<Arc<Item>>>(items: impl IntoIterator<Item = T>) -> Self {
        let items = items.into_iter().map(Into::into).map(|item| (item.key.clone(), item)).collect();
        Self { items: Mutex::new(items), ..Self::default() }
    }

    /// Everything it holds, by key, whatever the faults.
    #[must_use]
    pub fn items(&self) -> Vec<Item> {
        self.shared().iter().map(|item| Item::clone(item)).collect()
    }

    /// Everything it holds, by key, without a copy of any of it.
    #[must_use]
    pub fn shared(&self) -> Vec<Arc<Item>> {
        self.items.lock().unwrap().values().cloned().collect()
    }

    /// The item as it is, whatever the faults, without a copy of it.
    #[must_use]
    pub fn shared_item(&self, key: &Key) -> Option<Arc<Item>> {
        self.items.lock().unwrap().get(key).cloned()
    }

    fn call<T>(&self, operation: &'static str, key: &Key, carry_out: impl FnOnce(&mut Items) -> Result<T>) -> Result<T> {
        let key = format!("{} / {}", key.partition, key.sort);
        self.faults.around(Place { service: "table", operation, key: &key }, || carry_out(&mut self.items.lock().unwrap()))
    }
}

#[async_trait]
impl Table for MemoryTable {
    async fn get(&self, key: &Key, _read: Read) -> Result<Option<Item>> {
        self.call("get", key, |items| Ok(items.get(key).map(|item| Item::clone(item))))
    }

    async fn get_many(&self, keys: &[Key], _read: Read) -> Result<Vec<Item>> {
        let Some(first) = keys.first() else { return Ok(Vec::new()) };
        self.call("get_many", first, |items| {
            let keys: BTreeSet<&Key> = keys.iter().collect();
            Ok(keys.into_iter().filter_map(|key| items.get(key)).map(|item| Item::clone(item)).collect())
        })
    }

    async fn put(&self, item: Item, condition: Condition) -> Result<Put> {
        let key = item.key.clone();
        self.call("put", &key, |items| {
            item.check_limits()?;
            check_keys(&item)?;
            let there = items.get(&item.key).map(|there| &**there);
            let holds = match condition {
                Condition::Always => true,
                Condition::Absent => there.is_none(),
                Condition::NumberIs { attribute, value } => there.is_some_and(|there| there.number(attribute) == Some(value)),
            };
            if !holds {
                return Ok(Put::Refused(there.cloned()));
            }
            items.insert(item.key.clone(), Arc::new(item));
            Ok(Put::Written)
        })
    }

    async fn put_many(&self, new: Vec<Item>) -> Result<()> {
        let Some(first) = new.first().map(|item| item.key.clone()) else { return Ok(()) };
        self.call("put_many", &first, |items| {
            check_items(&new)?;
            new.iter().try_for_each(check_keys)?;
            items.extend(new.into_iter().map(|item| (item.key.clone(), Arc::new(item))));
            Ok(())
        })
    }

    async fn add(&self, key: &Key, attribute: &'static str, amount: i64, ceiling: Option<i64>, expires_at: i64) -> Result<Added> {
        self.call("add", key, |items| {
            key.check_limits()?;
            let now = match items.get(key).and_then(|item| item.attributes.get(attribute)) {
                None => 0,
                Some(Value::Number(number)) => *number,
                Some(_) => return Err(refused("adding to what is not a number")),
            };
            let sum = now.checked_add(amount).ok_or_else(|| refused("the number is too large"))?;
            if ceiling.is_some_and(|ceiling| sum > ceiling) {
                return Ok(Added::OverCeiling(now));
            }
            let item = Arc::make_mut(items.entry(key.clone()).or_insert_with(|| Arc::new(Item::new(key.clone()))));
            item.attributes.insert(attribute.to_owned(), Value::Number(sum));
            item.attributes.insert("expires_at".to_owned(), Value::Number(expires_at));
            check_keys(item)?;
            Ok(Added::To(sum))
        })
    }

    async fn query(&self, partition: &str, range: &Range, projection: Projection, _read: Read, after: Option<&Key>) -> Result<Page> {
        let within = |sort: &str| match range {
            Range::All => true,
            Range::Prefix(prefix) => sort.starts_with(prefix.as_str()),
            Range::Between(first, last) => first.as_str() <= sort && sort <= last.as_str(),
        };
        self.call("query", &Key::new(partition, ""), |items| {
            if matches!(range, Range::Between(first, last) if first > last) {
                return Err(refused("the range ends before it begins"));
            }
            let of_partition =
                items.range(Key::new(partition, "")..).map(|(_, item)| &**item).take_while(|item| item.key.partition == partition);
            let found = of_partition.filter(|item| within(&item.key.sort));
            let later = found.filter(|item| after.is_none_or(|after| item.key > *after));
            Ok(page(later, Item::size_bytes, |item| project(item, projection)))
        })
    }

    async fn pending(&self, shard: &str, after: Option<&Key>) -> Result<Page> {
        self.call("pending", &Key::new(shard, ""), |items| {
            let found = items.values().map(|item| &**item).filter(|item| item.text("pending") == Some(shard));
            let later = found.filter(|item| after.is_none_or(|after| item.key > *after));
            let size = |item: &Item| item.key.size_bytes() + "pending".len() + shard.len();
            Ok(page(later, size, |item| Item::new(item.key.clone())))
        })
    }

    async fn delete(&self, key: &Key) -> Result<()> {
        self.call("delete", key, |items| {
            items.remove(key);
            Ok(())
        })
    }

    async fn delete_many(&self, keys: &[Key]) -> Result<()> {
        let Some(first) = keys.first() else { return Ok(()) };
        self.call("delete_many", first, |items| {
            for key in keys {
                items.remove(key);
            }
            Ok(())
        })
    }
}

fn page<'a>(found: impl Iterator<Item = &'a Item>, size: impl Fn(&Item) -> usize, read: impl Fn(&Item) -> Item) -> Page {
    let mut page = Page::default();
    let mut bytes = 0;
    for item in found {
        bytes += size(item);
        if bytes > DYNAMODB_PAGE_BYTES && !page.items.is_empty() {
            page.next = page.items.last().map(|last| last.key.clone());
            break;
        }
        page.items.push(read(item));
    }
    page
}

fn project(item: &Item, projection: Projection) -> Item {
    let Projection::Only(names) = projection else { return item.clone() };
    let asked = item.attributes.iter().filter(|(name, _)| names.contains(&name.as_str()));
    Item { key: item.key.clone(), attributes: asked.map(|(name, value)| (name.clone(), value.clone())).collect() }
}

/// Keys, the index's too, are not empty; and what the key says is not said again.
fn check_keys(item: &Item) -> Result<()> {
    if item.key.partition.is_empty() || item.key.sort.is_empty() || item.text("pending") == Some("") {
        return Err(refused("a key is empty"));
    }
    if item.attributes.contains_key("pk") || item.attributes.contains_key("sk") {
        return Err(refused("an attribute has the name of a part of the key"));
    }
    Ok(())
}

fn refused(why: &'static str) -> PortError {
    PortError::Refused { service: "table", source: why.into() }
}
