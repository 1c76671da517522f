//! Reading partials of a table and segments of a bucket in memory.
#![expect(clippy::unwrap_used, reason = "a test's helpers may panic")]

use async_trait::async_trait;
use bytes::Bytes;
use cube::columns::{RowContext, from_events};
use cube::query::{Answer, Granularity, MetricQuery, Range};
use cube::segment;
use memory::{Faults, MemoryBucket, MemoryTable};
use model::event::{AiUse, Tokens};
use model::money::Currency;
use model::price::PriceBook;
use model::{Event, EventId, Facts, Family, Hour, HourOffset, ProjectId, TenantId, Timestamp, UserId};
use ports::{Bucket, ObjectInfo, Table};
use reader::{Owner, ReadError, Reader};
use records::{Partial, object, partial};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const HOUR_MS: i64 = 3_600_000;

/// Moments are counted in hours from here: 2026-11-01T00:00:00Z.
fn at(hours: i64) -> Timestamp {
    Timestamp::from_millis(1_793_491_200_000 + hours * HOUR_MS)
}

fn range(from: i64, to: i64) -> Range {
    Range { from: at(from), to: at(to) }
}

/// An AI request of so many tokens read, in an hour.
fn request(user: &str, hour: i64, input: i64) -> Event {
    Event {
        id: EventId::of_request(&format!("{user}-{hour}-{input}")),
        project: ProjectId::new("shop").unwrap(),
        user: Some(UserId::new(user).unwrap()),
        session: None,
        kind: "request".into(),
        time: at(hour).plus_millis(1000),
        original_time: None,
        received: at(hour).plus_millis(2000),
        plan: None,
        historical: false,
        facts: Facts::Ai(AiUse {
            model: Some("gpt-4".into()),
            status: Some("completed".into()),
            tokens: Tokens { input, ..Tokens::default() },
            ..AiUse::default()
        }),
        properties: None,
    }
}

struct World {
    faults: Faults,
    table: Arc<MemoryTable>,
    bucket: Arc<MemoryBucket>,
    batches: AtomicUsize,
}

impl World {
    fn new() -> Self {
        let faults = Faults::none();
        let (table, bucket) = (MemoryTable::with_faults(&faults), MemoryBucket::with_faults(&faults));
        Self { faults, table: Arc::new(table), bucket: Arc::new(bucket), batches: AtomicUsize::new(0) }
    }

    /// Stores a batch as the function `store` does; `is_committed` decides which of its hours have a partial.
    async fn store(&self, tenant: &str, events: &[Event], with_state: bool, is_committed: impl Fn(Hour) -> bool) {
        let tenant = TenantId::new(tenant).unwrap();
        let context = RowContext { prices: PriceBook::builtin(), hour_offset: HourOffset::default(), currency: Currency::USD };
        let hours = from_events(Family::Ai, events, &context).unwrap();
        let bytes = segment::encode(&tenant, Family::Ai, &hours).unwrap();
        let batch = self.batches.fetch_add(1, Ordering::SeqCst).to_string();
        let segment = segment::id(&[&batch], &bytes);
        Bucket::put(&*self.bucket, &object::segment(Family::Ai, &tenant, &segment), "application/octet-stream", bytes).await.unwrap();
        for (hour, batch) in hours.iter().filter(|(hour, _)| is_committed(*hour)) {
            let partial = Partial {
                tenant: tenant.clone(),
                family: Family::Ai,
                hour: *hour,
                segment: segment.clone(),
                events: batch.num_rows() as u64,
                first: at(0),
                last: at(0),
                state: with_state.then(|| cube::fold(Family::Ai, batch).encode().into()),
            };
            partial::put(&*self.table, &partial, at(0)).await.unwrap();
        }
    }

    async fn ask(&self, tenant: &str, queries: &[MetricQuery]) -> Result<Vec<Answer>, ReadError> {
        ask(self.table.clone(), self.bucket.clone(), tenant, queries).await
    }

