//! Measures: one loop over the rows of a cube for each.

use super::columns::Columns;
use super::group::Rows;
use crate::catalogue::{Aggregate, Measure};
use crate::sketch::{Change, Days, Distinct, SetBuilder, Spans, Transitions};
use crate::state::Column;
use crate::state::column::merge_least;
use model::Hour;
use std::collections::HashMap;

/// Adds the rows to a measure's column, which has a value for each cell.
pub fn add(measure: &Measure, column: &mut Column, columns: &Columns<'_>, rows: &Rows) {
    let passing;
    let rows = match columns.passes(measure.when) {
        None => rows.cells.as_slice(),
        Some(passes) => {
            passing = rows.cells.iter().copied().filter(|(row, _)| passes[*row as usize]).collect::<Vec<_>>();
            passing.as_slice()
        }
    };
    match (measure.aggregate, column) {
        (Aggregate::Count, Column::Sum(sums)) => rows.iter().for_each(|(_, cell)| sums[*cell as usize] += 1),
        (Aggregate::Sum(name), Column::Sum(sums)) => each_number(columns, name, rows, |cell, number| sums[cell] += i128::from(number)),
        (Aggregate::Min(name), Column::Min(least)) => {
            each_number(columns, name, rows, |cell, number| merge_least(&mut least[cell], Some(number)));
        }
        (Aggregate::Max(name), Column::Max(most)) => {
            each_number(columns, name, rows, |cell, number| most[cell] = most[cell].max(Some(number)));
        }
        (Aggregate::Last(name), Column::Last(last)) => add_last(columns, name, rows, last),
        (Aggregate::Distinct(name), Column::Distinct(distinct)) => add_distinct(columns, name, rows, distinct),
        (Aggregate::Set(name), Column::Set(sets)) => {
            let codes = columns.codes(name);
            let mut builders: Vec<SetBuilder> = sets.iter().map(|_| SetBuilder::default()).collect();
            for (row, cell) in rows {
                codes.label(*row as usize).into_iter().for_each(|label| builders[*cell as usize].add(label));
            }
            sets.iter_mut().zip(builders).for_each(|(set, builder)| *set = builder.finish());
        }
        (Aggregate::Quantiles(name), Column::Quantiles(quantiles)) => {
            each_number(columns, name, rows, |cell, number| quantiles[cell].add(number));
        }
        (Aggregate::Spans(_), Column::Spans(gap_ms, spans)) => {
            let mut times = vec![Vec::new(); spans.len()];
            each_number(columns, "time", rows, |cell, time| times[cell].push(time));
            spans.iter_mut().zip(times).for_each(|(spans, times)| *spans = Spans::of(times, *gap_ms));
        }
        (Aggregate::Days, Column::Days(days)) => add_days(columns, rows, days),
        (Aggregate::Transitions, Column::Transitions(transitions)) => add_changes(columns, rows, transitions),
        _ => debug_assert!(false, "a column is made for its measure"),
    }
}

fn each_number(columns: &Columns<'_>, name: &str, rows: &[(u32, u32)], mut add: impl FnMut(usize, i64)) {
    let Some(numbers) = columns.numbers(name) else { return };
    for (row, cell) in rows {
        if let Some(number) = numbers.get(*row as usize) {
            add(*cell as usize, number);
        }
    }
}

fn add_last(columns: &Columns<'_>, name: &str, rows: &[(u32, u32)], last: &mut [Option<(i64, i64)>]) {
    let (Some(times), Some(numbers)) = (columns.numbers("time"), columns.numbers(name)) else { return };
    for (row, cell) in rows {
        let reading = times.get(*row as usize).zip(numbers.get(*row as usize));
        let last = &mut last[*cell as usize];
        *last = (*last).max(reading);
    }
}

fn add_distinct(columns: &Columns<'_>, name: &'static str, rows: &[(u32, u32)], distinct: &mut [Distinct]) {
    let (codes, marks) = (columns.codes(name), columns.marks(name));
    for (row, cell) in rows {
        // Rows without a label have the code after the last mark, and count nothing.
        distinct[*cell as usize].add(&marks, codes.rows[*row as usize] as usize);
    }
}

fn add_days(columns: &Columns<'_>, rows: &[(u32, u32)], days: &mut [Days]) {
    let Some(hours) = columns.hours() else { return };
    for (row, cell) in rows {
        days[*cell as usize].add(Hour::from_index(hours[*row as usize]).day().index());
    }
}

fn add_changes(columns: &Columns<'_>, rows: &[(u32, u32)], transitions: &mut [Transitions]) {
    let (Some(times), Some(ids)) = (columns.numbers("time"), columns.texts("id")) else { return };
    let (amounts, ends) = (columns.numbers("amount_micros"), columns.numbers("subscription_end"));
    let labels = ["kind", "status", "plan", "currency", "subscription_interval"].map(|name| columns.codes(name));
    let mut changes: HashMap<u32, Vec<Change>> = HashMap::new();
    for (row, cell) in rows {
        let row = *row as usize;
        let Some(time_ms) = times.get(row) else { continue };
        let [kind, status, plan, currency, interval] = labels.each_ref().map(|codes| codes.label(row).map(str::to_owned));
        changes.entry(*cell).or_default().push(Change {
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
        transitions[cell as usize] = Transitions::from(changes);
    }
}
