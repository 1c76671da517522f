//! Holds what a run has come to against what it should have: every report and notice once, delivered or visibly failed, none missing.

use super::course::Course;
use super::ears::{DEAF, GONE, Heard};
use super::land::{BUDGET, Land, PATIENCE};
use super::{plan, usage};
use futures::FutureExt;
use memory::MemoryTable;
use model::Timestamp;
use records::task::{self, Status as Step};
use records::{Shelf, budget, due};
use reports::Run;
use reports::run::{Delivery, DeliveryState, Making, Status, What};
use reports::target::Target;
use std::collections::{BTreeMap, BTreeSet};

/// The runs that there are, by id.
pub fn runs(land: &Land) -> BTreeMap<String, Run> {
    let documents = at_once(records::document::all(&table(land), (Shelf::Reports, &plan::tenant())));
    documents.into_iter().map(|document| (document.id, serde_json::from_str(&document.text).unwrap())).collect()
}

/// Whether nothing is left to be done.
pub fn is_over(land: &Land) -> bool {
    let items = land.shelf.items();
    let has_task = items.iter().filter(|item| item.key.partition.ends_with("#C#tasks")).any(|item| item.text("pending").is_some());
    !has_task && at_once(due::until(&table(land), Timestamp::from_millis(i64::MAX / 2))).0.is_empty()
}

/// Everything that is wrong.
pub fn faults(course: &Course) -> Vec<String> {
    let runs = runs(&course.land);
    let heard = course.land.ears.heard();
    let mut faults: Vec<String> = runs.iter().flat_map(|(id, run)| of_run(course, (id, run), &heard)).collect();
    faults.extend(strangers(&runs, &heard));
    faults.extend(missing(course, &runs));
    faults.extend(of_budget(course, &runs));
    faults.extend(course.exports.iter().filter_map(|id| of_export(&course.land, id)));
    faults
}

/// A run is made and delivered to each, or has visibly failed.
fn of_run(course: &Course, (id, run): (&str, &Run), heard: &[Heard]) -> Vec<String> {
    let mut faults = Vec::new();
    if !matches!(run.status(), Status::Done | Status::Failed) || run.wake_at.is_some() {
        faults.push(format!("{id} is {}", run.status().name()));
    }
    if let Making::Made { key: Some(key), .. } = &run.making
        && !course.land.objects.objects().contains_key(key)
    {
        faults.push(format!("{id} is made, and not there"));
    }
    let is_given_up = run.attempts >= PATIENCE.attempts && !course.is_calm;
    if matches!(run.making, Making::Failed { .. }) && !is_given_up {
        faults.push(format!("{id} is given up after {} attempts", run.attempts));
    }
    faults.extend(run.deliveries.iter().filter_map(|delivery| of_delivery(course, (run, delivery), heard)));
    faults
}

fn of_delivery(course: &Course, (run, delivery): (&Run, &Delivery), heard: &[Heard]) -> Option<String> {
    let (Target::Mail(to) | Target::Webhook(to)) = &delivery.target;
    let times = heard.iter().filter(|one| one.delivery == delivery.id && one.by == *to).count();
    let is_made = matches!(run.making, Making::Made { .. });
    let fault = match delivery.state {
        DeliveryState::Delivered if times == 0 => "is delivered, and was not heard",
        DeliveryState::Dead if delivery.error.is_none() => "is dead, and nobody knows why",
        DeliveryState::Dead if to != GONE && delivery.attempts < PATIENCE.attempts => "is given up too soon",
        DeliveryState::Dead if course.is_calm && to != GONE && to != DEAF && !is_moody(to) => "is given up in calm weather",
        DeliveryState::Waiting if is_made => "waits for ever",
        DeliveryState::Waiting if times > 0 => "was heard before it was made",
        DeliveryState::Delivered if course.is_calm && times > 1 && !is_moody(to) => "came twice in calm weather",
        _ if delivery.attempts > PATIENCE.attempts => "was tried too often",
        _ => return None,
    };
    Some(format!("{} to {to} {fault}: {delivery:?}", delivery.id))
}

