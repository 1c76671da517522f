//! Two tenants, what they have stored, and a settler that does as it is told: it leaves out what a test wants left out.

use cube::columns::{RowContext, from_events};
use cube::query::{Answer, MetricQuery, Range};
use cube::rollup::pack;
use cube::{FamilyState, segment};
use memory::{Faults, MemoryBucket, MemoryTable};
use model::event::{AiUse, Engagement, Tokens};
use model::money::Currency;
use model::price::PriceBook;
use model::{AttemptId, Day, Event, EventId, Facts, Family, Hour, HourOffset, Month, ProjectId, SegmentId, TenantId, Timestamp, UserId};
use ports::{Bucket, Key, Read, Table};
use reader::{Cache, Owner, ReadError, Reader, Reading};
use records::{Partial, object, partial};
use rollups::{Absorbed, Commit, DayManifest, HourEntry, Log, Rollup, day, rollup, upper};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

pub const HOUR_MS: i64 = 3_600_000;
const START_MS: i64 = 1_793_491_200_000;

/// Moments are counted in hours from here: 2026-11-01T00:00:00Z.
pub fn at(hours: i64) -> Timestamp {
    Timestamp::from_millis(START_MS + hours * HOUR_MS)
}

/// When everything is read, unless a test says otherwise: later than all of it.
pub const NOW: Timestamp = Timestamp::from_millis(START_MS + 365 * 24 * HOUR_MS);
/// When rollups of hours expire.
pub const EXPIRY: Timestamp = Timestamp::from_millis(START_MS + 730 * 24 * HOUR_MS);

pub fn range(from: i64, to: i64) -> Range {
    Range { from: at(from), to: at(to) }
}

pub fn hour(hours: i64) -> Hour {
    Hour::of(at(hours), HourOffset::default())
}

pub fn day(hours: i64) -> Day {
    hour(hours).day()
}

pub fn month(hours: i64) -> Month {
    day(hours).month()
}

/// An AI request of so many tokens read, in an hour.
pub fn request(user: &str, hour: i64, input: i64) -> Event {
    let facts = AiUse {
        model: Some("gpt-4".into()),
        status: Some("completed".into()),
        tokens: Tokens { input, ..Tokens::default() },
        ..AiUse::default()
    };
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
        facts: Facts::Ai(facts),
        properties: None,
    }
}

/// Somebody saw a page.
pub fn visit(user: &str, hour: i64) -> Event {
    let facts = Facts::Engagement(Engagement { page: Some("home".into()), ..Engagement::default() });
    Event { kind: "screen_view".into(), facts, ..request(user, hour, 0) }
}

pub struct World {
    pub faults: Faults,
    pub table: Arc<MemoryTable>,
    pub bucket: Arc<MemoryBucket>,
    offset: HourOffset,
    /// What every reading keeps for the next, where anything is kept.
    cache: Option<Cache>,
    /// Makes segments and attempts that do not repeat.
    count: AtomicU64,
    /// What the log of each settled hour holds.
    log: Mutex<BTreeMap<(rollups::Owner, Hour), Vec<Event>>>,
}

/// A stored segment.
#[derive(Clone)]
pub struct Stored {
    pub segment: SegmentId,
    pub owner: rollups::Owner,
    pub events: Vec<Event>,
}

/// What a settle takes up, and what it leaves undone.
pub struct Settle<'a> {
    pub segments: &'a [&'a Stored],
    /// Writes the rollup of the day.
    pub closes: bool,
    /// Deletes the partials that it has taken up.
    pub deletes: bool,
    /// Tokens that are in the day's rollup and nowhere else: they tell an answer that was read from it.
    pub mark: i64,
}

impl<'a> Settle<'a> {
    pub fn of(segments: &'a [&'a Stored]) -> Self {
        Self { segments, closes: true, deletes: true, mark: 0 }
    }

    pub fn open(self) -> Self {
        Self { closes: false, ..self }
    }

    pub fn leaving_partials(self) -> Self {
        Self { deletes: false, ..self }
    }

    pub fn marked(self, mark: i64) -> Self {
        Self { mark, ..self }
    }
}

pub fn owner(tenant: &str, family: Family) -> rollups::Owner {
    rollups::Owner { tenant: TenantId::new(tenant).unwrap(), family }
}

