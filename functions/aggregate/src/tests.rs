use crate::Aggregate;
use crate::config::Config;
use memory::{Faults, MemoryTable, SettableClock};
use model::{Family, Hour, HourOffset, SegmentId, TenantId, Timestamp};
use ports::{Item, Key, Table, Value};
use records::{Partial, partial};
use std::sync::Arc;

/// 2026-11-21T05:30:00Z.
const NOW: Timestamp = Timestamp::from_millis(1_795_239_000_000);
const HOUR_MS: i64 = 3_600_000;

struct World {
    faults: Faults,
    table: Arc<MemoryTable>,
    aggregate: Aggregate,
}

impl World {
    fn new() -> Self {
        let faults = Faults::none();
        let table = Arc::new(MemoryTable::with_faults(&faults));
        let config = Config { table_name: "weir".into(), pending_alarm_hours: 24 };
        let aggregate = Aggregate { table: table.clone(), clock: Arc::new(SettableClock::at(NOW)), config };
        Self { faults, table, aggregate }
    }

    /// A partial of an hour so many hours ago, written so many hours ago.
    async fn partial(&self, (tenant, family): (&str, Family), segment: usize, hours_ago: i64, written_ago: i64) {
        let moment = NOW.plus_millis(-hours_ago * HOUR_MS);
        let partial = Partial {
            tenant: TenantId::new(tenant).unwrap(),
            family,
            hour: Hour::of(moment, HourOffset::default()),
            segment: SegmentId::new(format!("s{segment:0>60}")).unwrap(),
            events: 1,
            first: moment,
            last: moment,
            state: None,
        };
        partial::put(&*self.table, &partial, NOW.plus_millis(-written_ago * HOUR_MS)).await.unwrap();
    }
}

#[tokio::test]
async fn an_empty_table_has_nothing_that_waits() {
    let summary = World::new().aggregate.tick().await.unwrap();
    assert_eq!((summary.hours(), summary.pending_partials, summary.complete), (0, 0, true));
    assert!(summary.oldest_pending_age_hours.abs() < f64::EPSILON);
}

#[tokio::test]
async fn hours_are_counted_once_however_many_partials_they_have() {
    let world = World::new();
    for (segment, hours_ago) in [(1, 0), (2, 0), (3, 1), (4, 30)] {
        world.partial(("demo", Family::Ai), segment, hours_ago, 0).await;
    }
    world.partial(("other", Family::Ai), 5, 0, 0).await;
    world.partial(("other", Family::Sales), 6, 0, 0).await;
    let summary = world.aggregate.tick().await.unwrap();
    assert_eq!((summary.pending_hours[&Family::Ai], summary.pending_hours[&Family::Sales], summary.pending_partials), (4, 1, 6));
}

#[tokio::test]
async fn a_day_is_a_unit_of_work_with_its_hours() {
    let world = World::new();
    for (segment, hours_ago) in [(1, 0), (2, 2), (3, 30)] {
        world.partial(("demo", Family::Ai), segment, hours_ago, 0).await;
    }
    let found = crate::work::find(&*world.table).await.unwrap();
    let units: Vec<_> =
        found.units.iter().map(|(unit, day)| (unit.day.to_string(), day.hours.len(), day.oldest.hour.to_string())).collect();
    assert_eq!(units, [("2026-11-19".into(), 1, "2026-11-19T23".into()), ("2026-11-21".into(), 2, "2026-11-21T03".into())]);
}

#[tokio::test]
async fn the_age_is_that_of_waiting_and_not_of_the_hour() {
    let world = World::new();
    world.partial(("demo", Family::Ai), 1, 2, 2).await;
    let years = 20 * 365 * 24;
    world.partial(("demo", Family::Sales), 2, years, 1).await;
    let summary = world.aggregate.tick().await.unwrap();
    assert!((summary.oldest_pending_age_hours - 2.0).abs() < 0.01, "an import of old sales waits as long as any other: {summary:?}");
    assert!(!summary.is_older_than(24));
    world.partial(("demo", Family::Sales), 3, years + 1, 25).await;
    assert!(world.aggregate.tick().await.unwrap().is_older_than(24));
}

#[tokio::test]
async fn what_is_settled_no_longer_waits_and_what_is_no_partial_is_left_out() {
    let world = World::new();
    world.partial(("demo", Family::Ai), 1, 0, 0).await;
    let other = Item::new(Key::new("T#demo#M#ai", "2026-11-21")).with("pending", Value::Text("P03".into()));
    world.table.put(other, ports::Condition::Always).await.unwrap();
    let before = world.aggregate.tick().await.unwrap();
    assert_eq!(before.pending_partials, 1);
    let key = world.table.items().into_iter().find(|item| item.text("object").is_some()).unwrap().key;
    world.table.delete(&key).await.unwrap();
    assert_eq!(world.aggregate.tick().await.unwrap().pending_partials, 0);
}

#[tokio::test]
async fn a_tick_reads_no_more_than_it_may_and_says_so() {
    let world = World::new();
    for segment in 0..20_000 {
        world.partial(("demo", Family::Engagement), segment, 0, 0).await;
    }
    let calls = world.faults.calls();
    let summary = world.aggregate.tick().await.unwrap();
    assert!(!summary.complete);
    assert!(summary.pending_partials > 10_000, "{summary:?}");
    assert_eq!(world.faults.calls() - calls, 15 + 2 + 1, "a page of each other shard, two of the full one, and the oldest partial");
}

#[tokio::test]
async fn a_table_that_does_not_answer_fails_the_tick() {
    let world = World::new();
    world.faults.down("table");
    assert!(world.aggregate.tick().await.is_err());
}
