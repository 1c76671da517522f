//! Hours of which nothing is settled: partials are all there is.

use crate::watched::Gone;
use crate::world::{World, ask_of, hour, input_tokens, of_user, range, request, total};
use bytes::Bytes;
use cube::query::Granularity;
use model::Event;
use ports::Table;
use reader::ReadError;
use std::sync::Arc;

#[tokio::test]
async fn an_answer_adds_up_the_partials_of_its_hours_and_no_others() {
    let world = World::new();
    world.store(&[request("ann", 1, 10), request("ann", 2, 200), request("bob", 2, 3000)]).await;
    world.store(&[request("ann", 2, 40_000)]).await;
    assert_eq!(world.sum(input_tokens(range(0, 24))).await, 43_210);
    assert_eq!(world.sum(input_tokens(range(2, 3))).await, 43_200);
    assert_eq!(world.sum(input_tokens(range(3, 24))).await, 0);
    assert_eq!(world.sum(of_user("ann", range(0, 24))).await, 40_210);
    assert_eq!(world.sum(of_user("nobody", range(0, 24))).await, 0);
}

#[tokio::test]
async fn what_one_tenant_has_counted_is_nothing_to_another() {
    let world = World::new();
    world.store(&[request("ann", 1, 10)]).await;
    for other in ["acm", "acme2", "other"] {
        assert_eq!(world.sum_of(other, input_tokens(range(0, 24))).await, 0, "{other}");
        assert_eq!(world.sum_of(other, of_user("ann", range(0, 24))).await, 0, "{other}");
    }
}

#[tokio::test]
async fn a_partial_without_state_is_answered_from_its_segment() {
    let (with, without) = (World::new(), World::new());
    let events = [request("ann", 1, 10), request("ann", 2, 200), request("bob", 2, 3000), request("bob", 3, 40_000)];
    with.store(&events).await;
    without.store_some("acme", &events, false, |_| true).await;
    for query in
        [input_tokens(range(0, 24)), input_tokens(range(2, 3)), of_user("bob", range(0, 3)).every(Granularity::Hour, chrono_tz::Tz::UTC)]
    {
        assert_eq!(with.ask("acme", std::slice::from_ref(&query)).await.unwrap(), without.ask("acme", &[query]).await.unwrap());
    }
    let reads = without.faults.history().iter().filter(|call| call.service == "bucket" && call.operation == "get").count();
    assert_eq!(reads, 3, "a segment of several hours is read once a question");
}

#[tokio::test]
async fn an_hour_of_a_segment_that_was_not_committed_does_not_count() {
    let world = World::new();
    let events = [request("ann", 1, 10), request("ann", 2, 200)];
    let second = hour(2);
    world.store_some("acme", &events, false, |hour| hour == second).await;
    assert_eq!(world.sum(input_tokens(range(0, 24))).await, 200);
}

#[tokio::test]
async fn several_questions_share_one_reading_and_the_time_between_them_is_not_read() {
    let world = World::new();
    world.store(&[request("ann", 1, 10), request("bob", 30, 200), request("ann", 1000, 3000)]).await;
    let queries = [
        input_tokens(range(0, 24)),
        input_tokens(range(12, 48)),
        of_user("ann", range(0, 24)),
        of_user("bob", range(24, 48)),
        input_tokens(range(1000, 1001)),
    ];
    let before = world.faults.calls();
    let answers = world.ask("acme", &queries).await.unwrap();
    assert_eq!(answers.iter().map(total).collect::<Vec<_>>(), [10, 200, 10, 200, 3000]);
    assert_eq!(world.faults.calls() - before, 4, "two spans, of each the partials and the manifests");
}

#[tokio::test]
async fn all_pages_of_a_partition_count() {
    let world = World::new();
    let mut expected = 0;
    for batch in 0..30 {
        let events: Vec<Event> = (0..2500).map(|n| request(&scattered(batch * 10_000 + n), 1, 1)).collect();
        expected += 2500;
        world.store(&events).await;
    }
    let before = world.faults.calls();
    assert_eq!(world.sum(input_tokens(range(0, 2))).await, expected);
    assert!(world.faults.calls() - before > 1, "the partials fit one page, so the test shows nothing");
    assert_eq!(world.sum(of_user(&scattered(110_007), range(0, 2))).await, 1);
}

/// A name that does not compress well.
fn scattered(number: u64) -> String {
    let mixed = (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    format!("{mixed:016x}{:016x}", mixed.rotate_left(29).wrapping_mul(0xBF58_476D_1CE4_E5B9))
}

#[tokio::test]
async fn a_missing_part_means_start_again_and_never_zero() {
    let world = World::new();
    world.store_some("acme", &[request("ann", 1, 10)], false, |_| true).await;
    let query = [input_tokens(range(0, 24))];
    let found = ask_of(&world, Arc::new(Gone(world.bucket.clone(), 2.into())), &query).await.unwrap();
    assert_eq!(total(&found[0]), 10);
    let lost = ask_of(&world, Arc::new(Gone(world.bucket.clone(), 3.into())), &query).await;
    assert!(matches!(lost, Err(ReadError::Missing(_))));
}

#[tokio::test]
async fn what_cannot_be_read_is_an_error_and_never_zero() {
    let world = World::new();
    world.store(&[request("ann", 1, 10)]).await;
    world.faults.down("table");
    assert!(matches!(world.ask("acme", &[input_tokens(range(0, 24))]).await, Err(ReadError::Record(_))));
    world.faults.heal();

    let spoiled = world.table.items().into_iter().next().unwrap().with("state", ports::Value::Binary(Bytes::from_static(b"\xffnonsense")));
    Table::put(&*world.table, spoiled, ports::Condition::Always).await.unwrap();
    assert!(matches!(world.ask("acme", &[input_tokens(range(0, 24))]).await, Err(ReadError::State { .. })));
}
