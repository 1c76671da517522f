//! Hours and days that are settled, beside partials that are not.

use crate::watched::{Call, Watched};
use crate::world::{EXPIRY, HOUR_MS, Settle, World, ai, at, day, hour, input_tokens, of_user, owner, range, request, total, values, visit};
use chrono_tz::Tz;
use cube::query::{Granularity, MetricQuery};
use model::{Family, Timestamp};
use ports::Read;
use rollups::{Quarantine, day as days};

#[tokio::test]
async fn what_a_rollup_has_absorbed_counts_once_and_what_it_has_not_is_added() {
    let world = World::new();
    let first = world.store(&[request("ann", 1, 10), request("bob", 2, 200)]).await;
    world.settle(day(0), Settle::of(&[&first]).leaving_partials()).await;
    assert_eq!(world.sum(input_tokens(range(0, 24))).await, 210, "the partials are still there, and absorbed");
    world.store(&[request("ann", 1, 3000), request("ann", 5, 40_000)]).await;
    assert_eq!(world.sum(input_tokens(range(0, 24))).await, 43_210);
    assert_eq!(world.sum(input_tokens(range(1, 2))).await, 3010);
    assert_eq!(world.sum(of_user("ann", range(0, 24))).await, 43_010);
}

#[tokio::test]
async fn a_segment_counts_hour_by_hour_until_each_is_settled() {
    let world = World::new();
    let across = world.store(&[request("ann", 23, 10), request("ann", 24, 200)]).await;
    world.settle(day(0), Settle::of(&[&across]).leaving_partials()).await;
    assert_eq!(world.sum(input_tokens(range(0, 48))).await, 210);
    world.settle(day(24), Settle::of(&[&across])).await;
    assert_eq!(world.sum(input_tokens(range(0, 48))).await, 210);
    assert_eq!(world.sum(input_tokens(range(24, 48))).await, 200);
}

#[tokio::test]
async fn a_whole_day_is_read_from_its_rollup_and_a_part_of_it_from_its_hours() {
    let world = World::new();
    let segment = world.store(&[request("ann", 1, 10), request("ann", 30, 200)]).await;
    world.settle(day(0), Settle::of(&[&segment]).marked(1_000_000)).await;
    world.settle(day(24), Settle::of(&[&segment]).open().marked(9_000_000)).await;
    let daily = |from, to| input_tokens(range(from, to)).every(Granularity::Day, Tz::UTC);
    let answers = world.ask("acme", &[daily(0, 48), daily(0, 23), daily(0, 48).every(Granularity::Hour, Tz::UTC)]).await.unwrap();
    assert_eq!(values(&answers[0]), [1_000_010, 200], "the first day is closed, the second is open");
    assert_eq!(values(&answers[1]), [10]);
    assert_eq!(total(&answers[2]), 210);
}

#[tokio::test]
async fn late_partials_are_added_to_a_days_rollup_until_it_is_settled_anew() {
    let world = World::new();
    let first = world.store(&[request("ann", 1, 10)]).await;
    world.settle(day(0), Settle::of(&[&first])).await;
    let late = world.store(&[request("ann", 1, 200), request("ann", 20, 3000)]).await;
    let query = || input_tokens(range(0, 24)).every(Granularity::Day, Tz::UTC);
    assert_eq!(world.sum(query()).await, 3210);
    world.settle(day(0), Settle::of(&[&late]).leaving_partials()).await;
    assert_eq!(world.sum(query()).await, 3210);
}

#[tokio::test]
async fn days_of_zones_that_are_no_days_of_the_tenant_are_put_together_from_hours() {
    let world = World::of_offset(30);
    // The tenant's day begins at half past midnight, UTC; India's at half past six in the evening.
    let events = [request("ann", 18, 10), request("ann", 19, 200), request("ann", 42, 3000), request("ann", 43, 40_000)];
    let segment = world.store(&events).await;
    for event in [&events[0], &events[3]] {
        world.settle(world.hour(event).day(), Settle::of(&[&segment])).await;
    }
    let from = at(18).plus_millis(30 * 60_000);
    let two_days = cube::query::Range { from: from.plus_millis(-24 * 3_600_000), to: from.plus_millis(48 * 3_600_000) };
    let reading = world.read(input_tokens(two_days).every(Granularity::Day, Tz::Asia__Kolkata)).await;
    assert_eq!(values(&reading.answers[0]), [10, 3200, 40_000]);
    assert!(reading.answers[0].is_aligned);
    assert_eq!(reading.settled_through, Some(two_days.to));
}

