//! What happens while a reader reads.

use crate::watched::{Call, Watched};
use crate::world::{Settle, World, ai, day, input_tokens, range, request, total};
use chrono_tz::Tz;
use cube::query::{Granularity, MetricQuery};
use futures::FutureExt;
use ports::{Read, Table};
use reader::ReadError;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

fn daily() -> MetricQuery {
    input_tokens(range(0, 24)).every(Granularity::Day, Tz::UTC)
}

#[tokio::test]
async fn what_is_settled_between_partials_and_manifests_counts_once() {
    for deletes in [true, false] {
        let world = Arc::new(World::new());
        let first = world.store(&[request("ann", 1, 10)]).await;
        let late = world.store(&[request("ann", 1, 200), request("bob", 5, 3000)]).await;
        world.settle(day(0), Settle::of(&[&first])).await;
        let (settler, done) = (world.clone(), Arc::new(AtomicUsize::new(0)));
        let hook = move |call: &Call| {
            let is_now =
                matches!(call, Call::Query(partition, _) if partition == "T#acme#M#ai") && done.fetch_add(1, Ordering::SeqCst) == 0;
            let (settler, late) = (settler.clone(), late.clone());
            async move {
                if is_now {
                    settler.settle(day(0), Settle { deletes, ..Settle::of(&[&late]) }).await;
                }
                false
            }
            .boxed()
        };
        let table = Watched::with(world.table.clone(), Box::new(hook));
        let reading = world.read_with(table, "acme", &[daily()]).await.unwrap();
        assert_eq!(total(&reading.answers[0]), 3210);
    }
}

#[tokio::test]
async fn a_rollup_that_is_superseded_and_deleted_before_it_is_read_means_start_again() {
    let world = Arc::new(World::new());
    let first = world.store(&[request("ann", 1, 10)]).await;
    let late = world.store(&[request("ann", 1, 200)]).await;
    world.settle(day(0), Settle::of(&[&first])).await;
    let (settler, done) = (world.clone(), Arc::new(AtomicUsize::new(0)));
    let hook = move |call: &Call| {
        let old = match call {
            Call::GetMany(keys, _) if done.fetch_add(1, Ordering::SeqCst) == 0 => keys.clone(),
            _ => Vec::new(),
        };
        let (settler, late) = (settler.clone(), late.clone());
        async move {
            if !old.is_empty() {
                settler.settle(day(0), Settle::of(&[&late])).await;
                settler.table.delete_many(&old).await.unwrap();
            }
            false
        }
        .boxed()
    };
    let table = Watched::with(world.table.clone(), Box::new(hook));
    let reading = world.read_with(table.clone(), "acme", &[daily()]).await.unwrap();
    assert_eq!(total(&reading.answers[0]), 210);
    let calls = table.calls.lock().unwrap();
    let reads: Vec<Read> = calls.iter().filter_map(|call| if let Call::GetMany(_, read) = call { Some(*read) } else { None }).collect();
    assert_eq!(reads, [Read::Eventual, Read::Strong], "a part may have been written a moment ago");
    let partials = calls.iter().filter(|call| matches!(call, Call::Query(partition, _) if partition == "T#acme#P#ai")).count();
    assert_eq!(partials, 2, "all begins again, the partials too");
}

#[tokio::test]
async fn a_part_that_stays_missing_is_an_error_and_never_zero() {
    let world = World::new();
    let segment = world.store(&[request("ann", 1, 10)]).await;
    let manifest = world.settle(day(0), Settle::of(&[&segment])).await;
    let rollup = manifest.body.rollup.unwrap();
    let keys = rollups::rollup::keys(&ai(), rollups::Bucket::Day(day(0)), (rollup.attempt, &rollup.contents.names()));
    world.table.delete_many(&keys).await.unwrap();
    assert!(matches!(world.ask("acme", &[daily()]).await, Err(ReadError::Missing(part)) if part.contains("2026-11-01#")));
    assert_eq!(world.sum(input_tokens(range(1, 2))).await, 10, "its hours are there");
}

#[tokio::test]
async fn a_segment_that_is_settled_and_gone_before_it_is_read_is_found_in_the_rollup() {
    let world = Arc::new(World::new());
    let stored = world.store_some("acme", &[request("ann", 1, 10)], false, |_| true).await;
    let object = records::object::segment(model::Family::Ai, &ai().tenant, &stored.segment);
    ports::Bucket::delete(&*world.bucket, &object).await.unwrap();
    assert!(matches!(world.ask("acme", &[daily()]).await, Err(ReadError::Missing(missing)) if missing == object));

    let (settler, calls) = (world.clone(), Arc::new(AtomicUsize::new(0)));
    let hook = move |_: &Call| {
        let is_second_reading = calls.fetch_add(1, Ordering::SeqCst) == 2;
        let (settler, stored) = (settler.clone(), stored.clone());
        async move {
            if is_second_reading {
                settler.settle(day(0), Settle::of(&[&stored])).await;
            }
            false
        }
        .boxed()
    };
    let table = Watched::with(world.table.clone(), Box::new(hook));
    assert_eq!(total(&world.read_with(table, "acme", &[daily()]).await.unwrap().answers[0]), 10);
}
