//! The cubes of a platform's life: users, projects, generations, builds, conversations, plans.

use super::Dimension::{Event, Name, Plan, PlanFrom, PlanTo, Project, User};
use super::{Aggregate, Condition, Cube, Derived, Formula, Measure, Test, Unit};
use model::Family;

const FAMILY: &[Family] = &[Family::Lifecycle];
const EVENTS: Measure = Measure::new("events", Unit::Count, Aggregate::Count, "Events.");
const FIRST: Measure = Measure::new("first", Unit::Moment, Aggregate::Min("time"), "When the first was.");
const LAST: Measure = Measure::new("last", Unit::Moment, Aggregate::Max("time"), "When the latest was.");

/// Events by name: generations started, builds triggered, sign-ups, conversations.
pub static LIFECYCLE_EVENTS: Cube = Cube {
    name: "lifecycle_events",
    families: FAMILY,
    dimensions: &[Project, Event, Plan],
    ranked: &[Event, Plan, Project],
    measures: &[
        EVENTS,
        Measure::new("users", Unit::Count, Aggregate::Distinct("user"), "Distinct users."),
        Measure::new("subjects", Unit::Count, Aggregate::Distinct("subject"), "Distinct things it happened to."),
    ],
    description: "Platform events by name, project and plan.",
    ..Cube::BLANK
};

/// What each user did on the platform.
pub static LIFECYCLE_USERS: Cube = Cube {
    name: "lifecycle_users",
    families: FAMILY,
    dimensions: &[User, Project, Event, Plan],
    keyed_by: Some(User),
    measures: &[EVENTS],
    derived: &[Derived { name: "users", unit: Unit::Count, formula: Formula::Keys, description: "Users, exactly." }],
    description: "Platform events of each user.",
    ..Cube::BLANK
};

/// Projects made and deleted, with their names.
pub static PROJECTS: Cube = Cube {
    name: "projects",
    families: FAMILY,
    filter: &[Condition { column: "kind", test: Test::In(&["project.created", "project.deleted"]) }],
    dimensions: &[Project, Event, Name],
    keyed_by: Some(Project),
    measures: &[EVENTS, FIRST, LAST],
    derived: &[Derived { name: "projects", unit: Unit::Count, formula: Formula::Keys, description: "Projects, exactly." }],
    description: "Projects made and deleted, with their names.",
    ..Cube::BLANK
};

/// Accounts made: sign-ups by plan.
pub static ACCOUNTS: Cube = Cube {
    name: "accounts",
    families: FAMILY,
    filter: &[Condition { column: "kind", test: Test::In(&["user.signup", "user.created"]) }],
    dimensions: &[Project, Plan],
    ranked: &[Plan, Project],
    measures: &[
        EVENTS,
        Measure::new("users", Unit::Count, Aggregate::Set("user"), "The set of users who signed up, so that cohorts can be followed."),
    ],
    description: "Accounts made, by plan.",
    ..Cube::BLANK
};

/// Moves from plan to plan.
pub static PLAN_CHANGES: Cube = Cube {
    name: "plan_changes",
    families: FAMILY,
    filter: &[Condition { column: "kind", test: Test::In(&["user.plan_upgrade", "user.plan_downgrade"]) }],
    dimensions: &[Project, Event, PlanFrom, PlanTo],
    ranked: &[PlanFrom, PlanTo, Project],
    measures: &[EVENTS, Measure::new("users", Unit::Count, Aggregate::Distinct("user"), "Distinct users.")],
    description: "Moves from plan to plan.",
    ..Cube::BLANK
};
