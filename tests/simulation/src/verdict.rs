//! Compares what a run has come to with what it should have: every rollup of every grain, and nothing left over.

use crate::land::Land;
use crate::reference::{self, Accepted, Expected};
use crate::schedule::families;
use cube::FamilyState;
use cube::rollup::unpack;
use futures::FutureExt;
use memory::MemoryTable;
use model::{AttemptId, Day, Month};
use ports::{Item, Read};
use records::price;
use rollups::rollup::{Bucket, Rollup};
use rollups::{DayManifest, LifetimeManifest, MonthManifest, Owner, day, rollup, upper};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Everything that is wrong.
pub fn faults(land: &Land, accepted: &Accepted) -> Vec<String> {
    let table = MemoryTable::of(land.shelf.items());
    let mut faults = Vec::new();
    for (tenant, family) in families(land) {
        let tenant = &land.tenants[tenant];
        let owner = Owner { tenant: tenant.id.clone(), family };
        let configuration = at_once(price::configuration(&table, &tenant.id, Read::Strong));
        let events = accepted.get(&(tenant.id.clone(), family)).map_or(&[][..], Vec::as_slice);
        match reference::expected(events, family, (tenant.hour_offset, &configuration)) {
            Ok(expected) => faults.extend(Found::of(&table, &owner).faults(&expected)),
            Err(fault) => faults.push(fault),
        }
    }
    faults.extend(left_over(land));
    faults
}

/// What an owner's manifests and rollups are.
struct Found<'a> {
    table: &'a MemoryTable,
    owner: &'a Owner,
    days: Vec<DayManifest>,
    months: Vec<MonthManifest>,
    lifetime: LifetimeManifest,
}

impl<'a> Found<'a> {
    fn of(table: &'a MemoryTable, owner: &'a Owner) -> Self {
        let (first, last) = (Day::from_key("2026-11-01").unwrap(), Day::from_key("2027-01-31").unwrap());
        let months: (Month, Month) = (first.month(), last.month());
        Self {
            table,
            owner,
            days: at_once(day::range(table, owner, (first..=last, Read::Strong))),
            months: at_once(upper::months(table, owner, (months.0..=months.1, Read::Strong))),
            lifetime: at_once(upper::lifetime(table, owner, Read::Strong)),
        }
    }

    fn faults(&self, expected: &Expected) -> Vec<String> {
        let mut faults = Vec::new();
        let hours = self.days.iter().flat_map(|day| &day.body.hours);
        let found: BTreeMap<Bucket, Option<&Rollup>> = hours
            .map(|(hour, entry)| (Bucket::Hour(*hour), Some(&entry.rollup)))
            .chain(self.days.iter().map(|day| (Bucket::Day(day.day), day.body.rollup.as_ref())))
            .chain(self.months.iter().map(|month| (Bucket::Month(month.month.unwrap()), month.body.rollup.as_ref())))
            .chain([(Bucket::Lifetime, self.lifetime.body.rollup.as_ref())])
            .collect();
        let wanted: BTreeMap<Bucket, &FamilyState> = (expected.hours.iter().map(|(hour, state)| (Bucket::Hour(*hour), state)))
            .chain(expected.days.iter().map(|(day, state)| (Bucket::Day(*day), state)))
            .chain(expected.months.iter().map(|(month, state)| (Bucket::Month(*month), state)))
            .chain([(Bucket::Lifetime, &expected.lifetime)])
            .collect();
        let (names, owner) = (found.keys().chain(wanted.keys()).collect::<BTreeSet<_>>(), self.owner);
        for bucket in names {
            let fault = match (found.get(bucket).copied().flatten(), wanted.get(bucket)) {
                (Some(rollup), Some(wanted)) => match self.state(*bucket, rollup) {
                    Ok(found) => differs(&found, wanted),
                    Err(error) => Some(error),
                },
                (None, Some(_)) => Some("is missing".to_owned()),
                (_, None) => Some("should not be".to_owned()),
            };
            faults.extend(fault.map(|fault| format!("{bucket:?} of {}'s {} {fault}", owner.tenant, owner.family)));
        }
        let counted: u64 = self.days.iter().flat_map(|day| day.body.hours.values()).map(|hour| hour.events).sum();
        if counted != expected.events as u64 {
            faults.push(format!("{}'s {} has {counted} events, not {}", owner.tenant, owner.family, expected.events));
        }
        faults.extend(self.unfinished());
        faults
    }

