//! A table in the making: rows told apart by codes, and a column for each measure that is needed.

use crate::state::{Cells, Column};

/// Rows of codes, and columns that merge.
#[derive(Debug, Clone)]
pub struct Table {
    pub cells: Cells,
    pub columns: Vec<Column>,
}

impl Table {
    /// No rows, of so many codes, with columns like these.
    pub fn new(width: usize, columns: Vec<Column>) -> Self {
        Self { cells: Cells::new(width), columns }
    }

    /// The same rows, told apart by less: each row's codes are changed by `change`, and rows that become the same are merged.
    pub fn coarser(&self, change: impl Fn(&mut [u32])) -> Self {
        let mut coarser = Self { cells: self.cells.without_rows(), columns: self.columns.iter().map(Column::without_values).collect() };
        let mut codes = Vec::new();
        let mut target = |row: usize| {
            codes.clear();
            codes.extend_from_slice(self.cells.codes(row));
            change(&mut codes);
            Some(coarser.cells.intern(&codes))
        };
        let targets: Vec<Option<u32>> = (0..self.cells.len()).map(&mut target).collect();
        for (own, column) in coarser.columns.iter_mut().zip(&self.columns) {
            own.grow(coarser.cells.len());
            own.merge(column, &targets);
        }
        coarser
    }
}
