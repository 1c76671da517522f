//! A world, and everything that may happen next in it.

use crate::build::{Builder, Level};
use crate::faults::fault;
use crate::guard::{Guard, Without};
use crate::keep::Manifest;
use crate::read::{Reader, Which};
use crate::settle::{self, Choice, Settler};
use crate::setup::Setup;
use crate::store::{Attempt, Store};
use stateright::{Model, Property};
use std::sync::atomic::{AtomicBool, Ordering};

/// The protocol, in a setup, with some of its guards left out.
#[derive(Debug)]
pub struct Protocol {
    /// What there is in its worlds.
    pub setup: Setup,
    /// The guards that are left out.
    pub without: Without,
    /// The steps of a settle.
    pub order: Vec<settle::Step>,
    /// Whether a fault was found: the first one has the shortest history, later ones must not replace it.
    found: AtomicBool,
}

/// All that there is, between two steps.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct World {
    /// Table and bucket.
    pub store: Store,
    /// The settlers.
    pub settlers: [Settler; 2],
    /// The builders, of the month and of lifetime.
    pub builders: [Builder; 2],
    /// The reader.
    pub reader: Reader,
}

/// One thing that may happen: a port call, a crash, a delivery, time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// The store commits a segment.
    Deliver(u8),
    /// The first segment is delivered again.
    DeliverAgain,
    /// The configuration changes.
    PricesChange,
    /// A settler makes its next step.
    Settle(usize, Choice),
    /// A settler crashes before its next step.
    SettlerCrashes(usize),
    /// A builder makes its next step.
    Build(Level),
    /// A builder crashes before its next step.
    BuilderCrashes(Level),
    /// The reader makes its next step.
    Read(Option<Which>),
    /// What an attempt has written is deleted.
    Sweep(Attempt),
    /// A manifest is put without its garbage, which is deleted.
    PutSwept(Manifest),
    /// It is an hour since a segment was seen gone.
    HourPasses(u8),
}

/// The numbers below the attempts of the settlers, the builders, and of whoever finishes what they have left.
const SETTLERS: [Attempt; 2] = [4, 8];
const BUILDERS: [Attempt; 2] = [20, 24];
/// The attempts of the passes that finish.
pub(crate) const FINISHER: Attempt = 12;
pub(crate) const FINISHING_PASSES: u8 = 7;
pub(crate) const FINISHING_BUILD: u8 = 4;

impl Protocol {
    /// The protocol in this setup, without these guards.
    #[must_use]
    pub fn new(setup: Setup, without: Without) -> Self {
        let bare = Self { setup, without, order: Vec::new(), found: AtomicBool::new(false) };
        Self { order: settle::order(&bare), ..bare }
    }

    /// Whether it has the guard.
    #[must_use]
    pub const fn has(&self, guard: Guard) -> bool {
        !self.without.has(guard)
    }

    /// How its worlds begin.
    #[must_use]
    pub fn start(&self) -> World {
        let settler = |who: usize| Settler { passes: self.setup.settlers[who].1, base: SETTLERS[who], ..Settler::default() };
        let builder = |who: usize| Builder { passes: self.setup.builds[who], base: BUILDERS[who], ..Builder::default() };
        World {
            store: Store::new(&self.setup),
            settlers: [settler(0), settler(1)],
            builders: [builder(0), builder(1)],
            reader: Reader::default(),
        }
    }

    /// Makes one thing happen.
    pub fn act(&self, world: &mut World, action: Action) {
        match action {
            Action::Deliver(segment) => world.deliver(segment),
            Action::DeliverAgain => world.deliver_again(),
            Action::PricesChange => world.store.configuration += 1,
            Action::Settle(who, choice) => self.settle(world, who, choice),
            Action::SettlerCrashes(who) => self.end_pass(world, who),
            Action::Build(level) => self.build(world, level),
            Action::BuilderCrashes(level) => Self::end_build(world, level),
            Action::Read(which) => self.read(world, which),
            Action::Sweep(attempt) => world.store.delete(attempt),
            Action::PutSwept(manifest) => world.store.put_swept(manifest),
            Action::HourPasses(segment) => world.store.aged = world.store.aged.or(crate::set::Set::of(segment)),
        }
    }

    fn settling(&self, world: &World, actions: &mut Vec<Action>) {
        for who in 0..world.settlers.len() {
            actions.extend(self.choices(world, who).into_iter().map(|choice| Action::Settle(who, choice)));
            if world.settlers[who].next.is_some() {
                actions.push(Action::SettlerCrashes(who));
            }
        }
    }

    fn building(world: &World, actions: &mut Vec<Action>) {
        for level in [Level::Month, Level::Lifetime] {
            let builder = &world.builders[level as usize];
            if builder.next.is_some() {
                actions.extend([Action::Build(level), Action::BuilderCrashes(level)]);
            } else if builder.passes > 0 {
                actions.push(Action::Build(level));
            }
        }
    }

    fn keeping(&self, world: &World, actions: &mut Vec<Action>) {
        actions.extend(self.undelivered(world).iter().map(Action::Deliver));
        if self.setup.prices && world.store.configuration == 0 {
            actions.push(Action::PricesChange);
        }
        if world.store.redeliveries > 0 {
            actions.push(Action::DeliverAgain);
        }
        actions.extend(world.may_age().iter().map(Action::HourPasses));
        if self.setup.sweeps {
            actions.extend(self.sweepable(world).iter().map(Action::Sweep));
            actions.extend(world.store.swept().map(Action::PutSwept));
        }
    }
}

impl Model for Protocol {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![self.start()]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        self.settling(world, actions);
        Self::building(world, actions);
        actions.extend(self.reads(world).into_iter().map(Action::Read));
        self.keeping(world, actions);
    }

    fn next_state(&self, world: &World, action: Action) -> Option<World> {
        let mut next = world.clone();
        self.act(&mut next, action);
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always("nothing is lost, doubled, torn or left behind", |protocol: &Self, world| {
            let is_first = fault(protocol, world).is_some() && !protocol.found.swap(true, Ordering::Relaxed);
            !is_first
        })]
    }
}
