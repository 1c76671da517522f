//! What crashed attempts have left: rollups and objects of the log that no manifest names. All of it is listed before the manifests are read, so
//! that what was written by then and is not named by them was never committed, or is being written right now.

use super::examination::Examination;
use super::finding::{Place, What};
use crate::{Result, Settler};
use model::{AttemptId, Day};
use ports::{Key, Projection, Range, Read};
use records::object;
use rollups::{Bucket, DayManifest, LifetimeManifest, Owner, Rollup, rollup, upper};
use std::collections::{BTreeMap, BTreeSet};

/// What an attempt has left.
#[derive(Default)]
struct Left {
    items: Vec<Key>,
    objects: Vec<String>,
}

/// What attempts have left, by the manifest that would name it.
type Orphans = BTreeMap<(Place, AttemptId), Left>;

/// What a manifest names, its garbage included: that is deleted when its time comes.
#[derive(Default)]
struct Names {
    rollups: BTreeSet<(Bucket, AttemptId)>,
    objects: BTreeSet<(AttemptId, u32)>,
}

impl Settler {
    pub(super) async fn examine_orphans(&self, examination: &mut Examination) -> Result<()> {
        let owner = examination.owner.clone();
        let mut orphans = Orphans::new();
        for partition in rollup::partitions(&owner) {
            examination.looked.items += self.orphaned_items(&owner, (&partition, &Range::All), &mut orphans).await?;
        }
        let all = format!("{}{}/{}/", object::LOG, owner.family, owner.tenant);
        examination.looked.objects += self.orphaned_objects(&owner, &all, &mut orphans).await?;
        for ((place, attempt), Left { items, objects }) in orphans {
            examination.found(What::Orphan { attempt, place, items, objects });
        }
        Ok(())
    }

    /// Deletes what crashed attempts have left of one span. Who is at work on it right now begins again.
    pub(crate) async fn delete_orphans(&self, owner: &Owner, place: Place) -> Result<()> {
        let mut orphans = Orphans::new();
        // `~` follows all that keys have after the name of a span.
        let from = |name: String| Range::Between(name.clone(), format!("{name}~"));
        let range = match place {
            Place::Day(day) => from(day.to_string()),
            Place::Month(month) => from(format!("{month}#")),
            Place::Lifetime => Range::All,
        };
        for partition in rollup::partitions(owner).filter(|partition| place.is_of(partition)) {
            self.orphaned_items(owner, (&partition, &range), &mut orphans).await?;
        }
        if let Place::Day(day) = place {
            let prefix = format!("{}{}/{}/{day}/", object::LOG, owner.family, owner.tenant);
            self.orphaned_objects(owner, &prefix, &mut orphans).await?;
        }
        for ((place, attempt), Left { items, objects }) in orphans {
            self.delete_orphan(owner, (place, attempt), (&items, &objects)).await?;
        }
        Ok(())
    }

    /// Takes from the findings what was no orphan, but being written: a manifest names it now.
    ///
    /// # Errors
    /// Where a manifest cannot be read.
    pub async fn look_again(&self, examination: &mut Examination) -> Result<()> {
        let mut findings = Vec::new();
        for finding in std::mem::take(&mut examination.findings) {
            let is_named = match &finding.what {
                What::Orphan { attempt, place, .. } => self.names(&finding.owner, *place).await?.has(*attempt),
                _ => false,
            };
            if !is_named {
                findings.push(finding);
            }
        }
        examination.findings = findings;
        Ok(())
    }

    async fn orphaned_items(&self, owner: &Owner, (partition, range): (&str, &Range), orphans: &mut Orphans) -> Result<u64> {
        let (mut after, mut looked) = (None, 0);
        loop {
            let page = self.table.query(partition, range, Projection::Only(&[]), Read::Strong, after.as_ref()).await?;
            looked += page.items.len() as u64;
            let keys = page.items.into_iter().filter_map(|item| Some((rollup::of_key(&item.key)?, item.key)));
            let mut by_place: BTreeMap<Place, Vec<(Bucket, AttemptId, Key)>> = BTreeMap::new();
            for ((bucket, attempt), key) in keys {
                by_place.entry(place_of(bucket)).or_default().push((bucket, attempt, key));
            }
            for (place, keys) in by_place {
                let names = self.names(owner, place).await?;
                for (_, attempt, key) in keys.into_iter().filter(|(bucket, attempt, _)| !names.rollups.contains(&(*bucket, *attempt))) {
                    orphans.entry((place, attempt)).or_default().items.push(key);
                }
            }
            after = page.next;
            if after.is_none() {
                return Ok(looked);
            }
        }
    }

