//! The function over ports in memory, and a store that gives it something to settle.

use crate::config::Config;
use crate::policy::Policy;
use crate::{Aggregate, Summary, Tick, TickError};
use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};
use memory::{Faults, MemoryBucket, MemoryQueue, MemoryTable, SettableClock};
use model::money::Currency;
use model::{Day, Family, Hour, HourOffset, SegmentId, TenantId, Timestamp};
use ports::{Item, Read, SystemRandom, Table};
use records::{Partial, Tenant, partial, tenant};
use rollups::{DayManifest, Owner, day};
use serde_json::json;
use settle::{Rules, Settler, Work};
use std::sync::Arc;
use store::Store;

/// 2026-11-21T05:30:00Z.
pub const NOW: Timestamp = Timestamp::from_millis(1_795_239_000_000);
pub const HOUR_MS: i64 = 3_600_000;
const MINUTE_MS: i64 = 60_000;

pub struct World {
    pub faults: Faults,
    pub table: Arc<MemoryTable>,
    pub bucket: Arc<MemoryBucket>,
    pub queue: Arc<MemoryQueue>,
    pub errands: Arc<MemoryQueue>,
    pub clock: Arc<SettableClock>,
    pub aggregate: Aggregate,
    store: Store,
}

impl World {
    /// Tenants `demo` and `other`.
    pub async fn new() -> Self {
        Self::with(Rules { grace_ms: 15 * MINUTE_MS, ..Rules::default() }).await
    }

    pub async fn with(rules: Rules) -> Self {
        let faults = Faults::none();
        let table = Arc::new(MemoryTable::with_faults(&faults));
        let bucket = Arc::new(MemoryBucket::with_faults(&faults));
        let queue = Arc::new(MemoryQueue::with_faults(&faults));
        let errands = Arc::new(MemoryQueue::with_faults(&faults));
        let clock = Arc::new(SettableClock::at(NOW));
        let config = Config {
            table_name: "weir".into(),
            bucket_name: "weir".into(),
            work_queue_url: "http://127.0.0.1/work".into(),
            report_queue_url: "http://127.0.0.1/report".into(),
            pending_alarm_hours: 30,
            policy: Policy { grace_minutes: 15, busy_partials: 24, open_partials: 300 },
            rules: rules.clone(),
        };
        let random = Arc::new(SystemRandom);
        let settler = Settler { table: table.clone(), bucket: bucket.clone(), clock: clock.clone(), random, rules };
        let aggregate = Aggregate::new(settler, (queue.clone(), errands.clone()), config);
        let store = Store::new(table.clone(), bucket.clone(), clock.clone());
        let world = Self { faults, table, bucket, queue, errands, clock, aggregate, store };
        for name in ["demo", "other"] {
            world.tenant(name, 0).await;
        }
        world
    }

    pub async fn tenant(&self, name: &str, offset: u8) {
        let hour_offset = HourOffset::from_minutes(offset).unwrap();
        let tenant =
            Tenant { id: id(name), hour_offset, currency: Currency::from_code("USD").unwrap(), pseudonymous: false, created_at: NOW };
        tenant::create(&*self.table, &tenant).await.unwrap();
    }

    /// Partials of an hour so many hours ago, without segments: enough to be found.
    pub async fn partials(&self, (tenant, family): (&str, Family), hours_ago: i64, count: usize) {
        for number in 0..count {
            self.partial((tenant, family), (hours_ago, 0), &format!("{hours_ago}-{number}")).await;
        }
    }

    /// A partial of an hour so many hours ago, written so many hours ago.
    pub async fn partial(&self, (tenant, family): (&str, Family), (hours_ago, written_ago): (i64, i64), segment: &str) {
        let moment = NOW.plus_millis(-hours_ago * HOUR_MS);
        let partial = Partial {
            tenant: id(tenant),
            family,
            hour: Hour::of(moment, HourOffset::default()),
            segment: SegmentId::new(format!("{segment:0>61}")).unwrap(),
            events: 1,
            first: moment,
            last: moment,
            state: None,
        };
        partial::put(&*self.table, &partial, NOW.plus_millis(-written_ago * HOUR_MS)).await.unwrap();
    }

