//! Crashes, lost answers, and two settlers at once.

use crate::interrupted::Interrupted;
use crate::world::*;
use memory::Fault;
use model::Event;
use model::price::{PriceBook, Rates};
use records::Price;
use settle::{Again, Settler};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A world in which an hour is settled, and has a late event, a repeat, and another hour beside it.
async fn busy() -> (World, Vec<Event>) {
    let world = World::new().await;
    let events = vec![request("a", 1, 10), request("b", 1, 20), request("c", 2, 30), request("d", 3, 40)];
    world.store("m1", &events[..2]).await;
    world.run(0).await;
    world.store("m2", &events[1..]).await;
    world.store("m3", &events[2..]).await;
    (world, events)
}

async fn check(world: &World, events: &[Event], why: &str) {
    assert_eq!(world.hours(0).await, folded(events), "{why}");
    let log = world.log(0).await;
    assert_eq!((log.len(), log.values().max()), (events.len(), Some(&1)), "{why}");
    assert_eq!(world.partials().await, [], "{why}");
}

#[tokio::test]
async fn a_crash_before_or_after_any_call_loses_nothing_and_counts_nothing_twice() {
    for closed in [false, true] {
        let (world, _) = busy().await;
        world.clock.advance_millis(if closed { DAY_MS } else { 0 });
        let before = world.faults.calls();
        world.run(0).await;
        let calls = world.faults.calls() - before;
        assert!(calls > 10, "{calls} calls");
        for (crash, fault) in (0..calls).flat_map(|crash| [(crash, Fault::Before), (crash, Fault::After)]) {
            let (world, events) = busy().await;
            world.clock.advance_millis(if closed { DAY_MS } else { 0 });
            world.faults.crash_after(crash, fault);
            let crashed = world.do_work(world.settle(0, Again::Nothing)).await;
            assert!(crashed.is_err_and(|error| error.is_transient()), "crash {crash} {fault:?}");
            world.faults.heal();
            world.run(0).await;
            check(&world, &events, &format!("crash {crash} {fault:?}")).await;
            if closed {
                let manifest = world.manifest(0).await;
                let day = world.state(rollups::Bucket::Day(day(0)), &manifest.body.rollup.unwrap()).await;
                assert_eq!(day, merged(&events), "crash {crash} {fault:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_commit_whose_answer_is_lost_is_found_to_be_done() {
    let (world, events) = busy().await;
    // The fault is at the first put of the day's manifest, and everything works after it.
    let manifest = format!("{} / 2026-11-01", world.owner.partition());
    let next = world.faults.calls();
    let failed = AtomicI64::new(0);
    world.faults.plan(move |call| {
        let is_commit = call.index >= next && call.operation == "put" && call.key == manifest;
        (is_commit && failed.fetch_add(1, Ordering::SeqCst) == 0).then_some(Fault::After)
    });
    let done = world.run(0).await;
    assert_eq!((done.hours, done.lost), (3, 0));
    check(&world, &events, "the answer of a commit was lost").await;
    let superseded = &world.manifest(0).await.body.garbage;
    assert_eq!(superseded.len(), 1, "what it had superseded, and not itself: {superseded:?}");
}

#[tokio::test]
async fn two_settlers_interleaved_anywhere_count_each_event_once() {
    for calls in 0..calls_of_a_settle().await {
        let (world, events) = busy().await;
        interrupted(&world, calls, (Again::Nothing, None)).await;
        let why = format!("the other settles before call {calls}");
        check(&world, &events, &why).await;
        // What the loser has written is no orphan: the manifest knows it as garbage, or as its own.
        world.clock.advance_millis(20 * MINUTE_MS);
        world.do_work(world.sweep(0)).await.unwrap();
        check(&world, &events, &why).await;
        assert_eq!(world.rollup_items(), 3, "{why}");
        let logs = world.bucket.objects().keys().filter(|key| key.starts_with("log/")).count();
        assert_eq!(logs, 1, "{why}");
    }
}

#[tokio::test]
async fn a_settle_with_an_older_configuration_never_replaces_a_newer_one() {
    let rates = Rates { input_pico: 1_000_000, output_pico: 2_000_000, ..Rates::default() };
    let price = Price { provider: "me".into(), model: "gpt-4".into(), effective: at(-1000), rates };
    let book = PriceBook::builtin().clone().with_price("me", "gpt-4", at(-1000), rates);
    for calls in 0..calls_of_a_settle().await {
        let (world, events) = busy().await;
        // A price is set, and everything settled with it, while the first is at work.
        let again = Again::Hours(vec![hour(1), hour(2), hour(3)]);
        interrupted(&world, calls, (again, Some(price.clone()))).await;
        let why = format!("a price is set before call {calls}");
        assert_eq!(world.manifest(0).await.body.hours.values().map(|entry| entry.configuration).min(), Some(1), "{why}");
        assert_eq!(world.hours(0).await, folded_at(&events, &book), "{why}");
    }
}

/// How many calls to the table a settle makes.
async fn calls_of_a_settle() -> i64 {
    let (world, _) = busy().await;
    let before = world.faults.calls();
    world.run(0).await;
    let calls = world.faults.history()[before..].iter().filter(|call| call.service == "table").count();
    assert!(calls > 8, "{calls} calls");
    i64::try_from(calls).unwrap()
}

/// Settles, and is interrupted before one of its calls by another who settles too.
async fn interrupted(world: &World, calls: i64, (again, price): (Again, Option<Price>)) {
    let other = Settler { random: Arc::new(Counter::of(1)), ..world.settler.clone() };
    let work = world.settle(0, again);
    let table = Interrupted { table: world.table.clone(), calls: AtomicI64::new(calls), other, price, work };
    let settler = Settler { table: Arc::new(table), ..world.settler.clone() };
    settler.run(&world.settle(0, Again::Nothing)).await.unwrap();
}
