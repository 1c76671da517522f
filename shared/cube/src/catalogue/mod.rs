//! The catalogue: every cube and every public metric, as data. A metric exists because it has a row here; folding, storing, querying and
//! exporting all read these tables. To add a metric is to add a row.

mod ai;
mod dimension;
mod engagement;
mod everyone;
mod lifecycle;
mod meaning;
mod measure;
mod metric;
mod performance;
mod sales;

pub use dimension::{Dimension, NONE, OTHER};
pub use meaning::Accuracy;
pub use measure::{Aggregate, Condition, Derived, Filter, Formula, Measure, Test, Unit};
pub use metric::{Metric, metric, metrics};

use model::Family;
use std::sync::LazyLock;

/// For how many days the rollups of a cube are kept where the owner sets nothing else (I9).
pub const ROLLUP_DAYS: u32 = 730;

/// A set of dimensions and measures over the events of one or more families.
#[derive(Debug, PartialEq, Eq)]
pub struct Cube {
    /// Its name, unique; never reused for something else, because stored states carry it.
    pub name: &'static str,
    /// The families it is folded from. States of several families add up.
    pub families: &'static [Family],
    /// Which events it counts.
    pub filter: Filter,
    /// By what its cells are told apart.
    pub dimensions: &'static [Dimension],
    /// The dimension whose values are so many that the cells are stored in hash parts of it, one part a small read. It is the first of
    /// `dimensions`; an event without it belongs to a part by its other labels.
    pub keyed_by: Option<Dimension>,
    /// Dimensions whose values give way to [`OTHER`], in this order, when a rollup has more than `cells`; see [`crate::cap`].
    pub ranked: &'static [Dimension],
    /// How many cells of a rollup are kept apart.
    pub cells: usize,
    /// What each cell keeps.
    pub measures: &'static [Measure],
    /// What is worked out from that.
    pub derived: &'static [Derived],
    /// Days for which its rollups are kept.
    pub retention_days: u32,
    /// What it is for.
    pub description: &'static str,
}

impl Cube {
    /// What the fields of a cube are where it says nothing of them.
    const BLANK: Self = Self {
        name: "",
        families: &[],
        filter: &[],
        dimensions: &[],
        keyed_by: None,
        ranked: &[],
        cells: 1_000,
        measures: &[],
        derived: &[],
        retention_days: ROLLUP_DAYS,
        description: "",
    };

    /// The measure of this name.
    #[must_use]
    pub fn measure(&self, name: &str) -> Option<&'static Measure> {
        self.measures.iter().find(|measure| measure.name == name)
    }

    /// The derived number of this name.
    #[must_use]
    pub fn derived(&self, name: &str) -> Option<&'static Derived> {
        self.derived.iter().find(|derived| derived.name == name)
    }

    /// The unit of the measure or derived number of this name.
    #[must_use]
    pub fn unit(&self, name: &str) -> Option<Unit> {
        self.measure(name).map(|measure| measure.unit).or_else(|| self.derived(name).map(|derived| derived.unit))
    }

    /// The names of all measures and derived numbers.
    pub fn numbers(&self) -> impl Iterator<Item = &'static str> {
        self.measures.iter().map(|measure| measure.name).chain(self.derived.iter().map(|derived| derived.name))
    }
}

static ALL: [&Cube; 21] = [
    &everyone::USERS,
    &ai::AI_REQUESTS,
    &ai::AI_USERS,
    &ai::CHAT_MESSAGES,
    &ai::CHAT_SESSIONS,
    &engagement::ENGAGEMENT_EVENTS,
    &engagement::ENGAGEMENT_DEVICES,
    &engagement::ENGAGEMENT_CAMPAIGNS,
    &engagement::ENGAGEMENT_USERS,
    &engagement::SESSIONS,
    &sales::SALES,
    &sales::CUSTOMERS,
    &sales::SUBSCRIPTIONS,
    &performance::HTTP_REQUESTS,
    &performance::RESOURCES,
    &lifecycle::LIFECYCLE_EVENTS,
    &lifecycle::LIFECYCLE_USERS,
    &lifecycle::PROJECTS,
    &lifecycle::ACCOUNTS,
    &lifecycle::PLAN_CHANGES,
    &everyone::PEOPLE,
];

/// All cubes.
#[must_use]
pub fn cubes() -> &'static [&'static Cube] {
    &ALL
}

/// The cube of this name.
#[must_use]
pub fn cube(name: &str) -> Option<&'static Cube> {
    static BY_NAME: LazyLock<Vec<&'static Cube>> = LazyLock::new(|| {
        let mut cubes = ALL.to_vec();
        cubes.sort_by_key(|cube| cube.name);
        cubes
    });
    BY_NAME.binary_search_by_key(&name, |cube| cube.name).ok().map(|at| BY_NAME[at])
}

/// The cubes folded from events of this family.
pub fn of_family(family: Family) -> impl Iterator<Item = &'static Cube> {
    ALL.iter().copied().filter(move |cube| cube.families.contains(&family))
}

#[cfg(test)]
mod reads;
#[cfg(test)]
mod sizes;
#[cfg(test)]
mod tests;
