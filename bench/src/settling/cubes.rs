//! The three rollups that are compared, as cubes: by provider, model and status; by feature and plan; by user.

use cube::CubeState;
use cube::catalogue::Dimension::{Feature, Model, Plan, Provider, Status, User};
use cube::catalogue::{Aggregate, Cube, Dimension, Measure, Unit};
use model::Family;

const REQUESTS: Measure = Measure::new("requests", Unit::Count, Aggregate::Count, "");
const INPUT: Measure = Measure::new("inputTokens", Unit::Tokens, Aggregate::Sum("input_tokens"), "");
const OUTPUT: Measure = Measure::new("outputTokens", Unit::Tokens, Aggregate::Sum("output_tokens"), "");
const USERS: Measure = Measure::new("users", Unit::Count, Aggregate::Distinct("user"), "");
const LATENCY: Measure = Measure::new("latency", Unit::Millis, Aggregate::Quantiles("latency_ms"), "");

const fn cube(name: &'static str, dimensions: &'static [Dimension], keyed_by: Option<Dimension>, measures: &'static [Measure]) -> Cube {
    Cube {
        name,
        families: &[Family::Ai],
        filter: &[],
        dimensions,
        keyed_by,
        ranked: &[],
        cells: usize::MAX,
        measures,
        derived: &[],
        retention_days: 1,
        description: "",
    }
}

/// Each with its counts, token sums, and, but for that of users, distinct users; the first with the distribution of durations.
pub static CUBES: [Cube; 3] = [
    cube("models", &[Provider, Model, Status], None, &[REQUESTS, INPUT, OUTPUT, USERS, LATENCY]),
    cube("features", &[Feature, Plan], None, &[REQUESTS, INPUT, OUTPUT, USERS]),
    cube("users", &[User], Some(User), &[REQUESTS, INPUT, OUTPUT]),
];

/// The columns that they are made of.
pub const COLUMNS: [&str; 9] = ["provider", "model", "status", "feature", "plan", "user", "input_tokens", "output_tokens", "latency_ms"];

/// How many cells there are, and what their counts and tokens come to: the same whoever rolls up.
pub fn sums(state: &CubeState) -> [i128; 4] {
    let total = |measure: &str| state.total(measure).unwrap_or_default();
    [state.len() as i128, total("requests"), total("inputTokens"), total("outputTokens")]
}
