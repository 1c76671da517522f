//! What is settled of one family: the manifests that questions need, read after the partials (I7), and which rollups may be used.

use cube::query::{Grain, Span};
use futures::stream::{self, StreamExt, TryStreamExt};
use model::{Day, Hour, Month, SegmentId};
use ports::{Read, Table};
use records::Partial;
use rollups::all::{self, From};
use rollups::{DayOutline, LifetimeManifest, ManifestError, MonthManifest, Outlines, Owner, Rollup, day};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::RangeInclusive;
use std::sync::Arc;

/// Days between two that are read too, where that spares a query.
const GAP_DAYS: i32 = 7;
/// Ranges of days that are read at once.
const RANGES_AT_ONCE: usize = 8;
/// From how many months on it is worth looking for what is settled of all time.
const LIFETIME_MONTHS: usize = 12;

/// What is settled of a family, as far as the questions need to know.
pub(crate) struct Settled {
    days: BTreeMap<Day, Arc<DayOutline>>,
    months: BTreeMap<Month, MonthManifest>,
    lifetime: Option<LifetimeManifest>,
    /// Days of which partials were seen. They may be settled by now; only a day's manifest tells.
    busy: BTreeSet<Day>,
}

/// How a month is read.
#[derive(Clone, Copy)]
pub(crate) enum Source<'a> {
    /// From its rollup.
    Rollup(&'a Rollup),
    /// From its days.
    Days,
}

/// How the months of a span are read.
pub(crate) struct Months<'a> {
    /// The rollup of all time, for the months that are in it.
    pub(crate) lifetime: Option<&'a Rollup>,
    /// All others of which anything is settled.
    pub(crate) others: Vec<(Month, Source<'a>)>,
}

impl Settled {
    /// Reads what is settled of these spans, strongly consistent. The partials must have been read before.
    pub(crate) async fn read(
        table: &dyn Table,
        owner: &Owner,
        spans: &[Span],
        (partials, today): (&[Partial], Day),
        outlines: &dyn Outlines,
    ) -> Result<Self, ManifestError> {
        let busy: BTreeSet<Day> = partials.iter().map(|partial| partial.hour.day()).collect();
        let (by_month, by_day): (Vec<Span>, Vec<Span>) = spans.iter().partition(|span| span.grain >= Grain::Month);
        let mut needed: BTreeSet<Day> = by_day.iter().flat_map(|span| days_of(*span)).collect();
        needed.extend(&busy);
        let Found { days, months, lifetime } = find(table, owner, (&needed, &by_month, today), outlines).await?;
        let mut settled = Self { days, months, lifetime, busy };
        let fallen_back = by_month.iter().flat_map(|span| settled.months_of(*span).others);
        let days = fallen_back.filter(|(_, source)| matches!(source, Source::Days)).flat_map(|(month, _)| days_of_month(month));
        let more: BTreeSet<Day> = days.filter(|day| !needed.contains(day)).collect();
        // What was read before stays as it is: the months were judged by it.
        settled.days.extend(read_days(table, owner, ranges(&more), outlines).await?.into_iter().filter(|(day, _)| more.contains(day)));
        Ok(settled)
    }

    /// The manifests of the days of a span, those that there are.
    pub(crate) fn days(&self, days: RangeInclusive<Day>) -> impl Iterator<Item = &DayOutline> {
        self.days.range(days).map(|(_, manifest)| &**manifest)
    }

    /// How the months of a span are to be read: as few as possible, each only where it is made of what is current.
    pub(crate) fn months_of(&self, span: Span) -> Months<'_> {
        let (first, last) = (span.from.day().month(), Hour::from_index(span.to.index() - 1).day().month());
        let lifetime = self.lifetime.as_ref().filter(|lifetime| {
            span.grain == Grain::Lifetime
                && lifetime.is_current()
                && parts(lifetime).all(|month| first <= month && month <= last && self.is_as_in(lifetime, month))
        });
        let mut others: BTreeMap<Month, Source> = BTreeMap::new();
        let busy = self.busy.iter().map(|day| day.month());
        for month in self.months.range(first..=last).map(|(month, _)| *month).chain(busy.filter(|month| first <= *month && *month <= last))
        {
            if lifetime.is_none_or(|lifetime| lifetime.built(month) == 0)
                && let Some(source) = self.source_of(month)
            {
                others.insert(month, source);
            }
        }
        Months { lifetime: lifetime.and_then(|lifetime| lifetime.body.rollup.as_ref()), others: others.into_iter().collect() }
    }

    /// Whether a month is in the rollup of all time as it is now. Whatever has changed in a month was needed of that rollup first, so where it
    /// is current only partials that were seen, and may be settled since, can make it differ.
    fn is_as_in(&self, lifetime: &LifetimeManifest, month: Month) -> bool {
        !self.is_busy(month)
            || self.months.get(&month).is_some_and(|own| own.version == lifetime.built(month) && own.is_current() && self.fits_days(month))
    }

    fn is_busy(&self, month: Month) -> bool {
        self.busy.range(month.first_day()..=month.last_day()).next().is_some()
    }

    /// How a month is read; `None` where nothing of it is settled. A month without a manifest has no settled day: it is marked first.
    fn source_of(&self, month: Month) -> Option<Source<'_>> {
        let own = self.months.get(&month);
        if !self.fits_days(month) {
            return Some(Source::Days);
        }
        let rollup = own?.body.rollup.as_ref().filter(|_| own.is_some_and(MonthManifest::is_current));
        Some(rollup.map_or(Source::Days, Source::Rollup))
    }

    /// Whether a month was built from just those versions of its days that say which of the partials that were seen are settled.
    fn fits_days(&self, month: Month) -> bool {
        let built = |day| self.months.get(&month).map_or(0, |month| month.built(day));
        let version = |day| self.days.get(&day).map_or(0, |manifest| manifest.version);
        self.busy.range(month.first_day()..=month.last_day()).all(|day| version(*day) == built(*day))
    }

    /// The partials whose events are in no rollup.
    pub(crate) fn unsettled(&self, partials: Vec<Partial>) -> Result<Vec<Partial>, ManifestError> {
        let mut absorbed: HashSet<(Hour, &SegmentId)> = HashSet::new();
        let hours: BTreeSet<Hour> = partials.iter().map(|partial| partial.hour).collect();
        for hour in hours {
            let day = self.days.get(&hour.day());
            if let Some(entry) = day.map(|day| day.hour(hour)).transpose()?.flatten() {
                absorbed.extend(entry.absorbed.iter().map(|absorbed| (hour, &absorbed.segment)));
            }
        }
        Ok(partials.into_iter().filter(|partial| !absorbed.contains(&(partial.hour, &partial.segment))).collect())
    }
}

