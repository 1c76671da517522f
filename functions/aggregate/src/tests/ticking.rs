//! What each tick sends.

use super::world::{HOUR_MS, NOW, World, id, settles, today};
use crate::{Tick, TickError};
use model::{Family, HourOffset};
use ports::{Condition, Item, Key, Queue, Read, Table, Value};
use records::budget::{self, Measure, Period, Recipients, Scope, Terms};
use records::job::{self, Job, State};
use records::{Budget, Due, Errand, Shelf, due, pending};
use rollups::{Owner, upper};
use settle::Work;

#[tokio::test]
async fn the_minute_tick_sends_busy_closed_hours_and_reads_nothing_of_small_ones() {
    let world = World::new().await;
    world.partials(("demo", Family::Ai), 2, 24).await;
    world.partials(("demo", Family::Sales), 2, 23).await;
    world.partials(("other", Family::Ai), 0, 299).await;
    world.partials(("other", Family::Sales), 30, 1).await;
    let (summary, work) = world.tick(Tick::Minute).await.unwrap();
    assert_eq!(settles(&work), ["demo ai 2026-11-21"]);
    assert_eq!((summary.sent, summary.failed, summary.held_back), (1, 0, false));
    let history = world.faults.history();
    let reads = history.iter().filter(|call| call.operation == "get" && call.key.contains("#M#"));
    assert_eq!(reads.count(), 1, "one manifest, of the day that may be due");
}