fn is_moody(to: &str) -> bool {
    to == super::ears::MOODY
}

/// What was heard belongs to a run, and came to whom it was for.
fn strangers(runs: &BTreeMap<String, Run>, heard: &[Heard]) -> Vec<String> {
    let all = runs.values().flat_map(|run| &run.deliveries);
    let known: BTreeMap<&str, &Target> = all.map(|delivery| (delivery.id.as_str(), &delivery.target)).collect();
    let is_known = |one: &Heard| match known.get(one.delivery.as_str()) {
        Some(Target::Mail(to) | Target::Webhook(to)) => *to == one.by,
        None => false,
    };
    heard.iter().filter(|one| !is_known(one)).map(|one| format!("{one:?} is of no run")).collect()
}

/// Every due time has its run, every report that was acknowledged too, and nothing else is there.
fn missing(course: &Course, runs: &BTreeMap<String, Run>) -> Vec<String> {
    let mut faults = Vec::new();
    for (id, _, due) in plan::schedules() {
        let mut found: Vec<i64> = runs.values().filter(|run| of(run) == Some(id)).map(|run| run.due.as_millis()).collect();
        found.sort_unstable();
        if found != due {
            faults.push(format!("{id} has reports of {found:?}, and not of {due:?}"));
        }
    }
    faults.extend(course.reports.iter().filter(|id| !runs.contains_key(*id)).map(|id| format!("{id} was asked for, and is not there")));
    faults
}

fn of(run: &Run) -> Option<&str> {
    run.schedule.as_ref().map(|(schedule, _)| schedule.as_str())
}

/// Each threshold that was reached while somebody looked is told once, in the history and by a run, and no other is.
fn of_budget(course: &Course, runs: &BTreeMap<String, Run>) -> Vec<String> {
    let (must, may) = usage::expected(&course.land.shelf.changes(), &course.glances);
    let history = at_once(budget::told(&table(&course.land), &plan::tenant(), BUDGET));
    let told: BTreeSet<(String, u64)> =
        history.iter().map(|notice| (usage::day_of(notice.period_start).to_string(), notice.threshold.into())).collect();
    let sent: Vec<(String, u64)> = runs.values().filter_map(notice).collect();
    let mut faults: Vec<String> = must.difference(&told).map(|missing| format!("{missing:?} is reached, and not told")).collect();
    faults.extend(told.difference(&may).map(|wrong| format!("{wrong:?} is told, and was never reached")));
    faults.extend(sent.iter().filter(|one| !may.contains(*one)).map(|wrong| format!("{wrong:?} is sent, and was never reached")));
    let once: BTreeSet<&(String, u64)> = sent.iter().collect();
    if once.len() != sent.len() {
        faults.push(format!("a threshold is sent twice: {sent:?}"));
    }
    let has_run = |notice: &budget::Notice| notice.run.as_ref().is_some_and(|run| runs.contains_key(run));
    faults.extend(history.iter().filter(|notice| !has_run(notice)).map(|notice| format!("{notice:?} is told to nobody")));
    faults
}

/// The day and the threshold that a notice tells of.
fn notice(run: &Run) -> Option<(String, u64)> {
    let What::Notice { data, .. } = &run.what else { return None };
    Some((data["period"]["from"].as_str()?.get(..10)?.to_owned(), data["threshold"].as_u64()?))
}

/// An export is there, or has visibly failed.
fn of_export(land: &Land, id: &str) -> Option<String> {
    let Some(task) = at_once(task::get(&table(land), (&plan::tenant(), id))) else { return Some(format!("the export {id} is not there")) };
    match (task.status, &task.outcome) {
        (Step::Done, Some(outcome)) if land.objects.objects().contains_key(&outcome.key) => None,
        (Step::Failed, _) if task.attempts == task::ATTEMPTS => None,
        _ => Some(format!("an export is not what it should be: {task:?}")),
    }
}

fn table(land: &Land) -> MemoryTable {
    MemoryTable::of(land.shelf.items())
}

fn at_once<T, E: std::fmt::Debug>(call: impl Future<Output = Result<T, E>>) -> T {
    call.now_or_never().unwrap().unwrap()
}
