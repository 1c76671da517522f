//! The answer, worked out from states: filter and regroup their cells, merge what comes together, then read the numbers off.
//!
//! Everything is merged before anything is read, so that distinct counts come from unions and ratios from totals.

use super::calendar::Calendar;
use super::check::Group;
use super::prepared::Prepared;
use super::table::{Finished, Table, passing, read};
use super::{Answer, Bucket, Number, Plan, Query, Row, Slice};
use crate::catalogue::{Derived, Dimension, Formula, Unit};
use crate::state::{Column, CubeState};
use model::Timestamp;
use model::money::Decimal;
use std::borrow::Borrow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Where a row's codes keep the bucket of time.
const TIME: usize = 0;
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// A bucket of an answer's time, and what of the clock it tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot(usize, u32, u32);

/// An answer in the making: it takes up the states of buckets one by one, so that no more of them need to be kept than are being read.
pub struct Evaluation<'a> {
    reading: Reading<'a>,
    plan: &'a Plan,
    /// What was taken up, in one table, or where keys are merged bucket by bucket, in one for each bucket of the answer's time.
    gathered: BTreeMap<u32, Table>,
    /// Of each such table the largest state that was prepared, which is not in it.
    prepared: BTreeMap<u32, Arc<Prepared>>,
    /// Whether more groups were seen than the query wants at most: then nothing more is taken up.
    is_over: bool,
    /// What was read, where that is asked for.
    state: Option<CubeState>,
}

impl Query {
    /// The answer, to be worked out from the states of the buckets that the plan allows.
    #[must_use]
    pub fn evaluation<'a>(&'a self, plan: &'a Plan) -> Evaluation<'a> {
        let (reading, gathered, prepared) = (Reading::of(self), BTreeMap::new(), BTreeMap::new());
        let state = self.keeps_state.then(|| CubeState::empty(self.cube));
        Evaluation { reading, plan, gathered, prepared, is_over: false, state }
    }

    /// The measures of its cube that it needs.
    #[must_use]
    pub fn measures(&self) -> Vec<&'static str> {
        Reading::of(self).measures.iter().map(|at| self.cube.measures[*at].name).collect()
    }

    /// The dimensions of its cube that it tells cells apart by.
    #[must_use]
    pub fn dimensions(&self) -> Vec<Dimension> {
        if self.keeps_state {
            return self.cube.dimensions.to_vec();
        }
        let grouped = self.groups.iter().filter_map(|group| match group {
            Group::Dimension(at) => Some(*at),
            Group::HourOfDay | Group::Weekday => None,
        });
        let key = Reading::of(self).key_place().map(|_| 0);
        let places = grouped.chain(self.filters.iter().map(|(at, _)| *at)).chain(key);
        places.map(|at| self.cube.dimensions[at]).collect()
    }

    /// Where in the answer a bucket counts: what is read of two of the same slot comes together, and may be merged before it is taken up.
    #[must_use]
    pub fn slot(&self, plan: &Plan, bucket: Bucket) -> Slot {
        let (calendar, middle) = (&plan.calendar, plan.middle(bucket.start));
        let clock = |group: Group, of: u32| if self.groups.contains(&group) { of } else { 0 };
        let hour = clock(Group::HourOfDay, calendar.hour_of_day(middle));
        Slot(calendar.index_of(middle), hour, clock(Group::Weekday, calendar.weekday(middle)))
    }

    /// Whether it is a piece of a larger one, of some keys or of so many rows at most: nobody asks the same again.
    #[must_use]
    pub fn is_piece(&self) -> bool {
        self.most_rows != usize::MAX || self.slice != Slice::WHOLE
    }

    /// The answer from states that are at hand.
    #[must_use]
    pub fn evaluate<S: Borrow<CubeState>>(&self, plan: &Plan, states: impl IntoIterator<Item = (Bucket, S)>) -> Answer {
        let mut evaluation = self.evaluation(plan);
        states.into_iter().for_each(|(bucket, state)| evaluation.add(bucket, state.borrow()));
        evaluation.answer()
    }
}

