//! A store over ports in memory, and the messages it is given.

use crate::Store;
use crate::config::Reading;
use arrow_array::cast::AsArray;
use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};
use memory::{Faults, MemoryBucket, MemoryTable, SettableClock};
use model::accept::Retention;
use model::event::{AiUse, Engagement, Facts, Sale};
use model::message::{Message, pack};
use model::money::Currency;
use model::{Event, EventId, Family, Hour, HourOffset, ProjectId, TenantId, Timestamp, UserId};
use ports::Read;
use records::Partial;
use records::partial::{self, Span};
use std::collections::BTreeMap;
use std::sync::Arc;

/// 2026-11-21T05:30:00Z.
pub const NOW: Timestamp = Timestamp::from_millis(1_795_239_000_000);
pub const HOUR_MS: i64 = 3_600_000;

pub struct World {
    pub faults: Faults,
    pub table: Arc<MemoryTable>,
    pub bucket: Arc<MemoryBucket>,
    pub clock: Arc<SettableClock>,
    pub store: Store,
}

impl World {
    pub fn new() -> Self {
        let faults = Faults::none();
        let table = Arc::new(MemoryTable::with_faults(&faults));
        let bucket = Arc::new(MemoryBucket::with_faults(&faults));
        let clock = Arc::new(SettableClock::at(NOW));
        let reading = Reading { pseudonym_secret: "5f1c0a9be27d43688f0b6c1d2e934a75".into(), retention: Retention::default() };
        let store = Store::new(table.clone(), bucket.clone(), clock.clone()).reading(reading);
        Self { faults, table, bucket, clock, store }
    }

    /// Stores a batch; the ids of the messages that are to be delivered again, in order.
    pub async fn store(&self, records: Vec<SqsMessage>) -> Vec<String> {
        let mut event = SqsEvent::default();
        event.records = records;
        let response = self.store.handle(event).await;
        response.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect()
    }

    /// The partials of a tenant's family.
    pub async fn partials(&self, tenant: &str, family: Family) -> Vec<Partial> {
        let (tenant, hours) = (tenant_id(tenant), Hour::from_index(0)..=Hour::from_index(10_000_000));
        partial::range(&*self.table, &Span { tenant: &tenant, family, hours, read: Read::Strong }).await.unwrap()
    }

    /// How often each event counts in a tenant's family: by the segments that partials commit, as whoever settles them would read them.
    pub async fn counted(&self, tenant: &str, family: Family) -> BTreeMap<String, usize> {
        let objects = self.bucket.objects();
        let mut counted = BTreeMap::new();
        for partial in self.partials(tenant, family).await {
            let segment = objects.get(&partial.object()).expect("a partial commits a segment that is there");
            for (_, batch) in cube::segment::decode(segment).unwrap().into_iter().filter(|(hour, _)| *hour == partial.hour) {
                assert_eq!(partial.events, batch.num_rows() as u64);
                for id in batch.column_by_name("id").unwrap().as_string::<i32>() {
                    *counted.entry(id.unwrap().to_owned()).or_default() += 1;
                }
            }
        }
        counted
    }
}

pub fn tenant_id(name: &str) -> TenantId {
    TenantId::new(name).unwrap()
}

pub fn event(id: &str, time: Timestamp, facts: Facts) -> Event {
    Event {
        id: EventId::of_event(None, id),
        project: ProjectId::new("shop").unwrap(),
        user: Some(UserId::new(format!("user of {id}")).unwrap()),
        session: None,
        kind: "something".into(),
        time,
        original_time: None,
        received: NOW,
        plan: None,
        historical: false,
        facts,
        properties: None,
    }
}

/// An event of engagement, now.
pub fn view(id: &str) -> Event {
    event(id, NOW, Facts::Engagement(Engagement::default()))
}

/// A sale, now.
pub fn sale(id: &str) -> Event {
    event(id, NOW, Facts::Sales(Sale { amount_micros: Some(5_000_000), status: Some("completed".into()), ..Sale::default() }))
}

/// A request to a model, now.
pub fn request(id: &str) -> Event {
    event(id, NOW, Facts::Ai(AiUse::default()))
}

pub fn message(tenant: &str, events: Vec<Event>) -> Message {
    Message { tenant: tenant_id(tenant), hour_offset: HourOffset::default(), currency: Currency::USD, received: NOW, events }
}

/// The record of a message that is delivered for the first time.
pub fn record(id: &str, message: Message) -> SqsMessage {
    let bodies = pack(message).unwrap();
    assert_eq!(bodies.len(), 1);
    raw(id, &bodies[0])
}

pub fn raw(id: &str, body: &str) -> SqsMessage {
    let mut record = SqsMessage::default();
    record.message_id = Some(id.to_owned());
    record.body = Some(body.to_owned());
    attempt(1, record)
}

/// The same record, delivered so often.
pub fn attempt(number: u32, mut record: SqsMessage) -> SqsMessage {
    record.attributes.insert("ApproximateReceiveCount".to_owned(), number.to_string());
    record
}
