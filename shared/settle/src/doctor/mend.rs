//! Mends what was found: by settling again, building again, and deleting. Each is as safe as it is when it happens by itself, whatever else
//! is at work on the same span.

use super::finding::{Finding, Place, What};
use crate::{Again, Result, SettleError, Settler, TRIES, Work};
use model::{AttemptId, Day, Hour, Month};
use ports::{Key, Read};
use rollups::{Bucket, Commit, LifetimeManifest, Owner, UpperManifest, day, upper};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What became of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mended {
    /// It is as it should be now: this was done.
    Done(&'static str),
    /// It stays as it is, for this reason.
    Not(String),
}

impl Settler {
    /// Mends a finding, if it can be.
    ///
    /// # Errors
    /// Where a port does not do what it is asked, or others keep committing first: it may be tried again.
    pub async fn mend(&self, finding: &Finding) -> Result<Mended> {
        let owner = &finding.owner;
        match &finding.what {
            What::Orphan { attempt, place, items, objects } => {
                let is_deleted = self.delete_orphan(owner, (*place, *attempt), (items, objects)).await?;
                Ok(if is_deleted { Mended::Done("deleted") } else { Mended::Not("a manifest names it now".to_owned()) })
            }
            What::Gap { bucket, attempt, .. } | What::Drift { bucket, attempt } => self.rebuild(owner, *bucket, *attempt).await,
            What::OldCatalogue { hour, attempt } => self.rebuild(owner, Bucket::Hour(*hour), *attempt).await,
            What::Quarantined { hour, .. } => self.settle_again(owner, *hour, None).await,
            What::Unbuilt { bucket: Bucket::Month(month) } => self.build_again(owner, Some(*month)).await,
            What::Unbuilt { .. } => self.build_again(owner, None).await,
            What::LogGap { .. } => Ok(Mended::Not("its numbers stay as they are, and cannot be worked out again".to_owned())),
            What::SegmentGap { .. } => Ok(Mended::Not("its events are lost, but for what the partial says of them".to_owned())),
            What::Uncommitted { .. } => {
                Ok(Mended::Not("nothing is lost as long as its messages come again: look into the dead-letter queue".to_owned()))
            }
        }
    }

    /// Deletes what an attempt has left; answers whether no manifest names it.
    pub(super) async fn delete_orphan(
        &self,
        owner: &Owner,
        (place, attempt): (Place, AttemptId),
        (items, objects): (&[Key], &[String]),
    ) -> Result<bool> {
        if !self.fence(owner, place, attempt).await? {
            return Ok(false);
        }
        self.table.delete_many(items).await?;
        for object in objects {
            self.bucket.delete(object).await?;
        }
        Ok(true)
    }

    /// Makes sure that an attempt can be committed no more: whoever is at work has read an older edition. Answers whether it is not named.
    async fn fence(&self, owner: &Owner, place: Place, attempt: AttemptId) -> Result<bool> {
        for _ in 0..TRIES {
            let (is_named, commit) = match place {
                Place::Day(of) => {
                    let manifest = self.manifest_of(owner, of).await?;
                    let is_named = manifest.names(attempt);
                    (is_named, if is_named { Commit::Lost } else { day::commit(&*self.table, &manifest).await? })
                }
                Place::Month(month) => self.fence_upper(self.month_of(owner, month).await?, attempt).await?,
                Place::Lifetime => {
                    let manifest: LifetimeManifest = upper::lifetime(&*self.table, owner, Read::Strong).await?;
                    self.fence_upper(manifest, attempt).await?
                }
            };
            if is_named || commit == Commit::Won {
                return Ok(!is_named);
            }
        }
        Err(SettleError::Contended)
    }

    async fn fence_upper<P: Ord + Copy + Serialize>(&self, manifest: UpperManifest<P>, attempt: AttemptId) -> Result<(bool, Commit)> {
        let is_named = manifest.names(attempt);
        Ok((is_named, if is_named { Commit::Lost } else { upper::commit(&*self.table, &manifest).await? }))
    }

    /// Makes a rollup anew, unless another has taken its place since.
    async fn rebuild(&self, owner: &Owner, bucket: Bucket, attempt: AttemptId) -> Result<Mended> {
        match bucket {
            Bucket::Hour(hour) => self.settle_again(owner, hour, Some(attempt)).await,
            Bucket::Day(day) => self.roll_up_again(owner, day, attempt).await,
            Bucket::Month(month) => {
                self.give_up::<Day>(owner, Some(month), attempt).await?;
                self.build_again(owner, Some(month)).await
            }
            Bucket::Lifetime => {
                self.give_up::<Month>(owner, None, attempt).await?;
                self.build_again(owner, None).await
            }
            Bucket::HourBase(_) | Bucket::DayBase(_) => {
                Ok(Mended::Not("it stands for events whose raw data has expired, and cannot be worked out again".to_owned()))
            }
        }
    }

    /// Settles an hour again from its log.
    async fn settle_again(&self, owner: &Owner, hour: Hour, attempt: Option<AttemptId>) -> Result<Mended> {
        let Owner { tenant, family } = owner.clone();
        self.run(&Work::Settle { tenant, family, day: hour.day(), again: Again::Hours(vec![hour]) }).await?;
        let manifest = self.manifest_of(owner, hour.day()).await?;
        if let Some(quarantine) = manifest.body.quarantined.get(&hour) {
            return Ok(Mended::Not(quarantine.reason.clone()));
        }
        let settled = manifest.body.hours.get(&hour).map(|entry| entry.rollup.attempt);
        if attempt.is_some() && settled == attempt {
            return Ok(Mended::Not("the log that it was settled from has expired".to_owned()));
        }
        Ok(Mended::Done("settled again"))
    }

    /// Lets a day's rollup be made of its hours again.
    async fn roll_up_again(&self, owner: &Owner, day: Day, attempt: AttemptId) -> Result<Mended> {
        for _ in 0..TRIES {
            let mut manifest = self.manifest_of(owner, day).await?;
            let body = &mut manifest.body;
            let Some(rollup) = body.rollup.take_if(|rollup| rollup.attempt == attempt) else { return Ok(Mended::Done("rolled up again")) };
            let now = self.clock.now();
            if body.hours.values().any(|entry| crate::Rules::is_rollup_expired(entry, now)) {
                return Ok(Mended::Not("the rollups of its hours have expired".to_owned()));
            }
            body.garbage.push(rollups::Garbage { since: now, rollups: vec![(Bucket::Day(day), rollup)], objects: Vec::new() });
            manifest.version += 1;
            if !self.mark(owner, day, manifest.version).await? {
                continue;
            }
            if day::commit(&*self.table, &manifest).await? == Commit::Won {
                let Owner { tenant, family } = owner.clone();
                self.run(&Work::Sweep { tenant, family, day }).await?;
                let rolled = self.manifest_of(owner, day).await?.body.rollup.is_some();
                return Ok(if rolled {
                    Mended::Done("rolled up again")
                } else {
                    Mended::Not("one of its hours cannot be read".to_owned())
                });
            }
        }
        Err(SettleError::Contended)
    }

    /// Gives a rollup up, so that readers read what it is made of until it is built again.
    async fn give_up<P>(&self, owner: &Owner, month: Option<Month>, attempt: AttemptId) -> Result<()>
    where
        P: Ord + Copy + Serialize + DeserializeOwned,
    {
        for _ in 0..TRIES {
            let mut manifest: UpperManifest<P> = upper::get(&*self.table, owner, (month, Read::Strong)).await?;
            let Some(rollup) = manifest.body.rollup.take_if(|rollup| rollup.attempt == attempt) else { return Ok(()) };
            manifest.body.garbage.push((self.clock.now(), month.map_or(Bucket::Lifetime, Bucket::Month), rollup));
            manifest.version += 1;
            if let Some(month) = month {
                self.need_month(owner, month, manifest.version).await?;
            }
            if upper::commit(&*self.table, &manifest).await? == Commit::Won {
                return Ok(());
            }
        }
        Err(SettleError::Contended)
    }

    /// Builds a month, and all time with it; or all time alone.
    async fn build_again(&self, owner: &Owner, month: Option<Month>) -> Result<Mended> {
        let Owner { tenant, family } = owner.clone();
        let is_built = if let Some(month) = month {
            self.run(&Work::Month { tenant, family, month }).await?;
            self.month_of(owner, month).await?.is_current()
        } else {
            self.run(&Work::Lifetime { tenant, family }).await?;
            let lifetime: LifetimeManifest = upper::lifetime(&*self.table, owner, Read::Strong).await?;
            lifetime.is_current()
        };
        let missing = "a part of it is not there yet, or cannot be read";
        Ok(if is_built { Mended::Done("built again") } else { Mended::Not(missing.to_owned()) })
    }
}
