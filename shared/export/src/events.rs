//! The events of a tenant's family, a day at a time: from the settled log, and from the segments of what is not settled, each once (I4), in
//! the order of their times. Memory follows the largest slice of an hour, not the day: an hour with more events than a slice holds is read
//! once for its times, and then a span of them at a time.

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, TimestampMillisecondType, UInt32Type};
use arrow_array::{Array, RecordBatch, UInt32Array};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use arrow_select::interleave::interleave_record_batch;
use arrow_select::take::take_record_batch;
use async_trait::async_trait;
use bytes::Bytes;
use cube::segment::{self, Opened, SegmentError};
use cube::settle::{Identifier, SettleError, Winners};
use model::erasure::Erasures;
use model::{Day, Hour, HourOffset, Timestamp};
use ports::{Bucket, PortError, Read, Table};
use records::partial::{self, Span};
use records::{RecordError, object};
use rollups::{DayManifest, ManifestError, Owner, day};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

/// Events that are held decoded at once.
const SLICE_ROWS: usize = 400_000;
/// Rows that are handed over at once.
const BATCH_ROWS: usize = 8_192;
/// Bytes of objects that are kept from one look to the next.
const KEPT_BYTES: usize = 96 * 1024 * 1024;
/// Columns that say nothing of what happened.
const INTERNAL: [&str; 2] = ["hour", "content_hash"];

