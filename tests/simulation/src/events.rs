//! By what readings tell events apart: in each family one dimension that has another label for each event.

use cube::catalogue::{Cube, cube};
use cube::query::{MetricQuery, Query, Range};
use model::Family;
use std::collections::BTreeMap;

/// The cube, the number of events in it, and the dimension that tells them apart.
const fn names(family: Family) -> (&'static str, &'static str, &'static str) {
    match family {
        Family::Engagement => ("engagement_events", "events", "page"),
        Family::Ai => ("ai_requests", "requests", "feature"),
        Family::Sales => ("sales", "transactions", "paymentMethod"),
        Family::Lifecycle | Family::Performance => ("lifecycle_events", "events", "event"),
    }
}

/// The cube that is read of a family.
pub fn cube_of(family: Family) -> &'static Cube {
    cube(names(family).0).unwrap()
}

/// How often is each event of a family counted?
pub fn question(family: Family, range: Range) -> MetricQuery {
    let (cube, count, dimension) = names(family);
    MetricQuery::new(cube, &[count], range).by(dimension)
}

/// How often each event is counted, from the answer.
pub fn counted(answer: &cube::query::Answer) -> BTreeMap<String, u64> {
    let mut counted = BTreeMap::new();
    for row in &answer.rows {
        let count = row.values[0].exact().map_or(0, |number| u64::try_from(number.units).unwrap());
        *counted.entry(row.labels[0].clone()).or_default() += count;
    }
    counted.retain(|_, count| *count > 0);
    counted
}

/// A checked question.
pub fn checked(question: &MetricQuery) -> Query {
    question.check().unwrap()
}
