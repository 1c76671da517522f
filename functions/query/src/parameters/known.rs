//! What an endpoint understands, as data: the reader of parameters and the API's document are both made from it.

use cube::catalogue::{self, Cube, Dimension};
use cube::query::{Granularity, TimeParameters};
use std::borrow::Cow;

/// The most that `limit` may ask for.
pub(crate) const MOST: usize = 1000;
/// How many of a ranking are shown where the caller does not say.
pub(crate) const RANKING: usize = 10;
/// How many of a list are shown where the caller does not say.
pub(crate) const LIST: usize = 100;
/// What `groupBy` takes besides dimensions and granularities.
const OF_TIME: [&str; 2] = ["hourOfDay", "weekday"];

/// What an endpoint understands.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Known<'a> {
    /// Whether it is about a time that the caller chooses.
    pub time: bool,
    /// Parameters of its own.
    pub own: &'a [Own],
    /// Dimensions by which its answer can be narrowed.
    pub dimensions: &'a [Dimension],
    /// What `groupBy` adds to its answer, where it takes that.
    pub groups: Option<Grouping>,
    /// How many rows it shows where the caller does not say, if `limit` is for the caller to choose.
    pub limit: Option<usize>,
    /// Whether what is beyond the limit can be had with `cursor`.
    pub cursor: bool,
}

/// A parameter of an endpoint's own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Own {
    /// Its name.
    pub name: &'static str,
    /// What it is, for the document.
    pub description: &'static str,
    /// What it may be.
    pub kind: Kind,
    /// What holds where it is not given.
    pub absent: Absent,
}

/// What a parameter may be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// Any text.
    Text,
    /// A whole number from one up to, and with, another.
    Count(u32, u32),
    /// One of these.
    OneOf(&'static [&'static str]),
    /// A metric of the catalogue.
    Metric,
    /// Several of them, comma-separated.
    Metrics,
}

/// What holds where a parameter is not given.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Absent {
    /// Nothing: the endpoint does without.
    Nothing,
    /// This value.
    Means(&'static str),
    /// A fault.
    Fault,
}

/// What `groupBy` adds to an answer: these numbers by the dimensions asked for, from the first of the cubes that has them all together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grouping {
    /// The cubes that may answer, narrowest first.
    pub cubes: &'static [&'static str],
    /// Numbers that each of these cubes has. Groups come in the order of the first, the largest first.
    pub numbers: &'static [&'static str],
    /// To what the cells are narrowed besides what is asked.
    pub only: &'static [(Dimension, &'static [&'static str])],
    /// By which dimensions alone, where not by all that the cubes have: then neither by what the clock shows.
    pub dimensions: Option<&'static [Dimension]>,
}

impl Known<'_> {
    /// Nothing at all.
    pub const NOTHING: Known<'static> = Known { time: false, own: &[], dimensions: &[], groups: None, limit: None, cursor: false };

    /// All names, in the order in which they are told.
    pub fn names(&self) -> Vec<&'static str> {
        let mut names: Vec<&str> = self.own.iter().map(|own| own.name).collect();
        names.extend(self.time.then_some(TimeParameters::NAMES).into_iter().flatten());
        names.extend(self.dimensions.iter().map(|dimension| dimension.name()));
        let shaping = [("groupBy", self.groups.is_some()), ("limit", self.default_limit().is_some()), ("cursor", self.takes_cursor())];
        names.extend(shaping.into_iter().filter(|(_, is_taken)| *is_taken).map(|(name, _)| name));
        names
    }

    /// How many rows there are where the caller may choose, and does not: groups are a list.
    pub fn default_limit(&self) -> Option<usize> {
        self.limit.or(self.groups.is_some().then_some(LIST))
    }

    /// Whether `cursor` is taken.
    pub fn takes_cursor(&self) -> bool {
        self.cursor || self.groups.is_some()
    }
}

impl Own {
    /// A text.
    pub const fn text(name: &'static str, description: &'static str) -> Self {
        Self { name, description, kind: Kind::Text, absent: Absent::Nothing }
    }

    /// One of some values.
    pub const fn one_of(name: &'static str, values: &'static [&'static str], description: &'static str) -> Self {
        Self { kind: Kind::OneOf(values), ..Self::text(name, description) }
    }

    /// A whole number within bounds, both of them in it.
    pub const fn count(name: &'static str, (least, most): (u32, u32), description: &'static str) -> Self {
        Self { kind: Kind::Count(least, most), ..Self::text(name, description) }
    }

    /// A metric of the catalogue.
    pub const fn metric(name: &'static str, description: &'static str) -> Self {
        Self { kind: Kind::Metric, ..Self::text(name, description) }
    }

    /// Several metrics of the catalogue.
    pub const fn metrics(name: &'static str, description: &'static str) -> Self {
        Self { kind: Kind::Metrics, ..Self::text(name, description) }
    }

    /// The same, and without it there is no answer.
    pub const fn required(self) -> Self {
        Self { absent: Absent::Fault, ..self }
    }

    /// The same, and this is meant where it is not given.
    pub const fn or(self, value: &'static str) -> Self {
        Self { absent: Absent::Means(value), ..self }
    }

    /// What is wrong with a value, in a code and in words.
    pub fn fault(&self, value: &str) -> Option<(&'static str, Cow<'static, str>)> {
        match self.kind {
            Kind::Text => None,
            Kind::Count(least, most) => {
                let is_fit = value.parse().is_ok_and(|count: u32| (least..=most).contains(&count));
                (!is_fit).then(|| ("bad_count", format!("must be a whole number from {least} to {most}").into()))
            }
            Kind::OneOf(values) => {
                (!values.contains(&value)).then(|| ("unknown_value", format!("must be one of {}", values.join(", ")).into()))
            }
            Kind::Metric => unknown_metric([value]),
            Kind::Metrics => unknown_metric(value.split(',')),
        }
    }
}

fn unknown_metric<'v>(names: impl IntoIterator<Item = &'v str>) -> Option<(&'static str, Cow<'static, str>)> {
    // What was sent is not repeated: it may be anything.
    let is_unknown = names.into_iter().any(|name| catalogue::metric(name).is_none());
    is_unknown.then(|| ("unknown_metric", format!("there are only these metrics: {}", metric_names().join(", ")).into()))
}

/// The names of all metrics.
pub(crate) fn metric_names() -> Vec<&'static str> {
    catalogue::metrics().iter().map(|metric| metric.name).collect()
}

impl Grouping {
    /// Numbers of one or more cubes.
    pub const fn of(cubes: &'static [&'static str], numbers: &'static [&'static str]) -> Self {
        Self { cubes, numbers, only: &[], dimensions: None }
    }

    /// The cubes themselves.
    pub fn cubes(&self) -> impl Iterator<Item = &'static Cube> {
        self.cubes.iter().filter_map(|name| catalogue::cube(name))
    }

    /// What `groupBy` may name.
    pub fn names(&self) -> Vec<&'static str> {
        let granularities = Granularity::ALL.map(Granularity::name);
        if let Some(dimensions) = self.dimensions {
            return dimensions.iter().map(|dimension| dimension.name()).chain(granularities).collect();
        }
        let mut names: Vec<&str> = Vec::new();
        for dimension in self.cubes().flat_map(|cube| cube.dimensions) {
            if !names.contains(&dimension.name()) {
                names.push(dimension.name());
            }
        }
        names.extend(granularities.into_iter().chain(OF_TIME));
        names
    }
}
