//! A tick: finds what waits, decides what is due, and sends it to the queue of work; each minute also what is due of reports, to the queue of
//! errands. What it could not do, the next tick finds again.

use crate::find::{self, Found, Unit};
use crate::kept::KeptError;
use crate::policy::{Local, Waiting};
use crate::trigger::Tick;
use crate::{Aggregate, Summary, metrics};
use futures::future::join3;
use futures::{StreamExt, stream};
use model::{HourOffset, TenantId, Timestamp};
use ports::{Key, PortError, Read};
use records::dispatch::{self, DispatchError};
use records::pending::Kind;
use records::{RecordError, partial, tenant};
use rollups::{ManifestError, Owner, day, upper};
use settle::{Again, SettleError, Work};
use setup::log::chain;

/// Days that are judged at once.
const SIDE_BY_SIDE: usize = 16;
const HOUR_MS: i64 = 3_600_000;

/// How a tick looks.
#[expect(clippy::struct_excessive_bools, reason = "what a tick looks for, each by itself")]
struct Look {
    /// How many pages of each shard it reads.
    pages: usize,
    /// Which days it sends.
    days: Days,
    /// Whether it sends what may be swept.
    sweeps: bool,
    /// Whether it sends the months that are over, and all time.
    rolls: bool,
    /// Whether it carries on with jobs.
    jobs: bool,
    /// Whether it sends what is due of reports.
    reports: bool,
    /// Whether it looks at budgets.
    budgets: bool,
    /// With how many messages in the queue it sends nothing: what it found is found again.
    enough: u64,
}

/// Which days with partials are sent.
#[derive(Clone, Copy)]
enum Days {
    None,
    /// Those with hours that are due before the day is over.
    Busy,
    /// Those that are over.
    Over,
    /// Those with any closed hour.
    Closed,
}

impl Look {
    /// What a tick does not say otherwise.
    const REST: Self =
        Self { pages: 200, days: Days::None, sweeps: false, rolls: false, jobs: false, reports: false, budgets: false, enough: 100_000 };
}

impl Tick {
    const fn look(self) -> Look {
        match self {
            Self::Minute => Look { pages: 2, days: Days::Busy, jobs: true, reports: true, budgets: true, enough: 100, ..Look::REST },
            Self::Hourly => Look { pages: 20, days: Days::Busy, sweeps: true, budgets: true, enough: 1_000, ..Look::REST },
            Self::Daily => Look { days: Days::Over, sweeps: true, rolls: true, ..Look::REST },
            Self::Weekly => Look { pages: 2_000, days: Days::Closed, sweeps: true, rolls: true, ..Look::REST },
            Self::Monthly => Look { rolls: true, ..Look::REST },
        }
    }
}

