//! A file in the making: rows are written as they come, and what is written may be taken away at any time.

use crate::cell::Cells;
use crate::format::Format;
use crate::text::Spelling;
use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Rows of a row group of Parquet: of the widest family some tens of megabytes before they are encoded.
const GROUP_ROWS: usize = 1 << 17;

/// Columns of which nearly every value is another: a dictionary would only be filled and then given up.
const DISTINCT: [&str; 2] = ["id", "properties"];

/// Why rows were not written.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// The Parquet library would not.
    #[error("the rows cannot be written as parquet")]
    Parquet(#[from] ParquetError),
    /// A column of a type that no table here has.
    #[error("the column {0} is of a type that is not written")]
    Column(String),
}

/// A file in the making.
pub struct Sheet {
    schema: SchemaRef,
    pages: Pages,
    rows: u64,
}

enum Pages {
    Text { format: Format, spelling: Spelling, names: Vec<Vec<u8>>, written: Vec<u8> },
    Parquet { writer: Box<ArrowWriter<Drain>>, drain: Drain },
}

/// What is written to it can be taken out of it.
#[derive(Clone, Default)]
struct Drain(Arc<Mutex<Vec<u8>>>);

impl Drain {
    fn lock(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Drain {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Sheet {
    /// An empty file with these columns.
    ///
    /// # Errors
    /// Where Parquet has no such columns.
    pub fn new(format: Format, schema: &SchemaRef) -> Result<Self, SheetError> {
        let pages = match format {
            Format::Parquet => {
                let drain = Drain::default();
                let mut properties = WriterProperties::builder()
                    .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
                    .set_max_row_group_row_count(Some(GROUP_ROWS));
                for distinct in DISTINCT {
                    properties = properties.set_column_dictionary_enabled(distinct.into(), false);
                }
                let properties = properties.build();
                // Readers are told of columns by Parquet alone: a dictionary is a matter of encoding, and the column is text.
                let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
                let writer = ArrowWriter::try_new_with_options(drain.clone(), Arc::clone(schema), options)?;
                Pages::Parquet { writer: Box::new(writer), drain }
            }
            Format::Csv | Format::Json | Format::Ndjson => {
                let spelling = if format == Format::Csv { Spelling::Csv } else { Spelling::Json };
                let name = |name: &String| {
                    let mut spelled = Vec::new();
                    spelling.text(name, &mut spelled);
                    spelled
                };
                let names: Vec<Vec<u8>> = schema.fields().iter().map(|field| name(field.name())).collect();
                let mut written = Vec::new();
                match format {
                    Format::Csv => {
                        written.extend_from_slice(&names.join(&b','));
                        written.extend_from_slice(b"\r\n");
                    }
                    Format::Json => written.push(b'['),
                    Format::Ndjson | Format::Parquet => {}
                }
                Pages::Text { format, spelling, names, written }
            }
        };
        Ok(Self { schema: Arc::clone(schema), pages, rows: 0 })
    }

    /// Adds rows.
    ///
    /// # Errors
    /// Where they have other columns than the file.
    pub fn write(&mut self, rows: &RecordBatch) -> Result<(), SheetError> {
        match &mut self.pages {
            Pages::Parquet { writer, .. } => writer.write(rows)?,
            Pages::Text { format, spelling, names, written } => {
                let mut cells = Vec::with_capacity(rows.num_columns());
                for (field, array) in self.schema.fields().iter().zip(rows.columns()) {
                    cells.push(Cells::of(field, array, *spelling).ok_or_else(|| SheetError::Column(field.name().clone()))?);
                }
                let is_first = self.rows == 0;
                match format {
                    Format::Csv => (0..rows.num_rows()).for_each(|row| csv_row(&mut cells, row, written)),
                    _ => (0..rows.num_rows()).for_each(|row| {
                        if *format == Format::Json {
                            written.extend_from_slice(if is_first && row == 0 { b"\n" } else { b",\n" });
                        }
                        json_row((names, &mut cells), row, written);
                        if *format == Format::Ndjson {
                            written.push(b'\n');
                        }
                    }),
                }
            }
        }
        self.rows += rows.num_rows() as u64;
        Ok(())
    }

    /// How many rows there are by now.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// How many bytes are written and not taken.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.pages {
            Pages::Text { written, .. } => written.len(),
            Pages::Parquet { drain, .. } => drain.lock().len(),
        }
    }

    /// Whether nothing is written that was not taken.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes what is written away.
    pub fn take(&mut self) -> Bytes {
        match &mut self.pages {
            // What comes next is about as large: it need not grow into that step by step.
            Pages::Text { written, .. } => {
                let next = Vec::with_capacity(written.len());
                std::mem::replace(written, next).into()
            }
            Pages::Parquet { drain, .. } => std::mem::take(&mut *drain.lock()).into(),
        }
    }

    /// The rest of the file.
    ///
    /// # Errors
    /// Where the Parquet library would not.
    pub fn finish(self) -> Result<Bytes, SheetError> {
        match self.pages {
            Pages::Text { format, mut written, .. } => {
                if format == Format::Json {
                    written.extend_from_slice(b"\n]\n");
                }
                Ok(written.into())
            }
            Pages::Parquet { writer, drain } => {
                writer.close()?;
                Ok(std::mem::take(&mut *drain.lock()).into())
            }
        }
    }
}

fn csv_row(cells: &mut [Cells<'_>], row: usize, to: &mut Vec<u8>) {
    for (place, cell) in cells.iter_mut().enumerate() {
        if place > 0 {
            to.push(b',');
        }
        cell.spell(row, Spelling::Csv, to);
    }
    to.extend_from_slice(b"\r\n");
}

/// An object with what the row has: a column of which it has nothing is left out.
fn json_row((names, cells): (&[Vec<u8>], &mut [Cells<'_>]), row: usize, to: &mut Vec<u8>) {
    to.push(b'{');
    let mut is_first = true;
    for (name, cell) in names.iter().zip(cells) {
        if cell.is_nothing(row) {
            continue;
        }
        if !is_first {
            to.push(b',');
        }
        is_first = false;
        to.extend_from_slice(name);
        to.push(b':');
        cell.spell(row, Spelling::Json, to);
    }
    to.push(b'}');
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::{BooleanArray, Decimal128Array, DictionaryArray, Int64Array, StringArray, TimestampMillisecondArray};
    use arrow_schema::{DataType, Field, Schema, TimeUnit};
    use parquet::arrow::arrow_reader::ParquetRecordBatchReader;

    fn table() -> RecordBatch {
        let schema = Schema::new(vec![
            Field::new("model", DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)), true),
            Field::new("time", DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into())), true),
            Field::new("tokens", DataType::Int64, true),
            Field::new("cost", DataType::Decimal128(38, 6), true),
            Field::new("historical", DataType::Boolean, false),
            Field::new("properties", DataType::Utf8, true),
        ]);
        let models: DictionaryArray<arrow_array::types::Int32Type> = vec![Some("=1+1"), None, Some("a,\"b\"")].into_iter().collect();
        RecordBatch::try_new(
            Arc::new(schema),
            vec![
                Arc::new(models),
                Arc::new(TimestampMillisecondArray::from(vec![Some(0), Some(1_795_239_010_007), None]).with_timezone("UTC")),
                Arc::new(Int64Array::from(vec![Some(-5), None, Some(7)])),
                Arc::new(Decimal128Array::from(vec![Some(1_500_000), Some(-1), None]).with_precision_and_scale(38, 6).unwrap()),
                Arc::new(BooleanArray::from(vec![true, false, false])),
                Arc::new(StringArray::from(vec![Some(r#"{"a":[1]}"#), None, Some("-x")])),
            ],
        )
        .unwrap()
    }

    /// Written in two halves, of which the first is taken away before the second is written.
    fn written(format: Format) -> Vec<u8> {
        let table = table();
        let mut sheet = Sheet::new(format, &table.schema()).unwrap();
        sheet.write(&table.slice(0, 1)).unwrap();
        let mut bytes = sheet.take().to_vec();
        sheet.write(&table.slice(1, 2)).unwrap();
        assert_eq!(sheet.rows(), 3);
        bytes.extend_from_slice(&sheet.finish().unwrap());
        bytes
    }

    #[test]
    fn csv_has_a_header_and_numbers_stay_numbers() {
        let expect = "model,time,tokens,cost,historical,properties\r\n\
                      '=1+1,1970-01-01T00:00:00.000Z,-5,1.5,true,\"{\"\"a\"\":[1]}\"\r\n\
                      ,2026-11-21T05:30:10.007Z,,-0.000001,false,\r\n\
                      \"a,\"\"b\"\"\",,7,,false,'-x\r\n";
        let bytes = written(Format::Csv);
        assert_eq!(String::from_utf8(bytes.clone()).unwrap(), expect);
        let mut reader = csv::Reader::from_reader(&bytes[..]);
        assert!(reader.records().all(|record| record.unwrap().len() == 6));
    }

    #[test]
    fn json_and_lines_of_json_are_objects_of_what_there_is() {
        let first = r#"{"model":"=1+1","time":"1970-01-01T00:00:00.000Z","tokens":-5,"cost":1.5,"historical":true,"properties":{"a":[1]}}"#;
        let lines = String::from_utf8(written(Format::Ndjson)).unwrap();
        assert_eq!(lines.lines().next(), Some(first));
        let rows: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(serde_json::from_slice::<Vec<serde_json::Value>>(&written(Format::Json)).unwrap(), rows);
        assert_eq!(rows[2], serde_json::json!({"model": "a,\"b\"", "tokens": 7, "historical": false, "properties": "-x"}));
    }

    #[test]
    fn a_row_is_written_alike_among_others_and_alone() {
        let table = table();
        for format in [Format::Csv, Format::Ndjson] {
            let mut alone = Sheet::new(format, &table.schema()).unwrap();
            (0..3).for_each(|row| alone.write(&table.slice(row, 1)).unwrap());
            assert_eq!(String::from_utf8(alone.finish().unwrap().to_vec()), String::from_utf8(written(format)));
        }
    }

    #[test]
    fn parquet_is_read_back_as_it_was_written() {
        let bytes = Bytes::from(written(Format::Parquet));
        let read: Vec<RecordBatch> = ParquetRecordBatchReader::try_new(bytes, 100).unwrap().map(Result::unwrap).collect();
        assert_eq!(read.iter().map(RecordBatch::num_rows).sum::<usize>(), 3);
        // Without Arrow's own schema the column of labels is text.
        assert_eq!(read[0].schema().field(0).data_type(), &DataType::Utf8);
        assert_eq!(read[0].column(2), table().column(2));
        assert_eq!(read[0].column(3), table().column(3));
    }

    #[test]
    fn a_file_without_rows_is_a_file() {
        let schema = table().schema();
        let empty = |format| Sheet::new(format, &schema).unwrap().finish().unwrap();
        assert!(empty(Format::Csv).starts_with(b"model,"));
        assert_eq!(serde_json::from_slice::<Vec<serde_json::Value>>(&empty(Format::Json)).unwrap().len(), 0);
        assert!(empty(Format::Ndjson).is_empty());
        assert_eq!(ParquetRecordBatchReader::try_new(empty(Format::Parquet), 100).unwrap().count(), 0);
    }
}
