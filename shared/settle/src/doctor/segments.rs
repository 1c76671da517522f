//! Segments: that of every partial is there; and, where it is asked for, every event of a segment without partials is in the log.

use super::Depth;
use super::examination::Examination;
use super::finding::What;
use crate::{Result, Settler, calendar};
use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use cube::segment::{self, SegmentError};
use model::erasure::Erasures;
use model::{Hour, SegmentId};
use ports::Read;
use records::partial::{self, Span};
use records::{erasure, object};
use rollups::{HourEntry, Owner};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Segments are listed in so many turns, by the first digit of their names, so that not all names are in memory at once.
const TURNS: u32 = 16;
/// Hours whose ids are remembered at once.
const HOURS: usize = 24;

/// The ids in the log of an hour; nothing where the log has expired or cannot be read, so that it cannot be told.
type Ids = BTreeMap<Hour, Option<HashSet<String>>>;

impl Settler {
    pub(super) async fn examine_segments(&self, examination: &mut Examination, depth: Depth) -> Result<()> {
        let owner = examination.owner.clone();
        let span = Span { tenant: &owner.tenant, family: owner.family, hours: calendar::hours(), read: Read::Strong };
        let mut waiting: BTreeMap<SegmentId, BTreeSet<Hour>> = BTreeMap::new();
        for brief in partial::briefs(&*self.table, &span).await? {
            examination.looked.partials += 1;
            waiting.entry(brief.segment).or_default().insert(brief.hour);
        }
        let erasures = erasure::people(&*self.table, &owner.tenant, Read::Strong).await?;
        let mut ids = Ids::new();
        let prefix = format!("{}{}/{}/", object::INCOMING, owner.family, owner.tenant);
        for turn in 0..TURNS {
            for object in self.bucket.list(&format!("{prefix}{turn:x}")).await? {
                examination.looked.objects += 1;
                let name = object.key.strip_prefix(&prefix).and_then(|name| name.strip_suffix(".parquet"));
                let segment = name.and_then(|name| SegmentId::new(name).ok());
                let is_waiting = segment.is_some_and(|segment| waiting.remove(&segment).is_some());
                if !is_waiting && depth == Depth::Segments && !self.is_counted(&owner, &object.key, (&erasures, &mut ids)).await? {
                    examination.found(What::Uncommitted { object: object.key });
                }
            }
        }
        for (segment, hours) in waiting {
            for hour in hours {
                examination.found(What::SegmentGap { hour, segment: segment.clone() });
            }
        }
        Ok(())
    }

    /// Whether all events of a segment are in the log, as far as can be told.
    async fn is_counted(&self, owner: &Owner, key: &str, (erasures, ids): (&Erasures, &mut Ids)) -> Result<bool> {
        let Some(bytes) = self.bucket.get(key).await? else { return Ok(true) };
        let Ok(groups) = identities(&bytes, erasures) else { return Ok(false) };
        for (hour, found) in groups {
            if !ids.contains_key(&hour) {
                if ids.len() >= HOURS {
                    ids.clear();
                }
                ids.insert(hour, self.logged(owner, hour).await?);
            }
            if ids[&hour].as_ref().is_some_and(|logged| !found.is_subset(logged)) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The ids in the log of an hour: none where it was never settled.
    async fn logged(&self, owner: &Owner, hour: Hour) -> Result<Option<HashSet<String>>> {
        let manifest = self.manifest_of(owner, hour.day()).await?;
        let Some(entry) = manifest.body.hours.get(&hour) else {
            // What it was made of may be part of the day's base by now.
            return Ok(manifest.body.base.is_none().then(HashSet::new));
        };
        if entry.base.is_some() || !self.rules.has_live_log(owner.family, entry, self.clock.now()) {
            return Ok(None);
        }
        let mut ids = HashSet::new();
        for key in objects(owner, hour, entry) {
            let Some(bytes) = self.bucket.get(&key).await? else { return Ok(None) };
            let Ok(groups) = identities(&bytes, Erasures::NONE) else { return Ok(None) };
            ids.extend(groups.into_iter().filter(|(of, _)| *of == hour).flat_map(|(_, found)| found));
        }
        Ok(Some(ids))
    }
}

fn objects(owner: &Owner, hour: Hour, entry: &HourEntry) -> Vec<String> {
    let place = (owner.family, &owner.tenant, hour.day());
    let of_log = |log: &rollups::Log| log.objects.iter().map(|number| object::log(place, log.attempt, *number)).collect();
    entry.log.as_ref().map(of_log).unwrap_or_default()
}

/// The ids of an object's events by hour, as they are once these people are erased.
fn identities(bytes: &bytes::Bytes, erasures: &Erasures) -> Result<Vec<(Hour, HashSet<String>)>, SegmentError> {
    let opened = segment::open(bytes)?;
    let group =
        |(index, group): (usize, &segment::Group)| Ok((group.hour, ids_of(&cube::erase(&opened.identities_of_people(index)?, erasures)?)));
    opened.groups().iter().enumerate().map(group).collect()
}

fn ids_of(identities: &RecordBatch) -> HashSet<String> {
    let ids = identities.column_by_name("id").and_then(|column| column.as_string_opt::<i32>());
    ids.into_iter().flatten().flatten().map(str::to_owned).collect()
}
