//! What every process of a simulation shares: the dice, the clock, whose turn it is, and what has been done.

use super::dice::{Dice, mix};
use super::site::{Site, Tallies, Tally};
use crate::SettableClock;
use model::Timestamp;
use ports::{Clock, PortError, Result};
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Poll, Waker};

/// How rough a simulation is.
#[derive(Debug, Clone, Copy)]
pub struct Weather {
    /// About how many turns pass from one fault to the next; 0 for none.
    pub turns_per_fault: u64,
    /// How far behind a read that may be stale is at most.
    pub lag_ms: u64,
    /// Items of a page of a query.
    pub page_items: usize,
    /// One call in so many holds its process up for long; 0 for none.
    pub turns_per_stall: u64,
}

impl Weather {
    /// Nothing fails, nothing lags.
    pub const CALM: Self = Self { turns_per_fault: 0, lag_ms: 0, page_items: usize::MAX, turns_per_stall: 0 };
}

/// Where a call stands when it waits for its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Point {
    /// Before it takes effect.
    Before,
    /// In the middle of a batch.
    Within,
    /// After it took effect, before its answer returns.
    After,
}

/// A call that waits for its turn.
pub(super) struct Waiting {
    pub process: u64,
    pub site: Site,
    pub point: Point,
    has_turn: bool,
    waker: Option<Waker>,
}

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    CarriedOut,
    Throttled,
    Lost,
    /// Only the first so many of a batch, and those while its answer is lost.
    Torn,
    /// Carried out, and again, because the client had no answer to the first.
    Repeated,
}

pub(super) struct State {
    pub dice: Dice,
    pub weather: Weather,
    /// The process that is being run.
    pub process: u64,
    pub waiting: BTreeMap<u64, Waiting>,
    pub turns: u64,
    next_ticket: u64,
    next_fault: u64,
    seen: BTreeMap<(Site, u64), u64>,
    pub tallies: Tallies,
    pub hash: u64,
}

/// A simulated world; clones are the same one.
#[derive(Clone)]
pub struct World {
    state: Arc<Mutex<State>>,
    clock: Arc<SettableClock>,
}

impl World {
    /// A world that the seed decides, at a time.
    #[must_use]
    pub fn new(seed: u64, weather: Weather, now: Timestamp) -> Self {
        let mut dice = Dice::new(mix(seed));
        let state = State {
            next_fault: dice.below(2 * weather.turns_per_fault + 1),
            dice,
            weather,
            process: 0,
            waiting: BTreeMap::new(),
            turns: 0,
            next_ticket: 0,
            seen: BTreeMap::new(),
            tallies: Tallies::new(),
            hash: seed,
        };
        Self { state: Arc::new(Mutex::new(state)), clock: Arc::new(SettableClock::at(now)) }
    }

    /// Its clock, which goes on with every turn.
    #[must_use]
    pub fn clock(&self) -> Arc<SettableClock> {
        Arc::clone(&self.clock)
    }

    /// The time of day.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// How many turns were taken: what orders all that is done.
    #[must_use]
    pub fn turns(&self) -> u64 {
        self.state().turns
    }

    /// From now on the weather is this.
    pub fn set_weather(&self, weather: Weather) {
        self.state().weather = weather;
    }

    /// All calls there were.
    #[must_use]
    pub fn tallies(&self) -> Tallies {
        self.state().tallies.clone()
    }

    /// A number that all that was done, in its order, makes up.
    #[must_use]
    pub fn hash(&self) -> u64 {
        self.state().hash
    }

