//! A segment: one immutable Parquet object with a batch's events of one tenant and family, a row group for each hour (I2, I3).

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use bytes::Bytes;
use model::{Family, Hour, SegmentId, TenantId};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use sha2::{Digest, Sha256};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The most that the columns of a segment may come to once decompressed: a bound on what reading one can take.
const DECODED_BYTES: i64 = 512 * 1024 * 1024;

/// Why a segment was not written or read.
#[derive(Debug, thiserror::Error)]
pub enum SegmentError {
    /// The Parquet library would not.
    #[error("the segment is not parquet that this version reads")]
    Parquet(#[from] ParquetError),
    /// The columns are not those of a family.
    #[error("the segment's columns do not fit their schema")]
    Columns(#[from] arrow_schema::ArrowError),
    /// Its columns would take more memory than any batch of events does.
    #[error("the segment would take {bytes} bytes")]
    TooLarge {
        /// What its metadata say it would take.
        bytes: i64,
    },
    /// The Parquet library panicked over it, as it does over some damaged files.
    #[error("the segment is damaged")]
    Damaged,
    /// A row group without the column that says its hour, or without rows.
    #[error("a row group of the segment does not say its hour")]
    NoHour,
}

/// Writes a batch for each hour, in the order given, as one Parquet object: zstd, a row group for each hour.
///
/// # Errors
/// Where the batches are not of one schema.
pub fn encode(tenant: &TenantId, family: Family, hours: &[(Hour, RecordBatch)]) -> Result<Bytes, SegmentError> {
    let about = [("weir.version", env!("CARGO_PKG_VERSION")), ("weir.tenant", tenant.as_str()), ("weir.family", family.name())];
    let metadata = about.map(|(key, value)| KeyValue::new(key.to_owned(), value.to_owned()));
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        // A segment is read whole: statistics and indexes of its pages would be most of a small one.
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true)
        .set_key_value_metadata(Some(metadata.to_vec()))
        .build();
    let mut writer = ArrowWriter::try_new(Vec::new(), crate::columns::schema(family), Some(properties))?;
    for (_, batch) in hours {
        writer.write(batch)?;
        writer.flush()?;
    }
    Ok(writer.into_inner()?.into())
}

/// Reads a segment back: a batch for each hour, in the order written.
///
/// # Errors
/// Where the bytes are no segment.
pub fn decode(bytes: &Bytes) -> Result<Vec<(Hour, RecordBatch)>, SegmentError> {
    // A damaged segment must stop one read and be told of, and not take with it whatever else the process is doing.
    catch_unwind(AssertUnwindSafe(|| read(bytes))).unwrap_or(Err(SegmentError::Damaged))
}

fn read(bytes: &Bytes) -> Result<Vec<(Hour, RecordBatch)>, SegmentError> {
    let metadata = ArrowReaderMetadata::load(bytes, ArrowReaderOptions::new())?;
    let groups = metadata.metadata().row_groups();
    let decoded = groups.iter().map(parquet::file::metadata::RowGroupMetaData::total_byte_size).fold(0_i64, i64::saturating_add);
    if decoded > DECODED_BYTES {
        return Err(SegmentError::TooLarge { bytes: decoded });
    }
    let mut hours = Vec::with_capacity(groups.len());
    for (index, group) in groups.iter().enumerate() {
        let rows = usize::try_from(group.num_rows()).unwrap_or_default();
        let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(bytes.clone(), metadata.clone())
            .with_row_groups(vec![index])
            .with_batch_size(rows)
            .build()?;
        for batch in reader {
            let batch = batch?;
            hours.push((hour_of(&batch)?, batch));
        }
    }
    Ok(hours)
}

fn hour_of(batch: &RecordBatch) -> Result<Hour, SegmentError> {
    let hours = batch.column_by_name("hour").and_then(|column| column.as_primitive_opt::<Int32Type>()).ok_or(SegmentError::NoHour)?;
    hours.values().first().copied().map(Hour::from_index).ok_or(SegmentError::NoHour)
}

/// The id of a segment: a hash of the messages it was made from, in whatever order they came, and of its bytes, so that one key never
/// holds two contents (I3).
#[must_use]
pub fn id(message_ids: &[&str], bytes: &[u8]) -> SegmentId {
    let mut sorted = message_ids.to_vec();
    sorted.sort_unstable();
    let mut hash = Sha256::new();
    for message in sorted {
        hash.update((message.len() as u64).to_be_bytes());
        hash.update(message);
    }
    hash.update(u64::MAX.to_be_bytes());
    hash.update(bytes);
    SegmentId::from_digest(hash.finalize().into())
}

#[cfg(test)]
mod tests;
