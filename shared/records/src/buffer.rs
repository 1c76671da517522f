//! The buffer of a project: how many of its events are accepted and not yet stored.
//!
//! Counters for each minute of receipt: what was accepted and what is stored. What a key of the project sends is counted apart, and that
//! counter is its limit too: one write for both. A crash between storing and counting can leave the buffer wrong for the day that it is
//! kept; it tells people that something is under way, and nothing is decided by it.

use crate::limit::{Quota, Taken};
use crate::{Result, all_items};
use model::{ProjectId, TenantId, Timestamp};
use ports::{Key, Range, Read, Table};
use std::collections::BTreeMap;

/// How long a minute's counters are kept.
const KEPT_SECONDS: i64 = 24 * 3600;

fn partition(tenant: &TenantId, project: &ProjectId) -> String {
    format!("T#{tenant}#B#{project}")
}

const ACCEPTED: &str = "accepted";
const STORED: &str = "stored";
const MINUTE: &str = "2026-11-21T05:31";

/// As in keys: `2026-11-21T05:31`, which sorts as the minutes do.
fn minute(moment: Timestamp) -> String {
    let mut text = moment.to_string();
    text.truncate(MINUTE.len());
    text
}

async fn count(table: &dyn Table, place: Place<'_>, counter: &'static str, events: u32) -> Result<()> {
    let key = Key::new(partition(place.tenant, place.project), minute(place.received));
    table.add(&key, counter, events.into(), None, place.expires_at()).await?;
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

impl Place<'_> {
    fn expires_at(self) -> i64 {
        self.received.as_seconds() + KEPT_SECONDS
    }

    /// The counter of a sender.
    fn of_sender(self, scope: &str) -> Key {
        Key::new(partition(self.tenant, self.project), format!("{}#{scope}", minute(self.received)))
    }
}

/// Takes events from what a sender may send to the project in the minute, all of them or nothing, and counts them as accepted.
///
/// # Errors
/// Where the table does not answer.
pub async fn take(table: &dyn Table, place: Place<'_>, scope: &str, limit: u32, events: u32) -> Result<Taken> {
    let added = table.add(&place.of_sender(scope), ACCEPTED, events.into(), Some(limit.into()), place.expires_at()).await?;
    Ok(Quota { limit, seconds: 60 }.taken(added, place.received))
}

/// Gives back what was taken: the queue has not taken the events.
///
/// # Errors
/// Where the table does not answer.
pub async fn give_back(table: &dyn Table, place: Place<'_>, scope: &str, events: u32) -> Result<()> {
    table.add(&place.of_sender(scope), ACCEPTED, -i64::from(events), None, place.expires_at()).await?;
    Ok(())
}

/// Counts events that the queue has taken, of a sender without a limit of its own.
///
/// # Errors
/// Where the table does not answer.
pub async fn accepted(table: &dyn Table, place: Place<'_>, events: u32) -> Result<()> {
    count(table, place, ACCEPTED, events).await
}

/// Counts events that are stored.
///
/// # Errors
/// Where the table does not answer.
pub async fn stored(table: &dyn Table, place: Place<'_>, events: u32) -> Result<()> {
    count(table, place, STORED, events).await
}

/// How many events of a project, received in the last day, are accepted and not yet stored.
///
/// # Errors
/// Where the table does not answer.
pub async fn depth(table: &dyn Table, tenant: &TenantId, project: &ProjectId, now: Timestamp) -> Result<u64> {
    // `$` follows `#`, so the range ends after all senders of the last minute.
    let day = Range::Between(minute(now.plus_millis(-KEPT_SECONDS * 1000)), format!("{}$", minute(now)));
    let mut minutes: BTreeMap<String, i64> = BTreeMap::new();
    for item in all_items(table, &partition(tenant, project), &day, Read::Eventual).await? {
        let mut minute = item.key.sort.clone();
        minute.truncate(MINUTE.len());
        *minutes.entry(minute).or_default() += item.number(ACCEPTED).unwrap_or(0) - item.number(STORED).unwrap_or(0);
    }
    // A minute that stored more than it accepted (a delivery counted twice) must not hide what another one still holds.
    Ok(minutes.into_values().map(|events| u64::try_from(events).unwrap_or(0)).sum())
}
