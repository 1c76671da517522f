//! The distinct labels of one dimension, each with a code: texts one after the other in one allocation, found again by a hash index that is
//! built only when something is looked up.

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use std::hash::BuildHasher;

/// Labels by code.
#[derive(Debug, Clone, Default)]
pub struct Labels {
    text: String,
    ends: Vec<u32>,
    /// Codes by label, of the first `indexed` labels.
    index: HashTable<u32>,
    indexed: usize,
}

impl Labels {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The label of this code; empty where there is none.
    pub fn get(&self, code: u32) -> &str {
        label(&self.text, &self.ends, code)
    }

    /// All labels in order of their codes.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..).take(self.len()).map(|code| self.get(code))
    }

    /// Adds a label that is not there yet.
    pub fn push(&mut self, text: &str) -> u32 {
        let code = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        self.text.push_str(text);
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        code
    }

    /// The code of a label, among those that the index knows.
    pub fn find(&self, text: &str) -> Option<u32> {
        self.index.find(hash(text), |code| label(&self.text, &self.ends, *code) == text).copied()
    }

    /// The code of a label, which is added where it is new.
    pub fn intern(&mut self, text: &str) -> u32 {
        self.catch_up();
        let hash = hash(text);
        if let Some(code) = self.index.find(hash, |code| label(&self.text, &self.ends, *code) == text) {
            return *code;
        }
        let code = self.push(text);
        self.index.insert_unique(hash, code, |code| self::hash(label(&self.text, &self.ends, *code)));
        self.indexed += 1;
        code
    }

    /// How many bytes of memory they take, about.
    pub fn memory_bytes(&self) -> usize {
        self.text.len() + (self.ends.len() + self.indexed) * size_of::<u32>()
    }

    /// Brings the index up to what was pushed.
    pub fn catch_up(&mut self) {
        let Self { text, ends, index, indexed } = self;
        if ends.len() > *indexed + 1 {
            index.reserve(ends.len() - *indexed, |code| hash(label(text, ends, *code)));
        }
        while *indexed < ends.len() {
            let code = u32::try_from(*indexed).unwrap_or(u32::MAX);
            let rehash = |code: &u32| hash(label(text, ends, *code));
            index.insert_unique(rehash(&code), code, rehash);
            *indexed += 1;
        }
    }
}

fn label<'a>(text: &'a str, ends: &[u32], code: u32) -> &'a str {
    let code = code as usize;
    let start = code.checked_sub(1).map_or(0, |before| ends.get(before).copied().unwrap_or_default());
    let end = ends.get(code).copied().unwrap_or(start);
    text.get(start as usize..end as usize).unwrap_or_default()
}

fn hash(text: &str) -> u64 {
    FixedState::default().hash_one(text)
}
