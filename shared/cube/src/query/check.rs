//! A question checked against the catalogue: every fault is told at once, with what would have been right.

use super::{Granularity, MetricQuery, Order, Range, Slice};
use crate::catalogue::{self, Cube, Dimension, Formula, Unit};
use chrono_tz::Tz;
use model::Timestamp;

/// The most points a series may have.
const MOST_POINTS: i64 = 10_000;
/// The first moment that may be asked about: 1900-01-01T00:00:00Z.
const EARLIEST: Timestamp = Timestamp::from_millis(-2_208_988_800_000);
/// The first moment that may not: 2200-01-01T00:00:00Z.
const LATEST: Timestamp = Timestamp::from_millis(7_258_118_400_000);

/// What is wrong with a question.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryFault {
    /// No such cube.
    #[error("there is no cube {name}; there are {}", known.join(", "))]
    UnknownCube {
        /// What was asked for.
        name: String,
        /// What there is.
        known: Vec<&'static str>,
    },
    /// No such number.
    #[error("{cube} has no measure {name}; it has {}", known.join(", "))]
    UnknownMeasure {
        /// The cube.
        cube: &'static str,
        /// What was asked for.
        name: String,
        /// What it has.
        known: Vec<&'static str>,
    },
    /// No such dimension.
    #[error("{cube} has no dimension {name}; it has {}", known.join(", "))]
    UnknownDimension {
        /// The cube.
        cube: &'static str,
        /// What was asked for.
        name: String,
        /// What it has.
        known: Vec<&'static str>,
    },
    /// Nothing is asked for.
    #[error("a query asks for at least one measure")]
    NoMeasure,
    /// Money of several currencies would be added up (I8).
    #[error("{measure} is money: group by currency, or filter one")]
    MixedCurrencies {
        /// The number that is money.
        measure: String,
    },
    /// The rows are to be ordered by what is not asked for.
    #[error("rows are ordered by one of the measures asked for, and {by} is none of them")]
    UnknownOrder {
        /// What they were to be ordered by.
        by: String,
    },
    /// The range ends before it begins, or lies out of all bounds.
    #[error("a range ends after it begins, and lies between the years 1900 and 2200")]
    BadRange,
    /// The series would be too long.
    #[error("a series by {} has {points} points here, and may have at most 10000", granularity.name())]
    TooManyPoints {
        /// How it is divided.
        granularity: Granularity,
        /// How many points that makes.
        points: i64,
    },
}

/// What rows are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    /// A dimension, by its place in the cube.
    Dimension(usize),
    /// The hour of the day.
    HourOfDay,
    /// The day of the week.
    Weekday,
}

/// A question that the catalogue can answer.
#[derive(Debug, Clone)]
pub struct Query {
    pub(super) cube: &'static Cube,
    pub(super) numbers: Vec<&'static str>,
    pub(super) groups: Vec<Group>,
    /// Dimensions, by their place in the cube, and the values of which a cell must have one.
    pub(super) filters: Vec<(usize, Vec<String>)>,
    pub(super) range: Range,
    pub(super) granularity: Option<Granularity>,
    pub(super) timezone: Tz,
    pub(super) order: Option<Order>,
    pub(super) limit: Option<usize>,
    pub(super) keeps_state: bool,
    pub(super) slice: Slice,
    pub(super) most_rows: usize,
}

impl Query {
    /// The cube it reads.
    #[must_use]
    pub fn cube(&self) -> &'static Cube {
        self.cube
    }

    /// The one value of a keyed cube's key that it asks about, if so: then only that key's part of each state must be read.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.cube.keyed_by?;
        let (_, values) = self.filters.iter().find(|(dimension, _)| *dimension == 0)?;
        match values.as_slice() {
            [key] if key != catalogue::NONE => Some(key),
            _ => None,
        }
    }

    /// What time it asks about.
    #[must_use]
    pub fn range(&self) -> Range {
        self.range
    }

    /// Into what times its answer is divided.
    #[must_use]
    pub fn granularity(&self) -> Option<Granularity> {
        self.granularity
    }

    /// In what zone its days begin.
    #[must_use]
    pub fn timezone(&self) -> Tz {
        self.timezone
    }
}

