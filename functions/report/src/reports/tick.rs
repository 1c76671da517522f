//! Looks for what is due, each minute, and sends it to the queue: a tenant that fails stops no other.

use super::{Reports, ReportsError};
use model::Timestamp;
use records::due::Found;
use std::collections::BTreeSet;

/// For how long an entry whose message is under way is not looked at again; each further time for twice as long, up to more than five hours, so
/// that a queue that has fallen behind is not filled with messages of the same.
const UNDER_WAY_MS: i64 = 600_000;
const MOST_DOUBLINGS: u32 = 5;
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
            for found in &found {
                self.hand_on(found, now.plus_millis(UNDER_WAY_MS << found.put_off.min(MOST_DOUBLINGS))).await?;
                sent.insert((found.due.tenant.clone(), found.due.shelf, found.due.id.clone()));
            }
            if !more || found.is_empty() {
                break;
            }
        }
        Ok(sent.len())
    }

    /// Puts an entry off until its message must have been done, sends that, and takes the entry away that was due.
    async fn hand_on(&self, found: &Found, later: Timestamp) -> Result<(), ReportsError> {
        let again = records::due::put_off(&*self.table, found, later).await?;
        match self.queue.send(&[again.errand().body()]).await?.as_slice() {
            [true] => Ok(records::due::delete(&*self.table, &found.due).await?),
            _ => Err(ReportsError::Untaken),
        }
    }
}
