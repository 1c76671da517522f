//! The values of a column as text. What is the same for many rows is spelled once: the labels of a dictionary, and the date of times.

use crate::text::Spelling;
use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Float64Type, Int32Type, Int64Type, TimestampMillisecondType, UInt64Type};
use arrow_array::{Array, ArrayRef, BooleanArray, Decimal128Array, PrimitiveArray, StringArray};
use arrow_schema::{DataType, FieldRef};
use chrono::DateTime;

const DAY_MS: i64 = 24 * 3_600_000;
/// The column whose texts are JSON objects.
const PROPERTIES: &str = "properties";

/// A column, ready to be spelled.
pub(crate) struct Cells<'a> {
    array: &'a ArrayRef,
    kind: Kind<'a>,
}

enum Kind<'a> {
    Labels { keys: &'a PrimitiveArray<Int32Type>, spelled: Vec<u8>, ends: Vec<usize> },
    Text(&'a StringArray),
    Object(&'a StringArray),
    Int32(&'a PrimitiveArray<Int32Type>),
    Int64(&'a PrimitiveArray<Int64Type>),
    UInt64(&'a PrimitiveArray<UInt64Type>),
    Float(&'a PrimitiveArray<Float64Type>),
    Decimal(&'a Decimal128Array, u32),
    Flag(&'a BooleanArray),
    Time(&'a PrimitiveArray<TimestampMillisecondType>, DateCache),
}

impl<'a> Cells<'a> {
    /// The cells of a column; `None` where it is of a type that no table here has.
    pub fn of(field: &FieldRef, array: &'a ArrayRef, spelling: Spelling) -> Option<Self> {
        let kind = match field.data_type() {
            DataType::Dictionary(..) => {
                let labels = array.as_dictionary_opt::<Int32Type>()?;
                let values = labels.values().as_string_opt::<i32>()?;
                let (mut spelled, mut ends) = (Vec::new(), Vec::with_capacity(values.len()));
                for value in values {
                    spelling.text(value.unwrap_or_default(), &mut spelled);
                    ends.push(spelled.len());
                }
                Kind::Labels { keys: labels.keys(), spelled, ends }
            }
            DataType::Utf8 if field.name() == PROPERTIES => Kind::Object(array.as_string_opt()?),
            DataType::Utf8 => Kind::Text(array.as_string_opt()?),
            DataType::Int32 => Kind::Int32(array.as_primitive_opt()?),
            DataType::Int64 => Kind::Int64(array.as_primitive_opt()?),
            DataType::UInt64 => Kind::UInt64(array.as_primitive_opt()?),
            DataType::Float64 => Kind::Float(array.as_primitive_opt()?),
            DataType::Decimal128(_, scale) => Kind::Decimal(array.as_primitive_opt::<Decimal128Type>()?, u32::try_from(*scale).ok()?),
            DataType::Boolean => Kind::Flag(array.as_boolean_opt()?),
            DataType::Timestamp(..) => Kind::Time(array.as_primitive_opt()?, DateCache::default()),
            _ => return None,
        };
        Some(Self { array, kind })
    }

    /// Whether a row has nothing here.
    pub fn is_nothing(&self, row: usize) -> bool {
        self.array.is_null(row)
    }

    /// Spells the value of a row.
    pub fn spell(&mut self, row: usize, spelling: Spelling, to: &mut Vec<u8>) {
        if self.array.is_null(row) {
            return spelling.nothing(to);
        }
        match &mut self.kind {
            Kind::Labels { keys, spelled, ends } => {
                let key = usize::try_from(keys.value(row)).unwrap_or_default();
                let begin = if key == 0 { 0 } else { ends[key - 1] };
                to.extend_from_slice(&spelled[begin..ends[key]]);
            }
            Kind::Text(texts) => spelling.text(texts.value(row), to),
            Kind::Object(texts) => spelling.object(texts.value(row), to),
            Kind::Int32(numbers) => whole(numbers.value(row), to),
            Kind::Int64(numbers) => whole(numbers.value(row), to),
            Kind::UInt64(numbers) => whole(numbers.value(row), to),
            Kind::Float(numbers) if numbers.value(row).is_finite() => to.extend_from_slice(numbers.value(row).to_string().as_bytes()),
            Kind::Float(_) => spelling.nothing(to),
            Kind::Decimal(numbers, scale) => decimal(numbers.value(row), *scale, to),
            Kind::Flag(flags) => to.extend_from_slice(if flags.value(row) { b"true" } else { b"false" }),
            Kind::Time(times, cache) => spelling.plain(&cache.spell(times.value(row)), to),
        }
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
        let digits = format!("{rest:0width$}", width = scale as usize);
        to.push(b'.');
        to.extend_from_slice(digits.trim_end_matches('0').as_bytes());
    }
}

/// Spells times as RFC 3339 has them, in milliseconds of UTC. Rows are ordered by time: the date is worked out once a day.
#[derive(Default)]
struct DateCache {
    day: Option<i64>,
    spelled: Vec<u8>,
}

impl DateCache {
    fn spell(&mut self, millis: i64) -> Vec<u8> {
        let (day, rest) = (millis.div_euclid(DAY_MS), millis.rem_euclid(DAY_MS));
        if self.day != Some(day) {
            let date = DateTime::from_timestamp_millis(day * DAY_MS).map(|moment| moment.format("%Y-%m-%dT").to_string());
            (self.day, self.spelled) = (Some(day), date.unwrap_or_default().into_bytes());
        }
        let mut time = self.spelled.clone();
        let (seconds, millis) = (rest / 1000, rest % 1000);
        for (number, end) in [(seconds / 3600, b':'), (seconds / 60 % 60, b':'), (seconds % 60, b'.')] {
            time.extend_from_slice(&[digit(number / 10), digit(number % 10), end]);
        }
        time.extend_from_slice(&[digit(millis / 100), digit(millis / 10 % 10), digit(millis % 10), b'Z']);
        time
    }
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
            assert_eq!(String::from_utf8(cache.spell(millis)).unwrap(), expect);
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
    }
}
