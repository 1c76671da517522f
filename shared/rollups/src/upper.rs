//! The manifests of a month, made of days, and of all time, made of months. Each says of every part which version of it is needed and which
//! one its rollup was built from: whoever changes a part raises what is needed first, so that a rollup is never taken for current while a
//! part of it changes (I7, I12).

use crate::codec::{self, CodecError, Decode, Plain};
use crate::manifest::{self, Commit, Next, Owner, Result, Stored};
use crate::rollup::{Bucket, Rollup};
use model::{AttemptId, Day, Month, Timestamp};
use ports::{Key, Range, Read, Table};
use records::pending::Kind;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// What is true of a month: its days.
pub type MonthManifest = UpperManifest<Day>;
/// What is true of all time: its months.
pub type LifetimeManifest = UpperManifest<Month>;

/// Which version of a part is needed, and which one was built from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Need {
    /// The rollup must have been built from this version of the part, or a later one.
    pub needed: u64,
    /// The version it was built from; 0 where from none.
    pub built: u64,
}

/// What is true of a span that is made of parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpperManifest<P: Ord> {
    /// Whose it is.
    pub owner: Owner,
    /// The month, where it is one's; all time else.
    pub month: Option<Month>,
    /// How often it has been written; 0 where it never was. Whoever writes it must have read this edition.
    pub edition: u64,
    /// How often its rollup, or what it needs, has changed; 0 where there is neither. To forget is no change.
    pub version: u64,
    /// What it says.
    pub body: Body<P>,
}

/// What the manifest of a month or of all time says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(serialize = "P: Serialize", deserialize = "P: Deserialize<'de> + Ord"))]
pub struct Body<P: Ord> {
    /// Its parts.
    pub parts: BTreeMap<P, Need>,
    /// Its rollup, made of the parts at their built versions; `None` until it is first built.
    pub rollup: Option<Rollup>,
    /// Rollups that were superseded, since when, to be deleted when no reader can still be reading them.
    pub garbage: Vec<(Timestamp, Bucket, Rollup)>,
}

impl<P: Ord> Default for Body<P> {
    fn default() -> Self {
        Self { parts: BTreeMap::new(), rollup: None, garbage: Vec::new() }
    }
}

impl<P: Ord + DeserializeOwned> Decode for Body<P> {
    fn decode(plain: &Plain) -> std::result::Result<Self, CodecError> {
        codec::part(&plain.bytes)
    }
}

impl<P: Ord + Copy> UpperManifest<P> {
    pub(crate) fn of(owner: &Owner, month: Option<Month>, Stored { edition, version, body, .. }: Stored<Body<P>>) -> Self {
        Self { owner: owner.clone(), month, edition, version, body }
    }

    /// Whether its rollup has what is needed of every part.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.body.rollup.is_some() && self.body.parts.values().all(|need| need.built >= need.needed)
    }

    /// Raises what is needed of a part; answers whether that changed anything.
    pub fn need(&mut self, part: P, version: u64) -> bool {
        let need = self.body.parts.entry(part).or_default();
        let is_new = need.needed < version;
        need.needed = need.needed.max(version);
        is_new
    }

    /// The version of a part that its rollup was built from; 0 where from none.
    #[must_use]
    pub fn built(&self, part: P) -> u64 {
        self.body.parts.get(&part).map_or(0, |need| need.built)
    }

    /// Whether its rollup, or its garbage, comes from this attempt.
    #[must_use]
    pub fn names(&self, attempt: AttemptId) -> bool {
        let garbage = self.body.garbage.iter().map(|(_, _, rollup)| rollup);
        self.body.rollup.iter().chain(garbage).any(|rollup| rollup.attempt == attempt)
    }

    fn sort(&self) -> String {
        self.month.map_or_else(|| LIFETIME.to_owned(), sort_of_month)
    }

    fn next(&self) -> Next<'_, Body<P>> {
        let waits = !self.is_current() || !self.body.garbage.is_empty();
        let pending = waits.then_some(Kind::Roll);
        Next { owner: &self.owner, sort: self.sort(), edition: self.edition, version: self.version, body: &self.body, pending }
    }
}

pub(crate) const LIFETIME: &str = "lifetime";
const MONTH: &str = "month#";

pub(crate) fn sort_of_month(month: Month) -> String {
    format!("{MONTH}{month}")
}

/// What the key of a month's or lifetime's manifest names: the month, or `None` for all time. Nothing where it names something else.
#[must_use]
pub fn of_key(key: &Key) -> Option<(Owner, Option<Month>)> {
    let (owner, sort) = Owner::of_key(key)?;
    match sort.strip_prefix(MONTH) {
        Some(month) => Some((owner, Some(Month::from_key(month)?))),
        None => (sort == LIFETIME).then_some((owner, None)),
    }
}

/// The manifest of a month, or of all time where none is named; one of version 0 where there is none.
///
/// # Errors
/// As [`month`].
pub async fn get<P>(table: &dyn Table, owner: &Owner, (month, fresh): (Option<Month>, Read)) -> Result<UpperManifest<P>>
where
    P: Ord + Copy + DeserializeOwned,
{
    let mut manifest = UpperManifest { owner: owner.clone(), month, edition: 0, version: 0, body: Body::default() };
    let stored: Option<Stored<Body<P>>> = manifest::get(table, &Key::new(owner.partition(), manifest.sort()), fresh).await?;
    if let Some(Stored { edition, version, body, .. }) = stored {
        manifest = UpperManifest { edition, version, body, ..manifest };
    }
    Ok(manifest)
}

/// The manifest of a month; one of version 0 where there is none.
///
/// # Errors
/// Where the table does not answer, or the item is malformed.
pub async fn month(table: &dyn Table, owner: &Owner, (month, fresh): (Month, Read)) -> Result<MonthManifest> {
    get(table, owner, (Some(month), fresh)).await
}

/// The manifests of some months, those that there are, in order.
///
/// # Errors
/// As [`month`].
pub async fn months(table: &dyn Table, owner: &Owner, (months, fresh): (RangeInclusive<Month>, Read)) -> Result<Vec<MonthManifest>> {
    let range = Range::Between(sort_of_month(*months.start()), sort_of_month(*months.end()));
    let stored: Vec<Stored<Body<Day>>> = manifest::range(table, owner, (range, fresh)).await?;
    let manifest = |stored: Stored<Body<Day>>| {
        let month = Month::from_key(stored.sort.strip_prefix(MONTH)?)?;
        Some(UpperManifest::of(owner, Some(month), stored))
    };
    Ok(stored.into_iter().filter_map(manifest).collect())
}

/// The manifest of all time; one of version 0 where there is none.
///
/// # Errors
/// As [`month`].
pub async fn lifetime(table: &dyn Table, owner: &Owner, fresh: Read) -> Result<LifetimeManifest> {
    get(table, owner, (None, fresh)).await
}

/// Makes this the manifest of its span, if the edition that it was made from is the one that is there.
///
/// # Errors
/// Where the table does not answer: then it may be committed or not, and reading it again tells.
pub async fn commit<P: Ord + Copy + Serialize>(table: &dyn Table, next: &UpperManifest<P>) -> Result<Commit> {
    manifest::commit(table, next.next()).await
}
