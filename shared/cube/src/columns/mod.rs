//! Events as columns: one Arrow schema for each family, in which they are written as Parquet and from which they are folded.
//!
//! Labels are dictionaries of text, numbers are 64-bit integers, an absent value is null. What is worked out here, once, is kept in its
//! own columns: the hour, the cost, and the hash that decides between copies of an event (I4).

mod ai;
mod engagement;
mod lifecycle;
mod performance;
mod row;
mod sales;
mod shared;

pub use row::RowContext;
pub(crate) use sales::{COMPLETED, REFUNDS};

use arrow_array::{BooleanArray, RecordBatch, new_null_array};
use arrow_schema::{ArrowError, DataType, FieldRef, Schema, SchemaRef};
use model::{Event, Facts, Family, Hour};
use row::{Column, Row};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

/// Why events did not become columns.
#[derive(Debug, thiserror::Error)]
pub enum ColumnsError {
    /// An event of another family than the one asked for.
    #[error("an event of the family {found} is not one of {expected}")]
    OtherFamily {
        /// The family asked for.
        expected: Family,
        /// The event's.
        found: Family,
    },
    /// The event has no text to hash.
    #[error("an event could not be written as text")]
    Unwritable(#[from] serde_json::Error),
    /// The columns do not fit the schema.
    #[error("the columns do not fit their schema")]
    Arrow(#[from] ArrowError),
}

/// The columns of a family's events.
#[must_use]
pub fn schema(family: Family) -> SchemaRef {
    static SCHEMAS: LazyLock<[SchemaRef; 5]> = LazyLock::new(|| {
        Family::ALL.map(|family| {
            Arc::new(Schema::new(match family {
                Family::Engagement => fields(&engagement::columns()),
                Family::Ai => fields(&ai::columns()),
                Family::Sales => fields(&sales::columns()),
                Family::Performance => fields(&performance::columns()),
                Family::Lifecycle => fields(&lifecycle::columns()),
            }))
        })
    });
    Arc::clone(&SCHEMAS[family as usize])
}

fn fields<F>(columns: &[Column<F>]) -> Vec<arrow_schema::Field> {
    columns.iter().map(Column::field).collect()
}

/// The events as columns: a batch for each hour they fall in, hours in order, events of an hour by time and then id.
///
/// # Errors
/// Where an event is of another family.
pub fn from_events(family: Family, events: &[Event], context: &RowContext<'_>) -> Result<Vec<(Hour, RecordBatch)>, ColumnsError> {
    let mut hours: BTreeMap<Hour, Vec<&Event>> = BTreeMap::new();
    for event in events {
        hours.entry(Hour::of(event.time, context.hour_offset)).or_default().push(event);
    }
    let batch = |(hour, mut events): (Hour, Vec<&Event>)| {
        events.sort_by(|a, b| (a.time, &a.id).cmp(&(b.time, &b.id)));
        Ok((hour, of_hour(family, hour, &events, context)?))
    };
    hours.into_iter().map(batch).collect()
}

fn of_hour<'e>(family: Family, hour: Hour, events: &[&'e Event], context: &'e RowContext<'_>) -> Result<RecordBatch, ColumnsError> {
    macro_rules! build {
        ($variant:ident, $columns:expr) => {{
            let row = |event: &'e Event| match &event.facts {
                Facts::$variant(facts) => Row::new(event, facts, hour, context),
                _ => Err(ColumnsError::OtherFamily { expected: family, found: event.family() }),
            };
            let rows = events.iter().copied().map(row).collect::<Result<Vec<_>, _>>()?;
            $columns.iter().map(|column| column.build(&rows)).collect()
        }};
    }
    // A row borrows from its event, so each arm builds its columns before the rows end.
    let arrays = match family {
        Family::Engagement => build!(Engagement, engagement::columns()),
        Family::Ai => build!(Ai, ai::columns()),
        Family::Sales => build!(Sales, sales::columns()),
        Family::Performance => build!(Performance, performance::columns()),
        Family::Lifecycle => build!(Lifecycle, lifecycle::columns()),
    };
    Ok(RecordBatch::try_new(schema(family), arrays)?)
}

/// The events in the family's columns of today: what a file lacks that was written before a column was thought of says nothing (null,
/// false), and what no column has any more is left out.
///
/// # Errors
/// Where a column has another type, or one is missing that no event is without.
pub fn conform(family: Family, events: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let schema = schema(family);
    if events.schema() == schema {
        return Ok(events.clone());
    }
    let rows = events.num_rows();
    let column = |field: &FieldRef| match events.column_by_name(field.name()) {
        Some(column) => Arc::clone(column),
        None if *field.data_type() == DataType::Boolean => Arc::new(BooleanArray::from(vec![false; rows])),
        None => new_null_array(field.data_type(), rows),
    };
    let columns = schema.fields().iter().map(column).collect();
    RecordBatch::try_new(schema, columns)
}

#[cfg(test)]
mod tests;
