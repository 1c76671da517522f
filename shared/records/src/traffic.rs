//! What a function has counted of the requests of a tenant: how many, how they ended, how long they took.
//!
//! One item for a tenant and function, to which every instance of the function adds what it has counted since it last did. An addition
//! reads what is there and writes the sum on the condition that nobody else has written meanwhile. Requests are no events: what an
//! instance has not added when it ends is lost, and an addition whose answer was lost may count twice.

use crate::attributes::{Attributes, EXPIRES_AT};
use crate::{RecordError, Result, all_items};
use bytes::Bytes;
use model::{TenantId, Timestamp};
use ports::{Condition, Item, Key, PortError, Put, Range, Read, Table, Value};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The upper bounds of the buckets in which durations are counted, in microseconds; one more bucket has what is beyond them.
pub const BOUNDS_MICROS: [u64; 12] =
    [1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 10_000_000];
/// How long what was counted is kept after the last addition.
const KEPT_SECONDS: i64 = 400 * 24 * 3600;
/// Operations and statuses that are kept apart in one item: more than the API has.
const MOST: usize = 2_000;
/// How often an addition is tried while others write.
const ATTEMPTS: usize = 8;

const VERSION: &str = "version";
const COUNTED: &str = "counted";
/// The first byte of what is stored.
const FORMAT: u8 = 1;

/// Requests, by how they ended.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Traffic {
    /// By operation (`GET /usage/user/{userId}`) and status.
    requests: BTreeMap<(String, u16), u64>,
    /// By duration: one count for each of [`BOUNDS_MICROS`], and one for what is beyond; none where nothing was counted.
    durations: Vec<u64>,
    micros: u64,
    kept: u64,
}

/// A request that was answered.
#[derive(Debug, Clone, Copy)]
pub struct Answered<'a> {
    /// What was asked for: the method and the route.
    pub operation: &'a str,
    /// The HTTP status.
    pub status: u16,
    /// How long it took.
    pub micros: u64,
    /// Whether the answer was at hand, and nothing had to be worked out for it.
    pub is_kept: bool,
}

impl Traffic {
    /// Counts a request.
    pub fn count(&mut self, answered: Answered<'_>) {
        *self.requests.entry((answered.operation.to_owned(), answered.status)).or_default() += 1;
        let bucket = BOUNDS_MICROS.partition_point(|bound| *bound < answered.micros);
        self.durations.resize(BOUNDS_MICROS.len() + 1, 0);
        if let Some(count) = self.durations.get_mut(bucket) {
            *count += 1;
        }
        self.micros += answered.micros;
        self.kept += u64::from(answered.is_kept);
    }

    /// Adds what was counted elsewhere. Operations beyond those that an item holds are left out: there are none.
    pub fn add(&mut self, other: &Self) {
        for (place, count) in &other.requests {
            if self.requests.len() < MOST || self.requests.contains_key(place) {
                *self.requests.entry(place.clone()).or_default() += count;
            }
        }
        self.durations.resize(self.durations.len().max(other.durations.len()), 0);
        for (own, count) in self.durations.iter_mut().zip(&other.durations) {
            *own += count;
        }
        self.micros += other.micros;
        self.kept += other.kept;
    }

    /// How many requests there were, by operation and status.
    pub fn requests(&self) -> impl Iterator<Item = (&str, u16, u64)> {
        self.requests.iter().map(|((operation, status), count)| (operation.as_str(), *status, *count))
    }

    /// How many requests took at most each of [`BOUNDS_MICROS`], and how many there were.
    #[must_use]
    pub fn cumulative(&self) -> Vec<u64> {
        let counts = (0..=BOUNDS_MICROS.len()).map(|at| self.durations.get(at).copied().unwrap_or(0));
        let mut sum = 0;
        counts
            .map(|count| {
                sum += count;
                sum
            })
            .collect()
    }

    /// How long all requests took together, in microseconds.
    #[must_use]
    pub fn micros(&self) -> u64 {
        self.micros
    }

    /// How many answers were at hand.
    #[must_use]
    pub fn kept(&self) -> u64 {
        self.kept
    }

    fn encode(&self) -> Bytes {
        let mut bytes = vec![FORMAT];
        bytes.extend(postcard::to_stdvec(self).unwrap_or_default());
        bytes.into()
    }

    fn of_item(item: &Item) -> Result<Self> {
        let attributes = Attributes(item);
        let bytes = item.binary(COUNTED).ok_or_else(|| attributes.malformed(COUNTED))?;
        let body = bytes.strip_prefix(&[FORMAT]).ok_or_else(|| attributes.malformed(COUNTED))?;
        postcard::from_bytes(body).map_err(|_| attributes.malformed(COUNTED))
    }
}

fn partition(tenant: &TenantId) -> String {
    format!("T#{tenant}#W")
}

/// Adds what an instance of a function has counted.
///
/// # Errors
/// Where the table does not answer, or others write all the time: nothing was added then, as far as is known.
pub async fn add(table: &dyn Table, (tenant, function): (&TenantId, &str), counted: &Traffic, now: Timestamp) -> Result<()> {
    let key = Key::new(partition(tenant), function);
    let mut there = table.get(&key, Read::Eventual).await?;
    for _ in 0..ATTEMPTS {
        let (version, mut all) = match &there {
            Some(item) => (Attributes(item).number::<i64>(VERSION)?, Traffic::of_item(item)?),
            None => (0, Traffic::default()),
        };
        all.add(counted);
        let item = Item::new(key.clone())
            .with(VERSION, Value::Number(version + 1))
            .with(COUNTED, Value::Binary(all.encode()))
            .with(EXPIRES_AT, Value::Number(now.as_seconds() + KEPT_SECONDS));
        let condition = match there {
            Some(_) => Condition::NumberIs { attribute: VERSION, value: version },
            None => Condition::Absent,
        };
        match table.put(item, condition).await? {
            Put::Written => return Ok(()),
            Put::Refused(other) => there = other,
        }
    }
    Err(RecordError::Port(PortError::Unavailable { service: "table", source: "others are adding all the time".into() }))
}

/// What all functions have counted of a tenant's requests.
///
/// # Errors
/// Where the table does not answer, or holds what no version of Weir writes.
pub async fn all(table: &dyn Table, tenant: &TenantId) -> Result<Traffic> {
    let mut all = Traffic::default();
    for item in all_items(table, &partition(tenant), &Range::All, Read::Strong).await? {
        all.add(&Traffic::of_item(&item)?);
    }
    Ok(all)
}
