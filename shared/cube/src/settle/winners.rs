//! Of the copies of an event, the one that counts: the smallest (received, content hash), whatever order they come in (I4).
//!
//! An event takes 32 bytes while copies are looked for: 96 bits of a keyed hash of its project and id, what decides between copies, and
//! the number of its row. They lie in shelves by a part of the hash, each small enough for the processor's cache, and a shelf is cleared of
//! copies whenever it has doubled: one large table would be slower by the time that memory takes to answer, for every event. Which rows have
//! won is then a bit a row, and all that is kept for the second pass.

use super::SettleError;
use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, TimestampMillisecondType, UInt64Type};
use arrow_array::{Array, BooleanArray, RecordBatch, StringArray};
use arrow_buffer::{BooleanBuffer, Buffer};
use arrow_select::filter::filter_record_batch;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use siphasher::sip128::SipHasher13;
use std::collections::HashMap;

/// Shelves of an hour: of ten million events, each has about a megabyte.
const SHELVES: usize = 256;
/// How many events a shelf has at least before it is cleared of copies.
const SHELF: usize = 4096;

/// Tells events apart by a keyed hash of their project and id: `SipHash` with 128 bits, which nobody can make collide who does not know the
/// key.
#[derive(Debug)]
pub struct Identifier(SipHasher13);

impl Identifier {
    /// With a key that must be random, and is used for one settle.
    #[must_use]
    pub fn new(key: u128) -> Self {
        Self(SipHasher13::new_with_key(&key.to_le_bytes()))
    }

    /// The identifier of a project's events: one with a key of its own, so that project and id cannot run into each other.
    fn of_project(&self, project: &str) -> Self {
        Self(SipHasher13::new_with_key(&self.0.hash(project.as_bytes()).as_bytes()))
    }

