//! Numbers of keys: worked out for each value of a keyed cube's key, such as each session, and then added up.

use super::evaluate::Reading;
use super::table::Table;
use crate::catalogue::{Formula, NONE};
use crate::sketch::{Quantiles, Spans};
use crate::state::Column;

impl Reading<'_> {
    /// Works out the numbers of each key, and merges the keys.
    pub fn merge_keys(&self, mut table: Table) -> Table {
        let Some(place) = self.key_place() else { return table };
        for derived in &self.of_keys {
            let column = Keys { reading: self, table: &table, place }.column(derived.formula);
            table.columns.push(column);
        }
        table.coarser(|codes| codes[place] = 0, |_| true).0
    }
}

/// A table with a row for each key, among other things.
struct Keys<'a> {
    reading: &'a Reading<'a>,
    table: &'a Table,
    /// Where a row's codes keep the key.
    place: usize,
}

impl Keys<'_> {
    /// What a formula comes to for each row.
    fn column(&self, formula: Formula) -> Column {
        let rows = 0..self.table.cells.len();
        match formula {
            Formula::KeysWith(name, wanted) => {
                let has = |row: usize| matches!(self.measure(name), Some(Column::Sum(sums)) if sums[row] == i128::from(wanted));
                Column::Sum(rows.map(|row| i128::from(self.is_key(row) && has(row))).collect())
            }
            Formula::KeysHaving(name) => {
                let has = |row: usize| matches!(self.measure(name), Some(Column::Sum(sums)) if sums[row] > 0);
                Column::Sum(rows.map(|row| i128::from(self.is_key(row) && has(row))).collect())
            }
            Formula::KeyTime(first, last) => Column::Sum(rows.map(|row| self.time(first, last, row).map_or(0, i128::from)).collect()),
            Formula::KeyTimes(first, last) => {
                Column::Quantiles(rows.map(|row| self.time(first, last, row).into_iter().collect::<Quantiles>()).collect())
            }
            Formula::SpanCount(name) => {
                Column::Sum(rows.map(|row| self.spans(name, row).map_or(0, |spans| spans.as_slice().len() as i128)).collect())
            }
            Formula::SpanTime(name) => Column::Sum(rows.map(|row| self.spans(name, row).map_or(0, Spans::total_ms)).collect()),
            Formula::Keys | Formula::Total(_) | Formula::Ratio(..) => Column::Sum(rows.map(|row| i128::from(self.is_key(row))).collect()),
        }
    }

    /// Whether a row is of a key, rather than of the events that have none.
    fn is_key(&self, row: usize) -> bool {
        self.table.cells.label(row, self.place) != NONE
    }

    /// The time from one moment of a row to another.
    fn time(&self, first: &str, last: &str, row: usize) -> Option<i64> {
        let moment = |name: &str| match self.measure(name) {
            Some(Column::Min(moments) | Column::Max(moments)) => moments[row],
            _ => None,
        };
        Some(moment(last)?.saturating_sub(moment(first)?).max(0))
    }

    fn spans(&self, name: &str, row: usize) -> Option<&Spans> {
        match self.measure(name) {
            Some(Column::Spans(_, spans)) => spans.get(row),
            _ => None,
        }
    }

    fn measure(&self, name: &str) -> Option<&Column> {
        self.reading.column(self.table, name)
    }
}
