//! Prices anew what was settled before a price changed. A job names the configuration revision and the first day; each look at it finds the
//! days that have hours of an older one, sends the work of some of them, and writes down how far it is.
//!
//! Nothing is lost where it ends between two calls, and nothing is wrong where two look at once: what was sent twice is settled once, and
//! what was not sent is found again. What is not settled yet is priced when it settles.

use crate::{Again, Result, Rules, Settler, Work, calendar};
use model::{Day, Family, Timestamp};
use ports::{Key, Queue, Read};
use records::job::{self, Job, Progress, State};
use rollups::{DayManifest, Owner, day, upper};

const MINUTE_MS: i64 = 60_000;
/// Days whose work is sent with one look, so that a tenant of many days does not keep all others waiting.
const DAYS_AT_ONCE: usize = 50;
/// After so long the days that are still left are sent again: their work failed, or was lost.
const PATIENCE_MS: i64 = 10 * MINUTE_MS;
/// For so long a job is looked at when no day is left: a settle that read the older prices may still commit. No function runs for longer.
const WATCHED_MS: i64 = 20 * MINUTE_MS;

/// What is there of the days that a price has to do with.
#[derive(Debug, Default)]
struct Survey {
    days: u64,
    expired: u64,
    quarantined: u64,
    /// Those with hours to be priced anew, in order.
    left: Vec<Day>,
}

impl Settler {
    /// Looks at the job that a key names (as the index of pending work does), and sends work for it to the queue of work. Answers how far the
    /// job is; nothing where there is no such job, or it is done.
    ///
    /// # Errors
    /// Where a port does not do what it is asked: the next look goes on.
    pub async fn reprice(&self, queue: &dyn Queue, key: &Key) -> Result<Option<Progress>> {
        let Some((tenant, revision)) = job::of_key(key) else { return Ok(None) };
        let job = job::get(&*self.table, (&tenant, revision)).await?;
        let Some(job) = job.filter(|job| job.progress.state != State::Done) else { return Ok(None) };
        let survey = self.survey(&job).await?;
        let (sent, sent_at) = self.send(queue, &job, &survey.left).await?;
        let now = self.clock.now();
        let state = if !survey.left.is_empty() {
            State::Open
        } else if now.millis_since(job.created_at) < WATCHED_MS {
            State::Watched
        } else {
            State::Done
        };
        let Survey { days, expired, quarantined, left } = survey;
        let done = days - quarantined - left.len() as u64;
        let progress = Progress { state, days, done, expired, quarantined, sent, sent_at };
        if progress != job.progress {
            // Who loses to another look has found what that one found.
            job::save(&*self.table, &job, (progress, now)).await?;
        }
        Ok(Some(progress))
    }

    async fn survey(&self, job: &Job) -> Result<Survey> {
        let owner = Owner { tenant: job.tenant.clone(), family: Family::Ai };
        let mut survey = Survey::default();
        // A day is marked in its month before it is first committed, so that the months name them all.
        for month in upper::months(&*self.table, &owner, (calendar::months_from(job.from), Read::Strong)).await? {
            let Some(month) = month.month else { continue };
            let days = month.first_day().max(job.from)..=month.last_day();
            for manifest in day::range(&*self.table, &owner, (days, Read::Strong)).await? {
                survey.add(&manifest, job.revision, (&self.rules, self.clock.now()));
            }
        }
        Ok(survey)
    }

    /// Sends the work of the next days that are left. Answers the last day that was sent in this pass, and when the pass began.
    async fn send(&self, queue: &dyn Queue, job: &Job, left: &[Day]) -> Result<(Option<Day>, Timestamp)> {
        let Progress { mut sent, mut sent_at, .. } = job.progress;
        let now = self.clock.now();
        let is_over = left.last().is_none_or(|last| sent >= Some(*last));
        if is_over && !left.is_empty() && now.millis_since(sent_at) >= PATIENCE_MS {
            sent = None;
        }
        let next: Vec<Day> = left.iter().copied().filter(|day| sent < Some(*day)).take(DAYS_AT_ONCE).collect();
        if next.is_empty() {
            return Ok((sent, sent_at));
        }
        let again = Again::Before { configuration: job.revision };
        let work = |day: &Day| Work::Settle { tenant: job.tenant.clone(), family: Family::Ai, day: *day, again: again.clone() }.body();
        let taken = queue.send(&next.iter().map(work).collect::<Vec<_>>()).await?;
        if sent.is_none() {
            sent_at = now;
        }
        let last = next.into_iter().zip(taken).take_while(|(_, is_taken)| *is_taken).last();
        Ok((last.map(|(day, _)| day).or(sent), sent_at))
    }
}

impl Survey {
    fn add(&mut self, manifest: &DayManifest, revision: u64, (rules, now): (&Rules, Timestamp)) {
        let body = &manifest.body;
        if body.hours.is_empty() && body.base.is_none() {
            return;
        }
        // Where the rollups of hours have expired, the day stands as it is: a settle would not take its hours up again.
        let is_past = body.rollup.is_some() && body.hours.values().any(|entry| Rules::is_rollup_expired(entry, now));
        let (mut is_left, mut is_quarantined, mut is_expired) = (false, false, body.base.is_some());
        for (hour, entry) in &body.hours {
            is_expired |= entry.base.is_some();
            if entry.configuration < revision {
                let is_live = !is_past && rules.has_live_log(manifest.owner.family, entry, now);
                is_expired |= !is_live;
                is_quarantined |= is_live && body.quarantined.contains_key(hour);
                is_left |= is_live && !body.quarantined.contains_key(hour);
            }
        }
        self.days += 1;
        self.expired += u64::from(is_expired);
        self.quarantined += u64::from(is_quarantined && !is_left);
        self.left.extend(is_left.then_some(manifest.day));
    }
}
