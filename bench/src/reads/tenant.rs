//! A tenant with thirty days of history, stored and settled as the product does: hours into rollups, days that are over, the month that is,
//! and all time; of today some hours are settled, and of the last ones partials wait.

use super::events;
use anyhow::{Context, Result, ensure};
use memory::{MemoryBucket, MemoryTable, SettableClock};
use model::message::{Message, pack};
use model::money::Currency;
use model::{Day, Family, Hour, HourOffset, TenantId, Timestamp};
use ports::SystemRandom;
use serde_json::json;
use settle::{Again, Settler, Work};
use std::sync::Arc;
use store::Store;

/// 2026-11-21, and how many days there are before it.
pub const TODAY: Day = Day::from_index(20_778);
const DAYS: i32 = 30;
/// The hours of today that are settled, and those of which partials wait.
const SETTLED_HOURS: i32 = 9;
const OPEN_HOURS: i32 = 2;
/// Batches in which an open hour has come so far.
const BATCHES: usize = 3;

/// When it is asked: in the second of the open hours.
pub fn now() -> Timestamp {
    hour(SETTLED_HOURS + OPEN_HOURS - 1).start(HourOffset::default()).plus_millis(30 * 60_000)
}

/// An hour of today.
fn hour(number: i32) -> Hour {
    Hour::from_index(TODAY.first_hour().index() + number)
}

/// The tables and the time of one deployment.
pub struct Tenant {
    pub id: TenantId,
    pub table: Arc<MemoryTable>,
    pub bucket: Arc<MemoryBucket>,
    pub clock: Arc<SettableClock>,
}

impl Tenant {
    /// Everything up to now.
    pub async fn with_history() -> Result<Self> {
        let tenant =
            Self { id: TenantId::new("bench")?, table: Arc::default(), bucket: Arc::default(), clock: Arc::new(SettableClock::at(now())) };
        records::tenant::create(&*tenant.table, &tenant.record()).await?;
        for day in (TODAY.index() - DAYS..TODAY.index()).map(Day::from_index) {
            let hours = day.first_hour().index()..=day.last_hour().index();
            for hour in hours.map(Hour::from_index) {
                tenant.store(&events::of_hour(hour)?).await?;
            }
            tenant.clock.set(day.next().first_hour().start(HourOffset::default()).plus_millis(3_600_000));
            tenant.settle(day).await?;
            if day.next().month() != day.month() {
                tenant.roll_up(day).await?;
            }
        }
        for number in 0..SETTLED_HOURS {
            tenant.store(&events::of_hour(hour(number))?).await?;
        }
        tenant.clock.set(now());
        tenant.settle(TODAY).await?;
        for number in SETTLED_HOURS..SETTLED_HOURS + OPEN_HOURS {
            let events = events::of_hour(hour(number))?;
            for batch in 0..BATCHES {
                let part: Vec<_> = events.iter().skip(batch).step_by(BATCHES).cloned().collect();
                tenant.store(&part).await?;
            }
        }
        tenant.clock.set(now());
        Ok(tenant)
    }

    fn record(&self) -> records::Tenant {
        records::Tenant {
            id: self.id.clone(),
            hour_offset: HourOffset::default(),
            currency: Currency::USD,
            pseudonymous: false,
            created_at: Timestamp::from_millis(0),
        }
    }

    /// Stores a batch as the queue delivers it.
    async fn store(&self, events: &[model::Event]) -> Result<()> {
        let received = events.iter().map(|event| event.received).max().context("a batch has events")?;
        self.clock.set(received);
        let message = Message {
            tenant: self.id.clone(),
            hour_offset: HourOffset::default(),
            currency: Currency::USD,
            received,
            events: events.to_vec(),
        };
        let record = |(number, body): (usize, String)| {
            json!({"messageId": format!("{received}-{number}"), "receiptHandle": "r", "body": body, "attributes": {}, "messageAttributes": {},
                "eventSource": "aws:sqs"})
        };
        let records: Vec<_> = pack(message)?.into_iter().enumerate().map(record).collect();
        let store = Store::new(self.table.clone(), self.bucket.clone(), self.clock.clone());
        let failed = store.handle(serde_json::from_value(json!({"Records": records}))?).await.batch_item_failures;
        ensure!(failed.is_empty(), "a batch was not stored");
        Ok(())
    }

    async fn settle(&self, day: Day) -> Result<()> {
        for family in Family::ALL {
            self.run(&Work::Settle { tenant: self.id.clone(), family, day, again: Again::Nothing }).await?;
        }
        Ok(())
    }

    /// The month that ends with a day, and all time.
    async fn roll_up(&self, day: Day) -> Result<()> {
        for family in Family::ALL {
            self.run(&Work::Month { tenant: self.id.clone(), family, month: day.month() }).await?;
            self.run(&Work::Lifetime { tenant: self.id.clone(), family }).await?;
        }
        Ok(())
    }

    async fn run(&self, work: &Work) -> Result<()> {
        let settler = Settler {
            table: self.table.clone(),
            bucket: self.bucket.clone(),
            clock: self.clock.clone(),
            random: Arc::new(SystemRandom),
            rules: settle::Rules::default(),
        };
        settler.run(work).await?;
        Ok(())
    }
}
