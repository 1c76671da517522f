//! Tokens that are used, and what budgets should tell of them: what was certainly reached while somebody looked has to be told, and what
//! never was must not be.

use super::land::Land;
use super::plan;
use cube::columns::{RowContext, from_events};
use memory::simulation::Changes;
use model::event::{AiUse, Tokens};
use model::money::Currency;
use model::price::PriceBook;
use model::{Day, Event, EventId, Facts, Family, Hour, HourOffset, ProjectId, SegmentId, Timestamp};
use ports::Key;
use records::{Partial, partial};
use std::collections::{BTreeMap, BTreeSet};

/// How many tokens a day the budget allows.
pub const LIMIT: u64 = 1_000;

/// Thresholds that are reached: of which day, and at how many percent.
pub type Reached = BTreeSet<(String, u64)>;

/// A look at the budgets.
#[derive(Debug, Clone, Copy)]
pub struct Glance {
    /// At which day's budget.
    pub day: Day,
    /// Between which turns of the world.
    pub turns: (u64, u64),
    /// Whether it came to its end.
    pub is_done: bool,
}

pub fn day_of(moment: Timestamp) -> Day {
    Hour::of(moment, HourOffset::default()).day()
}

/// So many tokens that are used now, as `store` keeps them. The segment's name says how many.
pub fn used((number, tokens): (u64, u64), now: Timestamp) -> Partial {
    let facts = Facts::Ai(AiUse {
        model: Some("gpt-4".into()),
        status: Some("completed".into()),
        tokens: Tokens { input: i64::try_from(tokens).unwrap(), ..Tokens::default() },
        ..AiUse::default()
    });
    let event = Event {
        id: EventId::of_request(&number.to_string()),
        project: ProjectId::new("shop").unwrap(),
        user: None,
        session: None,
        kind: "ai.request".into(),
        time: now,
        original_time: None,
        received: now,
        plan: None,
        historical: false,
        facts,
        properties: None,
    };
    let (book, hour_offset) = (PriceBook::default(), HourOffset::default());
    let context = RowContext { prices: &book, hour_offset, currency: Currency::USD };
    let (hour, batch) = from_events(Family::Ai, &[event], &context).unwrap().into_iter().next().unwrap();
    let segment = SegmentId::new(format!("{number:0>30}f{tokens:0>30}")).unwrap();
    let state = Some(cube::fold(Family::Ai, &batch).encode().into());
    Partial { tenant: plan::tenant(), family: Family::Ai, hour, segment, events: 1, first: now, last: now, state }
}

/// Keeps what is used.
pub async fn keep(land: &Land, partial: &Partial) -> bool {
    partial::put(&*land.table("store"), partial, land.world.now()).await.is_ok()
}

/// Takes back what was kept first of what is there, as a settle does with copies; true too where there is nothing.
pub async fn take_back(land: &Land) -> bool {
    let items = land.shelf.items();
    let Some(first) = items.iter().map(|item| &item.key).find(|key| tokens(key).is_some()).cloned() else { return true };
    land.table("settle").delete(&first).await.is_ok()
}

/// The day and the tokens of a partial's key.
fn tokens(key: &Key) -> Option<(String, u64)> {
    let (hour, segment) = key.sort.split_once('#').filter(|_| key.partition.ends_with("#P#ai"))?;
    let (_, tokens) = segment.rsplit_once('f')?;
    Some((hour.get(..10)?.to_owned(), tokens.parse().ok()?))
}

/// By day and threshold: what has to be told, and what may be.
pub fn expected(changes: &Changes, glances: &[Glance]) -> (Reached, Reached) {
    let (mut must, mut may) = (BTreeSet::new(), BTreeSet::new());
    for glance in glances {
        let day = glance.day.to_string();
        let (mut least, mut largest) = (0, 0);
        for (key, changes) in changes {
            let Some((_, tokens)) = tokens(key).filter(|(of, _)| *of == day) else { continue };
            let (is_always, is_ever) = presence(changes, glance.turns);
            least += if is_always { tokens } else { 0 };
            largest += if is_ever { tokens } else { 0 };
        }
        for threshold in [50, 80, 100] {
            let is_reached = |tokens: u64| tokens * 100 >= LIMIT * threshold;
            if is_reached(least) && glance.is_done {
                must.insert((day.clone(), threshold));
            }
            if is_reached(largest) {
                may.insert((day.clone(), threshold));
            }
        }
    }
    (must, may)
}

/// Whether something was there all of the time, or ever, between two turns.
fn presence(changes: &[memory::simulation::Change], (from, to): (u64, u64)) -> (bool, bool) {
    let mut was_there = BTreeMap::from([(from, false)]);
    for change in changes.iter().filter(|change| change.turn <= to) {
        was_there.insert(change.turn.max(from), change.item.is_some());
    }
    // Of two changes in one turn it is not known which is seen.
    let at_once = changes.iter().any(|change| change.turn == from);
    (was_there.values().all(|there| *there) && !at_once, was_there.values().any(|there| *there) || at_once)
}
