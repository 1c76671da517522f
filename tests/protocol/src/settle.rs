//! A settler: one pass over a day, a port call at each step.

use crate::guard::Guard;
use crate::set::{Set, Tally};
use crate::store::{Attempt, Day, Store, Written};
use crate::world::{Protocol, World};

/// The number below the attempts, where settlers do not take attempts of their own but name them after the version.
const SHARED: Attempt = 4;

/// The next port call of a settler.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// Reads the configuration.
    Configuration,
    /// Reads the manifest of the day.
    Manifest,
    /// Reads the partials of the day, and decides what to settle.
    Partials,
    /// Reads the segments, and the log of what is settled.
    Fetch,
    /// Raises what the month needs of the day. A loop of conditional puts counts as one step, its last.
    MarkMonth,
    /// Raises what lifetime needs of the month.
    MarkLifetime,
    /// Writes log and rollups under its attempt.
    Write,
    /// Puts the manifest.
    Commit,
    /// Names the day's rollup in a put of its own: what must not be.
    NameRollup,
    /// Deletes one partial.
    Delete,
    /// Reads the manifest after it was told that its commit was refused.
    LookAgain,
    /// Deletes its own attempt.
    Forget,
}

/// What may differ when a step is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Choice {
    /// Nothing.
    Plain,
    /// Only this hour is taken; the other waits for the next round.
    Hour(u8),
    /// The call is carried out, and its repeat refused.
    LostAnswer,
}

/// A settler between two steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Settler {
    /// How many passes it may still begin.
    pub passes: u8,
    /// The number below its attempts.
    pub base: Attempt,
    /// Its next step, while it is in a pass.
    pub next: Option<Step>,
    /// What it has found and decided in this pass.
    pub plan: Plan,
    /// Segments that were marked as gone while it was in this pass.
    pub saw_marked: Set,
}

/// What a settler has found and decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Plan {
    /// The configuration it has read.
    pub configuration: u8,
    /// The manifest it has read.
    pub read: Day,
    /// Of the segments that were gone in it, those that have been for an hour.
    pub aged: Set,
    /// The partials it has read.
    pub seen: Set,
    /// Those that it absorbs.
    pub taken: Set,
    /// The partials that it has yet to delete.
    pub doomed: Set,
    /// Its attempt; 0 where it only keeps house.
    pub attempt: Attempt,
    /// The log of the hours that it settles.
    pub log: Tally,
    /// The rollup of the day.
    pub rollup: Tally,
    /// The version of the month after it was marked, where it has a rollup.
    pub month: Option<u8>,
}

/// The steps of a pass, in order. Without some guards, a step comes at the wrong time, or is one too many.
#[must_use]
pub fn order(protocol: &Protocol) -> Vec<Step> {
    let early = |guard, step| protocol.has(guard).then_some(step);
    let late = |guard, step| (!protocol.has(guard)).then_some(step);
    let marks = |marks: Option<Step>| marks.filter(|_| protocol.has(Guard::MonthMark));
    let order = [
        Some(Step::Configuration),
        Some(Step::Manifest),
        Some(Step::Partials),
        Some(Step::Fetch),
        marks(early(Guard::MarkBeforeCommit, Step::MarkMonth)),
        marks(early(Guard::MarkBeforeCommit, Step::MarkLifetime)),
        early(Guard::WriteBeforeCommit, Step::Write),
        late(Guard::DeleteAfterCommit, Step::Delete),
        Some(Step::Commit),
        late(Guard::DayWithItsHours, Step::NameRollup),
        marks(late(Guard::MarkBeforeCommit, Step::MarkMonth)),
        marks(late(Guard::MarkBeforeCommit, Step::MarkLifetime)),
        late(Guard::WriteBeforeCommit, Step::Write),
        early(Guard::DeleteAfterCommit, Step::Delete),
    ];
    order.into_iter().flatten().collect()
}

impl Protocol {
    /// What the next step of a settler may do.
    pub fn choices(&self, world: &World, who: usize) -> Vec<Choice> {
        let settler = &world.settlers[who];
        match settler.next {
            None if settler.passes == 0 => Vec::new(),
            Some(Step::Partials) if self.setup.rounds => vec![Choice::Plain, Choice::Hour(0), Choice::Hour(1)],
            Some(Step::Commit) if self.setup.lost_answers => vec![Choice::Plain, Choice::LostAnswer],
            _ => vec![Choice::Plain],
        }
    }

    /// Makes the next step of a settler.
    pub fn settle(&self, world: &mut World, who: usize, choice: Choice) {
        self.settle_once(world, who, choice);
        while self.setup.coarse && matches!(world.settlers[who].next, Some(Step::Fetch | Step::Write)) {
            self.settle_once(world, who, Choice::Plain);
        }
    }

