//! Forgets people: an erasure names a person and a moment; each look at it finds the days that still name the person, sends their work, and
//! writes down how far it is.
//!
//! The days come first: settled again, they name nobody, and neither does what is made of them. Then it waits, as pricing anew does, for
//! whatever began before the erasure was known. What is left of the person then is named by nothing: superseded rollups and logs, what crashed
//! attempts have written, and segments. That is deleted last ([`crate::clear`]).
//!
//! Nothing is lost where it ends between two calls, and nothing is wrong where two look at once.

use crate::clear::PARTS;
use crate::states::StatesError;
use crate::{Again, Result, Rules, Settler, Work, calendar};
use cube::catalogue::{self, Dimension};
use cube::{Wanted, decode_parts, people};
use futures::stream::{self, StreamExt, TryStreamExt};
use model::{Day, Family, Month, TenantId, Timestamp, UserId};
use ports::{Key, Queue, Read};
use records::erasure::{self, Erasure, Progress, State};
use records::partial;
use rollups::{Bucket, DayManifest, MonthManifest, Owner, Rollup, RollupError, day, rollup, upper};

const MINUTE_MS: i64 = 60_000;
/// After so long what is still left is sent again: its work failed, or was lost.
const PATIENCE_MS: i64 = 10 * MINUTE_MS;
/// For so long after it was asked for, `store` may not know of an erasure: it believes what it knows of a tenant for a minute, and runs for
/// less than half of one.
const UNKNOWN_MS: i64 = 2 * MINUTE_MS;
/// By how much the clocks of two functions may differ.
const CLOCKS_MS: i64 = MINUTE_MS;
/// Rollups of which a user's part is read side by side.
const SIDE_BY_SIDE: usize = 16;

/// What is there of a person.
#[derive(Debug, Default)]
struct Found {
    /// Days that name the person, or may have done so a moment ago.
    days: Vec<(Family, Day)>,
    /// Those of them that are to be settled again.
    left: Vec<(Family, Day)>,
    /// How many of those have an hour that cannot be.
    quarantined: u64,
    /// Months and all time whose rollup is of days as they were before.
    spans: Vec<(Family, Option<Month>)>,
}

impl Settler {
    /// Looks at the erasure that a key names (as the index of pending work does), and sends work for it to the queue of work. Answers how far
    /// it is; nothing where there is no such erasure, or it is done.
    ///
    /// # Errors
    /// Where a port does not do what it is asked: the next look goes on.
    pub async fn forget(&self, queue: &dyn Queue, key: &Key) -> Result<Option<Progress>> {
        let Some((tenant, person)) = erasure::of_key(key) else { return Ok(None) };
        let there = erasure::get(&*self.table, (&tenant, &person)).await?;
        let Some(there) = there.filter(|erasure| erasure.progress.state != State::Done) else { return Ok(None) };
        let Some(erasure) = erasure::known_to_settles(&*self.table, there).await? else { return Ok(None) };
        let (Some(user), Some(revision)) = (&erasure.user, erasure.revision) else { return Ok(None) };
        let found = self.found(&erasure, (user, revision)).await?;
        let progress = self.after(&erasure, &found);
        let progress = self.send_for(queue, (&erasure, revision), (progress, &found)).await?;
        if progress != erasure.progress {
            // Who loses to another look has found what that one found.
            erasure::save(&*self.table, &erasure, progress.clone()).await?;
        }
        Ok(Some(progress))
    }

    /// How far it is, by what was found.
    fn after(&self, erasure: &Erasure, found: &Found) -> Progress {
        let (before, now) = (&erasure.progress, self.clock.now());
        let mut next = Progress { left: found.left.len() as u64, quarantined: found.quarantined, ..before.clone() };
        next.days.extend(&found.days);
        if !found.left.is_empty() || !found.spans.is_empty() {
            // What is superseded from now on has to be cleared too.
            next.cleared.clear();
            return Progress { state: State::Settling, clean_since: None, ..next };
        }
        next.clean_since = before.clean_since.or(Some(now));
        next.state = if now.millis_since(erasure.before) < self.rules.watched_ms {
            State::Watched
        } else if Family::ALL.iter().all(|family| next.cleared.get(family) == Some(&PARTS)) {
            next.done_at = Some(now);
            State::Done
        } else {
            State::Clearing
        };
        next
    }

