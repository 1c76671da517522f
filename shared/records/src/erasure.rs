//! Erasures: people of whom nothing that names them is to be kept, and how far that is. A record holds a keyed hash of the person's id, for
//! ever: what the person did before may still come, from a phone that was offline for months. The id itself it holds until all is done,
//! because what is kept by user is found by it.
//!
//! Who erases reads the configuration revision first and the erasures after it, as with prices: no revision stands for fewer erasures than
//! were there when it was raised.

use crate::attributes::{Attributes, text, time, with_optional};
use crate::pending::{self, Kind};
use crate::{Made, Result, all_items, price, put_first};
use bytes::Bytes;
use model::erasure::{ErasureKey, Erasures, Extent, PersonHash};
use model::{Day, Family, TenantId, Timestamp, UserId};
use ports::{Condition, Item, Key, Put, Range, Read, Table, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

const KEY: &str = "key";
const PERSON: &str = "person#";
const VERSION: &str = "version";

/// The erasure of a person, or the latest where it came again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// Whose person it is.
    pub tenant: TenantId,
    /// Who.
    pub person: PersonHash,
    /// Its id, until all is done.
    pub user: Option<UserId>,
    /// What is erased: all that happened, or arrived, before. Also when it was asked for.
    pub before: Timestamp,
    /// The configuration revision from which on every settle knows of it; `None` for a moment, until that is raised.
    pub revision: Option<u64>,
    /// How far it is.
    pub progress: Progress,
    /// How often it was written.
    version: u64,
}

/// How far an erasure is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Progress {
    /// What is being done about it.
    pub state: State,
    /// The days of families in which the person was found, or may have been.
    pub days: BTreeSet<(Family, Day)>,
    /// How many of them still name the person, as of the last look.
    pub left: u64,
    /// How many of those wait for an hour that cannot be settled until what is wrong with it is mended.
    pub quarantined: u64,
    /// How many of the parts of its bucket are cleared, by family.
    pub cleared: BTreeMap<Family, u8>,
    /// Since when no day is left, and nothing that is made of days.
    pub clean_since: Option<Timestamp>,
    /// When work was last sent for it.
    pub sent_at: Timestamp,
    /// When it was done.
    pub done_at: Option<Timestamp>,
}

/// What is being done about an erasure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum State {
    /// Days that name the person are settled again without it.
    #[default]
    Settling,
    /// None is left; what began before the erasure was asked for may still bring one back.
    Watched,
    /// What was superseded, and segments whose events are settled, are deleted where they name the person.
    Clearing,
    /// Nothing.
    Done,
}

impl State {
    const ALL: [Self; 4] = [Self::Settling, Self::Watched, Self::Clearing, Self::Done];

