//! Jobs: re-pricing what was settled before a price changed, a tenant's usage from a day on, with its progress.

use crate::attributes::{Attributes, EXPIRES_AT, text, time, with_optional};
use crate::pending::{self, Kind};
use crate::{Made, Result, all_items, put_first};
use model::{Day, TenantId, Timestamp};
use ports::{Condition, Item, Key, Put, Range, Read, Table, Value};
use std::fmt;

/// How long a job is shown after it is done.
const SHOWN_SECONDS: i64 = 90 * 24 * 3600;
const REPRICE: &str = "reprice#";
const VERSION: &str = "version";

/// A job that prices a tenant's AI usage anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Whose usage.
    pub tenant: TenantId,
    /// The configuration revision that hours are to be settled with, or a later one. A tenant has one job of each.
    pub revision: u64,
    /// The first day that the price has to do with.
    pub from: Day,
    /// When it was made.
    pub created_at: Timestamp,
    /// How far it is.
    pub progress: Progress,
    /// How often it was written.
    version: u64,
}

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// What is still done about it.
    pub state: State,
    /// Days with settled usage, as of the last look.
    pub days: u64,
    /// Those of them in which nothing is left to be priced anew.
    pub done: u64,
    /// Those of them with hours that keep their old cost, because their raw data has expired.
    pub expired: u64,
    /// Those of them with hours that cannot be settled until what is wrong with them is mended.
    pub quarantined: u64,
    /// The last day whose work was sent in this pass.
    pub sent: Option<Day>,
    /// When the first work of this pass was sent.
    pub sent_at: Timestamp,
}

/// What is still done about a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum State {
    /// Days are left.
    #[default]
    Open,
    /// No day is left; a settle that began before the price was set may still bring one back.
    Watched,
    /// Nothing.
    Done,
}

impl State {
    const ALL: [Self; 3] = [Self::Open, Self::Watched, Self::Done];

    const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Watched => "watched",
            Self::Done => "done",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Job {
    /// A job of which nothing is done.
    #[must_use]
    pub fn new((tenant, revision): (&TenantId, u64), from: Day, created_at: Timestamp) -> Self {
        Self { tenant: tenant.clone(), revision, from, created_at, progress: Progress::default(), version: 1 }
    }

    fn item(&self, now: Timestamp) -> Item {
        let Progress { state, days, done, expired, quarantined, sent, sent_at } = self.progress;
        let count = |count: u64| Value::Number(i64::try_from(count).unwrap_or(i64::MAX));
        let is_done = state == State::Done;
        let item = Item::new(key(&self.tenant, self.revision))
            .with(VERSION, count(self.version))
            .with("from", text(self.from.to_string()))
            .with("created_at", time(self.created_at))
            .with("state", text(state.name()))
            .with("days", count(days))
            .with("done", count(done))
            .with("expired", count(expired))
            .with("quarantined", count(quarantined))
            .with("sent_at", time(sent_at));
        let item = with_optional(item, "sent", sent.map(|day| text(day.to_string())));
        let item = with_optional(item, pending::ATTRIBUTE, (!is_done).then(|| text(pending::shard(Kind::Job, &self.tenant))));
        // What is not done does not expire (I9).
        with_optional(item, EXPIRES_AT, is_done.then(|| Value::Number(now.as_seconds() + SHOWN_SECONDS)))
    }

    fn read(item: &Item) -> Result<Self> {
        let named = of_key(&item.key);
        let item = Attributes(item);
        let (tenant, revision) = named.ok_or_else(|| item.malformed("sk"))?;
        let day = |name| Day::from_key(item.text(name)?).ok_or_else(|| item.malformed(name));
        let state = item.text("state")?;
        let progress = Progress {
            state: State::ALL.into_iter().find(|known| known.name() == state).ok_or_else(|| item.malformed("state"))?,
            days: item.number("days")?,
            done: item.number("done")?,
            expired: item.number("expired")?,
            quarantined: item.number("quarantined")?,
            sent: if item.0.attributes.contains_key("sent") { Some(day("sent")?) } else { None },
            sent_at: item.time("sent_at")?,
        };
        Ok(Self { tenant, revision, from: day("from")?, created_at: item.time("created_at")?, progress, version: item.number(VERSION)? })
    }
}

fn partition(tenant: &TenantId) -> String {
    format!("T#{tenant}#C#jobs")
}

fn key(tenant: &TenantId, revision: u64) -> Key {
    Key::new(partition(tenant), format!("{REPRICE}{revision:010}"))
}

/// The tenant and revision of the job that a key names, as the index of pending work does; `None` where it names something else.
#[must_use]
pub fn of_key(key: &Key) -> Option<(TenantId, u64)> {
    let tenant = key.partition.strip_prefix("T#")?.strip_suffix("#C#jobs")?;
    Some((TenantId::new(tenant).ok()?, key.sort.strip_prefix(REPRICE)?.parse().ok()?))
}

/// Makes a job, unless it is there.
///
/// # Errors
/// Where the table does not answer.
pub async fn create(table: &dyn Table, job: &Job) -> Result<Made<Job>> {
    put_first(table, job.item(job.created_at)).await?.read(Job::read)
}

/// The job of a revision, as it is now.
///
/// # Errors
/// Where the table does not answer, or the item is malformed.
pub async fn get(table: &dyn Table, (tenant, revision): (&TenantId, u64)) -> Result<Option<Job>> {
    table.get(&key(tenant, revision), Read::Strong).await?.as_ref().map(Job::read).transpose()
}

/// The jobs of a tenant, oldest first.
///
/// # Errors
/// As [`get`].
pub async fn all(table: &dyn Table, tenant: &TenantId) -> Result<Vec<Job>> {
    all_items(table, &partition(tenant), &Range::All, Read::Strong).await?.iter().map(Job::read).collect()
}

/// Writes how far a job is now, unless somebody else has written it since it was read: answers whether it was written.
///
/// # Errors
/// Where the table does not answer.
pub async fn save(table: &dyn Table, job: &Job, (progress, now): (Progress, Timestamp)) -> Result<bool> {
    let value = i64::try_from(job.version).unwrap_or(i64::MAX);
    let next = Job { progress, version: job.version + 1, ..job.clone() };
    let put = table.put(next.item(now), Condition::NumberIs { attribute: VERSION, value }).await?;
    Ok(put == Put::Written)
}
