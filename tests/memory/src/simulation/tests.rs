use super::{Channel, QueueRules, Scheduler, Shelf, SimulatedBucket, SimulatedQueue, SimulatedTable, Weather, World};
use crate::{MemoryBucket, contract};
use model::Timestamp;
use ports::{Condition, Item, Key, Put, Queue, Read, Table, Value};
use std::sync::{Arc, Mutex};

const NOW: Timestamp = Timestamp::from_millis(1_795_239_000_000);
const HOUR_MS: i64 = 3_600_000;
const RULES: QueueRules = QueueRules { name: "queue", visibility_ms: HOUR_MS, receives: 5 };

fn run(world: &World, process: impl Future<Output = ()> + 'static) {
    let mut scheduler = Scheduler::new(world);
    scheduler.start(HOUR_MS, process);
    scheduler.finish();
    assert_eq!(scheduler.ended(), [(1, super::End::Finished)]);
}

#[test]
fn the_ports_of_a_calm_world_keep_the_contract() {
    let world = World::new(1, Weather::CALM, NOW);
    let table = SimulatedTable::new(&world, "contract", &Arc::default());
    let bucket = SimulatedBucket::new(&world, "contract", &Arc::new(MemoryBucket::new()));
    let queue = SimulatedQueue::new(&world, "contract", &Arc::new(Channel::new(RULES)));
    run(&world, async move {
        contract::table(&table, "scratch").await;
        contract::bucket(&bucket, "scratch").await;
        contract::queue(&queue).await;
    });
}

/// Four processes count up one item, each by a conditional put, until their calls fail.
fn count_up(seed: u64, weather: Weather) -> (World, Arc<Shelf>, i64) {
    let (world, shelf) = (World::new(seed, weather, NOW), Arc::<Shelf>::default());
    let mut scheduler = Scheduler::new(&world);
    let told = Arc::new(Mutex::new(0));
    for _ in 0..4 {
        let (table, told) = (SimulatedTable::new(&world, "count", &shelf), told.clone());
        scheduler.start(HOUR_MS, async move {
            for _ in 0..20 {
                let Ok(there) = table.get(&Key::new("p", "s"), Read::Strong).await else { continue };
                let number = there.and_then(|item| item.number("n")).unwrap_or(0);
                let condition = if number == 0 { Condition::Absent } else { Condition::NumberIs { attribute: "n", value: number } };
                let item = Item::new(Key::new("p", "s")).with("n", Value::Number(number + 1));
                if matches!(table.put(item, condition).await, Ok(Put::Written)) {
                    *told.lock().unwrap() += 1;
                }
            }
        });
    }
    scheduler.finish();
    let told = *told.lock().unwrap();
    (world, shelf, told)
}

fn counted(shelf: &Shelf) -> i64 {
    shelf.items().first().and_then(|item| item.number("n")).unwrap_or(0)
}

#[test]
fn processes_meet_and_a_condition_keeps_them_apart() {
    let (world, shelf, told) = count_up(7, Weather::CALM);
    assert_eq!(counted(&shelf), told);
    assert!(told < 80, "they never met");
    assert!(world.tallies().values().all(|tally| tally.faults() == 0));
}

#[test]
fn the_same_seed_is_the_same_run_and_another_is_another() {
    let weather = Weather { turns_per_fault: 30, lag_ms: 100, page_items: 2, turns_per_stall: 50 };
    let (first, again, other) = (count_up(7, weather), count_up(7, weather), count_up(8, weather));
    assert_eq!(first.0.hash(), again.0.hash());
    assert_ne!(first.0.hash(), other.0.hash());
    assert_eq!(first.0.tallies(), again.0.tallies());
    assert!(counted(&first.1) >= first.2, "what is told was done, and more may be done than told");
    assert!(first.0.tallies().values().map(super::Tally::faults).sum::<u64>() > 3);
}

#[test]
fn what_may_be_stale_sometimes_is_and_what_is_strong_never() {
    let weather = Weather { lag_ms: 1_000, ..Weather::CALM };
    let (world, stale) = (World::new(3, weather, NOW), Arc::new(Mutex::new(0)));
    let table = SimulatedTable::new(&world, "read", &Arc::default());
    let seen = stale.clone();
    run(&world, async move {
        for number in 1..100 {
            let item = Item::new(Key::new("p", "s")).with("n", Value::Number(number)).with("pending", Value::Text("P00".into()));
            table.put(item.clone(), Condition::Always).await.unwrap();
            assert_eq!(table.get(&item.key, Read::Strong).await.unwrap(), Some(item.clone()));
            let eventual = table.get(&item.key, Read::Eventual).await.unwrap();
            *seen.lock().unwrap() += i32::from(eventual != Some(item));
        }
    });
    let stale = *stale.lock().unwrap();
    assert!((10..90).contains(&stale), "{stale} of 99 reads were stale");
}

#[test]
fn a_batch_that_is_torn_is_carried_out_in_part() {
    let torn = (0..400).any(|seed| {
        let weather = Weather { turns_per_fault: 3, ..Weather::CALM };
        let (world, shelf) = (World::new(seed, weather, NOW), Arc::<Shelf>::default());
        let table = SimulatedTable::new(&world, "write", &shelf);
        let mut scheduler = Scheduler::new(&world);
        scheduler.start(HOUR_MS, async move {
            let items = (0..20).map(|number| Item::new(Key::new("p", number.to_string()))).collect();
            drop(table.put_many(items).await);
        });
        scheduler.finish();
        (1..20).contains(&shelf.items().len())
    });
    assert!(torn);
}

#[test]
fn a_message_comes_until_it_is_deleted_and_is_put_aside_after_so_many_times() {
    let world = World::new(1, Weather::CALM, NOW);
    let channel = Arc::new(Channel::new(RULES));
    let queue = SimulatedQueue::new(&world, "send", &channel);
    run(&world, async move { assert_eq!(queue.send(&["a".to_owned()]).await.unwrap(), [true]) });
    let mut dice = world.dice();
    let mut now_ms = world.now().as_millis();
    for receives in 1..=5 {
        let delivered = channel.receive(10, now_ms, &mut dice);
        assert_eq!(delivered.iter().map(|message| message.receives).collect::<Vec<_>>(), [receives]);
        assert_eq!(channel.receive(10, now_ms, &mut dice), [], "it is out of sight");
        now_ms += HOUR_MS;
    }
    assert_eq!(channel.receive(10, now_ms, &mut dice), []);
    assert!(channel.is_empty());
    assert_eq!(channel.redrive(now_ms), 1);
    let again = channel.receive(10, now_ms, &mut dice);
    channel.delete(&again[0].handle);
    assert!(channel.is_empty());
}