    /// The sum of one number over a range.
    async fn sum(&self, tenant: &str, query: MetricQuery) -> i128 {
        total(&self.ask(tenant, &[query]).await.unwrap()[0])
    }
}

async fn ask(table: Arc<dyn Table>, bucket: Arc<dyn Bucket>, tenant: &str, queries: &[MetricQuery]) -> Result<Vec<Answer>, ReadError> {
    let tenant = TenantId::new(tenant).unwrap();
    let owner = Owner { tenant: &tenant, hour_offset: HourOffset::default() };
    let queries: Vec<_> = queries.iter().map(|query| query.check().unwrap()).collect();
    let reading = Reader::new(table, bucket).answer(owner, &queries).await?;
    assert_eq!(reading.settled_through, None);
    Ok(reading.answers)
}

fn total(answer: &Answer) -> i128 {
    answer.rows.iter().map(|row| row.values[0].exact().unwrap().units).sum()
}

fn input_tokens(range: Range) -> MetricQuery {
    MetricQuery::new("ai_requests", &["inputTokens"], range)
}

fn of_user(user: &str, range: Range) -> MetricQuery {
    MetricQuery::new("ai_users", &["inputTokens"], range).only("user", &[user])
}

#[tokio::test]
async fn an_answer_adds_up_the_partials_of_its_hours_and_no_others() {
    let world = World::new();
    world.store("acme", &[request("ann", 1, 10), request("ann", 2, 200), request("bob", 2, 3000)], true, |_| true).await;
    world.store("acme", &[request("ann", 2, 40_000)], true, |_| true).await;
    assert_eq!(world.sum("acme", input_tokens(range(0, 24))).await, 43_210);
    assert_eq!(world.sum("acme", input_tokens(range(2, 3))).await, 43_200);
    assert_eq!(world.sum("acme", input_tokens(range(3, 24))).await, 0);
    assert_eq!(world.sum("acme", of_user("ann", range(0, 24))).await, 40_210);
    assert_eq!(world.sum("acme", of_user("nobody", range(0, 24))).await, 0);
}

#[tokio::test]
async fn what_one_tenant_has_counted_is_nothing_to_another() {
    let world = World::new();
    world.store("acme", &[request("ann", 1, 10)], true, |_| true).await;
    for other in ["acm", "acme2", "other"] {
        assert_eq!(world.sum(other, input_tokens(range(0, 24))).await, 0, "{other}");
        assert_eq!(world.sum(other, of_user("ann", range(0, 24))).await, 0, "{other}");
    }
}

#[tokio::test]
async fn a_partial_without_state_is_answered_from_its_segment() {
    let (with, without) = (World::new(), World::new());
    let events = [request("ann", 1, 10), request("ann", 2, 200), request("bob", 2, 3000), request("bob", 3, 40_000)];
    with.store("acme", &events, true, |_| true).await;
    without.store("acme", &events, false, |_| true).await;
    for query in
        [input_tokens(range(0, 24)), input_tokens(range(2, 3)), of_user("bob", range(0, 3)).every(Granularity::Hour, chrono_tz::Tz::UTC)]
    {
        assert_eq!(with.ask("acme", std::slice::from_ref(&query)).await.unwrap(), without.ask("acme", &[query]).await.unwrap());
    }
    let reads = without.faults.history().iter().filter(|call| call.service == "bucket" && call.operation == "get").count();
    assert_eq!(reads, 3, "a segment of several hours is read once a question");
}

#[tokio::test]
async fn an_hour_of_a_segment_that_was_not_committed_does_not_count() {
    let world = World::new();
    let events = [request("ann", 1, 10), request("ann", 2, 200)];
    let second = Hour::of(at(2), HourOffset::default());
    world.store("acme", &events, false, |hour| hour == second).await;
    assert_eq!(world.sum("acme", input_tokens(range(0, 24))).await, 200);
}

