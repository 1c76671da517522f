//! Rows into cells: the codes of a row's labels, packed into one integer, are looked up once.

use super::columns::{Codes, Columns};
use crate::catalogue::Cube;
use crate::state::{Cells, or_none};
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use std::rc::Rc;

/// The rows that a cube counts, each with its cell.
pub struct Rows {
    /// Row and cell.
    pub cells: Vec<(u32, u32)>,
}

/// Finds the cell of each row that the cube counts, adding cells as they are met.
pub fn into_cells(cube: &Cube, columns: &Columns<'_>, cells: &mut Cells) -> Rows {
    let passes = columns.passes(cube.filter);
    let all = 0..u32::try_from(columns.rows()).unwrap_or(u32::MAX);
    let rows: Vec<u32> = match &passes {
        None => all.collect(),
        Some(passes) => all.filter(|row| passes[*row as usize]).collect(),
    };
    let dimensions: Vec<Rc<Codes<'_>>> = cube.dimensions.iter().map(|dimension| columns.codes(dimension.column())).collect();
    let groups = group(&dimensions, &rows);
    let mut codes = vec![0; dimensions.len()];
    let mut cell_of_first = |row: u32| {
        for ((code, dimension), labels) in codes.iter_mut().zip(&dimensions).zip(&mut cells.labels) {
            *code = labels.intern(or_none(dimension.label(row as usize)));
        }
        cells.intern(&codes)
    };
    let cell_of_group: Vec<u32> = groups.firsts.iter().map(|row| cell_of_first(*row)).collect();
    Rows { cells: rows.into_iter().zip(groups.of_row).map(|(row, group)| (row, cell_of_group[group as usize])).collect() }
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
fn group(dimensions: &[Rc<Codes<'_>>], rows: &[u32]) -> Groups {
    let mut groups = Groups { of_row: vec![0; rows.len()], firsts: rows.first().copied().into_iter().collect() };
    let mut rest = dimensions;
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
        groups = if bits <= u64::BITS { regroup::<u64>(&groups, &packed, rows) } else { regroup::<u128>(&groups, &packed, rows) };
    }
    groups
}

fn regroup<K: Key>(before: &Groups, packed: &[(&[u32], u32)], rows: &[u32]) -> Groups {
    let mut keys: Vec<K> = before.of_row.iter().map(|group| K::default().push(*group, 0)).collect();
    for (codes, bits) in packed {
        for (key, row) in keys.iter_mut().zip(rows) {
            *key = key.push(codes[*row as usize], *bits);
        }
    }
    let mut known: HashMap<K, u32, FixedState> = HashMap::default();
    let mut groups = Groups { of_row: Vec::with_capacity(rows.len()), firsts: Vec::new() };
    for (key, row) in keys.into_iter().zip(rows) {
        let group = *known.entry(key).or_insert_with(|| {
            groups.firsts.push(*row);
            u32::try_from(groups.firsts.len() - 1).unwrap_or(u32::MAX)
        });
        groups.of_row.push(group);
    }
    groups
}

/// A key that codes are pushed into.
trait Key: Copy + Default + Eq + std::hash::Hash {
    /// Makes room of so many bits for a code.
    fn push(self, code: u32, bits: u32) -> Self;
}

impl Key for u64 {
    fn push(self, code: u32, bits: u32) -> Self {
        self << bits | Self::from(code)
    }
}

impl Key for u128 {
    fn push(self, code: u32, bits: u32) -> Self {
        self << bits | Self::from(code)
    }
}

/// How many bits tell so many codes apart.
fn bits_for(codes: usize) -> u32 {
    usize::BITS - codes.saturating_sub(1).leading_zeros()
}