    /// Sends what is to be done next: at once where the last thing is done, and again after a time where it is not.
    async fn send_for(
        &self,
        queue: &dyn Queue,
        (erasure, revision): (&Erasure, u64),
        (progress, found): (Progress, &Found),
    ) -> Result<Progress> {
        let tenant = || erasure.tenant.clone();
        let again = Again::Erased { configuration: revision };
        let before = &erasure.progress;
        let (work, is_turn): (Vec<Work>, bool) = match progress.state {
            State::Settling if !found.left.is_empty() => {
                let settle =
                    |(family, day): &(Family, Day)| Work::Settle { tenant: tenant(), family: *family, day: *day, again: again.clone() };
                (found.left.iter().map(settle).collect(), found.left.iter().any(|left| !before.days.contains(left)))
            }
            State::Settling => (found.spans.iter().map(|(family, month)| span(tenant(), *family, *month)).collect(), before.left > 0),
            State::Clearing => {
                let left = Family::ALL.into_iter().filter(|family| progress.cleared.get(family) != Some(&PARTS));
                let clear = |family| Work::Clear { tenant: tenant(), family, person: erasure.person.to_string() };
                (left.map(clear).collect(), before.state != State::Clearing)
            }
            State::Watched | State::Done => return Ok(progress),
        };
        let (now, patience) = (self.clock.now(), PATIENCE_MS.min(self.rules.watched_ms));
        if !is_turn && now.millis_since(progress.sent_at) < patience {
            return Ok(progress);
        }
        queue.send(&work.iter().map(Work::body).collect::<Vec<_>>()).await?;
        Ok(Progress { sent_at: now, ..progress })
    }

    async fn found(&self, erasure: &Erasure, (user, revision): (&UserId, u64)) -> Result<Found> {
        let mut found = Found::default();
        for family in Family::ALL {
            let owner = Owner { tenant: erasure.tenant.clone(), family };
            let pending = partial::days_before(&*self.table, (&owner.tenant, family), erasure.before.plus_millis(UNKNOWN_MS)).await?;
            let all = calendar::months_from(calendar::hours().start().day());
            for month in upper::months(&*self.table, &owner, (all, Read::Strong)).await? {
                self.find_in_month((&owner, erasure), (user, revision), &month, &mut found).await?;
            }
            for of in pending {
                found.left.push((family, of));
                let is_quarantined = !self.manifest_of(&owner, of).await?.body.quarantined.is_empty();
                found.quarantined += u64::from(is_quarantined);
            }
            if found.days.iter().chain(&found.left).chain(&erasure.progress.days).any(|(of, _)| *of == family) {
                let lifetime = upper::lifetime(&*self.table, &owner, Read::Strong).await?;
                let is_old = lifetime.body.rollup.is_some() && !lifetime.is_current();
                found.spans.extend(is_old.then_some((family, None)));
            }
        }
        found.days.extend(&found.left);
        found.left.sort_unstable();
        found.left.dedup();
        Ok(found)
    }

