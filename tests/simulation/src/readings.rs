//! What readers were told while everything was under way, and what they may be told: no event that was committed before they began is
//! missing, and none is counted more often than it was committed.

use crate::events;
use crate::land::Land;
use crate::schedule::families;
use chrono_tz::Tz;
use cube::query::{Granularity, Range};
use futures::FutureExt;
use memory::MemoryTable;
use memory::simulation::Dice;
use model::{Family, Hour, SegmentId, Timestamp};
use ports::Read;
use reader::{Owner, Reader};
use records::Pending;
use records::partial::{self, Span};
use std::collections::BTreeMap;
use std::sync::Arc;

const HOUR_MS: i64 = 3_600_000;

/// A question of a reader.
#[derive(Debug, Clone)]
pub struct Asked {
    tenant: usize,
    family: Family,
    range: Range,
    granularity: Option<Granularity>,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Reading {
    asked: Asked,
    /// The turns after which it began and ended.
    began: u64,
    ended: u64,
    counted: BTreeMap<String, u64>,
}

impl Asked {
    /// Any question about any tenant.
    pub fn any(land: &Land, dice: &mut Dice) -> Self {
        let owners: Vec<(usize, Family)> = families(land).collect();
        let (tenant, family) = *dice.pick(&owners);
        let (range, granularity) = *dice.pick(&[
            (whole(), None),
            (whole(), Some(Granularity::Day)),
            (whole(), Some(Granularity::Hour)),
            (months(), None),
            (months(), Some(Granularity::Month)),
        ]);
        Self { tenant, family, range, granularity }
    }

    /// Questions about all of one owner's events.
    pub fn all((tenant, family): (usize, Family)) -> impl Iterator<Item = Self> {
        [whole(), months()].into_iter().map(move |range| Self { tenant, family, range, granularity: None })
    }

    /// Asks it; no answer is no harm.
    pub async fn read(self, land: &Land, reader: &Reader) -> Option<Reading> {
        let tenant = &land.tenants[self.tenant];
        let question = events::question(self.family, self.range);
        let question = match self.granularity {
            Some(granularity) => question.every(granularity, Tz::UTC),
            None => question,
        };
        let owner = Owner { tenant: &tenant.id, hour_offset: tenant.hour_offset, now: land.world.now() };
        let began = land.world.turns();
        let reading = reader.answer(owner, &[events::checked(&question)]).await.ok()?;
        let counted = events::counted(&reading.answers[0]);
        Some(Reading { asked: self, began, ended: land.world.turns(), counted })
    }
}

/// A day before the first event up to a day after the last.
fn whole() -> Range {
    let from = Timestamp::from_millis(crate::plan::START.as_millis().div_euclid(HOUR_MS) * HOUR_MS);
    Range { from: from.plus_millis(-70 * HOUR_MS), to: from.plus_millis(26 * HOUR_MS) }
}

/// Both months, whole.
fn months() -> Range {
    Range { from: Timestamp::from_millis(1_793_491_200_000), to: Timestamp::from_millis(1_798_761_600_000) }
}

/// When a copy of an event was committed, and when it was taken up into its hour's rollup.
#[derive(Debug, Clone, Copy)]
struct Copy {
    committed: u64,
    absorbed: Option<u64>,
}

/// The copies of each event of one owner.
type Copies = BTreeMap<String, Vec<Copy>>;

/// What is wrong with any of the readings.
pub fn faults(land: &Land, readings: &[Reading]) -> Vec<String> {
    let mut faults = Vec::new();
    for (tenant, family) in families(land) {
        let copies = copies(land, tenant, family);
        for reading in readings.iter().filter(|reading| (reading.asked.tenant, reading.asked.family) == (tenant, family)) {
            faults.extend(fault(reading, &copies));
        }
    }
    faults
}

fn fault(reading: &Reading, copies: &Copies) -> Option<String> {
    let Reading { asked, began, ended, counted } = reading;
    let about = |label: &str, what: String| Some(format!("{asked:?} from turn {began} to {ended}: {label} is counted {what}"));
    if let Some((label, count)) = counted.iter().find(|(label, _)| !copies.contains_key(*label)) {
        return about(label, format!("{count} times, and was never committed"));
    }
    copies.iter().find_map(|(label, copies)| {
        let count = counted.get(label).copied().unwrap_or(0);
        let known = copies.iter().filter(|copy| copy.committed < *ended);
        let (settled, others): (Vec<&Copy>, Vec<&Copy>) = known.partition(|copy| copy.absorbed.is_some_and(|turn| turn < *began));
        let most = u64::from(!settled.is_empty()) + others.len() as u64;
        let least = u64::from(copies.iter().any(|copy| copy.committed < *began));
        if (least..=most).contains(&count) {
            return None;
        }
        about(label, format!("{count} times, and may be from {least} to {most} times; its copies: {copies:?}"))
    })
}

fn copies(land: &Land, tenant: usize, family: Family) -> Copies {
    let of = &land.tenants[tenant];
    let changes = land.shelf.changes();
    let mut absorbed: BTreeMap<(Hour, SegmentId), u64> = BTreeMap::new();
    for (key, changes) in changes.iter() {
        let Some((owner, day)) = rollups::day::of_key(key) else { continue };
        if owner.tenant != of.id || owner.family != family {
            continue;
        }
        for change in changes {
            let table = MemoryTable::of(change.item.clone());
            let manifest = rollups::day::get(&table, &owner, (day, Read::Strong)).now_or_never().unwrap().unwrap();
            for (hour, entry) in &manifest.body.hours {
                for segment in &entry.absorbed {
                    absorbed.entry((*hour, segment.segment.clone())).or_insert(change.turn);
                }
            }
        }
    }
    let mut copies = Copies::new();
    for (key, changes) in changes.iter() {
        let Some(pending) = Pending::of_key(key) else { continue };
        if pending.tenant != of.id || pending.family != family {
            continue;
        }
        let Some(first) = changes.first() else { continue };
        let copy = Copy { committed: first.turn, absorbed: absorbed.get(&(pending.hour, pending.segment.clone())).copied() };
        for (label, count) in labels(of, family, first.item.clone(), &pending) {
            let copies = copies.entry(label).or_default();
            copies.extend(std::iter::repeat_n(copy, usize::try_from(count).unwrap()));
        }
    }
    copies
}

/// How often each event is in a partial.
fn labels(tenant: &crate::tenants::Tenant, family: Family, item: Option<Arc<ports::Item>>, pending: &Pending) -> BTreeMap<String, u64> {
    let table = MemoryTable::of(item);
    let span = Span { tenant: &tenant.id, family, hours: pending.hour..=pending.hour, read: Read::Strong };
    let partials = partial::range(&table, &span).now_or_never().unwrap().unwrap();
    let state = partials[0].state.clone().unwrap();
    let query = events::checked(&events::question(family, whole()));
    let state = cube::decode_cube(&state, events::cube_of(family), None).unwrap();
    let bucket = cube::query::Bucket { grain: cube::query::Grain::Hour, start: pending.hour };
    events::counted(&query.evaluate(&query.plan(tenant.hour_offset), [(bucket, &state)]))
}
