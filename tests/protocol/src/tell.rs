//! Histories in words. `A` and `B` are the settlers, `P1` and `P2` the segments.

use crate::build::{Level, Step as Build};
use crate::read::{Step as Read, Which};
use crate::set::Set;
use crate::settle::{Choice, Step};
use crate::world::{Action, Protocol, World};

/// One step, told.
pub fn tell(protocol: &Protocol, before: &World, (action, after): (Action, &World)) -> String {
    match action {
        Action::Deliver(segment) => format!("the store commits {}", segments(Set::of(segment))),
        Action::DeliverAgain => "P1 is delivered again, and put again".to_owned(),
        Action::PricesChange => "prices change".to_owned(),
        Action::Settle(who, choice) => format!("{} {}", ["A", "B"][who], settled(protocol, before, (who, choice, after))),
        Action::SettlerCrashes(who) => format!("{} crashes", ["A", "B"][who]),
        Action::Build(level) => format!("the builder of {} {}", named(level), built(before, level, after)),
        Action::BuilderCrashes(level) => format!("the builder of {} crashes", named(level)),
        Action::Read(which) => format!("the reader {}", read(before, which)),
        Action::Sweep(attempt) => format!("attempt {attempt} is deleted"),
        Action::PutSwept(manifest) => format!("the manifest {manifest:?} is put without its garbage"),
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

fn settled(protocol: &Protocol, before: &World, (who, choice, after): (usize, Choice, &World)) -> String {
    let (old, new) = (&before.settlers[who], &after.settlers[who]);
    let plan = if new.next.is_some() { new.plan } else { old.plan };
    let (attempt, number) = (old.plan.attempt, plan.read.version);
    let ends = if new.next.is_none() { ", and ends its pass" } else { "" };
    let text = match old.next.unwrap_or(protocol.first_step()) {
        Step::Configuration => format!("reads the configuration, revision {}", new.plan.configuration),
        Step::Manifest => format!("reads the day's manifest, version {number}, edition {}", plan.read.edition),
        Step::Partials => format!("reads the partials, and absorbs {}", segments(new.plan.taken)),
        Step::Fetch => "reads the segments and the log".to_owned(),
        Step::MarkMonth => format!("marks the month: day version {} needed, month version {}", number + 1, after.store.month.version),
        Step::MarkLifetime => format!("marks lifetime: month version {} needed", after.store.lifetime.needed[0]),
        Step::Write => format!("writes attempt {attempt}"),
        Step::Commit if choice == Choice::LostAnswer => format!("commits version {}, and is told that it was refused", number + 1),
        Step::Commit if before.store.days == after.store.days => "is refused".to_owned(),
        Step::Commit => {
            let day = after.store.days.iter().find(|day| day.edition == plan.read.edition + 1).copied().unwrap_or_default();
            format!(
                "commits version {} with attempt {attempt}: absorbed {}, gone {}",
                day.version,
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
        Build::Mark => format!("marks lifetime: month version {} needed", after.store.lifetime.needed[0]),
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

fn read(before: &World, which: Option<Which>) -> String {
    match (before.reader.next, which) {
        (_, Some(Which::Lifetime)) => "reads lifetime's manifest".to_owned(),
        (_, Some(Which::Month)) => "reads the month's manifest".to_owned(),
        (_, Some(Which::Day(day))) => format!("reads the manifest of day {day}"),
        (_, Some(Which::DayBefore(day))) => format!("reads the manifest of day {day}, as it was before"),
        (Read::Begin, None) => "begins".to_owned(),
        (Read::Partials(day), None) => format!("reads the partials of day {day}"),
        (_, None) => "reads the rollups that they name, and answers".to_owned(),
    }
}