    /// Stores events of a tenant as the queue delivers them, one for each of these hours ago: a segment, and a partial for each hour.
    pub async fn stored(&self, tenant: &str, hours_ago: &[i64]) {
        let event = |ago: &i64| {
            let time = NOW.plus_millis(-ago * HOUR_MS).as_millis();
            let facts = json!({"engagement": {"page": "Home"}});
            json!({"id": format!("e:s:{ago}"), "project": "shop", "kind": "screen_view", "time": time, "received": time, "facts": facts})
        };
        let events: Vec<_> = hours_ago.iter().map(event).collect();
        let body = json!({"tenant": tenant, "hour_offset": 0, "currency": "USD", "received": NOW.as_millis(), "events": events});
        let response = self.store.handle(batch([("m1", body.to_string())])).await;
        assert_eq!(response.batch_item_failures.len(), 0);
    }

    /// Stores a request to an AI model that takes so many tokens.
    pub async fn used(&self, tenant: &str, tokens: i64) {
        let facts = json!({"ai": {"model": "gpt-4", "status": "completed", "tokens": {"input": tokens}}});
        let time = NOW.as_millis();
        let event =
            json!({"id": format!("r:{tokens}"), "project": "shop", "kind": "ai.request", "time": time, "received": time, "facts": facts});
        let body = json!({"tenant": tenant, "hour_offset": 0, "currency": "USD", "received": time, "events": [event]});
        let response = self.store.handle(batch([("m2", body.to_string())])).await;
        assert_eq!(response.batch_item_failures.len(), 0);
    }

    /// A tick; the work that waits after it, as it lies in the queue.
    pub async fn tick(&self, tick: Tick) -> Result<(Summary, Vec<Work>), TickError> {
        let summary = self.aggregate.tick(tick).await?;
        Ok((summary, self.queue.bodies().iter().map(|body| serde_json::from_str(body).unwrap()).collect()))
    }

    /// Delivers messages; the ids of those that are to be delivered again.
    pub async fn deliver<const N: usize>(&self, messages: [(&str, String); N], time_ms: i64) -> Vec<String> {
        let response = self.aggregate.work(batch(messages), ports::Clock::now(&*self.clock).plus_millis(time_ms)).await;
        response.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect()
    }

    pub async fn manifest(&self, tenant: &str, family: Family) -> DayManifest {
        let owner = Owner { tenant: id(tenant), family };
        day::get(&*self.table, &owner, (today(), Read::Strong)).await.unwrap()
    }

    /// Puts an item that nobody can read.
    pub async fn spoil(&self, partition: &str, sort: &str) {
        self.table.put(Item::new(ports::Key::new(partition, sort)), ports::Condition::Always).await.unwrap();
    }
}

pub fn id(name: &str) -> TenantId {
    TenantId::new(name).unwrap()
}

pub fn today() -> Day {
    Hour::of(NOW, HourOffset::default()).day()
}

fn batch<const N: usize>(messages: [(&str, String); N]) -> SqsEvent {
    let record = |(id, body): (&str, String)| {
        let mut message = SqsMessage::default();
        message.message_id = Some(id.to_owned());
        message.body = Some(body);
        message
    };
    let mut event = SqsEvent::default();
    event.records = messages.into_iter().map(record).collect();
    event
}

/// The tenants and days that are to be settled.
pub fn settles(work: &[Work]) -> Vec<String> {
    let named = |work: &Work| match work {
        Work::Settle { tenant, family, day, .. } => Some(format!("{tenant} {family} {day}")),
        _ => None,
    };
    work.iter().filter_map(named).collect()
}
