//! The time that a read asks about, from its parameters: `startDate` and `endDate`, or `period`; `granularity`; `timezone`.

use super::calendar::{Calendar, start_of_day, whole_dates};
use super::check::{QueryFault, check_points};
use super::plan::middle;
use super::{Granularity, Range};
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use model::accept::Fault;
use model::{Hour, HourOffset, Timestamp};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// How far back a read goes that does not say.
const DEFAULT_DAYS: i64 = 30;
/// The most units that a period may have.
const MOST_UNITS: u32 = 100_000;

/// The parameters of time, as sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TimeParameters<'a> {
    /// A date (its first moment) or a date-time.
    pub start_date: Option<&'a str>,
    /// A date (included whole) or a date-time (not included).
    pub end_date: Option<&'a str>,
    /// `24h`, `7d`, `4w`, `6m`, `1y` back from now, or `day`, `week`, `month`, `quarter`, `year` from its start.
    pub period: Option<&'a str>,
    /// `hour`, `day`, `week`, `month`.
    pub granularity: Option<&'a str>,
    /// An IANA name.
    pub timezone: Option<&'a str>,
}

impl TimeParameters<'_> {
    /// The names of the parameters.
    pub const NAMES: [&'static str; 5] = ["startDate", "endDate", "period", "granularity", "timezone"];
}

/// What time a read asks about, how it is divided, and where its days begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// From when to when.
    pub range: Range,
    /// Into what a series is divided; the one asked for, or one that makes about a hundred points at most.
    pub granularity: Granularity,
    /// The zone whose days, weeks and months are meant.
    pub timezone: Tz,
}

impl Window {
    /// What the parameters say at this moment, to a tenant whose hours begin so much after UTC's.
    ///
    /// Only whole hours can be read. An end within an hour takes the hour in, so that nothing asked for is missing; but where a day of the
    /// zone begins within an hour, that hour belongs to the day that holds its middle, so that days neither share an hour nor lose one.
    ///
    /// # Errors
    /// All faults of the parameters.
    pub fn of(parameters: &TimeParameters<'_>, now: Timestamp, hour_offset: HourOffset) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let timezone = timezone(parameters).unwrap_or_else(|fault| {
            faults.push(fault);
            Tz::UTC
        });
        let range = range(parameters, timezone, now).map_err(|fault| faults.extend(fault));
        let granularity = granularity(parameters).map_err(|fault| faults.push(fault));
        match (range, granularity) {
            (Ok(range), Ok(granularity)) if faults.is_empty() => {
                let range = by_middles(range, timezone, hour_offset);
                Ok(Self { range, granularity: granularity.unwrap_or_else(|| Granularity::fitting(range)), timezone })
            }
            _ => Err(faults),
        }
    }
}

/// A bucket of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Division {
    /// When it begins.
    pub start: Timestamp,
    /// What of it lies in the range.
    pub range: Range,
}

impl Window {
    /// The buckets that a series of it has, of a tenant whose hours begin so much after UTC's: the same that a [`super::Query`] has.
    ///
    /// # Errors
    /// Where they are more than a series may have.
    pub fn divisions(&self, hour_offset: HourOffset) -> Result<Vec<Division>, QueryFault> {
        check_points(self.granularity, self.range)?;
        let hours = Hour::of(self.range.from, hour_offset)..=Hour::of(self.range.to.plus_millis(-1), hour_offset);
        let calendar = Calendar::new(Some(self.granularity), self.timezone, (hours, hour_offset));
        let starts = calendar.starts();
        // The last hour may belong to a bucket that begins within it, after what was asked for: then its rest is that bucket's.
        let is_short = starts.last().is_some_and(|last| self.range.to <= *last);
        let to = if is_short { self.by_hours(hour_offset).range.to } else { self.range.to };
        let ends = starts.iter().skip(1).copied().chain([to]);
        let division = |(start, end): (&Timestamp, Timestamp)| {
            let range = Range { from: self.range.from.max(*start), to: to.min(end) };
            Division { start: *start, range }
        };
        Ok(starts.iter().zip(ends).map(division).collect())
    }

