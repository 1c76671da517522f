//! Which cube tells of events of engagement, by what is asked together.

use crate::numbers::Numbers;
use crate::parameters::Asked;
use cube::catalogue::{self, Cube, Dimension};
use cube::query::{Answer, MetricQuery};
use web::Problem;

/// The cubes that count events of engagement, the narrowest first; the last knows all dimensions, because it is kept by user.
pub(super) const CUBES: [&str; 4] = ["engagement_events", "engagement_devices", "engagement_campaigns", "engagement_users"];
/// What is asked of events, as far as a cube counts it.
const NUMBERS: [&str; 11] = [
    "events",
    "users",
    "sessions",
    "value",
    "valuedEvents",
    "valueMean",
    "timeOnPage",
    "timedEvents",
    "timeOnPageMean",
    "scrollDepth",
    "scrollDepthMean",
];

/// A question about events, and the numbers that it asks for.
pub(super) struct Acts {
    pub numbers: Vec<&'static str>,
    pub question: MetricQuery,
}

impl Acts {
    /// All that a cube counts of what is asked.
    pub fn of(asked: &Asked, cube: &'static Cube) -> Self {
        let numbers: Vec<&'static str> = NUMBERS.into_iter().filter(|name| cube.unit(name).is_some()).collect();
        Self { question: asked.question(cube.name, &numbers), numbers }
    }

    /// The numbers of its answer, where that is one row.
    pub fn only<'a>(&'a self, answer: &'a Answer) -> Numbers<'a> {
        Numbers::only(&self.numbers, answer)
    }
}

/// The narrowest cube that knows what is asked about, and a dimension besides.
pub(super) fn cube_for(asked: &Asked, dimension: Option<Dimension>) -> Result<&'static Cube, Problem> {
    let needed: Vec<Dimension> = asked.dimensions().into_iter().chain(dimension).collect();
    let has_all = |cube: &&Cube| needed.iter().all(|own| cube.dimensions.contains(own));
    let found = CUBES.iter().filter_map(|name| catalogue::cube(name)).find(has_all);
    found.ok_or_else(|| Problem::internal("no cube of engagement knows all of its dimensions"))
}

/// Whether sessions are told apart by all that is asked about.
pub(super) fn is_of_sessions(asked: &Asked) -> bool {
    catalogue::cube("sessions").is_some_and(|cube| asked.dimensions().iter().all(|own| cube.dimensions.contains(own)))
}
