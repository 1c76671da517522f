//! Erasing people: what names them goes, from whatever is kept, and what they did still counts.

use crate::world::*;
use cube::catalogue::{Dimension, cube};
use cube::{FamilyState, segment};
use memory::{Fault, MemoryQueue};
use model::{Event, Timestamp, UserId};
use ports::{Clock as _, Key, Read, Table as _};
use records::erasure::{self, Progress, Request, State};
use records::pending::{Kind, shard};
use rollups::Bucket;
use settle::{Again, SettleError, Work};

const PERSON: &str = "anna";

fn by(user: &str, event: Event) -> Event {
    Event { user: UserId::new(user).ok(), ..event }
}

/// Has the person erased, now.
async fn begin(world: &World, anew: bool) -> erasure::Erasure {
    let user = UserId::new(PERSON).unwrap();
    let request = Request { tenant: &world.owner.tenant, user: &user, now: world.clock.now(), fresh_key: [9; 32], anew };
    erasure::begin(&*world.table, &request).await.unwrap()
}

async fn erase(world: &World) -> Key {
    begin(world, false).await;
    let waiting = world.table.pending(&shard(Kind::Job, &world.owner.tenant), None).await.unwrap();
    waiting.items.last().unwrap().key.clone()
}

async fn work(world: &World, queue: &MemoryQueue) -> Result<(), SettleError> {
    for body in queue.drain() {
        while world.settler.run(&serde_json::from_str::<Work>(&body).unwrap()).await?.left {}
    }
    Ok(())
}

/// Looks and works until it is done, as the ticks do, ten minutes at a time; in how many rounds.
async fn finish(world: &World, key: &Key) -> usize {
    let queue = MemoryQueue::new();
    for round in 0..20 {
        if world.settler.forget(&queue, key).await.unwrap().is_none_or(|progress| progress.state == State::Done) {
            return round;
        }
        work(world, &queue).await.unwrap();
        world.clock.advance_millis(10 * MINUTE_MS);
    }
    panic!("it is never done: {:?}", erasure::all(&*world.table, &world.owner.tenant, Read::Strong).await.unwrap());
}

/// Where anything that is kept names the person: in the table, and in the bucket.
fn named(world: &World) -> Vec<String> {
    let mut named = Vec::new();
    for item in world.table.items() {
        let text = format!("{item:?}");
        let states = item.binary("state").map(|bytes| FamilyState::decode(world.owner.family, bytes).unwrap());
        let is_in_state = states.is_some_and(|state| state.cubes().iter().any(|cube| cube.has(Dimension::User, PERSON)));
        if is_in_state || text.contains(PERSON) {
            named.push(format!("{:?}", item.key));
        }
    }
    for (key, bytes) in world.bucket.objects() {
        let opened = segment::open(&bytes).unwrap();
        let is_named = (0..opened.groups().len()).any(|group| format!("{:?}", opened.events(group).unwrap()).contains(PERSON));
        named.extend(is_named.then_some(key));
    }
    named
}

/// Tokens and requests of all settled hours of some days.
async fn totals(world: &World, days: i64) -> (i128, i128) {
    let mut totals = (0, 0);
    for day in 0..days {
        for state in world.hours(day).await.values() {
            let requests = state.cube(cube("ai_users").unwrap()).unwrap();
            totals.0 += requests.total("requests").unwrap();
            totals.1 += requests.total("inputTokens").unwrap();
        }
    }
    totals
}

/// Three days of two people, the first two settled; the clock stands in the third.
async fn history() -> (World, Vec<Event>) {
    let world = World::new().await;
    let events: Vec<Event> = (0..3)
        .flat_map(|day| {
            let own = by(PERSON, request(&format!("{PERSON}-{day}"), day * 24 + 3, 100 + day));
            [own, by("ben", request(&format!("ben-{day}"), day * 24 + 3, 7)), by("ben", request(&format!("ben-{day}-b"), day * 24 + 5, 3))]
        })
        .collect();
    world.store("m1", &events).await;
    world.clock.set(at(2 * 24 + 6));
    world.run(0).await;
    world.run(1).await;
    (world, events)
}

#[tokio::test]
async fn nothing_names_an_erased_person_and_everything_counts_as_it_did() {
    let (world, _) = history().await;
    let before = totals(&world, 2).await;
    let key = erase(&world).await;
    finish(&world, &key).await;
    assert_eq!(named(&world), Vec::<String>::new());
    assert_eq!(totals(&world, 2).await, before);
    assert_eq!(totals(&world, 3).await, (9, 333), "what was pending is settled, and counts");
    assert!(world.partials().await.is_empty());
    let erasure = begin(&world, false).await;
    assert_eq!((erasure.progress.state, erasure.progress.days.len(), erasure.progress.left), (State::Done, 3, 0));
    assert_eq!(erasure.user, None);
    assert_eq!(world.settler.forget(&MemoryQueue::new(), &key).await.unwrap(), None);
}

