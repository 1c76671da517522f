//! Which combinations of labels a state has, as a table of codes: a row is a cell.

use super::labels::Labels;
use crate::catalogue::NONE;
use foldhash::fast::FixedState;
use hashbrown::HashTable;
use std::hash::BuildHasher;

/// Up to so many combinations of labels are found by their number rather than by a hash.
pub const MOST_COMBINATIONS: usize = 1 << 14;

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

    /// No cells, of these labels.
    pub fn of_labels(labels: Vec<Labels>) -> Self {
        Self { codes: Vec::new(), count: 0, index: HashTable::new(), indexed: 0, labels }
    }

    /// The same labels, and no cells.
    pub fn without_rows(&self) -> Self {
        Self::of_labels(self.labels.clone())
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
        let (hash, width) = (hash(codes), self.labels.len());
        if let Some(cell) = self.index.find(hash, |cell| row(&self.codes, width, *cell) == codes) {
            return *cell;
        }
        let cell = self.push(codes);
        self.index.insert_unique(hash, cell, |cell| self::hash(row(&self.codes, width, *cell)));
        self.indexed += 1;
        cell
    }

    /// The cell of these codes, among those that the index knows.
    pub fn find(&self, codes: &[u32]) -> Option<u32> {
        let width = self.labels.len();
        self.index.find(hash(codes), |cell| row(&self.codes, width, *cell) == codes).copied()
    }

    /// Adds the cells that are distinct by some dimensions of others, which lose the rest; answers which one each of the others is part of.
    pub fn intern_all(&mut self, others: &Self, is_wanted: &[bool]) -> Vec<Option<u32>> {
        if others.count == 0 {
            return Vec::new();
        }
        let width = self.labels.len();
        let mut own = vec![0; width];
        for (at, code) in own.iter_mut().enumerate().filter(|(at, _)| !is_wanted[*at]) {
            *code = self.labels[at].intern(NONE);
        }
        let places: Vec<usize> = (0..width).filter(|at| is_wanted[*at]).collect();
        let mut known_labels: Vec<Vec<Option<u32>>> =
            others.labels.iter().zip(is_wanted).map(|(labels, is_wanted)| vec![None; if *is_wanted { labels.len() } else { 0 }]).collect();
        let mut add = |own_cells: &mut Self, codes: &[u32]| {
            for at in &places {
                let code = codes[*at];
                let known = &mut known_labels[*at][code as usize];
                own[*at] = *known.get_or_insert_with(|| own_cells.labels[*at].intern(others.labels[*at].get(code)));
            }
            own_cells.intern(&own)
        };
        let rows = (0..others.count).map(|cell| others.codes(cell));
        let combinations = places.iter().try_fold(1_usize, |product, at| product.checked_mul(others.labels[*at].len()));
        let Some(combinations) = combinations.filter(|combinations| *combinations <= MOST_COMBINATIONS) else {
            return rows.map(|codes| Some(add(self, codes))).collect();
        };
        let mut known = vec![None; combinations];
        let mut target = |codes: &[u32]| {
            let number = places.iter().fold(0, |number, at| number * others.labels[*at].len() + codes[*at] as usize);
            Some(*known[number].get_or_insert_with(|| add(self, codes)))
        };
        rows.map(&mut target).collect()
    }

    /// How many bytes of memory it takes, about.
    pub fn memory_bytes(&self) -> usize {
        let indexed = self.indexed * size_of::<u32>();
        self.labels.iter().map(Labels::memory_bytes).sum::<usize>() + self.codes.len() * size_of::<u32>() + indexed
    }

    /// Brings the index up to what was pushed.
    fn catch_up(&mut self) {
        let Self { labels, codes, count, index, indexed } = self;
        let width = labels.len();
        if *count > *indexed + 1 {
            index.reserve(*count - *indexed, |cell| hash(row(codes, width, *cell)));
        }
        while *indexed < *count {
            let cell = u32::try_from(*indexed).unwrap_or(u32::MAX);
            let rehash = |cell: &u32| hash(row(codes, width, *cell));
            index.insert_unique(rehash(&cell), cell, rehash);
            *indexed += 1;
        }
    }

    /// The cells in the order of their labels.
    pub fn sorted(&self) -> Sorted {
        let ranks: Vec<Ranks> = self.labels.iter().map(Ranks::of).collect();
        let mut order: Vec<u32> = (0..).take(self.count).collect();
        let key = |cell: u32| self.codes(cell as usize).iter().zip(&ranks).map(|(code, ranks)| ranks.of_code[*code as usize]);
        order.sort_unstable_by(|a, b| key(*a).cmp(key(*b)));
        Sorted { order, ranks }
    }
}

/// The order of cells by their labels.
pub struct Sorted {
    /// The cells in that order.
    pub order: Vec<u32>,
    /// The order of each dimension's labels.
    pub ranks: Vec<Ranks>,
}

/// The order of a dimension's labels.
pub struct Ranks {
    /// The place of each code's label.
    pub of_code: Vec<u32>,
    /// The code at each place.
    pub codes: Vec<u32>,
}

impl Ranks {
    fn of(labels: &Labels) -> Self {
        let mut codes: Vec<u32> = (0..).take(labels.len()).collect();
        codes.sort_unstable_by_key(|code| labels.get(*code));
        let mut of_code = vec![0; labels.len()];
        for (rank, code) in (0..).zip(&codes) {
            of_code[*code as usize] = rank;
        }
        Self { of_code, codes }
    }
}

fn row(codes: &[u32], width: usize, cell: u32) -> &[u32] {
    &codes[cell as usize * width..(cell as usize + 1) * width]
}

fn hash(codes: &[u32]) -> u64 {
    FixedState::default().hash_one(codes)
}