#[tokio::test]
async fn several_families_are_read_each_from_what_it_has_settled() {
    let world = World::new();
    let asked = world.store(&[request("ann", 1, 10), request("bob", 2, 10)]).await;
    let seen = world.store(&[visit("ann", 1), visit("cyd", 1)]).await;
    world.settle(day(0), Settle::of(&[&asked])).await;
    let query = || MetricQuery::new("users", &["users", "events"], range(0, 24));
    let texts =
        async || world.read(query()).await.answers[0].rows[0].values.iter().map(|number| number.exact().unwrap().units).collect::<Vec<_>>();
    assert_eq!(texts().await, [3, 4]);
    world.settle(day(0), Settle::of(&[&seen])).await;
    assert_eq!(texts().await, [3, 4]);
    world.store(&[visit("ann", 3)]).await;
    assert_eq!(texts().await, [3, 5]);
    assert_eq!(days::range(&*world.table, &owner("acme", Family::Engagement), (day(0)..=day(0), Read::Strong)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn of_a_large_cube_of_users_only_the_part_of_the_one_that_is_asked_about_is_read() {
    let world = World::new();
    let name = |user: i64| format!("user-{user}-{}", user * 7919 % 10_007);
    let events: Vec<_> = (0..6000).map(|user| request(&name(user), 1, user)).collect();
    let segment = world.store(&events).await;
    world.settle(day(0), Settle::of(&[&segment])).await;
    let keys = async |query: MetricQuery, expect: i128| {
        let table = Watched::new(world.table.clone());
        let reading = world.read_with(table.clone(), "acme", &[query]).await.unwrap();
        assert_eq!(total(&reading.answers[0]), expect);
        let calls = table.calls.lock().unwrap().clone();
        calls.iter().map(|call| if let Call::GetMany(keys, Read::Eventual) = call { keys.len() } else { 0 }).sum::<usize>()
    };
    assert_eq!(keys(of_user(&name(17), range(0, 24)), 17).await, 1);
    assert_eq!(keys(of_user("nobody", range(0, 24)), 0).await, 1);
    let everybody = keys(MetricQuery::new("ai_users", &["inputTokens"], range(0, 24)), 6000 * 5999 / 2).await;
    assert!(everybody > 4, "{everybody} parts: too few for the test to show anything");
    assert_eq!(keys(input_tokens(range(0, 24)), 6000 * 5999 / 2).await, 1, "another cube is not in these parts");
}

#[tokio::test]
async fn thirty_days_by_three_dimensions_take_three_calls() {
    let world = World::new();
    for number in 0..30 {
        let segment = world.store(&[request("ann", number * 24, 10), request("bob", number * 24 + 5, 200)]).await;
        world.settle(day(number * 24), Settle::of(&[&segment])).await;
    }
    world.store(&[request("ann", 30 * 24, 3000)]).await;
    let last_30_days = cube::query::Range { from: at(10).plus_millis(1), to: at(30 * 24 + 10).plus_millis(1) };
    let query = MetricQuery::new("ai_requests", &["inputTokens", "requests"], last_30_days).by("model").by("feature").by("plan");
    let table = Watched::new(world.table.clone());
    let reading = world.read_with(table.clone(), "acme", &[query.every(Granularity::Day, Tz::UTC)]).await.unwrap();
    assert_eq!(total(&reading.answers[0]), 29 * 210 + 3000);
    let calls = table.calls.lock().unwrap();
    assert!(
        matches!(&calls[..], [Call::Query(first, Read::Strong), Call::Query(second, Read::Strong), Call::GetMany(keys, Read::Eventual)]
        if first == "T#acme#P#ai" && second == "T#acme#M#ai" && keys.len() == 29),
        "{calls:?}"
    );
}

#[tokio::test]
async fn an_hour_that_cannot_be_settled_is_answered_from_its_partials_and_does_not_count_as_settled() {
    let world = World::new();
    let first = world.store(&[request("ann", 1, 10)]).await;
    world.store(&[request("ann", 2, 200)]).await;
    let mut manifest = world.settle(day(0), Settle::of(&[&first])).await;
    manifest.body.quarantined.insert(hour(2), Quarantine { since: at(3), tried_at: at(3), reason: "gone".into() });
    manifest.version += 1;
    world.commit(&manifest).await;
    let reading = world.read(input_tokens(range(0, 24))).await;
    assert_eq!((total(&reading.answers[0]), reading.settled_through), (210, Some(at(2))));
}

#[tokio::test]
async fn hours_that_have_expired_are_kept_by_day_and_an_answer_by_the_hour_says_so() {
    let world = World::new();
    let old = world.store(&[request("ann", 1, 10), request("ann", 2, 200)]).await;
    let mut manifest = world.settle(day(0), Settle::of(&[&old])).await;
    let expired = async |now: Timestamp, query: MetricQuery| {
        let reading = world.read_at(world.table.clone(), "acme", (&[query], now)).await.unwrap();
        (total(&reading.answers[0]), reading.expired)
    };
    let (daily, hourly) = (input_tokens(range(0, 24)).every(Granularity::Day, Tz::UTC), input_tokens(range(0, 20)));
    let soon = EXPIRY.plus_millis(-24 * HOUR_MS);
    assert_eq!(expired(soon.plus_millis(-1), hourly.clone()).await, (210, false));
    assert_eq!(expired(soon, hourly.clone()).await, (0, true), "a day before it goes, none is read any more");
    assert_eq!(expired(soon, daily.clone()).await, (210, false));

    // A late event of such a day: its rollup becomes the base of the next one.
    let base = manifest.body.rollup.take().unwrap();
    manifest.body.hours.clear();
    rewrite_as_base(&world, &base).await;
    manifest.body.base = Some(base);
    manifest.version += 1;
    world.commit(&manifest).await;
    world.store(&[request("ann", 1, 3000)]).await;
    assert_eq!(expired(soon, daily).await, (3210, false), "an open day of which the rest is kept whole");
    assert_eq!(expired(soon, hourly).await, (3000, true));
}

/// The items of a day's rollup as those of its base.
async fn rewrite_as_base(world: &World, rollup: &rollups::Rollup) {
    let names = rollup.contents.names();
    let keys = rollups::rollup::keys(&ai(), rollups::Bucket::Day(day(0)), (rollup.attempt, &names));
    let states = rollups::rollup::states(&*world.table, &keys, Read::Strong).await.unwrap();
    let parts: Vec<_> = names.into_iter().zip(states).map(|(name, bytes)| cube::rollup::Part { name, bytes }).collect();
    let items = rollups::rollup::items(&ai(), rollups::Bucket::DayBase(day(0)), (rollup.attempt, &parts, None));
    ports::Table::put_many(&*world.table, items).await.unwrap();
}