/// Why a tick is not done.
#[derive(Debug, thiserror::Error)]
pub enum TickError {
    /// What waits could not be read.
    #[error("what waits cannot be read")]
    Look(#[from] RecordError),
    /// The queue did not answer.
    #[error("work is not sent")]
    Send(#[from] PortError),
    /// Reports and notices that are due are not all sent.
    #[error("what is due of reports is not sent")]
    Due(#[from] DispatchError),
    /// The queue took some of the work.
    #[error("{unsent} of {all} pieces of work are not sent")]
    Unsent {
        /// How many it did not take.
        unsent: usize,
        /// How many there were.
        all: usize,
    },
}

/// Why it was not carried on with a job. It stops nothing else.
#[derive(Debug, thiserror::Error)]
enum JobError {
    #[error("its days are not settled")]
    Settle(#[from] SettleError),
    #[error("what people keep may still name a person")]
    Kept(#[from] KeptError),
}

/// Why it could not be told whether something is due. It stops nothing else.
#[derive(Debug, thiserror::Error)]
enum JudgeError {
    #[error("its tenant cannot be read")]
    Tenant(#[from] RecordError),
    #[error("there is no such tenant")]
    NoTenant,
    #[error("its manifest cannot be read")]
    Manifest(#[from] ManifestError),
}

impl Aggregate {
    /// Looks for work and sends it.
    ///
    /// # Errors
    /// Where the index or a queue does not answer. What concerns one tenant alone is logged, and stops no other.
    pub async fn tick(&self, tick: Tick) -> Result<Summary, TickError> {
        let look = tick.look();
        // Side by side, to wait for less, and so that none keeps another from what it can do.
        let (settling, jobs, errands) = join3(self.look(tick, &look), self.carry_on_with_jobs(&look), self.send_due_reports(&look)).await;
        let summary = settling?;
        // First: its silence is an alarm, and what fails of the others is none of its business.
        if matches!(tick, Tick::Minute) {
            self.tell_what_waits(&summary);
        }
        jobs?;
        let summary = Summary { errands: errands?, ..summary };
        if !summary.is_of_nothing() {
            tracing::info!(
                ?tick,
                hours = summary.hours(),
                partials = summary.pending_partials,
                complete = summary.complete,
                sent = summary.sent,
                held_back = summary.held_back,
                failed = summary.failed,
                errands = summary.errands,
                "looked at what waits"
            );
        }
        Ok(summary)
    }

    /// Finds what waits to be settled, sends what is due of it, and looks at budgets.
    async fn look(&self, tick: Tick, look: &Look) -> Result<Summary, TickError> {
        let found = match look.days {
            Days::None => Found::nothing(),
            _ => find::partials(&*self.settler.table, look.pages).await?,
        };
        let mut summary = Summary::of(tick, &found, self.longest_wait_ms(&found).await);
        let work = self.due(look, &found, &mut summary).await?;
        self.send(look, &work, &mut summary).await?;
        if look.budgets {
            self.look_at_budgets(tick, &found).await?;
        }
        Ok(summary)
    }

    /// Sends what is due of reports to the queue of `report`, which needs no tick of its own for it; how much that was.
    async fn send_due_reports(&self, look: &Look) -> Result<usize, DispatchError> {
        if !look.reports {
            return Ok(0);
        }
        dispatch::due(&*self.settler.table, &*self.errands, self.settler.clock.now()).await
    }

    /// Has each open job looked at, which sends work of its own: a part at a time, so that it needs no holding back.
    async fn carry_on_with_jobs(&self, look: &Look) -> Result<(), RecordError> {
        if !look.jobs {
            return Ok(());
        }
        for key in self.keys(Kind::Job, look).await? {
            match self.carry_on(&key).await {
                Ok(progress) => tracing::info!(job = key.sort, progress, "carried on with a job"),
                Err(error) => tracing::error!(job = key.sort, error = %chain(&error), "it was not carried on with a job"),
            }
        }
        Ok(())
    }

    /// Has a job looked at, or an erasure; how far it is.
    async fn carry_on(&self, key: &Key) -> Result<String, JobError> {
        // First, so that no erasure is done before.
        self.forget_what_is_kept(key).await?;
        if let Some(progress) = self.settler.forget(&*self.queue, key).await? {
            return Ok(format!("{}, {} of {} days left", progress.state, progress.left, progress.days.len()));
        }
        Ok(format!("{:?}", self.settler.reprice(&*self.queue, key).await?))
    }

    fn tell_what_waits(&self, summary: &Summary) {
        if summary.is_older_than(self.config.pending_alarm_hours) {
            tracing::warn!(oldest_hours = summary.oldest_pending_age_hours, "events wait to be settled for too long");
        }
        metrics::emit(&metrics::of_summary(summary, self.place()));
    }

    /// For how long the oldest has waited. The index names the hour; since when it waits, which for an import is not how old it is, is in
    /// the item: one that cannot be read is told of, and keeps nothing from being settled.
    async fn longest_wait_ms(&self, found: &Found) -> i64 {
        let mut longest_ms = 0;
        for oldest in found.oldest_of_each_family() {
            match partial::written_at(&*self.settler.table, oldest).await {
                Ok(None) => {}
                Ok(Some(written_at)) => longest_ms = longest_ms.max(self.settler.clock.now().millis_since(written_at)),
                Err(error) => tracing::error!(tenant = %oldest.tenant, error = %chain(&error), "a partial cannot be read"),
            }
        }
        longest_ms
    }

    /// All that is due.
    async fn due(&self, look: &Look, found: &Found, summary: &mut Summary) -> Result<Vec<Work>, RecordError> {
        let mut judged = self.judge_days(look.days, found).await;
        if look.sweeps {
            judged.extend(self.keys(Kind::Sweep, look).await?.iter().map(|key| Ok(sweep(key))));
        }
        if look.rolls {
            let keys = self.keys(Kind::Roll, look).await?;
            judged.extend(stream::iter(&keys).map(|key| self.judge_roll(key)).buffered(SIDE_BY_SIDE).collect::<Vec<_>>().await);
        }
        let (due, failed): (Vec<_>, Vec<_>) = judged.into_iter().partition(Result::is_ok);
        summary.failed = failed.len();
        Ok(due.into_iter().filter_map(Result::ok).flatten().collect())
    }

    async fn keys(&self, kind: Kind, look: &Look) -> Result<Vec<Key>, RecordError> {
        find::keys(&*self.settler.table, kind, look.pages).await
    }

    async fn judge_days(&self, days: Days, found: &Found) -> Vec<Judged> {
        let judge = async |(unit, partials): (&Unit, &find::Partials)| {
            let due = self.is_due(days, unit, &partials.hours).await;
            let due = due.inspect_err(|error| {
                let (tenant, family, day) = (&unit.tenant, unit.family, unit.day);
                tracing::error!(%tenant, %family, %day, error = %chain(error), "it cannot be told whether a day is due");
            });
            due.map(|due| due.then(|| unit.settle()))
        };
        stream::iter(&found.units).map(judge).buffered(SIDE_BY_SIDE).collect().await
    }

    async fn is_due(&self, days: Days, unit: &Unit, waiting: &Waiting) -> Result<bool, JudgeError> {
        let policy = &self.config.policy;
        // Most days have too few partials to be asked about, whatever their offset: hours only begin later with one.
        if matches!(days, Days::Busy) && !policy.may_be_due(waiting, self.local(HourOffset::default())) {
            return Ok(false);
        }
        let local = self.local(self.offset(&unit.tenant).await?);
        match days {
            Days::None => Ok(false),
            Days::Over => Ok(policy.is_day_over(unit.day, local)),
            Days::Closed => Ok(policy.has_closed(waiting, local)),
            Days::Busy if !policy.may_be_due(waiting, local) => Ok(false),
            Days::Busy => {
                let owner = Owner { tenant: unit.tenant.clone(), family: unit.family };
                let manifest = day::get(&*self.settler.table, &owner, (unit.day, Read::Eventual)).await?;
                Ok(policy.is_due(waiting, &manifest, local))
            }
        }
    }

    /// What is to be built, where it is time. A month is left for an hour after its end: until then its last day is being settled.
    async fn judge_roll(&self, key: &Key) -> Judged {
        let Some((Owner { tenant, family }, month)) = upper::of_key(key) else { return Ok(None) };
        let Some(month) = month else { return Ok(Some(Work::Lifetime { tenant, family })) };
        let offset = self.offset(&tenant).await.inspect_err(|error| {
            tracing::error!(%tenant, %family, %month, error = %chain(error), "it cannot be told whether a month is over");
        })?;
        let Local { now, offset } = self.local(offset);
        let is_over = self.config.policy.is_day_over(month.last_day(), Local { now: now.plus_millis(-HOUR_MS), offset });
        Ok(is_over.then_some(Work::Month { tenant, family, month }))
    }

    fn local(&self, offset: HourOffset) -> Local {
        let now: Timestamp = self.settler.clock.now();
        Local { now, offset }
    }

    /// When a tenant's hours begin; it never changes, and so is read once.
    async fn offset(&self, id: &TenantId) -> Result<HourOffset, JudgeError> {
        if let Some(offset) = self.offsets.lock().get(id) {
            return Ok(*offset);
        }
        let tenant = tenant::get(&*self.settler.table, id).await?.ok_or(JudgeError::NoTenant)?;
        self.offsets.lock().insert(tenant.id, tenant.hour_offset);
        Ok(tenant.hour_offset)
    }

    async fn send(&self, look: &Look, work: &[Work], summary: &mut Summary) -> Result<(), TickError> {
        if work.is_empty() {
            return Ok(());
        }
        if self.queue.depth().await?.waiting > look.enough {
            summary.held_back = true;
            return Ok(());
        }
        let taken = self.queue.send(&work.iter().map(Work::body).collect::<Vec<_>>()).await?;
        summary.sent = taken.iter().filter(|taken| **taken).count();
        match work.len() - summary.sent {
            0 => Ok(()),
            unsent => Err(TickError::Unsent { unsent, all: work.len() }),
        }
    }
}

/// What is due of something, if it could be told.
type Judged = Result<Option<Work>, JudgeError>;

impl Unit {
    fn settle(&self) -> Work {
        Work::Settle { tenant: self.tenant.clone(), family: self.family, day: self.day, again: Again::Nothing }
    }
}

fn sweep(key: &Key) -> Option<Work> {
    let (Owner { tenant, family }, day) = day::of_key(key)?;
    Some(Work::Sweep { tenant, family, day })
}
