//! Requests to AI models that have begun and not ended: each waits for its update, at most a week.
//!
//! An update is claimed before its event is queued, and marked once it is: who claims and then fails leaves a claim that the same update
//! finds again, and no other can take. The event keeps the moment of the claim, so that what is queued twice is the same event. Only a hash of
//! the update is kept.

use crate::attributes::{Attributes, EXPIRES_AT, text, time, with_optional};
use crate::{Made, Result, all_items, put_first};
use model::{Event, ProjectId, TenantId, Timestamp};
use ports::{Condition, Item, Key, Put, Range, Read, Table, Value};
use sha2::{Digest, Sha256};

/// How long a request waits for its update, and is known after it.
const KEPT_SECONDS: i64 = 7 * 24 * 3600;
const VERSION: &str = "version";

/// A request, and what has become of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenRequest {
    /// What is known of it since it began.
    pub event: Event,
    /// The update that has ended it.
    pub update: Option<Claimed>,
    key: Key,
    expires_at: i64,
    version: i64,
}

/// An update that was claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// By what it is told from another.
    pub fingerprint: String,
    /// When it first arrived.
    pub received: Timestamp,
    /// Whether the queue has its event.
    pub is_queued: bool,
}

/// What became of an update.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// It is the one: its event is to be queued, and was perhaps queued before.
    Taken(Box<OpenRequest>, Claimed),
    /// It is the one, and its event is queued.
    Done,
    /// Another one came first.
    Refused,
    /// The request is not there any more.
    Gone,
}

impl OpenRequest {
    fn new(tenant: &TenantId, request: &str, event: &Event, now: Timestamp) -> Self {
        let key = Key::new(partition(tenant), format!("{}{}", prefix(request), event.project));
        Self { event: event.clone(), update: None, key, expires_at: now.as_seconds() + KEPT_SECONDS, version: 1 }
    }

    fn is_over(&self, now: Timestamp) -> bool {
        self.expires_at <= now.as_seconds()
    }

    fn item(&self) -> Result<Item> {
        let event =
            serde_json::to_string(&self.event).map_err(|source| ports::PortError::Refused { service: "table", source: source.into() })?;
        let item = Item::new(self.key.clone())
            .with("event", text(event))
            .with(VERSION, Value::Number(self.version))
            .with(EXPIRES_AT, Value::Number(self.expires_at));
        let update = self.update.as_ref();
        let item = with_optional(item, "update", update.map(|update| text(&update.fingerprint)));
        let item = with_optional(item, "update_received", update.map(|update| time(update.received)));
        Ok(with_optional(item, "queued", update.filter(|update| update.is_queued).map(|_| Value::Number(1))))
    }

    fn read(item: &Item) -> Result<Self> {
        let key = item.key.clone();
        let item = Attributes(item);
        let event = serde_json::from_str(item.text("event")?).map_err(|_| item.malformed("event"))?;
        let is_queued = item.optional_number::<i64>("queued")?.is_some();
        let update = match item.optional_time("update_received")? {
            Some(received) => Some(Claimed { fingerprint: item.text("update")?.to_owned(), received, is_queued }),
            None => None,
        };
        Ok(Self { event, update, key, expires_at: item.number(EXPIRES_AT)?, version: item.number(VERSION)? })
    }

    /// The same after a change.
    fn next(self, update: Claimed, now: Timestamp) -> Self {
        Self { update: Some(update), expires_at: now.as_seconds() + KEPT_SECONDS, version: self.version + 1, ..self }
    }

    fn is_as_read(&self) -> Condition {
        Condition::NumberIs { attribute: VERSION, value: self.version }
    }
}

fn partition(tenant: &TenantId) -> String {
    format!("T#{tenant}#A")
}

/// With what the keys of a request begin, in whichever project: a hash, because an id may be made of a user's.
fn prefix(request: &str) -> String {
    format!("{}#", hex::encode(Sha256::digest(request)))
}