pub fn ai() -> rollups::Owner {
    owner("acme", Family::Ai)
}

impl World {
    pub fn new() -> Self {
        Self::of_offset(0)
    }

    /// A world whose tenants' hours begin so many minutes past.
    pub fn of_offset(minutes: u8) -> Self {
        let faults = Faults::none();
        let (table, bucket) = (MemoryTable::with_faults(&faults), MemoryBucket::with_faults(&faults));
        Self {
            faults,
            table: Arc::new(table),
            bucket: Arc::new(bucket),
            offset: HourOffset::from_minutes(minutes).unwrap(),
            cache: None,
            count: AtomicU64::new(1),
            log: Mutex::default(),
        }
    }

    /// The same, where what is read of rollups is kept.
    pub fn caching(self) -> Self {
        Self { cache: Some(Cache::of_bytes(1 << 20)), ..self }
    }

    fn next(&self) -> u64 {
        self.count.fetch_add(1, Ordering::SeqCst)
    }

    fn context(&self) -> RowContext<'static> {
        RowContext { prices: PriceBook::builtin(), hour_offset: self.offset, currency: Currency::USD }
    }

    /// Stores a batch of one family as the function `store` does; `is_committed` decides which of its hours have a partial.
    pub async fn store_some(&self, tenant: &str, events: &[Event], with_state: bool, is_committed: impl Fn(Hour) -> bool) -> Stored {
        let owner = owner(tenant, events[0].family());
        let hours = from_events(owner.family, events, &self.context()).unwrap();
        let bytes = segment::encode(&owner.tenant, owner.family, &hours).unwrap();
        let segment = segment::id(&[&self.next().to_string()], &bytes);
        let object = object::segment(owner.family, &owner.tenant, &segment);
        Bucket::put(&*self.bucket, &object, "application/octet-stream", bytes).await.unwrap();
        for (hour, batch) in hours.iter().filter(|(hour, _)| is_committed(*hour)) {
            let partial = Partial {
                tenant: owner.tenant.clone(),
                family: owner.family,
                hour: *hour,
                segment: segment.clone(),
                events: batch.num_rows() as u64,
                first: at(0),
                last: at(0),
                state: with_state.then(|| cube::fold(owner.family, batch).encode().into()),
            };
            partial::put(&*self.table, &partial, at(0)).await.unwrap();
        }
        Stored { segment, owner, events: events.to_vec() }
    }

    /// Puts the partial of one event of a segment once more.
    pub async fn put_again(&self, stored: &Stored, event: &Event) {
        let of_hour: Vec<Event> = stored.events.iter().filter(|other| self.hour(other) == self.hour(event)).cloned().collect();
        let state = self.state(&stored.owner, &of_hour, (0, self.hour(event)));
        let partial = Partial {
            tenant: stored.owner.tenant.clone(),
            family: stored.owner.family,
            hour: self.hour(event),
            segment: stored.segment.clone(),
            events: of_hour.len() as u64,
            first: at(0),
            last: at(0),
            state: Some(state.encode().into()),
        };
        partial::put(&*self.table, &partial, at(0)).await.unwrap();
    }

    pub async fn store(&self, events: &[Event]) -> Stored {
        self.store_some("acme", events, true, |_| true).await
    }

    /// The state of events, and of one request more of so many tokens where that is not 0.
    fn state(&self, owner: &rollups::Owner, events: &[Event], mark: (i64, Hour)) -> FamilyState {
        let mut events = events.to_vec();
        if mark.0 != 0 {
            let time = mark.1.start(self.offset);
            events.push(Event { time, received: time, ..request("mark", 0, mark.0) });
        }
        let mut state = FamilyState::empty(owner.family);
        for (_, batch) in from_events(owner.family, &events, &self.context()).unwrap() {
            state.merge(&cube::fold(owner.family, &batch));
        }
        state
    }

    /// Writes a rollup under an attempt of its own.
    pub async fn write(&self, owner: &rollups::Owner, bucket: rollups::Bucket, state: FamilyState) -> Rollup {
        let attempt = AttemptId::new(self.next().into());
        let (contents, parts) = pack(state);
        self.table.put_many(rollup::items(owner, bucket, (attempt, &parts, None))).await.unwrap();
        Rollup { attempt, contents }
    }

    fn log(&self, owner: &rollups::Owner, hours: impl std::ops::RangeBounds<Hour>) -> Vec<Event> {
        let log = self.log.lock().unwrap();
        log.iter().filter(|((own, hour), _)| own == owner && hours.contains(hour)).flat_map(|(_, events)| events.clone()).collect()
    }

    /// Settles those hours of the segments that are of this day, as I6 says.
    pub async fn settle(&self, day: Day, settle: Settle<'_>) -> DayManifest {
        let owner = settle.segments.first().map_or_else(ai, |stored| stored.owner.clone());
        let mut manifest = day::get(&*self.table, &owner, (day, Read::Strong)).await.unwrap();
        manifest.version += 1;
        let mut touched = BTreeSet::new();
        for stored in settle.segments {
            for event in stored.events.iter().filter(|event| self.hour(event).day() == day) {
                touched.insert((self.hour(event), stored.segment.clone()));
                self.log.lock().unwrap().entry((owner.clone(), self.hour(event))).or_default().push(event.clone());
            }
        }
        for (hour, segment) in &touched {
            let rollup =
                self.write(&owner, rollups::Bucket::Hour(*hour), self.state(&owner, &self.log(&owner, *hour..=*hour), (0, *hour))).await;
            let before = manifest.body.hours.remove(hour);
            let mut entry = before.unwrap_or_else(|| entry(rollup.clone()));
            entry.absorbed.push(Absorbed { segment: segment.clone(), gone_since: None });
            manifest.body.hours.insert(*hour, HourEntry { rollup, version: manifest.version, ..entry });
        }
        manifest.body.rollup = None;
        if settle.closes {
            let events = self.log(&owner, day.first_hour()..=day.last_hour());
            let state = self.state(&owner, &events, (settle.mark, day.first_hour()));
            manifest.body.rollup = Some(self.write(&owner, rollups::Bucket::Day(day), state).await);
        }
        self.commit(&manifest).await;
        manifest.edition += 1;
        if settle.deletes {
            let key = |(hour, segment): &(Hour, SegmentId)| {
                Key::new(format!("T#{}#P#{}", owner.tenant, owner.family), format!("{hour}#{segment}"))
            };
            self.table.delete_many(&touched.iter().map(key).collect::<Vec<_>>()).await.unwrap();
        }
        manifest
    }

    /// Marks the month, then commits the day.
    pub async fn commit(&self, manifest: &DayManifest) {
        let month = manifest.day.month();
        let mut upper = upper::month(&*self.table, &manifest.owner, (month, Read::Strong)).await.unwrap();
        upper.need(manifest.day, manifest.version);
        upper.version += 1;
        assert_eq!(upper::commit(&*self.table, &upper).await.unwrap(), Commit::Won);
        if upper.body.rollup.is_some() {
            let mut lifetime = upper::lifetime(&*self.table, &manifest.owner, Read::Strong).await.unwrap();
            lifetime.need(month, upper.version + 1);
            lifetime.version += 1;
            assert_eq!(upper::commit(&*self.table, &lifetime).await.unwrap(), Commit::Won);
        }
        assert_eq!(day::commit(&*self.table, manifest).await.unwrap(), Commit::Won);
    }

    /// Builds a month from its days as they are, with so many tokens that nothing else has.
    pub async fn build_month(&self, month: Month, mark: i64) {
        let owner = ai();
        let days = month.first_day()..=month.last_day();
        let events = self.log(&owner, month.first_day().first_hour()..=month.last_day().last_hour());
        let state = self.state(&owner, &events, (mark, month.first_day().first_hour()));
        let mut upper = upper::month(&*self.table, &owner, (month, Read::Strong)).await.unwrap();
        for manifest in day::range(&*self.table, &owner, (days, Read::Strong)).await.unwrap() {
            upper.body.parts.entry(manifest.day).or_default().built = manifest.version;
        }
        upper.body.rollup = Some(self.write(&owner, rollups::Bucket::Month(month), state).await);
        upper.version += 1;
        let mut lifetime = upper::lifetime(&*self.table, &owner, Read::Strong).await.unwrap();
        lifetime.need(month, upper.version);
        lifetime.version += 1;
        assert_eq!(upper::commit(&*self.table, &lifetime).await.unwrap(), Commit::Won);
        assert_eq!(upper::commit(&*self.table, &upper).await.unwrap(), Commit::Won);
    }

    /// Builds all time from these months, with so many tokens that nothing else has.
    pub async fn build_lifetime(&self, months: &[Month], mark: i64) {
        let owner = ai();
        let mut lifetime = upper::lifetime(&*self.table, &owner, Read::Strong).await.unwrap();
        let mut events = Vec::new();
        for month in months {
            events.extend(self.log(&owner, month.first_day().first_hour()..=month.last_day().last_hour()));
            let upper = upper::month(&*self.table, &owner, (*month, Read::Strong)).await.unwrap();
            lifetime.body.parts.entry(*month).or_default().built = upper.version;
        }
        let state = self.state(&owner, &events, (mark, months[0].first_day().first_hour()));
        lifetime.body.rollup = Some(self.write(&owner, rollups::Bucket::Lifetime, state).await);
        lifetime.version += 1;
        assert_eq!(upper::commit(&*self.table, &lifetime).await.unwrap(), Commit::Won);
    }

    pub fn hour(&self, event: &Event) -> Hour {
        Hour::of(event.time, self.offset)
    }

    pub async fn read_with(&self, table: Arc<dyn Table>, tenant: &str, queries: &[MetricQuery]) -> Result<Reading, ReadError> {
        self.read_at(table, tenant, (queries, NOW)).await
    }

    /// Reads at a moment.
    pub async fn read_at(
        &self,
        table: Arc<dyn Table>,
        tenant: &str,
        (queries, now): (&[MetricQuery], Timestamp),
    ) -> Result<Reading, ReadError> {
        let tenant = TenantId::new(tenant).unwrap();
        let queries: Vec<_> = queries.iter().map(|query| query.check().unwrap()).collect();
        let owner = Owner { tenant: &tenant, hour_offset: self.offset, now };
        let reader = Reader::new(table, self.bucket.clone());
        let reader = match &self.cache {
            Some(cache) => reader.with_cache(cache.clone()),
            None => reader,
        };
        reader.answer(owner, &queries).await
    }

    pub async fn read(&self, query: MetricQuery) -> Reading {
        self.read_with(self.table.clone(), "acme", &[query]).await.unwrap()
    }

    pub async fn ask(&self, tenant: &str, queries: &[MetricQuery]) -> Result<Vec<Answer>, ReadError> {
        Ok(self.read_with(self.table.clone(), tenant, queries).await?.answers)
    }

    /// The sum of one number over a range.
    pub async fn sum_of(&self, tenant: &str, query: MetricQuery) -> i128 {
        total(&self.ask(tenant, &[query]).await.unwrap()[0])
    }

    pub async fn sum(&self, query: MetricQuery) -> i128 {
        self.sum_of("acme", query).await
    }
}

