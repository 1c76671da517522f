//! The manifest of a day as readers look at it. Where the rollup of the day is there, they need next to nothing of its hours, and a month has
//! hundreds of them: so what a manifest says of an hour is sealed, in bytes of its own, and read when it is asked for.

use crate::codec::{self, CodecError};
use crate::day::{HourEntry, Unsealed, key};
use crate::manifest::{self, Owner, Result, Stored, malformed};
use crate::rollup::Rollup;
use bytes::Bytes;
use model::{Day, Hour};
use ports::Item;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// What is true of one day of a tenant's family, as far as readers ask.
#[derive(Debug, Clone)]
pub struct DayOutline {
    /// The day.
    pub day: Day,
    /// How often what it says of hours and the day has changed.
    pub version: u64,
    /// The rollup of the whole day; `None` while the day is open.
    pub rollup: Option<Rollup>,
    /// The rollup of hours whose own rollups have expired.
    pub base: Option<Rollup>,
    owner: Owner,
    hours: BTreeMap<Hour, Seal>,
}

#[derive(Debug, Clone)]
struct Seal {
    has_base: bool,
    bytes: Bytes,
    opened: OnceLock<HourEntry>,
}

impl Seal {
    fn opened(entry: HourEntry) -> Self {
        Self { has_base: entry.base.is_some(), bytes: Bytes::new(), opened: OnceLock::from(entry) }
    }
}

/// An hour in its bytes.
#[derive(Serialize, Deserialize)]
struct Stamped<B> {
    has_base: bool,
    bytes: B,
}

/// What of a body comes first.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow)]
    hours: BTreeMap<Hour, Stamped<&'a [u8]>>,
    rollup: Option<Rollup>,
    base: Option<Rollup>,
}

/// How the items of days become outlines.
pub trait Outlines: Send + Sync {
    /// The outline of a day, off the item that was read of it.
    ///
    /// # Errors
    /// Where the item is malformed.
    fn outline(&self, owner: &Owner, day: Day, item: &Item) -> Result<Arc<DayOutline>>;
}

/// Each is made anew.
pub struct Anew;

impl Outlines for Anew {
    fn outline(&self, owner: &Owner, day: Day, item: &Item) -> Result<Arc<DayOutline>> {
        DayOutline::of(owner, day, item).map(Arc::new)
    }
}

impl DayOutline {
    fn of(owner: &Owner, day: Day, item: &Item) -> Result<Self> {
        let Stored { version, body: (hours, rollup, base), .. } = manifest::read_as(item, |bytes| {
            let plain = codec::open(bytes)?;
            if plain.version == codec::UNSEALED {
                let Unsealed { hours, rollup, base, .. } = codec::part(&plain.bytes)?;
                return Ok((hours.into_iter().map(|(hour, entry)| (hour, Seal::opened(entry))).collect(), rollup, base));
            }
            let bytes = Bytes::from(plain.bytes);
            let Head { hours, rollup, base } = codec::part(&bytes)?;
            let seal = |stamped: Stamped<&[u8]>| Seal {
                has_base: stamped.has_base,
                bytes: bytes.slice_ref(stamped.bytes),
                opened: OnceLock::new(),
            };
            Ok((hours.into_iter().map(|(hour, stamped)| (hour, seal(stamped))).collect::<BTreeMap<_, _>>(), rollup, base))
        })?;
        Ok(Self { day, version, rollup, base, owner: owner.clone(), hours })
    }

    /// Whether late events were merged into an hour whose own events have expired, or the day is made of such hours.
    #[must_use]
    pub fn is_merged(&self) -> bool {
        self.base.is_some() || self.hours.values().any(|seal| seal.has_base)
    }

    /// What it says of an hour; `None` where that is not settled.
    ///
    /// # Errors
    /// Where that is malformed.
    pub fn hour(&self, hour: Hour) -> Result<Option<&HourEntry>> {
        self.hours.get(&hour).map(|seal| self.open(seal)).transpose()
    }

    /// What it says of some hours, in order.
    pub fn hours(&self, hours: Range<Hour>) -> impl Iterator<Item = Result<(Hour, &HourEntry)>> {
        self.hours.range(hours).map(|(hour, seal)| Ok((*hour, self.open(seal)?)))
    }