#[tokio::test]
async fn several_questions_share_one_reading_and_the_time_between_them_is_not_read() {
    let world = World::new();
    world.store("acme", &[request("ann", 1, 10), request("bob", 30, 200), request("ann", 1000, 3000)], true, |_| true).await;
    let queries = [
        input_tokens(range(0, 24)),
        input_tokens(range(12, 48)),
        of_user("ann", range(0, 24)),
        of_user("bob", range(24, 48)),
        input_tokens(range(1000, 1001)),
    ];
    let before = world.faults.calls();
    let answers = world.ask("acme", &queries).await.unwrap();
    assert_eq!(answers.iter().map(total).collect::<Vec<_>>(), [10, 200, 10, 200, 3000]);
    assert_eq!(world.faults.calls() - before, 2, "two spans, a query of the table each");
}

#[tokio::test]
async fn all_pages_of_a_partition_count() {
    let world = World::new();
    let mut expected = 0;
    for batch in 0..30 {
        let events: Vec<Event> = (0..2500).map(|n| request(&scattered(batch * 10_000 + n), 1, 1)).collect();
        expected += 2500;
        world.store("acme", &events, true, |_| true).await;
    }
    let before = world.faults.calls();
    assert_eq!(world.sum("acme", input_tokens(range(0, 2))).await, expected);
    assert!(world.faults.calls() - before > 1, "the partials fit one page, so the test shows nothing");
    assert_eq!(world.sum("acme", of_user(&scattered(110_007), range(0, 2))).await, 1);
}

/// A name that does not compress well.
fn scattered(number: u64) -> String {
    let mixed = (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    format!("{mixed:016x}{:016x}", mixed.rotate_left(29).wrapping_mul(0xBF58_476D_1CE4_E5B9))
}

/// A bucket in which an object is gone for the first so many reads.
struct Gone(Arc<MemoryBucket>, AtomicUsize);

#[async_trait]
impl Bucket for Gone {
    async fn put(&self, key: &str, content_type: &str, body: Bytes) -> ports::Result<()> {
        self.0.put(key, content_type, body).await
    }

    async fn get(&self, key: &str) -> ports::Result<Option<Bytes>> {
        let left = self.1.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if left.is_ok() { Ok(None) } else { self.0.get(key).await }
    }

    async fn list(&self, prefix: &str) -> ports::Result<Vec<ObjectInfo>> {
        self.0.list(prefix).await
    }

    async fn delete(&self, key: &str) -> ports::Result<()> {
        self.0.delete(key).await
    }
}

#[tokio::test]
async fn a_missing_part_means_start_again_and_never_zero() {
    let world = World::new();
    world.store("acme", &[request("ann", 1, 10)], false, |_| true).await;
    let query = [input_tokens(range(0, 24))];
    let found = ask(world.table.clone(), Arc::new(Gone(world.bucket.clone(), 2.into())), "acme", &query).await.unwrap();
    assert_eq!(total(&found[0]), 10);
    let lost = ask(world.table.clone(), Arc::new(Gone(world.bucket.clone(), 3.into())), "acme", &query).await;
    assert!(matches!(lost, Err(ReadError::Missing(_))));
}

#[tokio::test]
async fn what_cannot_be_read_is_an_error_and_never_zero() {
    let world = World::new();
    world.store("acme", &[request("ann", 1, 10)], true, |_| true).await;
    world.faults.down("table");
    assert!(matches!(world.ask("acme", &[input_tokens(range(0, 24))]).await, Err(ReadError::Record(_))));
    world.faults.heal();

    let spoiled = world.table.items().into_iter().next().unwrap().with("state", ports::Value::Binary(Bytes::from_static(b"\xffnonsense")));
    Table::put(&*world.table, spoiled, ports::Condition::Always).await.unwrap();
    assert!(matches!(world.ask("acme", &[input_tokens(range(0, 24))]).await, Err(ReadError::State { .. })));
}
