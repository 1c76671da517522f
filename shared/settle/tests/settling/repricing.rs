//! Jobs that price anew what was settled before a price changed.

use crate::world::*;
use cube::FamilyState;
use memory::{Fault, MemoryQueue};
use model::price::{PriceBook, Rates};
use model::{Event, Hour};
use ports::{Key, Table as _};
use records::job::{Progress, State};
use records::pending::{Kind, shard};
use records::{Job, Price, job, price};
use settle::{SettleError, Work};
use std::collections::BTreeMap;

const RATES: Rates = Rates { input_pico: 5_000_000, output_pico: 9_000_000, cache_read_pico: None, cache_write_pico: None };

/// Sets a price from the beginning of a day on, and makes its job, as the tool does. Answers the job's key as the index has it.
async fn set(world: &World, days: i64) -> Key {
    let tenant = &world.owner.tenant;
    let price = Price { provider: "me".into(), model: "gpt-4".into(), effective: at(days * 24), rates: RATES };
    let revision = price::set(&*world.table, tenant, &price).await.unwrap();
    job::create(&*world.table, &Job::new((tenant, revision), day(days), now(world))).await.unwrap();
    let waiting = world.table.pending(&shard(Kind::Job, tenant), None).await.unwrap();
    waiting.items.last().unwrap().key.clone()
}

fn now(world: &World) -> model::Timestamp {
    ports::Clock::now(&*world.clock)
}

/// A request on each of so many days, settled; the clock stands at the end of the last.
async fn settled(days: i64) -> (World, Vec<Event>) {
    let world = World::new().await;
    let events: Vec<_> = (0..days).map(|day| request(&format!("e{day}"), day * 24 + 3, 1000 + day)).collect();
    world.store("m1", &events).await;
    world.clock.set(at(days * 24));
    for day in 0..days {
        world.run(day).await;
    }
    (world, events)
}

async fn all_hours(world: &World, days: i64) -> BTreeMap<Hour, FamilyState> {
    let mut hours = BTreeMap::new();
    for day in 0..days {
        hours.extend(world.hours(day).await);
    }
    hours
}

fn priced(events: &[Event], days: i64) -> BTreeMap<Hour, FamilyState> {
    folded_at(events, &PriceBook::builtin().clone().with_price("me", "gpt-4", at(days * 24), RATES))
}

/// Does what lies in the queue.
async fn work(world: &World, queue: &MemoryQueue) -> Result<usize, SettleError> {
    let bodies = queue.drain();
    for body in &bodies {
        world.settler.run(&serde_json::from_str::<Work>(body).unwrap()).await?;
    }
    Ok(bodies.len())
}

fn days_of(progress: Progress) -> (State, u64, u64) {
    (progress.state, progress.done, progress.days)
}