    /// The same by whole hours: the range that is read, where nothing else is.
    #[must_use]
    pub fn by_hours(self, hour_offset: HourOffset) -> Self {
        let start = |hour: Hour| hour.start(hour_offset);
        let after = Hour::from_index(Hour::of(self.range.to.plus_millis(-1), hour_offset).index().saturating_add(1));
        Self { range: Range { from: start(Hour::of(self.range.from, hour_offset)), to: start(after) }, ..self }
    }

    /// The same by whole buckets, with so many more before them.
    #[must_use]
    pub fn whole(self, more: u32, hour_offset: HourOffset) -> Self {
        let (first, last) = (Hour::of(self.range.from, hour_offset), Hour::of(self.range.to.plus_millis(-1), hour_offset));
        if self.granularity == Granularity::Hour {
            let start = |hour| Hour::from_index(hour).start(hour_offset);
            let range = Range { from: start(first.index().saturating_sub_unsigned(more)), to: start(last.index().saturating_add(1)) };
            return Self { range, ..self };
        }
        let dates = whole_dates((self.granularity, self.timezone), (middle(first, hour_offset), middle(last, hour_offset)), more);
        let [from, to] = <[NaiveDate; 2]>::from(dates).map(|date| start_of_day(date, self.timezone));
        Self { range: by_middles(Range { from, to }, self.timezone, hour_offset), ..self }
    }
}

/// The range with ends that begin a day of the zone moved to the first hour whose middle is not before them.
fn by_middles(range: Range, timezone: Tz, hour_offset: HourOffset) -> Range {
    let moved = |end: Timestamp| {
        let date = DateTime::<Utc>::from(end).with_timezone(&timezone).date_naive();
        let hour = Hour::of(end, hour_offset).start(hour_offset);
        match start_of_day(date, timezone) == end {
            true if end.millis_since(hour) > HOUR_MS / 2 => hour.plus_millis(HOUR_MS),
            true => hour,
            false => end,
        }
    };
    let moved = Range { from: moved(range.from), to: moved(range.to) };
    if moved.from < moved.to { moved } else { range }
}

fn fault(parameter: &str, code: &'static str, message: impl Into<String>) -> Fault {
    Fault { pointer: parameter.to_owned(), code, message: message.into() }
}

fn timezone(parameters: &TimeParameters<'_>) -> Result<Tz, Fault> {
    let Some(name) = parameters.timezone else { return Ok(Tz::UTC) };
    let unknown = || fault("timezone", "unknown_timezone", "is not a time zone of the IANA database, such as Europe/Berlin");
    name.parse().map_err(|_| unknown())
}

fn granularity(parameters: &TimeParameters<'_>) -> Result<Option<Granularity>, Fault> {
    let Some(name) = parameters.granularity else { return Ok(None) };
    let unknown = || fault("granularity", "unknown_granularity", "must be hour, day, week or month");
    Granularity::from_name(name).map(Some).ok_or_else(unknown)
}

fn range(parameters: &TimeParameters<'_>, timezone: Tz, now: Timestamp) -> Result<Range, Vec<Fault>> {
    let TimeParameters { start_date, end_date, period, .. } = *parameters;
    if let Some(period) = period {
        if start_date.is_some() || end_date.is_some() {
            return Err(vec![fault("period", "conflict", "cannot be combined with startDate or endDate")]);
        }
        let unknown =
            || fault("period", "unknown_period", "must be a number with h, d, w, m or y, or one of day, week, month, quarter, year");
        let from = period_start(period, timezone, now).ok_or_else(|| vec![unknown()])?;
        // On the stroke of a period's start there is nothing in it yet, and a range is never empty.
        return Ok(Range { from, to: now.max(from.plus_millis(1)) });
    }
    let malformed = |name| fault(name, "not_a_date", "must be a date (2026-01-31) or a date-time (2026-01-31T12:00:00Z) of ISO 8601");
    let mut faults = Vec::new();
    let mut read = |name, text: Option<&str>, read: &dyn Fn(&str) -> Option<Timestamp>| {
        let moment = text.map(|text| read(text).ok_or_else(|| malformed(name))).transpose();
        moment.unwrap_or_else(|fault| {
            faults.push(fault);
            None
        })
    };
    let to = read("endDate", end_date, &|text| moment(text, timezone, true)).unwrap_or(now);
    let from =
        read("startDate", start_date, &|text| moment(text, timezone, false)).unwrap_or_else(|| to.plus_millis(-DEFAULT_DAYS * DAY_MS));
    if faults.is_empty() && from >= to {
        faults.push(fault("startDate", "bad_range", "must be before endDate, which is now where it is not given"));
    }
    if faults.is_empty() { Ok(Range { from, to }) } else { Err(faults) }
}

