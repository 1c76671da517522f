//! The answers to questions as tables. What type a column has depends on the number that is asked for, and not on the rows that came, so that
//! an answer can be written a part at a time, and an empty one has the columns of a full one.

use arrow_array::{ArrayRef, Decimal128Array, Float64Array, RecordBatch, StringArray, TimestampMillisecondArray};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef, TimeUnit};
use cube::catalogue::{self, Aggregate, Cube, Formula, Unit};
use cube::query::{Granularity, MetricQuery, Number, Row};
use model::Timestamp;
use std::sync::Arc;

/// The most digits that a decimal column has.
const PRECISION: u8 = 38;
const UTC: &str = "UTC";

/// The columns of an answer: when a bucket begins, labels, and numbers.
pub struct Table {
    schema: SchemaRef,
    has_start: bool,
    labels: usize,
    kinds: Vec<Kind>,
}

/// How a number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// As a decimal with so many digits after the point; what was estimated is rounded to it.
    Decimal(u32),
    Moment,
    /// What is no decimal: a ratio, or the median of a distribution.
    Float,
}

impl Kind {
    fn of(cube: &Cube, name: &str) -> Self {
        let unit = cube.unit(name).unwrap_or(Unit::Count);
        match (cube.derived(name).map(|derived| derived.formula), cube.measure(name).map(|measure| measure.aggregate)) {
            (Some(Formula::Ratio(..) | Formula::KeyTimes(..)), _) | (_, Some(Aggregate::Quantiles(_))) => Self::Float,
            (_, Some(Aggregate::Distinct(_) | Aggregate::Set(_) | Aggregate::Transitions)) => Self::Decimal(0),
            _ if unit == Unit::Moment => Self::Moment,
            _ => Self::Decimal(unit.scale()),
        }
    }

    fn data_type(self) -> DataType {
        match self {
            Self::Decimal(scale) => DataType::Decimal128(PRECISION, i8::try_from(scale).unwrap_or_default()),
            Self::Moment => of_time(),
            Self::Float => DataType::Float64,
        }
    }

    fn column<'r>(self, numbers: impl Iterator<Item = Option<&'r Number>>) -> Result<ArrayRef, ArrowError> {
        Ok(match self {
            Self::Decimal(scale) => {
                let values: Decimal128Array = numbers.map(|number| number.and_then(|number| units(number, scale))).collect();
                Arc::new(values.with_precision_and_scale(PRECISION, i8::try_from(scale).unwrap_or_default())?)
            }
            Self::Moment => {
                let moment = |number: Option<&Number>| match number? {
                    Number::Moment(moment) => Some(moment.as_millis()),
                    _ => None,
                };
                times(numbers.map(moment).collect())
            }
            Self::Float => Arc::new(numbers.map(|number| number.and_then(Number::as_f64)).collect::<Float64Array>()),
        })
    }
}

/// A number in units of a decimal's last digit.
fn units(number: &Number, scale: u32) -> Option<i128> {
    if let Some(exact) = number.exact() {
        return exact.units.checked_mul(10_i128.checked_pow(scale.checked_sub(exact.scale)?)?);
    }
    #[expect(clippy::cast_possible_truncation, reason = "an estimate of distinct labels, rounded already")]
    number.as_f64().map(|estimate| estimate as i128)
}

fn of_time() -> DataType {
    DataType::Timestamp(TimeUnit::Millisecond, Some(UTC.into()))
}

fn times(moments: Vec<Option<i64>>) -> ArrayRef {
    Arc::new(TimestampMillisecondArray::from(moments).with_timezone(UTC))
}

