//! Rollups of months, made of days, and of all time, made of months. Each is built from versions that its manifest then names, and committed
//! only if nothing it is made of has been marked for change meanwhile: so it is current, or it says that it is not (I7, I12).

use crate::garbage::keys;
use crate::states::Whole;
use crate::{Done, Result, SettleError, Settler, TRIES};
use cube::FamilyState;
use model::{AttemptId, Day, Month, Timestamp};
use ports::Read;
use rollups::{Bucket, Commit, DayManifest, MonthManifest, Owner, Rollup, UpperManifest, day, upper};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// A part of a span: the version of its manifest, and its rollup where it has one.
struct Part<P> {
    of: P,
    version: u64,
    rollup: Option<(Bucket, Rollup)>,
}

/// What became of a try to build a rollup.
enum Outcome {
    /// It is built.
    Built,
    /// It was built before, or what it is made of is not there yet.
    Nothing,
    /// Something has changed meanwhile.
    Again,
}

/// A rollup to be built, from try to try.
struct Build<'a> {
    owner: &'a Owner,
    /// The month; all time where there is none.
    month: Option<Month>,
    done: Done,
    /// Rollups that were written and not committed, unless they were and only the answer was lost.
    dead: Vec<Rollup>,
}

impl Settler {
    /// Builds a month that has ended, once all of its days are settled and rolled up; and then all time.
    pub(crate) async fn build_month(&self, owner: &Owner, month: Month) -> Result<Done> {
        let mut build = Build::of(owner, Some(month));
        if !self.rules.is_month_closed(month, self.hour_offset(owner).await?, self.clock.now()) {
            return Ok(build.done);
        }
        for _ in 0..TRIES {
            match self.try_month(&mut build, month).await? {
                Outcome::Built => {
                    build.done += self.build_lifetime(owner).await?;
                    return Ok(build.done);
                }
                Outcome::Nothing => return Ok(build.done),
                Outcome::Again => build.done.lost += 1,
            }
        }
        Err(SettleError::Contended)
    }

    /// Builds all time, once all months that it needs are current.
    pub(crate) async fn build_lifetime(&self, owner: &Owner) -> Result<Done> {
        let mut build = Build::of(owner, None);
        for _ in 0..TRIES {
            match self.try_lifetime(&mut build).await? {
                Outcome::Built | Outcome::Nothing => return Ok(build.done),
                Outcome::Again => build.done.lost += 1,
            }
        }
        Err(SettleError::Contended)
    }

    async fn try_month(&self, build: &mut Build<'_>, month: Month) -> Result<Outcome> {
        let manifest = upper::month(&*self.table, build.owner, (month, Read::Strong)).await?;
        let manifest = self.sweep_upper(build, manifest).await?;
        if manifest.is_current() {
            return Ok(Outcome::Nothing);
        }
        let days = day::range(&*self.table, build.owner, (month.first_day()..=month.last_day(), Read::Strong)).await?;
        let days: BTreeMap<Day, DayManifest> = days.into_iter().map(|manifest| (manifest.day, manifest)).collect();
        if self.catch_up(&manifest, &days).await? {
            return Ok(Outcome::Again);
        }
        let parts = manifest.body.parts.iter().map(|(day, need)| part_of_day(days.get(day)?, need.needed));
        match parts.collect::<Option<Vec<_>>>() {
            Some(parts) if !parts.is_empty() => self.build(build, (manifest, parts)).await,
            _ => Ok(Outcome::Nothing),
        }
    }

    /// Who marked the month and was stopped before it committed its day may have left nothing behind that makes anybody else commit it: then
    /// the version that is needed would never be. It is made here, and says the same as the one before. Whether there was such a day.
    async fn catch_up(&self, month: &MonthManifest, days: &BTreeMap<Day, DayManifest>) -> Result<bool> {
        let mut was_behind = false;
        for (day, need) in &month.body.parts {
            let Some(manifest) = days.get(day).filter(|manifest| manifest.version < need.needed) else { continue };
            // Whoever is about to commit the version after all is refused, and begins again.
            day::commit(&*self.table, &DayManifest { version: manifest.version + 1, ..manifest.clone() }).await?;
            was_behind = true;
        }
        Ok(was_behind)
    }

    async fn try_lifetime(&self, build: &mut Build<'_>) -> Result<Outcome> {
        let manifest = upper::lifetime(&*self.table, build.owner, Read::Strong).await?;
        let manifest = self.sweep_upper(build, manifest).await?;
        let (Some(first), Some(last)) = (manifest.body.parts.keys().next(), manifest.body.parts.keys().next_back()) else {
            return Ok(Outcome::Nothing);
        };
        if manifest.is_current() {
            return Ok(Outcome::Nothing);
        }
        let months = upper::months(&*self.table, build.owner, (*first..=*last, Read::Strong)).await?;
        let months: BTreeMap<Option<Month>, MonthManifest> = months.into_iter().map(|manifest| (manifest.month, manifest)).collect();
        let parts = manifest.body.parts.iter().map(|(month, need)| part_of_month(*month, months.get(&Some(*month))?, need.needed));
        match parts.collect::<Option<Vec<_>>>() {
            Some(parts) => self.build(build, (manifest, parts)).await,
            None => Ok(Outcome::Nothing),
        }
    }

