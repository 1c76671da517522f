//! A second opinion, for tests: cubes and queries worked out event by event, in the plainest way, sharing nothing with the fold.

use crate::catalogue::{Aggregate, Condition, Cube, Measure, NONE, Test};
use crate::query::Granularity;
use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, Int64Type, TimestampMillisecondType};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use chrono::{DateTime, Datelike, Days, NaiveDate, Timelike};
use chrono_tz::Tz;
use std::collections::{BTreeMap, BTreeSet};

/// An event: what each column says of it.
pub type Event = BTreeMap<String, Value>;

#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Text(String),
    Number(i64),
}

impl Value {
    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
        }
    }
}

/// The events of a batch, one by one.
pub fn events(batch: &RecordBatch) -> Vec<Event> {
    let value = |name: &str, row: usize| -> Option<Value> {
        let column = batch.column_by_name(name)?;
        if column.is_null(row) {
            return None;
        }
        match column.data_type() {
            DataType::Dictionary(..) => {
                let dictionary = column.as_dictionary::<Int32Type>();
                let code = usize::try_from(dictionary.keys().value(row)).unwrap();
                Some(Value::Text(dictionary.values().as_string::<i32>().value(code).to_owned()))
            }
            DataType::Utf8 => Some(Value::Text(column.as_string::<i32>().value(row).to_owned())),
            DataType::Boolean => Some(Value::Text(column.as_boolean().value(row).to_string())),
            DataType::Int64 => Some(Value::Number(column.as_primitive::<Int64Type>().value(row))),
            DataType::Int32 => Some(Value::Number(column.as_primitive::<Int32Type>().value(row).into())),
            DataType::Timestamp(..) => Some(Value::Number(column.as_primitive::<TimestampMillisecondType>().value(row))),
            _ => None,
        }
    };
    let schema = batch.schema();
    let event = |row| schema.fields().iter().filter_map(|field| Some((field.name().clone(), value(field.name(), row)?))).collect();
    (0..batch.num_rows()).map(event).collect()
}

pub fn passes(event: &Event, filter: &[Condition]) -> bool {
    filter.iter().all(|condition| {
        let value = event.get(condition.column);
        match condition.test {
            Test::In(values) => value.is_some_and(|value| values.contains(&value.text().as_str())),
            Test::NotIn(values) => value.is_none_or(|value| !values.contains(&value.text().as_str())),
            Test::AtLeast(least) => matches!(value, Some(Value::Number(number)) if *number >= least),
            Test::Present => value.is_some(),
        }
    })
}

pub fn label(event: &Event, column: &str) -> String {
    event.get(column).map_or_else(|| NONE.to_owned(), Value::text)
}

fn number(event: &Event, column: &str) -> Option<i64> {
    match event.get(column) {
        Some(Value::Number(number)) => Some(*number),
        _ => None,
    }
}

/// What a measure comes to; of a distribution, its smallest and largest value.
pub fn measure(measure: &Measure, events: &[&Event]) -> Vec<i128> {
    let events: Vec<&Event> = events.iter().copied().filter(|event| passes(event, measure.when)).collect();
    let numbers = |column: &str| events.iter().filter_map(|event| number(event, column)).collect::<Vec<i64>>();
    let one = |value: Option<i64>| value.into_iter().map(i128::from).collect();
    let distinct = |column: &str| events.iter().filter_map(|event| event.get(column)).map(Value::text).collect::<BTreeSet<_>>().len();
    match measure.aggregate {
        Aggregate::Count => vec![events.len() as i128],
        Aggregate::Sum(column) => vec![numbers(column).into_iter().map(i128::from).sum()],
        Aggregate::Min(column) => one(numbers(column).into_iter().min()),
        Aggregate::Max(column) => one(numbers(column).into_iter().max()),
        Aggregate::Last(column) => {
            let readings = events.iter().filter_map(|event| number(event, "time").zip(number(event, column)));
            one(readings.max().map(|(_, value)| value))
        }
        Aggregate::Distinct(column) | Aggregate::Set(column) => vec![distinct(column) as i128],
        Aggregate::Quantiles(column) => {
            let numbers = numbers(column);
            numbers.iter().min().zip(numbers.iter().max()).map_or(vec![], |(least, most)| vec![(*least).into(), (*most).into()])
        }
        Aggregate::Days => vec![numbers("hour").iter().map(|hour| hour.div_euclid(24)).collect::<BTreeSet<_>>().len() as i128],
        Aggregate::Transitions => {
            let ids: BTreeSet<_> = events.iter().map(|event| (number(event, "time"), label(event, "id"))).collect();
            vec![ids.len() as i128]
        }
        Aggregate::Spans(_) => vec![],
    }
}

/// When, in the zone, the bucket of an event begins, as local time.
pub fn bucket(event: &Event, granularity: Granularity, timezone: Tz) -> String {
    let time = DateTime::from_timestamp_millis(number(event, "time").unwrap()).unwrap().with_timezone(&timezone);
    let date = time.date_naive();
    let of_date = |date: NaiveDate| date.to_string();
    match granularity {
        Granularity::Hour => format!("{date}T{:02}{}", time.hour(), time.format("%z")),
        Granularity::Day => of_date(date),
        Granularity::Week => of_date(date - Days::new(u64::from(date.weekday().num_days_from_monday()))),
        Granularity::Month => of_date(date.with_day(1).unwrap()),
    }
}

/// Events by what tells them apart.
pub fn grouped<'a>(cube: &Cube, events: &'a [Event], key: impl Fn(&Event) -> Vec<String>) -> BTreeMap<Vec<String>, Vec<&'a Event>> {
    let mut groups: BTreeMap<Vec<String>, Vec<&Event>> = BTreeMap::new();
    for event in events.iter().filter(|event| passes(event, cube.filter)) {
        groups.entry(key(event)).or_default().push(event);
    }
    groups
}