    /// Ends a settler's pass. What it has written and no manifest names is as good as deleted: nobody can tell the difference.
    pub fn end_pass(&self, world: &mut World, who: usize) {
        let Settler { passes, base, plan, .. } = world.settlers[who];
        let day = &world.store.days[usize::from(self.setup.settlers[who].0)];
        let is_known = day.names().or(day.garbage).has(plan.attempt);
        if plan.attempt != 0 && !is_known && self.has(Guard::Attempt) {
            world.store.delete(plan.attempt);
        }
        world.settlers[who] = Settler { passes, base, ..Settler::default() };
    }

    fn settle_once(&self, world: &mut World, who: usize, choice: Choice) {
        let number = self.setup.settlers[who].0;
        let day = usize::from(number);
        let mut settler = world.settlers[who];
        let step = settler.next.unwrap_or(self.first_step());
        let store = &mut world.store;
        let mut next = self.after(step);
        settler.passes -= u8::from(settler.next.is_none());
        match step {
            Step::Configuration => settler.plan.configuration = store.configuration,
            Step::Manifest => {
                let aged = if self.has(Guard::PruneDelay) { store.aged } else { store.days[day].absorbed };
                settler.plan = Plan { read: store.days[day], aged, ..settler.plan };
            }
            Step::Partials => {
                settler.plan.seen = store.partials.and(self.setup.segments_of(number, None));
                next = self.decide(&mut settler, number, choice).or_else(|| self.housekeeping(&settler.plan));
            }
            Step::Fetch => {
                if !self.fetch(store, &mut settler.plan, number) {
                    next = None;
                }
            }
            Step::MarkMonth => {
                if !self.mark_month(store, &mut settler.plan, number) {
                    next = None;
                }
            }
            Step::MarkLifetime => {
                if let Some(version) = settler.plan.month.take() {
                    store.lifetime.need(0, version + 1);
                }
            }
            Step::Write => store.write(settler.plan.attempt, Written { log: settler.plan.log, rollup: settler.plan.rollup }),
            Step::Commit => {
                let is_there = self.is_there(&store.days[day], &settler.plan.read);
                if is_there {
                    self.put_day(world, number, self.next_day(&settler.plan, number));
                    settler.saw_marked = world.settlers[who].saw_marked;
                }
                if !is_there || choice == Choice::LostAnswer {
                    next = Some(if self.has(Guard::LookAgain) { Step::LookAgain } else { Step::Forget });
                }
            }
            Step::NameRollup => store.days[day].rollup = settler.plan.attempt,
            Step::Delete => {
                if let Some(segment) = settler.plan.doomed.first() {
                    settler.plan.doomed = settler.plan.doomed.minus(Set::of(segment));
                    store.partials = store.partials.minus(Set::of(segment));
                    store.stale = store.stale.minus(Set::of(segment));
                }
            }
            Step::LookAgain => {
                let known = store.days[day].names().or(store.days[day].garbage);
                let is_mine = settler.plan.attempt != 0 && known.has(settler.plan.attempt);
                next = if is_mine { self.after(Step::Commit) } else { Some(Step::Forget) };
            }
            Step::Forget => store.delete(settler.plan.attempt),
        }
        self.go_on(&mut settler, step, next);
        world.settlers[who] = settler;
        if settler.next.is_none() {
            self.end_pass(world, who);
        }
    }

    /// What a pass begins with.
    pub const fn first_step(&self) -> Step {
        if self.setup.prices { Step::Configuration } else { Step::Manifest }
    }

    /// The step after this one in the order of a pass.
    fn after(&self, step: Step) -> Option<Step> {
        let place = self.order.iter().position(|one| *one == step)?;
        self.order.get(place + 1).copied()
    }

    /// Sets a settler's next step: what has nothing to do is no step.
    fn go_on(&self, settler: &mut Settler, step: Step, mut next: Option<Step>) {
        if step == Step::Delete && !settler.plan.doomed.is_empty() {
            next = Some(Step::Delete);
        }
        while let Some(step) = next {
            let plan = &settler.plan;
            let is_idle = match step {
                Step::MarkMonth => plan.attempt == 0 || !self.setup.month,
                Step::MarkLifetime => !self.setup.lifetime || !self.has(Guard::LifetimeMark) || plan.month.is_none(),
                Step::Write | Step::NameRollup | Step::Forget => plan.attempt == 0,
                Step::Delete => plan.doomed.is_empty(),
                _ => false,
            };
            if !is_idle {
                break;
            }
            next = self.after(step);
        }
        settler.next = next;
    }

    /// Whether a manifest is still the one that was read.
    fn is_there(&self, now: &Day, read: &Day) -> bool {
        let is_same = if self.has(Guard::Edition) { now.edition == read.edition } else { now.version == read.version };
        is_same || !self.has(Guard::Condition)
    }

    /// Decides what to absorb; the next step where there is anything.
    fn decide(&self, settler: &mut Settler, number: u8, choice: Choice) -> Option<Step> {
        let plan = &mut settler.plan;
        let is_old = plan.read.configuration > plan.configuration && self.has(Guard::Revision);
        let fresh = if is_old { Set::default() } else { plan.seen.minus(plan.read.absorbed) };
        plan.taken = match choice {
            Choice::Hour(hour) => fresh.and(self.setup.segments_of(number, Some(hour))),
            _ => fresh,
        };
        plan.doomed = plan.seen.and(plan.read.absorbed).or(plan.taken);
        if !(0..2).any(|hour| self.takes(plan, number, hour)) {
            return None;
        }
        plan.attempt = if self.has(Guard::Attempt) { settler.base + settler.passes } else { SHARED + plan.read.version };
        Some(Step::Fetch)
    }

