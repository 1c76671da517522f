//! Reads what an hour is made of: segments and objects of the log, in two passes, a row group at a time (see [`cube::settle`]).

use crate::SettleError;
use crate::log::Log;
use bytes::Bytes;
use cube::segment::{self, Opened};
use cube::settle::{Settled, Settling};
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};
use model::Hour;
use model::erasure::Erasures;
use ports::Bucket;
use records::object::LOG;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::error::Error;
use std::sync::{Mutex, PoisonError};

/// Segments that are fetched side by side: some hundred kilobytes each.
const SEGMENTS_SIDE_BY_SIDE: usize = 16;
/// Objects of the log that are: they are as large as the rules allow.
const LOG_SIDE_BY_SIDE: usize = 2;
/// Bytes of objects that are kept from one pass, or hour, to the next; the rest is fetched again.
const KEPT_BYTES: usize = 96 * 1024 * 1024;

/// Why the events of an hour were not read.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Something is missing or damaged, as the text says: the hour is quarantined.
    Damaged(String),
    /// Something else went wrong: all is given up.
    Failed(SettleError),
}

impl<E: Into<SettleError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// What an hour is made of.
#[derive(Debug, Clone)]
pub(crate) struct Sources {
    pub hour: Hour,
    /// Objects of segments, and how many events each must have of the hour.
    pub segments: Vec<(String, u64)>,
    /// Objects of the log.
    pub log: Vec<String>,
    /// How many events those must have together.
    pub log_events: u64,
}

impl Sources {
    fn objects(&self) -> Vec<&str> {
        self.segments.iter().map(|(object, _)| object).chain(&self.log).map(String::as_str).collect()
    }

    /// Holds what was found against what must be there.
    fn check(&self, found: &[u64]) -> Result<(), Stop> {
        let (segments, log) = found.split_at(self.segments.len());
        let mut pairs = self.segments.iter().zip(segments);
        if let Some(((object, expected), found)) = pairs.find(|((_, expected), found)| expected != *found) {
            return Err(Stop::Damaged(format!("{object} has {found} events of {}, not {expected}", self.hour)));
        }
        match log.iter().sum::<u64>() {
            found if found == self.log_events => Ok(()),
            found => Err(Stop::Damaged(format!("{} have {found} events of {}, not {}", self.log.join(", "), self.hour, self.log_events))),
        }
    }
}

/// A row group whose events were claimed.
struct Claimed {
    object: String,
    group: usize,
    place: u32,
}

/// Takes the events of hours through both passes.
pub(crate) struct Passes<'a, 'b> {
    bucket: &'a dyn Bucket,
    settling: Settling<'b>,
    /// Whether somebody is erased: then it must be read whose events are.
    is_erasing: bool,
    places: u32,
    kept: Kept,
}

impl<'a, 'b> Passes<'a, 'b> {
    pub fn new(bucket: &'a dyn Bucket, settling: Settling<'b>, erasures: &'b Erasures) -> Self {
        Self { bucket, settling: settling.erasing(erasures), is_erasing: !erasures.is_empty(), places: 0, kept: Kept::default() }
    }

    /// Fetches the segments of hours that have few, side by side, while there is room: one hour after the other, a day of small hours would
    /// mostly wait for the bucket. What cannot be fetched is found out when its hour is settled.
    pub async fn fetch_ahead(&self, hours: &[Sources]) {
        let few = hours.iter().filter(|hour| hour.segments.len() <= SEGMENTS_SIDE_BY_SIDE);
        let objects: BTreeSet<&str> = few.flat_map(|hour| hour.segments.iter().map(|(object, _)| object.as_str())).collect();
        let asked: Vec<_> = objects.into_iter().map(|object| fetch(self.bucket, &self.kept, object)).collect();
        let mut fetched = stream::iter(asked).buffered(SEGMENTS_SIDE_BY_SIDE);
        while self.kept.has_room() && fetched.next().await.is_some() {}
    }

    /// Settles an hour: what it has settled to is among what [`Self::finish`] answers, and its events are in the log.
    pub async fn settle(&mut self, sources: &Sources, log: &mut Log<'_>) -> Result<(), Stop> {
        let settled = match self.claim(sources).await {
            Ok(claimed) => self.fold(sources.hour, &claimed, log).await,
            Err(stop) => Err(stop),
        };
        if settled.is_err() {
            self.settling.leave_out(sources.hour);
        }
        self.kept.make_room();
        settled
    }

    pub fn finish(self) -> BTreeMap<Hour, Settled> {
        self.settling.finish()
    }

