//! The rows of an answer, read off tables in which everything has been merged: distinct counts come from unions, and ratios from totals.

use super::calendar::Calendar;
use super::check::Group;
use super::prepared::Prepared;
use super::reading::{Reading, Source, TIME};
use super::table::{Finished, Table};
use super::{Number, Row};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

impl Reading<'_> {
    /// The rows of the answer; nothing where there would be too many.
    pub fn rows(
        &self,
        (mut gathered, prepared): (BTreeMap<u32, Table>, &BTreeMap<u32, Arc<Prepared>>),
        calendar: &Calendar,
    ) -> Option<Vec<Row>> {
        let sources: Vec<Source> = self.query.numbers.iter().map(|name| self.source(name)).collect();
        let values = |from: &Finished, row: usize| sources.iter().map(|source| source.number(&from.table, row)).collect();
        if self.merges_keys_by_time() {
            let mut series = self.merge_keys(self.empty_table());
            let times: BTreeSet<u32> = gathered.keys().chain(prepared.keys()).copied().collect();
            for time in times {
                series.append(&self.finished(time, prepared.get(&time).map(|own| &**own), gathered.remove(&time)), None, 0);
            }
            let (totals, group_of_row) = series.coarser(|codes| codes[TIME] = 0, |_| false);
            return self.series(calendar, (&Finished::new(totals), &Finished::new(series), &group_of_row));
        }
        let gathered = gathered.remove(&0);
        if calendar.starts().is_empty() {
            let totals = Finished::new(self.finished(0, prepared.get(&0).map(|own| &**own), gathered));
            let groups = self.ranked_groups(&totals);
            let row = |group: &usize| Row { start: None, labels: self.labels(&totals.table, *group), values: values(&totals, *group) };
            return (groups.len() <= self.query.most_rows).then(|| groups.iter().map(row).collect());
        }
        let gathered = gathered.unwrap_or_else(|| self.empty_table());
        let order = self.query.order.as_ref().map(|order| self.source(&order.by));
        let ranks_by = |place: usize| order.as_ref().is_some_and(|source| !self.of_keys.is_empty() || source.reads(place));
        let (totals, group_of_row) = gathered.coarser(|codes| codes[TIME] = 0, ranks_by);
        let totals = Finished::new(self.merge_keys(totals));
        let series = Finished::new(self.merge_keys(gathered));
        // Keys that were merged have left fewer rows.
        let group_of_row = if self.of_keys.is_empty() { group_of_row } else { group_of_each(&series.table, &totals.table) };
        self.series(calendar, (&totals, &series, &group_of_row))
    }

    /// The rows of a series, of whose totals each row is part as the last says.
    fn series(&self, calendar: &Calendar, (totals, series, group_of_row): (&Finished, &Finished, &[Option<u32>])) -> Option<Vec<Row>> {
        let sources: Vec<Source> = self.query.numbers.iter().map(|name| self.source(name)).collect();
        let groups = self.ranked_groups(totals);
        if calendar.starts().len().saturating_mul(groups.len()) > self.query.most_rows {
            return None;
        }
        let grid = Grid::of(calendar.starts().len(), &groups, (&series.table, group_of_row));
        let labels: Vec<Arc<[String]>> = groups.iter().map(|group| self.labels(&totals.table, *group)).collect();
        let mut rows = Vec::with_capacity(calendar.starts().len() * groups.len());
        for (bucket, start) in calendar.starts().iter().enumerate() {
            for (place, labels) in labels.iter().enumerate() {
                let row = grid.row(bucket, place).unwrap_or(series.nothing());
                let values = sources.iter().map(|source| source.number(&series.table, row)).collect();
                rows.push(Row { start: Some(*start), labels: labels.clone(), values });
            }
        }
        Some(rows)
    }

    /// The groups, as rows of their totals, in the order asked for and as many. Without dimensions there is one group, also where nothing was
    /// seen.
    fn ranked_groups(&self, totals: &Finished) -> Vec<usize> {
        let Finished { table, .. } = totals;
        let mut rows: Vec<usize> = (0..table.cells.len()).collect();
        if rows.is_empty() && self.query.groups.is_empty() {
            return vec![totals.nothing()];
        }
        let order = self.query.order.as_ref();
        let source = order.map_or(Source::Nothing, |order| self.source(&order.by));
        let numbers: Vec<Number> = if order.is_some() { rows.iter().map(|row| source.number(table, *row)).collect() } else { Vec::new() };
        let compare = |a: &usize, b: &usize| {
            let ranked = order.map_or(Ordering::Equal, |order| {
                let ascending = numbers[*a].compare(&numbers[*b]);
                if order.descending { ascending.reverse() } else { ascending }
            });
            ranked.then_with(|| self.compare_labels(table, *a, *b))
        };
        // No two rows have the same labels, so that there is one order.
        if let Some(limit) = self.query.limit.filter(|limit| *limit < rows.len()) {
            rows.select_nth_unstable_by(limit, compare);
            rows.truncate(limit);
        }
        rows.sort_unstable_by(compare);
        rows
    }

    fn compare_labels(&self, table: &Table, a: usize, b: usize) -> Ordering {
        let compare = |(place, group): (usize, &Group)| match group {
            Group::Dimension(_) => table.cells.label(a, place).cmp(table.cells.label(b, place)),
            // Hours and weekdays have codes in their own order.
            Group::HourOfDay | Group::Weekday => table.cells.codes(a)[place].cmp(&table.cells.codes(b)[place]),
        };
        (1..).zip(&self.query.groups).map(compare).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    }

    fn labels(&self, table: &Table, row: usize) -> Arc<[String]> {
        (1..=self.query.groups.len()).map(|place| table.cells.label(row, place).to_owned()).collect()
    }
}

/// Which row of the totals each row of a series is part of.
fn group_of_each(series: &Table, totals: &Table) -> Vec<Option<u32>> {
    let group = |row: usize| {
        let mut codes = series.cells.codes(row).to_vec();
        codes[TIME] = 0;
        totals.cells.find(&codes)
    };
    (0..series.cells.len()).map(group).collect()
}

/// The rows of a series by bucket and group, so that a group's row is found without looking for its codes.
struct Grid {
    groups: usize,
    rows: Vec<Option<usize>>,
}

impl Grid {
    /// Of so many buckets, of groups that are rows of the totals, and of a series of which each row is part of one of those.
    fn of(buckets: usize, groups: &[usize], (series, group_of_row): (&Table, &[Option<u32>])) -> Self {
        let mut places: Vec<Option<usize>> = vec![None; groups.iter().max().map_or(0, |last| last + 1)];
        groups.iter().enumerate().for_each(|(place, group)| places[*group] = Some(place));
        let mut rows = vec![None; buckets * groups.len()];
        for (row, group) in group_of_row.iter().enumerate() {
            let place = group.and_then(|group| places.get(group as usize).copied().flatten());
            let at = place.map(|place| series.cells.codes(row)[TIME] as usize * groups.len() + place);
            if let Some(own) = at.and_then(|at| rows.get_mut(at)) {
                *own = Some(row);
            }
        }
        Self { groups: groups.len(), rows }
    }

    fn row(&self, bucket: usize, place: usize) -> Option<usize> {
        self.rows.get(bucket * self.groups + place).copied().flatten()
    }
}
