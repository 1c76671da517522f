//! What was read of rollups, kept in memory for who asks again. A part of a rollup is written once and never changed, under the name of its
//! attempt, and manifests are read each time: so what is kept is current as long as its name is asked for, and nobody asks for what was
//! superseded. Dashboards ask the same every few seconds; of thirty days all but the last hours is then in memory, already merged.

use cube::query::Prepared;
use quick_cache::Weighter;
use quick_cache::unsync;
use std::sync::{Arc, Mutex, PoisonError};

/// What an entry takes beside its name and state.
const ENTRY_BYTES: usize = 128;
/// How large states are, about; it says for how many a table is made.
const TYPICAL_BYTES: usize = 16 * 1024;

/// States that were read, up to so many bytes of memory; those that nobody has asked for of late go first. Copies share what they keep.
#[derive(Clone)]
pub struct Cache(Arc<Mutex<unsync::Cache<String, Arc<Prepared>, Bytes>>>);

#[derive(Clone)]
struct Bytes;

impl Weighter<String, Arc<Prepared>> for Bytes {
    fn weight(&self, name: &String, state: &Arc<Prepared>) -> u64 {
        (ENTRY_BYTES + name.len() + state.memory_bytes()) as u64
    }
}

impl Cache {
    /// Keeps up to so many bytes.
    #[must_use]
    pub fn of_bytes(bytes: usize) -> Self {
        Self(Arc::new(Mutex::new(unsync::Cache::with_weighter(bytes.div_ceil(TYPICAL_BYTES), bytes as u64, Bytes))))
    }

    pub(crate) fn get(&self, name: &str) -> Option<Arc<Prepared>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    pub(crate) fn insert(&self, name: String, state: Arc<Prepared>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name, state);
    }
}