    /// What is left to do where nothing is to be absorbed: notes on what is gone, and deletions that a crash has left undone.
    fn housekeeping(&self, plan: &Plan) -> Option<Step> {
        let kept = self.next_day(plan, 0);
        let changes = (kept.absorbed, kept.gone) != (plan.read.absorbed, plan.read.gone);
        if changes { Some(Step::Commit) } else { (!plan.doomed.is_empty()).then_some(Step::Delete) }
    }

    /// Raises what the month needs of the day; false where the month has a later version of the day than the one that was read.
    fn mark_month(&self, store: &mut Store, plan: &mut Plan, number: u8) -> bool {
        let needed = plan.read.version + 1;
        if self.has(Guard::StopIfBuilt) && store.month.built[usize::from(number)] >= needed {
            return false;
        }
        let is_new = store.month.need(number, needed);
        let marks = store.month.rollup != 0 && (is_new || self.has(Guard::LifetimeMarkAgain));
        plan.month = marks.then_some(store.month.version);
        true
    }

    /// Works out what the attempt writes; false where something that the manifest names is gone.
    fn fetch(&self, store: &Store, plan: &mut Plan, number: u8) -> bool {
        let Some(old) = store.hours(&self.setup, &plan.read, number) else { return false };
        let mut hours = old;
        for (hour, log) in (0_u8..).zip(&mut hours) {
            let taken = self.setup.events(plan.taken.and(self.setup.segments_of(number, Some(hour))));
            *log = if self.has(Guard::Identity) { log.deduped(taken) } else { log.plus(taken) };
        }
        plan.rollup = hours[0].plus(hours[1]);
        let settled = (0_u8..).zip(hours).filter(|(hour, _)| self.takes(plan, number, *hour));
        plan.log = settled.map(|(_, log)| log).fold(Tally::default(), Tally::plus);
        true
    }

    /// Whether a settler settles an hour: for what it takes up, or because it was settled with an older configuration.
    fn takes(&self, plan: &Plan, number: u8, hour: u8) -> bool {
        let is_old = plan.read.configuration < plan.configuration && plan.read.hours[usize::from(hour)] != 0;
        is_old || !plan.taken.and(self.setup.segments_of(number, Some(hour))).is_empty()
    }

    /// The manifest that a plan commits.
    fn next_day(&self, plan: &Plan, number: u8) -> Day {
        let Plan { read, seen, .. } = *plan;
        let mut next = Day { edition: read.edition + 1, version: read.version + u8::from(plan.attempt != 0), ..read };
        if plan.attempt != 0 {
            for hour in (0..2).filter(|hour| self.takes(plan, number, *hour)) {
                next.hours[usize::from(hour)] = plan.attempt;
            }
            next.configuration = plan.configuration;
            if self.has(Guard::DayWithItsHours) {
                next.rollup = plan.attempt;
            }
            let kept = if self.has(Guard::UnnamedOnly) { next.names() } else { Set::of(plan.attempt) };
            next.garbage = read.garbage.or(read.names().minus(kept));
        }
        let unseen = if self.has(Guard::PruneLooks) { read.absorbed.minus(seen) } else { read.absorbed };
        let forgotten = unseen.and(plan.aged).and(if self.has(Guard::PruneDelay) { read.gone } else { read.absorbed });
        next.absorbed = if self.has(Guard::Absorbed) { read.absorbed.or(plan.taken).minus(forgotten) } else { Set::default() };
        let cleared = if self.has(Guard::SeenAgain) { seen } else { Set::default() };
        next.gone = read.gone.or(read.absorbed.minus(seen)).minus(cleared).and(next.absorbed);
        next
    }

    /// Puts the manifest of a day, and keeps the notes by which time is told.
    fn put_day(&self, world: &mut World, number: u8, put: Day) {
        let old = std::mem::replace(&mut world.store.days[usize::from(number)], put);
        let marked = put.gone.minus(old.gone);
        for other in world.settlers.iter_mut().filter(|other| other.next.is_some()) {
            other.saw_marked = other.saw_marked.or(marked);
        }
        world.reader.notice(put.garbage.minus(old.garbage), marked);
        let store = &mut world.store;
        store.priced_back |= put.configuration < old.configuration;
        if !self.has(Guard::StrongReads) {
            store.before[usize::from(number)] = old;
        }
        let dropped = old.gone.minus(put.gone);
        store.aged = store.aged.minus(marked).minus(dropped);
        let absorbed = put.absorbed.minus(old.absorbed);
        store.forgotten = store.forgotten.or(old.absorbed.minus(put.absorbed)).minus(absorbed);
        store.stale = store.stale.minus(absorbed);
    }
}
