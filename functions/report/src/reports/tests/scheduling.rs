//! What is due is sent once, whatever was down for however long.

use super::world::{World, at, daily};
use ::reports::Schedule;
use ::reports::run::{Status, What};

fn due_times(runs: &[(String, ::reports::Run)]) -> Vec<String> {
    runs.iter().map(|(_, run)| run.due.to_string()).collect()
}

#[tokio::test]
async fn what_was_due_three_times_while_nothing_ran_is_made_up_for_in_the_tenants_zone_across_a_change_of_clocks() {
    let world = World::at("2026-03-27T12:00:00Z").await;
    world.schedule("s1", &daily()).await;
    // Nothing runs for three days, in which the clocks of Berlin go forward.
    world.clock.set(at("2026-03-30T11:00:00Z"));
    world.minutes(2).await;
    let runs = world.runs().await;
    assert_eq!(due_times(&runs), ["2026-03-30T00:30:00.000Z", "2026-03-29T01:00:00.000Z", "2026-03-28T01:30:00.000Z"]);
    assert!(runs.iter().all(|(_, run)| run.status() == Status::Done), "{runs:?}");
    assert_eq!((world.mail.all().len(), world.letters.all().len()), (3, 3));
    // Each is of its own day: the one before it was due, which once has 23 hours.
    let hours: Vec<i64> = runs
        .iter()
        .map(|(_, run)| match &run.what {
            What::Report { times, .. } => times.range.to.millis_since(times.range.from) / 3_600_000,
            What::Notice { .. } => 0,
        })
        .collect();
    assert_eq!(hours, [23, 24, 24]);
    // And the next is due when it would have been.
    world.clock.set(at("2026-03-31T00:29:00Z"));
    world.minutes(1).await;
    assert_eq!(world.runs().await.len(), 4);
}

#[tokio::test]
async fn clocks_that_go_back_make_no_report_twice() {
    let world = World::at("2026-10-24T12:00:00Z").await;
    world.schedule("s1", &daily()).await;
    world.clock.set(at("2026-10-25T00:00:00Z"));
    world.minutes(150).await;
    assert_eq!(due_times(&world.runs().await), ["2026-10-25T00:30:00.000Z"]);
    assert_eq!(world.mail.all().len(), 1);
}

#[tokio::test]
async fn a_long_outage_is_made_up_for_whole() {
    let world = World::at("2026-02-01T12:00:00Z").await;
    world.schedule("s1", &Schedule { targets: ::reports::Targets::default(), ..daily() }).await;
    world.clock.set(at("2026-05-02T12:00:00Z"));
    world.minutes(2).await;
    let runs = world.runs().await;
    assert_eq!(runs.len(), 90);
    assert!(runs.iter().all(|(_, run)| run.status() == Status::Done));
}

#[tokio::test]
async fn two_who_find_the_same_schedule_due_send_one_report() {
    let world = World::at("2026-11-27T00:00:00Z").await;
    world.schedule("s1", &daily()).await;
    world.clock.set(at("2026-11-27T01:30:00Z"));
    world.tick().await.unwrap();
    let bodies = world.queue.bodies();
    ports::Queue::send(&*world.queue, &bodies).await.unwrap();
    world.work().await;
    world.minutes(15).await;
    assert_eq!(world.runs().await.len(), 1);
    assert_eq!((world.mail.all().len(), world.letters.all().len()), (1, 1));
}

#[tokio::test]
async fn a_schedule_that_is_deleted_or_switched_off_sends_nothing() {
    let world = World::at("2026-11-27T00:00:00Z").await;
    world.schedule("off", &Schedule { enabled: false, ..daily() }).await;
    world.schedule("gone", &daily()).await;
    let place = (records::Shelf::Schedules, &world.tenant);
    records::document::delete(&*world.table, place, ("gone", 1, at("2026-11-27T00:00:00Z"))).await.unwrap();
    world.clock.set(at("2026-11-29T00:00:00Z"));
    world.minutes(12).await;
    assert_eq!(world.runs().await.len(), 0);
    // The entries that led there are gone too.
    assert_eq!(records::due::until(&*world.table, at("2027-01-01T00:00:00Z")).await.unwrap().0, []);
}

#[tokio::test]
async fn a_queue_that_has_fallen_behind_is_sent_the_same_ever_more_seldom() {
    let world = World::at("2026-11-27T00:00:00Z").await;
    world.schedule("s1", &daily()).await;
    world.clock.set(at("2026-11-27T01:30:00Z"));
    for _ in 0..120 {
        world.tick().await.unwrap();
        world.clock.advance_millis(60_000);
    }
    // At once, and ten, thirty and seventy minutes later.
    assert_eq!(world.queue.bodies().len(), 4);
    world.work().await;
    assert_eq!(world.runs().await.len(), 1);
    assert_eq!(records::due::until(&*world.table, at("2026-11-27T23:00:00Z")).await.unwrap().0, []);
}
