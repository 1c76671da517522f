//! Numbers of keys: worked out for each value of a keyed cube's key, such as each session, and then added up.

use super::reading::Reading;
use super::table::Table;
use crate::catalogue::{Formula, NONE};
use crate::sketch::{Quantiles, Spans};
use crate::state::Column;

impl Reading<'_> {
    /// Works out the numbers of each key, and merges the keys.
    pub fn merge_keys(&self, table: Table) -> Table {
        let Some(place) = self.key_place() else { return table };
        let (mut merged, targets) = table.without(place, |column| self.shows(column));
        let none = table.cells.labels[place].iter().position(|label| label == NONE);
        let none = none.and_then(|code| u32::try_from(code).ok());
        let keys = Keys { reading: self, table: &table, targets: &targets, rows: merged.cells.len(), place, none };
        merged.columns.extend(self.of_keys.iter().map(|derived| keys.column(derived.formula)));
        merged
    }
}

/// A table with a row for each key, among other things; and the rows of one without keys, of which each is part.
struct Keys<'a> {
    reading: &'a Reading<'a>,
    table: &'a Table,
    targets: &'a [u32],
    /// How many rows there are without keys.
    rows: usize,
    /// Where a row's codes keep the key.
    place: usize,
    /// The code of what events have that have no key.
    none: Option<u32>,
}

impl Keys<'_> {
    /// What a formula comes to for each row without keys.
    fn column(&self, formula: Formula) -> Column {
        match formula {
            Formula::KeysWith(name, wanted) => {
                let sums = self.sums(name);
                self.count(|row| sums.get(row) == Some(&i128::from(wanted)))
            }
            Formula::KeysHaving(name) => {
                let sums = self.sums(name);
                self.count(|row| sums.get(row).is_some_and(|sum| *sum > 0))
            }
            Formula::KeyTime(first, last) => {
                let (first, last) = (self.moments(first), self.moments(last));
                self.sum(|row| time(first, last, row).map_or(0, i128::from))
            }
            Formula::KeyTimes(first, last) => {
                let (first, last) = (self.moments(first), self.moments(last));
                let mut times = vec![Quantiles::default(); self.rows];
                for (row, target) in self.targets.iter().enumerate() {
                    if let Some(time) = time(first, last, row) {
                        times[*target as usize].add(time);
                    }
                }
                Column::Quantiles(times)
            }
            Formula::SpanCount(name) => {
                let spans = self.spans(name);
                self.sum(|row| spans.get(row).map_or(0, |spans| spans.as_slice().len() as i128))
            }
            Formula::SpanTime(name) => {
                let spans = self.spans(name);
                self.sum(|row| spans.get(row).map_or(0, Spans::total_ms))
            }
            Formula::Keys | Formula::Total(_) | Formula::Ratio(..) => self.count(|_| true),
        }
    }

    /// The sum of what each key comes to.
    fn sum(&self, of: impl Fn(usize) -> i128) -> Column {
        let mut sums = vec![0_i128; self.rows];
        for (row, target) in self.targets.iter().enumerate() {
            let sum = &mut sums[*target as usize];
            *sum = sum.saturating_add(of(row));
        }
        Column::Sum(sums)
    }

    /// How many keys there are of which something holds: rows of a key, rather than of the events that have none.
    fn count(&self, holds: impl Fn(usize) -> bool) -> Column {
        let is_key = |row: usize| Some(self.table.cells.codes(row)[self.place]) != self.none;
        self.sum(|row| i128::from(is_key(row) && holds(row)))
    }

    fn sums(&self, name: &str) -> &[i128] {
        match self.reading.column(self.table, name) {
            Some(Column::Sum(sums)) => sums,
            _ => &[],
        }
    }

    fn moments(&self, name: &str) -> &[Option<i64>] {
        match self.reading.column(self.table, name) {
            Some(Column::Min(moments) | Column::Max(moments)) => moments,
            _ => &[],
        }
    }

    fn spans(&self, name: &str) -> &[Spans] {
        match self.reading.column(self.table, name) {
            Some(Column::Spans(_, spans)) => spans,
            _ => &[],
        }
    }
}

/// The time from one moment of a row to another.
fn time(first: &[Option<i64>], last: &[Option<i64>], row: usize) -> Option<i64> {
    let (first, last) = ((*first.get(row)?)?, (*last.get(row)?)?);
    Some(last.saturating_sub(first).max(0))
}
