//! The events of a person as they are kept: from the log, and from the segments of what is not settled. Read an hour at a time, within what a
//! request may take: where that is used up, the rest is the next page.

use crate::Desk;
use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, Int64Type, TimestampMillisecondType};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::DataType;
use bytes::Bytes;
use cube::segment;
use model::{Day, Family, Hour, TenantId, Timestamp};
use ports::Read;
use records::object;
use records::partial::{self, Span};
use rollups::{Owner, day};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use web::Problem;

/// Bytes of objects that one page reads at most, but for the first hour of it.
const PAGE_BYTES: usize = 96 * 1024 * 1024;
/// Columns that say nothing of the person.
const INTERNAL: [&str; 2] = ["hour", "content_hash"];

/// A place between two events: in an hour of a family, after so many events of the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    day: Day,
    family: Family,
    hour: Hour,
    after: usize,
}

impl Place {
    /// As a cursor keeps it.
    pub(crate) fn text(self) -> String {
        format!("{} {} {}", self.family, self.hour, self.after)
    }

    /// The place that a cursor kept.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut parts = text.split(' ');
        let (family, hour) = (Family::from_name(parts.next()?)?, Hour::from_key(parts.next()?)?);
        Some(Self { day: hour.day(), family, hour, after: parts.next()?.parse().ok()? })
    }
}

/// Some of a person's events, and where the others begin.
#[derive(Debug, Default)]
pub(crate) struct Events {
    pub rows: Vec<Value>,
    pub next: Option<Place>,
}

/// Whose events are read.
pub(crate) struct Raw<'a> {
    pub desk: &'a Desk,
    pub tenant: &'a TenantId,
    pub user: &'a str,
}

/// What one request has read.
#[derive(Default)]
struct Fetched {
    bytes: usize,
    /// The last object: hours of a small day lie in one.
    last: Option<(String, Bytes)>,
}