    /// In a word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Settling => "settling",
            Self::Watched => "watched",
            Self::Clearing => "clearing",
            Self::Done => "done",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Erasure {
    fn new(request: &Request<'_>, person: &PersonHash, version: u64) -> Self {
        let Request { tenant, user, now, .. } = *request;
        let (tenant, person, user) = (tenant.clone(), person.clone(), Some(user.clone()));
        Self { tenant, person, user, before: now, revision: None, progress: Progress::default(), version }
    }

    /// What of the person is erased. Until the revision is raised, no settle is sure to have erased it.
    #[must_use]
    pub fn extent(&self) -> Extent {
        Extent { before: self.before, revision: self.revision.unwrap_or(u64::MAX) }
    }

    fn item(&self) -> Item {
        let Progress { state, days, left, quarantined, cleared, clean_since, sent_at, done_at } = &self.progress;
        let count = |count: u64| Value::Number(i64::try_from(count).unwrap_or(i64::MAX));
        let days: Vec<String> = days.iter().map(|(family, day)| format!("{family}/{day}")).collect();
        let cleared = cleared.iter().map(|(family, parts)| (family.to_string(), Value::Number((*parts).into()))).collect();
        let item = Item::new(key(&self.tenant, &self.person))
            .with(VERSION, count(self.version))
            .with("before", time(self.before))
            .with("state", text(state.name()))
            .with("days", text(days.join(" ")))
            .with("left", count(*left))
            .with("quarantined", count(*quarantined))
            .with("cleared", Value::Map(cleared))
            .with("sent_at", time(*sent_at));
        let item = with_optional(item, "revision", self.revision.map(count));
        let item = with_optional(item, "clean_since", clean_since.map(time));
        let item = with_optional(item, "done_at", done_at.map(time));
        let waits = *state != State::Done;
        let item = with_optional(item, "user", self.user.as_ref().filter(|_| waits).map(|user| text(user.as_str())));
        with_optional(item, pending::ATTRIBUTE, waits.then(|| text(pending::shard(Kind::Job, &self.tenant))))
    }

    fn read(item: &Item) -> Result<Self> {
        let named = of_key(&item.key);
        let item = Attributes(item);
        let (tenant, person) = named.ok_or_else(|| item.malformed("sk"))?;
        let state = item.text("state")?;
        let day = |text: &str| {
            let (family, day) = text.split_once('/')?;
            Some((Family::from_name(family)?, Day::from_key(day)?))
        };
        let days: Option<BTreeSet<_>> = item.text("days")?.split_whitespace().map(day).collect();
        let Some(Value::Map(cleared)) = item.0.attributes.get("cleared") else { return Err(item.malformed("cleared")) };
        let part = |(family, parts): (&String, &Value)| match parts {
            Value::Number(parts) => Some((Family::from_name(family)?, u8::try_from(*parts).ok()?)),
            _ => None,
        };
        let cleared: Option<BTreeMap<_, _>> = cleared.iter().map(part).collect();
        let progress = Progress {
            state: State::ALL.into_iter().find(|known| known.name() == state).ok_or_else(|| item.malformed("state"))?,
            days: days.ok_or_else(|| item.malformed("days"))?,
            left: item.number("left")?,
            quarantined: item.number("quarantined")?,
            cleared: cleared.ok_or_else(|| item.malformed("cleared"))?,
            clean_since: item.optional_time("clean_since")?,
            sent_at: item.time("sent_at")?,
            done_at: item.optional_time("done_at")?,
        };
        let user = item.0.text("user").map(UserId::new).transpose().map_err(|_| item.malformed("user"))?;
        let (before, revision) = (item.time("before")?, item.optional_number("revision")?);
        Ok(Self { tenant, person, user, before, revision, progress, version: item.number(VERSION)? })
    }
}

fn partition(tenant: &TenantId) -> String {
    format!("T#{tenant}#C#erasures")
}

fn key(tenant: &TenantId, person: &PersonHash) -> Key {
    Key::new(partition(tenant), format!("{PERSON}{person}"))
}

/// The tenant and person of the erasure that a key names, as the index of pending work does; `None` where it names something else.
#[must_use]
pub fn of_key(key: &Key) -> Option<(TenantId, PersonHash)> {
    let tenant = key.partition.strip_prefix("T#")?.strip_suffix("#C#erasures")?;
    Some((TenantId::new(tenant).ok()?, PersonHash::parse(key.sort.strip_prefix(PERSON)?)?))
}

/// What is asked of [`begin`].
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Whose person.
    pub tenant: &'a TenantId,
    /// Who.
    pub user: &'a UserId,
    /// When it is asked for.
    pub now: Timestamp,
    /// What becomes the tenant's key, where it has none: random bytes.
    pub fresh_key: [u8; 32],
    /// Whether what the person did since an erasure that is done is to be erased too; else that erasure is the answer.
    pub anew: bool,
}

/// Has a person erased; answers the erasure, which is the one that is there already unless that is done and a new one is asked for. Where it
/// fails on the way, asking again goes on.
///
/// # Errors
/// Where the table does not answer, or an item is malformed.
pub async fn begin(table: &dyn Table, request: &Request<'_>) -> Result<Erasure> {
    let Request { tenant, user, .. } = *request;
    let person = hash_key(table, tenant, request.fresh_key).await?.person(user);
    let mut there = get(table, (tenant, &person)).await?;
    loop {
        let (next, condition) = match there {
            Some(erasure) if erasure.revision.is_some() && !(request.anew && erasure.progress.state == State::Done) => return Ok(erasure),
            Some(erasure) if erasure.revision.is_none() => {
                there = known_to_settles(table, erasure).await?;
                continue;
            }
            Some(erasure) => (Erasure::new(request, &person, erasure.version + 1), version_is(erasure.version)),
            None => (Erasure::new(request, &person, 1), Condition::Absent),
        };
        there = put(table, next, condition).await?;
    }
}

