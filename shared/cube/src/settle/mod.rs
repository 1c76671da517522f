//! Settling: the events of some hours of one tenant, family and day, from however many segments and objects of the log, become each hour's
//! exact state and the rows of its new log (I4): `fold(dedupe(all events))`, whatever was sent twice, and in whatever order it is read.
//!
//! It takes two passes, so that memory follows the number of distinct ids and cells and not the bytes. The first reads only what tells
//! copies apart and [`claim`](Settling::claim)s each event for the best of its copies; the second reads all columns, a row group at a time,
//! and [`fold`](Settling::fold)s the rows that won. Nothing here reads, writes or waits: who settles fetches the objects, and commits.

mod log;
mod prices;
mod winners;

pub use log::{LogObject, LogSize, LogWriter};
pub use winners::{Identifier, Winners};

use crate::segment::hour_of;
use crate::state::FamilyState;
use arrow_array::cast::AsArray;
use arrow_array::types::TimestampMillisecondType;
use arrow_array::{Array, RecordBatch};
use arrow_schema::ArrowError;
use model::erasure::Erasures;
use model::price::PriceBook;
use model::{Family, Hour, Timestamp};
use std::collections::BTreeMap;

/// Why events could not be settled. All of these tell of a damaged object, or of a caller's mistake; none is passing.
#[derive(Debug, thiserror::Error)]
pub enum SettleError {
    /// A batch without a column that settling needs, or with one of another type.
    #[error("the events have no column {0} of the type that settling needs")]
    Column(&'static str),
    /// A place was claimed twice, or after the hour's second pass began.
    #[error("place {0} cannot be claimed again, or after its hour is being folded")]
    Claimed(u32),
    /// A place was folded that was not claimed for that hour, or that was folded before.
    #[error("place {0} was not claimed in this hour, or was folded before")]
    NotClaimed(u32),
    /// The second pass found other events than the first.
    #[error("place {place} had {claimed} events when it was claimed and now has {found}")]
    Changed {
        /// The place.
        place: u32,
        /// Its rows in the first pass.
        claimed: usize,
        /// Its rows in the second.
        found: usize,
    },
    /// An event of another hour than the one it is folded into.
    #[error("place {0} holds events of another hour")]
    OtherHour(u32),
    /// More rows than an hour can have.
    #[error("an hour has more than four thousand million rows")]
    TooMany,
    /// The columns do not fit together.
    #[error("the events' columns do not fit their schema")]
    Columns(#[from] ArrowError),
}

/// What an hour has settled to.
#[derive(Debug, Clone, PartialEq)]
pub struct Settled {
    /// The state of all the family's cubes, before any cap.
    pub state: FamilyState,
    /// How many events there are, each counted once.
    pub events: u64,
    /// How many rows were copies of them, and dropped.
    pub copies: u64,
    /// The time of the first event.
    pub first: Timestamp,
    /// The time of the last event.
    pub last: Timestamp,
}

/// One round of settling: some hours of one tenant, family and day.
pub struct Settling<'a> {
    identifier: Identifier,
    prices: &'a PriceBook,
    erasures: &'a Erasures,
    family: Family,
    hours: BTreeMap<Hour, HourInWork>,
}

impl<'a> Settling<'a> {
    /// A round for a family. Events cost what `prices` say. `seed` must be random and is used once: ids are told apart by a keyed hash,
    /// and who chooses ids must not be able to make two of them meet.
    #[must_use]
    pub fn new(family: Family, seed: u128, prices: &'a PriceBook) -> Self {
        Self { identifier: Identifier::new(seed), prices, erasures: Erasures::NONE, family, hours: BTreeMap::new() }
    }

    /// The round, in which these people are erased: then what is claimed must say whose it was and when
    /// ([`crate::segment::Opened::identities_of_people`]).
    #[must_use]
    pub fn erasing(self, erasures: &'a Erasures) -> Self {
        Self { erasures, ..self }
    }

    /// First pass: claims each event for the best of its copies, the smallest (received, content hash). `place` is the caller's number
    /// of the row group, another for each; all places of an hour must be claimed before the first of them is folded, or asked about.
    ///
    /// # Errors
    /// Where the batch lacks a column of [`crate::segment::Opened::identities`], or the place was claimed before.
    pub fn claim(&mut self, place: u32, hour: Hour, identities: &RecordBatch) -> Result<(), SettleError> {
        let family = self.family;
        // Copies of an erased event are copies of it under the id that it has now, wherever they come from.
        let identities = crate::erase(identities, self.erasures)?;
        let hour = self.hours.entry(hour).or_insert_with(|| HourInWork::new(family));
        hour.winners.claim(&self.identifier, place, &identities)
    }

    /// How many of a place's events won: where none did, its second pass can be left out. Ends the hour's first pass.
    pub fn won(&mut self, place: u32, hour: Hour) -> usize {
        self.hours.get_mut(&hour).map_or(0, |hour| hour.winners.won(place))
    }

    /// Second pass: keeps the events of a place that won, erases who is to be erased, lets them cost what the prices say, and folds them into the hour's state.
    /// Answers them, in the columns of [`crate::columns::schema`], for the log.
    ///
    /// # Errors
    /// Where the place was not claimed, was folded before, or the batch is not the one that was claimed.
    pub fn fold(&mut self, place: u32, hour: Hour, events: &RecordBatch) -> Result<RecordBatch, SettleError> {
        let in_work = self.hours.get_mut(&hour).ok_or(SettleError::NotClaimed(place))?;
        if events.num_rows() > 0 && hour_of(events) != Some(hour) {
            return Err(SettleError::OtherHour(place));
        }
        let kept = in_work.winners.keep(place, &crate::columns::conform(self.family, events)?)?;
        let kept = crate::erase(&kept, self.erasures)?;
        let priced = if self.family == Family::Ai { prices::price(&kept, self.prices)? } else { kept };
        in_work.add(&priced)?;
        Ok(priced)
    }

    /// Gives an hour up, and with it what it holds: something it is made of could not be read.
    pub fn leave_out(&mut self, hour: Hour) {
        self.hours.remove(&hour);
    }

    /// What each hour has settled to. An hour is left out where it has no event, or where a place with winners was claimed and not folded:
    /// it would be too small.
    #[must_use]
    pub fn finish(self) -> BTreeMap<Hour, Settled> {
        self.hours.into_iter().filter_map(|(hour, in_work)| Some((hour, in_work.finish()?))).collect()
    }
}

/// An hour while it is being settled.
struct HourInWork {
    winners: Winners,
    state: FamilyState,
    /// The times of its first and last event.
    span: Option<(i64, i64)>,
}

impl HourInWork {
    fn new(family: Family) -> Self {
        Self { winners: Winners::default(), state: FamilyState::empty(family), span: None }
    }

    fn add(&mut self, events: &RecordBatch) -> Result<(), SettleError> {
        let times = events.column_by_name("time").and_then(|column| column.as_primitive_opt::<TimestampMillisecondType>());
        let times = times.filter(|times| times.null_count() == 0).ok_or(SettleError::Column("time"))?.values();
        for time in times {
            let (first, last) = self.span.unwrap_or((*time, *time));
            self.span = Some((first.min(*time), last.max(*time)));
        }
        self.state.fold(events);
        Ok(())
    }

    fn finish(self) -> Option<Settled> {
        let (first, last) = self.span.filter(|_| self.winners.are_all_kept())?;
        let (events, copies) = (self.winners.events(), self.winners.copies());
        Some(Settled { state: self.state, events, copies, first: Timestamp::from_millis(first), last: Timestamp::from_millis(last) })
    }
}

#[cfg(test)]
mod tests;
