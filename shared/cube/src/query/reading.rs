//! What a query needs of its cube, and how the cells of states become rows of a table: filtered and regrouped, so that what comes together
//! is merged before anything is read.

use super::Number;
use super::Query;
use super::calendar::Calendar;
use super::check::Group;
use super::table::{Table, passing, read};
use crate::catalogue::{Derived, Formula, Unit};
use crate::state::{Column, CubeState};
use model::Timestamp;
use model::money::Decimal;

/// Where a row's codes keep the bucket of time.
pub const TIME: usize = 0;
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

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
    pub fn passing(&self, state: &CubeState) -> Vec<(usize, Vec<bool>)> {
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
    pub fn clock(&self, calendar: &Calendar, moment: Timestamp) -> Vec<(usize, u32)> {
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
    pub fn source(&self, name: &str) -> Source {
        let cube = self.query.cube;
        let unit = cube.unit(name).unwrap_or(Unit::Count);
        match cube.derived(name).map(|derived| derived.formula) {
            Some(Formula::Total(names)) => Source::Total(names.iter().map(|name| self.source(name)).collect(), unit),
            Some(Formula::Ratio(of, to)) => Source::Ratio(Box::new([self.source(of), self.source(to)])),
            _ => self.place(name).map_or(Source::Nothing, |place| Source::Column(place, unit)),
        }
    }
}

/// Whether a cell of these codes passes all filters.
pub fn is_passing(passes: &[(usize, Vec<bool>)], codes: &[u32]) -> bool {
    passes.iter().all(|(at, passes)| passes[codes[*at] as usize])
}

/// Where a number of a row comes from, by the places of columns: found once, and not by name for each row.
pub enum Source {
    Column(usize, Unit),
    Total(Vec<Self>, Unit),
    Ratio(Box<[Self; 2]>),
    Nothing,
}

impl Source {
    /// The number of a row.
    pub fn number(&self, table: &Table, row: usize) -> Number {
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
    pub fn reads(&self, place: usize) -> bool {
        match self {
            Self::Column(own, _) => *own == place,
            Self::Total(parts, _) => parts.iter().any(|part| part.reads(place)),
            Self::Ratio(parts) => parts.iter().any(|part| part.reads(place)),
            Self::Nothing => false,
        }
    }
}
