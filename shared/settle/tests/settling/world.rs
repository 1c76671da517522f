//! A table and a bucket in memory with a tenant, events stored in them as `store` does, and settlers.

use bytes::Bytes;
use cube::columns::{RowContext, from_events};
use cube::{FamilyState, fold, rollup, segment};
use memory::{Faults, MemoryBucket, MemoryTable, SettableClock};
use model::event::{AiUse, Tokens};
use model::money::Currency;
use model::price::PriceBook;
use model::{AttemptId, Day, Event, EventId, Facts, Family, Hour, HourOffset, ProjectId, SegmentId, TenantId, Timestamp, UserId};
use ports::{Bucket as _, Random, Read};
use records::partial::{self, Span};
use records::{Partial, Tenant, object, tenant};
use rollups::{Bucket, DayManifest, LifetimeManifest, MonthManifest, Owner, Rollup, day, upper};
use settle::{Again, Done, Rules, SettleError, Settler, Work};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub const MINUTE_MS: i64 = 60_000;
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
pub const DAY_MS: i64 = 24 * HOUR_MS;

/// Moments are counted in hours from here: 2026-11-01T00:00:00Z.
pub fn at(hours: i64) -> Timestamp {
    Timestamp::from_millis(1_793_491_200_000 + hours * HOUR_MS)
}

pub fn hour(hours: i64) -> Hour {
    Hour::of(at(hours), HourOffset::default())
}

pub fn day(days: i64) -> Day {
    hour(days * 24).day()
}

/// A request to a model, by its id, in an hour.
pub fn request(id: &str, hour: i64, input: i64) -> Event {
    Event {
        id: EventId::of_request(id),
        project: ProjectId::new("shop").unwrap(),
        user: Some(UserId::new(format!("user of {id}")).unwrap()),
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
            tokens: Tokens { input, output: 7, ..Tokens::default() },
            ..AiUse::default()
        }),
        properties: None,
    }
}

/// Numbers from one on: a seed of its own for each settler.
#[derive(Debug)]
pub struct Counter {
    of: u64,
    next: AtomicU64,
}

impl Counter {
    /// Other numbers than another's.
    pub fn of(of: u64) -> Self {
        Self { of, next: AtomicU64::default() }
    }
}

impl Random for Counter {
    fn number(&self) -> u128 {
        (u128::from(self.of) << 64) + u128::from(self.next.fetch_add(1, Ordering::SeqCst)) + 1
    }
}

pub struct World {
    pub faults: Faults,
    pub table: Arc<MemoryTable>,
    pub bucket: Arc<MemoryBucket>,
    pub clock: Arc<SettableClock>,
    pub owner: Owner,
    pub settler: Settler,
}

impl World {
    /// At noon of the first day of November 2026.
    pub async fn new() -> Self {
        let faults = Faults::none();
        let table = Arc::new(MemoryTable::with_faults(&faults));
        let bucket = Arc::new(MemoryBucket::with_faults(&faults));
        let clock = Arc::new(SettableClock::at(at(12)));
        let owner = Owner { tenant: TenantId::new("demo").unwrap(), family: Family::Ai };
        let (id, hour_offset) = (owner.tenant.clone(), HourOffset::default());
        let tenant = Tenant { id, hour_offset, currency: Currency::USD, pseudonymous: false, created_at: at(0) };
        tenant::create(&*table, &tenant).await.unwrap();
        let random = Arc::new(Counter::of(0));
        let settler = Settler { table: table.clone(), bucket: bucket.clone(), clock: clock.clone(), random, rules: Rules::default() };
        Self { faults, table, bucket, clock, owner, settler }
    }

    /// Stores events as one segment, whose name also depends on the message that brought them. Answers its name.
    pub async fn store(&self, message: &str, events: &[Event]) -> SegmentId {
        self.store_of(&self.owner, message, events).await
    }

    pub async fn store_of(&self, owner: &Owner, message: &str, events: &[Event]) -> SegmentId {
        let hours = from_events(owner.family, events, &context(PriceBook::builtin())).unwrap();
        let object = segment::encode(&owner.tenant, owner.family, &hours).unwrap();
        let id = segment::id(&[message], &object);
        let key = object::segment(owner.family, &owner.tenant, &id);
        self.bucket.put(&key, "application/vnd.apache.parquet", object).await.unwrap();
        for (hour, batch) in hours {
            let times = events.iter().map(|event| event.time).filter(|time| Hour::of(*time, HourOffset::default()) == hour);
            let partial = Partial {
                tenant: owner.tenant.clone(),
                family: owner.family,
                hour,
                segment: id.clone(),
                events: batch.num_rows() as u64,
                first: times.clone().min().unwrap(),
                last: times.max().unwrap(),
                state: Some(fold(owner.family, &batch).encode().into()),
            };
            partial::put(&*self.table, &partial, at(0)).await.unwrap();
        }
        id
    }