/// Notes that a request has begun. One that is there stays as it is, whatever has become of it.
///
/// # Errors
/// Where the table does not answer.
pub async fn begin(table: &dyn Table, (tenant, request): (&TenantId, &str), event: &Event, now: Timestamp) -> Result<()> {
    let begun = OpenRequest::new(tenant, request, event, now);
    let there = match put_first(table, begun.item()?).await?.read(OpenRequest::read)? {
        Made::Before(there) if there.is_over(now) => there,
        Made::New | Made::Before(_) => return Ok(()),
    };
    // The table takes its time to clean up. Who loses here has lost to another beginning.
    let next = OpenRequest { version: there.version + 1, ..begun };
    table.put(next.item()?, there.is_as_read()).await?;
    Ok(())
}

/// The requests of this id that have begun: of one project, or of all in which there is one.
///
/// # Errors
/// Where the table does not answer, or an item is malformed.
pub async fn find(
    table: &dyn Table,
    (tenant, request): (&TenantId, &str),
    project: Option<&ProjectId>,
    now: Timestamp,
) -> Result<Vec<OpenRequest>> {
    let items = match project {
        Some(project) => {
            let key = Key::new(partition(tenant), format!("{}{project}", prefix(request)));
            table.get(&key, Read::Strong).await?.into_iter().collect()
        }
        None => all_items(table, &partition(tenant), &Range::Prefix(prefix(request)), Read::Strong).await?,
    };
    let requests: Vec<OpenRequest> = items.iter().map(OpenRequest::read).collect::<Result<_>>()?;
    Ok(requests.into_iter().filter(|request| !request.is_over(now)).collect())
}

/// Ends a request with an update.
///
/// # Errors
/// As [`find`].
pub async fn claim(table: &dyn Table, request: OpenRequest, fingerprint: &str, now: Timestamp) -> Result<Claim> {
    let mut there = request;
    loop {
        match &there.update {
            Some(update) if update.fingerprint != fingerprint => return Ok(Claim::Refused),
            Some(update) if update.is_queued => return Ok(Claim::Done),
            Some(update) => {
                let update = update.clone();
                return Ok(Claim::Taken(Box::new(there), update));
            }
            None => {}
        }
        let condition = there.is_as_read();
        let claimed = Claimed { fingerprint: fingerprint.to_owned(), received: now, is_queued: false };
        let next = there.next(claimed.clone(), now);
        match table.put(next.item()?, condition).await? {
            Put::Written => return Ok(Claim::Taken(Box::new(next), claimed)),
            Put::Refused(Some(item)) => there = OpenRequest::read(&item)?,
            Put::Refused(None) => return Ok(Claim::Gone),
        }
    }
}

/// Notes that the queue has the event of a claimed update. Where somebody else has written since, so do they.
///
/// # Errors
/// Where the table does not answer.
pub async fn queued(table: &dyn Table, request: OpenRequest, update: Claimed, now: Timestamp) -> Result<()> {
    let condition = request.is_as_read();
    let next = request.next(Claimed { is_queued: true, ..update }, now);
    table.put(next.item()?, condition).await?;
    Ok(())
}

/// All requests of a tenant that are kept, ended or not.
///
/// # Errors
/// As [`find`].
pub async fn all(table: &dyn Table, tenant: &TenantId) -> Result<Vec<OpenRequest>> {
    all_items(table, &partition(tenant), &Range::All, Read::Strong).await?.iter().map(OpenRequest::read).collect()
}

/// Replaces what is known of a request, unless it has changed since it was read: answers whether it was written.
///
/// # Errors
/// Where the table does not answer.
pub async fn replace(table: &dyn Table, request: &OpenRequest, event: Event) -> Result<bool> {
    let next = OpenRequest { event, version: request.version + 1, ..request.clone() };
    Ok(table.put(next.item()?, request.is_as_read()).await? == Put::Written)
}
