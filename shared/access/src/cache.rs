//! What a warm function remembers, for a while and up to a size.

use model::Timestamp;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

/// How long it is remembered that something is not there: short, so that a new key works soon, and long enough to spare the table a
/// client that keeps trying.
const ABSENCE_SECONDS: u32 = 10;

/// What a cache knows of a key.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Belief<V> {
    /// Its value.
    Present(V),
    /// That there is none.
    Absent,
    /// Nothing.
    Unknown,
}

/// Values by key, each believed until its time.
pub(crate) struct Cache<K, V> {
    seconds: u32,
    capacity: usize,
    /// Apart from each other, so that a flood of unknown keys does not push out the known ones.
    present: Mutex<HashMap<K, (Timestamp, V)>>,
    absent: Mutex<HashMap<K, (Timestamp, ())>>,
}

impl<K: Hash + Eq + Clone, V: Clone> Cache<K, V> {
    pub(crate) fn new(seconds: u32, capacity: usize) -> Self {
        Self { seconds, capacity, present: Mutex::default(), absent: Mutex::default() }
    }

    /// What is believed of a key.
    pub(crate) fn get(&self, key: &K, now: Timestamp) -> Belief<V> {
        if let Some(value) = fresh(&self.present, key, now) {
            return Belief::Present(value);
        }
        fresh(&self.absent, key, now).map_or(Belief::Unknown, |()| Belief::Absent)
    }

    /// What is believed of a key, or else what `read` finds, which is remembered.
    pub(crate) async fn get_or_read<E>(
        &self,
        key: &K,
        now: Timestamp,
        read: impl Future<Output = Result<Option<V>, E>>,
    ) -> Result<Option<V>, E> {
        match self.get(key, now) {
            Belief::Present(value) => Ok(Some(value)),
            Belief::Absent => Ok(None),
            Belief::Unknown => {
                let found = read.await?;
                self.put(key.clone(), found.clone(), now);
                Ok(found)
            }
        }
    }

    /// Remembers what was read, at that moment.
    pub(crate) fn put(&self, key: K, value: Option<V>, now: Timestamp) {
        match value {
            Some(value) => self.insert(&self.present, key, (until(now, self.seconds), value), now),
            None => self.insert(&self.absent, key, (until(now, self.seconds.min(ABSENCE_SECONDS)), ()), now),
        }
    }

    fn insert<T>(&self, entries: &Mutex<HashMap<K, (Timestamp, T)>>, key: K, entry: (Timestamp, T), now: Timestamp) {
        let mut entries = entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= self.capacity && !entries.contains_key(&key) {
            entries.retain(|_, (until, _)| *until > now);
            let surplus: Vec<K> = entries.keys().take((entries.len() + 1).saturating_sub(self.capacity)).cloned().collect();
            for key in surplus {
                entries.remove(&key);
            }
        }
        entries.insert(key, entry);
    }
}

fn fresh<K: Hash + Eq, T: Clone>(entries: &Mutex<HashMap<K, (Timestamp, T)>>, key: &K, now: Timestamp) -> Option<T> {
    let entries = entries.lock().unwrap_or_else(PoisonError::into_inner);
    entries.get(key).filter(|(until, _)| *until > now).map(|(_, value)| value.clone())
}

fn until(now: Timestamp, seconds: u32) -> Timestamp {
    now.plus_millis(i64::from(seconds) * 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    #[test]
    fn a_value_is_believed_until_its_time_and_an_absence_less_long() {
        let cache = Cache::new(60, 10);
        cache.put("there", Some(1), at(0));
        cache.put("not there", None, at(0));
        assert_eq!(cache.get(&"there", at(59)), Belief::Present(1));
        assert_eq!(cache.get(&"there", at(60)), Belief::Unknown);
        assert_eq!(cache.get(&"not there", at(9)), Belief::Absent);
        assert_eq!(cache.get(&"not there", at(10)), Belief::Unknown);
        assert_eq!(cache.get(&"never asked", at(0)), Belief::Unknown);
    }

    #[test]
    fn a_flood_neither_grows_it_nor_pushes_out_what_is_known() {
        let cache = Cache::new(60, 10);
        cache.put(-1, Some(1), at(0));
        for key in 0..1000 {
            cache.put(key, None, at(1));
        }
        assert_eq!(cache.get(&-1, at(1)), Belief::Present(1));
        assert_eq!(cache.absent.lock().unwrap().len(), 10);
    }

    #[test]
    fn nothing_is_remembered_for_no_seconds() {
        let cache = Cache::new(0, 10);
        cache.put("key", Some(1), at(0));
        assert_eq!(cache.get(&"key", at(0)), Belief::Unknown);
    }
}
