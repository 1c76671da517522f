//! A row is an event with what is worked out of it; a column is a name and how to read it off a row.

use super::ColumnsError;
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, BooleanArray, DictionaryArray, Int32Array, Int64Array, StringArray, TimestampMillisecondArray, UInt64Array};
use arrow_schema::{DataType, Field, TimeUnit};
use model::money::Currency;
use model::price::{PriceBook, Priced};
use model::{Event, Hour, HourOffset, Timestamp};
use sha2::{Digest, Sha256};
use std::cell::OnceCell;
use std::sync::Arc;

/// What a tenant adds to its events when they become columns.
#[derive(Debug, Clone, Copy)]
pub struct RowContext<'a> {
    /// The prices by which AI usage costs.
    pub prices: &'a PriceBook,
    /// By how much the tenant's hours begin after UTC's.
    pub hour_offset: HourOffset,
    /// The currency of amounts that name none.
    pub currency: Currency,
}

/// An event, its family's facts, and what is worked out of it.
pub struct Row<'a, F> {
    pub event: &'a Event,
    pub facts: &'a F,
    pub hour: Hour,
    pub content_hash: u64,
    pub context: &'a RowContext<'a>,
    /// What an AI request costs, once it was looked up.
    pub priced: OnceCell<Priced>,
}

impl<'a, F> Row<'a, F> {
    pub fn new(event: &'a Event, facts: &'a F, hour: Hour, context: &'a RowContext<'a>) -> Result<Self, ColumnsError> {
        Ok(Self { event, facts, hour, content_hash: content_hash(event)?, context, priced: OnceCell::new() })
    }
}

/// The first eight bytes of the SHA-256 of the event's JSON: the same on every machine and with every version of Rust.
fn content_hash(event: &Event) -> Result<u64, serde_json::Error> {
    let digest = Sha256::digest(serde_json::to_vec(event)?);
    Ok(digest.iter().take(8).fold(0, |hash, byte| hash << 8 | u64::from(*byte)))
}

type Read<F, T> = for<'a> fn(&Row<'a, F>) -> T;
type ReadText<F> = for<'a> fn(&Row<'a, F>) -> Option<&'a str>;

/// How a column is read off a row, and with it the column's type.
pub enum Reader<F> {
    /// A dimension: text in a dictionary; empty text says as little as none.
    Label(ReadText<F>),
    /// Text of which most is different.
    Text(ReadText<F>),
    Number(Read<F, Option<i64>>),
    Flag(Read<F, bool>),
    Time(Read<F, Option<Timestamp>>),
    Hour(Read<F, Hour>),
    Hash(Read<F, u64>),
}

/// A column of a family's schema.
pub struct Column<F> {
    name: &'static str,
    reader: Reader<F>,
}

impl<F> Column<F> {
    pub const fn label(name: &'static str, read: ReadText<F>) -> Self {
        Self { name, reader: Reader::Label(read) }
    }

    pub const fn text(name: &'static str, read: ReadText<F>) -> Self {
        Self { name, reader: Reader::Text(read) }
    }

    pub const fn number(name: &'static str, read: Read<F, Option<i64>>) -> Self {
        Self { name, reader: Reader::Number(read) }
    }

    pub const fn flag(name: &'static str, read: Read<F, bool>) -> Self {
        Self { name, reader: Reader::Flag(read) }
    }

    pub const fn time(name: &'static str, read: Read<F, Option<Timestamp>>) -> Self {
        Self { name, reader: Reader::Time(read) }
    }

    pub const fn hour(name: &'static str, read: Read<F, Hour>) -> Self {
        Self { name, reader: Reader::Hour(read) }
    }

    pub const fn hash(name: &'static str, read: Read<F, u64>) -> Self {
        Self { name, reader: Reader::Hash(read) }
    }

    pub fn field(&self) -> Field {
        let (data_type, nullable) = match self.reader {
            Reader::Label(_) => (DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)), true),
            Reader::Text(_) => (DataType::Utf8, true),
            Reader::Number(_) => (DataType::Int64, true),
            Reader::Flag(_) => (DataType::Boolean, false),
            Reader::Time(_) => (DataType::Timestamp(TimeUnit::Millisecond, Some(UTC.into())), true),
            Reader::Hour(_) => (DataType::Int32, false),
            Reader::Hash(_) => (DataType::UInt64, false),
        };
        Field::new(self.name, data_type, nullable)
    }

    pub fn build(&self, rows: &[Row<'_, F>]) -> ArrayRef {
        let rows = rows.iter();
        match self.reader {
            Reader::Label(read) => {
                Arc::new(rows.map(|row| read(row).filter(|text| !text.is_empty())).collect::<DictionaryArray<Int32Type>>())
            }
            Reader::Text(read) => Arc::new(rows.map(read).collect::<StringArray>()),
            Reader::Number(read) => Arc::new(rows.map(read).collect::<Int64Array>()),
            Reader::Flag(read) => Arc::new(rows.map(|row| Some(read(row))).collect::<BooleanArray>()),
            Reader::Time(read) => {
                let moments = rows.map(|row| read(row).map(Timestamp::as_millis));
                Arc::new(moments.collect::<TimestampMillisecondArray>().with_timezone(UTC))
            }
            Reader::Hour(read) => Arc::new(Int32Array::from_iter_values(rows.map(|row| read(row).index()))),
            Reader::Hash(read) => Arc::new(UInt64Array::from_iter_values(rows.map(read))),
        }
    }
}

const UTC: &str = "UTC";
