//! Exports and the archive, over ports in memory: every call of which fails once, before or after it took effect.

use super::Files;
use bytes::Bytes;
use cube::query::{MetricQuery, Range};
use export::{Format, Question, Request, Wanted};
use memory::{Fault, Faults, MemoryBucket, MemoryTable, SettableClock};
use model::event::{AiUse, Facts, Tokens};
use model::message::{Message, pack};
use model::money::Currency;
use model::{Day, Event, EventId, Family, HourOffset, ProjectId, TenantId, Timestamp, UserId};
use parquet::arrow::arrow_reader::ParquetRecordBatchReader;
use ports::{Clock, SystemRandom};
use records::task::{self, Status, Task};
use records::{Tenant, object, tenant};
use rollups::{Owner, archive};
use serde_json::{Value, json};
use settle::{Again, Rules, Settler, Work};
use std::sync::Arc;
use store::Store;

/// 2026-11-20T00:00:00Z.
const DAY: Timestamp = Timestamp::from_millis(1_795_132_800_000);
const HOUR_MS: i64 = 3_600_000;
const KEY: &str = "archive/ai/tenant=demo/date=2026-11-20/events.parquet";

struct World {
    faults: Faults,
    table: Arc<MemoryTable>,
    bucket: Arc<MemoryBucket>,
    clock: Arc<SettableClock>,
    files: Files,
}

fn demo() -> TenantId {
    TenantId::new("demo").unwrap()
}

fn owner() -> Owner {
    Owner { tenant: demo(), family: Family::Ai }
}

fn day() -> Day {
    Day::from_key("2026-11-20").unwrap()
}

fn event(number: i64, hour: i64, model: &str) -> Event {
    let tokens = Tokens { input: 100, output: 10, ..Tokens::default() };
    Event {
        id: EventId::of_event(None, &number.to_string()),
        project: ProjectId::new("shop").unwrap(),
        user: None,
        session: None,
        kind: "request".into(),
        time: DAY.plus_millis(hour * HOUR_MS + number * 1000),
        original_time: None,
        received: DAY.plus_millis(hour * HOUR_MS + number * 1000),
        plan: None,
        historical: false,
        facts: Facts::Ai(AiUse { model: Some(model.into()), tokens, given_cost_pico: Some(1), ..AiUse::default() }),
        properties: None,
    }
}

impl World {
    async fn new() -> Self {
        let faults = Faults::none();
        let (table, bucket) = (Arc::new(MemoryTable::with_faults(&faults)), Arc::new(MemoryBucket::with_faults(&faults)));
        // The day is over, everywhere.
        let clock = Arc::new(SettableClock::at(DAY.plus_millis(30 * HOUR_MS)));
        for id in ["demo", "other"] {
            let id = TenantId::new(id).unwrap();
            let made = Tenant { id, hour_offset: HourOffset::default(), currency: Currency::USD, pseudonymous: false, created_at: DAY };
            tenant::create(&*table, &made).await.unwrap();
        }
        let files = Files {
            table: table.clone(),
            bucket: bucket.clone(),
            uploads: bucket.clone(),
            clock: clock.clone(),
            random: Arc::new(SystemRandom),
            most_rows: super::MOST_ROWS,
        };
        Self { faults, table, bucket, clock, files }
    }

    async fn store(&self, name: &str, events: Vec<Event>) {
        let message = Message {
            tenant: TenantId::new(name).unwrap(),
            hour_offset: HourOffset::default(),
            currency: Currency::USD,
            received: self.clock.now(),
            events,
        };
        let record = |(number, body)| json!({"messageId": format!("m{number}"), "receiptHandle": "r", "body": body, "attributes": {}, "messageAttributes": {}, "eventSource": "aws:sqs"});
        let records: Vec<Value> = pack(message).unwrap().into_iter().enumerate().map(record).collect();
        let batch = serde_json::from_value(json!({"Records": records})).unwrap();
        let store = Store::new(self.table.clone(), self.bucket.clone(), self.clock.clone());
        assert!(store.handle(batch).await.batch_item_failures.is_empty());
    }

