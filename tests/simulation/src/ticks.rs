//! Finds work and sends it, as the schedules of `aggregate` do, but for its thresholds: here everything is due at once.

use crate::land::Land;
use model::{Family, Hour, UserId};
use ports::{Key, Queue, Table};
use records::RecordError;
use records::erasure::{self, Request};
use records::job::{self, Job};
use records::pending::{self, Kind, Pending};
use records::price::{self, Price};
use rollups::{day, upper};
use settle::{Again, Settler, Work};
use std::collections::BTreeSet;
use std::error::Error;

/// One look at all that is pending.
///
/// # Errors
/// Where a port does not answer: the next tick looks again.
pub async fn tick(settler: &Settler, queue: &dyn Queue) -> Result<(), Box<dyn Error>> {
    let table = &*settler.table;
    let mut found: BTreeSet<String> = BTreeSet::new();
    for kind in [Kind::Job, Kind::Partial, Kind::Sweep, Kind::Roll] {
        for key in pending_of(table, kind).await? {
            if let Some(work) = work(&key) {
                found.insert(work.body());
            } else {
                settler.reprice(queue, &key).await?;
                settler.forget(queue, &key).await?;
            }
        }
    }
    let bodies: Vec<String> = found.into_iter().collect();
    queue.send(&bodies).await?;
    Ok(())
}

async fn pending_of(table: &dyn Table, kind: Kind) -> Result<Vec<Key>, Box<dyn Error>> {
    let mut found = Vec::new();
    for shard in pending::shards(kind) {
        let mut after: Option<Key> = None;
        loop {
            let (keys, next) = pending::keys(table, &shard, after.as_ref()).await?;
            found.extend(keys);
            after = next;
            if after.is_none() {
                break;
            }
        }
    }
    Ok(found)
}

/// The work that a key of the index asks for; nothing where it is a job's.
fn work(key: &Key) -> Option<Work> {
    if let Some(Pending { tenant, family, hour, .. }) = Pending::of_key(key) {
        return Some(Work::Settle { tenant, family, day: hour.day(), again: Again::Nothing });
    }
    if let Some((owner, day)) = day::of_key(key) {
        return Some(Work::Sweep { tenant: owner.tenant, family: owner.family, day });
    }
    match upper::of_key(key)? {
        (owner, Some(month)) => Some(Work::Month { tenant: owner.tenant, family: owner.family, month }),
        (owner, None) => Some(Work::Lifetime { tenant: owner.tenant, family: owner.family }),
    }
}

/// Has a person of every tenant erased, all of it again until it is done.
///
/// # Errors
/// Where a port does not answer.
pub async fn erase(land: &Land, person: &str) -> Result<(), RecordError> {
    let table = land.table("configure");
    let user = UserId::new(person).unwrap();
    for tenant in land.tenants.iter() {
        let request = Request { tenant: &tenant.id, user: &user, now: land.world.now(), fresh_key: [7; 32], anew: false };
        erasure::begin(&*table, &request).await?;
    }
    Ok(())
}

/// Sets a price for those who use AI, and makes the job that prices anew what is settled; all of it again until it is done.
///
/// # Errors
/// Where a port does not answer.
pub async fn reprice(land: &Land, price: &Price) -> Result<(), RecordError> {
    let table = land.table("configure");
    for tenant in land.tenants.iter().filter(|tenant| tenant.families.iter().any(|(family, _)| *family == Family::Ai)) {
        let revision = price::set(&*table, &tenant.id, price).await?;
        let from = Hour::of(price.effective, tenant.hour_offset).day();
        job::create(&*table, &Job::new((&tenant.id, revision), from, land.world.now())).await?;
    }
    Ok(())
}
