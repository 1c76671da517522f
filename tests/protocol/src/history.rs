//! A search through all histories, and the shortest one that goes wrong, told step by step.

use crate::build::{Level, Step as Build};
use crate::faults::{Fault, fault};
use crate::guard::{Guard, Without};
use crate::read::Step as Read;
use crate::set::Set;
use crate::settle::{Choice, Step};
use crate::setup::Setup;
use crate::world::{Action, Protocol, World};
use stateright::{Checker, HasDiscoveries, Model};
use std::fmt;

/// What a search has found.
#[derive(Debug)]
pub struct Findings {
    /// In which setup.
    pub setup: &'static str,
    /// How many worlds it has seen.
    pub worlds: usize,
    /// The longest history it has followed.
    pub depth: usize,
    /// The shortest history that goes wrong, if any does.
    pub broken: Option<Broken>,
}

/// A history that goes wrong.
#[derive(Debug)]
pub struct Broken {
    /// What is wrong in the end.
    pub fault: Fault,
    /// What happened.
    pub history: Vec<String>,
}

/// Follows every history of a setup, without these guards.
#[must_use]
pub fn search(setup: Setup, without: Without) -> Findings {
    let checker = Protocol::new(setup, without).checker().finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join();
    let broken = checker.discoveries().into_values().next().and_then(|path| {
        let steps = path.into_vec();
        let worlds = || steps.iter().map(|(world, _)| world);
        let protocol = checker.model();
        let told =
            worlds().zip(worlds().skip(1)).zip(&steps).filter_map(|((before, after), (_, action))| Some(tell(before, (*action)?, after)));
        let fault = worlds().last().and_then(|world| fault(protocol, world))?;
        Some(Broken { fault, history: told.collect() })
    });
    Findings { setup: setup.name, worlds: checker.unique_state_count(), depth: checker.max_depth(), broken }
}

/// Follows every history of the setup in which this guard is needed, without it.
#[must_use]
pub fn search_without(guard: Guard) -> Findings {
    search(guard.setup(), Without::default().and(guard))
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} worlds, histories of up to {} steps, ", self.setup, self.worlds, self.depth)?;
        match &self.broken {
            None => f.write_str("no violation"),
            Some(Broken { fault, history }) => {
                write!(f, "BROKEN: {fault}")?;
                history.iter().zip(1..).try_for_each(|(step, number)| write!(f, "\n  {number:2}. {step}"))
            }
        }
    }
}

fn tell(before: &World, action: Action, after: &World) -> String {
    match action {
        Action::Deliver(segment) => format!("the store commits {}", segments(Set::of(segment))),
        Action::DeliverAgain => "P1 is delivered again, and put again".to_owned(),
        Action::Settle(who, choice) => format!("{} {}", ["A", "B"][who], settled(before, (who, choice), after)),
        Action::SettlerCrashes(who) => format!("{} crashes", ["A", "B"][who]),
        Action::Build(level) => format!("the builder of {} {}", named(level), built(before, level, after)),
        Action::BuilderCrashes(level) => format!("the builder of {} crashes", named(level)),
        Action::Read(choice) => {
            format!("the reader {}{}", read(before, after), if choice == Choice::Stale { " (as it was before)" } else { "" })
        }
        Action::Sweep(attempt) => format!("attempt {attempt} is deleted"),
        Action::PutSwept(manifest) => format!("the manifest {manifest:?} is put without its garbage, a version later"),
        Action::HourPasses(segment) => format!("an hour passes since {} was seen gone", segments(Set::of(segment))),
    }
}

const fn named(level: Level) -> &'static str {
    match level {
        Level::Month => "the month",
        Level::Lifetime => "lifetime",
    }
}

fn segments(set: Set) -> String {
    let names: Vec<String> = set.iter().map(|segment| format!("P{}", segment + 1)).collect();
    if names.is_empty() { "no segment".to_owned() } else { names.join(" and ") }
}

fn settled(before: &World, (who, choice): (usize, Choice), after: &World) -> String {
    let (old, new) = (&before.settlers[who], &after.settlers[who]);
    let plan = if new.next.is_some() { new.plan } else { old.plan };
    let (attempt, number) = (old.plan.attempt, plan.read.version);
    let ends = if new.next.is_none() { ", and ends its pass" } else { "" };
    let text = match old.next.unwrap_or(Step::Manifest) {
        Step::Manifest => format!("reads the day's manifest, version {number}"),
        Step::Partials => format!("reads the partials, and absorbs {}", segments(new.plan.taken)),
        Step::Fetch => "reads the segments and the log".to_owned(),
        Step::MarkMonth => format!("marks the month: day version {} needed, month version {}", number + 1, after.store.month.version),
        Step::MarkLifetime => format!("marks lifetime: month version {} needed", after.store.lifetime.needed[0]),
        Step::Write => format!("writes attempt {attempt}"),
        Step::Commit if choice == Choice::LostAnswer => format!("commits version {}, and is told that it was refused", number + 1),
        Step::Commit if before.store.days == after.store.days => "is refused".to_owned(),
        Step::Commit => {
            let day = after.store.days.iter().find(|day| day.version == number + 1).copied().unwrap_or_default();
            format!(
                "commits version {} with attempt {attempt}: absorbed {}, gone {}",
                number + 1,
                segments(day.absorbed),
                segments(day.gone)
            )
        }
        Step::NameRollup => format!("names the day's rollup of attempt {attempt}"),
        Step::Delete => format!("deletes the partial of {}", segments(old.plan.doomed.first().map_or(Set::default(), Set::of))),
        Step::LookAgain => "reads the manifest again".to_owned(),
        Step::Forget => format!("deletes its attempt {attempt}"),
    };
    text + ends
}

fn built(before: &World, level: Level, after: &World) -> String {
    let (old, new) = (&before.builders[level as usize], &after.builders[level as usize]);
    let text = match old.next.unwrap_or(Build::Manifest) {
        Build::Manifest => "reads its manifest".to_owned(),
        Build::Part(part) => format!("reads the manifest of its part {part}"),
        Build::Fetch => "reads the rollups of its parts".to_owned(),
        Build::Write => "writes its attempt".to_owned(),
        Build::Commit => {
            let upper = *after.store.clone().upper(level);
            let is_put = before.store != after.store;
            if is_put {
                format!("commits version {}: built {:?}, needed {:?}", upper.version, upper.built, upper.needed)
            } else {
                "is refused".to_owned()
            }
        }
    };
    let ends = if new.next.is_none() && old.next != Some(Build::Commit) { ", and ends its pass" } else { "" };
    text + ends
}

fn read(before: &World, after: &World) -> String {
    match before.reader.next {
        Read::Begin => format!("begins, and its next step is {:?}", after.reader.next),
        Read::Partials(day) => format!("reads the partials of day {day}"),
        Read::Lifetime => "reads lifetime's manifest".to_owned(),
        Read::Month => "reads the month's manifest".to_owned(),
        Read::Day(day) => format!("reads the manifest of day {day}"),
        Read::Rollups | Read::Done(_) => "reads the rollups that they name, and answers".to_owned(),
    }
}