impl Evaluation<'_> {
    /// Adds the state of a bucket; there may be none, one or several of each, as long as each event is in one of them. States of other cubes
    /// and of buckets that the plan does not allow count for nothing.
    pub fn add(&mut self, bucket: Bucket, state: &CubeState) {
        if self.is_over || !self.plan.allows(bucket) || !std::ptr::eq(state.cube(), self.reading.query.cube) {
            return;
        }
        if let Some(own) = &mut self.state {
            let passes = self.reading.passing(state);
            own.merge_some(state, |cell| is_passing(&passes, state.cells.codes(cell)));
        } else {
            self.gather(bucket, state);
        }
    }

    /// The same of a state that was prepared for a question of this one's [`Query::preparation`].
    pub fn add_prepared(&mut self, bucket: Bucket, prepared: &Arc<Prepared>) {
        if prepared.finished.is_none() {
            return self.add(bucket, &prepared.state);
        }
        if self.is_over || !self.plan.allows(bucket) || !std::ptr::eq(prepared.state.cube(), self.reading.query.cube) {
            return;
        }
        let (_, time) = self.place_of(bucket);
        let smaller = match self.prepared.get(&time) {
            None => None,
            Some(own) if own.state.len() < prepared.state.len() => Some(Arc::clone(own)),
            Some(_) => Some(Arc::clone(prepared)),
        };
        if smaller.as_ref().is_none_or(|smaller| !Arc::ptr_eq(smaller, prepared)) {
            self.prepared.insert(time, Arc::clone(prepared));
        }
        if let Some(smaller) = smaller {
            self.gather(bucket, &smaller.state);
        }
    }

    /// Which bucket of the answer's time a bucket is of, and which table.
    fn place_of(&self, bucket: Bucket) -> (u32, u32) {
        let index = u32::try_from(self.plan.calendar.index_of(self.plan.middle(bucket.start))).unwrap_or(u32::MAX);
        (index, if self.reading.merges_keys_by_time() { index } else { 0 })
    }

    fn gather(&mut self, bucket: Bucket, state: &CubeState) {
        let (index, own) = self.place_of(bucket);
        let clock = self.reading.clock(&self.plan.calendar, self.plan.middle(bucket.start));
        let table = self.gathered.entry(own).or_insert_with(|| self.reading.empty_table());
        self.reading.gather(table, state, (index, &clock), None);
        // Each is a row at least, but where they are of keys, which are merged in the end.
        if self.reading.of_keys.is_empty() && table.cells.len() > self.reading.query.most_rows {
            self.is_over = true;
            self.gathered.clear();
        }
    }

    /// Whether nothing more is taken up, because the answer would have more rows than the query wants at most.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.is_over
    }

    /// The answer.
    #[must_use]
    pub fn answer(self) -> Answer {
        let Self { reading, plan, gathered, prepared, is_over, state } = self;
        let rows = if state.is_some() || is_over { Some(Vec::new()) } else { reading.rows((gathered, &prepared), &plan.calendar) };
        let is_over = is_over || rows.is_none();
        let rows = rows.unwrap_or_default();
        let numbers = &reading.query.numbers;
        let is_estimated = |at: &usize| rows.iter().any(|row| row.values[*at].is_approximate());
        Answer {
            approximate: (0..numbers.len()).filter(is_estimated).map(|at| numbers[at]).collect(),
            rows,
            covered: plan.covered,
            is_aligned: plan.calendar.is_aligned,
            is_over,
            state,
        }
    }
}

/// A query, and what of its cube it needs.
pub struct Reading<'a> {
    pub query: &'a Query,
    /// The measures that are needed, by their place in the cube.
    pub measures: Vec<usize>,
    /// The numbers that are worked out for each value of the key before those are merged.
    pub of_keys: Vec<&'static Derived>,
}

impl<'a> Reading<'a> {
    pub fn of(query: &'a Query) -> Self {
        let mut reading = Self { query, measures: Vec::new(), of_keys: Vec::new() };
        query.numbers.iter().for_each(|name| reading.need(name));
        reading
    }

    fn need(&mut self, name: &str) {
        let cube = self.query.cube;
        if let Some(at) = cube.measures.iter().position(|measure| measure.name == name) {
            if !self.measures.contains(&at) {
                self.measures.push(at);
            }
        } else if let Some(derived) = cube.derived(name) {
            if derived.formula.is_of_keys() && !self.of_keys.contains(&derived) {
                self.of_keys.push(derived);
            }
            derived.formula.names().iter().for_each(|name| self.need(name));
        }
    }

