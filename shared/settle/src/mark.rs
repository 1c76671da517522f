//! Says ahead of a commit that what is made of a day will be out of date (I7): a month's rollup is used only where it was built from the
//! version that is needed of every day, and that of all time only where it was built from what is needed of every month.

use crate::{Result, SettleError, Settler};
use model::{Day, Month};
use ports::Read;
use rollups::{Commit, LifetimeManifest, MonthManifest, Owner, archive, upper};

/// How often a manifest that many write at once is tried. Each time one of them gets through, so this is about how many they may be.
const TRIES: usize = 64;

impl Settler {
    /// Before this version of a day is committed: the month needs it from now on, and if there is a rollup of the month that may be part of
    /// lifetime, lifetime needs the month's next build. That is so too where the month was marked before: whoever marked it may have come
    /// no further. Answers whether the version can still be committed: not where the month was built from it, or from a later one.
    pub(crate) async fn mark(&self, owner: &Owner, day: Day, version: u64) -> Result<bool> {
        let month = self.need_day(owner, day, version).await?;
        if month.built(day) >= version {
            return Ok(false);
        }
        if month.body.rollup.is_some() {
            self.need_month(owner, day.month(), month.version + 1).await?;
        }
        // What the world reads of the day is of an older version from now on, and says so.
        if archive::need(&*self.table, owner, (day, version)).await? { Ok(true) } else { Err(SettleError::Contended) }
    }

    async fn need_day(&self, owner: &Owner, day: Day, version: u64) -> Result<MonthManifest> {
        for _ in 0..TRIES {
            let mut month = upper::month(&*self.table, owner, (day.month(), Read::Strong)).await?;
            if !month.need(day, version) {
                return Ok(month);
            }
            month.version += 1;
            if upper::commit(&*self.table, &month).await? == Commit::Won {
                return Ok(month);
            }
        }
        Err(SettleError::Contended)
    }

    /// From now on lifetime needs this version of a month.
    pub(crate) async fn need_month(&self, owner: &Owner, month: Month, version: u64) -> Result<()> {
        for _ in 0..TRIES {
            let mut lifetime: LifetimeManifest = upper::lifetime(&*self.table, owner, Read::Strong).await?;
            if !lifetime.need(month, version) {
                return Ok(());
            }
            lifetime.version += 1;
            if upper::commit(&*self.table, &lifetime).await? == Commit::Won {
                return Ok(());
            }
        }
        Err(SettleError::Contended)
    }
}
