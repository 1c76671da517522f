//! Rate limits: a counter for each scope and window of time.

use crate::Result;
use model::Timestamp;
use ports::{Added, Key, Read, Table};

/// How long a counter is kept after its window.
const KEPT_SECONDS: i64 = 3600;

/// So many in each window of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// The most that a window allows.
    pub limit: u32,
    /// The window's length; windows begin at multiples of it.
    pub seconds: u32,
}

/// What became of an attempt to take from a quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// How much of the window is taken, this attempt included where it was allowed.
    pub count: u32,
    /// The most that the window allows.
    pub limit: u32,
    /// Whether it was refused, with nothing taken.
    pub exceeded: bool,
    /// Seconds until the next window begins, at least 1.
    pub reset_seconds: u32,
}

impl Quota {
    /// When the window that holds a moment begins and ends, in Unix seconds.
    fn window(self, now: Timestamp) -> (i64, i64) {
        let seconds = i64::from(self.seconds.max(1));
        let start = now.as_seconds().div_euclid(seconds) * seconds;
        (start, start + seconds)
    }

    /// What became of an attempt, whose counter is this.
    pub(crate) fn taken(self, added: Added, now: Timestamp) -> Taken {
        let (count, exceeded) = match added {
            Added::To(count) => (count, false),
            Added::OverCeiling(count) => (count, true),
        };
        let within = |number: i64| u32::try_from(number.max(0)).unwrap_or(u32::MAX);
        let reset_seconds = within(self.window(now).1 - now.as_seconds()).max(1);
        Taken { count: within(count), limit: self.limit, exceeded, reset_seconds }
    }
}

/// How much of the window that holds `now` is taken.
///
/// # Errors
/// Where the table does not answer.
pub async fn taken(table: &dyn Table, scope: &str, quota: Quota, now: Timestamp) -> Result<Taken> {
    let (start, _) = quota.window(now);
    let item = table.get(&Key::new(format!("L#{scope}"), start.to_string()), Read::Eventual).await?;
    let count = item.and_then(|item| item.number("taken")).unwrap_or_default();
    Ok(quota.taken(Added::To(count), now))
}

/// Takes `amount` from the window that holds `now`, all of it or nothing.
///
/// # Errors
/// Where the table does not answer.
pub async fn take(table: &dyn Table, scope: &str, quota: Quota, amount: u32, now: Timestamp) -> Result<Taken> {
    let (start, end) = quota.window(now);
    let key = Key::new(format!("L#{scope}"), start.to_string());
    let added = table.add(&key, "taken", amount.into(), Some(quota.limit.into()), end + KEPT_SECONDS).await?;
    Ok(quota.taken(added, now))
}
