//! Partials: what commits a segment's events of one hour (I2), and their folded state.

use crate::attributes::{Attributes, EXPIRES_AT, text, time, with_optional};
use crate::{Result, object, pending};
use bytes::Bytes;
use model::limits::PARTIAL_BYTES;
use model::{Day, Family, Hour, SegmentId, TenantId, Timestamp};
use ports::{Condition, Item, Key, Projection, Range, Read, Table, Value};
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

/// How long a partial lives, as its segment does: settling is long done by then, or an alarm has told that it is not (I9).
const LIVES_SECONDS: i64 = 30 * 24 * 3600;

/// The events that one segment holds of one hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partial {
    /// Whose they are.
    pub tenant: TenantId,
    /// Their family.
    pub family: Family,
    /// Their hour.
    pub hour: Hour,
    /// The segment that holds them.
    pub segment: SegmentId,
    /// How many they are.
    pub events: u64,
    /// The time of the first.
    pub first: Timestamp,
    /// The time of the last.
    pub last: Timestamp,
    /// Their folded state, encoded. Absent where it would make the item too large (I11): readers then fold the segment.
    pub state: Option<Bytes>,
}

impl Partial {
    /// The object of the bucket that holds the segment.
    #[must_use]
    pub fn object(&self) -> String {
        object::segment(self.family, &self.tenant, &self.segment)
    }

    fn key(&self) -> Key {
        Key::new(partition(&self.tenant, self.family), format!("{}#{}", self.hour, self.segment))
    }

    /// The item, without the state where it would be too large with it.
    fn item(&self, now: Timestamp) -> Item {
        let bare = Item::new(self.key())
            .with("events", Value::Number(i64::try_from(self.events).unwrap_or(i64::MAX)))
            .with("first", time(self.first))
            .with("last", time(self.last))
            .with(pending::ATTRIBUTE, text(pending::shard(pending::Kind::Partial, &self.tenant)))
            .with(EXPIRES_AT, Value::Number(now.as_seconds() + LIVES_SECONDS));
        let whole = with_optional(bare.clone(), "state", self.state.clone().map(Value::Binary));
        if whole.size_bytes() > PARTIAL_BYTES { bare } else { whole }
    }

    fn read(item: &Item) -> Result<Self> {
        let named = pending::Pending::of_key(&item.key);
        let item = Attributes(item);
        let named = named.ok_or_else(|| item.malformed("sk"))?;
        Ok(Self {
            tenant: named.tenant,
            family: named.family,
            hour: named.hour,
            segment: named.segment,
            events: item.number("events")?,
            first: item.time("first")?,
            last: item.time("last")?,
            state: item.optional_binary("state")?,
        })
    }
}

pub(crate) fn partition(tenant: &TenantId, family: Family) -> String {
    format!("T#{tenant}#P#{family}")
}

/// Commits a partial; its segment must be in the bucket. Whatever number of times it is put, it counts once: its key names its contents
/// (I3).
///
/// # Errors
/// Where the table does not answer.
pub async fn put(table: &dyn Table, partial: &Partial, now: Timestamp) -> Result<()> {
    table.put(partial.item(now), Condition::Always).await?;
    Ok(())
}

/// When a partial was last put; `None` where it is gone.
///
/// # Errors
/// Where the table does not answer, or the item is malformed.
pub async fn written_at(table: &dyn Table, pending: &pending::Pending) -> Result<Option<Timestamp>> {
    let Some(item) = table.get(&pending.key(), Read::Eventual).await? else { return Ok(None) };
    let expires_at: i64 = Attributes(&item).number(EXPIRES_AT)?;
    Ok(Some(Timestamp::from_millis((expires_at - LIVES_SECONDS) * 1000)))
}

/// One page of the partials of some hours, in order of hour, and where the next one begins.
///
/// # Errors
/// Where the table does not answer, or an item is malformed: a partial that is skipped would be events that are not counted.
pub async fn page(table: &dyn Table, span: &Span<'_>, after: Option<&Key>) -> Result<(Vec<Partial>, Option<Key>)> {
    let page = table.query(&partition(span.tenant, span.family), &sorts(&span.hours), Projection::All, span.read, after).await?;
    let partials = page.items.iter().map(Partial::read).collect::<Result<_>>()?;
    Ok((partials, page.next))
}

/// All partials of some hours, in order of hour.
///
/// # Errors
/// As [`page`].
pub async fn range(table: &dyn Table, span: &Span<'_>) -> Result<Vec<Partial>> {
    let mut partials = Vec::new();
    let mut after = None;
    loop {
        let (more, next) = page(table, span, after.as_ref()).await?;
        partials.extend(more);
        after = next;
        if after.is_none() {
            return Ok(partials);
        }
    }
}

/// What a partial says of its events but for their state: what whoever settles them needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brief {
    /// Their hour.
    pub hour: Hour,
    /// The segment that holds them.
    pub segment: SegmentId,
    /// How many they are.
    pub events: u64,
    /// The time of the first.
    pub first: Timestamp,
    /// The time of the last.
    pub last: Timestamp,
}

impl Brief {
    fn read(item: &Item) -> Result<Self> {
        let named = pending::Pending::of_key(&item.key);
        let item = Attributes(item);
        let named = named.ok_or_else(|| item.malformed("sk"))?;
        Ok(Self {
            hour: named.hour,
            segment: named.segment,
            events: item.number("events")?,
            first: item.time("first")?,
            last: item.time("last")?,
        })
    }
}

/// All partials of some hours without their states, in order of hour and segment.
///
/// # Errors
/// As [`page`].
pub async fn briefs(table: &dyn Table, span: &Span<'_>) -> Result<Vec<Brief>> {
    let (partition, range) = (partition(span.tenant, span.family), sorts(&span.hours));
    let (mut briefs, mut after) = (Vec::new(), None);
    loop {
        let page = table.query(&partition, &range, Projection::Only(&["events", "first", "last"]), span.read, after.as_ref()).await?;
        for item in &page.items {
            briefs.push(Brief::read(item)?);
        }
        after = page.next;
        if after.is_none() {
            return Ok(briefs);
        }
    }
}

/// The days with partials of an owner that were put before a moment.
///
/// # Errors
/// As [`page`].
pub async fn days_before(table: &dyn Table, (tenant, family): (&TenantId, Family), moment: Timestamp) -> Result<BTreeSet<Day>> {
    let (partition, mut days, mut after) = (partition(tenant, family), BTreeSet::new(), None);
    loop {
        let page = table.query(&partition, &Range::All, Projection::Only(&[EXPIRES_AT]), Read::Strong, after.as_ref()).await?;
        for item in &page.items {
            let pending = pending::Pending::of_key(&item.key).ok_or_else(|| Attributes(item).malformed("sk"))?;
            let expires_at: i64 = Attributes(item).number(EXPIRES_AT)?;
            if expires_at - LIVES_SECONDS < moment.as_seconds() {
                days.insert(pending.day());
            }
        }
        after = page.next;
        if after.is_none() {
            return Ok(days);
        }
    }
}

/// The sort keys of some hours' partials. `$` follows `#`, so the range ends after all segments of the last hour.
fn sorts(hours: &RangeInclusive<Hour>) -> Range {
    Range::Between(hours.start().to_string(), format!("{}$", hours.end()))
}

/// Which partials are read, and how fresh.
#[derive(Debug, Clone)]
pub struct Span<'a> {
    /// Whose.
    pub tenant: &'a TenantId,
    /// Of which family.
    pub family: Family,
    /// Of which hours, both ends included.
    pub hours: RangeInclusive<Hour>,
    /// How fresh.
    pub read: Read,
}
