//! The log as one attempt writes it: the events of the hours of a round, each once, in as few objects as their size allows.

use crate::look::Unit;
use crate::{Result, SettleError};
use arrow_array::RecordBatch;
use cube::settle::{LogObject, LogSize, LogWriter};
use model::{AttemptId, Hour};
use ports::Bucket;
use records::object;
use std::collections::BTreeMap;

/// Puts each object as soon as it is full, so that only one is in memory.
pub(crate) struct Log<'a> {
    bucket: &'a dyn Bucket,
    unit: &'a Unit,
    attempt: AttemptId,
    writer: LogWriter,
    /// The numbers of the objects that hold events of an hour.
    objects: BTreeMap<Hour, Vec<u32>>,
}

impl<'a> Log<'a> {
    pub fn new(bucket: &'a dyn Bucket, unit: &'a Unit, (attempt, size): (AttemptId, LogSize)) -> Self {
        let writer = LogWriter::new(&unit.owner.tenant, unit.owner.family, size);
        Self { bucket, unit, attempt, writer, objects: BTreeMap::new() }
    }

    pub async fn add(&mut self, hour: Hour, events: &RecordBatch) -> Result<()> {
        let full = self.writer.add(hour, events).map_err(SettleError::Log)?;
        put(self.bucket, self.unit, (self.attempt, full, &mut self.objects)).await
    }

    /// Writes the rest. Answers, for each hour, which objects hold it.
    pub async fn finish(mut self) -> Result<BTreeMap<Hour, Vec<u32>>> {
        let last = self.writer.finish().map_err(SettleError::Log)?;
        put(self.bucket, self.unit, (self.attempt, last, &mut self.objects)).await?;
        Ok(self.objects)
    }
}

async fn put(
    bucket: &dyn Bucket,
    unit: &Unit,
    (attempt, full, objects): (AttemptId, Vec<LogObject>, &mut BTreeMap<Hour, Vec<u32>>),
) -> Result<()> {
    for LogObject { number, bytes, hours } in full {
        let key = object::log((unit.owner.family, &unit.owner.tenant, unit.day), attempt, number);
        bucket.put(&key, "application/vnd.apache.parquet", bytes).await?;
        for hour in hours {
            objects.entry(hour).or_default().push(number);
        }
    }
    Ok(())
}
