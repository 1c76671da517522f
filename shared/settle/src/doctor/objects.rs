//! The objects of a day's log, folded as they are: their events have the costs that they were settled with.

use crate::sources::chain;
use crate::{Result, SettleError};
use bytes::Bytes;
use cube::segment::{self, SegmentError};
use cube::{FamilyState, columns};
use model::{Family, Hour};
use ports::Bucket;

/// Reads a day's objects, and remembers the last one: hours of a small day lie in one, and are asked for in order.
pub(super) struct Objects<'a> {
    bucket: &'a dyn Bucket,
    last: Option<(String, Bytes)>,
    /// How many were fetched.
    pub fetched: u64,
}

impl<'a> Objects<'a> {
    pub fn of(bucket: &'a dyn Bucket) -> Self {
        Self { bucket, last: None, fetched: 0 }
    }

    /// What the events of an hour in these objects come to, and how many they are; or what is wrong with an object.
    pub async fn fold(&mut self, family: Family, (hour, keys): (Hour, &[String])) -> Result<Result<(u64, FamilyState), String>> {
        let (mut events, mut state) = (0, FamilyState::empty(family));
        for key in keys {
            let Some(bytes) = self.fetch(key).await? else { return Ok(Err(format!("{key} is missing"))) };
            match fold(&bytes, hour, &mut state) {
                Ok(rows) => events += rows,
                Err(error) => return Ok(Err(format!("{key}: {}", chain(&error)))),
            }
        }
        Ok(Ok((events, state)))
    }

    async fn fetch(&mut self, key: &str) -> Result<Option<Bytes>, SettleError> {
        if let Some((_, bytes)) = self.last.as_ref().filter(|(last, _)| last == key) {
            return Ok(Some(bytes.clone()));
        }
        self.last = self.bucket.get(key).await?.map(|bytes| (key.to_owned(), bytes));
        self.fetched += u64::from(self.last.is_some());
        Ok(self.last.as_ref().map(|(_, bytes)| bytes.clone()))
    }
}

fn fold(bytes: &Bytes, hour: Hour, state: &mut FamilyState) -> Result<u64, SegmentError> {
    let opened = segment::open(bytes)?;
    let mut events = 0;
    for (index, _) in opened.groups().iter().enumerate().filter(|(_, group)| group.hour == hour) {
        let group = columns::conform(state.family(), &opened.events(index)?)?;
        events += group.num_rows() as u64;
        state.fold(&group);
    }
    Ok(events)
}