#[tokio::test]
async fn a_job_prices_the_days_from_its_date_on_and_tells_how_far_it_is() {
    let (world, events) = settled(4).await;
    let (before, queue) = (all_hours(&world, 4).await, MemoryQueue::new());
    let key = set(&world, 2).await;
    let look = async || world.settler.reprice(&queue, &key).await.unwrap();
    assert_eq!(look().await.map(days_of), Some((State::Open, 0, 2)));
    assert_eq!(look().await.map(days_of), Some((State::Open, 0, 2)));
    assert_eq!(queue.bodies().len(), 2, "what is sent is not sent again before its time");
    work(&world, &queue).await.unwrap();
    assert_eq!(look().await.map(days_of), Some((State::Watched, 2, 2)));
    let after = all_hours(&world, 4).await;
    assert_eq!(after, priced(&events, 2));
    assert_ne!(after, before);
    assert_eq!(after[&hour(3)], before[&hour(3)]);
    world.clock.advance_millis(20 * MINUTE_MS);
    assert_eq!(look().await.map(days_of), Some((State::Done, 2, 2)));
    assert_eq!(look().await, None);
    assert!(world.table.pending(&shard(Kind::Job, &world.owner.tenant), None).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn a_job_crashes_anywhere_runs_twice_and_prices_everything() {
    let calls = {
        let (world, _) = settled(2).await;
        let (key, queue) = (set(&world, 0).await, MemoryQueue::with_faults(&world.faults));
        let before = world.faults.calls();
        world.settler.reprice(&queue, &key).await.unwrap();
        work(&world, &queue).await.unwrap();
        world.settler.reprice(&queue, &key).await.unwrap();
        world.faults.calls() - before
    };
    assert!(calls > 20, "{calls} calls");
    for (crash, fault) in (0..calls).flat_map(|crash| [(crash, Fault::Before), (crash, Fault::After)]) {
        let (world, events) = settled(2).await;
        let (key, queue) = (set(&world, 0).await, MemoryQueue::with_faults(&world.faults));
        world.faults.crash_after(crash, fault);
        let _ = world.settler.reprice(&queue, &key).await;
        let _ = work(&world, &queue).await;
        let _ = world.settler.reprice(&queue, &key).await;
        world.faults.heal();
        for _ in 0..4 {
            let (one, other) = (world.settler.reprice(&queue, &key).await.unwrap(), world.settler.reprice(&queue, &key).await.unwrap());
            assert!(one.is_none() || other.is_none() || one.map(days_of) == other.map(days_of));
            work(&world, &queue).await.unwrap();
            world.clock.advance_millis(11 * MINUTE_MS);
        }
        assert_eq!(world.settler.reprice(&queue, &key).await.unwrap(), None, "crash {crash} {fault:?}");
        let job = job::all(&*world.table, &world.owner.tenant).await.unwrap().remove(0);
        assert_eq!(days_of(job.progress), (State::Done, 2, 2), "crash {crash} {fault:?}");
        assert_eq!(all_hours(&world, 2).await, priced(&events, 0), "crash {crash} {fault:?}");
    }
}

#[tokio::test]
async fn a_settle_that_read_the_older_prices_is_found_while_the_job_is_watched() {
    let (world, mut events) = settled(1).await;
    let (key, queue) = (set(&world, 0).await, MemoryQueue::new());
    world.settler.reprice(&queue, &key).await.unwrap();
    work(&world, &queue).await.unwrap();
    assert_eq!(world.settler.reprice(&queue, &key).await.unwrap().unwrap().state, State::Watched);
    // As if a settle of another day had read the revision just before: its hours say the older one.
    let late = request("late", 27, 77);
    world.store("m2", std::slice::from_ref(&late)).await;
    world.run(1).await;
    let mut manifest = world.manifest(1).await;
    manifest.body.hours.values_mut().for_each(|entry| entry.configuration = 0);
    rollups::day::commit(&*world.table, &manifest).await.unwrap();
    assert_eq!(world.settler.reprice(&queue, &key).await.unwrap().map(days_of), Some((State::Open, 1, 2)));
    assert_eq!(work(&world, &queue).await.unwrap(), 1);
    events.push(late);
    assert_eq!(all_hours(&world, 2).await, priced(&events, 0));
    assert_eq!(world.settler.reprice(&queue, &key).await.unwrap().map(days_of), Some((State::Watched, 2, 2)));
}

#[tokio::test]
async fn many_days_go_out_in_turns_and_again_after_a_time_where_their_work_is_lost() {
    let (world, events) = settled(60).await;
    let (key, queue) = (set(&world, 0).await, MemoryQueue::new());
    let sent = async || {
        world.settler.reprice(&queue, &key).await.unwrap();
        queue.bodies().len()
    };
    assert_eq!((sent().await, sent().await, sent().await), (50, 60, 60));
    // All of it is lost but one, and the queue takes a part only.
    let bodies = queue.drain();
    world.settler.run(&serde_json::from_str(&bodies[7]).unwrap()).await.unwrap();
    world.clock.advance_millis(10 * MINUTE_MS);
    queue.refuse_next(&[3, 5]);
    assert_eq!(sent().await, 48, "what is refused is not taken for sent, nor what comes after it");
    assert_eq!(queue.drain().len(), 48);
    assert_eq!(sent().await, 50);
    work(&world, &queue).await.unwrap();
    while world.settler.reprice(&queue, &key).await.unwrap().is_some() {
        work(&world, &queue).await.unwrap();
        world.clock.advance_millis(11 * MINUTE_MS);
    }
    assert_eq!(all_hours(&world, 60).await, priced(&events, 0));
}

#[tokio::test]
async fn days_without_raw_data_and_quarantined_ones_are_told_and_not_waited_for() {
    let (world, _) = settled(3).await;
    let queue = MemoryQueue::new();
    // The log of the first day expires; an hour of the second is quarantined.
    let mut manifest = world.manifest(1).await;
    let quarantine = rollups::Quarantine { since: now(&world), tried_at: now(&world), reason: "lost".into() };
    manifest.body.quarantined.insert(hour(27), quarantine);
    rollups::day::commit(&*world.table, &manifest).await.unwrap();
    let mut manifest = world.manifest(0).await;
    for entry in manifest.body.hours.values_mut() {
        entry.log.as_mut().unwrap().written_at = at(-24 * 90);
    }
    rollups::day::commit(&*world.table, &manifest).await.unwrap();
    let key = set(&world, 0).await;
    let progress = world.settler.reprice(&queue, &key).await.unwrap().unwrap();
    assert_eq!((days_of(progress), progress.expired, progress.quarantined), ((State::Open, 1, 3), 1, 1));
    assert_eq!(work(&world, &queue).await.unwrap(), 1);
    let progress = world.settler.reprice(&queue, &key).await.unwrap().unwrap();
    assert_eq!((days_of(progress), progress.expired, progress.quarantined), ((State::Watched, 2, 3), 1, 1));
}

#[tokio::test]
async fn a_key_that_names_no_job_is_passed_over() {
    let (world, _) = settled(1).await;
    let queue = MemoryQueue::new();
    for key in [Key::new("T#demo#C#jobs", "reprice#0000000009"), Key::new("T#demo#M#ai", "2026-11-01")] {
        assert_eq!(world.settler.reprice(&queue, &key).await.unwrap(), None);
    }
    assert!(queue.bodies().is_empty());
}