    async fn find_in_month(
        &self,
        (owner, erasure): (&Owner, &Erasure),
        (user, revision): (&UserId, u64),
        manifest: &MonthManifest,
        found: &mut Found,
    ) -> Result<()> {
        let Some(month) = manifest.month else { return Ok(()) };
        let days = day::range(&*self.table, owner, (month.first_day()..=month.last_day(), Read::Strong)).await?;
        // A settle since then may have taken the person out of an hour, and left the events in an object of the log that other hours share.
        let asked_at = erasure.before.plus_millis(-CLOCKS_MS);
        let is_touched = |manifest: &DayManifest| manifest.body.hours.values().any(|entry| entry.settled_at >= asked_at);
        if let Some(rollup) = manifest.body.rollup.as_ref().filter(|_| manifest.is_current() && !days.iter().any(is_touched))
            && !self.rollup_names(owner, (Bucket::Month(month), rollup), user).await?
        {
            return Ok(());
        }
        let named = stream::iter(days.iter().map(|day| self.day_names(owner, day, user)).collect::<Vec<_>>());
        let named: Vec<bool> = named.buffered(SIDE_BY_SIDE).try_collect().await?;
        let mut is_found = false;
        for (manifest, is_named) in days.iter().zip(named) {
            let of = (owner.family, manifest.day);
            if !is_named && !is_touched(manifest) {
                is_found |= erasure.progress.days.contains(&of);
                continue;
            }
            is_found = true;
            found.days.push(of);
            if self.is_left(manifest, (is_named, revision)) {
                found.left.push(of);
                found.quarantined += u64::from(!manifest.body.quarantined.is_empty());
            }
        }
        let is_old = is_found && manifest.body.rollup.is_some() && !manifest.is_current();
        found.spans.extend(is_old.then_some((owner.family, Some(month))));
        Ok(())
    }

    /// Whether a day has what a settle with the erasure would change.
    fn is_left(&self, manifest: &DayManifest, (is_named, revision): (bool, u64)) -> bool {
        let (body, now) = (&manifest.body, self.clock.now());
        let is_past = body.rollup.is_some() && body.hours.values().any(|entry| Rules::is_rollup_expired(entry, now));
        // What stands for hours without rollups says nothing of the revision; but a person in it did what it did long before.
        let is_in_base = is_named && (is_past || body.base.is_some() && body.hours.values().all(|entry| entry.configuration >= revision));
        is_in_base || body.hours.values().any(|entry| entry.configuration < revision)
    }

    /// Whether a day names a user: its rollup has all that its hours have.
    async fn day_names(&self, owner: &Owner, manifest: &DayManifest, user: &UserId) -> Result<bool> {
        let body = &manifest.body;
        if let Some(rollup) = &body.rollup {
            return self.rollup_names(owner, (Bucket::Day(manifest.day), rollup), user).await;
        }
        let base = body.base.iter().map(|rollup| (Bucket::DayBase(manifest.day), rollup));
        for part in base.chain(body.hours.iter().map(|(hour, entry)| (Bucket::Hour(*hour), &entry.rollup))) {
            if self.rollup_names(owner, part, user).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a rollup names a user; taken for true where that cannot be told.
    async fn rollup_names(&self, owner: &Owner, (bucket, rollup): (Bucket, &Rollup), user: &UserId) -> Result<bool> {
        let Some(cube) = catalogue::cube(people::CUBE) else { return Ok(true) };
        let parts = rollup.contents.parts_of(cube, Some(user.as_str()));
        let keys = rollup::keys(owner, bucket, (rollup.attempt, &parts));
        let states = match rollup::states(&*self.table, &keys, Read::Strong).await {
            Ok(states) => states,
            Err(RollupError::Missing { .. }) => return Ok(true),
            Err(error) => return Err(StatesError::from(error).into()),
        };
        let names = |bytes: &bytes::Bytes| {
            let wanted = Wanted { key: Some(user.as_str()), dimensions: Some(&[Dimension::User]), measures: Some(&[]) };
            let states = decode_parts(bytes, cube, &wanted);
            states.map_or(true, |states| states.iter().any(|state| state.has(Dimension::User, user.as_str())))
        };
        Ok(states.iter().any(names))
    }
}

fn span(tenant: TenantId, family: Family, month: Option<Month>) -> Work {
    match month {
        Some(month) => Work::Month { tenant, family, month },
        None => Work::Lifetime { tenant, family },
    }
}

/// Whether what was superseded then is of a time when a day may still have named the person.
pub(crate) fn is_of_before(since: Timestamp, clean_since: Timestamp) -> bool {
    since <= clean_since.plus_millis(CLOCKS_MS)
}