    fn open<'a>(&self, seal: &'a Seal) -> Result<&'a HourEntry> {
        if seal.opened.get().is_none() {
            let entry = codec::part(&seal.bytes).map_err(|source| malformed(&key(&self.owner, self.day), Some(source)))?;
            _ = seal.opened.set(entry);
        }
        seal.opened.get().ok_or_else(|| malformed(&key(&self.owner, self.day), Some(CodecError::Malformed)))
    }
}

/// Hours as they are stored.
pub mod sealed {
    use super::{BTreeMap, Hour, HourEntry, Stamped, codec};
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer, ser};

    pub fn serialize<S: Serializer>(hours: &BTreeMap<Hour, HourEntry>, serializer: S) -> Result<S::Ok, S::Error> {
        let mut stamped = BTreeMap::new();
        for (hour, entry) in hours {
            let bytes = postcard::to_stdvec(entry).map_err(ser::Error::custom)?;
            stamped.insert(*hour, Stamped { has_base: entry.base.is_some(), bytes });
        }
        ser::Serialize::serialize(&stamped, serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<Hour, HourEntry>, D::Error> {
        let stamped: BTreeMap<Hour, Stamped<&[u8]>> = Deserialize::deserialize(deserializer)?;
        stamped.into_iter().map(|(hour, stamped)| Ok((hour, codec::part(stamped.bytes).map_err(D::Error::custom)?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::day::{Body, Quarantine};
    use cube::FamilyState;
    use cube::rollup::pack;
    use model::{AttemptId, Family, TenantId, Timestamp, zstandard};
    use ports::{Item, Value};

    #[test]
    fn a_manifest_whose_hours_are_not_sealed_says_the_same() {
        let owner = Owner { tenant: TenantId::new("demo").unwrap(), family: Family::Ai };
        let day = Day::from_key("2026-11-21").unwrap();
        let now = Timestamp::from_millis(1_795_239_000_000);
        let rollup = |attempt| Rollup { attempt: AttemptId::new(attempt), contents: pack(FamilyState::empty(Family::Ai)).0 };
        let entry = |attempt, base| HourEntry {
            version: 1,
            settled_at: now,
            rollup: rollup(attempt),
            log: None,
            base,
            events: 3,
            first: now,
            last: now,
            configuration: 0,
            catalogue: 1,
            expires_at: now,
            absorbed: Vec::new(),
        };
        let hours = BTreeMap::from([(day.first_hour(), entry(1, None)), (day.last_hour(), entry(2, Some(rollup(3))))]);
        let quarantined = BTreeMap::from([(day.first_hour(), Quarantine { since: now, tried_at: now, reason: "lost".into() })]);
        let unsealed =
            Unsealed { hours: hours.clone(), rollup: Some(rollup(4)), base: None, quarantined: quarantined.clone(), garbage: Vec::new() };
        let mut bytes = vec![codec::UNSEALED];
        bytes.extend(zstandard::compress(&postcard::to_stdvec(&unsealed).unwrap(), 3).unwrap());
        let item = |body: Bytes| {
            Item::new(key(&owner, day))
                .with("edition", Value::Number(1))
                .with("version", Value::Number(7))
                .with("body", Value::Binary(body))
        };
        let body: Body = manifest::read(&item(bytes.clone().into())).unwrap().body;
        assert_eq!(body, Body { hours: hours.clone(), rollup: Some(rollup(4)), base: None, quarantined, garbage: Vec::new() });
        for stored in [bytes.into(), codec::encode(&body)] {
            let outline = DayOutline::of(&owner, day, &item(stored)).unwrap();
            assert_eq!((outline.version, &outline.rollup, outline.is_merged()), (7, &Some(rollup(4)), true));
            let seen: Vec<_> = outline.hours(day.first_hour()..Hour::from_index(day.last_hour().index() + 1)).map(Result::unwrap).collect();
            assert_eq!(seen, hours.iter().map(|(hour, entry)| (*hour, entry)).collect::<Vec<_>>());
        }
    }
}
