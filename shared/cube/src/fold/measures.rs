//! Measures: one loop over the rows of a cube for each.

use super::columns::Columns;
use super::group::Rows;
use crate::catalogue::{Aggregate, Measure};
use crate::sketch::{Change, Days, Distinct, Quantiles, Set, Spans, Transitions};
use crate::state::Column;
use crate::state::column::merge_least;
use model::Hour;
use std::collections::HashMap;

/// For how many pairs of a cell and a label it is worth a bit each to see which were met before, in relation to the rows there are.
const BITS_PER_ROW: usize = 64;

/// Adds the rows to a measure's column, which has a value for each cell.
pub fn add(measure: &Measure, column: &mut Column, columns: &Columns<'_>, rows: &Rows) {
    let passing;
    let rows = match columns.passes(measure.when) {
        None => rows,
        Some(passes) => {
            passing = rows.passing(&passes);
            &passing
        }
    };
    match (measure.aggregate, column) {
        (Aggregate::Count, Column::Sum(sums)) => rows.cells.iter().for_each(|cell| sums[*cell as usize] += 1),
        (Aggregate::Sum(name), Column::Sum(sums)) => {
            if !columns.is_zero(name) {
                each_number(columns, name, rows, |cell, number| sums[cell] += i128::from(number));
            }
        }
        (Aggregate::Min(name), Column::Min(least)) => {
            each_number(columns, name, rows, |cell, number| merge_least(&mut least[cell], Some(number)));
        }
        (Aggregate::Max(name), Column::Max(most)) => {
            each_number(columns, name, rows, |cell, number| most[cell] = most[cell].max(Some(number)));
        }
        (Aggregate::Last(name), Column::Last(last)) => add_last(columns, name, rows, last),
        (Aggregate::Distinct(name), Column::Distinct(distinct)) => add_distinct(columns, name, rows, distinct),
        (Aggregate::Set(name), Column::Set(sets)) => add_to_sets(columns, name, rows, sets),
        (Aggregate::Quantiles(name), Column::Quantiles(quantiles)) => add_to_quantiles(columns, name, rows, quantiles),
        (Aggregate::Spans(_), Column::Spans(gap_ms, spans)) => add_to_spans(columns, rows, *gap_ms, spans),
        (Aggregate::Days, Column::Days(days)) => add_days(columns, rows, days),
        (Aggregate::Transitions, Column::Transitions(transitions)) => add_changes(columns, rows, transitions),
        _ => debug_assert!(false, "a column is made for its measure"),
    }
}

fn each_number(columns: &Columns<'_>, name: &str, rows: &Rows, mut add: impl FnMut(usize, i64)) {
    let Some(numbers) = columns.numbers(name) else { return };
    match (numbers.all(), &rows.rows) {
        (Some(values), None) => rows.cells.iter().zip(values).for_each(|(cell, value)| add(*cell as usize, *value)),
        (Some(values), Some(_)) => rows.iter().for_each(|(row, cell)| add(cell, values[row])),
        (None, _) => {
            for (row, cell) in rows.iter() {
                if let Some(number) = numbers.get(row) {
                    add(cell, number);
                }
            }
        }
    }
}

fn add_last(columns: &Columns<'_>, name: &str, rows: &Rows, last: &mut [Option<(i64, i64)>]) {
    let (Some(times), Some(numbers)) = (columns.numbers("time"), columns.numbers(name)) else { return };
    for (row, cell) in rows.iter() {
        let reading = times.get(row).zip(numbers.get(row));
        last[cell] = last[cell].max(reading);
    }
}

fn add_distinct(columns: &Columns<'_>, name: &'static str, rows: &Rows, distinct: &mut [Distinct]) {
    let (codes, marks) = (columns.codes(name), columns.marks(name));
    let mut met = Met::new(distinct.len(), codes.labels.len(), rows.cells.len());
    for (row, cell) in rows.iter() {
        let code = codes.rows[row] as usize;
        if met.is_new(cell, code) {
            // Rows without a label have no mark, and count nothing.
            distinct[cell].add(&marks, code);
        }
    }
}