    async fn settle(&self) {
        let settler = Settler {
            table: self.table.clone(),
            bucket: self.bucket.clone(),
            clock: self.clock.clone(),
            random: Arc::new(SystemRandom),
            rules: Rules::default(),
        };
        let work = Work::Settle { tenant: demo(), family: Family::Ai, day: day(), again: Again::Nothing };
        settler.run(&work).await.unwrap();
    }

    /// A task for the events of the day; answers its id.
    async fn ask(&self, format: Format, models: &[&str]) -> String {
        let labels =
            if models.is_empty() { vec![] } else { vec![("model".to_owned(), models.iter().map(|&model| model.to_owned()).collect())] };
        let (from, to) = (DAY.as_millis(), DAY.as_millis() + 24 * HOUR_MS);
        let request = Request { family: Family::Ai, format, from, to, labels, file_name: "ai.file".into() };
        let task = Task::new((&demo(), "t1".into()), ("export", serde_json::to_string(&request).unwrap()), self.clock.now());
        task::create(&*self.table, &task).await.unwrap();
        "t1".to_owned()
    }

    /// A task for who did anything on the day before, the day and the day after, of whom so many rows are held at once; what came of it.
    async fn people(&mut self, most_rows: usize) -> Vec<(String, u64)> {
        let range = Range { from: DAY.plus_millis(-24 * HOUR_MS), to: DAY.plus_millis(48 * HOUR_MS) };
        let query = MetricQuery::new("people", &["events"], range).by("user");
        let wanted =
            Wanted::Rows(Question { query, format: Format::Ndjson, file_name: "people.ndjson".into(), names: vec!["acts".into()] });
        let id = format!("by{most_rows}");
        let task = Task::new((&demo(), id.clone()), ("export", serde_json::to_string(&wanted).unwrap()), self.clock.now());
        task::create(&*self.table, &task).await.unwrap();
        self.files.most_rows = most_rows;
        assert!(self.export(&id).await);
        let task = self.task(&id).await;
        let file = self.file(&task.outcome.unwrap().key);
        let people: Vec<Value> = std::str::from_utf8(&file).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!((task.status, task.rows), (Status::Done, people.len() as u64));
        people.iter().map(|row| (row["user"].as_str().unwrap().to_owned(), row["acts"].as_u64().unwrap())).collect()
    }

    async fn export(&self, id: &str) -> bool {
        let deadline = self.clock.now().plus_millis(15 * 60_000);
        self.files.export((&demo(), id), deadline).await.is_ok()
    }

    async fn task(&self, id: &str) -> Task {
        task::get(&*self.table, (&demo(), id)).await.unwrap().unwrap()
    }

    fn file(&self, key: &str) -> Bytes {
        self.bucket.objects().get(key).cloned().unwrap_or_default()
    }
}

/// The ids in lines of JSON, in their order.
fn ids(lines: &[u8]) -> Vec<String> {
    let lines = std::str::from_utf8(lines).unwrap().lines();
    lines.map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned()).collect()
}

fn rows(parquet: Bytes) -> usize {
    ParquetRecordBatchReader::try_new(parquet, 1000).unwrap().map(|batch| batch.unwrap().num_rows()).sum()
}