    /// Where a row's codes keep the key, where that is needed: after the time and the groups.
    pub fn key_place(&self) -> Option<usize> {
        (!self.of_keys.is_empty()).then_some(1 + self.query.groups.len())
    }

    pub fn empty_table(&self) -> Table {
        let width = 1 + self.query.groups.len() + usize::from(self.key_place().is_some());
        let column = |at: &usize| Column::new(&self.query.cube.measures[*at].aggregate);
        let mut table = Table::new(width, self.measures.iter().map(column).collect());
        for (group, labels) in self.query.groups.iter().zip(&mut table.cells.labels[1..]) {
            match group {
                Group::Dimension(_) => {}
                Group::HourOfDay => (0..24).for_each(|hour| _ = labels.push(&format!("{hour:02}"))),
                Group::Weekday => WEEKDAYS.iter().for_each(|day| _ = labels.push(day)),
            }
        }
        table
    }

    /// By the place of each dimension that is filtered, which labels of a state pass.
    fn passing(&self, state: &CubeState) -> Vec<(usize, Vec<bool>)> {
        self.query.filters.iter().map(|(at, values)| (*at, passing(&state.cells.labels[*at], values))).collect()
    }

    /// Whether the numbers of keys of each bucket of time are worked out apart: keys need not be told apart beyond one, where nothing is
    /// ranked by what they come to in all of them.
    pub fn merges_keys_by_time(&self) -> bool {
        !self.of_keys.is_empty() && self.query.granularity.is_some() && self.query.order.is_none()
    }

    /// The places of a row's codes that are labels of a state, each with the place of its dimension.
    fn labelled(&self) -> Vec<(usize, usize)> {
        let groups = (1..).zip(&self.query.groups).filter_map(|(place, group)| match group {
            Group::Dimension(at) => Some((place, *at)),
            Group::HourOfDay | Group::Weekday => None,
        });
        groups.chain(self.key_place().map(|place| (place, 0))).collect()
    }

    /// The codes of the groups that a clock shows at a moment, each with its place.
    fn clock(&self, calendar: &Calendar, moment: Timestamp) -> Vec<(usize, u32)> {
        let code = |(place, group): (usize, &Group)| match group {
            Group::Dimension(_) => None,
            Group::HourOfDay => Some((place, calendar.hour_of_day(moment))),
            Group::Weekday => Some((place, calendar.weekday(moment))),
        };
        (1..).zip(&self.query.groups).filter_map(code).collect()
    }

    /// Adds the cells of a state that pass the filters, or of those some whose keys have these codes, in a bucket of time and with what a
    /// clock shows there.
    pub fn gather(&self, table: &mut Table, state: &CubeState, (time, clock): (u32, &[(usize, u32)]), keys: Option<&[bool]>) {
        let passes = self.passing(state);
        let sliced_by = self.query.slice_places();
        let is_in_slice = |own: &[u32]| self.query.slice.has(sliced_by.iter().map(|at| state.cells.labels[*at].get(own[*at])));
        let is_wanted = |own: &[u32]| keys.is_none_or(|keys| keys[own[0] as usize]) && is_passing(&passes, own) && is_in_slice(own);
        let labelled = self.labelled();
        let mut codes = vec![0; table.cells.labels.len()];
        codes[TIME] = time;
        for (place, code) in clock {
            codes[*place] = *code;
        }
        let is_first = table.cells.len() == 0 && keys.is_none();
        // Whether no two cells of the state come into one row. Those of the first state then become rows as they are, and of another one those
        // with a label that no row has.
        let are_rows =
            (0..state.cells.labels.len()).all(|at| state.cells.labels[at].len() < 2 || labelled.iter().any(|(_, own)| *own == at));
        let before: Vec<usize> = labelled.iter().map(|(place, _)| if is_first { 0 } else { table.cells.labels[*place].len() }).collect();
        let mut known: Vec<Vec<Option<u32>>> = Vec::with_capacity(labelled.len());
        for (place, at) in &labelled {
            let labels = &state.cells.labels[*at];
            known.push(if is_first { (0..).take(labels.len()).map(Some).collect() } else { vec![None; labels.len()] });
            if is_first {
                table.cells.labels[*place].clone_from(labels);
            }
        }
        let mut targets = Vec::with_capacity(state.len());
        for cell in 0..state.len() {
            let own = state.cells.codes(cell);
            if !is_wanted(own) {
                targets.push(None);
                continue;
            }
            let mut is_new = is_first;
            for (((place, at), known), before) in labelled.iter().zip(&mut known).zip(&before) {
                let code = own[*at];
                let intern = || table.cells.labels[*place].intern(state.cells.labels[*at].get(code));
                codes[*place] = *known[code as usize].get_or_insert_with(intern);
                is_new |= codes[*place] as usize >= *before;
            }
            targets.push(Some(if are_rows && is_new { table.cells.push(&codes) } else { table.cells.intern(&codes) }));
        }
        let is_whole = is_first && are_rows && table.cells.len() == state.len();
        for (column, at) in table.columns.iter_mut().zip(&self.measures) {
            if is_whole {
                column.clone_from(&state.columns[*at]);
            } else {
                column.grow(table.cells.len());
                column.merge(&state.columns[*at], &targets);
            }
        }
    }

