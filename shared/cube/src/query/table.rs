//! A table in the making: rows told apart by codes, and a column for each measure that is needed.

use super::Number;
use crate::catalogue::Unit;
use crate::state::{Cells, Column, Labels};
use model::Timestamp;
use model::money::Decimal;

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

    /// The same rows, told apart by less: each row's codes are changed by `change`, and rows that become the same are merged: in
    /// the columns that are wanted, while the others then have seen nothing. Answers into which row each has gone, too.
    pub fn coarser(&self, change: impl Fn(&mut [u32]), wants: impl Fn(usize) -> bool) -> (Self, Vec<Option<u32>>) {
        let mut coarser = Self { cells: self.cells.without_rows(), columns: self.columns.iter().map(Column::without_values).collect() };
        let mut codes = Vec::new();
        let mut target = |row: usize| {
            codes.clear();
            codes.extend_from_slice(self.cells.codes(row));
            change(&mut codes);
            Some(coarser.cells.intern(&codes))
        };
        let targets: Vec<Option<u32>> = (0..self.cells.len()).map(&mut target).collect();
        for (place, (own, column)) in coarser.columns.iter_mut().zip(&self.columns).enumerate() {
            own.grow(coarser.cells.len());
            if wants(place) {
                own.merge(column, &targets);
            }
        }
        (coarser, targets)
    }

    /// The same rows, told apart by all but one code, merged in the columns that are wanted; and into which row each has gone.
    pub fn without(&self, place: usize, wants: impl Fn(usize) -> bool) -> (Self, Vec<u32>) {
        let of = |(at, labels): (usize, &Labels)| if at == place { Labels::default() } else { labels.clone() };
        let labels = self.cells.labels.iter().enumerate().map(of).collect();
        let mut merged = Self { cells: Cells::of_labels(labels), columns: self.columns.iter().map(Column::without_values).collect() };
        let mut codes = Vec::new();
        let mut before: Option<u32> = None;
        let mut targets = Vec::with_capacity(self.cells.len());
        for row in 0..self.cells.len() {
            let own = self.cells.codes(row);
            // Often the same as the row before.
            let is_same = !codes.is_empty() && (0..own.len()).all(|at| at == place || own[at] == codes[at]);
            let target = before.filter(|_| is_same).unwrap_or_else(|| {
                codes.clear();
                codes.extend_from_slice(own);
                codes[place] = 0;
                merged.cells.intern(&codes)
            });
            before = Some(target);
            targets.push(target);
        }
        let some: Vec<Option<u32>> = targets.iter().copied().map(Some).collect();
        for (at, (own, column)) in merged.columns.iter_mut().zip(&self.columns).enumerate() {
            own.grow(merged.cells.len());
            if wants(at) {
                own.merge(column, &some);
            }
        }
        (merged, targets)
    }

    /// The rows whose codes pass.
    pub fn only(&self, passes: impl Fn(&[u32]) -> bool) -> Self {
        let mut only = Self { cells: self.cells.without_rows(), columns: self.columns.iter().map(Column::without_values).collect() };
        let row = |row: usize| Some(self.cells.codes(row)).filter(|codes| passes(codes)).map(|codes| only.cells.push(codes));
        let targets: Vec<Option<u32>> = (0..self.cells.len()).map(row).collect();
        for (own, column) in only.columns.iter_mut().zip(&self.columns) {
            own.grow(only.cells.len());
            own.merge(column, &targets);
        }
        only
    }

    /// Adds the rows of another table with columns of the same kinds, and their values in the columns from one on. Where a time is given, they
    /// are of that.
    pub fn append(&mut self, other: &Self, time: Option<u32>, from: usize) {
        let targets = self.targets_of(other, time);
        for (own, column) in self.columns.iter_mut().zip(&other.columns).skip(from) {
            own.merge(column, &targets);
        }
    }

    /// Takes away what the rows of another table have in the columns from one on, which are sums and distributions.
    pub fn take_away(&mut self, other: &Self, from: usize) {
        let targets = self.targets_of(other, None);
        for (own, column) in self.columns.iter_mut().zip(&other.columns).skip(from) {
            own.take_away(column, &targets);
        }
    }

    /// The row that each of another table's is, added where it is new.
    fn targets_of(&mut self, other: &Self, time: Option<u32>) -> Vec<Option<u32>> {
        let mut codes = Vec::with_capacity(self.cells.labels.len());
        let mut target = |row: usize| {
            codes.clear();
            let texts = other.cells.codes(row).iter().zip(&other.cells.labels).zip(&mut self.cells.labels);
            // A time has no label, nor has the key of a row without one.
            codes.extend(texts.map(|((code, other), own)| if other.len() == 0 { *code } else { own.intern(other.get(*code)) }));
            if let (Some(time), Some(code)) = (time, codes.first_mut()) {
                *code = time;
            }
            Some(self.cells.intern(&codes))
        };
        let targets = (0..other.cells.len()).map(&mut target).collect();
        let cells = self.cells.len();
        self.columns.iter_mut().for_each(|own| own.grow(cells));
        targets
    }

    /// How many bytes of memory it takes, about.
    pub fn memory_bytes(&self) -> usize {
        self.cells.memory_bytes() + self.columns.iter().map(Column::memory_bytes).sum::<usize>()
    }
}

/// A table that is only read, with a last row that has seen nothing: what a bucket shows in which nothing happened.
pub struct Finished {
    pub table: Table,
}

impl Finished {
    pub fn new(mut table: Table) -> Self {
        let cells = table.cells.len();
        table.columns.iter_mut().for_each(|column| column.grow(cells + 1));
        Self { table }
    }

    /// The row that has seen nothing.
    pub fn nothing(&self) -> usize {
        self.table.cells.len()
    }
}

/// Which labels are among the values.
pub fn passing(labels: &Labels, values: &[String]) -> Vec<bool> {
    labels.iter().map(|label| values.iter().any(|value| value == label)).collect()
}

/// The value of a row as a number.
pub fn read(column: &Column, row: usize, unit: Unit) -> Number {
    let exact = |units: i128| Number::Exact(Decimal { units, scale: unit.scale() });
    let single = |value: Option<i64>| match value {
        None => Number::Nothing,
        Some(value) if unit == Unit::Moment => Number::Moment(Timestamp::from_millis(value)),
        Some(value) => exact(value.into()),
    };
    match column {
        Column::Sum(sums) => exact(sums[row]),
        Column::Min(values) | Column::Max(values) => single(values[row]),
        Column::Last(readings) => single(readings[row].map(|(_, value)| value)),
        Column::Distinct(values) => Number::Distinct(values[row].clone()),
        Column::Set(sets) => Number::Set(sets[row].clone()),
        Column::Quantiles(values) if values[row].count() > 0 => Number::Quantiles(values[row].clone(), unit),
        Column::Quantiles(_) => Number::Nothing,
        Column::Spans(_, spans) => exact(spans[row].total_ms()),
        Column::Days(days) => exact(days[row].as_slice().len() as i128),
        Column::Transitions(changes) => Number::Transitions(changes[row].clone()),
    }
}
