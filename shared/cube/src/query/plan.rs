//! What may be read to answer: spans of buckets, each of the coarsest grain that the question allows there. Whether such a bucket is there
//! and current is for the reader to find out; it may take finer ones instead.

use super::calendar::Calendar;
use super::check::Group;
use super::{Granularity, Query, Range};
use model::{Day, Hour, HourOffset, Timestamp};

/// The size of a stored bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grain {
    /// An hour: a rollup, or partials that are not settled yet.
    Hour,
    /// A day of the tenant.
    Day,
    /// A month of the tenant.
    Month,
    /// Any number of months in one.
    Lifetime,
}

/// A stored bucket: its size, and its first hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bucket {
    /// Its size.
    pub grain: Grain,
    /// Its first hour; of a lifetime, one of the span that it is read for.
    pub start: Hour,
}

/// Hours that follow each other, from one up to, and without, another; where the grain is coarser they are whole buckets of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The coarsest buckets that may be read of them. Finer ones may be, too: each bucket of a grain is made of whole ones of the next.
    pub grain: Grain,
    /// The first hour.
    pub from: Hour,
    /// The first hour after the last.
    pub to: Hour,
}

/// What may be read: spans in the order of time, that cover the range once. Whoever reads takes of each span the coarsest buckets that it
/// finds, so that each hour is in one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// What may be read.
    pub reads: Vec<Span>,
    /// What is read: whole hours, so the range asked for or a little more.
    pub covered: Range,
    /// By how much the hours begin after UTC's.
    pub hour_offset: HourOffset,
    /// Into what times the answer is divided.
    pub(super) calendar: Calendar,
}

impl Query {
    /// What may be read to answer, of a tenant whose hours begin so much after UTC's: all hours that the range touches.
    #[must_use]
    pub fn plan(&self, hour_offset: HourOffset) -> Plan {
        let from = Hour::of(self.range.from, hour_offset);
        let last = Hour::of(self.range.to.plus_millis(-1), hour_offset);
        let to = Hour::from_index(last.index().saturating_add(1));
        let calendar = Calendar::new(self.granularity, self.timezone, (from..=last, hour_offset));
        let mut plan =
            Plan { reads: Vec::new(), covered: Range { from: from.start(hour_offset), to: to.start(hour_offset) }, hour_offset, calendar };
        let mut next = from;
        while next < to {
            let (grain, after) = self.coarsest(&plan, next, to);
            plan.push(Span { grain, from: next, to: after });
            next = after;
        }
        plan
    }

    /// The coarsest bucket that begins with an hour, ends within the range and lies in one group of the answer, and the hour after it. Hours
    /// go on to the end of their day at least.
    fn coarsest(&self, plan: &Plan, from: Hour, to: Hour) -> (Grain, Hour) {
        let day = from.day();
        let after_day = day.next().first_hour();
        if day.first_hour() == from && after_day <= to && self.takes_day(plan, day) {
            let month = day.month();
            let after_month = month.next().first_day().first_hour();
            if month.first_day() == day && after_month <= to && self.takes_months(plan, (from, after_month)) {
                return (if self.granularity.is_none() { Grain::Lifetime } else { Grain::Month }, after_month);
            }
            return (Grain::Day, after_day);
        }
        (Grain::Hour, after_day.min(to))
    }

    /// Whether all hours of a day come together in the answer.
    fn takes_day(&self, plan: &Plan, day: Day) -> bool {
        let (first, last) = (day.first_hour(), day.last_hour());
        if self.granularity == Some(Granularity::Hour) || self.groups.contains(&Group::HourOfDay) || !plan.is_one_bucket(first, last) {
            return false;
        }
        let weekday = |hour| plan.calendar.weekday(plan.middle(Hour::from_index(hour)));
        !self.groups.contains(&Group::Weekday) || (first.index()..=last.index()).all(|hour| weekday(hour) == weekday(first.index()))
    }

    fn takes_months(&self, plan: &Plan, (from, to): (Hour, Hour)) -> bool {
        !self.groups.contains(&Group::Weekday) && plan.is_one_bucket(from, Hour::from_index(to.index() - 1))
    }
}

impl Plan {
    fn push(&mut self, span: Span) {
        match self.reads.last_mut() {
            Some(last) if last.grain == span.grain => last.to = span.to,
            _ => self.reads.push(span),
        }
    }

    /// Whether two hours, and so all between them, are in one bucket of the series.
    fn is_one_bucket(&self, first: Hour, last: Hour) -> bool {
        self.calendar.index_of(self.middle(first)) == self.calendar.index_of(self.middle(last))
    }

    /// All hours that are read, as one span.
    #[must_use]
    pub fn hours(&self) -> std::ops::Range<Hour> {
        let end = Hour::from_index(0);
        self.reads.first().map_or(end, |first| first.from)..self.reads.last().map_or(end, |last| last.to)
    }

    /// Whether a bucket may be read.
    #[must_use]
    pub fn allows(&self, bucket: Bucket) -> bool {
        let after = self.reads.partition_point(|span| span.to <= bucket.start);
        self.reads.get(after).is_some_and(|span| span.from <= bucket.start && bucket.grain <= span.grain)
    }

    /// The middle of an hour: what decides the day it belongs to where a zone's days do not begin with one of the tenant's hours.
    pub(super) fn middle(&self, hour: Hour) -> Timestamp {
        middle(hour, self.hour_offset)
    }
}

/// The middle of an hour.
pub(super) fn middle(hour: Hour, offset: HourOffset) -> Timestamp {
    hour.start(offset).plus_millis(30 * 60_000)
}
