//! Hours: settled once each event, late ones and repeats included.

use crate::world::*;
use model::price::{PriceBook, Rates};
use records::price::{self, Price};
use settle::{Again, Done, Rules, Work};

#[tokio::test]
async fn settled_hours_are_the_fold_of_their_events_once_each_and_the_log_has_them_once() {
    let world = World::new().await;
    let events = [request("a", 1, 10), request("b", 1, 20), request("c", 2, 30), request("d", 3, 40)];
    world.store("m1", &events[..3]).await;
    // The same events again in other company, and one of them twice in one segment.
    world.store("m2", &[events[0].clone(), events[3].clone(), events[3].clone()]).await;
    let done = world.run(0).await;
    assert_eq!((done.hours, done.events, done.copies, done.segments, done.partials), (3, 4, 2, 4, 4));
    assert_eq!(world.hours(0).await, folded(&events));
    let log = world.log(0).await;
    assert_eq!((log.len(), log.values().max()), (4, Some(&1)));
    assert_eq!(world.partials().await, []);
    let manifest = world.manifest(0).await;
    let first = &manifest.body.hours[&hour(1)];
    assert_eq!((first.events, first.first, first.last), (2, events[0].time, events[1].time));
    assert_eq!(manifest.body.rollup, None, "the day is open");
    assert_eq!(world.run(0).await, Done::default(), "nothing is left to do");
    assert_eq!(world.manifest(0).await.version, manifest.version);
}

#[tokio::test]
async fn of_copies_that_differ_the_one_received_first_counts_in_whatever_order_they_settle() {
    for first_is_later in [false, true] {
        let world = World::new().await;
        let early = request("a", 1, 10);
        let mut late = request("a", 1, 99);
        late.received = late.received.plus_millis(5);
        let order = if first_is_later { [&late, &early] } else { [&early, &late] };
        world.store("m1", std::slice::from_ref(order[0])).await;
        world.run(0).await;
        world.store("m2", std::slice::from_ref(order[1])).await;
        world.run(0).await;
        assert_eq!(world.hours(0).await, folded(&[early]));
    }
}

#[tokio::test]
async fn a_late_event_reopens_its_hour_and_no_other() {
    let world = World::new().await;
    let events = [request("a", 1, 10), request("b", 2, 20), request("c", 1, 30)];
    world.store("m1", &events[..2]).await;
    world.run(0).await;
    let before = world.manifest(0).await;
    world.store("m2", &events[2..]).await;
    assert_eq!(world.run(0).await.hours, 1);
    let after = world.manifest(0).await;
    assert_eq!(world.hours(0).await, folded(&events));
    let untouched = |manifest: &rollups::DayManifest| (manifest.body.hours[&hour(2)].rollup.clone(), manifest.body.hours[&hour(2)].version);
    assert_eq!(untouched(&after), untouched(&before));
    assert_eq!(after.body.hours[&hour(1)].absorbed.len(), 2);
    assert_eq!(world.log(0).await.len(), 3);
}

#[tokio::test]
async fn a_partial_delivered_again_after_its_settle_is_deleted_and_counts_no_more() {
    let world = World::new().await;
    let events = [request("a", 1, 10)];
    world.store("m1", &events).await;
    world.run(0).await;
    let before = world.manifest(0).await;
    world.store("m1", &events).await;
    assert_eq!(world.run(0).await, Done { partials: 1, ..Done::default() });
    assert_eq!(world.manifest(0).await, before, "nothing was settled again");
    assert_eq!(world.partials().await, []);
}

#[tokio::test]
async fn a_partial_delivered_again_after_it_was_forgotten_settles_to_the_same() {
    let world = World::new().await;
    let events = [request("a", 1, 10), request("b", 1, 5)];
    world.store("m1", &events).await;
    world.run(0).await;
    for _ in 0..2 {
        world.do_work(world.sweep(0)).await.unwrap();
        world.clock.advance_millis(61 * MINUTE_MS);
    }
    world.do_work(world.sweep(0)).await.unwrap();
    assert_eq!(world.manifest(0).await.body.hours[&hour(1)].absorbed, []);
    world.store("m1", &events).await;
    let done = world.run(0).await;
    assert_eq!((done.hours, done.events, done.copies), (1, 2, 2));
    assert_eq!(world.hours(0).await, folded(&events));
}

