//! Commits a group: its segment into the bucket, then a partial for each hour in it (I2). Both are idempotent puts: a group that is
//! committed again writes the same under the same keys (I3).

use crate::Store;
use crate::group::{Group, GroupKey};
use arrow_array::RecordBatch;
use bytes::Bytes;
use cube::FamilyState;
use cube::columns::{ColumnsError, RowContext, from_events};
use cube::segment::{self, SegmentError};
use futures::{StreamExt, TryStreamExt, stream};
use model::{Event, Family, Hour, HourOffset, Timestamp};
use ports::PortError;
use records::{Configuration, Partial, RecordError, object, partial};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Partials of one group that are put at once.
const PARTIALS_SIDE_BY_SIDE: usize = 4;

/// How a batch of events is folded: `cube::fold`, unless a test wants it to fail.
pub type Fold = fn(Family, &RecordBatch) -> FamilyState;

/// Why a group is not committed.
#[derive(Debug, thiserror::Error)]
pub enum GroupError {
    /// Its events are no columns.
    #[error("the events did not become columns")]
    Columns(#[from] ColumnsError),
    /// Its columns are no segment.
    #[error("the columns did not become a segment")]
    Segment(#[from] SegmentError),
    /// Something in it made the code panic.
    #[error("the events made the fold panic")]
    Panic,
    /// What AI usage costs its tenant, or who is erased, is not known.
    #[error("the tenant's configuration was not read")]
    Configuration(#[source] RecordError),
    /// The bucket did not take its segment.
    #[error("the segment was not written")]
    Bucket(#[source] PortError),
    /// The table did not take its partials.
    #[error("the partials were not written")]
    Table(#[source] RecordError),
}

impl GroupError {
    /// Whether the events are at fault, and not a service.
    pub fn is_of_events(&self) -> bool {
        matches!(self, Self::Columns(_) | Self::Segment(_) | Self::Panic)
    }
}

/// What a group is written as.
struct Written {
    object: Bytes,
    partials: Vec<Partial>,
}

impl Store {
    pub(crate) async fn commit(&self, group: &Group) -> Result<(), GroupError> {
        let configuration = self.configuration(&group.key).await?;
        let written = catch_unwind(AssertUnwindSafe(|| self.write(group, &configuration))).map_err(|_| GroupError::Panic)??;
        let Written { object, partials } = written;
        let Some(first) = partials.first() else { return Ok(()) };
        let key = object::segment(first.family, &first.tenant, &first.segment);
        self.bucket.put(&key, "application/vnd.apache.parquet", object).await.map_err(GroupError::Bucket)?;
        let now = self.clock.now();
        let puts = stream::iter(&partials).map(|partial| partial::put(&*self.table, partial, now));
        puts.buffer_unordered(PARTIALS_SIDE_BY_SIDE).try_collect().await.map_err(GroupError::Table)
    }

    /// By what the events of the group are counted.
    async fn configuration(&self, key: &GroupKey) -> Result<Arc<Configuration>, GroupError> {
        let configuration = self.configured.of(&*self.table, (&key.tenant, key.family), self.clock.now()).await;
        configuration.map_err(GroupError::Configuration)
    }

    /// The columns, the segment and the folded states of a group, without who is erased: its events come late. No I/O.
    fn write(&self, group: &Group, configuration: &Configuration) -> Result<Written, GroupError> {
        let (tenant, family, events) = (&group.key.tenant, group.key.family, &group.events);
        let context = RowContext { prices: &configuration.book, hour_offset: group.hour_offset, currency: group.key.currency };
        let erased = |(hour, batch): (Hour, RecordBatch)| Ok((hour, cube::erase(&batch, &configuration.erasures)?));
        let hours = from_events(family, events, &context)?.into_iter().map(erased).collect::<Result<Vec<_>, ColumnsError>>()?;
        let object = segment::encode(tenant, family, &hours)?;
        let segment = segment::id(&group.messages(), &object);
        let spans = spans(events, group.hour_offset);
        let partial = |(hour, batch): &(Hour, RecordBatch)| Partial {
            tenant: tenant.clone(),
            family,
            hour: *hour,
            segment: segment.clone(),
            events: batch.num_rows() as u64,
            first: spans.get(hour).map_or_else(Timestamp::default, |(first, _)| *first),
            last: spans.get(hour).map_or_else(Timestamp::default, |(_, last)| *last),
            state: Some((self.fold)(family, batch).encode().into()),
        };
        Ok(Written { partials: hours.iter().map(partial).collect(), object })
    }
}

/// The first and the last moment of each hour that has events.
fn spans(events: &[Event], offset: HourOffset) -> BTreeMap<Hour, (Timestamp, Timestamp)> {
    let mut spans = BTreeMap::new();
    for event in events {
        let span = spans.entry(Hour::of(event.time, offset)).or_insert((event.time, event.time));
        *span = (span.0.min(event.time), span.1.max(event.time));
    }
    spans
}
