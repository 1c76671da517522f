//! What was read of rollups, kept in memory for who asks again. A part of a rollup is written once and never changed, under the name of its
//! attempt, and manifests are read each time: so what is kept is current as long as its name is asked for, and nobody asks for what was
//! superseded. Dashboards ask the same every few seconds; of thirty days all but the last hours is then in memory, already merged.
//!
//! Of the manifests of days what they say is kept, too, each beside the item that says it: one that is read again is the same, or is opened
//! anew.

use cube::query::Prepared;
use model::Day;
use ports::{Item, Key};
use quick_cache::Weighter;
use quick_cache::unsync;
use rollups::{Anew, DayOutline, ManifestError, Outlines, Owner};
use std::sync::{Arc, Mutex, PoisonError};

/// What an entry takes beside its name and state.
const ENTRY_BYTES: usize = 128;
/// How large states are, about; it says for how many a table is made.
const TYPICAL_BYTES: usize = 16 * 1024;
/// How large outlines are, about, with all their hours open, and for which part of the memory there may be some.
const OUTLINE_BYTES: usize = 16 * 1024;
const OF_OUTLINES: usize = 8;

/// States and outlines that were read, up to so many bytes of memory; those that nobody has asked for of late go first. Copies share what
/// they keep.
#[derive(Clone)]
pub struct Cache(Arc<Mutex<Kept>>);

struct Kept {
    states: unsync::Cache<String, Arc<Prepared>, Bytes>,
    outlines: unsync::Cache<Key, (Item, Arc<DayOutline>)>,
}

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
        let of_outlines = bytes / OF_OUTLINES;
        let of_states = bytes - of_outlines;
        let states = unsync::Cache::with_weighter(of_states.div_ceil(TYPICAL_BYTES), of_states as u64, Bytes);
        Self(Arc::new(Mutex::new(Kept { states, outlines: unsync::Cache::new(of_outlines / OUTLINE_BYTES) })))
    }

    pub(crate) fn get(&self, name: &str) -> Option<Arc<Prepared>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).states.get(name).cloned()
    }

    pub(crate) fn insert(&self, name: String, state: Arc<Prepared>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).states.insert(name, state);
    }
}

impl Outlines for Cache {
    fn outline(&self, owner: &Owner, day: Day, item: &Item) -> Result<Arc<DayOutline>, ManifestError> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((same, outline)) = kept.outlines.get(&item.key)
            && same == item
        {
            return Ok(Arc::clone(outline));
        }
        let outline = Anew.outline(owner, day, item)?;
        kept.outlines.insert(item.key.clone(), (item.clone(), Arc::clone(&outline)));
        Ok(outline)
    }
}
