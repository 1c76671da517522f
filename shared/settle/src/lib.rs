//! Settles: turns the committed events of a day into each hour's exact rollup and the log, and days into months and all time (I4, I6, I12).
//!
//! A settle reads the day's manifest and then its partials, both strongly consistent; reads the segments and the log that they name; counts
//! each event once; writes the new log and rollups under an attempt of its own; and commits by putting the manifest's next version in the
//! place of the one it read. Only then are the partials deleted. Whoever loses the commit begins again, and whoever crashes leaves nothing
//! behind that counts: so the same work may run twice, or two at once.
//!
//! When to settle what is not decided here.

mod asked;
mod calendar;
mod clear;
pub mod doctor;
mod draft;
mod error;
mod forget;
mod garbage;
mod hours;
mod log;
mod look;
mod mark;
mod plan;
mod reprice;
mod roll;
mod round;
mod rules;
mod sources;
mod states;
mod upper;
mod work;

pub use error::SettleError;
pub use rules::Rules;
pub use work::{Again, Work};

use ports::{Bucket, Clock, Random, Table};
use rollups::Owner;
use serde::Serialize;
use std::ops::AddAssign;
use std::sync::Arc;

/// The result of settling.
pub type Result<T, E = SettleError> = std::result::Result<T, E>;

/// How often a piece of work begins again after somebody else's commit before it is left to another time.
const TRIES: usize = 8;

/// Settles days, and builds months and lifetime, of any tenant.
#[derive(Clone)]
pub struct Settler {
    /// Where partials, manifests and rollups are.
    pub table: Arc<dyn Table>,
    /// Where segments and the log are.
    pub bucket: Arc<dyn Bucket>,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// Where attempts get their ids.
    pub random: Arc<dyn Random>,
    /// What it was told.
    pub rules: Rules,
}

/// What a piece of work has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Done {
    /// Hours that were settled.
    pub hours: u64,
    /// Events in them, each once.
    pub events: u64,
    /// Copies of them, which were dropped.
    pub copies: u64,
    /// Segments whose events were taken up, by hour.
    pub segments: u64,
    /// Hours that something unreadable keeps from being settled, found now.
    pub quarantined: u64,
    /// Hours that wait until their manifest has room again.
    pub put_off: u64,
    /// Partials that were deleted.
    pub partials: u64,
    /// Rollups and objects of the log that were superseded, and deleted.
    pub swept: u64,
    /// Rollups of days, months and all time that were built.
    pub built: u64,
    /// Commits that were lost to somebody else's.
    pub lost: u64,
    /// Whether there is more to do: the same work again goes on from here.
    pub left: bool,
}

impl AddAssign for Done {
    fn add_assign(&mut self, more: Self) {
        self.hours += more.hours;
        self.events += more.events;
        self.copies += more.copies;
        self.segments += more.segments;
        self.quarantined += more.quarantined;
        self.put_off += more.put_off;
        self.partials += more.partials;
        self.swept += more.swept;
        self.built += more.built;
        self.lost += more.lost;
        self.left |= more.left;
    }
}

impl Settler {
    /// Does a piece of work. Whatever was done of it before, or is being done elsewhere at the same time, does no harm (I12).
    ///
    /// # Errors
    /// Where a port does not do what it is asked, or others keep committing first: then some of the work may be done, and the rest is left
    /// for another time. Where what is stored cannot be read, an hour is quarantined instead; what cannot be, is an error.
    pub async fn run(&self, work: &Work) -> Result<Done> {
        let owner = |tenant: &model::TenantId, family| Owner { tenant: tenant.clone(), family };
        match work {
            Work::Settle { tenant, family, day, again } => self.settle_day(&owner(tenant, *family), *day, again).await,
            Work::Sweep { tenant, family, day } => self.sweep_day(&owner(tenant, *family), *day).await,
            Work::Month { tenant, family, month } => self.build_month(&owner(tenant, *family), *month).await,
            Work::Lifetime { tenant, family } => self.build_lifetime(&owner(tenant, *family)).await,
            Work::Clear { tenant, family, person } => self.clear(&owner(tenant, *family), person).await,
        }
    }
}
