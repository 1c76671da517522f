//! What all families share: who was there. The same cube is folded from each, and the union of the families is everybody.

use super::Dimension::{Plan, Project, User};
use super::{Aggregate, Cube, Derived, Formula, Measure, Unit};
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

/// Who each user is: when it was first and last seen, on which days, and under which plans. [`crate::people`] reads new users, latest plans
/// and cohorts off it.
pub static PEOPLE: Cube = Cube {
    name: "people",
    families: &Family::ALL,
    dimensions: &[User, Project, Plan],
    keyed_by: Some(User),
    measures: &[
        Measure::new("events", Unit::Count, Aggregate::Count, "Events of every family."),
        Measure::new("firstSeen", Unit::Moment, Aggregate::Min("time"), "When the first event was."),
        Measure::new("lastSeen", Unit::Moment, Aggregate::Max("time"), "When the latest event was."),
        Measure::new("daysActive", Unit::Count, Aggregate::Days, "On how many days there was any event."),
    ],
    derived: &[Derived { name: "users", unit: Unit::Count, formula: Formula::Keys, description: "Users, exactly." }],
    description: "Each user: first and last seen, days active, plans.",
    ..Cube::BLANK
};