impl MetricQuery {
    /// The question, checked.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn check(&self) -> Result<Query, Vec<QueryFault>> {
        let Some(cube) = catalogue::cube(&self.cube) else {
            let known = catalogue::cubes().iter().map(|cube| cube.name).collect();
            return Err(vec![QueryFault::UnknownCube { name: self.cube.clone(), known }]);
        };
        let mut faults = Vec::new();
        let numbers = self.check_numbers(cube, &mut faults);
        let (groups, granularity) = self.check_groups(cube, &mut faults);
        let filters = self.check_filters(cube, &mut faults);
        self.check_currencies(cube, &numbers, &mut faults);
        self.check_times(granularity, &mut faults);
        if let Some(order) = self.order.as_ref().filter(|order| !self.measures.contains(&order.by)) {
            faults.push(QueryFault::UnknownOrder { by: order.by.clone() });
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Query {
            cube,
            numbers,
            groups,
            filters,
            range: self.range,
            granularity,
            timezone: self.timezone,
            order: self.order.clone(),
            limit: self.limit,
            keeps_state: self.keeps_state,
            slice: Slice::WHOLE,
            most_rows: usize::MAX,
        })
    }

    fn check_numbers(&self, cube: &'static Cube, faults: &mut Vec<QueryFault>) -> Vec<&'static str> {
        if self.measures.is_empty() {
            faults.push(QueryFault::NoMeasure);
        }
        let mut numbers = Vec::new();
        for name in &self.measures {
            match cube.numbers().find(|known| known == name) {
                Some(known) => numbers.push(known),
                None => {
                    faults.push(QueryFault::UnknownMeasure { cube: cube.name, name: name.clone(), known: cube.numbers().collect() });
                }
            }
        }
        numbers
    }

    fn check_groups(&self, cube: &'static Cube, faults: &mut Vec<QueryFault>) -> (Vec<Group>, Option<Granularity>) {
        let (mut groups, mut granularity) = (Vec::new(), self.granularity);
        for name in &self.group_by {
            let group = match name.as_str() {
                "hourOfDay" => Some(Group::HourOfDay),
                "weekday" => Some(Group::Weekday),
                name => place(cube, name).map(Group::Dimension),
            };
            if let Some(group) = group {
                groups.push(group);
            } else if let Some(named) = Granularity::from_name(name) {
                granularity = Some(granularity.map_or(named, |other| other.min(named)));
            } else {
                faults.push(unknown_dimension(cube, name));
            }
        }
        (groups, granularity)
    }

    fn check_filters(&self, cube: &'static Cube, faults: &mut Vec<QueryFault>) -> Vec<(usize, Vec<String>)> {
        let mut filters = Vec::new();
        for (name, values) in &self.filters {
            match place(cube, name) {
                Some(dimension) => filters.push((dimension, values.clone())),
                None => faults.push(unknown_dimension(cube, name)),
            }
        }
        filters
    }

    /// Amounts of different currencies are never added (I8).
    fn check_currencies(&self, cube: &'static Cube, numbers: &[&'static str], faults: &mut Vec<QueryFault>) {
        let currency = Dimension::Currency.name();
        let is_one =
            self.group_by.iter().any(|name| name == currency) || self.filters.get(currency).is_some_and(|values| values.len() == 1);
        // A state tells them apart, as every cube with money does.
        let is_one = is_one || self.keeps_state;
        if let Some(measure) = numbers.iter().find(|name| !is_one && is_money(cube, name)) {
            faults.push(QueryFault::MixedCurrencies { measure: (*measure).to_owned() });
        }
    }

    fn check_times(&self, granularity: Option<Granularity>, faults: &mut Vec<QueryFault>) {
        if self.range.from >= self.range.to || self.range.from < EARLIEST || self.range.to > LATEST {
            faults.push(QueryFault::BadRange);
        } else if let Some(granularity) = granularity {
            faults.extend(check_points(granularity, self.range).err());
        }
    }
}

/// Refuses a series that would be too long.
pub(super) fn check_points(granularity: Granularity, range: Range) -> Result<(), QueryFault> {
    let points = granularity.points(range);
    if points > MOST_POINTS { Err(QueryFault::TooManyPoints { granularity, points }) } else { Ok(()) }
}

fn place(cube: &Cube, name: &str) -> Option<usize> {
    cube.dimensions.iter().position(|dimension| dimension.name() == name)
}

fn unknown_dimension(cube: &'static Cube, name: &str) -> QueryFault {
    let known = cube.dimensions.iter().map(|dimension| dimension.name()).collect();
    QueryFault::UnknownDimension { cube: cube.name, name: name.to_owned(), known }
}

/// Whether a number is money, or worked out from money.
fn is_money(cube: &Cube, name: &str) -> bool {
    let of_formula = |formula: Formula| match formula {
        Formula::Total(names) => names.iter().any(|name| is_money(cube, name)),
        Formula::Ratio(of, to) => is_money(cube, of) || is_money(cube, to),
        _ => false,
    };
    cube.measure(name).is_some_and(|measure| measure.unit == Unit::Money)
        || cube.derived(name).is_some_and(|derived| of_formula(derived.formula))
}
