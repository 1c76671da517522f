//! The log as it is written: the rows of some hours in as few objects as their size allows, so that a small day is one object. Its form is a
//! segment's; a row group holds one hour, and an hour has as many as it needs.

use crate::columns::{conform, schema};
use crate::segment::{SegmentError, properties};
use arrow_array::RecordBatch;
use bytes::Bytes;
use model::{Family, Hour, TenantId};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::file::writer::SerializedFileWriter;
use std::collections::{BTreeMap, BTreeSet};

/// The most rows of a row group, which is what a settle decodes at once: some tens of megabytes.
const GROUP_ROWS: usize = 1 << 17;

/// A finished object of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogObject {
    /// Its number among the objects of this settle, from zero on.
    pub number: u32,
    /// Parquet, as [`crate::segment::open`] reads it.
    pub bytes: Bytes,
    /// The hours that have rows in it.
    pub hours: Vec<Hour>,
}

/// How large a log is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogSize {
    /// An object is full when it has about so many bytes.
    pub object_bytes: usize,
    /// How many rows are to be expected in all.
    pub rows: usize,
}

/// Writes rows of several hours into objects of about a size. Hours may come in any order and by turns.
pub struct LogWriter {
    tenant: TenantId,
    family: Family,
    size: LogSize,
    number: u32,
    open: Option<OpenObject>,
}

impl LogWriter {
    /// A writer of a log of about this size.
    #[must_use]
    pub fn new(tenant: &TenantId, family: Family, size: LogSize) -> Self {
        Self { tenant: tenant.clone(), family, size, number: 0, open: None }
    }

    /// Adds rows of an hour. Answers the objects that are full now.
    ///
    /// # Errors
    /// Where the rows are not of the family's columns.
    pub fn add(&mut self, hour: Hour, rows: &RecordBatch) -> Result<Vec<LogObject>, SegmentError> {
        let rows = conform(self.family, rows)?;
        let mut finished = Vec::new();
        let mut from = 0;
        while from < rows.num_rows() {
            let open = match &mut self.open {
                Some(open) => open,
                none => none.insert(OpenObject::new(&self.tenant, self.family, self.size.rows)?),
            };
            from += open.add(hour, &rows.slice(from, rows.num_rows() - from))?;
            if open.size() >= self.size.object_bytes {
                finished.extend(self.close()?);
            }
        }
        Ok(finished)
    }

    /// The last object, where there is one.
    ///
    /// # Errors
    /// Where Parquet cannot be written.
    pub fn finish(mut self) -> Result<Vec<LogObject>, SegmentError> {
        Ok(self.close()?.into_iter().collect())
    }

    fn close(&mut self) -> Result<Option<LogObject>, SegmentError> {
        let Some(open) = self.open.take() else { return Ok(None) };
        let number = self.number;
        self.number += 1;
        Ok(Some(open.finish(number)?))
    }
}

/// An object in the making. Each hour has a row group in the making, of which only the encoded pages are held.
struct OpenObject {
    file: SerializedFileWriter<Vec<u8>>,
    columns: ArrowRowGroupWriterFactory,
    family: Family,
    groups: BTreeMap<Hour, OpenGroup>,
    hours: BTreeSet<Hour>,
}

struct OpenGroup {
    columns: Vec<ArrowColumnWriter>,
    rows: usize,
}

impl OpenObject {
    fn new(tenant: &TenantId, family: Family, rows: usize) -> Result<Self, SegmentError> {
        let writer = ArrowWriter::try_new(Vec::new(), schema(family), Some(properties(tenant, family, rows)?))?;
        let (file, columns) = writer.into_serialized_writer()?;
        Ok(Self { file, columns, family, groups: BTreeMap::new(), hours: BTreeSet::new() })
    }

    /// Adds as many of the rows as the hour's row group has room for, and tells how many.
    fn add(&mut self, hour: Hour, rows: &RecordBatch) -> Result<usize, SegmentError> {
        if !self.groups.contains_key(&hour) {
            self.groups.insert(hour, OpenGroup { columns: self.columns.create_column_writers(self.hours.len())?, rows: 0 });
            self.hours.insert(hour);
        }
        let Some(group) = self.groups.get_mut(&hour) else { return Err(SegmentError::NoHour) };
        let added = rows.num_rows().min(GROUP_ROWS - group.rows);
        let rows = rows.slice(0, added);
        let mut writers = group.columns.iter_mut();
        for (field, column) in schema(self.family).fields().iter().zip(rows.columns()) {
            for (leaf, writer) in compute_leaves(field, column)?.iter().zip(writers.by_ref()) {
                writer.write(leaf)?;
            }
        }
        group.rows += added;
        if group.rows == GROUP_ROWS {
            self.close_group(hour)?;
        }
        Ok(added)
    }

    fn close_group(&mut self, hour: Hour) -> Result<(), SegmentError> {
        let Some(group) = self.groups.remove(&hour) else { return Ok(()) };
        let mut row_group = self.file.next_row_group()?;
        for column in group.columns {
            column.close()?.append_to_row_group(&mut row_group)?;
        }
        row_group.close()?;
        Ok(())
    }

    /// About how many bytes the object would have if it were finished now.
    fn size(&self) -> usize {
        let open = self.groups.values().flat_map(|group| &group.columns).map(ArrowColumnWriter::get_estimated_total_bytes);
        self.file.bytes_written() + open.sum::<usize>()
    }

    fn finish(mut self, number: u32) -> Result<LogObject, SegmentError> {
        let open: Vec<Hour> = self.groups.keys().copied().collect();
        for hour in open {
            self.close_group(hour)?;
        }
        Ok(LogObject { number, bytes: self.file.into_inner()?.into(), hours: self.hours.into_iter().collect() })
    }
}
