//! The values of a column as text. What is the same for many rows is spelled once: the labels of a dictionary, and the date of times.

use crate::text::Spelling;
use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Float64Type, Int32Type, Int64Type, TimestampMillisecondType, UInt64Type};
use arrow_array::{Array, ArrayRef, BooleanArray, DictionaryArray, StringArray};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType, FieldRef};
use chrono::DateTime;
use std::io::Write;

const DAY_MS: i64 = 24 * 3_600_000;
/// The column whose texts are JSON objects.
const PROPERTIES: &str = "properties";

/// A column, ready to be spelled: what can be told of all its rows at once is.
pub(crate) struct Cells<'a> {
    /// Which rows have something; nothing where all have.
    nulls: Option<&'a NullBuffer>,
    kind: Kind<'a>,
}

enum Kind<'a> {
    /// No row has anything.
    Nothing,
    /// Each label is spelled once.
    Labels {
        keys: &'a [i32],
        spelled: Vec<u8>,
        ends: Vec<usize>,
    },
    /// There are more labels than rows: they may be those of many more rows than these.
    ManyLabels {
        keys: &'a [i32],
        labels: &'a StringArray,
    },
    Text(&'a StringArray),
    Object(&'a StringArray),
    Int32(&'a [i32]),
    Int64(&'a [i64]),
    UInt64(&'a [u64]),
    Float(&'a [f64]),
    Decimal(&'a [i128], u32),
    Flag(&'a BooleanArray),
    Time(&'a [i64], DateCache),
}

impl<'a> Cells<'a> {
    /// The cells of a column; `None` where it is of a type that no table here has.
    pub fn of(field: &FieldRef, array: &'a ArrayRef, spelling: Spelling) -> Option<Self> {
        let kind = match field.data_type() {
            DataType::Dictionary(..) => Kind::of_labels(array.as_dictionary_opt()?, spelling)?,
            DataType::Utf8 if field.name() == PROPERTIES => Kind::Object(array.as_string_opt()?),
            DataType::Utf8 => Kind::Text(array.as_string_opt()?),
            DataType::Int32 => Kind::Int32(array.as_primitive_opt::<Int32Type>()?.values()),
            DataType::Int64 => Kind::Int64(array.as_primitive_opt::<Int64Type>()?.values()),
            DataType::UInt64 => Kind::UInt64(array.as_primitive_opt::<UInt64Type>()?.values()),
            DataType::Float64 => Kind::Float(array.as_primitive_opt::<Float64Type>()?.values()),
            DataType::Decimal128(_, scale) => {
                Kind::Decimal(array.as_primitive_opt::<Decimal128Type>()?.values(), u32::try_from(*scale).ok()?)
            }
            DataType::Boolean => Kind::Flag(array.as_boolean_opt()?),
            DataType::Timestamp(..) => Kind::Time(array.as_primitive_opt::<TimestampMillisecondType>()?.values(), DateCache::default()),
            _ => return None,
        };
        let nulls = array.nulls().filter(|nulls| nulls.null_count() > 0);
        let is_nothing = nulls.is_some_and(|nulls| nulls.null_count() == array.len());
        Some(if is_nothing { Self { nulls: None, kind: Kind::Nothing } } else { Self { nulls, kind } })
    }

    /// Whether a row has nothing here.
    #[inline]
    pub fn is_nothing(&self, row: usize) -> bool {
        matches!(self.kind, Kind::Nothing) || self.nulls.is_some_and(|nulls| nulls.is_null(row))
    }

    /// Spells the value of a row.
    #[inline]
    pub fn spell(&mut self, row: usize, spelling: Spelling, to: &mut Vec<u8>) {
        if self.nulls.is_some_and(|nulls| nulls.is_null(row)) {
            return spelling.nothing(to);
        }
        match &mut self.kind {
            Kind::Labels { keys, spelled, ends } => {
                let key = usize::try_from(keys[row]).unwrap_or_default();
                let begin = if key == 0 { 0 } else { ends[key - 1] };
                to.extend_from_slice(&spelled[begin..ends[key]]);
            }
            Kind::ManyLabels { keys, labels } => spelling.text(labels.value(usize::try_from(keys[row]).unwrap_or_default()), to),
            Kind::Text(texts) => spelling.text(texts.value(row), to),
            Kind::Object(texts) => spelling.object(texts.value(row), to),
            Kind::Int32(numbers) => whole(numbers[row], to),
            Kind::Int64(numbers) => whole(numbers[row], to),
            Kind::UInt64(numbers) => whole(numbers[row], to),
            // Writing to memory cannot fail.
            Kind::Float(numbers) if numbers[row].is_finite() => _ = write!(to, "{}", numbers[row]),
            Kind::Float(_) | Kind::Nothing => spelling.nothing(to),
            Kind::Decimal(numbers, scale) => decimal(numbers[row], *scale, to),
            Kind::Flag(flags) => to.extend_from_slice(if flags.value(row) { b"true" } else { b"false" }),
            Kind::Time(times, cache) => spelling.plain(cache.spell(times[row]), to),
        }
    }
}

impl<'a> Kind<'a> {
    fn of_labels(dictionary: &'a DictionaryArray<Int32Type>, spelling: Spelling) -> Option<Self> {
        let (keys, labels) = (dictionary.keys().values(), dictionary.values().as_string_opt::<i32>()?);
        if labels.len() > keys.len() {
            return Some(Self::ManyLabels { keys, labels });
        }
        let (mut spelled, mut ends) = (Vec::new(), Vec::with_capacity(labels.len()));
        for label in labels {
            spelling.text(label.unwrap_or_default(), &mut spelled);
            ends.push(spelled.len());
        }
        Some(Self::Labels { keys, spelled, ends })
    }
}

fn whole(number: impl itoa::Integer, to: &mut Vec<u8>) {
    to.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// A decimal without the zeros that it ends with.
fn decimal(units: i128, scale: u32, to: &mut Vec<u8>) {
    let one = 10_u128.pow(scale);
    if units < 0 {
        to.push(b'-');
    }
    let units = units.unsigned_abs();
    whole(units / one, to);
    let rest = units % one;
    if rest > 0 {
        let mut digits = itoa::Buffer::new();
        let digits = digits.format(rest);
        to.push(b'.');
        to.resize(to.len() + (scale as usize).saturating_sub(digits.len()), b'0');
        to.extend_from_slice(digits.trim_end_matches('0').as_bytes());
    }
}

/// Spells times as RFC 3339 has them, in milliseconds of UTC. Rows are ordered by time: the date is worked out once a day.
#[derive(Default)]
struct DateCache {
    day: Option<i64>,
    /// The date, and after it the time that was spelled last.
    spelled: Vec<u8>,
    date_bytes: usize,
}

impl DateCache {
    #[inline]
    fn spell(&mut self, millis: i64) -> &[u8] {
        let (day, rest) = (millis.div_euclid(DAY_MS), millis.rem_euclid(DAY_MS));
        if self.day != Some(day) {
            self.turn(day);
        }
        let (seconds, millis) = (rest / 1000, rest % 1000);
        let [h, hh] = two(seconds / 3600);
        let [m, mm] = two(seconds / 60 % 60);
        let [s, ss] = two(seconds % 60);
        let [f, ff] = two(millis / 10);
        self.spelled.truncate(self.date_bytes);
        self.spelled.extend_from_slice(&[h, hh, b':', m, mm, b':', s, ss, b'.', f, ff, digit(millis % 10), b'Z']);
        &self.spelled
    }

    #[cold]
    fn turn(&mut self, day: i64) {
        let date = DateTime::from_timestamp_millis(day * DAY_MS).map(|moment| moment.format("%Y-%m-%dT").to_string());
        self.spelled = date.unwrap_or_default().into_bytes();
        (self.day, self.date_bytes) = (Some(day), self.spelled.len());
    }
}

fn two(number: i64) -> [u8; 2] {
    [digit(number / 10), digit(number % 10)]
}

fn digit(number: i64) -> u8 {
    b'0' + u8::try_from(number).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_spelled_as_rfc_3339_has_them() {
        let mut cache = DateCache::default();
        for millis in [0, 1_795_239_010_007, 1_795_239_010_999, -1, 951_782_400_000] {
            let expect = DateTime::from_timestamp_millis(millis).unwrap().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
            assert_eq!(std::str::from_utf8(cache.spell(millis)).unwrap(), expect);
        }
    }

    #[test]
    fn decimals_are_exact_and_no_longer_than_they_need_be() {
        let check = |units: i128, scale: u32, expect: &str| {
            let mut to = Vec::new();
            decimal(units, scale, &mut to);
            assert_eq!(String::from_utf8(to).unwrap(), expect);
        };
        check(250_000_000_001, 12, "0.250000000001");
        check(-1_500_000, 6, "-1.5");
        check(-5, 1, "-0.5");
        check(30, 0, "30");
        check(0, 6, "0");
        check(29_990_000, 6, "29.99");
        check(1_000_000_000_000_000_000_000_000_000_050, 30, "1.00000000000000000000000000005");
    }
}