    /// The first pass: claims all events, of which it reads only what tells copies apart. Answers the row groups with events that won.
    async fn claim(&mut self, sources: &Sources) -> Result<Vec<Claimed>, Stop> {
        let (mut claimed, mut found) = (Vec::new(), Vec::new());
        let mut objects = fetch_all(self.bucket, &self.kept, &sources.objects());
        while let Some((object, bytes)) = objects.try_next().await? {
            let opened = segment::open(&bytes).map_err(|error| damaged(object, &error))?;
            let mut events = 0;
            for group in groups(&opened, sources.hour) {
                let identities = if self.is_erasing { opened.identities_of_people(group) } else { opened.identities(group) };
                let identities = identities.map_err(|error| damaged(object, &error))?;
                self.settling.claim(self.places, sources.hour, &identities).map_err(|error| damaged(object, &error))?;
                events += identities.num_rows() as u64;
                claimed.push(Claimed { object: object.to_owned(), group, place: self.places });
                self.places += 1;
            }
            found.push(events);
        }
        sources.check(&found)?;
        claimed.retain(|claimed| self.settling.won(claimed.place, sources.hour) > 0);
        Ok(claimed)
    }

    /// The second pass: folds the events that won, and adds them to the log.
    async fn fold(&mut self, hour: Hour, claimed: &[Claimed], log: &mut Log<'_>) -> Result<(), Stop> {
        let of_objects: Vec<&[Claimed]> = claimed.chunk_by(|one, next| one.object == next.object).collect();
        let names: Vec<&str> = of_objects.iter().map(|groups| groups[0].object.as_str()).collect();
        let mut objects = fetch_all(self.bucket, &self.kept, &names);
        let mut of_objects = of_objects.into_iter();
        while let (Some((object, bytes)), Some(groups)) = (objects.try_next().await?, of_objects.next()) {
            let opened = segment::open(&bytes).map_err(|error| damaged(object, &error))?;
            for Claimed { group, place, .. } in groups {
                let events = opened.events(*group).map_err(|error| damaged(object, &error))?;
                let kept = self.settling.fold(*place, hour, &events).map_err(|error| damaged(object, &error))?;
                log.add(hour, &kept).await?;
            }
        }
        Ok(())
    }
}

/// Objects that are kept while there is room.
#[derive(Default)]
struct Kept(Mutex<(HashMap<String, Bytes>, usize)>);

impl Kept {
    fn get(&self, object: &str) -> Option<Bytes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0.get(object).cloned()
    }

    fn keep(&self, object: &str, bytes: &Bytes) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.1 + bytes.len() <= KEPT_BYTES && kept.0.insert(object.to_owned(), bytes.clone()).is_none() {
            kept.1 += bytes.len();
        }
    }

    /// Whether more can be kept, and is kept when an hour is done.
    fn has_room(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1 <= KEPT_BYTES / 2
    }

    /// An object may hold the next hour too; but where there are many, the next hour has others.
    fn make_room(&self) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.1 > KEPT_BYTES / 2 {
            *kept = Default::default();
        }
    }
}

/// Fetches objects, in their order: those of segments before those of the log.
fn fetch_all<'o>(bucket: &'o dyn Bucket, kept: &'o Kept, objects: &[&'o str]) -> BoxStream<'o, Result<(&'o str, Bytes), Stop>> {
    let (segments, log): (Vec<&str>, Vec<&str>) = objects.iter().partition(|object| !object.starts_with(LOG));
    let fetches = |objects: Vec<&'o str>| stream::iter(objects.into_iter().map(|object| fetch(bucket, kept, object)).collect::<Vec<_>>());
    fetches(segments).buffered(SEGMENTS_SIDE_BY_SIDE).chain(fetches(log).buffered(LOG_SIDE_BY_SIDE)).boxed()
}

async fn fetch<'o>(bucket: &dyn Bucket, kept: &Kept, object: &'o str) -> Result<(&'o str, Bytes), Stop> {
    if let Some(bytes) = kept.get(object) {
        return Ok((object, bytes));
    }
    let bytes = bucket.get(object).await?.ok_or_else(|| Stop::Damaged(format!("{object} is missing")))?;
    kept.keep(object, &bytes);
    Ok((object, bytes))
}

/// The row groups of an hour.
fn groups(opened: &Opened, hour: Hour) -> Vec<usize> {
    let of_hour = opened.groups().iter().enumerate().filter(|(_, group)| group.hour == hour);
    of_hour.map(|(index, _)| index).collect()
}

fn damaged(object: &str, error: &dyn Error) -> Stop {
    Stop::Damaged(format!("{object}: {}", chain(error)))
}

/// An error with all its causes.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut chain = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        chain = format!("{chain}: {cause}");
        source = cause.source();
    }
    chain
}