#[tokio::test]
async fn an_export_has_each_event_once_by_time_of_what_is_settled_and_what_is_not() {
    let world = World::new().await;
    world.store("demo", vec![event(3, 5, "a"), event(1, 5, "a"), event(9, 2, "b")]).await;
    world.settle().await;
    // A copy of a settled one, a new one of the same hour, one of another hour; and somebody else's.
    world.store("demo", vec![event(1, 5, "a"), event(2, 5, "a"), event(4, 7, "c")]).await;
    world.store("other", vec![event(8, 5, "a")]).await;
    let id = world.ask(Format::Ndjson, &[]).await;
    assert!(world.export(&id).await);
    let task = world.task(&id).await;
    assert_eq!((task.status, task.rows), (Status::Done, 5));
    let outcome = task.outcome.unwrap();
    assert_eq!(outcome.key, "exports/demo/t1/ai.file");
    let expect: Vec<String> =
        [9, 1, 2, 3, 4].iter().map(|number: &i64| EventId::of_event(None, &number.to_string()).as_str().to_owned()).collect();
    let file = world.file(&outcome.key);
    assert_eq!(ids(&file), expect);
    assert_eq!(outcome.size_bytes, file.len() as u64);
    // Delivered once more, it needs nothing.
    let calls = world.bucket.objects();
    assert!(world.export(&id).await);
    assert_eq!(world.bucket.objects(), calls);
}

/// The event of a user.
fn of(user: i64, event: Event) -> Event {
    Event { user: Some(UserId::new(format!("user-{user}")).unwrap()), ..event }
}

#[tokio::test]
async fn an_answer_too_large_to_be_held_is_written_in_slices_with_each_row_once() {
    let mut world = World::new().await;
    // Settled into parts by the hash of the user, and some events of the same and of other users that are not settled, and of nobody.
    let settled = (0..2_000).map(|user| of(user, event(user, 1, "a")));
    world.store("demo", settled.chain([event(5_000, 2, "a")]).collect()).await;
    world.settle().await;
    let late = (1_990..2_010).map(|user| of(user, event(user + 10_000, 3, "a")));
    world.store("demo", late.chain([event(5_001, 3, "a")]).collect()).await;
    let whole = world.people(usize::MAX).await;
    let users = |from: i64, to: i64, events: u64| (from..to).map(move |user| (format!("user-{user}"), events));
    let mut expect: Vec<(String, u64)> = users(0, 1_990, 1).chain(users(1_990, 2_000, 2)).chain(users(2_000, 2_010, 1)).collect();
    expect.push(("(none)".into(), 2));
    expect.sort_unstable();
    assert_eq!(whole, expect, "in the order of labels");
    for most_rows in [1_000, 50, 1] {
        let calls = world.faults.calls();
        let mut sliced = world.people(most_rows).await;
        assert!(world.faults.calls() > calls);
        assert_ne!(sliced, whole, "in slices");
        sliced.sort_unstable();
        assert_eq!(sliced, expect, "{most_rows} at once");
    }
}

#[tokio::test]
async fn a_large_export_tells_how_far_it_is() {
    const EVENTS: i64 = 60_000;
    let world = World::new().await;
    for batch in 0..EVENTS / 2_000 {
        let numbers = batch * 2_000..(batch + 1) * 2_000;
        world.store("demo", numbers.map(|number| event(number, 0, "a-model-of-a-name-that-takes-its-place")).collect()).await;
    }
    let id = world.ask(Format::Json, &[]).await;
    world.faults.plan(|call| (call.operation == "complete").then_some(Fault::Before));
    assert!(!world.export(&id).await);
    world.faults.heal();
    let (task, events) = (world.task(&id).await, u64::try_from(EVENTS).unwrap());
    assert_eq!((task.status, task.attempts), (Status::Queued, 1));
    assert!(task.rows > 0 && task.rows < events, "{} rows when its last part was sent", task.rows);
    assert_eq!(world.bucket.unfinished(), 0);
    assert!(world.export(&id).await);
    let task = world.task(&id).await;
    assert_eq!((task.status, task.rows), (Status::Done, events));
    let rows: Vec<Value> = serde_json::from_slice(&world.file("exports/demo/t1/ai.file")).unwrap();
    assert_eq!(rows.len() as u64, events);
}

#[tokio::test]
async fn an_export_is_narrowed_as_a_read_is() {
    let world = World::new().await;
    world.store("demo", vec![event(1, 5, "a"), event(2, 5, "b"), event(3, 6, "c")]).await;
    let id = world.ask(Format::Ndjson, &["a", "c"]).await;
    assert!(world.export(&id).await);
    assert_eq!(ids(&world.file("exports/demo/t1/ai.file")).len(), 2);
}