#[tokio::test]
async fn asking_again_is_the_same_erasure_until_it_is_done_and_a_new_one_is_wanted() {
    let (world, _) = history().await;
    let first = begin(&world, true).await;
    world.clock.advance_millis(MINUTE_MS);
    assert_eq!(begin(&world, true).await, first);
    let key = erase(&world).await;
    finish(&world, &key).await;
    assert_eq!(begin(&world, false).await.before, first.before);
    let second = begin(&world, true).await;
    assert!(second.before > first.before && second.revision > first.revision);
    assert_eq!(second.progress, Progress::default());
}

#[tokio::test]
async fn what_the_person_does_after_the_erasure_is_its_own() {
    let (world, _) = history().await;
    let key = erase(&world).await;
    let new = Event { received: at(55), ..by(PERSON, request("new", 55, 1)) };
    world.clock.set(at(56));
    world.store("m2", &[new]).await;
    finish(&world, &key).await;
    let hours = world.hours(2).await;
    assert!(hours[&hour(55)].cube(cube("people").unwrap()).unwrap().has(Dimension::User, PERSON));
    assert!(!hours[&hour(51)].cube(cube("people").unwrap()).unwrap().has(Dimension::User, PERSON));
}

#[tokio::test]
async fn a_late_event_and_a_late_copy_of_an_erased_person_stay_nameless() {
    let (world, events) = history().await;
    let key = erase(&world).await;
    finish(&world, &key).await;
    let late = by(PERSON, request("late", 27, 1_000));
    world.store("m2", &[late, events[3].clone()]).await;
    world.run(1).await;
    assert_eq!(totals(&world, 2).await, (7, 1_221), "the late one counts, and the copy does not");
    for state in world.hours(1).await.values() {
        assert!(!state.cubes().iter().any(|cube| cube.has(Dimension::User, PERSON)));
    }
    assert!(world.log(1).await.keys().all(|(_, id)| !id.contains(PERSON)));
}

#[tokio::test]
async fn hours_whose_log_has_expired_are_erased_state_to_state_and_so_are_days_without_hours() {
    let (world, _) = history().await;
    world.clock.set(at(24 * 3));
    world.run(0).await;
    world.run(1).await;
    let before = totals(&world, 2).await;
    let mut manifest = world.manifest(0).await;
    manifest.body.hours.values_mut().for_each(|entry| entry.log.as_mut().unwrap().written_at = at(-24 * 90));
    rollups::day::commit(&*world.table, &manifest).await.unwrap();
    let mut manifest = world.manifest(1).await;
    for entry in manifest.body.hours.values_mut() {
        entry.log.as_mut().unwrap().written_at = at(-24 * 900);
        entry.expires_at = at(0);
        entry.absorbed.clear();
    }
    let day_before = world.state(Bucket::Day(day(1)), manifest.body.rollup.as_ref().unwrap()).await;
    rollups::day::commit(&*world.table, &manifest).await.unwrap();
    let key = erase(&world).await;
    finish(&world, &key).await;
    assert_eq!(named(&world), Vec::<String>::new());
    assert_eq!(totals(&world, 1).await, (before.0 / 2, before.1 - 111));
    let manifest = world.manifest(1).await;
    assert!(manifest.body.hours.is_empty(), "the day stands for its hours");
    let day_after = world.state(Bucket::Day(day(1)), manifest.body.rollup.as_ref().unwrap()).await;
    let tokens = |state: &FamilyState| state.cube(cube("ai_users").unwrap()).unwrap().total("inputTokens");
    assert_eq!(tokens(&day_after), tokens(&day_before));
}

#[tokio::test]
async fn months_and_all_time_are_built_again_without_the_person() {
    let (world, _) = history().await;
    world.clock.set(at(24 * 31));
    for days in 0..3 {
        world.run(days).await;
    }
    world.do_work(world.month()).await.unwrap();
    assert!(world.lifetime_manifest().await.is_current());
    let key = erase(&world).await;
    finish(&world, &key).await;
    assert_eq!(named(&world), Vec::<String>::new());
    assert!(world.month_manifest().await.is_current() && world.lifetime_manifest().await.is_current());
    let rollup = world.lifetime_manifest().await.body.rollup.unwrap();
    let lifetime = world.state(Bucket::Lifetime, &rollup).await;
    assert_eq!(lifetime.cube(cube("ai_users").unwrap()).unwrap().total("inputTokens"), Some(333));
}

