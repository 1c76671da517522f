//! Users, and the groups of a cube, as a file: the rows of a query's answer, with typed columns.

use super::ask::{MOST_BYTES, file, file_name, needed};
use crate::Desk;
use crate::parameters::{Asked, fault, wrong};
use crate::visit::Visit;
use arrow_array::{ArrayRef, Decimal128Array, Float64Array, RecordBatch, StringArray, TimestampMillisecondArray};
use arrow_schema::{DataType, Field, Schema};
use axum::response::Response;
use cube::query::{Answer, MetricQuery, Number};
use export::{Format, Sheet};
use model::Timestamp;
use std::sync::Arc;
use web::Problem;

/// The most digits that a decimal column has.
const PRECISION: u8 = 38;
const UTC: &str = "UTC";

/// Who did anything, and when it was first and last seen.
pub(super) fn users(asked: &Asked) -> MetricQuery {
    asked.question("people", &["events", "firstSeen", "lastSeen", "daysActive"]).by("user")
}

/// The groups of a cube that are asked for.
pub(super) fn groups(asked: &Asked) -> Result<MetricQuery, Problem> {
    let names = |text: &str| text.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect::<Vec<_>>();
    let measures = names(needed(asked, "measures")?);
    let measures: Vec<&str> = measures.iter().map(String::as_str).collect();
    let by = names(asked.own("by").unwrap_or_default());
    let mut query = by.iter().fold(asked.question(needed(asked, "cube")?, &measures), |query, name| query.by(name));
    if asked.names_granularity {
        query = query.every(asked.window.granularity, asked.window.timezone);
    }
    query.check().map_err(|faults| wrong(faults.iter().map(|found| fault("cube", "unanswerable", found.to_string())).collect()))?;
    Ok(query)
}

/// The rows of a query's answer.
pub(super) async fn answer(
    desk: &Desk,
    (visit, asked): (&Visit, &Asked),
    (query, format): (MetricQuery, Format),
) -> Result<Response, Problem> {
    let reading = desk.ask(visit, std::slice::from_ref(&query)).await?;
    let answer = reading.answers.first().ok_or_else(|| Problem::internal("an answer is missing"))?;
    let rows = table(&query, answer).map_err(Problem::internal)?;
    let mut sheet = Sheet::new(format, &rows.schema()).map_err(Problem::internal)?;
    sheet.write(&rows).map_err(Problem::internal)?;
    let count = sheet.rows();
    let bytes = sheet.finish().map_err(Problem::internal)?;
    if bytes.len() > MOST_BYTES {
        let message = format!(
            "the file would have {} bytes and {count} rows; at most {MOST_BYTES} bytes are answered: ask for a shorter time, fewer dimensions or parquet",
            bytes.len()
        );
        return Err(wrong(vec![fault("data", "too_large", message)]));
    }
    file(visit, (&file_name(&query.cube, asked, format), format), (bytes, count))
}

/// An answer as columns: when a bucket begins, labels, and numbers: decimals where all are exact.
fn table(query: &MetricQuery, answer: &Answer) -> Result<RecordBatch, arrow_schema::ArrowError> {
    let (mut fields, mut columns): (Vec<Field>, Vec<ArrayRef>) = (Vec::new(), Vec::new());
    let of_time = DataType::Timestamp(arrow_schema::TimeUnit::Millisecond, Some(UTC.into()));
    let times = |moments: Vec<Option<i64>>| Arc::new(TimestampMillisecondArray::from(moments).with_timezone(UTC)) as ArrayRef;
    if query.granularity.is_some() {
        fields.push(Field::new("start", of_time.clone(), true));
        columns.push(times(answer.rows.iter().map(|row| row.start.map(Timestamp::as_millis)).collect()));
    }
    for (place, name) in query.group_by.iter().enumerate() {
        fields.push(Field::new(name, DataType::Utf8, true));
        columns.push(Arc::new(answer.rows.iter().map(|row| row.labels.get(place)).collect::<StringArray>()));
    }
    for (place, name) in query.measures.iter().enumerate() {
        let numbers: Vec<&Number> = answer.rows.iter().filter_map(|row| row.values.get(place)).collect();
        let (kind, column) = if numbers.iter().any(|number| matches!(number, Number::Moment(_))) {
            let moment = |number: &&Number| if let Number::Moment(moment) = number { Some(moment.as_millis()) } else { None };
            (of_time.clone(), times(numbers.iter().map(moment).collect()))
        } else {
            number_column(&numbers)?
        };
        fields.push(Field::new(name, kind, true));
        columns.push(column);
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

fn number_column(numbers: &[&Number]) -> Result<(DataType, ArrayRef), arrow_schema::ArrowError> {
    let is_exact = numbers.iter().all(|number| matches!(number, Number::Nothing) || number.exact().is_some());
    if !is_exact {
        let values: Float64Array = numbers.iter().map(|number| number.as_f64()).collect();
        return Ok((DataType::Float64, Arc::new(values)));
    }
    let scale = numbers.iter().filter_map(|number| number.exact()).map(|decimal| decimal.scale).max().unwrap_or_default();
    let units = |number: &&Number| number.exact().map(|decimal| decimal.units * 10_i128.pow(scale - decimal.scale));
    let scale = i8::try_from(scale).unwrap_or_default();
    let values = numbers.iter().map(units).collect::<Decimal128Array>().with_precision_and_scale(PRECISION, scale)?;
    Ok((DataType::Decimal128(PRECISION, scale), Arc::new(values)))
}
