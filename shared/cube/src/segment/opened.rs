//! Random access to a segment, or to an object of the log: row group by row group, and of each only the columns that are asked for.

use super::SegmentError;
use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{RecordBatch, RecordBatchOptions, RecordBatchReader, new_null_array};
use arrow_schema::{FieldRef, Schema};
use arrow_select::concat::concat_batches;
use bytes::Bytes;
use model::Hour;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::statistics::Statistics;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// The most that the columns of a row group, or of a segment that is decoded whole, may come to once decompressed: a bound on what reading
/// can take.
const DECODED_BYTES: i64 = 512 * 1024 * 1024;
/// The most rows of a row group: twice what any writer of Parquet puts into one unless told otherwise.
const GROUP_ROWS: i64 = 1 << 21;
/// What the winner among copies is told by.
const IDENTITY: [&str; 4] = ["id", "project", "received", "content_hash"];
/// The same, and by what an erased person's events are told.
const IDENTITY_OF_PEOPLE: [&str; 6] = ["id", "project", "user", "time", "received", "content_hash"];

/// One row group: events of one hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group {
    /// The hour of all its events.
    pub hour: Hour,
    /// How many events it has.
    pub rows: usize,
}

/// A segment whose footer has been read. Its row groups are decoded when they are asked for.
#[derive(Debug, Clone)]
pub struct Opened {
    bytes: Bytes,
    metadata: ArrowReaderMetadata,
    groups: Vec<Group>,
}

/// Reads what a segment says of its row groups.
///
/// # Errors
/// Where the bytes are no segment.
pub fn open(bytes: &Bytes) -> Result<Opened, SegmentError> {
    guarded(|| {
        let metadata = ArrowReaderMetadata::load(bytes, ArrowReaderOptions::new())?;
        let mut opened = Opened { bytes: bytes.clone(), metadata, groups: Vec::new() };
        opened.groups = (0..opened.row_groups().len()).map(|index| opened.group(index)).collect::<Result<_, _>>()?;
        Ok(opened)
    })
}

impl Opened {
    /// Its row groups, in the order written.
    #[must_use]
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// What tells the events of a row group and their copies apart: `id`, `project`, `received` and `content_hash`.
    ///
    /// # Errors
    /// Where the row group is damaged or there is none of this number.
    pub fn identities(&self, group: usize) -> Result<RecordBatch, SegmentError> {
        self.columns(group, &IDENTITY)
    }

    /// The same, with whose each event was and when: the user and the time.
    ///
    /// # Errors
    /// As [`Opened::identities`].
    pub fn identities_of_people(&self, group: usize) -> Result<RecordBatch, SegmentError> {
        self.columns(group, &IDENTITY_OF_PEOPLE)
    }

    /// The events of a row group, with all their columns.
    ///
    /// # Errors
    /// As [`Opened::identities`].
    pub fn events(&self, group: usize) -> Result<RecordBatch, SegmentError> {
        guarded(|| self.read(group, None))
    }

    /// Some columns of a row group; those that it lacks are left out.
    ///
    /// # Errors
    /// As [`Opened::identities`].
    pub fn columns(&self, group: usize, names: &[&str]) -> Result<RecordBatch, SegmentError> {
        guarded(|| self.read(group, Some(names)))
    }

    /// Refuses what would take too much memory if all row groups were decoded at once.
    pub(super) fn check_whole(&self) -> Result<(), SegmentError> {
        let bytes = self.row_groups().iter().map(RowGroupMetaData::total_byte_size).fold(0_i64, i64::saturating_add);
        if bytes > DECODED_BYTES { Err(SegmentError::TooLarge { bytes }) } else { Ok(()) }
    }

    fn row_groups(&self) -> &[RowGroupMetaData] {
        self.metadata.metadata().row_groups()
    }

    fn group(&self, index: usize) -> Result<Group, SegmentError> {
        let group = self.row_groups().get(index).ok_or(SegmentError::Damaged)?;
        let rows = usize::try_from(group.num_rows()).map_err(|_| SegmentError::Damaged)?;
        let column = group.columns().iter().find(|column| column.column_path().parts() == ["hour"]);
        let said = match column.and_then(|column| column.statistics()) {
            Some(Statistics::Int32(hours)) => hours.min_opt().zip(hours.max_opt()),
            _ => None,
        };
        let hour = match said {
            Some((first, last)) if first == last => Hour::from_index(*first),
            _ => {
                let hours = self.read(index, Some(&["hour"]))?;
                hour_of(&hours).ok_or(SegmentError::NoHour)?
            }
        };
        Ok(Group { hour, rows })
    }

    /// Reads the columns of these names, or all.
    fn read(&self, group: usize, names: Option<&[&str]>) -> Result<RecordBatch, SegmentError> {
        let about = self.row_groups().get(group).ok_or(SegmentError::Damaged)?;
        if about.total_byte_size() > DECODED_BYTES || about.num_rows() > GROUP_ROWS {
            return Err(SegmentError::TooLarge { bytes: about.total_byte_size() });
        }
        let rows = usize::try_from(about.num_rows()).map_err(|_| SegmentError::Damaged)?;
        let is_wanted = |field: &&FieldRef| names.is_none_or(|names| names.contains(&field.name().as_str()));
        let fields: Vec<FieldRef> = self.metadata.schema().fields().iter().filter(is_wanted).cloned().collect();
        // Parquet's library takes longest over label columns without a single label, and there are many.
        let is_absent = |field: &FieldRef| field.is_nullable() && nulls(about, field.name()) == Some(about.num_rows().cast_unsigned());
        let present = fields.iter().filter(|field| !is_absent(field)).map(|field| field.name().as_str());
        let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(self.bytes.clone(), self.metadata.clone())
            .with_row_groups(vec![group])
            .with_projection(ProjectionMask::columns(self.metadata.parquet_schema(), present))
            .with_batch_size(rows)
            .build()?;
        let schema = reader.schema();
        let mut batches = reader.collect::<Result<Vec<RecordBatch>, _>>()?;
        let batch = match batches.len() {
            1 => batches.remove(0),
            _ => concat_batches(&schema, &batches)?,
        };
        if batch.num_rows() != rows {
            return Err(SegmentError::Damaged);
        }
        let column =
            |field: &FieldRef| batch.column_by_name(field.name()).cloned().unwrap_or_else(|| new_null_array(field.data_type(), rows));
        let columns = fields.iter().map(column).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        Ok(RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options)?)
    }
}

/// How many values of a column a row group says it lacks.
fn nulls(group: &RowGroupMetaData, column: &str) -> Option<u64> {
    group.columns().iter().find(|chunk| chunk.column_path().parts() == [column])?.statistics()?.null_count_opt()
}

/// The hour that all rows have; `None` where they have several, or there is no row or no such column.
pub fn hour_of(batch: &RecordBatch) -> Option<Hour> {
    let hours = batch.column_by_name("hour")?.as_primitive_opt::<Int32Type>()?.values();
    let first = hours.first()?;
    hours.iter().all(|hour| hour == first).then(|| Hour::from_index(*first))
}

/// A damaged segment must stop one read and be told of, and not take with it whatever else the process is doing.
fn guarded<T>(read: impl FnOnce() -> Result<T, SegmentError>) -> Result<T, SegmentError> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or(Err(SegmentError::Damaged))
}
