//! Users: how many there are and were, who comes, who comes back, on what plans.
//!
//! A user is whoever has an id and any event in any family. Who is new, and on which plan, is told by the first and the latest event of each,
//! which the cube of people keeps exactly; who was there at a time, by sets of users.

mod active;
mod by_plan;
mod count;
mod growth;
mod retention;

use crate::Desk;
use crate::parameters::{Asked, Grouping, taking};
use crate::visit::Visit;
use cube::catalogue::Dimension;
use cube::people::{self, Person};
use cube::query::{MetricQuery, Number, Range};
use model::Timestamp;
use model::money::Decimal;
use reader::Reading;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::Problem;

/// By what all answers of this room can be narrowed: then a user is one with an event of that project, under that plan.
const DIMENSIONS: &[Dimension] = &[Dimension::Project, Dimension::Plan];
/// What `groupBy` adds.
const GROUPS: Grouping = Grouping::of(&["users"], &["users", "events"]);

/// The routes of this room.
pub(crate) fn routes() -> OpenApiRouter<Arc<Desk>> {
    OpenApiRouter::new()
        .routes(taking(&count::KNOWN, routes!(count::answer)))
        .routes(taking(&growth::KNOWN, routes!(growth::answer)))
        .routes(taking(&by_plan::KNOWN, routes!(by_plan::answer)))
        .routes(taking(&active::KNOWN, routes!(active::answer)))
        .routes(taking(&retention::KNOWN, routes!(retention::answer)))
}

/// Everybody who came before a moment, with these measures of each.
fn until(asked: &Asked, visit: &Visit, (to, measures): (Timestamp, &[&str])) -> MetricQuery {
    let range = Range::until(to, visit.caller.hour_offset);
    MetricQuery { range, ..asked.question(people::CUBE, measures) }.keeping_state()
}

/// Everybody, off the first answer of a reading.
fn everybody(reading: &Reading) -> Result<Vec<Person<'_>>, Problem> {
    let state = reading.answers.first().and_then(|answer| answer.state.as_ref());
    state.map(|state| people::everybody(state, None)).ok_or_else(|| Problem::internal("an answer is missing"))
}

/// A count as a number of an answer.
fn counted(count: u64) -> Number {
    Number::Exact(Decimal { units: count.into(), scale: 0 })
}

/// How many were first seen within a range.
fn new_within(people: &[Person<'_>], range: Range) -> u64 {
    people::new_users(people, &[range.from], range.to).iter().sum()
}
