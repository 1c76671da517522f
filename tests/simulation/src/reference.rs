//! What everything should come to, worked out in the plainest way from what the queue has accepted: each event once, hour by hour,
//! without the names of those who are erased.

use crate::land::Land;
use cube::columns::{RowContext, from_events};
use cube::{FamilyState, fold};
use model::message::decode;
use model::money::Currency;
use model::{Day, Event, EventId, Family, Hour, HourOffset, Month, ProjectId, TenantId};
use records::Configuration;
use std::collections::BTreeMap;

/// What an owner's rollups should be.
pub struct Expected {
    pub hours: BTreeMap<Hour, FamilyState>,
    pub days: BTreeMap<Day, FamilyState>,
    pub months: BTreeMap<Month, FamilyState>,
    pub lifetime: FamilyState,
    /// How many events, each once.
    pub events: usize,
}

/// All events that were accepted, of each tenant's families.
pub type Accepted = BTreeMap<(TenantId, Family), Vec<Event>>;

/// Every event of every message that the queue ever took.
pub fn accepted(land: &Land) -> Accepted {
    let mut accepted = Accepted::new();
    for body in land.intake.taken() {
        let message = decode(&body).unwrap();
        for event in message.events {
            accepted.entry((message.tenant.clone(), event.family())).or_default().push(event);
        }
    }
    accepted
}

/// Each event once: of its copies the one that arrived first.
///
/// # Errors
/// Where copies of one event fall into different hours, which would count it in each of them.
fn once(events: &[Event], offset: HourOffset) -> Result<Vec<Event>, String> {
    let mut once: BTreeMap<(ProjectId, EventId), Event> = BTreeMap::new();
    for event in events {
        let known = once.entry((event.project.clone(), event.id.clone())).or_insert_with(|| event.clone());
        if Hour::of(known.time, offset) != Hour::of(event.time, offset) {
            return Err(format!("{:?} was accepted in two hours: {} and {}", event.id, known.time, event.time));
        }
        // No two requests arrive at one moment here, so that which of them is first needs no second rule.
        if event.received < known.received {
            *known = event.clone();
        }
    }
    Ok(once.into_values().collect())
}

/// What an owner's rollups should be.
///
/// # Errors
/// As [`once`].
pub fn expected(events: &[Event], family: Family, (offset, configuration): (HourOffset, &Configuration)) -> Result<Expected, String> {
    let events = once(events, offset)?;
    let context = RowContext { prices: &configuration.book, hour_offset: offset, currency: Currency::USD };
    let empty = FamilyState::empty(family);
    let mut expected =
        Expected { hours: BTreeMap::new(), days: BTreeMap::new(), months: BTreeMap::new(), lifetime: empty.clone(), events: events.len() };
    for (hour, batch) in from_events(family, &events, &context).unwrap() {
        let state = fold(family, &cube::erase(&batch, &configuration.erasures).unwrap());
        expected.days.entry(hour.day()).or_insert_with(|| empty.clone()).merge(&state);
        expected.months.entry(hour.day().month()).or_insert_with(|| empty.clone()).merge(&state);
        expected.lifetime.merge(&state);
        expected.hours.insert(hour, state);
    }
    Ok(expected)
}
