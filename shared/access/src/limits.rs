//! Limits on calls: of addresses without valid credentials, and of readers.

use crate::{AccessError, Caller, Role};
use model::Timestamp;
use ports::Table;
use records::{Quota, Taken, limit};
use std::net::IpAddr;

/// Seconds in which an address may make its anonymous calls.
const ANONYMOUS_SECONDS: u32 = 15 * 60;

/// How a caller stands against a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// What is limited: `events`, `reads`, `anonymous`.
    pub name: &'static str,
    /// How much of it a window allows.
    pub limit: u32,
    /// How much of it is taken.
    pub taken: u32,
    /// The window's length.
    pub window_seconds: u32,
    /// Seconds until the next window.
    pub reset_seconds: u32,
}

impl Standing {
    /// The standing after an attempt to take from a quota.
    #[must_use]
    pub fn of(name: &'static str, quota: Quota, taken: Taken) -> Self {
        // One call more than the limit allows is refused, and leaves nothing.
        let count = if taken.exceeded { quota.limit } else { taken.count };
        Self { name, limit: quota.limit, taken: count, window_seconds: quota.seconds, reset_seconds: taken.reset_seconds }
    }

    /// How much of the window is left.
    #[must_use]
    pub fn remaining(&self) -> u32 {
        self.limit.saturating_sub(self.taken)
    }
}

/// How many reads a minute a caller has. Services, which are the owner's own, have no limit; nor have scrapers, for whom an answer is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadLimits {
    /// Of a user's token.
    pub user: u32,
    /// Of an admin's.
    pub admin: u32,
}

impl ReadLimits {
    /// Counts a read; `None` for who has no limit.
    ///
    /// # Errors
    /// [`AccessError::TooMany`] over the limit, [`AccessError::Unavailable`] where the table does not answer.
    pub async fn count(&self, table: &dyn Table, caller: &Caller, now: Timestamp) -> Result<Option<Standing>, AccessError> {
        let limit = match caller.role {
            Role::Admin => self.admin,
            Role::User | Role::Project => self.user,
            Role::Service | Role::Scraper => return Ok(None),
        };
        let quota = Quota { limit, seconds: 60 };
        let taken = limit::take(table, &format!("reads:{}:{}", caller.tenant, caller.scope), quota, 1, now).await?;
        let standing = Standing::of("reads", quota, taken);
        if taken.exceeded { Err(AccessError::TooMany(standing)) } else { Ok(Some(standing)) }
    }
}

/// Counts a call without a valid credential; answers how its address stands where it has made too many.
pub(crate) async fn count_anonymous(
    table: &dyn Table,
    address: IpAddr,
    limit: u32,
    now: Timestamp,
) -> Result<Option<Standing>, AccessError> {
    let quota = Quota { limit, seconds: ANONYMOUS_SECONDS };
    let taken = limit::take(table, &format!("ip:{}", block(address)), quota, 1, now).await?;
    Ok(taken.exceeded.then(|| Standing::of("anonymous", quota, taken)))
}

/// What counts as one address: of IPv6, where a household has 2^64 of them, the network.
pub(crate) fn block(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
        v4 @ IpAddr::V4(_) => v4,
    }
}