fn add_to_sets(columns: &Columns<'_>, name: &'static str, rows: &Rows, sets: &mut [Set]) {
    let codes = columns.codes(name);
    let mut met = Met::new(sets.len(), codes.labels.len(), rows.cells.len());
    for (row, cell) in rows.iter() {
        if met.is_new(cell, codes.rows[row] as usize) {
            codes.label(row).into_iter().for_each(|label| sets[cell].add(label));
        }
    }
}

/// Which labels were met in which cells, a bit each, so that the sketches, which are slower, are asked once.
struct Met {
    bits: Vec<u64>,
    labels: usize,
}

impl Met {
    fn new(cells: usize, labels: usize, rows: usize) -> Self {
        let pairs = cells.saturating_mul(labels);
        let is_worth_it = pairs <= rows.saturating_mul(BITS_PER_ROW);
        Self { bits: if is_worth_it { vec![0; pairs.div_ceil(64)] } else { Vec::new() }, labels }
    }

    /// Whether the pair is met for the first time, as far as is known.
    fn is_new(&mut self, cell: usize, label: usize) -> bool {
        let pair = cell * self.labels + label;
        let Some(bits) = self.bits.get_mut(pair / 64) else { return true };
        let is_new = *bits & 1 << (pair % 64) == 0;
        *bits |= 1 << (pair % 64);
        is_new
    }
}

fn add_to_quantiles(columns: &Columns<'_>, name: &'static str, rows: &Rows, quantiles: &mut [Quantiles]) {
    let Some(numbers) = columns.numbers(name) else { return };
    let buckets = columns.buckets(name);
    for (row, cell) in rows.iter() {
        if numbers.get(row).is_some() {
            quantiles[cell].add_to(buckets[row], 1);
        }
    }
}

fn add_to_spans(columns: &Columns<'_>, rows: &Rows, gap_ms: i64, spans: &mut [Spans]) {
    let mut times: HashMap<usize, Vec<i64>> = HashMap::new();
    each_number(columns, "time", rows, |cell, time| times.entry(cell).or_default().push(time));
    for (cell, times) in times {
        spans[cell].merge(&Spans::of(times, gap_ms), gap_ms);
    }
}

fn add_days(columns: &Columns<'_>, rows: &Rows, days: &mut [Days]) {
    let Some(hours) = columns.hours() else { return };
    for (row, cell) in rows.iter() {
        days[cell].add(Hour::from_index(hours[row]).day().index());
    }
}

fn add_changes(columns: &Columns<'_>, rows: &Rows, transitions: &mut [Transitions]) {
    let (Some(times), Some(ids)) = (columns.numbers("time"), columns.texts("id")) else { return };
    let (amounts, ends) = (columns.numbers("amount_micros"), columns.numbers("subscription_end"));
    let labels = ["kind", "status", "plan", "currency", "subscription_interval"].map(|name| columns.codes(name));
    let mut changes: HashMap<usize, Vec<Change>> = HashMap::new();
    for (row, cell) in rows.iter() {
        let Some(time_ms) = times.get(row) else { continue };
        let [kind, status, plan, currency, interval] = labels.each_ref().map(|codes| codes.label(row).map(str::to_owned));
        changes.entry(cell).or_default().push(Change {
            time_ms,
            id: ids.value(row).to_owned(),
            kind: kind.unwrap_or_default(),
            status,
            plan,
            amount_micros: amounts.as_ref().and_then(|amounts| amounts.get(row)),
            currency,
            interval,
            ends_ms: ends.as_ref().and_then(|ends| ends.get(row)),
        });
    }
    for (cell, changes) in changes {
        transitions[cell].merge(&Transitions::from(changes));
    }
}