pub fn entry(rollup: Rollup) -> HourEntry {
    HourEntry {
        version: 0,
        settled_at: at(0),
        log: Some(Log { attempt: rollup.attempt, objects: vec![0], written_at: at(0) }),
        rollup,
        base: None,
        events: 1,
        first: at(0),
        last: at(0),
        configuration: 0,
        catalogue: 1,
        expires_at: EXPIRY,
        absorbed: Vec::new(),
    }
}

pub fn total(answer: &Answer) -> i128 {
    answer.rows.iter().map(|row| row.values[0].exact().unwrap().units).sum()
}

pub fn values(answer: &Answer) -> Vec<i128> {
    answer.rows.iter().map(|row| row.values[0].exact().unwrap().units).collect()
}

pub fn input_tokens(range: Range) -> MetricQuery {
    MetricQuery::new("ai_requests", &["inputTokens"], range)
}

pub fn of_user(user: &str, range: Range) -> MetricQuery {
    MetricQuery::new("ai_users", &["inputTokens"], range).only("user", &[user])
}

/// Asks where segments lie in another bucket.
pub async fn ask_of(world: &World, bucket: Arc<dyn Bucket>, queries: &[MetricQuery]) -> Result<Vec<Answer>, ReadError> {
    let tenant = TenantId::new("acme").unwrap();
    let queries: Vec<_> = queries.iter().map(|query| query.check().unwrap()).collect();
    let owner = Owner { tenant: &tenant, hour_offset: world.offset, now: NOW };
    Ok(Reader::new(world.table.clone(), bucket).answer(owner, &queries).await?.answers)
}
