//! Reads a file back as anyone would, a row group at a time: the footer, then all columns of each group, decoded. Memory follows a row group,
//! not the day.

use super::ArchiveError;
use arrow_array::cast::AsArray;
use arrow_array::types::TimestampMillisecondType;
use bytes::Bytes;
use parquet::DecodeResult;
use parquet::arrow::push_decoder::ParquetPushDecoderBuilder;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataPushDecoder};
use ports::Bucket;
use std::ops::Range;
use std::sync::Arc;

/// Rows that are decoded at once.
const BATCH_ROWS: usize = 8_192;

/// A file in the bucket.
pub(super) struct Written<'a> {
    pub bucket: &'a dyn Bucket,
    pub key: &'a str,
    pub size_bytes: u64,
}

impl Written<'_> {
    /// Whether the file has as many events as there must be, in the order of their times, and every value of them can be read.
    pub(super) async fn check(&self, expected: u64) -> Result<(), ArchiveError> {
        let metadata = Arc::new(self.footer().await?);
        let mut decoder = ParquetPushDecoderBuilder::try_new_decoder(metadata)?.with_batch_size(BATCH_ROWS).build()?;
        let (mut found, mut last, mut is_ordered) = (0, i64::MIN, true);
        loop {
            let batch = match decoder.try_decode()? {
                DecodeResult::NeedsData(ranges) => {
                    let bytes = self.read(&ranges).await?;
                    decoder.push_ranges(ranges, bytes)?;
                    continue;
                }
                DecodeResult::Data(batch) => batch,
                DecodeResult::Finished => break,
            };
            let times = batch.column_by_name("time").and_then(|column| column.as_primitive_opt::<TimestampMillisecondType>());
            for time in times.ok_or_else(|| ParquetError::General("there is no column of times".into()))?.values() {
                is_ordered &= *time >= last;
                last = *time;
            }
            found += batch.num_rows() as u64;
        }
        if found == expected && is_ordered { Ok(()) } else { Err(ArchiveError::Different { found, expected }) }
    }

    async fn footer(&self) -> Result<ParquetMetaData, ArchiveError> {
        let mut decoder = ParquetMetaDataPushDecoder::try_new(self.size_bytes)?;
        loop {
            match decoder.try_decode()? {
                DecodeResult::NeedsData(ranges) => {
                    let bytes = self.read(&ranges).await?;
                    decoder.push_ranges(ranges, bytes)?;
                }
                DecodeResult::Data(metadata) => return Ok(metadata),
                DecodeResult::Finished => return Err(ParquetError::General("the file has no footer".into()).into()),
            }
        }
    }

    /// The bytes of these ranges, in one call: those of a row group lie side by side.
    async fn read(&self, ranges: &[Range<u64>]) -> Result<Vec<Bytes>, ArchiveError> {
        let start = ranges.iter().map(|range| range.start).min().unwrap_or_default();
        let end = ranges.iter().map(|range| range.end).max().unwrap_or_default();
        let bytes = self.bucket.get_range(self.key, start..end).await?.ok_or(ArchiveError::Gone)?;
        let slice = |range: &Range<u64>| {
            let place = |at: u64| usize::try_from(at - start).ok().filter(|at| *at <= bytes.len());
            Some(bytes.slice(place(range.start)?..place(range.end)?))
        };
        let parts: Option<Vec<Bytes>> = ranges.iter().map(slice).collect();
        parts.ok_or_else(|| ParquetError::EOF("the object is shorter than what was written".into()).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use export::{Format, Sheet, columns};
    use memory::{Faults, MemoryBucket};
    use model::Family;

    const KEY: &str = "archive/x.parquet";

    /// A file of so many row groups of one event each, of which the last is this long after the first.
    fn file(times: &[i64]) -> Bytes {
        let schema = columns(Family::Lifecycle);
        let mut bytes = Vec::new();
        let mut writer = parquet::arrow::ArrowWriter::try_new(&mut bytes, Arc::clone(&schema), None).unwrap();
        for time in times {
            let arrays = schema.fields().iter().map(|field| match field.name().as_str() {
                "time" | "received" => {
                    Arc::new(arrow_array::TimestampMillisecondArray::from(vec![*time]).with_timezone("UTC")) as arrow_array::ArrayRef
                }
                "historical" => Arc::new(arrow_array::BooleanArray::from(vec![false])),
                _ => arrow_array::new_null_array(field.data_type(), 1),
            });
            let batch = arrow_array::RecordBatch::try_new(Arc::clone(&schema), arrays.collect()).unwrap();
            writer.write(&batch).unwrap();
            writer.flush().unwrap();
        }
        writer.close().unwrap();
        bytes.into()
    }

    async fn check(bytes: Bytes, expected: u64) -> Result<usize, ArchiveError> {
        let faults = Faults::none();
        let bucket = MemoryBucket::with_faults(&faults);
        let size_bytes = bytes.len() as u64;
        bucket.put(KEY, "", bytes).await.unwrap();
        let before = faults.calls();
        Written { bucket: &bucket, key: KEY, size_bytes }.check(expected).await?;
        Ok(faults.calls() - before)
    }

    #[tokio::test]
    async fn a_file_is_read_a_row_group_at_a_time() {
        let (of_one, of_four) = (check(file(&[1]), 1).await.unwrap(), check(file(&[1, 2, 2, 3]), 4).await.unwrap());
        assert_eq!(of_four, of_one + 3, "a call for each row group");
        let nothing = Sheet::new(Format::Parquet, &columns(Family::Ai)).unwrap().finish().unwrap();
        check(nothing, 0).await.unwrap();
    }

    #[tokio::test]
    async fn what_is_not_as_it_was_written_is_told() {
        let is_different = |found: Result<usize, ArchiveError>| matches!(found, Err(ArchiveError::Different { .. }));
        assert!(is_different(check(file(&[1, 2]), 3).await), "an event too few");
        assert!(is_different(check(file(&[2, 1]), 2).await), "not by time");
        let whole = file(&[1, 2, 3]);
        // Any byte of the columns' pages, and the file cut short.
        for at in [4, whole.len() / 3, whole.len() - 20] {
            let mut bytes = whole.to_vec();
            bytes[at..at + 16].fill(0xff);
            assert!(check(bytes.into(), 3).await.is_err(), "damage at {at}");
        }
        let bucket = MemoryBucket::new();
        bucket.put(KEY, "", whole.slice(..whole.len() - 1)).await.unwrap();
        let written = Written { bucket: &bucket, key: KEY, size_bytes: whole.len() as u64 };
        assert!(matches!(written.check(3).await, Err(ArchiveError::Unreadable(_))));
        let gone = Written { key: "archive/y.parquet", ..written };
        assert!(matches!(gone.check(3).await, Err(ArchiveError::Gone)));
    }
}
