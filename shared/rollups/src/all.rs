//! Manifests of every kind in one call: those of days lie before that of all time, and those of months after it, in one partition.

use crate::manifest::{self, Owner, Result};
use crate::outline::{DayOutline, Outlines};
use crate::upper::{self, LifetimeManifest, MonthManifest};
use model::{Day, Month};
use ports::{Range, Read, Table};
use std::sync::Arc;

/// Where to begin: what lies before it is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// With a day. Every later one is read too.
    Day(Day),
    /// With all time, and every month.
    Lifetime,
    /// With a month.
    Month(Month),
}

/// Manifests, each kind in order.
#[derive(Debug, Clone, Default)]
pub struct Manifests {
    /// Those of days.
    pub days: Vec<Arc<DayOutline>>,
    /// That of all time, where there is one.
    pub lifetime: Option<LifetimeManifest>,
    /// Those of months.
    pub months: Vec<MonthManifest>,
}

/// The manifests from there up to a month, those that there are, of days as `outlines` makes them.
///
/// # Errors
/// Where the table does not answer, or an item is malformed.
pub async fn read(
    table: &dyn Table,
    owner: &Owner,
    (from, last, fresh): (From, Month, Read),
    outlines: &dyn Outlines,
) -> Result<Manifests> {
    let first = match from {
        From::Day(day) => day.to_string(),
        From::Lifetime => upper::LIFETIME.to_owned(),
        From::Month(month) => upper::sort_of_month(month),
    };
    let mut found = Manifests::default();
    for item in manifest::items(table, owner, (Range::Between(first, upper::sort_of_month(last)), fresh)).await? {
        if let Some(day) = Day::from_key(&item.key.sort) {
            found.days.push(outlines.outline(owner, day, &item)?);
        } else if let Some((_, month)) = upper::of_key(&item.key) {
            match month {
                Some(month) => found.months.push(MonthManifest::of(owner, Some(month), manifest::read(&item)?)),
                None => found.lifetime = Some(LifetimeManifest::of(owner, None, manifest::read(&item)?)),
            }
        }
    }
    Ok(found)
}