/// When a period that ends now begins.
fn period_start(period: &str, timezone: Tz, now: Timestamp) -> Option<Timestamp> {
    let local = DateTime::<Utc>::from(now).with_timezone(&timezone);
    let today = local.date_naive();
    let date = match period {
        "day" => Some(today),
        "week" => today.checked_sub_days(Days::new(u64::from(today.weekday().num_days_from_monday()))),
        "month" => today.with_day(1),
        "quarter" => today.with_day(1)?.with_month(today.month0() / 3 * 3 + 1),
        "year" => today.with_day(1)?.with_month(1),
        _ => return rolling_start(period, &local),
    };
    Some(start_of_day(date?, timezone))
}

/// When a period of so many units that ends now begins: hours, days and weeks are lengths of time, months and years steps in the calendar.
fn rolling_start(period: &str, now: &DateTime<Tz>) -> Option<Timestamp> {
    let unit = period.chars().last()?;
    let digits = period.strip_suffix(unit)?;
    let count: u32 = if digits.bytes().all(|b| b.is_ascii_digit()) { digits.parse().ok()? } else { return None };
    if count == 0 || count > MOST_UNITS {
        return None;
    }
    let back = |length_ms: i64| Some(Timestamp::from(now.to_utc()).plus_millis(-length_ms * i64::from(count)));
    let months_back = |months: u32| {
        let then = now.naive_local().checked_sub_months(Months::new(months))?;
        (then.year() >= 1900).then(|| resolve(then, now.timezone()))
    };
    match unit {
        'h' => back(HOUR_MS),
        'd' => back(DAY_MS),
        'w' => back(7 * DAY_MS),
        'm' => months_back(count),
        'y' => months_back(count.checked_mul(12)?),
        _ => None,
    }
}

/// The moment that a text means: of a date, its first moment or (where it is an end) the first one after it.
fn moment(text: &str, timezone: Tz, is_end: bool) -> Option<Timestamp> {
    if let Ok(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        let date = if is_end { date.succ_opt()? } else { date };
        return Some(start_of_day(date, timezone));
    }
    let text = respaced(text);
    let zoned = text.strip_suffix(['Z', 'z']).map_or_else(|| text.clone(), |utc| format!("{utc}+00:00"));
    let forms = ["%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%dT%H:%M%z"];
    if let Some(moment) = forms.iter().find_map(|form| DateTime::parse_from_str(&zoned, form).ok()) {
        return Some(moment.to_utc().into());
    }
    let local = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"].iter().find_map(|form| NaiveDateTime::parse_from_str(&text, form).ok())?;
    Some(resolve(local, timezone))
}

/// A date-time as it was before a query's decoding made a space of its `+`; one between date and time is as good as a `T`.
fn respaced(text: &str) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    for (position, character) in characters.iter_mut().enumerate() {
        if *character == ' ' {
            *character = if position == 10 { 'T' } else { '+' };
        }
    }
    characters.into_iter().collect()
}

/// The moment that a zone's clocks show a local time: the first of two, or where clocks skip it, the moment they skip to.
fn resolve(local: NaiveDateTime, timezone: Tz) -> Timestamp {
    let quarters = (0..=4 * 24).map(|quarter| local + TimeDelta::minutes(15 * quarter));
    let shown = quarters.into_iter().find_map(|time| timezone.from_local_datetime(&time).earliest());
    shown.map_or_else(|| local.and_utc(), |moment| moment.with_timezone(&Utc)).into()
}

#[cfg(test)]
mod tests;