#[tokio::test]
async fn the_daily_tick_sends_every_day_that_is_over_and_no_other() {
    let world = World::new().await;
    world.partials(("demo", Family::Ai), 0, 1).await;
    world.partials(("demo", Family::Ai), 6, 1).await;
    world.partials(("demo", Family::Sales), 40 * 24, 1).await;
    world.partials(("other", Family::Ai), 4, 100).await;
    let (_, work) = world.tick(Tick::Daily).await.unwrap();
    assert_eq!(settles(&work), ["demo ai 2026-11-20", "demo sales 2026-10-12"]);
    let body = world.queue.bodies().remove(0);
    assert_eq!(body, r#"{"kind":"settle","tenant":"demo","family":"ai","day":"2026-11-20","again":"nothing"}"#);
}

#[tokio::test]
async fn a_day_of_india_is_over_half_an_hour_later() {
    let world = World::new().await;
    world.tenant("mumbai", 30).await;
    for tenant in ["demo", "mumbai"] {
        world.partials((tenant, Family::Ai), 0, 1).await;
    }
    world.clock.set(today().next().first_hour().start(HourOffset::default()).plus_millis(HOUR_MS / 2));
    assert_eq!(settles(&world.tick(Tick::Daily).await.unwrap().1), ["demo ai 2026-11-21"]);
    let _ = world.queue.drain();
    world.clock.advance_millis(HOUR_MS / 4);
    assert_eq!(settles(&world.tick(Tick::Daily).await.unwrap().1), ["demo ai 2026-11-21", "mumbai ai 2026-11-21"]);
}

#[tokio::test]
async fn the_weekly_tick_sends_whatever_has_a_closed_hour() {
    let world = World::new().await;
    world.partials(("demo", Family::Ai), 0, 1).await;
    world.partials(("other", Family::Ai), 4, 1).await;
    assert_eq!(settles(&world.tick(Tick::Weekly).await.unwrap().1), ["other ai 2026-11-21"]);
}

#[tokio::test]
async fn one_tenant_that_cannot_be_read_stops_no_other() {
    let world = World::new().await;
    for tenant in ["demo", "nobody", "other"] {
        world.partials((tenant, Family::Ai), 2, 24).await;
    }
    world.spoil("T#demo#M#ai", "2026-11-21").await;
    let (summary, work) = world.tick(Tick::Minute).await.unwrap();
    assert_eq!(settles(&work), ["other ai 2026-11-21"]);
    assert_eq!((summary.sent, summary.failed), (1, 2));
}

#[tokio::test]
async fn a_partial_that_cannot_be_read_keeps_nothing_from_being_settled() {
    let world = World::new().await;
    world.partials(("other", Family::Ai), 30, 1).await;
    let spoiled = Item::new(Key::new("T#demo#P#ai", format!("2026-11-18T05#{:0>61}", 1)));
    let waits = Value::Text(pending::shard(pending::Kind::Partial, &id("demo")));
    world.table.put(spoiled.with(pending::ATTRIBUTE, waits), Condition::Always).await.unwrap();
    assert_eq!(settles(&world.tick(Tick::Daily).await.unwrap().1), ["demo ai 2026-11-18", "other ai 2026-11-19"]);
}

#[tokio::test]
async fn a_tick_sends_nothing_while_the_queue_has_enough() {
    let world = World::new().await;
    world.partials(("demo", Family::Ai), 2, 24).await;
    world.queue.send(&vec!["work".to_owned(); 101]).await.unwrap();
    let summary = world.aggregate.tick(Tick::Minute).await.unwrap();
    assert_eq!((summary.sent, summary.held_back), (0, true));
    assert_eq!(world.queue.drain().len(), 101);
    let summary = world.aggregate.tick(Tick::Minute).await.unwrap();
    assert_eq!((summary.sent, summary.held_back), (1, false), "the next tick finds it again");
}

#[tokio::test]
async fn work_that_the_queue_does_not_take_fails_the_tick() {
    let world = World::new().await;
    for tenant in ["demo", "other"] {
        world.partials((tenant, Family::Ai), 30, 1).await;
    }
    world.queue.refuse_next(&[0]);
    let error = world.aggregate.tick(Tick::Daily).await.unwrap_err();
    assert!(matches!(error, TickError::Unsent { unsent: 1, all: 2 }), "{error}");
    world.faults.down("queue");
    assert!(matches!(world.aggregate.tick(Tick::Daily).await, Err(TickError::Send(_))));
}

#[tokio::test]
async fn what_is_settled_and_may_be_swept_is_sent_each_hour() {
    let world = World::new().await;
    world.stored("demo", &[30]).await;
    world.tick(Tick::Daily).await.unwrap();
    let body = world.queue.drain().remove(0);
    assert!(world.deliver([("m1", body)], HOUR_MS).await.is_empty());
    let (_, work) = world.tick(Tick::Hourly).await.unwrap();
    let day = (NOW.plus_millis(-30 * HOUR_MS), HourOffset::default());
    let day = model::Hour::of(day.0, day.1).day();
    assert_eq!(work, [Work::Sweep { tenant: id("demo"), family: Family::Engagement, day }]);
}

#[tokio::test]
async fn a_month_is_sent_an_hour_after_its_end_and_all_time_whenever_it_waits() {
    let world = World::new().await;
    let owner = Owner { tenant: id("demo"), family: Family::Ai };
    let month = today().month();
    let mut manifest = upper::month(&*world.table, &owner, (month, Read::Strong)).await.unwrap();
    manifest.need(today(), 1);
    manifest.version += 1;
    upper::commit(&*world.table, &manifest).await.unwrap();
    let over = month.next().first_day().first_hour().start(HourOffset::default());
    world.clock.set(over.plus_millis(HOUR_MS));
    assert_eq!(world.tick(Tick::Monthly).await.unwrap().1, []);
    world.clock.set(over.plus_millis(HOUR_MS + HOUR_MS / 4));
    let built = Work::Month { tenant: owner.tenant.clone(), family: owner.family, month };
    assert_eq!(world.tick(Tick::Monthly).await.unwrap().1, std::slice::from_ref(&built));
    let _ = world.queue.drain();
    let mut lifetime = upper::lifetime(&*world.table, &owner, Read::Strong).await.unwrap();
    lifetime.need(month, 1);
    lifetime.version += 1;
    upper::commit(&*world.table, &lifetime).await.unwrap();
    let all_time = Work::Lifetime { tenant: owner.tenant, family: owner.family };
    assert_eq!(world.tick(Tick::Daily).await.unwrap().1, [all_time, built]);
}

#[tokio::test]
async fn the_minute_tick_carries_on_with_jobs_and_one_that_cannot_be_read_stops_no_other() {
    let world = World::new().await;
    let job = Job::new((&id("other"), 7), today(), NOW);
    job::create(&*world.table, &job).await.unwrap();
    let spoiled = Item::new(Key::new("T#demo#C#jobs", "reprice#0000000001"));
    let waits = Value::Text(pending::shard(pending::Kind::Job, &id("demo")));
    world.table.put(spoiled.with(pending::ATTRIBUTE, waits), Condition::Always).await.unwrap();
    let state = async || job::get(&*world.table, (&id("other"), 7)).await.unwrap().unwrap().progress.state;
    world.tick(Tick::Hourly).await.unwrap();
    assert_eq!(state().await, State::Open);
    world.tick(Tick::Minute).await.unwrap();
    assert_eq!(state().await, State::Watched, "there is nothing to price anew");
}

#[tokio::test]
async fn a_threshold_that_is_reached_is_an_errand_of_report_once() {
    let world = World::new().await;
    let terms = Terms { scope: Scope::Tenant, measure: Measure::Tokens, limit: 1000, period: Period::Day, timezone: "UTC".into() };
    let recipients = Recipients { webhooks: vec!["https://hooks.example.com/".into()], generation: 1, ..Recipients::default() };
    let (name, thresholds) = ("All".to_owned(), vec![50, 80]);
    let all =
        Budget { id: "b1".into(), name, terms, terms_version: 1, thresholds, recipients, version: 1, created_at: NOW, updated_at: NOW };
    budget::create(&*world.table, &id("demo"), &all).await.unwrap();
    budget::watch(&*world.table, (&id("demo"), HourOffset::default()), 1).await.unwrap();
    world.tick(Tick::Minute).await.unwrap();
    assert_eq!(world.errands.bodies(), Vec::<String>::new());
    world.used("demo", 600).await;
    for tick in [Tick::Minute, Tick::Minute, Tick::Hourly] {
        world.tick(tick).await.unwrap();
    }
    let [errand] = world.errands.bodies().try_into().unwrap();
    let Errand::Report { tenant, run, .. } = serde_json::from_str(&errand).unwrap() else { panic!("{errand}") };
    assert!(records::document::get(&*world.table, (Shelf::Reports, &tenant), &run).await.unwrap().is_some());
    // One that cannot be kept is told by the next look.
    world.used("demo", 300).await;
    world.faults.plan(|call| call.key.contains("#C#reports").then_some(memory::Fault::Before));
    world.tick(Tick::Minute).await.unwrap();
    assert_eq!(world.errands.bodies().len(), 1);
    world.faults.heal();
    world.tick(Tick::Minute).await.unwrap();
    assert_eq!(world.errands.bodies().len(), 2);
}

#[tokio::test]
async fn what_is_due_of_reports_is_sent_each_minute_whatever_else_cannot_be_found() {
    let world = World::new().await;
    let due = Due { at: NOW, tenant: id("demo"), shelf: Shelf::Schedules, id: "s1".into() };
    due::put(&*world.table, &due).await.unwrap();
    assert_eq!(world.tick(Tick::Hourly).await.unwrap().0.errands, 0);
    assert_eq!(world.tick(Tick::Minute).await.unwrap().0.errands, 1);
    let [errand] = world.errands.drain().try_into().unwrap();
    let errand = serde_json::from_str(&errand).unwrap();
    assert!(matches!(&errand, Errand::Schedule { tenant, schedule, .. } if *tenant == id("demo") && schedule == "s1"), "{errand:?}");
    assert_eq!(world.tick(Tick::Minute).await.unwrap().0.errands, 0, "it is under way");
    world.clock.advance_millis(HOUR_MS / 6);
    world.faults.plan(|call| (call.operation == "pending").then_some(memory::Fault::Before));
    assert!(matches!(world.tick(Tick::Minute).await, Err(TickError::Look(_))));
    assert_eq!(world.errands.drain().len(), 1);
}