    fn state(&self, bucket: Bucket, rollup: &Rollup) -> Result<FamilyState, String> {
        let keys = rollup::keys(self.owner, bucket, (rollup.attempt, &rollup.contents.names()));
        let states = rollup::states(self.table, &keys, Read::Strong).now_or_never().unwrap().map_err(|error| error.to_string())?;
        unpack(self.owner.family, states).map_err(|error| error.to_string())
    }

    /// What should have been done by now.
    fn unfinished(&self) -> Vec<String> {
        let owner = format!("{}'s {}", self.owner.tenant, self.owner.family);
        let day = |day: &DayManifest| {
            let quarantined = (!day.body.quarantined.is_empty()).then(|| format!("{owner}, {} has {:?}", day.day, day.body.quarantined));
            quarantined.or_else(|| day.waits().then(|| format!("{owner}, {} still waits for work: {:?}", day.day, day.body.garbage)))
        };
        let month = |month: &MonthManifest| {
            let is_done = month.is_current() && month.body.garbage.is_empty();
            (!is_done).then(|| format!("{owner}, {:?} still waits for work", month.month))
        };
        let is_done = self.lifetime.is_current() && self.lifetime.body.garbage.is_empty();
        let lifetime = (!is_done).then(|| format!("{owner}, all time still waits for work"));
        self.days.iter().filter_map(day).chain(self.months.iter().filter_map(month)).chain(lifetime).collect()
    }
}

/// In which cubes a state is not the one that is wanted.
fn differs(found: &FamilyState, wanted: &FamilyState) -> Option<String> {
    let cubes = found.cubes().iter().zip(wanted.cubes()).filter(|(found, wanted)| found != wanted);
    let names: Vec<&str> = cubes.map(|(found, _)| found.cube().name).collect();
    (!names.is_empty()).then(|| format!("is not what it should be in {names:?}"))
}

/// Partials, and what was once named by a manifest and is not named any more, but still there. What a crashed attempt wrote and nothing ever
/// named is left to expire.
fn left_over(land: &Land) -> Vec<String> {
    let items = land.shelf.items();
    let partials = items.iter().filter(|item| item.key.partition.contains("#P#")).map(|item| format!("a partial is left: {:?}", item.key));
    let (once, now) = (attempts(land, true), attempts(land, false));
    let superseded: BTreeSet<String> = once.difference(&now).map(ToString::to_string).collect();
    let rollups = items.iter().filter(|item| item.key.partition.contains("#R#")).filter(|item| {
        let attempt = item.key.sort.split('#').nth(1).unwrap_or_default();
        superseded.contains(attempt)
    });
    let rollups = rollups.map(|item| format!("a superseded rollup is left: {:?}", item.key));
    let logs = land.objects.objects().into_keys().filter(|key| superseded.iter().any(|attempt| key.contains(attempt.as_str())));
    partials.chain(rollups).chain(logs.map(|key| format!("a superseded object of the log is left: {key}"))).collect()
}

/// The attempts that manifests name, now or in any version that there ever was.
fn attempts(land: &Land, ever: bool) -> BTreeSet<AttemptId> {
    let mut attempts = BTreeSet::new();
    for (key, changes) in land.shelf.changes().iter() {
        let versions = changes.iter().rev().take(if ever { changes.len() } else { 1 }).filter_map(|change| change.item.clone());
        versions.for_each(|item| attempts.extend(named(key, item)));
    }
    attempts
}

fn named(key: &ports::Key, item: Arc<Item>) -> Vec<AttemptId> {
    let table = MemoryTable::of([item]);
    if let Some((owner, day)) = day::of_key(key) {
        let manifest = at_once(day::get(&table, &owner, (day, Read::Strong)));
        let hours = manifest.body.hours.values();
        let logs = hours.clone().filter_map(|hour| hour.log.as_ref()).map(|log| log.attempt);
        let rollups = hours.map(|hour| &hour.rollup).chain(&manifest.body.rollup).map(|rollup| rollup.attempt);
        return logs.chain(rollups).collect();
    }
    match upper::of_key(key) {
        Some((owner, Some(month))) => {
            at_once(upper::month(&table, &owner, (month, Read::Strong))).body.rollup.iter().map(|rollup| rollup.attempt).collect()
        }
        Some((owner, None)) => {
            at_once(upper::lifetime(&table, &owner, Read::Strong)).body.rollup.iter().map(|rollup| rollup.attempt).collect()
        }
        None => Vec::new(),
    }
}

fn at_once<T, E: std::fmt::Debug>(call: impl Future<Output = Result<T, E>>) -> T {
    call.now_or_never().unwrap().unwrap()
}