    fn identity(&self, id: &str) -> Identity {
        let hash = self.0.hash(id.as_bytes());
        #[expect(clippy::cast_possible_truncation, reason = "96 bits tell the events of an hour apart")]
        Identity { hash: hash.h1, check: hash.h2 as u32 }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Identity {
    hash: u64,
    check: u32,
}

/// A copy of an event.
#[derive(Debug, Clone, Copy)]
struct Claim {
    hash: u64,
    check: u32,
    /// The number of its row among all rows of the hour.
    row: u32,
    received: i64,
    content: u64,
}

impl Claim {
    fn is_of_same_event(&self, other: &Self) -> bool {
        (self.hash, self.check) == (other.hash, other.check)
    }

    fn is_before(&self, other: &Self) -> bool {
        (self.received, self.content) < (other.received, other.content)
    }
}

/// Copies of some events: the first `distinct` are the best so far of one event each, the others are yet to be compared.
#[derive(Debug, Clone, Default)]
struct Shelf {
    claims: Vec<Claim>,
    distinct: usize,
}

impl Shelf {
    fn add(&mut self, claim: Claim, index: &mut HashTable<u32>) {
        self.claims.push(claim);
        if self.claims.len() >= SHELF.max(2 * self.distinct) {
            self.clear_of_copies(index);
        }
    }

    /// Leaves the best copy of each event. `index` is room for finding them.
    fn clear_of_copies(&mut self, index: &mut HashTable<u32>) {
        index.clear();
        let claims = &mut self.claims;
        let mut distinct = 0;
        for at in 0..claims.len() {
            let claim = claims[at];
            let entry =
                index.entry(claim.hash, |other| claims[*other as usize].is_of_same_event(&claim), |other| claims[*other as usize].hash);
            match entry {
                Entry::Vacant(vacant) => {
                    vacant.insert(u32::try_from(distinct).unwrap_or(u32::MAX));
                    claims[distinct] = claim;
                    distinct += 1;
                }
                Entry::Occupied(best) => {
                    let best = &mut claims[*best.get() as usize];
                    if claim.is_before(best) {
                        *best = claim;
                    }
                }
            }
        }
        claims.truncate(distinct);
        self.distinct = distinct;
    }
}

/// Where a place's rows are among the hour's.
#[derive(Debug, Clone, Copy)]
struct Place {
    start: u32,
    rows: u32,
    is_kept: bool,
}

/// The events of one hour, each with the row that counts.
#[derive(Debug)]
pub struct Winners {
    /// Copies by a part of their hash, until the winners are decided.
    shelves: Option<Vec<Shelf>>,
    /// Room for finding copies, which the shelves use by turns.
    index: HashTable<u32>,
    places: HashMap<u32, Place>,
    /// How many rows there are in all places.
    rows: u32,
    /// A bit for each row: whether it won.
    won: Bits,
    events: u64,
}

impl Default for Winners {
    fn default() -> Self {
        Self {
            shelves: Some(vec![Shelf::default(); SHELVES]),
            index: HashTable::new(),
            places: HashMap::new(),
            rows: 0,
            won: Bits::default(),
            events: 0,
        }
    }
}

impl Winners {
    /// Claims the events of a place, each for the best of its copies.
    ///
    /// # Errors
    /// Where the place was claimed before, the winners are decided, or the batch lacks a column.
    pub fn claim(&mut self, identifier: &Identifier, place: u32, identities: &RecordBatch) -> Result<(), SettleError> {
        let Some(shelves) = self.shelves.as_mut().filter(|_| !self.places.contains_key(&place)) else {
            return Err(SettleError::Claimed(place));
        };
        let columns = Identities::of(identities)?;
        let rows = u32::try_from(identities.num_rows()).map_err(|_| SettleError::TooMany)?;
        let start = self.rows;
        self.rows = start.checked_add(rows).ok_or(SettleError::TooMany)?;
        let projects: Vec<Identifier> =
            columns.project_labels.iter().map(|label| identifier.of_project(label.unwrap_or_default())).collect();
        for (at, row) in (0..identities.num_rows()).zip(start..) {
            let project = usize::try_from(columns.projects[at]).ok().and_then(|code| projects.get(code)).unwrap_or(identifier);
            let Identity { hash, check } = project.identity(columns.ids.value(at));
            let claim = Claim { hash, check, row, received: columns.received[at], content: columns.contents[at] };
            shelves[check as usize % SHELVES].add(claim, &mut self.index);
        }
        self.places.insert(place, Place { start, rows, is_kept: false });
        Ok(())
    }

    /// How many of a place's events won. Decides the winners: from here on, no more can be claimed.
    pub fn won(&mut self, place: u32) -> usize {
        self.decide();
        self.places.get(&place).map_or(0, |place| self.won.count(*place))
    }

    /// The rows of a place that won, from the batch with its events. Decides the winners: from here on, no more can be claimed.
    ///
    /// # Errors
    /// Where the place was not claimed, was kept before, or had other rows.
    pub fn keep(&mut self, place: u32, events: &RecordBatch) -> Result<RecordBatch, SettleError> {
        let claimed = self.places.get_mut(&place).filter(|claimed| !claimed.is_kept).ok_or(SettleError::NotClaimed(place))?;
        if claimed.rows as usize != events.num_rows() {
            return Err(SettleError::Changed { place, claimed: claimed.rows as usize, found: events.num_rows() });
        }
        claimed.is_kept = true;
        let claimed = *claimed;
        self.decide();
        let won = self.won.count(claimed);
        if won == events.num_rows() {
            return Ok(events.clone());
        }
        Ok(filter_record_batch(events, &self.won.of(claimed))?)
    }

    fn decide(&mut self) {
        let Some(shelves) = self.shelves.take() else { return };
        self.won = Bits::new(self.rows);
        // Each shelf is let go as soon as its winners are known.
        for mut shelf in shelves {
            shelf.clear_of_copies(&mut self.index);
            shelf.claims.iter().for_each(|claim| self.won.set(claim.row));
            self.events += shelf.claims.len() as u64;
        }
        self.index = HashTable::new();
    }

    /// How many events won: none before that is decided.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.events
    }

    /// How many rows are copies of them.
    #[must_use]
    pub fn copies(&self) -> u64 {
        u64::from(self.rows) - self.events
    }

    /// Whether the winners are decided, and every one of them was kept.
    #[must_use]
    pub fn are_all_kept(&self) -> bool {
        self.shelves.is_none() && self.places.values().all(|place| place.is_kept || self.won.count(*place) == 0)
    }
}

/// The columns that tell copies apart.
struct Identities<'a> {
    ids: &'a StringArray,
    project_labels: &'a StringArray,
    projects: &'a [i32],
    received: &'a [i64],
    contents: &'a [u64],
}

impl<'a> Identities<'a> {
    fn of(batch: &'a RecordBatch) -> Result<Self, SettleError> {
        let column = |name| batch.column_by_name(name).filter(|column| column.null_count() == 0).ok_or(SettleError::Column(name));
        let projects = column("project")?.as_dictionary_opt::<Int32Type>().ok_or(SettleError::Column("project"))?;
        let received = column("received")?.as_primitive_opt::<TimestampMillisecondType>().ok_or(SettleError::Column("received"))?;
        let contents = column("content_hash")?.as_primitive_opt::<UInt64Type>().ok_or(SettleError::Column("content_hash"))?;
        Ok(Self {
            ids: column("id")?.as_string_opt().ok_or(SettleError::Column("id"))?,
            project_labels: projects.values().as_string_opt().ok_or(SettleError::Column("project"))?,
            projects: projects.keys().values(),
            received: received.values(),
            contents: contents.values(),
        })
    }
}

/// A bit for each row, in the order in which Arrow has them.
#[derive(Debug, Default)]
struct Bits(Vec<u8>);

impl Bits {
    fn new(rows: u32) -> Self {
        Self(vec![0; (rows as usize).div_ceil(8)])
    }

    fn set(&mut self, row: u32) {
        self.0[row as usize / 8] |= 1 << (row % 8);
    }

    fn of(&self, place: Place) -> BooleanArray {
        let (first, end) = (place.start as usize / 8, (place.start as usize + place.rows as usize).div_ceil(8));
        BooleanBuffer::new(Buffer::from(&self.0[first..end]), place.start as usize % 8, place.rows as usize).into()
    }

    fn count(&self, place: Place) -> usize {
        self.of(place).true_count()
    }
}
