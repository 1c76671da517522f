//! Looks for what is due, each minute, and sends it to the queue: a tenant that fails stops no other.

use super::{Reports, ReportsError};
use records::Due;
use std::collections::BTreeSet;

/// For how long an entry whose message is under way is not looked at again.
const UNDER_WAY_MS: i64 = 600_000;
/// How many pages of entries one tick looks at.
const MOST_PAGES: usize = 20;

impl Reports {
    /// Sends all that is due; answers how much that was.
    ///
    /// # Errors
    /// Where the table or the queue does not answer: the next tick finds it again.
    pub async fn find(&self) -> Result<usize, ReportsError> {
        let now = self.clock.now();
        let mut sent = BTreeSet::new();
        for _ in 0..MOST_PAGES {
            let (found, more) = records::due::until(&*self.table, now).await?;
            for due in &found {
                self.hand_on(due, now.plus_millis(UNDER_WAY_MS)).await?;
                sent.insert((due.tenant.clone(), due.shelf, due.id.clone()));
            }
            if !more || found.is_empty() {
                break;
            }
        }
        Ok(sent.len())
    }

    /// Puts an entry off until its message must have been done, sends that, and takes the entry away that was due.
    async fn hand_on(&self, due: &Due, later: model::Timestamp) -> Result<(), ReportsError> {
        let again = Due { at: later, ..due.clone() };
        records::due::put(&*self.table, &again).await?;
        match self.queue.send(&[again.errand().body()]).await?.as_slice() {
            [true] => Ok(records::due::delete(&*self.table, due).await?),
            _ => Err(ReportsError::Untaken),
        }
    }
}
