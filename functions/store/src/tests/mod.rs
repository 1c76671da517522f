mod faults;
mod posted;
mod prices;
mod world;

use model::event::{Engagement, Facts};
use model::message::Message;
use model::{Family, HourOffset, ProjectId, Timestamp};
use records::buffer;
use world::*;

const NONE: [&str; 0] = [];

#[tokio::test]
async fn a_batch_of_one_tenant_and_family_is_one_segment_and_a_partial_for_each_hour() {
    let world = World::new();
    let at = |id: &str, ms: i64| event(id, NOW.plus_millis(ms), Facts::Engagement(Engagement::default()));
    let first = message("demo", vec![at("a", 0), at("b", -HOUR_MS), at("c", -30 * HOUR_MS)]);
    let second = message("demo", vec![at("d", 60_000)]);
    assert_eq!(world.store(vec![record("m1", first), record("m2", second)]).await, NONE);

    assert_eq!(world.bucket.objects().len(), 1);
    let partials = world.partials("demo", Family::Engagement).await;
    let seen: Vec<_> = partials.iter().map(|partial| (partial.hour.to_string(), partial.events, partial.state.is_some())).collect();
    assert_eq!(seen, [("2026-11-19T23".into(), 1, true), ("2026-11-21T04".into(), 1, true), ("2026-11-21T05".into(), 2, true)]);
    assert_eq!((partials[2].first, partials[2].last), (NOW, NOW.plus_millis(60_000)));
    assert!(world.table.items().iter().all(|item| item.number("expires_at").is_some()), "everything written carries its expiry");
}

#[tokio::test]
async fn tenants_and_families_are_kept_apart() {
    let world = World::new();
    let records = vec![
        record("m1", message("demo", vec![view("v"), sale("s"), request("r")])),
        record("m2", message("other", vec![view("v"), view("w")])),
    ];
    assert_eq!(world.store(records).await, NONE);
    assert_eq!(world.bucket.objects().len(), 4);
    for (tenant, family, events) in
        [("demo", Family::Engagement, 1), ("demo", Family::Sales, 1), ("demo", Family::Ai, 1), ("other", Family::Engagement, 2)]
    {
        assert_eq!(world.counted(tenant, family).await.len(), events, "{tenant} {family}");
    }
}

#[tokio::test]
async fn a_malformed_message_fails_alone() {
    let world = World::new();
    let year_12000 = event("far", Timestamp::from_millis(316_516_000_000_000), Facts::Engagement(Engagement::default()));
    let records = vec![
        record("good 1", message("demo", vec![view("a")])),
        raw("no message", "this is no message"),
        raw("no base64", "w1.???"),
        record("out of time", message("demo", vec![view("b"), year_12000])),
        raw("no body", ""),
        record("good 2", message("demo", vec![view("c")])),
    ];
    let mut failed = world.store(records).await;
    failed.sort();
    assert_eq!(failed, ["no base64", "no body", "no message", "out of time"]);
    assert_eq!(world.counted("demo", Family::Engagement).await.into_keys().collect::<Vec<_>>(), ["e::a", "e::c"]);
}

#[tokio::test]
async fn a_message_that_makes_the_fold_panic_takes_only_itself() {
    let mut world = World::new();
    world.store.fold = |family, batch| {
        assert!(batch.num_rows() < 7, "poison");
        cube::fold(family, batch)
    };
    let poison: Vec<_> = (0..7).map(|number| view(&format!("p{number}"))).collect();
    let records = vec![
        record("good 1", message("demo", vec![view("a")])),
        record("poison", message("demo", poison)),
        record("good 2", message("demo", vec![view("b")])),
    ];
    assert_eq!(world.store(records).await, ["poison"]);
    assert_eq!(world.counted("demo", Family::Engagement).await.into_keys().collect::<Vec<_>>(), ["e::a", "e::b"]);
}

#[tokio::test]
async fn messages_that_come_a_second_time_are_stored_one_by_one() {
    let world = World::new();
    let one = |id: &str| record(id, message("demo", vec![view(id)]));
    let records = vec![one("a"), attempt(2, one("b")), one("c"), attempt(3, one("d"))];
    assert_eq!(world.store(records).await, NONE);
    let mut sizes: Vec<u64> = world.partials("demo", Family::Engagement).await.iter().map(|partial| partial.events).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [1, 1, 2], "two messages together, and two alone");
}