/// Why events were not read.
#[derive(Debug, thiserror::Error)]
pub enum EventsError {
    /// A record could not be read.
    #[error("a record cannot be read")]
    Record(#[from] RecordError),
    /// A manifest could not be read.
    #[error("a manifest cannot be read")]
    Manifest(#[from] ManifestError),
    /// A port did not do what it was asked.
    #[error("a call failed")]
    Port(#[from] PortError),
    /// Something that is named is not there: it was superseded since, or it is lost.
    #[error("{0} is missing")]
    Missing(String),
    /// An object cannot be read.
    #[error("an object is damaged")]
    Segment(#[from] SegmentError),
    /// Copies of events could not be told apart.
    #[error("copies of events cannot be told apart")]
    Settle(#[from] SettleError),
    /// Columns do not fit together.
    #[error("the columns do not fit together")]
    Columns(#[from] ArrowError),
    /// Whoever takes the rows could not.
    #[error("the rows are not taken")]
    Sink(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl EventsError {
    /// Whether the same may work later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Record(error) => error.is_transient(),
            Self::Manifest(error) => error.is_transient(),
            Self::Port(error) => error.is_transient(),
            // What was superseded meanwhile has another name by then.
            Self::Missing(_) => true,
            Self::Segment(_) | Self::Settle(_) | Self::Columns(_) | Self::Sink(_) => false,
        }
    }
}

/// Who takes rows as they are read.
#[async_trait]
pub trait Rows: Send {
    /// Takes some; answers whether more are wanted.
    ///
    /// # Errors
    /// Where they cannot be taken.
    async fn take(&mut self, rows: RecordBatch) -> Result<bool, Box<dyn std::error::Error + Send + Sync>>;
}

/// Which events are wanted.
#[derive(Debug, Clone, Default)]
pub struct Narrowed {
    /// From this moment on.
    pub from: Option<Timestamp>,
    /// To this one, which is not included.
    pub to: Option<Timestamp>,
    /// By column of labels, the values of which one must hold; `(none)` is no label.
    pub labels: Vec<(String, Vec<String>)>,
}

/// The columns of a family's events, as files have them: text, whole numbers, flags and times, without what is Weir's own.
#[must_use]
pub fn columns(family: model::Family) -> SchemaRef {
    let schema = cube::columns::schema(family);
    let own = schema.fields().iter().filter(|field| !INTERNAL.contains(&field.name().as_str()));
    Arc::new(Schema::new(own.cloned().collect::<Vec<_>>()))
}

/// The days of a tenant's that a span of time touches.
#[must_use]
pub fn days((from, to): (Timestamp, Timestamp), offset: HourOffset) -> Vec<Day> {
    if to <= from {
        return Vec::new();
    }
    let (first, last) = (Hour::of(from, offset).day(), Hour::of(to.plus_millis(-1), offset).day());
    let (mut days, mut day) = (vec![first], first);
    while day < last {
        day = Hour::from_index(day.last_hour().index() + 1).day();
        days.push(day);
    }
    days
}

/// Reads events of a tenant's family.
pub struct Events<'a> {
    table: &'a dyn Table,
    bucket: &'a dyn Bucket,
    owner: &'a Owner,
    erasures: &'a Erasures,
    /// Randomness by which copies are told apart.
    seed: u128,
    narrowed: Narrowed,
    kept: Vec<(String, Bytes)>,
}

/// Where a winning row of an hour is.
type Found = (i64, u32, u32);

/// A row group of an hour.
struct Group {
    object: String,
    index: usize,
}

impl<'a> Events<'a> {
    /// A reader of these events. People who are erased are erased from what it reads.
    #[must_use]
    pub fn new((table, bucket): (&'a dyn Table, &'a dyn Bucket), owner: &'a Owner, (erasures, seed): (&'a Erasures, u128)) -> Self {
        Self { table, bucket, owner, erasures, seed, narrowed: Narrowed::default(), kept: Vec::new() }
    }

    /// The same of these only.
    #[must_use]
    pub fn narrowed(self, narrowed: Narrowed) -> Self {
        Self { narrowed, ..self }
    }

    /// Hands over the events of a day, of what is settled and what is not. Answers whether more are wanted.
    ///
    /// # Errors
    /// Where something that is named cannot be read, or the rows are not taken.
    pub async fn day(&mut self, of: Day, to: &mut dyn Rows) -> Result<bool, EventsError> {
        // Partials before the manifest: what is settled meanwhile is in both, and not in neither.
        let span =
            Span { tenant: &self.owner.tenant, family: self.owner.family, hours: of.first_hour()..=of.last_hour(), read: Read::Strong };
        let briefs = partial::briefs(self.table, &span).await?;
        let manifest = day::get(self.table, self.owner, (of, Read::Strong)).await?;
        let mut objects = self.log(&manifest);
        for brief in briefs.iter().filter(|brief| manifest.absorbed(brief.hour, &brief.segment).is_none()) {
            let segment = object::segment(self.owner.family, &self.owner.tenant, &brief.segment);
            objects.entry(brief.hour).or_default().insert(segment);
        }
        self.hours(objects, to).await
    }

    /// Hands over the events of a day that its manifest names, and no others. Answers whether more are wanted.
    ///
    /// # Errors
    /// As [`Events::day`].
    pub async fn settled(&mut self, manifest: &DayManifest, to: &mut dyn Rows) -> Result<bool, EventsError> {
        let objects = self.log(manifest);
        self.hours(objects, to).await
    }

    fn log(&self, manifest: &DayManifest) -> BTreeMap<Hour, BTreeSet<String>> {
        let objects = |(hour, entry): (&Hour, &rollups::HourEntry)| {
            let log = entry.log.as_ref()?;
            let place = (self.owner.family, &self.owner.tenant, manifest.day);
            Some((*hour, log.objects.iter().map(|number| object::log(place, log.attempt, *number)).collect()))
        };
        manifest.body.hours.iter().filter_map(objects).collect()
    }

    async fn hours(&mut self, objects: BTreeMap<Hour, BTreeSet<String>>, to: &mut dyn Rows) -> Result<bool, EventsError> {
        for (hour, objects) in objects {
            if !self.hour(hour, &objects, to).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn hour(&mut self, hour: Hour, objects: &BTreeSet<String>, to: &mut dyn Rows) -> Result<bool, EventsError> {
        let (mut groups, mut winners, mut rows) = (Vec::new(), Winners::default(), 0);
        let identifier = Identifier::new(self.seed);
        let is_settled = objects.iter().all(|object| object.starts_with(object::LOG));
        for object in objects {
            let opened = self.open(object).await?;
            for (index, group) in opened.groups().iter().enumerate().filter(|(_, group)| group.hour == hour) {
                if !is_settled {
                    let people = opened.identities_of_people(index)?;
                    let place = u32::try_from(groups.len()).map_err(|_| SettleError::TooMany)?;
                    winners.claim(&identifier, place, &cube::erase(&people, self.erasures)?)?;
                }
                rows += group.rows;
                groups.push(Group { object: object.clone(), index });
            }
        }
        let winners = (!is_settled).then_some(winners);
        let found = self.found(&groups, winners).await?;
        let slices = if rows <= SLICE_ROWS { vec![found] } else { found.chunks(SLICE_ROWS).map(<[Found]>::to_vec).collect() };
        for slice in slices {
            if !self.slice(&groups, slice, to).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The rows that count, in the order of their times.
    async fn found(&mut self, groups: &[Group], mut winners: Option<Winners>) -> Result<Vec<Found>, EventsError> {
        let mut found: Vec<Found> = Vec::new();
        let numbered = |rows: usize| UInt32Array::from_iter_values((0_u32..).take(rows));
        for (place, group) in (0_u32..).zip(groups) {
            let times = self.open(&group.object).await?.columns(group.index, &["time"])?;
            let rows = numbered(times.num_rows());
            let Some(column) = times.column_by_name("time") else { continue };
            let schema =
                Schema::new(vec![Field::new("time", column.data_type().clone(), true), Field::new("row", DataType::UInt32, false)]);
            let mut batch = RecordBatch::try_new(Arc::new(schema), vec![Arc::clone(column), Arc::new(rows)])?;
            if let Some(winners) = &mut winners {
                batch = winners.keep(place, &batch)?;
            }
            let times = batch.column(0).as_primitive::<TimestampMillisecondType>();
            let rows = batch.column(1).as_primitive::<UInt32Type>();
            let is_wanted = |time: &i64| {
                self.narrowed.from.is_none_or(|from| *time >= from.as_millis()) && self.narrowed.to.is_none_or(|to| *time < to.as_millis())
            };
            let pairs = times.values().iter().zip(rows.values()).filter(|(time, _)| is_wanted(time));
            found.extend(pairs.map(|(time, row)| (*time, place, *row)));
        }
        found.sort_unstable();
        Ok(found)
    }

    /// Decodes the rows of a slice, and hands them over in its order.
    async fn slice(&mut self, groups: &[Group], slice: Vec<Found>, to: &mut dyn Rows) -> Result<bool, EventsError> {
        let mut by_group: BTreeMap<u32, Vec<(usize, u32)>> = BTreeMap::new();
        for (at, (_, place, row)) in slice.iter().enumerate() {
            by_group.entry(*place).or_default().push((at, *row));
        }
        let mut batches = Vec::with_capacity(by_group.len());
        let mut order = vec![(0_usize, usize::MAX); slice.len()];
        for (place, mut rows) in by_group {
            let Some(group) = groups.get(place as usize) else { continue };
            rows.sort_unstable_by_key(|(_, row)| *row);
            let events = self.open(&group.object).await?.events(group.index)?;
            let events = cube::columns::conform(self.owner.family, &events)?;
            // Each row counts once at most: as many as there are, are all of them.
            let taken = if rows.len() == events.num_rows() { events } else { take(&events, rows.iter().map(|(_, row)| *row))? };
            let taken = cube::erase(&taken, self.erasures)?;
            let mask = self.mask(&taken);
            for (row, (at, _)) in rows.iter().enumerate().filter(|(row, _)| mask[*row]) {
                order[*at] = (batches.len(), row);
            }
            batches.push(outward(self.owner.family, &taken)?);
        }
        order.retain(|(_, row)| *row != usize::MAX);
        let batches: Vec<&RecordBatch> = batches.iter().collect();
        for rows in order.chunks(BATCH_ROWS) {
            if !to.take(gather(&batches, rows)?).await.map_err(EventsError::Sink)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Which rows have the labels that are wanted.
    fn mask(&self, events: &RecordBatch) -> Vec<bool> {
        let mut mask = vec![true; events.num_rows()];
        for (column, wanted) in &self.narrowed.labels {
            let wanted: HashSet<&str> = wanted.iter().map(String::as_str).collect();
            let Some(labels) = events.column_by_name(column).and_then(|column| column.as_dictionary_opt::<Int32Type>()) else { continue };
            let Some(values) = labels.values().as_string_opt::<i32>() else { continue };
            let is_wanted: Vec<bool> = values.iter().map(|value| wanted.contains(value.unwrap_or_default())).collect();
            let of_none = wanted.contains("(none)");
            for (row, mask) in mask.iter_mut().enumerate() {
                *mask &= labels.key(row).map_or(of_none, |key| is_wanted[key]);
            }
        }
        mask
    }

    async fn open(&mut self, object: &str) -> Result<Opened, EventsError> {
        if let Some((_, bytes)) = self.kept.iter().find(|(kept, _)| kept == object) {
            return Ok(segment::open(bytes)?);
        }
        let bytes = self.bucket.get(object).await?.ok_or_else(|| EventsError::Missing(object.to_owned()))?;
        while !self.kept.is_empty() && self.kept.iter().map(|(_, kept)| kept.len()).sum::<usize>() + bytes.len() > KEPT_BYTES {
            self.kept.remove(0);
        }
        let opened = segment::open(&bytes)?;
        self.kept.push((object.to_owned(), bytes));
        Ok(opened)
    }
}

/// Rows of some batches, in their order.
fn gather(batches: &[&RecordBatch], rows: &[(usize, usize)]) -> Result<RecordBatch, ArrowError> {
    let (batch, first) = rows[0];
    if rows.iter().any(|(of, _)| *of != batch) {
        return interleave_record_batch(batches, rows);
    }
    if rows.iter().zip(first..).all(|((_, row), next)| *row == next) {
        return Ok(batches[batch].slice(first, rows.len()));
    }
    // Of one batch, as most are that were sent in order: its labels stay as they are, where those of several would be gathered anew.
    take(batches[batch], rows.iter().map(|(_, row)| u32::try_from(*row).unwrap_or(u32::MAX)))
}

fn take(batch: &RecordBatch, rows: impl Iterator<Item = u32>) -> Result<RecordBatch, ArrowError> {
    take_record_batch(batch, &UInt32Array::from_iter_values(rows))
}

/// Events in the columns that files have.
fn outward(family: model::Family, events: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let schema = columns(family);
    let column = |field: &arrow_schema::FieldRef| {
        events.column_by_name(field.name()).cloned().ok_or_else(|| ArrowError::SchemaError(format!("there is no column {}", field.name())))
    };
    let arrays = schema.fields().iter().map(column).collect::<Result<Vec<_>, _>>()?;
    RecordBatch::try_new(schema, arrays)
}
