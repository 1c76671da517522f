//! The events that are settled: AI requests in one Parquet file, in row groups as segments and the log have them, one in twenty of them a
//! copy of another that came again later.

use crate::sample::{ai_events, context};
use anyhow::Context;
use arrow_array::{RecordBatch, StringArray};
use bytes::Bytes;
use cube::columns::from_events;
use model::{Event, Family, TenantId};
use std::sync::Arc;

/// One event in so many is a copy.
pub const COPIES: usize = 20;
/// How many events a row group has: those of the log have as many.
const GROUP: usize = 1 << 17;
/// After how many milliseconds a copy comes.
const LATER: i64 = 40_000;

/// So many rows, of one hour, as a Parquet file.
pub fn parquet(rows: usize) -> anyhow::Result<Bytes> {
    let events = ai_events(rows - rows / COPIES)?;
    let tenant = TenantId::new("bench")?;
    // Copies are spread over the file: of every row group's events, some come again in the next.
    let mut groups = Vec::new();
    let mut copies: Vec<Event> = Vec::new();
    for chunk in events.chunks(GROUP - GROUP / COPIES) {
        let rows: Vec<Event> = chunk.iter().cloned().chain(copies.drain(..)).collect();
        groups.extend(from_events(Family::Ai, &rows, &context())?);
        copies.extend(chunk.iter().step_by(COPIES - 1).map(|event| Event { received: event.received.plus_millis(LATER), ..event.clone() }));
    }
    groups.extend(from_events(Family::Ai, &copies, &context())?);
    cube::segment::encode(&tenant, Family::Ai, &groups).context("the events were not written")
}

/// The objects of a large hour, one at a time. Its row groups are one group's rows again and again under other ids: what memory depends on is
/// how many distinct ids and cells there are.
pub struct Hour {
    rows_of_group: RecordBatch,
    number: model::Hour,
    groups: usize,
    /// How many rows were made.
    pub rows: usize,
}

impl Hour {
    /// An hour of which no object was made yet.
    pub fn new() -> anyhow::Result<Self> {
        let (number, rows_of_group) = from_events(Family::Ai, &ai_events(GROUP)?, &context())?.remove(0);
        Ok(Self { rows_of_group, number, groups: 0, rows: 0 })
    }

    /// The next object, of up to eight row groups, so that there are at most `rows` in all.
    pub fn next_object(&mut self, rows: usize) -> anyhow::Result<Bytes> {
        let mut groups = Vec::new();
        while groups.len() < 8 && self.rows < rows {
            let group = self.group()?;
            let group = group.slice(0, group.num_rows().min(rows - self.rows));
            self.rows += group.num_rows();
            groups.push((self.number, group));
        }
        Ok(cube::segment::encode(&TenantId::new("bench")?, Family::Ai, &groups)?)
    }

    /// A row group: one in twenty of its ids is one of the group before.
    fn group(&mut self) -> anyhow::Result<RecordBatch> {
        let number = self.groups;
        self.groups += 1;
        let of_row = |row: usize| if row.is_multiple_of(COPIES) { number.saturating_sub(1) } else { number };
        // Copies of the group before are of rows that are not copies themselves.
        let id = |row: usize| format!("r:{:032x}", (of_row(row) << 32) + row + usize::from(of_row(row) < number));
        let ids: StringArray = (0..self.rows_of_group.num_rows()).map(|row| Some(id(row))).collect();
        let schema = self.rows_of_group.schema();
        let mut columns = self.rows_of_group.columns().to_vec();
        columns[schema.index_of("id")?] = Arc::new(ids);
        Ok(RecordBatch::try_new(schema, columns)?)
    }
}
