//! The buffer of a project: how many of its events are accepted and not yet stored.
//!
//! Two counters for each minute of receipt. It tells people that something is under way; nothing is decided by it, and a crash between
//! storing and counting can leave it wrong for the day that it is kept.

use crate::{Result, all_items};
use model::{ProjectId, TenantId, Timestamp};
use ports::{Key, Range, Read, Table};

/// How long a minute's counters are kept.
const KEPT_SECONDS: i64 = 24 * 3600;

fn partition(tenant: &TenantId, project: &ProjectId) -> String {
    format!("T#{tenant}#B#{project}")
}

/// As in keys: `2026-11-21T05:31`, which sorts as the minutes do.
fn minute(moment: Timestamp) -> String {
    let mut text = moment.to_string();
    text.truncate("2026-11-21T05:31".len());
    text
}

async fn count(table: &dyn Table, place: Place<'_>, counter: &'static str, events: u32) -> Result<()> {
    let key = Key::new(partition(place.tenant, place.project), minute(place.received));
    table.add(&key, counter, events.into(), None, place.received.as_seconds() + KEPT_SECONDS).await?;
    Ok(())
}

/// Whose events, and when they were received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// Their tenant.
    pub tenant: &'a TenantId,
    /// Their project.
    pub project: &'a ProjectId,
    /// When they were received.
    pub received: Timestamp,
}

/// Counts events that the queue has taken.
///
/// # Errors
/// Where the table does not answer.
pub async fn accepted(table: &dyn Table, place: Place<'_>, events: u32) -> Result<()> {
    count(table, place, "accepted", events).await
}

/// Counts events that are stored.
///
/// # Errors
/// Where the table does not answer.
pub async fn stored(table: &dyn Table, place: Place<'_>, events: u32) -> Result<()> {
    count(table, place, "stored", events).await
}

/// How many events of a project, received in the last day, are accepted and not yet stored.
///
/// # Errors
/// Where the table does not answer.
pub async fn depth(table: &dyn Table, tenant: &TenantId, project: &ProjectId, now: Timestamp) -> Result<u64> {
    let day = Range::Between(minute(now.plus_millis(-KEPT_SECONDS * 1000)), minute(now));
    let minutes = all_items(table, &partition(tenant, project), &day, Read::Eventual).await?;
    // A minute that stored more than it accepted (a delivery counted twice) must not hide what another one still holds.
    let waiting = minutes.iter().map(|item| item.number("accepted").unwrap_or(0) - item.number("stored").unwrap_or(0));
    Ok(waiting.map(|events| u64::try_from(events).unwrap_or(0)).sum())
}