#[tokio::test]
async fn a_big_day_settles_in_rounds_that_commit_each_on_their_own() {
    let mut world = World::new().await;
    world.settler.rules = Rules { round_events: 3, ..Rules::default() };
    let events: Vec<_> = (0..10).map(|n| request(&format!("e{n}"), n / 2, n)).collect();
    world.store("m1", &events).await;
    let done = world.run(0).await;
    assert_eq!((done.hours, done.events, done.left), (5, 10, false));
    assert_eq!(world.manifest(0).await.version, 5, "two events an hour, three a round");
    assert_eq!(world.hours(0).await, folded(&events));
}

#[tokio::test]
async fn a_log_object_is_no_larger_than_it_should_be_and_an_hour_may_have_several() {
    let mut world = World::new().await;
    world.settler.rules = Rules { log_object_bytes: 1, ..Rules::default() };
    let events: Vec<_> = (0..6).map(|n| request(&format!("e{n}"), 1, n)).collect();
    for event in &events {
        world.store("m", std::slice::from_ref(event)).await;
    }
    world.run(0).await;
    let entry = world.manifest(0).await.body.hours[&hour(1)].clone();
    assert!(entry.log.unwrap().objects.len() > 1);
    assert_eq!(world.log(0).await.len(), 6);
    // And it is read back from all of them.
    world.settler.run(&world.settle(0, Again::Hours(vec![hour(1)]))).await.unwrap();
    assert_eq!((world.hours(0).await, world.log(0).await.len()), (folded(&events), 6));
}

#[tokio::test]
async fn a_new_price_settles_again_the_hours_with_an_older_configuration_only() {
    let world = World::new().await;
    let events = [request("a", 1, 1000), request("b", 2, 2000)];
    world.store("m1", &events).await;
    world.run(0).await;
    let rates = Rates { input_pico: 5_000_000, output_pico: 9_000_000, ..Rates::default() };
    let price = Price { provider: "me".into(), model: "gpt-4".into(), effective: at(-1000), rates };
    let configuration = price::set(&*world.table, &world.owner.tenant, &price).await.unwrap();
    let again = || world.settle(0, Again::Before { configuration });
    assert_eq!(world.do_work(again()).await.unwrap().hours, 2);
    let book = PriceBook::builtin().clone().with_price("me", "gpt-4", at(-1000), rates);
    assert_ne!(folded_at(&events, &book), folded(&events));
    assert_eq!(world.hours(0).await, folded_at(&events, &book));
    assert_eq!(world.manifest(0).await.configuration(), configuration);
    assert_eq!(world.do_work(again()).await.unwrap(), Done::default());
}

#[tokio::test]
async fn families_and_tenants_settle_apart() {
    let world = World::new().await;
    world.store("m1", &[request("a", 1, 10)]).await;
    let mut other = world.owner.clone();
    other.tenant = model::TenantId::new("other").unwrap();
    world.store_of(&other, "m2", &[request("b", 1, 10)]).await;
    world.run(0).await;
    assert_eq!(world.hours(0).await, folded(&[request("a", 1, 10)]));
    let work = Work::Settle { tenant: other.tenant, family: other.family, day: day(0), again: Again::Nothing };
    let error = world.do_work(work).await.unwrap_err();
    assert!(!error.is_transient(), "there is no such tenant: {error}");
}

#[tokio::test]
async fn each_object_is_fetched_once_however_many_small_hours_it_holds() {
    let world = World::new().await;
    let events: Vec<_> = (0..8).map(|n| request(&format!("e{n}"), n, n)).collect();
    world.store("m1", &events).await;
    world.store("m2", &events[2..]).await;
    let before = world.faults.calls();
    world.run(0).await;
    let is_fetch = |call: &&memory::Call| (call.service, call.operation) == ("bucket", "get");
    assert_eq!(world.faults.history()[before..].iter().filter(is_fetch).count(), 2);
    assert_eq!(world.hours(0).await, folded(&events));
    // The log of all its hours is one object, and is fetched once too.
    let before = world.faults.calls();
    world.do_work(world.settle(0, Again::Hours((0..8).map(hour).collect()))).await.unwrap();
    assert_eq!(world.faults.history()[before..].iter().filter(is_fetch).count(), 1);
}