#[tokio::test]
async fn an_hour_that_shares_its_log_with_one_that_was_settled_since_is_not_forgotten() {
    let (world, events) = history().await;
    let key = erase(&world).await;
    // A late event of another reopens the hour of the person: it is erased from there, but not from the object that the day's hours share.
    let late = by("ben", Event { received: Timestamp::from_millis(events[0].received.as_millis() + 5), ..request("late", 3, 1) });
    world.store("m2", &[late]).await;
    world.run(0).await;
    finish(&world, &key).await;
    assert_eq!(named(&world), Vec::<String>::new());
}

#[tokio::test]
async fn an_hour_that_cannot_be_settled_is_told_and_waited_for() {
    let (world, _) = history().await;
    let mut manifest = world.manifest(0).await;
    let quarantine = rollups::Quarantine { since: at(48), tried_at: at(48), reason: "lost".into() };
    manifest.body.quarantined.insert(hour(3), quarantine);
    rollups::day::commit(&*world.table, &manifest).await.unwrap();
    let (key, queue) = (erase(&world).await, MemoryQueue::new());
    for _ in 0..4 {
        let progress = world.settler.forget(&queue, &key).await.unwrap().unwrap();
        assert_eq!((progress.state, progress.quarantined), (State::Settling, 1));
        work(&world, &queue).await.unwrap();
        world.clock.advance_millis(10 * MINUTE_MS);
    }
    world.do_work(world.settle(0, Again::Hours(vec![hour(3)]))).await.unwrap();
    finish(&world, &key).await;
    assert_eq!(named(&world), Vec::<String>::new());
}

#[tokio::test]
async fn a_settle_that_did_not_know_of_the_erasure_is_found_while_it_is_watched() {
    let (world, _) = history().await;
    let (key, queue) = (erase(&world).await, MemoryQueue::new());
    world.settler.forget(&queue, &key).await.unwrap();
    work(&world, &queue).await.unwrap();
    assert_eq!(world.settler.forget(&queue, &key).await.unwrap().unwrap().state, State::Watched);
    // As if it had read the configuration just before.
    let mut manifest = world.manifest(0).await;
    manifest.body.hours.values_mut().for_each(|entry| entry.configuration = 0);
    rollups::day::commit(&*world.table, &manifest).await.unwrap();
    assert_eq!(world.settler.forget(&queue, &key).await.unwrap().unwrap().state, State::Settling);
    finish(&world, &key).await;
    assert_eq!(named(&world), Vec::<String>::new());
}

#[tokio::test]
async fn an_erasure_crashes_anywhere_and_is_done_in_the_end() {
    let calls = {
        let (world, _) = history().await;
        let (key, before) = (erase(&world).await, world.faults.calls());
        finish(&world, &key).await;
        world.faults.calls() - before
    };
    assert!(calls > 100, "{calls} calls");
    for (crash, fault) in (0..calls).step_by(3).flat_map(|crash| [(crash, Fault::Before), (crash, Fault::After)]) {
        let (world, _) = history().await;
        let (key, queue) = (erase(&world).await, MemoryQueue::with_faults(&world.faults));
        world.faults.crash_after(crash, fault);
        for _ in 0..4 {
            let _ = world.settler.forget(&queue, &key).await;
            let _ = work(&world, &queue).await;
            world.clock.advance_millis(10 * MINUTE_MS);
        }
        world.faults.heal();
        finish(&world, &key).await;
        assert_eq!(named(&world), Vec::<String>::new(), "crash {crash} {fault:?}");
        assert_eq!(totals(&world, 3).await, (9, 333), "crash {crash} {fault:?}");
    }
}

#[tokio::test]
async fn a_request_that_waits_for_its_end_loses_its_person_and_nothing_else() {
    let world = World::new().await;
    let open = |user: &str, id: &str, at_ms: i64| {
        let at = Timestamp::from_millis(at_ms);
        by(user, Event { id: model::EventId::of_request(id), received: at, time: at, ..request(id, 0, 5) })
    };
    let now = world.clock.now().as_millis();
    let requests = [open(PERSON, "anna-1", now - 60_000), open("ben", "b-1", now - 60_000)];
    for event in &requests {
        let id = event.id.as_str().trim_start_matches("r:");
        records::open_request::begin(&*world.table, (&world.owner.tenant, id), event, event.received).await.unwrap();
    }
    let key = erase(&world).await;
    finish(&world, &key).await;
    assert_eq!(named(&world), Vec::<String>::new());
    let kept = records::open_request::all(&*world.table, &world.owner.tenant).await.unwrap();
    let mut users: Vec<_> = kept.iter().map(|request| (request.event.user.as_ref().map(UserId::as_str), request.event.time)).collect();
    users.sort();
    assert_eq!(users, [(None, requests[0].time), (Some("ben"), requests[1].time)]);
}
