//! Months against their days, and all time against its months.

use super::days::{compare, merged};
use super::examination::Examination;
use super::finding::What;
use crate::{Result, Settler, calendar};
use cube::FamilyState;
use model::{Day, HourOffset, Month};
use ports::Read;
use rollups::{Bucket, DayManifest, LifetimeManifest, MonthManifest, Owner, Rollup, day, upper};
use std::collections::BTreeMap;

/// A month that lifetime may be made of: its version, and its rollup if it is current.
type Built = BTreeMap<Month, (u64, Option<Rollup>)>;

impl Settler {
    /// Examines every day, month by month, then the months, and all time in the end.
    pub(super) async fn examine_spans(&self, examination: &mut Examination) -> Result<()> {
        let owner = examination.owner.clone();
        let offset = self.hour_offset(&owner).await?;
        // All time first: what is read later of it can only be newer.
        let lifetime = upper::lifetime(&*self.table, &owner, Read::Strong).await?;
        let first = calendar::hours().start().day();
        let mut built = Built::new();
        for manifest in upper::months(&*self.table, &owner, (calendar::months_from(first), Read::Strong)).await? {
            let Some(month) = manifest.month else { continue };
            let mut days = BTreeMap::new();
            for day in day::range(&*self.table, &owner, (month.first_day()..=month.last_day(), Read::Strong)).await? {
                examination.looked.manifests += 1;
                let day = self.examine_day(day, examination).await?;
                days.insert(day.day, day);
            }
            examination.looked.manifests += 1;
            self.examine_month(&manifest, (month, offset), (&days, examination)).await?;
            let rollup = manifest.body.rollup.clone().filter(|_| manifest.is_current());
            built.insert(month, (manifest.version, rollup));
        }
        self.examine_lifetime(&lifetime, &built, examination).await
    }

    async fn examine_month(
        &self,
        manifest: &MonthManifest,
        (month, offset): (Month, HourOffset),
        (days, examination): (&BTreeMap<Day, DayManifest>, &mut Examination),
    ) -> Result<()> {
        let (owner, bucket) = (&manifest.owner, Bucket::Month(month));
        if !manifest.is_current() && self.rules.is_month_closed(month, offset, self.clock.now()) {
            let is_since = self.month_of(owner, month).await?.edition == manifest.edition;
            if is_since {
                examination.found(What::Unbuilt { bucket });
            }
        }
        let Some(rollup) = &manifest.body.rollup else { return Ok(()) };
        let mut found = Examination::of(owner);
        let stored = self.read(owner, (bucket, rollup), &mut found).await?;
        let mut parts = manifest.is_current().then(|| FamilyState::empty(owner.family));
        for (day, need) in &manifest.body.parts {
            let day = days.get(day).filter(|day| day.version == need.built);
            parts = match day.map(|day| (day.day, &day.body.rollup)) {
                Some((day, Some(rollup))) => merged(parts, self.state(owner, (Bucket::Day(day), rollup)).await?.as_ref()),
                Some((_, None)) => parts,
                None => None,
            };
        }
        compare(owner, (bucket, rollup), (stored, parts), &mut found)?;
        let has_moved = !found.findings.is_empty() && self.month_of(owner, month).await?.edition != manifest.edition;
        if !has_moved {
            examination.findings.extend(found.findings);
            examination.looked += found.looked;
        }
        Ok(())
    }

    async fn examine_lifetime(&self, manifest: &LifetimeManifest, built: &Built, examination: &mut Examination) -> Result<()> {
        let (owner, bucket) = (&manifest.owner, Bucket::Lifetime);
        if manifest.edition == 0 {
            return Ok(());
        }
        examination.looked.manifests += 1;
        let mut found = Examination::of(owner);
        if !manifest.is_current() {
            found.found(What::Unbuilt { bucket });
        }
        if let Some(rollup) = &manifest.body.rollup {
            let stored = self.read(owner, (bucket, rollup), &mut found).await?;
            let mut parts = manifest.is_current().then(|| FamilyState::empty(owner.family));
            for (month, need) in &manifest.body.parts {
                parts = match built.get(month).filter(|(version, _)| *version == need.built) {
                    Some((_, Some(rollup))) => merged(parts, self.state(owner, (Bucket::Month(*month), rollup)).await?.as_ref()),
                    _ => None,
                };
            }
            compare(owner, (bucket, rollup), (stored, parts), &mut found)?;
        }
        let now: LifetimeManifest = upper::lifetime(&*self.table, owner, Read::Strong).await?;
        if now.edition == manifest.edition {
            examination.findings.extend(found.findings);
        }
        examination.looked += found.looked;
        Ok(())
    }

    /// The state of a part; nothing where it cannot be read, which is told where the part itself is examined.
    async fn state(&self, owner: &Owner, of: (Bucket, &Rollup)) -> Result<Option<FamilyState>> {
        Ok(self.read(owner, of, &mut Examination::of(owner)).await?)
    }

    pub(super) async fn month_of(&self, owner: &Owner, month: Month) -> Result<MonthManifest> {
        Ok(upper::month(&*self.table, owner, (month, Read::Strong)).await?)
    }
}
