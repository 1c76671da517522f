//! What a crash, a lost answer or a service that is down does: nothing accepted is lost, nothing is acknowledged that is not committed.

use super::NONE;
use super::world::*;
use aws_lambda_events::event::sqs::SqsMessage;
use memory::Fault;
use model::Family;
use std::collections::BTreeMap;

fn batch() -> Vec<SqsMessage> {
    vec![
        record("m1", message("demo", vec![view("1"), sale("2")])),
        record("m2", message("demo", vec![view("3"), event("4", NOW.plus_millis(-HOUR_MS), view("4").facts)])),
        record("m3", message("other", vec![request("5")])),
    ]
}

/// Every event that counts, by tenant and family, and how often.
async fn counted(world: &World) -> BTreeMap<String, usize> {
    let mut all = BTreeMap::new();
    for (tenant, family) in [("demo", Family::Engagement), ("demo", Family::Sales), ("other", Family::Ai)] {
        all.extend(world.counted(tenant, family).await);
    }
    all
}

const ALL: [&str; 5] = ["e::1", "e::2", "e::3", "e::4", "e::5"];

#[tokio::test]
async fn a_crash_before_or_after_any_call_loses_nothing_and_commits_nothing_without_its_segment() {
    let calls = {
        let world = World::new();
        assert_eq!(world.store(batch()).await, NONE);
        world.faults.calls()
    };
    assert!(calls > 8, "{calls} calls");
    for (crash, fault) in (0..calls).flat_map(|crash| [(crash, Fault::Before), (crash, Fault::After)]) {
        let world = World::new();
        world.faults.crash_after(crash, fault);
        let failed = world.store(batch()).await;
        world.faults.heal();
        // What was acknowledged is committed, and every partial's segment is there (`counted` looks).
        let acknowledged: Vec<SqsMessage> =
            batch().into_iter().filter(|record| !failed.contains(record.message_id.as_ref().unwrap())).collect();
        let committed = counted(&world).await;
        let expected = acknowledged.iter().flat_map(|record| match record.message_id.as_deref() {
            Some("m1") => vec!["e::1", "e::2"],
            Some("m2") => vec!["e::3", "e::4"],
            _ => vec!["e::5"],
        });
        for id in expected {
            assert!(committed.contains_key(id), "{id} is acknowledged and not committed, crash {crash} {fault:?}");
        }
        // The queue delivers the others again, and then everything counts; what was committed before the crash is known by its id.
        let again = batch().into_iter().filter(|record| failed.contains(record.message_id.as_ref().unwrap()));
        assert_eq!(world.store(again.map(|record| attempt(2, record)).collect()).await, NONE);
        assert_eq!(counted(&world).await.into_keys().collect::<Vec<_>>(), ALL, "crash {crash} {fault:?}");
    }
}

#[tokio::test]
async fn a_message_stored_alone_counts_once_whatever_number_of_crashes_it_meets() {
    let world = World::new();
    let alone = || vec![attempt(2, batch().swap_remove(1))];
    for crash in 0..3 {
        world.faults.crash_after(crash, Fault::After);
        assert_eq!(world.store(alone()).await.len(), usize::from(crash < 3));
        world.faults.heal();
    }
    assert_eq!(world.store(alone()).await, NONE);
    assert_eq!(world.counted("demo", Family::Engagement).await, BTreeMap::from([("e::3".into(), 1), ("e::4".into(), 1)]));
    assert_eq!(world.bucket.objects().len(), 1);
}

#[tokio::test]
async fn while_the_bucket_is_down_everything_fails_and_nothing_is_committed() {
    let world = World::new();
    world.faults.down("bucket");
    let mut failed = world.store(batch()).await;
    failed.sort();
    assert_eq!(failed, ["m1", "m2", "m3"]);
    assert_eq!(world.table.items(), []);
    world.faults.heal();
    assert_eq!(world.store(batch()).await, NONE);
    assert!(counted(&world).await.values().eq([1; 5].iter()), "once each");
}

#[tokio::test]
async fn while_the_table_is_down_everything_fails() {
    let world = World::new();
    world.faults.down("table");
    assert_eq!(world.store(batch()).await.len(), 3);
    world.faults.heal();
    assert_eq!(world.store(batch()).await, NONE);
    assert!(counted(&world).await.values().eq([1; 5].iter()), "the same messages make the same segments");
}

#[tokio::test]
async fn a_group_that_fails_takes_only_the_messages_that_have_events_in_it() {
    let world = World::new();
    world.faults.plan(|call| call.key.contains("/sales/").then_some(Fault::Refused));
    assert_eq!(world.store(batch()).await, ["m1"]);
    assert_eq!(counted(&world).await.into_keys().collect::<Vec<_>>(), ["e::1", "e::3", "e::4", "e::5"]);
}

#[tokio::test]
async fn buffers_that_cannot_be_counted_fail_no_message() {
    let world = World::new();
    world.faults.plan(|call| (call.operation == "add").then_some(Fault::Before));
    assert_eq!(world.store(batch()).await, NONE);
    assert_eq!(counted(&world).await.len(), 5);
}
