//! The builders: one makes the month from its days, the other lifetime from its month, a port call at each step.

use crate::guard::Guard;
use crate::set::{Set, Tally};
use crate::store::{Attempt, Store, Upper, Written};
use crate::world::{Protocol, World};

/// What is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Level {
    /// The month.
    Month,
    /// Lifetime.
    Lifetime,
}

/// The next port call of a builder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// Reads the manifest of what it builds.
    Manifest,
    /// Reads the manifest of this part.
    Part(u8),
    /// Reads the rollups of the parts.
    Fetch,
    /// Writes the rollup under its attempt.
    Write,
    /// Raises what lifetime needs of the month: the version it is about to be.
    Mark,
    /// Puts the manifest.
    Commit,
}

/// A builder between two steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Builder {
    /// How many passes it may still begin.
    pub passes: u8,
    /// The number below its attempts.
    pub base: Attempt,
    /// Its next step, while it is in a pass.
    pub next: Option<Step>,
    /// What it has found in this pass.
    pub found: Found,
}

/// What a builder has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Found {
    read: Upper,
    versions: [u8; 2],
    rollups: [Attempt; 2],
    sum: Tally,
    attempt: Attempt,
}

impl Store {
    /// The manifest of what is built.
    pub fn upper(&mut self, level: Level) -> &mut Upper {
        match level {
            Level::Month => &mut self.month,
            Level::Lifetime => &mut self.lifetime,
        }
    }
}

impl Protocol {
    /// Makes the next step of a builder.
    pub fn build(&self, world: &mut World, level: Level) {
        self.build_once(world, level);
        while self.setup.coarse && matches!(world.builders[level as usize].next, Some(Step::Fetch | Step::Write)) {
            self.build_once(world, level);
        }
    }

    /// Ends a builder's pass. What it has written and no manifest names is as good as deleted.
    pub fn end_build(world: &mut World, level: Level) {
        let Builder { passes, base, found, .. } = world.builders[level as usize];
        let upper = world.store.upper(level);
        if found.attempt != 0 && upper.rollup != found.attempt && !upper.garbage.has(found.attempt) {
            world.store.delete(found.attempt);
        }
        world.builders[level as usize] = Builder { passes, base, ..Builder::default() };
    }

    fn build_once(&self, world: &mut World, level: Level) {
        let who = level as usize;
        let mut builder = world.builders[who];
        let found = &mut builder.found;
        let store = &mut world.store;
        builder.next = match builder.next.unwrap_or(Step::Manifest) {
            Step::Manifest => {
                builder.passes -= 1;
                found.read = *store.upper(level);
                if found.read.is_current() { None } else { Some(Step::Part(0)) }
            }
            Step::Part(part) => self.read_part(store, level, (found, part)),
            Step::Fetch => {
                let rollups = found.rollups.map(|rollup| store.rollup(rollup));
                found.attempt = builder.base + builder.passes;
                match rollups {
                    [Some(first), Some(second)] => {
                        found.sum = first.plus(second);
                        Some(Step::Write)
                    }
                    _ => None,
                }
            }
            Step::Write => {
                store.write(found.attempt, Written { log: Tally::default(), rollup: found.sum });
                let marks = level == Level::Month && self.setup.lifetime;
                Some(if marks { Step::Mark } else { Step::Commit })
            }
            Step::Mark => {
                store.lifetime.need(0, found.read.version + 1);
                Some(Step::Commit)
            }
            Step::Commit => {
                self.put_upper(world, level, found);
                None
            }
        };
        world.builders[who] = builder;
        if builder.next.is_none() {
            Self::end_build(world, level);
        }
    }

    fn read_part(&self, store: &Store, level: Level, (found, part): (&mut Found, u8)) -> Option<Step> {
        let (version, rollup) = match level {
            Level::Month => (store.days[usize::from(part)].version, store.days[usize::from(part)].rollup),
            Level::Lifetime => (store.month.version, store.month.rollup),
        };
        found.versions[usize::from(part)] = version;
        found.rollups[usize::from(part)] = rollup;
        let is_last = level == Level::Lifetime || part + 1 == self.setup.days;
        let may_be_used = level == Level::Month || store.month.is_current() || !self.has(Guard::LifetimeOfCurrent);
        match (may_be_used, is_last) {
            (false, _) => None,
            (true, true) => Some(Step::Fetch),
            (true, false) => Some(Step::Part(part + 1)),
        }
    }

    fn put_upper(&self, world: &mut World, level: Level, found: &Found) {
        let now = world.store.upper(level);
        if now.edition != found.read.edition && self.has(Guard::UpperCondition) {
            return;
        }
        let Upper { edition, version, .. } = found.read;
        let mut next = Upper { edition: edition + 1, version: version + 1, built: found.versions, rollup: found.attempt, ..found.read };
        if !self.has(Guard::NeedKept) {
            next.needed = next.built;
        }
        if found.read.rollup != 0 {
            next.garbage = next.garbage.or(Set::of(found.read.rollup));
        }
        let superseded = next.garbage.minus(now.garbage);
        *now = next;
        world.reader.notice(superseded, Set::default());
    }
}
