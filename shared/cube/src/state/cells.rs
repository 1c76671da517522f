//! Which combinations of labels a state has, as a table of codes: a row is a cell.

use super::labels::Labels;
use foldhash::fast::FixedState;
use hashbrown::HashTable;
use std::hash::BuildHasher;

/// The cells of a state: for each, a label of each dimension.
#[derive(Debug, Clone)]
pub struct Cells {
    /// The labels of each dimension.
    pub labels: Vec<Labels>,
    /// The codes of the first cell's labels, then the second's.
    codes: Vec<u32>,
    count: usize,
    /// Cells by their codes, of the first `indexed` cells.
    index: HashTable<u32>,
    indexed: usize,
}

impl Cells {
    /// No cells, of so many dimensions.
    pub fn new(dimensions: usize) -> Self {
        Self { labels: vec![Labels::default(); dimensions], codes: Vec::new(), count: 0, index: HashTable::new(), indexed: 0 }
    }

    /// The same labels, and no cells.
    pub fn without_rows(&self) -> Self {
        Self { labels: self.labels.clone(), ..Self::new(self.labels.len()) }
    }

    /// How many cells there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// The codes of a cell.
    pub fn codes(&self, cell: usize) -> &[u32] {
        let width = self.labels.len();
        &self.codes[cell * width..(cell + 1) * width]
    }

    /// A cell's label of a dimension.
    pub fn label(&self, cell: usize, dimension: usize) -> &str {
        self.labels[dimension].get(self.codes(cell)[dimension])
    }

    /// A cell's labels.
    pub fn row(&self, cell: usize) -> impl Iterator<Item = &str> {
        self.labels.iter().zip(self.codes(cell)).map(|(labels, code)| labels.get(*code))
    }

    /// Adds a cell that is not there yet.
    pub fn push(&mut self, codes: &[u32]) -> u32 {
        let cell = u32::try_from(self.count).unwrap_or(u32::MAX);
        self.codes.extend_from_slice(codes);
        self.count += 1;
        cell
    }

    /// The cell of these codes, which is added where it is new.
    pub fn intern(&mut self, codes: &[u32]) -> u32 {
        self.catch_up();
        let hash = hash(codes);
        let width = self.labels.len();
        let all = &self.codes;
        if let Some(cell) = self.index.find(hash, |cell| row(all, width, *cell) == codes) {
            return *cell;
        }
        let cell = self.push(codes);
        self.catch_up();
        cell
    }

    fn catch_up(&mut self) {
        let Self { labels, codes, count, index, indexed } = self;
        let width = labels.len();
        while *indexed < *count {
            let cell = u32::try_from(*indexed).unwrap_or(u32::MAX);
            let rehash = |cell: &u32| hash(row(codes, width, *cell));
            index.insert_unique(rehash(&cell), cell, rehash);
            *indexed += 1;
        }
    }

    /// The cells in order of their labels.
    pub fn sorted(&self) -> Vec<u32> {
        let all: Vec<u32> = (0..).take(self.count).collect();
        let ranks: Vec<Ranks> = (0..self.labels.len()).map(|dimension| self.ranks(dimension, &all)).collect();
        let key = |cell: u32| self.codes(cell as usize).iter().zip(&ranks).map(|(code, ranks)| ranks.of_code[*code as usize]);
        let mut order = all;
        order.sort_unstable_by(|a, b| key(*a).cmp(key(*b)));
        order
    }

    /// The labels of a dimension that these cells use, in order.
    pub fn ranks(&self, dimension: usize, cells: &[u32]) -> Ranks {
        let labels = &self.labels[dimension];
        let mut is_used = vec![false; labels.len()];
        cells.iter().for_each(|cell| is_used[self.codes(*cell as usize)[dimension] as usize] = true);
        let mut codes: Vec<u32> = (0..).take(labels.len()).filter(|code| is_used[*code as usize]).collect();
        codes.sort_unstable_by_key(|code| labels.get(*code));
        let mut of_code = vec![0; labels.len()];
        for (rank, code) in (0..).zip(&codes) {
            of_code[*code as usize] = rank;
        }
        Ranks { of_code, codes }
    }
}

/// The labels of a dimension that are in use, in order.
pub struct Ranks {
    /// The place of each code's label.
    pub of_code: Vec<u32>,
    /// The codes in order of their labels.
    pub codes: Vec<u32>,
}

fn row(codes: &[u32], width: usize, cell: u32) -> &[u32] {
    &codes[cell as usize * width..(cell as usize + 1) * width]
}

fn hash(codes: &[u32]) -> u64 {
    FixedState::default().hash_one(codes)
}
