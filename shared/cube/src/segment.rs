//! A segment: one immutable Parquet object with a batch's events of one tenant and family, a row group for each hour (I2, I3). The log has
//! the same form; there an hour may have several row groups.

mod opened;

pub(crate) use opened::hour_of;
pub use opened::{Group, Opened, open};

use arrow_array::RecordBatch;
use arrow_schema::DataType;
use bytes::Bytes;
use model::{Family, Hour, SegmentId, TenantId};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use sha2::{Digest, Sha256};

/// With fewer rows only texts are compressed: the pages of the other columns are so small that a compressor takes longer to make, for each
/// column and again to read it, than it saves.
const FEW_ROWS: usize = 1_000;

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
    let rows = hours.iter().map(|(_, batch)| batch.num_rows()).sum();
    let mut writer = ArrowWriter::try_new(Vec::new(), crate::columns::schema(family), Some(properties(tenant, family, rows)?))?;
    for (_, batch) in hours {
        writer.write(batch)?;
        writer.flush()?;
    }
    Ok(writer.into_inner()?.into())
}

/// How segments and the log of about so many rows are written, and whose they say they are.
pub(crate) fn properties(tenant: &TenantId, family: Family, rows: usize) -> Result<WriterProperties, SegmentError> {
    let zstd = Compression::ZSTD(ZstdLevel::try_new(3)?);
    let about = [("weir.version", env!("CARGO_PKG_VERSION")), ("weir.tenant", tenant.as_str()), ("weir.family", family.name())];
    let metadata = about.map(|(key, value)| KeyValue::new(key.to_owned(), value.to_owned()));
    let mut properties = WriterProperties::builder()
        .set_compression(if rows < FEW_ROWS { Compression::UNCOMPRESSED } else { zstd })
        // Whole row groups are read: statistics and indexes of their pages would be most of a small segment. A row group says its hour,
        // and which labels none of its events has; the smallest and largest label are of no use.
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_statistics_truncate_length(Some(1))
        .set_offset_index_disabled(true)
        .set_key_value_metadata(Some(metadata.to_vec()));
    for distinct in ["id", "content_hash", "properties"] {
        // Nearly every value is another: a dictionary would only be filled and then given up.
        let column = ColumnPath::from(distinct);
        properties =
            properties.set_column_dictionary_enabled(column.clone(), false).set_column_statistics_enabled(column, EnabledStatistics::None);
    }
    for text in crate::columns::schema(family).fields().iter().filter(|field| *field.data_type() == DataType::Utf8) {
        properties = properties.set_column_compression(ColumnPath::from(text.name().as_str()), zstd);
    }
    Ok(properties.build())
}

/// Reads a segment back: a batch for each hour, in the order written.
///
/// # Errors
/// Where the bytes are no segment, or would take more memory than a segment does.
pub fn decode(bytes: &Bytes) -> Result<Vec<(Hour, RecordBatch)>, SegmentError> {
    let opened = open(bytes)?;
    opened.check_whole()?;
    let group = |(index, group): (usize, &Group)| Ok((group.hour, opened.events(index)?));
    opened.groups().iter().enumerate().map(group).collect()
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
