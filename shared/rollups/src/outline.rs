//! The manifest of a day as readers look at it. Where the rollup of the day is there, they need next to nothing of its hours, and a month has
//! hundreds of them: so what a manifest says of an hour is sealed, in bytes of its own, and read when it is asked for.

use crate::codec::{self, CodecError};
use crate::day::{HourEntry, key};
use crate::manifest::{self, Owner, Result, Stored, malformed};
use crate::rollup::Rollup;
use bytes::Bytes;
use model::{Day, Hour};
use ports::Item;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;

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

impl DayOutline {
    pub(crate) fn of(owner: &Owner, day: Day, item: &Item) -> Result<Self> {
        let Stored { version, body: (hours, rollup, base), .. } = manifest::read_as(item, |bytes| {
            let plain = Bytes::from(codec::open(bytes)?);
            let Head { hours, rollup, base } = codec::part(&plain)?;
            let seal = |stamped: Stamped<&[u8]>| Seal {
                has_base: stamped.has_base,
                bytes: plain.slice_ref(stamped.bytes),
                opened: OnceLock::new(),
            };
            let hours: BTreeMap<Hour, Seal> = hours.into_iter().map(|(hour, stamped)| (hour, seal(stamped))).collect();
            Ok((hours, rollup, base))
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
