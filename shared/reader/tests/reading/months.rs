//! Months and all time: used only where they are made of what is current.

use crate::watched::{Call, Watched};
use crate::world::{Settle, World, ai, at, day, input_tokens, month, request, total, values};
use chrono_tz::Tz;
use cube::query::{Granularity, MetricQuery, Range};
use model::Timestamp;
use ports::Read;
use rollups::upper;

/// What only the rollup of a month has, and of all time.
const MONTH: i64 = 1_000_000;
const LIFETIME: i64 = 50_000_000;
const DAY: i64 = 24;

/// From the first hour of October 2026 to the end of November.
fn two_months() -> Range {
    Range { from: at(-31 * DAY), to: at(30 * DAY) }
}

fn by_month() -> MetricQuery {
    input_tokens(two_months()).every(Granularity::Month, Tz::UTC)
}

fn always() -> MetricQuery {
    input_tokens(Range { from: Timestamp::from_millis(0), to: at(20 * DAY + 5) })
}

/// October is settled, closed and built; of November one day is settled.
async fn world() -> World {
    let world = World::new();
    let segment = world.store(&[request("ann", -31 * DAY, 10), request("ann", -5, 200), request("ann", 3, 3000)]).await;
    for start in [-31 * DAY, -DAY, 0] {
        world.settle(day(start), Settle::of(&[&segment])).await;
    }
    world.build_month(month(-5), MONTH).await;
    world
}

#[tokio::test]
async fn a_month_that_is_current_is_read_and_one_that_is_not_by_its_days() {
    let world = world().await;
    assert_eq!(values(&world.read(by_month()).await.answers[0]), [1_000_210, 3000]);
    assert_eq!(world.sum(input_tokens(two_months())).await, 1_003_210);
    let part_of_october = Range { from: at(-30 * DAY), to: at(0) };
    assert_eq!(world.sum(input_tokens(part_of_october)).await, 200);
    world.build_month(month(0), 2 * MONTH).await;
    assert_eq!(values(&world.read(by_month()).await.answers[0]), [1_000_210, 2_003_000]);
}

#[tokio::test]
async fn a_month_that_must_be_built_anew_is_read_by_its_days_until_it_is() {
    let world = world().await;
    let mut marked = upper::month(&*world.table, &ai(), (month(-5), Read::Strong)).await.unwrap();
    marked.need(day(-5), 2);
    marked.version += 1;
    upper::commit(&*world.table, &marked).await.unwrap();
    assert_eq!(values(&world.read(by_month()).await.answers[0]), [210, 3000], "marked, and the day not yet settled");

    let late = world.store(&[request("ann", -5, 40_000)]).await;
    world.settle(day(-5), Settle::of(&[&late])).await;
    assert_eq!(values(&world.read(by_month()).await.answers[0]), [40_210, 3000]);
    world.build_month(month(-5), MONTH).await;
    assert_eq!(values(&world.read(by_month()).await.answers[0]), [1_040_210, 3000]);
}

#[tokio::test]
async fn a_month_with_partials_is_used_only_if_it_is_made_of_the_days_that_tell_which_of_them_it_has() {
    let world = world().await;
    let late = world.store(&[request("ann", -5, 40_000)]).await;
    assert_eq!(values(&world.read(by_month()).await.answers[0]), [1_040_210, 3000], "the late one is not settled, and added");

    let mut manifest = world.settle(day(-5), Settle::of(&[&late]).leaving_partials()).await;
    assert_eq!(values(&world.read(by_month()).await.answers[0]), [40_210, 3000], "settled, and the month not yet built");
    world.build_month(month(-5), MONTH).await;
    assert_eq!(values(&world.read(by_month()).await.answers[0]), [1_040_210, 3000], "built, and the partial still there");

    // A version that the month was not marked for, as a sweep may leave it: what it has forgotten is not known of the month.
    manifest.version += 1;
    rollups::day::commit(&*world.table, &manifest).await.unwrap();
    assert_eq!(values(&world.read(by_month()).await.answers[0]), [40_210, 3000]);
}