impl Table {
    /// The columns of the answer to a question, its numbers called so, or where no names are given as in the cube; `None` where the catalogue
    /// has no such cube.
    #[must_use]
    pub fn of(query: &MetricQuery, names: &[String]) -> Option<Self> {
        let cube = catalogue::cube(&query.cube)?;
        let is_time = |name: &&String| Granularity::from_name(name).is_some();
        let labels: Vec<&String> = query.group_by.iter().filter(|name| !is_time(name)).collect();
        let has_start = query.granularity.is_some() || query.group_by.iter().any(|name| is_time(&name));
        let kinds: Vec<Kind> = query.measures.iter().map(|name| Kind::of(cube, name)).collect();
        let mut fields: Vec<Field> = has_start.then(|| Field::new("start", of_time(), true)).into_iter().collect();
        fields.extend(labels.iter().map(|name| Field::new(name.as_str(), DataType::Utf8, true)));
        let names = if names.len() == kinds.len() { names } else { &query.measures };
        fields.extend(names.iter().zip(&kinds).map(|(name, kind)| Field::new(name, kind.data_type(), true)));
        Some(Self { schema: Arc::new(Schema::new(fields)), has_start, labels: labels.len(), kinds })
    }

    /// Their names and types.
    #[must_use]
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Some rows of the answer.
    ///
    /// # Errors
    /// Where they are rows of another answer.
    pub fn rows(&self, rows: &[Row]) -> Result<RecordBatch, ArrowError> {
        let mut columns: Vec<ArrayRef> = Vec::with_capacity(self.schema.fields().len());
        if self.has_start {
            columns.push(times(rows.iter().map(|row| row.start.map(Timestamp::as_millis)).collect()));
        }
        for place in 0..self.labels {
            columns.push(Arc::new(rows.iter().map(|row| row.labels.get(place)).collect::<StringArray>()));
        }
        for (place, kind) in self.kinds.iter().enumerate() {
            columns.push(kind.column(rows.iter().map(|row| row.values.get(place)))?);
        }
        RecordBatch::try_new(Arc::clone(&self.schema), columns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cube::query::Range;
    use model::money::Decimal;

    fn question(cube: &str, measures: &[&str]) -> MetricQuery {
        MetricQuery::new(cube, measures, Range { from: Timestamp::from_millis(0), to: Timestamp::from_millis(1) })
    }

    #[test]
    fn every_number_of_the_catalogue_has_a_type_whatever_comes() {
        for cube in catalogue::cubes() {
            let numbers: Vec<&str> = cube.numbers().collect();
            let table = Table::of(&question(cube.name, &numbers), &[]).unwrap();
            let nothing = table.rows(&[]).unwrap();
            let row = Row { start: None, labels: [].into(), values: vec![Number::Nothing; numbers.len()] };
            let absent = table.rows(&[row]).unwrap();
            assert_eq!(nothing.schema(), absent.schema());
            assert!(absent.columns().iter().all(|column| column.is_null(0)), "{}", cube.name);
        }
    }

    #[test]
    fn amounts_have_the_digits_of_their_unit_and_times_among_the_groups_are_a_column_of_their_own() {
        let query = question("ai_requests", &["cost", "requests", "errorRate"]).by("day").by("model");
        let table = Table::of(&query, &[]).unwrap();
        let exact = |units, scale| Number::Exact(Decimal { units, scale });
        let values = vec![exact(5, 12), exact(3, 0), Number::Ratio(Decimal { units: 1, scale: 0 }, Decimal { units: 4, scale: 0 })];
        let row = Row { start: Some(Timestamp::from_millis(7)), labels: ["a".to_owned()].into(), values };
        let rows = table.rows(&[row]).unwrap();
        let kinds: Vec<(&str, &DataType)> =
            table.schema().fields().iter().map(|field| (field.name().as_str(), field.data_type())).collect();
        let (time, text) = (of_time(), DataType::Utf8);
        let (cost, count) = (DataType::Decimal128(38, 12), DataType::Decimal128(38, 0));
        assert_eq!(kinds, [("start", &time), ("model", &text), ("cost", &cost), ("requests", &count), ("errorRate", &DataType::Float64)]);
        let mut sheet = crate::Sheet::new(crate::Format::Ndjson, table.schema()).unwrap();
        sheet.write(&rows).unwrap();
        let line = String::from_utf8(sheet.finish().unwrap().to_vec()).unwrap();
        let expect = r#"{"start":"1970-01-01T00:00:00.007Z","model":"a","cost":0.000000000005,"requests":3,"errorRate":0.25}"#;
        assert_eq!(line.trim_end(), expect);
    }
}
