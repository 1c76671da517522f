//! The settled log of a day of AI events, as files under the keys that the bucket has for them: its hours alike, events of an hour in the
//! order in which they came, which is nearly that of their times.

use crate::sample::{ai_events, context, scatter};
use anyhow::Context;
use arrow_array::{ArrayRef, RecordBatch, StringArray, TimestampMillisecondArray};
use cube::columns::from_events;
use cube::settle::{LogObject, LogSize, LogWriter};
use model::{AttemptId, Day, Family, Hour, HourOffset, TenantId};
use records::object;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// 2026-11-21.
pub const DAY: Day = Day::from_index(20_778);
/// Who settled it.
pub const ATTEMPT: AttemptId = AttemptId::new(1);
/// Beside the objects: which of them has which hours.
pub const INDEX: &str = "hours.json";
const HOURS: usize = 24;
const HOUR_MS: usize = 3_600_000;
/// As many as a row group of the log has.
const GROUP: usize = 1 << 17;
/// As large as settling makes them.
const OBJECT_BYTES: usize = 32 * 1024 * 1024;
/// How much later than it happened an event may come.
const LATE_MS: u64 = 5_000;

/// By hour, the numbers of the objects that have rows of it, and how many rows.
pub type Index = BTreeMap<i32, (Vec<u32>, usize)>;

/// The name of the tenant.
pub fn tenant() -> anyhow::Result<TenantId> {
    Ok(TenantId::new("bench")?)
}

/// Writes a log of so many rows into a folder, and answers the folder.
pub fn write(folder: &Path, rows: usize) -> anyhow::Result<PathBuf> {
    let tenant = tenant()?;
    let (_, group) = from_events(Family::Ai, &ai_events(GROUP)?, &context())?.into_iter().next().context("there is no event")?;
    let mut log = LogWriter::new(&tenant, Family::Ai, LogSize { object_bytes: OBJECT_BYTES, rows });
    let mut index = Index::new();
    let keep = |objects: Vec<LogObject>, index: &mut Index| {
        for LogObject { number, bytes, hours } in objects {
            let path = folder.join(object::log((Family::Ai, &tenant, DAY), ATTEMPT, number));
            fs::create_dir_all(path.parent().context("a key has a folder")?)?;
            fs::write(path, bytes)?;
            for hour in &hours {
                index.entry(hour.index()).or_default().0.push(number);
            }
        }
        anyhow::Ok(())
    };
    for number in 0..HOURS {
        let hour = Hour::from_index(DAY.first_hour().index() + i32::try_from(number)?);
        let of_hour = rows * (number + 1) / HOURS - rows * number / HOURS;
        index.entry(hour.index()).or_default().1 = of_hour;
        for from in (0..of_hour).step_by(GROUP) {
            let rows = group.slice(0, GROUP.min(of_hour - from));
            keep(log.add(hour, &came(&rows, hour, (from, of_hour))?)?, &mut index)?;
        }
    }
    keep(log.finish()?, &mut index)?;
    fs::write(folder.join(INDEX), serde_json::to_vec(&index)?)?;
    Ok(folder.to_owned())
}

/// Rows under new ids, with the times of those that came from the `from`th on of all that came in an hour.
fn came(rows: &RecordBatch, hour: Hour, (from, of_hour): (usize, usize)) -> anyhow::Result<RecordBatch> {
    let start = hour.start(HourOffset::default()).as_millis();
    let number = |row: usize| (usize::try_from(hour.index()).unwrap_or_default() << 32) + from + row;
    let came = |row: usize| start + i64::try_from((from + row) * HOUR_MS / of_hour).unwrap_or_default();
    let late = |row: usize| scatter(number(row) as u64) % LATE_MS;
    let happened = |row: usize| (came(row) - late(row).cast_signed()).max(start);
    let all = 0..rows.num_rows();
    let ids: StringArray = all.clone().map(|row| Some(format!("r:{:032x}", scatter(number(row) as u64)))).collect();
    let times: TimestampMillisecondArray = all.clone().map(happened).collect::<Vec<_>>().into();
    let received: TimestampMillisecondArray = all.map(came).collect::<Vec<_>>().into();
    let (schema, mut columns) = (rows.schema(), rows.columns().to_vec());
    let own: [(&str, ArrayRef); 3] =
        [("id", Arc::new(ids)), ("time", Arc::new(times.with_timezone("UTC"))), ("received", Arc::new(received.with_timezone("UTC")))];
    for (name, column) in own {
        columns[schema.index_of(name)?] = column;
    }
    // Their hour is the one column that a settle does not look at again.
    let hours = arrow_array::Int32Array::from(vec![hour.index(); rows.num_rows()]);
    columns[schema.index_of("hour")?] = Arc::new(hours);
    Ok(RecordBatch::try_new(schema, columns)?)
}