#[tokio::test]
async fn a_month_of_which_nothing_is_settled_is_its_partials() {
    let world = world().await;
    world.store(&[request("ann", -40 * DAY, 40_000)]).await;
    let query = input_tokens(Range { from: at(-61 * DAY), to: at(30 * DAY) }).every(Granularity::Month, Tz::UTC);
    assert_eq!(values(&world.read(query).await.answers[0]), [40_000, 1_000_210, 3000]);
}

#[tokio::test]
async fn all_time_is_one_rollup_and_what_is_not_in_it() {
    let world = world().await;
    assert_eq!(world.sum(always()).await, 1_003_210, "months and days, where there is no rollup of all time");
    world.build_lifetime(&[month(-5)], LIFETIME).await;
    assert_eq!(world.sum(always()).await, 50_003_210, "and the current month by its days");
    world.store(&[request("ann", 20 * DAY, 40_000), request("ann", -9 * DAY, 500_000)]).await;
    assert_eq!(world.sum(always()).await, 50_543_210, "partials of any month are added");

    let ends_before = input_tokens(Range { from: Timestamp::from_millis(0), to: at(-1) });
    assert_eq!(world.sum(ends_before).await, 500_210, "a range without all of its months has no use for it");
    assert_eq!(world.sum(input_tokens(two_months())).await, 1_543_210, "nor a short one");
    let monthly = always().every(Granularity::Month, Tz::UTC);
    assert_eq!(world.sum(monthly).await, 1_543_210, "nor a series");
}

#[tokio::test]
async fn a_month_that_all_time_does_not_cover_is_read_beside_it() {
    let world = world().await;
    world.build_lifetime(&[month(-5)], LIFETIME).await;
    let historical = world.store(&[request("ann", -400 * DAY, 40_000)]).await;
    world.settle(day(-400 * DAY), Settle::of(&[&historical])).await;
    assert_eq!(world.sum(always()).await, 50_043_210, "by its days");
    world.build_month(month(-400 * DAY), 7 * MONTH).await;
    assert_eq!(world.sum(always()).await, 8_043_210, "all time must be built anew, so months are read");
    world.build_lifetime(&[month(-400 * DAY), month(-5)], LIFETIME).await;
    assert_eq!(world.sum(always()).await, 50_043_210);
}

#[tokio::test]
async fn all_time_is_not_used_where_a_late_partial_may_be_settled_and_not_in_it() {
    let world = world().await;
    world.build_lifetime(&[month(-5)], LIFETIME).await;
    let late = world.store(&[request("ann", -5, 40_000)]).await;
    assert_eq!(world.sum(always()).await, 50_043_210);
    world.settle(day(-5), Settle::of(&[&late]).leaving_partials()).await;
    assert_eq!(world.sum(always()).await, 43_210, "by days: neither the month nor all time has it");
    world.build_month(month(-5), MONTH).await;
    assert_eq!(world.sum(always()).await, 1_043_210, "the month has it");
    world.build_lifetime(&[month(-5)], LIFETIME).await;
    assert_eq!(world.sum(always()).await, 50_043_210, "now all time, with the partial still there");

    // As it looks when all time is read before the month is built anew: current, but of an older version of the month.
    let mut rebuilt = upper::month(&*world.table, &ai(), (month(-5), Read::Strong)).await.unwrap();
    rebuilt.version += 1;
    upper::commit(&*world.table, &rebuilt).await.unwrap();
    assert_eq!(world.sum(always()).await, 1_043_210);
}

#[tokio::test]
async fn questions_about_times_of_all_lengths_share_one_reading() {
    let world = world().await;
    world.build_lifetime(&[month(-5)], LIFETIME).await;
    let hourly = input_tokens(Range { from: at(-DAY), to: at(DAY) }).every(Granularity::Hour, Tz::UTC);
    let table = Watched::new(world.table.clone());
    let queries = [always(), by_month(), hourly, input_tokens(Range { from: at(-DAY), to: at(0) })];
    let reading = world.read_with(table.clone(), "acme", &queries).await.unwrap();
    assert_eq!(reading.answers.iter().map(total).collect::<Vec<_>>(), [50_003_210, 1_003_210, 3200, 200]);
    let calls = table.calls.lock().unwrap();
    let many = calls.iter().filter(|call| matches!(call, Call::GetMany(..))).count();
    assert!(many == 1 && calls.len() <= 6, "{calls:?}");
}
