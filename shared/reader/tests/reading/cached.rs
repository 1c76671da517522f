//! What was read of rollups is kept for who asks again, and answers only as long as it is current.

use super::watched::{Call, Watched};
use super::world::{Settle, World, day, input_tokens, range, request, total, visit};
use chrono_tz::Tz;
use cube::query::{Granularity, MetricQuery};
use reader::Reading;

/// An answer, and how many parts of rollups were read for it.
async fn ask(world: &World, tenant: &str, queries: &[MetricQuery]) -> (Reading, usize) {
    let table = Watched::new(world.table.clone());
    let reading = world.read_with(table.clone(), tenant, queries).await.unwrap();
    let calls = table.calls.lock().unwrap();
    let parts = calls.iter().map(|call| if let Call::GetMany(keys, _) = call { keys.len() } else { 0 }).sum();
    (reading, parts)
}

/// Three settled days, in each a request of ten tokens by ann and one of two hundred by bob.
async fn world() -> World {
    let world = World::new().caching();
    for number in 0..3 {
        let segment = world.store(&[request("ann", number * 24, 10), request("bob", number * 24 + 5, 200)]).await;
        world.settle(day(number * 24), Settle::of(&[&segment])).await;
    }
    world
}

#[tokio::test]
async fn who_asks_again_reads_no_rollup_again() {
    let world = world().await;
    let query = input_tokens(range(0, 72));
    let (first, parts) = ask(&world, "acme", std::slice::from_ref(&query)).await;
    assert_eq!((total(&first.answers[0]), parts), (630, 3));
    let (again, parts) = ask(&world, "acme", std::slice::from_ref(&query)).await;
    assert_eq!((total(&again.answers[0]), parts), (630, 0));
    assert_eq!(again.settled_through, first.settled_through);
}

#[tokio::test]
async fn what_one_question_has_read_serves_another_that_wants_the_same_of_the_same() {
    let world = world().await;
    let by_day = input_tokens(range(0, 72)).every(Granularity::Day, Tz::UTC);
    assert_eq!(ask(&world, "acme", std::slice::from_ref(&by_day)).await.1, 3);
    // One of the days alone.
    let (day, parts) = ask(&world, "acme", &[input_tokens(range(24, 48)).every(Granularity::Day, Tz::UTC)]).await;
    assert_eq!((total(&day.answers[0]), parts), (210, 0));
    // By something else, or another number, or of one person: none of these is what was kept.
    let of_bob = MetricQuery::new("ai_users", &["inputTokens"], range(24, 48)).only("user", &["bob"]);
    let requests = MetricQuery::new("ai_requests", &["requests"], range(24, 48));
    for (query, expect) in [(input_tokens(range(24, 48)).by("model"), 210), (requests, 2), (of_bob, 200)] {
        let (reading, parts) = ask(&world, "acme", std::slice::from_ref(&query)).await;
        assert_eq!((total(&reading.answers[0]), parts), (expect, 1), "{query:?}");
    }
    let of_ann = MetricQuery::new("ai_users", &["inputTokens"], range(24, 48)).only("user", &["ann"]);
    assert_eq!(total(&ask(&world, "acme", &[of_ann]).await.0.answers[0]), 10);
}

#[tokio::test]
async fn several_questions_of_one_reading_are_each_answered_by_what_they_want() {
    let world = world().await;
    let queries = || {
        let days = input_tokens(range(0, 72)).every(Granularity::Day, Tz::UTC);
        let models = input_tokens(range(0, 72)).by("model");
        let users = MetricQuery::new("ai_users", &["inputTokens"], range(0, 72)).by("user");
        [input_tokens(range(0, 72)), days, models, input_tokens(range(0, 72)), users, input_tokens(range(0, 30))]
    };
    for parts in [8, 0] {
        let (reading, read) = ask(&world, "acme", &queries()).await;
        let totals: Vec<i128> = reading.answers.iter().map(total).collect();
        assert_eq!((totals, read), (vec![630, 630, 630, 630, 630, 420], parts));
        assert_eq!(reading.answers[1].rows.len(), 3);
        assert_eq!(reading.answers[4].rows.len(), 2);
    }
}

#[tokio::test]
async fn what_is_settled_since_is_read_and_the_rest_is_not() {
    let world = world().await;
    let query = input_tokens(range(0, 72)).every(Granularity::Day, Tz::UTC);
    ask(&world, "acme", std::slice::from_ref(&query)).await;
    let late = world.store(&[request("eve", 30, 3000)]).await;
    let (reading, parts) = ask(&world, "acme", std::slice::from_ref(&query)).await;
    assert_eq!((total(&reading.answers[0]), parts), (3630, 0), "it is in a partial yet");
    world.settle(day(24), Settle::of(&[&late])).await;
    let (reading, parts) = ask(&world, "acme", std::slice::from_ref(&query)).await;
    assert_eq!((total(&reading.answers[0]), parts), (3630, 1), "the day has another rollup");
}

#[tokio::test]
async fn what_is_kept_of_one_tenant_is_nothing_to_another() {
    let world = world().await;
    ask(&world, "acme", &[input_tokens(range(0, 72))]).await;
    assert_eq!(total(&ask(&world, "other", &[input_tokens(range(0, 72))]).await.0.answers[0]), 0);
}

#[tokio::test]
async fn an_answer_that_fails_keeps_nothing_that_is_not_whole() {
    let world = world().await;
    let queries = [input_tokens(range(0, 72)), input_tokens(range(0, 72)).every(Granularity::Day, Tz::UTC)];
    for call in 0..3 {
        world.faults.crash_after(call, memory::Fault::Before);
        let failed = world.read_with(world.table.clone(), "acme", &queries).await;
        assert!(failed.is_err(), "call {call}");
        world.faults.heal();
    }
    assert_eq!(ask(&world, "acme", &queries).await.0.answers.iter().map(total).collect::<Vec<_>>(), [630, 630]);
}

#[tokio::test]
async fn families_that_are_asked_together_come_together() {
    let world = World::new().caching();
    let ai = world.store(&[request("ann", 1, 10)]).await;
    let engagement = world.store(&[visit("bob", 2)]).await;
    for stored in [&ai, &engagement] {
        world.settle(day(0), Settle::of(&[stored])).await;
    }
    for parts in [2, 0] {
        let (reading, read) = ask(&world, "acme", &[MetricQuery::new("people", &["events"], range(0, 24)).by("user")]).await;
        assert_eq!((total(&reading.answers[0]), reading.answers[0].rows.len(), read), (2, 2, parts));
    }
}
