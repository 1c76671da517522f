//! Calls of many items: as few requests as the limits allow, a few side by side, and what a request leaves undone is sent again.

use crate::DynamoDb;
use crate::attributes::{self, Attributes};
use aws::port_error;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types::{DeleteRequest, KeysAndAttributes, PutRequest, WriteRequest};
use futures::{StreamExt, TryStreamExt, stream};
use model::limits::{DYNAMODB_BATCH_ITEMS, DYNAMODB_BATCH_KEYS};
use ports::{Item, Key, PortError, Read, Result};
use std::collections::BTreeSet;
use std::time::Duration;

const SERVICE: &str = "table";
/// How long to wait before each new attempt at what a request left undone. They begin anew whenever a request has done something.
pub const PAUSES: [Duration; 5] = [
    Duration::from_millis(25),
    Duration::from_millis(50),
    Duration::from_millis(100),
    Duration::from_millis(200),
    Duration::from_millis(400),
];
/// Requests of one call that are under way at once.
const SIDE_BY_SIDE: usize = 4;

impl DynamoDb {
    pub(crate) async fn get_batches(&self, keys: &[Key], read: Read) -> Result<Vec<Item>> {
        let keys: Vec<Attributes> = distinct(keys).map(attributes::of_key).collect();
        let gets = batches(keys, DYNAMODB_BATCH_KEYS).into_iter().map(|keys| self.get_batch(keys, read));
        let found: Vec<Vec<Item>> = stream::iter(gets).buffer_unordered(SIDE_BY_SIDE).try_collect().await?;
        Ok(found.concat())
    }

    pub(crate) async fn put_batches(&self, items: Vec<Item>) -> Result<()> {
        let put = |item| PutRequest::builder().set_item(Some(attributes::of_item(item))).build();
        let requests = items.into_iter().map(|item| Ok(WriteRequest::builder().put_request(put(item)?).build()));
        self.write_batches(requests.collect::<std::result::Result<_, _>>().map_err(unbuilt)?).await
    }

    pub(crate) async fn delete_batches(&self, keys: &[Key]) -> Result<()> {
        let delete = |key| DeleteRequest::builder().set_key(Some(attributes::of_key(key))).build();
        let requests = distinct(keys).map(|key| Ok(WriteRequest::builder().delete_request(delete(key)?).build()));
        self.write_batches(requests.collect::<std::result::Result<_, _>>().map_err(unbuilt)?).await
    }

    async fn write_batches(&self, requests: Vec<WriteRequest>) -> Result<()> {
        let writes = batches(requests, DYNAMODB_BATCH_ITEMS).into_iter().map(|requests| self.write_batch(requests));
        stream::iter(writes).buffer_unordered(SIDE_BY_SIDE).try_collect().await
    }

    async fn get_batch(&self, mut left: Vec<Attributes>, read: Read) -> Result<Vec<Item>> {
        let mut found = Vec::with_capacity(left.len());
        let mut patience = self.patience();
        while !left.is_empty() {
            let asked = left.len();
            let keys = KeysAndAttributes::builder().set_keys(Some(left)).consistent_read(read == Read::Strong).build();
            let call = self.client().batch_get_item().request_items(&self.name, keys.map_err(unbuilt)?);
            let mut answer = call.send().await.map_err(|error| port_error(SERVICE, error))?;
            let items = answer.responses.as_mut().and_then(|tables| tables.remove(&self.name)).unwrap_or_default();
            found.extend(items.into_iter().map(attributes::item).collect::<Result<Vec<_>>>()?);
            left = answer.unprocessed_keys.and_then(|mut tables| tables.remove(&self.name)).map(|keys| keys.keys).unwrap_or_default();
            patience.after(asked, left.len()).await?;
        }
        Ok(found)
    }

    async fn write_batch(&self, mut left: Vec<WriteRequest>) -> Result<()> {
        let mut patience = self.patience();
        while !left.is_empty() {
            let asked = left.len();
            let call = self.client().batch_write_item().request_items(&self.name, left);
            let answer = call.send().await.map_err(|error| port_error(SERVICE, error))?;
            left = answer.unprocessed_items.and_then(|mut tables| tables.remove(&self.name)).unwrap_or_default();
            patience.after(asked, left.len()).await?;
        }
        Ok(())
    }

    fn patience(&self) -> Patience<'_> {
        Patience { pauses: &self.pauses, used: 0 }
    }
}

/// How often a request may do nothing before its call is given up.
struct Patience<'a> {
    pauses: &'a [Duration],
    used: usize,
}

impl Patience<'_> {
    /// Waits, where a request left something undone.
    async fn after(&mut self, asked: usize, left: usize) -> Result<()> {
        if left == 0 {
            return Ok(());
        }
        if left < asked {
            self.used = 0;
        }
        let Some(pause) = self.pauses.get(self.used) else {
            return Err(PortError::Unavailable { service: SERVICE, source: format!("{left} of a batch were left undone").into() });
        };
        self.used += 1;
        tokio::time::sleep(*pause).await;
        Ok(())
    }
}

/// Each key once: a request that names one twice is refused whole.
fn distinct(keys: &[Key]) -> impl Iterator<Item = &Key> {
    keys.iter().collect::<BTreeSet<_>>().into_iter()
}

/// All of them in order, so many at a time.
fn batches<T>(all: Vec<T>, most: usize) -> Vec<Vec<T>> {
    let mut all = all.into_iter();
    std::iter::from_fn(|| Some(all.by_ref().take(most).collect::<Vec<T>>()).filter(|batch| !batch.is_empty())).collect()
}

fn unbuilt(error: BuildError) -> PortError {
    PortError::Refused { service: SERVICE, source: Box::new(error) }
}

#[cfg(test)]
mod tests;