#[tokio::test]
async fn the_same_messages_make_the_same_segment_in_whatever_order_and_however_often_they_come() {
    let world = World::new();
    let (a, b) = (record("a", message("demo", vec![view("1"), view("2")])), record("b", message("demo", vec![view("3")])));
    assert_eq!(world.store(vec![a.clone(), b.clone()]).await, NONE);
    let partials = world.partials("demo", Family::Engagement).await;
    assert_eq!(world.store(vec![b.clone(), a.clone(), b.clone()]).await, NONE);
    assert_eq!(world.partials("demo", Family::Engagement).await, partials);
    assert_eq!(world.bucket.objects().len(), 1);
    assert!(world.counted("demo", Family::Engagement).await.values().all(|count| *count == 1));
}

#[tokio::test]
async fn other_messages_with_the_same_events_are_another_segment() {
    let world = World::new();
    let same = || message("demo", vec![view("1")]);
    assert_eq!(world.store(vec![record("a", same())]).await, NONE);
    assert_eq!(world.store(vec![record("b", same())]).await, NONE);
    assert_eq!(world.bucket.objects().len(), 2, "one key never holds what two messages say");
}

#[tokio::test]
async fn a_tenant_whose_messages_disagree_about_its_hours_gets_both_and_neither_is_corrupt() {
    let world = World::new();
    let half_past = Message { hour_offset: HourOffset::from_minutes(45).unwrap(), ..message("demo", vec![view("b")]) };
    assert_eq!(world.store(vec![record("m1", message("demo", vec![view("a")])), record("m2", half_past)]).await, NONE);
    let hours: Vec<String> = world.partials("demo", Family::Engagement).await.iter().map(|partial| partial.hour.to_string()).collect();
    assert_eq!(hours, ["2026-11-21T04", "2026-11-21T05"]);
    assert_eq!(world.counted("demo", Family::Engagement).await.len(), 2);
}

#[tokio::test]
async fn a_state_too_large_for_an_item_is_left_to_the_segment() {
    let world = World::new();
    // Many users, whose names hardly compress.
    let part = |number: u64| format!("{:016x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let noise = |number: u64| (number * 6..(number + 1) * 6).map(part).collect::<Vec<_>>().concat();
    let messages = (0..20_u64).map(|batch| {
        let events = (batch * 400..(batch + 1) * 400).map(|number| view(&noise(number)));
        record(&format!("m{batch}"), message("demo", events.collect()))
    });
    assert_eq!(world.store(messages.collect()).await, NONE);
    let partials = world.partials("demo", Family::Engagement).await;
    assert_eq!(partials.len(), 1);
    assert_eq!((partials[0].events, partials[0].state.is_some()), (8000, false));
    assert_eq!(world.counted("demo", Family::Engagement).await.len(), 8000);
}

#[tokio::test]
async fn thousands_of_groups_are_stored() {
    let world = World::new();
    let records = (0..1000).map(|tenant| record(&format!("m{tenant}"), message(&format!("t{tenant}"), vec![view("v"), sale("s")])));
    assert_eq!(world.store(records.collect()).await, NONE);
    assert_eq!(world.bucket.objects().len(), 2000);
    assert_eq!(world.table.items().iter().filter(|item| item.text("pending").is_some()).count(), 2000);
}

#[tokio::test]
async fn what_is_stored_leaves_the_buffer_and_what_is_not_stays() {
    let world = World::new();
    let (tenant, project) = (tenant_id("demo"), ProjectId::new("shop").unwrap());
    let place = buffer::Place { tenant: &tenant, project: &project, received: NOW };
    buffer::accepted(&*world.table, place, 5).await.unwrap();
    let depth = async || buffer::depth(&*world.table, &tenant, &project, NOW).await.unwrap();
    assert_eq!(depth().await, 5);

    world.faults.plan(|call| call.key.contains("/sales/").then_some(memory::Fault::Before));
    let (views, sales) = (message("demo", vec![view("a"), view("b"), view("c")]), message("demo", vec![sale("d"), view("e")]));
    assert_eq!(world.store(vec![record("views", views), record("sales", sales.clone())]).await, ["sales"]);
    assert_eq!(depth().await, 2);

    world.faults.heal();
    assert_eq!(world.store(vec![attempt(2, record("sales", sales))]).await, NONE);
    assert_eq!(depth().await, 0);
}