    /// Dice of one's own.
    #[must_use]
    pub fn dice(&self) -> Dice {
        self.state().dice.fork()
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Waits until the scheduler lets this call go on.
    async fn turn(&self, site: Site, point: Point) {
        let ticket = {
            let mut state = self.state();
            state.next_ticket += 1;
            let (ticket, process) = (state.next_ticket, state.process);
            state.waiting.insert(ticket, Waiting { process, site, point, has_turn: false, waker: None });
            ticket
        };
        poll_fn(|context| {
            let mut state = self.state();
            match state.waiting.get_mut(&ticket) {
                Some(waiting) if !waiting.has_turn => {
                    waiting.waker = Some(context.waker().clone());
                    Poll::Pending
                }
                _ => {
                    state.waiting.remove(&ticket);
                    Poll::Ready(())
                }
            }
        })
        .await;
    }

    /// Carries out a call that takes effect at once. `carry_out` is called again where the client repeats it.
    pub(super) async fn call<T>(&self, site: Site, key: &str, carry_out: impl Fn() -> Result<T> + Send) -> Result<T> {
        let fate = self.begin(site, key, &[Fate::Throttled, Fate::Lost, Fate::Repeated]).await?;
        let mut answer = carry_out();
        if fate == Fate::Repeated {
            answer = carry_out();
        }
        self.end(site, fate, answer).await
    }

    /// Carries out a batch in portions, between which anything may happen; the answers of the portions, in order.
    pub(super) async fn call_in_parts<P: Send, T: Send>(
        &self,
        site: Site,
        key: &str,
        parts: Vec<P>,
        carry_out: impl Fn(P) -> Result<T> + Send,
    ) -> Result<Vec<T>> {
        let fate = self.begin(site, key, &[Fate::Throttled, Fate::Lost, Fate::Torn]).await?;
        let mut left = parts.into_iter();
        let mut answers = Vec::new();
        loop {
            let most = self.state().dice.place(6) + 1;
            for part in left.by_ref().take(most) {
                match carry_out(part) {
                    Ok(answer) => answers.push(answer),
                    error => return self.end(site, fate, error.map(|_| Vec::new())).await,
                }
            }
            if left.len() == 0 || fate == Fate::Torn {
                return self.end(site, fate, Ok(answers)).await;
            }
            self.turn(site, Point::Within).await;
        }
    }

    async fn begin(&self, site: Site, key: &str, faults: &[Fate]) -> Result<Fate> {
        self.turn(site, Point::Before).await;
        let mut state = self.state();
        let fate = if state.fault_is_due(site, 0) { *state.dice.pick(faults) } else { Fate::CarriedOut };
        let number = state.turns;
        state.remember(number);
        for chunk in key.as_bytes().chunks(8) {
            state.remember(chunk.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)));
        }
        state.remember(fate as u64);
        state.tally(site).calls += 1;
        match fate {
            Fate::Throttled => {
                state.tally(site).throttled += 1;
                Err(unavailable(site, "throttled"))
            }
            fate => Ok(fate),
        }
    }

    async fn end<T>(&self, site: Site, fate: Fate, answer: Result<T>) -> Result<T> {
        self.turn(site, Point::After).await;
        let mut state = self.state();
        match fate {
            Fate::Lost => {
                state.tally(site).lost += 1;
                Err(unavailable(site, "the answer is lost"))
            }
            Fate::Torn => {
                state.tally(site).torn += 1;
                Err(unavailable(site, "carried out in part"))
            }
            Fate::Repeated => {
                state.tally(site).repeated += 1;
                answer
            }
            Fate::CarriedOut | Fate::Throttled => answer,
        }
    }
}

impl State {
    pub(super) fn tally(&mut self, site: Site) -> &mut Tally {
        self.tallies.entry(site).or_default()
    }

    fn remember(&mut self, number: u64) {
        self.hash = mix(self.hash ^ number).wrapping_add(number);
    }

    /// Lets a waiting call go on.
    pub(super) fn grant(&mut self, ticket: u64) {
        self.turns += 1;
        if let Some(waiting) = self.waiting.get_mut(&ticket) {
            waiting.has_turn = true;
            if let Some(waker) = waiting.waker.take() {
                waker.wake();
            }
        }
    }

    /// Whether something is to go wrong here. The first calls of each kind meet more than their share, so that rare ones meet any;
    /// `way` tells apart the ways to meet it.
    pub(super) fn fault_is_due(&mut self, site: Site, way: u64) -> bool {
        let mean = self.weather.turns_per_fault;
        if mean == 0 {
            return false;
        }
        let seen = self.seen.entry((site, way)).or_default();
        *seen += 1;
        let share = 16 * *seen;
        let due = self.turns >= self.next_fault || self.dice.one_in(share) || self.dice.one_in(4 * mean);
        if due {
            self.next_fault = self.turns + 1 + self.dice.below(2 * mean);
        }
        due
    }
}

fn unavailable(site: Site, why: &'static str) -> PortError {
    PortError::Unavailable { service: site.service, source: why.into() }
}
