//! Rollups: the state of a bucket, as items that one attempt has written and nobody changes.

use crate::manifest::Owner;
use bytes::Bytes;
use cube::rollup::{Contents, Part};
use model::{AttemptId, Day, Hour, Month};
use ports::{Item, Key, PortError, Read, Table, Value};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fmt;

const STATE: &str = "state";
const EXPIRES_AT: &str = "expires_at";

/// The span that a rollup is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Bucket {
    /// An hour.
    Hour(Hour),
    /// Events of an hour whose log has expired.
    HourBase(Hour),
    /// A day.
    Day(Day),
    /// Hours of a day whose rollups have expired.
    DayBase(Day),
    /// A month.
    Month(Month),
    /// All time.
    Lifetime,
}

impl Bucket {
    /// The grain's name in keys, and the bucket's.
    fn names(self) -> (&'static str, String) {
        match self {
            Self::Hour(hour) => ("hour", hour.to_string()),
            Self::HourBase(hour) => ("hour-base", hour.to_string()),
            Self::Day(day) => ("day", day.to_string()),
            Self::DayBase(day) => ("day-base", day.to_string()),
            Self::Month(month) => ("month", month.to_string()),
            Self::Lifetime => ("lifetime", "all".to_owned()),
        }
    }
}

impl fmt::Display for Bucket {
    /// As in keys: `hour 2026-11-21T05`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (grain, name) = self.names();
        write!(f, "{grain} {name}")
    }
}

/// Which items hold the state of a bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rollup {
    /// The attempt that wrote them.
    pub attempt: AttemptId,
    /// Which they are.
    pub contents: Contents,
}

/// Why a rollup was not read.
#[derive(Debug, thiserror::Error)]
pub enum RollupError {
    /// The table did not do what it was asked.
    #[error(transparent)]
    Port(#[from] PortError),
    /// A part that is named is not there: it was superseded since it was named, or it is lost.
    #[error("the part {partition} / {sort} of a rollup is missing")]
    Missing {
        /// The item's partition key.
        partition: String,
        /// The item's sort key.
        sort: String,
    },
}

/// The key of one part of a rollup.
#[must_use]
pub fn key(owner: &Owner, bucket: Bucket, (attempt, part): (AttemptId, &str)) -> Key {
    let (grain, name) = bucket.names();
    Key::new(format!("T#{}#R#{}#{grain}", owner.tenant, owner.family), format!("{name}#{attempt}#{part}"))
}

/// The partitions of all of an owner's rollups.
pub fn partitions(owner: &Owner) -> impl Iterator<Item = String> {
    ["hour", "hour-base", "day", "day-base", "month", "lifetime"]
        .into_iter()
        .map(|grain| format!("T#{}#R#{}#{grain}", owner.tenant, owner.family))
}

/// The bucket and attempt of a rollup that a key names a part of; `None` where it names something else.
#[must_use]
pub fn of_key(key: &Key) -> Option<(Bucket, AttemptId)> {
    let (_, grain) = key.partition.split_once("#R#")?.1.split_once('#')?;
    let mut names = key.sort.splitn(3, '#');
    let (name, attempt) = (names.next()?, AttemptId::from_key(names.next()?)?);
    let bucket = match grain {
        "hour" => Bucket::Hour(Hour::from_key(name)?),
        "hour-base" => Bucket::HourBase(Hour::from_key(name)?),
        "day" => Bucket::Day(Day::from_key(name)?),
        "day-base" => Bucket::DayBase(Day::from_key(name)?),
        "month" => Bucket::Month(Month::from_key(name)?),
        "lifetime" => Bucket::Lifetime,
        _ => return None,
    };
    Some((bucket, attempt))
}

/// The keys of some parts of a rollup.
#[must_use]
pub fn keys(owner: &Owner, bucket: Bucket, (attempt, parts): (AttemptId, &[String])) -> Vec<Key> {
    parts.iter().map(|part| key(owner, bucket, (attempt, part))).collect()
}

/// The items of a rollup, to be written under an attempt of their own. What is kept for ever has no expiry (Unix seconds).
#[must_use]
pub fn items(owner: &Owner, bucket: Bucket, (attempt, parts, expires_at): (AttemptId, &[Part], Option<i64>)) -> Vec<Item> {
    let item = |part: &Part| {
        let item = Item::new(key(owner, bucket, (attempt, &part.name))).with(STATE, Value::Binary(part.bytes.clone()));
        match expires_at {
            Some(expires_at) => item.with(EXPIRES_AT, Value::Number(expires_at)),
            None => item,
        }
    };
    parts.iter().map(item).collect()
}

/// The encoded states under these keys, in their order. All of them are there, or the answer is an error (I7).
///
/// # Errors
/// Where the table does not answer, or a part is missing.
pub async fn states(table: &dyn Table, keys: &[Key], fresh: Read) -> Result<Vec<Bytes>, RollupError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let found = table.get_many(keys, fresh).await?;
    let states: HashMap<&Key, &Bytes> = found.iter().filter_map(|item| Some((&item.key, item.binary(STATE)?))).collect();
    let state = |key: &Key| {
        let missing = || RollupError::Missing { partition: key.partition.clone(), sort: key.sort.clone() };
        states.get(key).map(|state| Bytes::clone(state)).ok_or_else(missing)
    };
    keys.iter().map(state).collect()
}
