//! Tasks: what somebody asked for, that takes longer than a request may: an export, or the answer to a question. Done by `report`, shown as
//! a job with its progress, and kept for as long as its result is.
//!
//! A task is taken by one worker at a time, until the end of its lease: who is delivered the same task meanwhile lets it be, and what a
//! worker leaves undone is taken again, a few times. Every write is conditional on the version that was read.

use crate::attributes::{Attributes, EXPIRES_AT, text, time, with_optional};
use crate::pending::{self, Kind};
use crate::{Made, Result, put_first};
use model::{TenantId, Timestamp};
use ports::{Condition, Item, Key, Put, Read, Table, Value};

/// How long a task is shown after it was made, and how long its result is kept: as long as the bucket's rule for `exports/` says.
pub const KEPT_DAYS: i64 = 7;
/// How often a task is begun before it is given up.
pub const ATTEMPTS: u32 = 3;
const KEPT_SECONDS: i64 = KEPT_DAYS * 24 * 3600;
const VERSION: &str = "version";

/// How far a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Nobody has begun.
    Queued,
    /// Somebody has.
    Running,
    /// The result is there.
    Done,
    /// It will never be.
    Failed,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Queued, Self::Running, Self::Done, Self::Failed];

    /// As it is written.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// Whether nothing more will become of it.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Failed)
    }
}

/// What came of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The object that holds it.
    pub key: String,
    /// Its media type.
    pub content_type: String,
    /// What a browser calls the file.
    pub file_name: String,
    /// How large it is.
    pub size_bytes: u64,
}

/// A task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Whose.
    pub tenant: TenantId,
    /// Its id, which nobody can guess.
    pub id: String,
    /// What kind of thing was asked for, as clients read it: `export`, `query`.
    pub kind: String,
    /// What was asked for, as whoever does it reads it.
    pub what: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// How far it is.
    pub status: Status,
    /// Rows that are written so far.
    pub rows: u64,
    /// Rows to be written, about, where that is known.
    pub rows_expected: Option<u64>,
    /// How often it was begun.
    pub attempts: u32,
    /// Until when it is its worker's.
    pub lease_until: Option<Timestamp>,
    /// When it was over.
    pub finished_at: Option<Timestamp>,
    /// What came of it.
    pub outcome: Option<Outcome>,
    /// Why nothing did, in words for clients.
    pub error: Option<String>,
    /// How often it was written.
    version: u64,
}

/// What became of a try to take a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// It is the caller's until the end of the lease.
    Yours(Box<Task>),
    /// Somebody else is at it.
    Busy,
    /// There is nothing to do: it is over, has now been given up, or has expired.
    Over,
}

impl Task {
    /// A task that nobody has begun.
    #[must_use]
    pub fn new((tenant, id): (&TenantId, String), (kind, what): (&str, String), created_at: Timestamp) -> Self {
        Self {
            tenant: tenant.clone(),
            id,
            kind: kind.to_owned(),
            what,
            created_at,
            status: Status::Queued,
            rows: 0,
            rows_expected: None,
            attempts: 0,
            lease_until: None,
            finished_at: None,
            outcome: None,
            error: None,
            version: 1,
        }
    }

    /// When it is forgotten.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.finished_at.unwrap_or(self.created_at).plus_millis(KEPT_SECONDS * 1000)
    }

    fn item(&self) -> Item {
        let count = |count: u64| Value::Number(i64::try_from(count).unwrap_or(i64::MAX));
        let item = Item::new(key(&self.tenant, &self.id))
            .with(VERSION, count(self.version))
            .with("kind", text(&self.kind))
            .with("what", text(&self.what))
            .with("created_at", time(self.created_at))
            .with("status", text(self.status.name()))
            .with("rows", count(self.rows))
            .with("attempts", Value::Number(self.attempts.into()));
        let item = with_optional(item, "rows_expected", self.rows_expected.map(count));
        let item = with_optional(item, "lease_until", self.lease_until.map(time));
        let item = with_optional(item, "finished_at", self.finished_at.map(time));
        let item = with_optional(item, "error", self.error.as_ref().map(text));
        let item = match &self.outcome {
            None => item,
            Some(Outcome { key, content_type, file_name, size_bytes }) => item
                .with("result_key", text(key))
                .with("content_type", text(content_type))
                .with("file_name", text(file_name))
                .with("size_bytes", count(*size_bytes)),
        };
        let is_over = self.status.is_over();
        let item = with_optional(item, pending::ATTRIBUTE, (!is_over).then(|| text(pending::shard(Kind::Task, &self.tenant))));
        // What is not done does not expire (I9).
        with_optional(item, EXPIRES_AT, is_over.then(|| Value::Number(self.expires_at().as_seconds())))
    }

    fn read(item: &Item) -> Result<Self> {
        let named = of_key(&item.key);
        let item = Attributes(item);
        let (tenant, id) = named.ok_or_else(|| item.malformed("sk"))?;
        let optional =
            |name| if item.0.attributes.contains_key(name) { item.text(name).map(|text| Some(text.to_owned())) } else { Ok(None) };
        let status = item.text("status")?;
        let outcome = match optional("result_key")? {
            None => None,
            Some(key) => Some(Outcome {
                key,
                content_type: item.text("content_type")?.to_owned(),
                file_name: item.text("file_name")?.to_owned(),
                size_bytes: item.number("size_bytes")?,
            }),
        };
        Ok(Self {
            tenant,
            id,
            kind: item.text("kind")?.to_owned(),
            what: item.text("what")?.to_owned(),
            created_at: item.time("created_at")?,
            status: Status::ALL.into_iter().find(|known| known.name() == status).ok_or_else(|| item.malformed("status"))?,
            rows: item.number("rows")?,
            rows_expected: item.optional_number("rows_expected")?,
            attempts: item.number("attempts")?,
            lease_until: item.optional_time("lease_until")?,
            finished_at: item.optional_time("finished_at")?,
            outcome,
            error: optional("error")?,
            version: item.number(VERSION)?,
        })
    }
}

