//! Budgets, looked at by ticks. Each minute those of tenants of whom something was stored or settled since the last look; each hour all of
//! them, for what changes numbers otherwise, as new prices do. One query a minute finds the tenants with budgets; of a tenant without,
//! nothing is read.

use crate::find::Found;
use crate::trigger::Tick;
use crate::{Aggregate, TickError};
use ::budgets::{Look, LookError};
use futures::{StreamExt, stream};
use model::Family;
use reader::{Owner, Reader};
use records::budget::{self, Notice, Watched};
use setup::log::chain;

/// Tenants whose budgets are looked at at once.
const SIDE_BY_SIDE: usize = 8;

impl Aggregate {
    /// Looks at the budgets that may have been reached. One tenant's that cannot be looked at are logged, and stop no other's.
    pub(crate) async fn look_at_budgets(&self, tick: Tick, found: &Found) -> Result<(), TickError> {
        let watched = budget::watched(&*self.settler.table).await?;
        let look = async |watched: Watched| {
            let digest = found.digest_of(&watched.tenant, Family::Ai).cast_signed();
            // Of what a look had to leave out nothing is known.
            let is_known = matches!(tick, Tick::Minute) && found.complete && watched.seen == Some(digest);
            if is_known {
                return;
            }
            match self.look_at_budgets_of(&watched, digest).await {
                Ok(told) => {
                    for Notice { budget, threshold, .. } in told {
                        tracing::info!(tenant = %watched.tenant, budget, threshold, "a budget's threshold is reached");
                    }
                }
                Err(error) => tracing::error!(tenant = %watched.tenant, error = %chain(&error), "budgets cannot be looked at"),
            }
        };
        stream::iter(watched).map(look).buffer_unordered(SIDE_BY_SIDE).collect::<Vec<()>>().await;
        Ok(())
    }

    /// What was told now. That it was looked is kept last: what is cut short is done again.
    async fn look_at_budgets_of(&self, watched: &Watched, digest: i64) -> Result<Vec<Notice>, LookError> {
        let (table, bucket) = (&self.settler.table, &self.settler.bucket);
        let reader = Reader::new(table.clone(), bucket.clone());
        let owner = Owner { tenant: &watched.tenant, hour_offset: watched.hour_offset, now: self.settler.clock.now() };
        let told = Look { table: &**table, errands: &*self.errands, reader: &reader, owner }.at().await?;
        budget::looked(&**table, watched, digest).await?;
        Ok(told)
    }
}