#[tokio::test]
async fn whichever_call_fails_a_task_is_done_once_or_visibly_failed() {
    for fault in [Fault::Before, Fault::After] {
        for index in 0..40 {
            let world = World::new().await;
            world.store("demo", vec![event(1, 5, "a"), event(2, 6, "b")]).await;
            let id = world.ask(Format::Csv, &[]).await;
            let first = world.faults.calls();
            world.faults.plan(move |call| (call.index == first + index).then_some(fault));
            for _ in 0..6 {
                world.export(&id).await;
                // As long as the queue hides a message: the lease of whoever crashed is over.
                world.clock.set(world.clock.now().plus_millis(90 * 60_000));
            }
            world.faults.heal();
            let task = world.task(&id).await;
            assert_eq!((task.status, task.rows), (Status::Done, 2), "{fault:?} {index}: {task:?}");
            assert_eq!(world.file("exports/demo/t1/ai.file").split(|byte| *byte == b'\n').count() - 1, 3);
            assert_eq!(world.bucket.unfinished(), 0);
        }
    }
}

#[tokio::test]
async fn what_never_works_is_told_and_not_tried_for_ever() {
    let world = World::new().await;
    world.store("demo", vec![event(1, 5, "a")]).await;
    let id = world.ask(Format::Csv, &[]).await;
    world.faults.plan(|call| (call.service == "bucket" && call.operation == "put").then_some(Fault::Before));
    for _ in 0..6 {
        world.export(&id).await;
        world.clock.set(world.clock.now().plus_millis(90 * 60_000));
    }
    world.faults.heal();
    let task = world.task(&id).await;
    assert_eq!((task.status, task.attempts), (Status::Failed, task::ATTEMPTS));
    assert!(task.error.is_some_and(|error| !error.contains("bucket")), "clients are told nothing of what is inside");
}

#[tokio::test]
async fn a_settled_day_is_one_file_and_a_late_event_makes_it_anew() {
    let world = World::new().await;
    world.store("demo", vec![event(3, 5, "a"), event(1, 5, "a"), event(9, 2, "b")]).await;
    world.store("demo", vec![event(1, 5, "a")]).await;
    world.store("other", vec![event(8, 5, "a")]).await;
    world.settle().await;
    world.files.archive(&owner(), day()).await.unwrap();
    assert_eq!(object::archive((Family::Ai, &demo(), day())), KEY);
    assert_eq!(rows(world.file(KEY)), 3);
    let archived = archive::get(&*world.table, &owner(), day()).await.unwrap();
    assert!(archived.is_current());
    assert_eq!((archived.events, archived.size_bytes), (3, world.file(KEY).len() as u64));

    world.store("demo", vec![event(2, 5, "a")]).await;
    world.settle().await;
    assert!(!archive::get(&*world.table, &owner(), day()).await.unwrap().is_current());
    world.files.archive(&owner(), day()).await.unwrap();
    assert_eq!(rows(world.file(KEY)), 4);
    assert!(archive::get(&*world.table, &owner(), day()).await.unwrap().is_current());
}

#[tokio::test]
async fn whichever_call_fails_a_day_is_archived_in_the_end_and_waits_until_it_is() {
    for fault in [Fault::Before, Fault::After] {
        for index in 0..30 {
            let world = World::new().await;
            world.store("demo", vec![event(1, 5, "a"), event(2, 6, "b")]).await;
            world.settle().await;
            let first = world.faults.calls();
            world.faults.plan(move |call| (call.index == first + index).then_some(fault));
            for _ in 0..4 {
                _ = world.files.archive(&owner(), day()).await;
                world.clock.set(world.clock.now().plus_millis(90 * 60_000));
            }
            world.faults.heal();
            let archived = archive::get(&*world.table, &owner(), day()).await.unwrap();
            assert!(archived.is_current(), "{fault:?} {index}");
            assert_eq!(rows(world.file(KEY)), 2);
        }
    }
}
