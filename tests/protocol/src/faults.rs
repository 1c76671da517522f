//! What must never be so in any world.

use crate::build::Level;
use crate::read::{Answer, Step};
use crate::set::Tally;
use crate::settle::{Choice, Settler};
use crate::store::Upper;
use crate::world::{Action, FINISHER, FINISHING_BUILD, FINISHING_PASSES, Protocol, World};

/// What is wrong with a world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A manifest names what is not there.
    #[error("a manifest names what is gone")]
    Gone,
    /// The rollup of a day is not the sum of its hours.
    #[error("the day's rollup has {rollup}, its hours {hours}")]
    Torn {
        /// What the rollup has counted.
        rollup: Tally,
        /// What the logs of the hours have.
        hours: Tally,
    },
    /// A settled event is counted more than once.
    #[error("{0} is settled")]
    SettledTwice(Tally),
    /// What was committed is neither settled nor live.
    #[error("only {0} is settled or live")]
    Lost(Tally),
    /// What was settled with a configuration is settled with an older one.
    #[error("a day that was settled with new prices is settled with old ones")]
    PricedBack,
    /// A rollup of many days says that it is current, and is not what its days are.
    #[error("the current {level:?} has {has}, its days {days}")]
    FalselyCurrent {
        /// Which one.
        level: Level,
        /// What it has counted.
        has: Tally,
        /// What its days have.
        days: Tally,
    },
    /// A reader's answer.
    #[error("the reader counts {0}, less than it must")]
    ReadFewer(Tally),
    /// A reader's answer.
    #[error("the reader counts {0}, more than it may")]
    ReadMore(Tally),
    /// A reader did not find what a manifest names.
    #[error("the reader finds a part gone")]
    ReadGone,
    /// All settle and build to the end, nobody crashes, and partials remain.
    #[error("a settle to the end leaves partials or counts {0}")]
    LeftUnsettled(Tally),
    /// All settle and build to the end, nobody crashes, and a rollup is not current.
    #[error("a build to the end leaves the {0:?} not current, for ever")]
    NeverCurrent(Level),
}

/// What is wrong with a world, if anything is.
#[must_use]
pub fn fault(protocol: &Protocol, world: &World) -> Option<Fault> {
    answered(world).or_else(|| kept(protocol, world)).or_else(|| left(protocol, world))
}

/// Whether a world is right in itself, and what goes wrong is what becomes of it when all that is left is done.
pub(crate) fn is_left(protocol: &Protocol, world: &World) -> bool {
    answered(world).or_else(|| kept(protocol, world)).is_none()
}

fn answered(world: &World) -> Option<Fault> {
    match world.reader.next {
        Step::Done(Answer::Fewer(counted)) => Some(Fault::ReadFewer(counted)),
        Step::Done(Answer::More(counted)) => Some(Fault::ReadMore(counted)),
        Step::Done(Answer::Gone) => Some(Fault::ReadGone),
        _ => None,
    }
}

/// What the manifests name is there and whole, and with the live partials it is all that was committed.
fn kept(protocol: &Protocol, world: &World) -> Option<Fault> {
    let (setup, store) = (&protocol.setup, &world.store);
    let mut settled = Tally::default();
    let mut live = Tally::default();
    for (number, day) in (0_u8..).zip(&store.days) {
        let (Some([first, second]), Some(rollup)) = (store.hours(setup, day, number), store.rollup(day.rollup)) else {
            return Some(Fault::Gone);
        };
        let hours = first.plus(second);
        if hours != rollup {
            return Some(Fault::Torn { rollup, hours });
        }
        settled = settled.plus(hours);
        let partials = store.partials.and(setup.segments_of(number, None)).minus(day.absorbed);
        live = live.plus(setup.events(partials));
    }
    if store.priced_back {
        return Some(Fault::PricedBack);
    }
    let committed = setup.old().deduped(setup.events(store.delivered));
    if settled != settled.deduped(Tally::default()) {
        return Some(Fault::SettledTwice(settled));
    }
    if !settled.plus(live).covers(committed) {
        return Some(Fault::Lost(settled.plus(live)));
    }
    let above = |level, upper: &Upper| {
        let Some(has) = store.rollup(upper.rollup) else { return Some(Fault::Gone) };
        let is_false = upper.is_current() && has != settled;
        is_false.then_some(Fault::FalselyCurrent { level, has, days: settled })
    };
    above(Level::Month, &store.month).or_else(|| above(Level::Lifetime, &store.lifetime))
}

/// Where nobody is at work: one pass of everyone, without a crash, makes everything exact and current.
fn left(protocol: &Protocol, world: &World) -> Option<Fault> {
    let is_quiet = world.settlers.iter().all(|settler| settler.next.is_none())
        && world.builders.iter().all(|builder| builder.next.is_none())
        && world.reader.next == Step::Begin;
    if !is_quiet {
        return None;
    }
    let finished = finish(protocol, world.clone(), |_, _| ());
    let (setup, store) = (&protocol.setup, &finished.store);
    let settled = store.days.iter().filter_map(|day| store.rollup(day.rollup)).fold(Tally::default(), Tally::plus);
    if store.days[0].hours[0] != 0 && store.days[0].configuration != store.configuration {
        return Some(Fault::PricedBack);
    }
    if !store.partials.is_empty() || settled != setup.old().deduped(setup.events(store.delivered)) {
        return Some(Fault::LeftUnsettled(settled));
    }
    let is_behind = |has: bool, upper: &Upper| has && !upper.is_current();
    if is_behind(setup.month, &store.month) {
        return Some(Fault::NeverCurrent(Level::Month));
    }
    if is_behind(setup.lifetime, &store.lifetime) {
        return Some(Fault::NeverCurrent(Level::Lifetime));
    }
    kept(protocol, &finished)
}

/// Settles every day and builds the month and lifetime, one after the other and without a crash; every step is shown before it is made.
pub(crate) fn finish(protocol: &Protocol, mut world: World, mut show: impl FnMut(&World, Action)) -> World {
    let mut act = |world: &mut World, action| {
        show(world, action);
        protocol.act(world, action);
    };
    for number in 0..protocol.setup.days {
        let who = protocol.setup.settlers.iter().position(|(day, _)| *day == number).unwrap_or_default();
        world.settlers[who] = Settler { passes: FINISHING_PASSES - 4 * number, base: FINISHER, ..Settler::default() };
        let mut before = None;
        while before.as_ref() != Some(&world.store) {
            before = Some(world.store.clone());
            act(&mut world, Action::Settle(who, Choice::Plain));
            while world.settlers[who].next.is_some() {
                act(&mut world, Action::Settle(who, Choice::Plain));
            }
        }
    }
    let levels = [(Level::Month, protocol.setup.month), (Level::Lifetime, protocol.setup.lifetime)];
    for (level, _) in levels.into_iter().filter(|(_, is_there)| *is_there) {
        let builder = &mut world.builders[level as usize];
        (builder.passes, builder.base) = (1, builder.base + FINISHING_BUILD - 1);
        while world.builders[level as usize].passes > 0 || world.builders[level as usize].next.is_some() {
            act(&mut world, Action::Build(level));
        }
    }
    world
}