    async fn build<P>(&self, build: &mut Build<'_>, (before, parts): (UpperManifest<P>, Vec<Part<P>>)) -> Result<Outcome>
    where
        P: Ord + Copy + Serialize + DeserializeOwned,
    {
        let (owner, now) = (build.owner, self.clock.now());
        let mut state = FamilyState::empty(owner.family);
        for (bucket, rollup) in parts.iter().filter_map(|part| part.rollup.as_ref()) {
            match Whole::read(&*self.table, owner, *bucket, rollup).await.and_then(|whole| whole.state(owner)) {
                Ok(part) => state.merge(&part),
                // Whoever supersedes a part has marked it for change before.
                Err(error) if error.is_of_rollup() && self.reread::<P>(build).await?.version != before.version => {
                    return Ok(Outcome::Again);
                }
                Err(error) => return Err(error.into()),
            }
        }
        let whole = Whole::of(build.bucket(), AttemptId::new(self.random.number()), state);
        self.table.put_many(whole.items(owner, None)).await?;
        let next = next(before, &parts, (&whole, &build.dead, now));
        if let Some(month) = build.month {
            // Before the commit, so that no month is built that lifetime does not know of.
            self.need_month(owner, month, next.version).await?;
        }
        if self.commit_upper(build, &next).await? {
            build.done.built += 1;
            return Ok(Outcome::Built);
        }
        build.dead.push(whole.rollup);
        Ok(Outcome::Again)
    }

    /// Commits; whether it is committed, which only the manifest can tell where the answer is lost.
    async fn commit_upper<P>(&self, build: &Build<'_>, next: &UpperManifest<P>) -> Result<bool>
    where
        P: Ord + Copy + Serialize + DeserializeOwned,
    {
        match upper::commit(&*self.table, next).await {
            Ok(Commit::Won) => return Ok(true),
            Err(error) if !error.is_transient() => return Err(error.into()),
            Ok(Commit::Lost) | Err(_) => {}
        }
        let there = self.reread::<P>(build).await?;
        Ok(next.body.rollup.as_ref().is_some_and(|rollup| there.names(rollup.attempt)))
    }

    async fn reread<P: Ord + Copy + DeserializeOwned>(&self, build: &Build<'_>) -> Result<UpperManifest<P>> {
        Ok(upper::get(&*self.table, build.owner, (build.month, Read::Strong)).await?)
    }

    /// Deletes what was superseded long enough ago, and forgets it.
    async fn sweep_upper<P>(&self, build: &mut Build<'_>, manifest: UpperManifest<P>) -> Result<UpperManifest<P>>
    where
        P: Ord + Copy + Serialize,
    {
        let now = self.clock.now();
        build.dead.retain(|dead| !manifest.names(dead.attempt));
        let is_due = |since: &Timestamp| self.is_due(*since, now);
        let due = manifest.body.garbage.iter().filter(|(since, ..)| is_due(since)).map(|(_, bucket, rollup)| (*bucket, rollup.clone()));
        let due: Vec<(Bucket, Rollup)> = due.collect();
        if due.is_empty() {
            return Ok(manifest);
        }
        self.table.delete_many(&keys(build.owner, &due)).await?;
        build.done.swept += due.len() as u64;
        let mut slimmer = manifest;
        slimmer.body.garbage.retain(|(since, ..)| !is_due(since));
        match upper::commit(&*self.table, &slimmer).await? {
            Commit::Won => Ok(UpperManifest { edition: slimmer.edition + 1, ..slimmer }),
            // Whatever is made from it will be refused, and begins again.
            Commit::Lost => Ok(slimmer),
        }
    }
}

impl<'a> Build<'a> {
    fn of(owner: &'a Owner, month: Option<Month>) -> Self {
        Self { owner, month, done: Done::default(), dead: Vec::new() }
    }

    fn bucket(&self) -> Bucket {
        self.month.map_or(Bucket::Lifetime, Bucket::Month)
    }
}

/// What a day gives its month; nothing while it is not what is needed, or has no rollup yet.
fn part_of_day(manifest: &DayManifest, needed: u64) -> Option<Part<Day>> {
    let DayManifest { day, version, body, .. } = manifest;
    let is_empty = body.hours.is_empty() && body.base.is_none();
    let is_ready = *version >= needed && (body.rollup.is_some() || is_empty);
    is_ready.then(|| Part { of: *day, version: *version, rollup: body.rollup.clone().map(|rollup| (Bucket::Day(*day), rollup)) })
}

/// What a month gives all time; nothing while it is not what is needed.
fn part_of_month(month: Month, manifest: &MonthManifest, needed: u64) -> Option<Part<Month>> {
    let is_ready = manifest.version >= needed && manifest.is_current();
    let rollup = manifest.body.rollup.clone().map(|rollup| (Bucket::Month(month), rollup));
    is_ready.then_some(Part { of: month, version: manifest.version, rollup })
}

/// The next version of a manifest: with this rollup, made of these parts.
fn next<P: Ord + Copy>(
    before: UpperManifest<P>,
    parts: &[Part<P>],
    (whole, dead, now): (&Whole, &[Rollup], Timestamp),
) -> UpperManifest<P> {
    let mut next = before;
    next.version += 1;
    for part in parts {
        next.body.parts.entry(part.of).or_default().built = part.version;
    }
    let superseded = next.body.rollup.replace(whole.rollup.clone());
    next.body.garbage.extend(superseded.iter().chain(dead).map(|rollup| (now, whole.bucket, rollup.clone())));
    next
}