    async fn orphaned_objects(&self, owner: &Owner, listed: &str, orphans: &mut Orphans) -> Result<u64> {
        let prefix = format!("{}{}/{}/", object::LOG, owner.family, owner.tenant);
        let listed = self.bucket.list(listed).await?;
        let mut by_day: BTreeMap<Day, Vec<(AttemptId, u32, &str)>> = BTreeMap::new();
        for object in &listed {
            let Some((day, attempt, number)) = object.key.strip_prefix(&prefix).and_then(named_by) else { continue };
            by_day.entry(day).or_default().push((attempt, number, &object.key));
        }
        for (day, objects) in by_day {
            let place = Place::Day(day);
            let names = self.names(owner, place).await?;
            for (attempt, _, key) in objects.into_iter().filter(|(attempt, number, _)| !names.objects.contains(&(*attempt, *number))) {
                orphans.entry((place, attempt)).or_default().objects.push(key.to_owned());
            }
        }
        Ok(listed.len() as u64)
    }

    async fn names(&self, owner: &Owner, place: Place) -> Result<Names> {
        Ok(match place {
            Place::Day(day) => Names::of_day(&self.manifest_of(owner, day).await?),
            Place::Month(month) => Names::of_upper(&self.month_of(owner, month).await?.body, Bucket::Month(month)),
            Place::Lifetime => {
                let lifetime: LifetimeManifest = upper::lifetime(&*self.table, owner, Read::Strong).await?;
                Names::of_upper(&lifetime.body, Bucket::Lifetime)
            }
        })
    }
}

impl Names {
    fn of_day(manifest: &DayManifest) -> Self {
        let body = &manifest.body;
        let mut names = Self::default();
        let mut add = |bucket, rollup: Option<&Rollup>| names.rollups.extend(rollup.map(|rollup| (bucket, rollup.attempt)));
        add(Bucket::Day(manifest.day), body.rollup.as_ref());
        add(Bucket::DayBase(manifest.day), body.base.as_ref());
        for (hour, entry) in &body.hours {
            add(Bucket::Hour(*hour), Some(&entry.rollup));
            add(Bucket::HourBase(*hour), entry.base.as_ref());
        }
        body.garbage.iter().flat_map(|garbage| &garbage.rollups).for_each(|(bucket, rollup)| add(*bucket, Some(rollup)));
        let logs = body.hours.values().filter_map(|entry| entry.log.as_ref());
        names.objects.extend(logs.flat_map(|log| log.objects.iter().map(|number| (log.attempt, *number))));
        names.objects.extend(body.garbage.iter().flat_map(|garbage| garbage.objects.iter().copied()));
        names
    }

    fn of_upper<P: Ord>(body: &upper::Body<P>, bucket: Bucket) -> Self {
        let garbage = body.garbage.iter().map(|(_, bucket, rollup)| (*bucket, rollup.attempt));
        let rollups = body.rollup.iter().map(|rollup| (bucket, rollup.attempt)).chain(garbage).collect();
        Self { rollups, objects: BTreeSet::new() }
    }

    /// Whether anything of an attempt is named.
    fn has(&self, attempt: AttemptId) -> bool {
        self.rollups.iter().any(|(_, named)| *named == attempt) || self.objects.iter().any(|(named, _)| *named == attempt)
    }
}

/// The manifest that would name a rollup.
fn place_of(bucket: Bucket) -> Place {
    match bucket {
        Bucket::Hour(hour) | Bucket::HourBase(hour) => Place::Day(hour.day()),
        Bucket::Day(day) | Bucket::DayBase(day) => Place::Day(day),
        Bucket::Month(month) => Place::Month(month),
        Bucket::Lifetime => Place::Lifetime,
    }
}

/// What the rest of the key of an object of the log names, after its owner.
fn named_by(rest: &str) -> Option<(Day, AttemptId, u32)> {
    let (day, file) = rest.split_once('/')?;
    let (attempt, number) = file.strip_suffix(".parquet")?.split_once('-')?;
    Some((Day::from_key(day)?, AttemptId::from_key(attempt)?, number.parse().ok()?))
}
