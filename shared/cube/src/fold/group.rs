//! Rows into cells: the codes of a row's labels, packed into one integer, are looked up once.

use super::columns::{Codes, Columns};
use crate::catalogue::Cube;
use crate::state::{Cells, or_none};
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use std::rc::Rc;

/// Keys of so few bits are looked up in a table with a place for each, and not by hash.
const DIRECT_BITS: u32 = 14;
/// No group yet, in such a table.
const NO_GROUP: u32 = u32::MAX;

/// The rows that a cube counts, each with its cell.
pub struct Rows {
    /// Which rows; all of the batch where there is no filter.
    pub rows: Option<Vec<u32>>,
    /// The cell of each.
    pub cells: Vec<u32>,
}

impl Rows {
    /// Row and cell.
    pub fn iter(&self) -> impl Iterator<Item = (usize, usize)> {
        let row = |at: usize| self.rows.as_ref().map_or(at, |rows| rows[at] as usize);
        self.cells.iter().enumerate().map(move |(at, cell)| (row(at), *cell as usize))
    }

    /// Those of them that pass.
    pub fn passing(&self, passes: &[bool]) -> Self {
        let (rows, cells) = self.iter().filter(|(row, _)| passes[*row]).map(|(row, cell)| (narrow(row), narrow(cell))).unzip();
        Self { rows: Some(rows), cells }
    }
}

/// Finds the cell of each row that the cube counts, adding cells as they are met.
pub fn into_cells(cube: &Cube, columns: &Columns<'_>, cells: &mut Cells) -> Rows {
    let rows: Option<Vec<u32>> =
        columns.passes(cube.filter).map(|passes| (0..).zip(passes.iter()).filter(|(_, passes)| **passes).map(|(row, _)| row).collect());
    let dimensions: Vec<Rc<Codes<'_>>> = cube.dimensions.iter().map(|dimension| columns.codes(dimension.column())).collect();
    let groups = group(&dimensions, rows.as_deref(), columns.rows());
    let mut codes = vec![0; dimensions.len()];
    // The codes that the batch's labels have among the state's, each looked up once.
    let mut known: Vec<Vec<Option<u32>>> = dimensions.iter().map(|dimension| vec![None; dimension.labels.len()]).collect();
    let mut cell_of_first = |row: u32| {
        for (((code, dimension), labels), known) in codes.iter_mut().zip(&dimensions).zip(&mut cells.labels).zip(&mut known) {
            let own = &mut known[dimension.rows[row as usize] as usize];
            *code = *own.get_or_insert_with(|| labels.intern(or_none(dimension.label(row as usize))));
        }
        cells.intern(&codes)
    };
    let cell_of_group: Vec<u32> = groups.firsts.iter().map(|row| cell_of_first(*row)).collect();
    Rows { rows, cells: groups.of_row.into_iter().map(|group| cell_of_group[group as usize]).collect() }
}

/// Rows of equal codes, numbered in the order in which they are met.
struct Groups {
    /// The group of each row.
    of_row: Vec<u32>,
    /// The first row of each group.
    firsts: Vec<u32>,
}

/// Groups rows by their codes. All dimensions go into one key where their codes fit 128 bits, as they nearly always do; else as many as fit
/// are grouped first, and the number of the group takes their place among the rest.
fn group(dimensions: &[Rc<Codes<'_>>], rows: Option<&[u32]>, all: usize) -> Groups {
    let count = rows.map_or(all, <[u32]>::len);
    let first = rows.map_or((all > 0).then_some(0), |rows| rows.first().copied());
    let mut groups = Groups { of_row: vec![0; count], firsts: first.into_iter().collect() };
    let dimensions: Vec<&Rc<Codes<'_>>> = dimensions.iter().filter(|dimension| dimension.labels.len() > 1).collect();
    let mut rest = dimensions.as_slice();
    while !rest.is_empty() {
        let mut bits = bits_for(groups.firsts.len());
        let mut packed = Vec::new();
        while let Some((dimension, after)) = rest.split_first() {
            let more = bits_for(dimension.labels.len());
            if bits + more > u128::BITS && !packed.is_empty() {
                break;
            }
            packed.push((dimension.rows.as_slice(), more));
            bits += more;
            rest = after;
        }
        groups = if bits <= DIRECT_BITS {
            number_directly(&keys::<u32>(&groups, &packed, rows), rows, bits)
        } else if bits <= u64::BITS {
            number(keys::<u64>(&groups, &packed, rows), rows)
        } else {
            number(keys::<u128>(&groups, &packed, rows), rows)
        };
    }
    groups
}

/// The key of each row: the number of its group, and then its codes.
fn keys<K: Key>(before: &Groups, packed: &[(&[u32], u32)], rows: Option<&[u32]>) -> Vec<K> {
    let is_one_group = before.firsts.len() < 2;
    let mut keys: Vec<K> = if is_one_group {
        vec![K::default(); before.of_row.len()]
    } else {
        before.of_row.iter().map(|group| K::default().push(*group, 0)).collect()
    };
    for (codes, bits) in packed {
        match rows {
            None => keys.iter_mut().zip(*codes).for_each(|(key, code)| *key = key.push(*code, *bits)),
            Some(rows) => keys.iter_mut().zip(rows).for_each(|(key, row)| *key = key.push(codes[*row as usize], *bits)),
        }
    }
    keys
}

fn number<K: Key>(keys: Vec<K>, rows: Option<&[u32]>) -> Groups {
    let mut known: HashMap<K, u32, FixedState> = HashMap::default();
    let mut groups = Groups { of_row: Vec::with_capacity(keys.len()), firsts: Vec::new() };
    for (at, key) in keys.into_iter().enumerate() {
        let group = match known.entry(key) {
            Entry::Occupied(group) => *group.get(),
            Entry::Vacant(vacant) => *vacant.insert(groups.add(at, rows)),
        };
        groups.of_row.push(group);
    }
    groups
}

fn number_directly(keys: &[u32], rows: Option<&[u32]>, bits: u32) -> Groups {
    let mut known = vec![NO_GROUP; 1 << bits];
    let mut groups = Groups { of_row: Vec::with_capacity(keys.len()), firsts: Vec::new() };
    for (at, key) in keys.iter().enumerate() {
        let group = &mut known[*key as usize];
        if *group == NO_GROUP {
            *group = groups.add(at, rows);
        }
        groups.of_row.push(*group);
    }
    groups
}

impl Groups {
    /// Adds a group that begins at a row, given by its place among those that are counted.
    fn add(&mut self, at: usize, rows: Option<&[u32]>) -> u32 {
        self.firsts.push(rows.map_or_else(|| narrow(at), |rows| rows[at]));
        narrow(self.firsts.len() - 1)
    }
}

/// A key that codes are pushed into.
trait Key: Copy + Default + Eq + std::hash::Hash {
    /// Makes room of so many bits for a code.
    fn push(self, code: u32, bits: u32) -> Self;
}

macro_rules! key {
    ($($type:ty)*) => {
        $(impl Key for $type {
            fn push(self, code: u32, bits: u32) -> Self {
                // A code of as many bits as the key has is the first, so that nothing is lost.
                self.checked_shl(bits).unwrap_or_default() | Self::from(code)
            }
        })*
    };
}

key!(u32 u64 u128);

/// How many bits tell so many codes apart.
fn bits_for(codes: usize) -> u32 {
    usize::BITS - codes.saturating_sub(1).leading_zeros()
}

/// Rows of a batch, and so their groups and cells, are fewer than 2^32.
fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