impl Raw<'_> {
    /// The person's events on some days, oldest first, from a place on: at most so many.
    pub(crate) async fn events(&self, days: &BTreeSet<(Day, Family)>, from: Option<Place>, limit: usize) -> Result<Events, Problem> {
        let mut events = Events::default();
        let mut fetched = Fetched::default();
        let first = from.map(|from| (from.day, from.family));
        for (day, family) in days.iter().copied().filter(|unit| first.is_none_or(|first| *unit >= first)) {
            let owner = Owner { tenant: self.tenant.clone(), family };
            for (hour, objects) in self.objects(&owner, day).await? {
                let start = Place { day, family, hour, after: 0 };
                let start = match from {
                    Some(from) if (from.day, from.family) == (day, family) && hour < from.hour => continue,
                    Some(from) if (from.day, from.family, from.hour) == (day, family, hour) => from,
                    _ => start,
                };
                if events.rows.len() >= limit || (fetched.bytes > PAGE_BYTES && !events.rows.is_empty()) {
                    events.next = Some(start);
                    return Ok(events);
                }
                let found = self.hour((family, hour), &objects, &mut fetched).await?;
                let room = limit - events.rows.len();
                let left = found.len().saturating_sub(start.after);
                events.rows.extend(found.into_values().skip(start.after).take(room));
                if left > room {
                    events.next = Some(Place { after: start.after + room, ..start });
                    return Ok(events);
                }
            }
        }
        Ok(events)
    }

    /// The objects that hold events of a day, by hour: partials are read before the manifest, so that what is settled meanwhile is in both and
    /// not in neither.
    async fn objects(&self, owner: &Owner, of: Day) -> Result<BTreeMap<Hour, BTreeSet<String>>, Problem> {
        let table = &*self.desk.table;
        let span = Span { tenant: self.tenant, family: owner.family, hours: of.first_hour()..=of.last_hour(), read: Read::Strong };
        let briefs = partial::briefs(table, &span).await.map_err(crate::admin::unreadable)?;
        let manifest = day::get(table, owner, (of, Read::Strong)).await.map_err(Problem::unavailable)?;
        let mut objects: BTreeMap<Hour, BTreeSet<String>> = BTreeMap::new();
        for (hour, entry) in &manifest.body.hours {
            let Some(log) = &entry.log else { continue };
            let key = |number: &u32| object::log((owner.family, self.tenant, of), log.attempt, *number);
            objects.entry(*hour).or_default().extend(log.objects.iter().map(key));
        }
        for brief in briefs.iter().filter(|brief| manifest.absorbed(brief.hour, &brief.segment).is_none()) {
            objects.entry(brief.hour).or_default().insert(object::segment(owner.family, self.tenant, &brief.segment));
        }
        Ok(objects)
    }

    /// The person's events in these objects, each once, by time and id. What has expired since it was named is not there.
    async fn hour(
        &self,
        (family, hour): (Family, Hour),
        objects: &BTreeSet<String>,
        fetched: &mut Fetched,
    ) -> Result<BTreeMap<(i64, String), Value>, Problem> {
        let (mut found, mut ids) = (BTreeMap::new(), HashSet::new());
        for key in objects {
            let Some(bytes) = self.fetch(key, fetched).await? else { continue };
            let opened = segment::open(&bytes).map_err(Problem::internal)?;
            for (group, _) in opened.groups().iter().enumerate().filter(|(_, group)| group.hour == hour) {
                let users = opened.columns(group, &["user"]).map_err(Problem::internal)?;
                if self.rows(&users).is_empty() {
                    continue;
                }
                let events = opened.events(group).map_err(Problem::internal)?;
                for row in self.rows(&events) {
                    let (time, id, event) = event(&events, (family, row));
                    if ids.insert(id.clone()) {
                        found.insert((time, id), event);
                    }
                }
            }
        }
        Ok(found)
    }

    /// The rows of the person.
    fn rows(&self, events: &RecordBatch) -> Vec<usize> {
        let Some(users) = events.column_by_name("user").and_then(|column| column.as_dictionary_opt::<Int32Type>()) else {
            return Vec::new();
        };
        let Some(labels) = users.values().as_string_opt::<i32>() else { return Vec::new() };
        let is_own = |row: &usize| users.key(*row).is_some_and(|key| labels.value(key) == self.user);
        (0..events.num_rows()).filter(is_own).collect()
    }

    async fn fetch(&self, key: &str, fetched: &mut Fetched) -> Result<Option<Bytes>, Problem> {
        if let Some((_, bytes)) = fetched.last.as_ref().filter(|(last, _)| last == key) {
            return Ok(Some(bytes.clone()));
        }
        let bytes = self.desk.bucket.get(key).await.map_err(Problem::unavailable)?;
        fetched.bytes += bytes.as_ref().map_or(0, Bytes::len);
        fetched.last = bytes.clone().map(|bytes| (key.to_owned(), bytes));
        Ok(bytes)
    }
}

/// A row as JSON, with its time and id.
fn event(events: &RecordBatch, (family, row): (Family, usize)) -> (i64, String, Value) {
    let mut members = Map::from_iter([("family".to_owned(), json!(family.name()))]);
    for (field, column) in events.schema().fields().iter().zip(events.columns()) {
        if !INTERNAL.contains(&field.name().as_str())
            && let Some(value) = value(column, row)
        {
            members.insert(field.name().clone(), if field.name() == "properties" { parsed(value) } else { value });
        }
    }
    let times = events.column_by_name("time").and_then(|column| column.as_primitive_opt::<TimestampMillisecondType>());
    let id = members.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    (times.map_or(0, |times| times.value(row)), id, Value::Object(members))
}

/// Properties are the text of a JSON object.
fn parsed(value: Value) -> Value {
    value.as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or(value)
}

/// What a column says of a row; nothing where it says nothing.
fn value(column: &ArrayRef, row: usize) -> Option<Value> {
    if column.is_null(row) {
        return None;
    }
    match column.data_type() {
        DataType::Utf8 => Some(json!(column.as_string_opt::<i32>()?.value(row))),
        DataType::Int64 => Some(json!(column.as_primitive_opt::<Int64Type>()?.value(row))),
        DataType::Boolean => Some(json!(column.as_boolean_opt()?.value(row))),
        DataType::Timestamp(..) => {
            let millis = column.as_primitive_opt::<TimestampMillisecondType>()?.value(row);
            Some(json!(Timestamp::from_millis(millis).to_string()))
        }
        DataType::Dictionary(..) => {
            let labels = column.as_dictionary_opt::<Int32Type>()?;
            Some(json!(labels.values().as_string_opt::<i32>()?.value(labels.key(row)?)))
        }
        _ => None,
    }
}