/// The months that a rollup of all time is made of.
fn parts(lifetime: &LifetimeManifest) -> impl Iterator<Item = Month> {
    lifetime.body.parts.iter().filter(|(_, need)| need.built > 0).map(|(month, _)| *month)
}

/// Manifests by what they are of.
struct Found {
    days: BTreeMap<Day, Arc<DayOutline>>,
    months: BTreeMap<Month, MonthManifest>,
    lifetime: Option<LifetimeManifest>,
}

/// Finds the manifests of these days, and those of the months that these spans touch. Days up to about today, months and all time take one
/// call together, because they lie side by side.
async fn find(
    table: &dyn Table,
    owner: &Owner,
    (days, by_month, today): (&BTreeSet<Day>, &[Span], Day),
    outlines: &dyn Outlines,
) -> Result<Found, ManifestError> {
    let last_hour = |span: &Span| Hour::from_index(span.to.index() - 1);
    let first = by_month.iter().map(|span| span.from.day().month()).min();
    let last = by_month.iter().map(|span| last_hour(span).day().month()).max();
    let (Some(first), Some(last)) = (first, last) else {
        return Ok(Found { days: read_days(table, owner, ranges(days), outlines).await?, months: BTreeMap::new(), lifetime: None });
    };
    let is_long = |span: &Span| days_of(*span).count() > LIFETIME_MONTHS * 31;
    let wants_lifetime = by_month.iter().any(|span| span.grain == Grain::Lifetime && is_long(span));
    let mut ranges = ranges(days);
    let recent = ranges.pop_if(|range| today.index() - range.end().index() <= GAP_DAYS);
    let from = match recent {
        Some(days) => From::Day(*days.start()),
        None if wants_lifetime => From::Lifetime,
        None => From::Month(first),
    };
    let (found, others) =
        futures::try_join!(all::read(table, owner, (from, last, Read::Strong), outlines), read_days(table, owner, ranges, outlines))?;
    let days = found.days.into_iter().map(|manifest| (manifest.day, manifest));
    Ok(Found {
        days: days.chain(others).collect(),
        months: found.months.into_iter().filter_map(|manifest| Some((manifest.month?, manifest))).collect(),
        lifetime: found.lifetime.filter(|_| wants_lifetime),
    })
}

async fn read_days(
    table: &dyn Table,
    owner: &Owner,
    days: Vec<RangeInclusive<Day>>,
    outlines: &dyn Outlines,
) -> Result<BTreeMap<Day, Arc<DayOutline>>, ManifestError> {
    let ranges: Vec<_> = days.into_iter().map(|days| day::outlines(table, owner, (days, Read::Strong), outlines)).collect();
    let found: Vec<Vec<Arc<DayOutline>>> = stream::iter(ranges).buffer_unordered(RANGES_AT_ONCE).try_collect().await?;
    Ok(found.into_iter().flatten().map(|manifest| (manifest.day, manifest)).collect())
}

/// Days in ranges, a short gap between them left in.
fn ranges(days: &BTreeSet<Day>) -> Vec<RangeInclusive<Day>> {
    let mut ranges: Vec<RangeInclusive<Day>> = Vec::new();
    for day in days {
        match ranges.last_mut() {
            Some(last) if day.index() - last.end().index() <= GAP_DAYS + 1 => *last = *last.start()..=*day,
            _ => ranges.push(*day..=*day),
        }
    }
    ranges
}

/// The days that a span touches.
fn days_of(span: Span) -> impl Iterator<Item = Day> {
    let last = Hour::from_index(span.to.index() - 1).day();
    (span.from.day().index()..=last.index()).map(Day::from_index)
}

fn days_of_month(month: Month) -> impl Iterator<Item = Day> {
    (month.first_day().index()..=month.last_day().index()).map(Day::from_index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_with_a_short_gap_between_them_are_read_together() {
        let day = Day::from_index;
        assert_eq!(ranges(&[1, 2, 3, 11, 30].into_iter().map(day).collect()), [day(1)..=day(11), day(30)..=day(30)]);
        assert_eq!(ranges(&[1, 10].into_iter().map(day).collect()), [day(1)..=day(1), day(10)..=day(10)]);
        assert_eq!(ranges(&BTreeSet::new()), []);
    }
}
