//! Any history, with a reader in the midst of it: it counts everything that was committed before it began, and nothing twice.

use crate::watched::{Call, Watched};
use crate::world::{Settle, Stored, World, at, day, input_tokens, month, request, total};
use chrono_tz::Tz;
use cube::query::{Granularity, MetricQuery, Range};
use futures::FutureExt;
use model::{Day, Month};
use ports::{Key, Table};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

/// Hours of four days of three months.
const SLOTS: [i64; 6] = [-32 * 24, -20, -3, 1, 2, 30];
/// The most events: each is a digit of the sum, so that it shows how often each was counted.
const EVENTS: u32 = 20;
const BASE: i64 = 8;

#[derive(Debug, Clone)]
enum Step {
    Store {
        slots: Vec<usize>,
        has_state: bool,
    },
    Settle {
        slot: usize,
        closes: bool,
        deletes: bool,
    },
    /// Partials of what is settled come back, as from a message that is delivered again.
    Redeliver,
    Delete,
    Month {
        slot: usize,
    },
    Lifetime,
}

fn step() -> impl Strategy<Value = Step> {
    let slot = || 0..SLOTS.len();
    prop_oneof![
        3 => (prop::collection::vec(slot(), 1..3), prop::bool::weighted(0.8)).prop_map(|(slots, has_state)| Step::Store { slots, has_state }),
        4 => (slot(), any::<bool>(), any::<bool>()).prop_map(|(slot, closes, deletes)| Step::Settle { slot, closes, deletes }),
        1 => Just(Step::Redeliver),
        1 => Just(Step::Delete),
        2 => slot().prop_map(|slot| Step::Month { slot }),
        2 => Just(Step::Lifetime),
    ]
}

/// What happens, and what is known of it.
struct History {
    world: World,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    stored: Vec<Stored>,
    /// Segments by the days that have them in their rollups.
    settled: BTreeSet<(Day, usize)>,
    built: BTreeSet<Month>,
    events: u32,
}

impl History {
    fn new() -> Arc<Self> {
        Arc::new(Self { world: World::new().caching(), known: Mutex::default() })
    }

    async fn take(&self, step: &Step) {
        match step {
            Step::Store { slots, has_state } => self.store(slots, *has_state).await,
            Step::Settle { slot, closes, deletes } => self.settle(day(SLOTS[*slot]), *closes, *deletes).await,
            Step::Redeliver => self.each_settled(true).await,
            Step::Delete => self.each_settled(false).await,
            Step::Month { slot } => {
                self.world.build_month(month(SLOTS[*slot]), 0).await;
                self.known.lock().unwrap().built.insert(month(SLOTS[*slot]));
            }
            Step::Lifetime => {
                let built: Vec<Month> = self.known.lock().unwrap().built.iter().copied().collect();
                if !built.is_empty() {
                    self.world.build_lifetime(&built, 0).await;
                }
            }
        }
    }

    async fn store(&self, slots: &[usize], has_state: bool) {
        let first = self.known.lock().unwrap().events;
        let slots: BTreeSet<usize> = slots.iter().copied().collect();
        let events: Vec<_> = (first..EVENTS).zip(&slots).map(|(n, slot)| request("ann", SLOTS[*slot], BASE.pow(n))).collect();
        if !events.is_empty() {
            let stored = self.world.store_some("acme", &events, has_state, |_| true).await;
            let mut known = self.known.lock().unwrap();
            known.events += u32::try_from(events.len()).unwrap();
            known.stored.push(stored);
        }
    }

    async fn settle(&self, day: Day, closes: bool, deletes: bool) {
        let taken: Vec<(usize, Stored)> = {
            let known = self.known.lock().unwrap();
            let has_day = |stored: &Stored| stored.events.iter().any(|event| self.world.hour(event).day() == day);
            let new = known.stored.iter().enumerate().filter(|(at, stored)| has_day(stored) && !known.settled.contains(&(day, *at)));
            new.map(|(at, stored)| (at, stored.clone())).collect()
        };
        let segments: Vec<&Stored> = taken.iter().map(|(_, stored)| stored).collect();
        self.world.settle(day, Settle { closes, deletes, ..Settle::of(&segments) }).await;
        self.known.lock().unwrap().settled.extend(taken.iter().map(|(at, _)| (day, *at)));
    }

    /// Deletes the partials of what is settled, or puts them again.
    async fn each_settled(&self, is_put: bool) {
        let known: Vec<(Day, Stored)> = {
            let known = self.known.lock().unwrap();
            known.settled.iter().map(|(day, at)| (*day, known.stored[*at].clone())).collect()
        };
        for (day, stored) in known {
            for event in stored.events.iter().filter(|event| self.world.hour(event).day() == day) {
                if is_put {
                    self.world.put_again(&stored, event).await;
                } else {
                    let key = Key::new("T#acme#P#ai", format!("{}#{}", self.world.hour(event), stored.segment));
                    self.world.table.delete(&key).await.unwrap();
                }
            }
        }
    }

    fn events(&self) -> u32 {
        self.known.lock().unwrap().events
    }
}

fn queries() -> Vec<MetricQuery> {
    let years = Range { from: at(-24 * 365 * 5), to: at(24 * 20) };
    let ragged = Range { from: at(-32 * 24 - 3), to: at(24 * 2) };
    vec![
        input_tokens(years),
        input_tokens(years).every(Granularity::Month, Tz::UTC),
        input_tokens(ragged).every(Granularity::Day, Tz::UTC),
        input_tokens(ragged).every(Granularity::Hour, Tz::UTC),
        input_tokens(ragged).every(Granularity::Day, Tz::Europe__Berlin),
        MetricQuery::new("ai_users", &["inputTokens"], years).only("user", &["ann"]),
    ]
}

/// How often each event was counted in a sum.
fn digits(sum: i128) -> Vec<i128> {
    (0..EVENTS).map(|n| sum / i128::from(BASE).pow(n) % i128::from(BASE)).collect()
}

async fn check(before: Vec<Step>, meanwhile: Vec<Vec<Step>>) -> Result<(), TestCaseError> {
    let history = History::new();
    for step in &before {
        history.take(step).await;
    }
    let committed = history.events();
    let (acting, steps) = (history.clone(), Arc::new(Mutex::new(meanwhile.into_iter())));
    let hook = move |_: &Call| {
        let (acting, now) = (acting.clone(), steps.lock().unwrap().next().unwrap_or_default());
        async move {
            for step in &now {
                acting.take(step).await;
            }
            false
        }
        .boxed()
    };
    let table = Watched::with(history.world.table.clone(), Box::new(hook));
    // Twice, so that each may be answered from what was kept of the others and of itself.
    for query in queries().into_iter().chain(queries()) {
        let reading = history.world.read_with(table.clone(), "acme", std::slice::from_ref(&query)).await;
        let reading = reading.map_err(|error| TestCaseError::fail(error.to_string()))?;
        let counted = digits(total(&reading.answers[0]));
        let at_most = history.events();
        for (n, times) in (0..).zip(counted) {
            prop_assert!(times <= 1, "event {} was counted {} times: {:?}", n, times, query);
            prop_assert!(times == 1 || n >= committed, "event {} was missed: {:?}", n, query);
            prop_assert!(times == 0 || n < at_most, "event {} was never committed: {:?}", n, query);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, max_shrink_iters: 2000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happened_and_happens_each_event_counts_once(
        before in prop::collection::vec(step(), 0..25),
        meanwhile in prop::collection::vec(prop::collection::vec(step(), 0..4), 0..12),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(check(before, meanwhile))?;
    }
}