    /// The place of the column of a measure, or of a number of keys.
    fn place(&self, name: &str) -> Option<usize> {
        let is_named = |at: &usize| self.query.cube.measures[*at].name == name;
        self.measures.iter().position(is_named).or_else(|| {
            let at = self.of_keys.iter().position(|derived| derived.name == name)?;
            Some(self.measures.len() + at)
        })
    }

    /// The column of a measure, or of a number of keys.
    pub fn column<'t>(&self, table: &'t Table, name: &str) -> Option<&'t Column> {
        table.columns.get(self.place(name)?)
    }

    /// Whether the column of a place is read off the rows of the answer, or ranks them.
    pub fn shows(&self, place: usize) -> bool {
        let names = self.query.numbers.iter().copied().chain(self.query.order.as_ref().map(|order| &*order.by));
        names.into_iter().any(|name| self.source(name).reads(place))
    }

    /// Where a number comes from.
    fn source(&self, name: &str) -> Source {
        let cube = self.query.cube;
        let unit = cube.unit(name).unwrap_or(Unit::Count);
        match cube.derived(name).map(|derived| derived.formula) {
            Some(Formula::Total(names)) => Source::Total(names.iter().map(|name| self.source(name)).collect(), unit),
            Some(Formula::Ratio(of, to)) => Source::Ratio(Box::new([self.source(of), self.source(to)])),
            _ => self.place(name).map_or(Source::Nothing, |place| Source::Column(place, unit)),
        }
    }

    /// The rows of the answer; nothing where there would be too many.
    fn rows(
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

/// Whether a cell of these codes passes all filters.
fn is_passing(passes: &[(usize, Vec<bool>)], codes: &[u32]) -> bool {
    passes.iter().all(|(at, passes)| passes[codes[*at] as usize])
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

/// Where a number of a row comes from, by the places of columns: found once, and not by name for each row.
enum Source {
    Column(usize, Unit),
    Total(Vec<Self>, Unit),
    Ratio(Box<[Self; 2]>),
    Nothing,
}

impl Source {
    /// The number of a row.
    fn number(&self, table: &Table, row: usize) -> Number {
        match self {
            Self::Column(place, unit) => table.columns.get(*place).map_or(Number::Nothing, |column| read(column, row, *unit)),
            Self::Total(parts, unit) => {
                Number::Exact(Decimal { units: parts.iter().map(|part| part.units(table, row)).sum(), scale: unit.scale() })
            }
            Self::Ratio(parts) => match parts.each_ref().map(|part| part.number(table, row).exact()) {
                [Some(of), Some(to)] if to.units != 0 => Number::Ratio(of, to),
                _ => Number::Nothing,
            },
            Self::Nothing => Number::Nothing,
        }
    }

    /// The units of an exact number of a row; of another none.
    fn units(&self, table: &Table, row: usize) -> i128 {
        match self {
            Self::Column(place, _) if let Some(Column::Sum(sums)) = table.columns.get(*place) => sums[row],
            other => other.number(table, row).exact().map_or(0, |decimal| decimal.units),
        }
    }

    /// Whether it needs the column of this place.
    fn reads(&self, place: usize) -> bool {
        match self {
            Self::Column(own, _) => *own == place,
            Self::Total(parts, _) => parts.iter().any(|part| part.reads(place)),
            Self::Ratio(parts) => parts.iter().any(|part| part.reads(place)),
            Self::Nothing => false,
        }
    }
}