    pub fn settle(&self, days: i64, again: Again) -> Work {
        Work::Settle { tenant: self.owner.tenant.clone(), family: self.owner.family, day: day(days), again }
    }

    pub fn sweep(&self, days: i64) -> Work {
        Work::Sweep { tenant: self.owner.tenant.clone(), family: self.owner.family, day: day(days) }
    }

    pub fn month(&self) -> Work {
        Work::Month { tenant: self.owner.tenant.clone(), family: self.owner.family, month: day(0).month() }
    }

    /// Settles what is pending of a day.
    pub async fn run(&self, days: i64) -> Done {
        self.settler.run(&self.settle(days, Again::Nothing)).await.unwrap()
    }

    pub async fn do_work(&self, work: Work) -> Result<Done, SettleError> {
        self.settler.run(&work).await
    }

    pub async fn manifest(&self, days: i64) -> DayManifest {
        day::get(&*self.table, &self.owner, (day(days), Read::Strong)).await.unwrap()
    }

    pub async fn month_manifest(&self) -> MonthManifest {
        upper::month(&*self.table, &self.owner, (day(0).month(), Read::Strong)).await.unwrap()
    }

    pub async fn lifetime_manifest(&self) -> LifetimeManifest {
        upper::lifetime(&*self.table, &self.owner, Read::Strong).await.unwrap()
    }

    /// The state of a rollup; all of its parts must be there.
    pub async fn state(&self, bucket: Bucket, rollup: &Rollup) -> FamilyState {
        let keys = rollups::rollup::keys(&self.owner, bucket, (rollup.attempt, &rollup.contents.names()));
        let parts: Vec<Bytes> = rollups::rollup::states(&*self.table, &keys, Read::Strong).await.unwrap();
        rollup::unpack(self.owner.family, &parts).unwrap()
    }

    /// The states of the settled hours of a day.
    pub async fn hours(&self, days: i64) -> BTreeMap<Hour, FamilyState> {
        let mut states = BTreeMap::new();
        for (hour, entry) in self.manifest(days).await.body.hours {
            states.insert(hour, self.state(Bucket::Hour(hour), &entry.rollup).await);
        }
        states
    }

    /// Every event in the log that a day's manifest names, by hour and id, and how often it is there.
    pub async fn log(&self, days: i64) -> BTreeMap<(Hour, String), usize> {
        let mut events = BTreeMap::new();
        for (hour, entry) in self.manifest(days).await.body.hours {
            for number in entry.log.iter().flat_map(|log| log.objects.iter().map(|number| (log.attempt, *number))) {
                let opened = segment::open(&self.bucket.objects()[&self.log_object(days, number)]).unwrap();
                for group in (0..opened.groups().len()).filter(|group| opened.groups()[*group].hour == hour) {
                    for id in ids(&opened.identities(group).unwrap()) {
                        *events.entry((hour, id)).or_default() += 1;
                    }
                }
            }
        }
        events
    }

    pub fn log_object(&self, days: i64, (attempt, number): (AttemptId, u32)) -> String {
        object::log((self.owner.family, &self.owner.tenant, day(days)), attempt, number)
    }

    /// The partials that are left of some days.
    pub async fn partials(&self) -> Vec<Partial> {
        let hours = hour(-24 * 40)..=hour(24 * 80);
        let span = Span { tenant: &self.owner.tenant, family: self.owner.family, hours, read: Read::Strong };
        partial::range(&*self.table, &span).await.unwrap()
    }

    /// How many items of rollups there are.
    pub fn rollup_items(&self) -> usize {
        self.table.items().iter().filter(|item| item.key.partition.contains("#R#")).count()
    }
}

fn ids(identities: &arrow_array::RecordBatch) -> Vec<String> {
    use arrow_array::cast::AsArray;
    identities.column_by_name("id").unwrap().as_string::<i32>().iter().map(|id| id.unwrap().to_owned()).collect()
}

pub fn context(prices: &PriceBook) -> RowContext<'_> {
    RowContext { prices, hour_offset: HourOffset::default(), currency: Currency::USD }
}

/// What hours must come to: the fold of these events, which are to have no copies among them.
pub fn folded(events: &[Event]) -> BTreeMap<Hour, FamilyState> {
    folded_at(events, PriceBook::builtin())
}

pub fn folded_at(events: &[Event], prices: &PriceBook) -> BTreeMap<Hour, FamilyState> {
    let hours = from_events(Family::Ai, events, &context(prices)).unwrap();
    hours.into_iter().map(|(hour, batch)| (hour, fold(Family::Ai, &batch))).collect()
}

/// What all of these events come to together.
pub fn merged(events: &[Event]) -> FamilyState {
    let mut all = FamilyState::empty(Family::Ai);
    for state in folded(events).values() {
        all.merge(state);
    }
    all
}