/// Raises the configuration revision for an erasure, where nobody has; answers it as it is then.
///
/// # Errors
/// As [`begin`].
pub async fn known_to_settles(table: &dyn Table, erasure: Erasure) -> Result<Option<Erasure>> {
    if erasure.revision.is_some() {
        return Ok(Some(erasure));
    }
    let version = version_is(erasure.version);
    let revision = Some(price::raise(table, &erasure.tenant).await?);
    put(table, Erasure { revision, version: erasure.version + 1, ..erasure }, version).await
}

/// Writes an erasure; answers what is there then.
async fn put(table: &dyn Table, erasure: Erasure, condition: Condition) -> Result<Option<Erasure>> {
    match table.put(erasure.item(), condition).await? {
        Put::Written => Ok(Some(erasure)),
        Put::Refused(Some(item)) => Erasure::read(&item).map(Some),
        Put::Refused(None) => Ok(None),
    }
}

fn version_is(version: u64) -> Condition {
    Condition::NumberIs { attribute: VERSION, value: i64::try_from(version).unwrap_or(i64::MAX) }
}

/// The key under which a tenant's people are hashed: the one that is there, or else this one from now on.
///
/// # Errors
/// As [`get`].
pub async fn hash_key(table: &dyn Table, tenant: &TenantId, fresh: [u8; 32]) -> Result<ErasureKey> {
    let item = Item::new(Key::new(partition(tenant), KEY)).with(KEY, Value::Binary(Bytes::copy_from_slice(&fresh)));
    match put_first(table, item).await?.read(read_key)? {
        Made::New => Ok(ErasureKey::new(fresh)),
        Made::Before(key) => Ok(key),
    }
}

fn read_key(item: &Item) -> Result<ErasureKey> {
    let bytes = item.binary(KEY).and_then(|bytes| <[u8; 32]>::try_from(&bytes[..]).ok());
    bytes.map(ErasureKey::new).ok_or_else(|| Attributes(item).malformed(KEY))
}

/// The erasure of a person, as it is now.
///
/// # Errors
/// Where the table does not answer, or the item is malformed.
pub async fn get(table: &dyn Table, (tenant, person): (&TenantId, &PersonHash)) -> Result<Option<Erasure>> {
    table.get(&key(tenant, person), Read::Strong).await?.as_ref().map(Erasure::read).transpose()
}

/// The erasures of a tenant, by person, and the key of their hashes; no key where nobody was ever erased.
///
/// # Errors
/// As [`get`].
pub async fn all(table: &dyn Table, tenant: &TenantId, fresh: Read) -> Result<(Option<ErasureKey>, Vec<Erasure>)> {
    let items = all_items(table, &partition(tenant), &Range::All, fresh).await?;
    let (keys, people): (Vec<&Item>, Vec<&Item>) = items.iter().partition(|item| item.key.sort == KEY);
    let key = keys.first().map(|item| read_key(item)).transpose()?;
    Ok((key, people.into_iter().map(Erasure::read).collect::<Result<_>>()?))
}

/// Who of a tenant is erased.
///
/// # Errors
/// As [`get`].
pub async fn people(table: &dyn Table, tenant: &TenantId, fresh: Read) -> Result<Erasures> {
    let (key, erasures) = all(table, tenant, fresh).await?;
    let Some(key) = key else { return Ok(Erasures::default()) };
    Ok(Erasures::new(key, erasures.into_iter().map(|erasure| (erasure.person.clone(), erasure.extent())).collect()))
}

/// Writes how far an erasure is now, unless somebody else has written it since it was read: answers whether it was written.
///
/// # Errors
/// Where the table does not answer.
pub async fn save(table: &dyn Table, erasure: &Erasure, progress: Progress) -> Result<bool> {
    let next = Erasure { progress, version: erasure.version + 1, ..erasure.clone() };
    Ok(table.put(next.item(), version_is(erasure.version)).await? == Put::Written)
}
