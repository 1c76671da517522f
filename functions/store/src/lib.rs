//! Writes what the queue delivers into the log, and folds it into partials.
//!
//! Each message is decoded alone, events are grouped by tenant and family, and each group becomes one segment in the bucket and then one
//! partial for each hour in it: the partial commits (I2). A message is acknowledged only when every group that holds events of it is
//! committed; the others are answered as failures, and the queue delivers them again. Nothing here counts, prices or merges: that is
//! `cube`'s.

mod commit;
pub mod config;
mod configured;
mod delivery;
mod group;
mod outcome;
mod posted;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use commit::GroupError;
use config::Reading;
use configured::Configured;
use delivery::Delivery;
use futures::{StreamExt, stream};
use group::{Group, Wave};
use outcome::Outcome;
use ports::{Bucket, Clock, Table};
use posted::Tenants;
use std::sync::Arc;

/// Groups that are written at once.
const SIDE_BY_SIDE: usize = 16;

/// What the function works with.
pub struct Store {
    table: Arc<dyn Table>,
    bucket: Arc<dyn Bucket>,
    clock: Arc<dyn Clock>,
    reading: Option<Reading>,
    tenants: Tenants,
    configured: Configured,
    fold: commit::Fold,
}

impl Store {
    /// A function that writes here what `ingest` sends.
    #[must_use]
    pub fn new(table: Arc<dyn Table>, bucket: Arc<dyn Bucket>, clock: Arc<dyn Clock>) -> Self {
        let (tenants, configured) = (Tenants::default(), Configured::default());
        Self { table, bucket, clock, reading: None, tenants, configured, fold: cube::fold }
    }

    /// The same, which reads too what services put straight onto the queue.
    #[must_use]
    pub fn reading(self, reading: Reading) -> Self {
        Self { reading: Some(reading), ..self }
    }

    /// Stores a batch of messages. The answer names those that the queue is to deliver again.
    pub async fn handle(&self, event: SqsEvent) -> SqsBatchResponse {
        let deliveries = delivery::of_batch(event);
        let mut outcome = Outcome::of(&deliveries);
        let mut left = deliveries.into_iter().peekable();
        while left.peek().is_some() {
            let wave = self.next_wave(&mut left, &mut outcome).await;
            for (group, result) in self.commit_all(wave.into_groups()).await {
                match result {
                    Ok(()) => outcome.committed(),
                    Err(error) => outcome.failed(&group, &error),
                }
            }
        }
        outcome.count_buffers(&*self.table).await;
        outcome.into_response()
    }

    /// Decodes deliveries until the events in memory are enough for one round of writing; those that are no messages fail alone.
    async fn next_wave(&self, left: &mut impl Iterator<Item = Delivery>, outcome: &mut Outcome) -> Wave {
        let mut wave = Wave::default();
        while !wave.is_full() {
            let Some(delivery) = left.next() else { break };
            match self.message(&delivery).await {
                Ok((message, is_own)) => {
                    outcome.decoded(&delivery, &message, is_own);
                    wave.add(&delivery, message);
                }
                Err(error) => outcome.malformed(&delivery, &error),
            }
        }
        wave
    }

    /// Commits groups side by side. One whose events cannot be stored together is taken apart, so that a poison takes only itself.
    async fn commit_all(&self, groups: Vec<Group>) -> Vec<(Group, Result<(), GroupError>)> {
        let mut done = self.commit_each(groups).await;
        let is_mixed = |(group, result): &mut (Group, Result<(), GroupError>)| {
            group.messages().len() > 1 && result.as_ref().is_err_and(GroupError::is_of_events)
        };
        let mixed: Vec<_> = done.extract_if(.., is_mixed).flat_map(|(group, _)| group.into_single_messages()).collect();
        done.extend(self.commit_each(mixed).await);
        done
    }

    async fn commit_each(&self, groups: Vec<Group>) -> Vec<(Group, Result<(), GroupError>)> {
        let commit = |group: Group| async move {
            let result = self.commit(&group).await;
            (group, result)
        };
        stream::iter(groups).map(commit).buffer_unordered(SIDE_BY_SIDE).collect().await
    }
}

#[cfg(test)]
mod tests;