fn key(tenant: &TenantId, id: &str) -> Key {
    Key::new(format!("T#{tenant}#C#tasks"), id)
}

/// The tenant and id of the task that a key names, as the index of pending work does; `None` where it names something else.
#[must_use]
pub fn of_key(key: &Key) -> Option<(TenantId, String)> {
    let tenant = key.partition.strip_prefix("T#")?.strip_suffix("#C#tasks")?;
    Some((TenantId::new(tenant).ok()?, key.sort.clone()))
}

/// Makes a task, unless it is there.
///
/// # Errors
/// Where the table does not answer.
pub async fn create(table: &dyn Table, task: &Task) -> Result<Made<Task>> {
    put_first(table, task.item()).await?.read(Task::read)
}

/// A task, as it is now.
///
/// # Errors
/// Where the table does not answer, or the item is malformed.
pub async fn get(table: &dyn Table, (tenant, id): (&TenantId, &str)) -> Result<Option<Task>> {
    table.get(&key(tenant, id), Read::Strong).await?.as_ref().map(Task::read).transpose()
}

/// Takes a task until `until`. One that was begun as often as may be is given up, visibly.
///
/// # Errors
/// Where the table does not answer, or the item is malformed.
pub async fn take(table: &dyn Table, (tenant, id): (&TenantId, &str), (now, until): (Timestamp, Timestamp)) -> Result<Taken> {
    let Some(task) = get(table, (tenant, id)).await? else { return Ok(Taken::Over) };
    if task.status.is_over() {
        return Ok(Taken::Over);
    }
    if task.lease_until.is_some_and(|lease| lease > now) {
        return Ok(Taken::Busy);
    }
    if task.attempts >= ATTEMPTS {
        let given_up = fail(table, &task, ("it was begun several times and never came to its end", now)).await?;
        return Ok(if given_up { Taken::Over } else { Taken::Busy });
    }
    let next = Task { status: Status::Running, attempts: task.attempts + 1, lease_until: Some(until), rows: 0, ..task };
    Ok(save(table, next).await?.map_or(Taken::Busy, |task| Taken::Yours(Box::new(task))))
}

/// Writes how many rows there are so far. Answers the task as it is now; nothing where it is somebody else's by now.
///
/// # Errors
/// Where the table does not answer.
pub async fn progress(table: &dyn Table, task: &Task, (rows, expected): (u64, Option<u64>)) -> Result<Option<Task>> {
    save(table, Task { rows, rows_expected: expected, ..task.clone() }).await
}

/// Ends a task with its result. Answers whether it was the caller's to end.
///
/// # Errors
/// Where the table does not answer.
pub async fn finish(table: &dyn Table, task: &Task, (outcome, rows, now): (Outcome, u64, Timestamp)) -> Result<bool> {
    let over = Task { status: Status::Done, rows, outcome: Some(outcome), lease_until: None, finished_at: Some(now), ..task.clone() };
    Ok(save(table, over).await?.is_some())
}

/// Ends a task without a result, which `error` tells clients of. Answers whether it was the caller's to end.
///
/// # Errors
/// Where the table does not answer.
pub async fn fail(table: &dyn Table, task: &Task, (error, now): (&str, Timestamp)) -> Result<bool> {
    let over = Task { status: Status::Failed, error: Some(error.to_owned()), lease_until: None, finished_at: Some(now), ..task.clone() };
    Ok(save(table, over).await?.is_some())
}

/// Gives a task back, for another attempt. Answers whether it was the caller's to give.
///
/// # Errors
/// Where the table does not answer.
pub async fn give_back(table: &dyn Table, task: &Task) -> Result<bool> {
    let free = Task { status: Status::Queued, lease_until: None, ..task.clone() };
    Ok(save(table, free).await?.is_some())
}

/// Writes a task over the version that was read.
async fn save(table: &dyn Table, task: Task) -> Result<Option<Task>> {
    let value = i64::try_from(task.version).unwrap_or(i64::MAX);
    let next = Task { version: task.version + 1, ..task };
    let put = table.put(next.item(), Condition::NumberIs { attribute: VERSION, value }).await?;
    Ok((put == Put::Written).then_some(next))
}
