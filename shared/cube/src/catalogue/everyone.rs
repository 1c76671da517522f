//! What all families share: who was there. The same cube is folded from each, and the union of the families is everybody.

use super::Dimension::{Plan, Project};
use super::{Aggregate, Cube, Measure, Unit};
use model::Family;

/// Active users, growth, retention and cohorts, by plan.
pub static USERS: Cube = Cube {
    name: "users",
    families: &Family::ALL,
    dimensions: &[Project, Plan],
    ranked: &[Plan, Project],
    measures: &[
        Measure::new("events", Unit::Count, Aggregate::Count, "Events of every family."),
        Measure::new("users", Unit::Count, Aggregate::Set("user"), "The set of users with any event."),
        Measure::new("lastEvent", Unit::Moment, Aggregate::Max("time"), "When the latest event happened."),
    ],
    description: "Users with any event, as sets that unite and intersect.",
    ..Cube::BLANK
};
