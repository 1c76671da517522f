//! The time that there can be events of: keys name years with four digits, and nothing is accepted from before 1970.

use model::{Day, Hour, HourOffset, Month, Timestamp};
use std::ops::RangeInclusive;

/// 9999-12-31T23:59:59.999Z.
const LAST: Timestamp = Timestamp::from_millis(253_402_300_799_999);

fn hour_of(moment: Timestamp) -> Hour {
    Hour::of(moment, HourOffset::default())
}

/// All hours. The first may begin in 1969 where a tenant's hours begin later than UTC's.
pub(crate) fn hours() -> RangeInclusive<Hour> {
    Hour::from_index(hour_of(Timestamp::default()).index() - 24)..=hour_of(LAST)
}

/// All months from that of a day on.
pub(crate) fn months_from(day: Day) -> RangeInclusive<Month> {
    day.month()..=hour_of(LAST).day().month()
}
