//! Days: each hour against its log, each day against its hours.

use super::examination::Examination;
use super::finding::What;
use super::objects::Objects;
use crate::sources::chain;
use crate::states::{StatesError, Whole};
use crate::{Result, Rules, Settler};
use cube::FamilyState;
use cube::rollup::CATALOGUE;
use model::{Day, Hour};
use ports::Read;
use records::object;
use rollups::{Bucket, DayManifest, HourEntry, Owner, Rollup, day};

/// How often a day is looked at again because somebody has committed it meanwhile.
const TRIES: usize = 4;

/// What a rollup is, against what it should be.
enum Verdict {
    Same,
    Other,
    /// It cannot be told.
    Unknown,
}

impl Settler {
    /// Examines a day. What was found while somebody committed it may not have been so at any moment: then it is looked at again.
    pub(super) async fn examine_day(&self, manifest: DayManifest, examination: &mut Examination) -> Result<DayManifest> {
        let mut manifest = manifest;
        for left in (0..TRIES).rev() {
            let mut found = Examination::of(&manifest.owner);
            self.examine_hours(&manifest, &mut found).await?;
            let now = if found.findings.is_empty() { None } else { Some(self.manifest_of(&manifest.owner, manifest.day).await?) };
            match now {
                Some(now) if now.edition != manifest.edition && left > 0 => manifest = now,
                _ => {
                    examination.findings.extend(found.findings);
                    examination.looked += found.looked;
                    break;
                }
            }
        }
        Ok(manifest)
    }

    pub(crate) async fn manifest_of(&self, owner: &Owner, day: Day) -> Result<DayManifest> {
        Ok(day::get(&*self.table, owner, (day, Read::Strong)).await?)
    }

    async fn examine_hours(&self, manifest: &DayManifest, found: &mut Examination) -> Result<()> {
        let (owner, body, now) = (&manifest.owner, &manifest.body, self.clock.now());
        for (hour, quarantine) in &body.quarantined {
            found.found(What::Quarantined { hour: *hour, since: quarantine.since, reason: quarantine.reason.clone() });
        }
        let mut objects = Objects::of(&*self.bucket);
        // What the day comes to, as long as all that it is made of can be read.
        let mut day = Some(FamilyState::empty(owner.family));
        if let Some(base) = &body.base {
            let base = self.read(owner, (Bucket::DayBase(manifest.day), base), found).await?;
            found.looked.unverified += u64::from(base.is_some());
            day = merged(day, base.as_ref());
        }
        for (hour, entry) in &body.hours {
            if Rules::is_rollup_expired(entry, now) {
                day = None;
                continue;
            }
            let state = self.read(owner, (Bucket::Hour(*hour), &entry.rollup), found).await?;
            day = merged(day, state.as_ref());
            match self.examine_hour((owner, *hour, entry), (state, &mut objects), found).await? {
                Verdict::Same => found.looked.rollups += 1,
                Verdict::Other => found.found(What::Drift { bucket: Bucket::Hour(*hour), attempt: entry.rollup.attempt }),
                Verdict::Unknown => found.looked.unverified += 1,
            }
        }
        found.looked.objects += objects.fetched;
        let Some(rollup) = &body.rollup else { return Ok(()) };
        let bucket = Bucket::Day(manifest.day);
        let stored = self.read(owner, (bucket, rollup), found).await?;
        compare(owner, (bucket, rollup), (stored, day), found)
    }

    /// Holds the rollup of an hour against its log.
    async fn examine_hour(
        &self,
        (owner, hour, entry): (&Owner, Hour, &HourEntry),
        (stored, objects): (Option<FamilyState>, &mut Objects<'_>),
        found: &mut Examination,
    ) -> Result<Verdict> {
        let base = match &entry.base {
            Some(base) => self.read(owner, (Bucket::HourBase(hour), base), found).await?,
            None => Some(FamilyState::empty(owner.family)),
        };
        if entry.catalogue < CATALOGUE {
            found.found(What::OldCatalogue { hour, attempt: entry.rollup.attempt });
            return Ok(Verdict::Unknown);
        }
        let Some(log) = entry.log.as_ref().filter(|_| self.rules.has_live_log(owner.family, entry, self.clock.now())) else {
            return Ok(Verdict::Unknown);
        };
        let place = (owner.family, &owner.tenant, hour.day());
        let keys: Vec<String> = log.objects.iter().map(|number| object::log(place, log.attempt, *number)).collect();
        let folded = match objects.fold(owner.family, (hour, &keys)).await? {
            Ok((events, folded)) if events == entry.events => folded,
            Ok((events, _)) => {
                found.found(What::LogGap { hour, reason: format!("it has {events} events, not {}", entry.events) });
                return Ok(Verdict::Unknown);
            }
            Err(reason) => {
                found.found(What::LogGap { hour, reason });
                return Ok(Verdict::Unknown);
            }
        };
        found.looked.events += entry.events;
        let (Some(stored), Some(base)) = (stored, base) else { return Ok(Verdict::Unknown) };
        let mut state = folded;
        state.merge(&base);
        Ok(if comes_to(owner, (Bucket::Hour(hour), &entry.rollup), state)? == stored { Verdict::Same } else { Verdict::Other })
    }

    /// Reads the state of a rollup that must be there; tells where it is not, or is damaged.
    pub(super) async fn read(
        &self,
        owner: &Owner,
        (bucket, rollup): (Bucket, &Rollup),
        found: &mut Examination,
    ) -> Result<Option<FamilyState>, StatesError> {
        match Whole::read(&*self.table, owner, bucket, rollup).await.and_then(|whole| whole.state(owner)) {
            Ok(state) => Ok(Some(state)),
            Err(error) if error.is_of_rollup() => {
                found.found(What::Gap { bucket, attempt: rollup.attempt, reason: chain(&error) });
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// Holds a rollup against what its parts come to; nothing can be told where either is not known.
pub(super) fn compare(
    owner: &Owner,
    (bucket, rollup): (Bucket, &Rollup),
    (stored, parts): (Option<FamilyState>, Option<FamilyState>),
    found: &mut Examination,
) -> Result<()> {
    let Some(stored) = stored else { return Ok(()) };
    let Some(parts) = parts else {
        found.looked.unverified += 1;
        return Ok(());
    };
    found.looked.rollups += 1;
    if comes_to(owner, (bucket, rollup), parts)? != stored {
        found.found(What::Drift { bucket, attempt: rollup.attempt });
    }
    Ok(())
}

/// What a state is when it is written as a rollup and read again: caps are applied on the way.
fn comes_to(owner: &Owner, (bucket, rollup): (Bucket, &Rollup), state: FamilyState) -> Result<FamilyState> {
    Ok(Whole::of(bucket, rollup.attempt, state).state(owner)?)
}

/// A sum with one part more; nothing where the part, or one before it, is not known.
pub(super) fn merged(sum: Option<FamilyState>, part: Option<&FamilyState>) -> Option<FamilyState> {
    let mut sum = sum?;
    sum.merge(part?);
    Some(sum)
}
