//! Reading: a series of 30 days by three dimensions, from the rollups of a busy tenant, over ports in memory: what is measured is this
//! function's own work, and how often it calls the table.

use crate::cpu::spent;
use crate::report::Figure;
use crate::sample::{ai_events, context};
use anyhow::{Context, Result, ensure};
use cube::FamilyState;
use cube::columns::from_events;
use cube::query::{Granularity, MetricQuery, Query, Range};
use cube::rollup::pack;
use memory::{Faults, MemoryBucket, MemoryTable};
use model::{AttemptId, Day, Family, Hour, HourOffset, TenantId, Timestamp};
use ports::{Read, Table};
use reader::{Reader, Reading};
use rollups::{Bucket, Commit, HourEntry, Owner, Rollup, day, rollup};
use std::sync::Arc;
use tokio::runtime::Runtime;

const DAYS: i32 = 30;
const EVENTS_PER_HOUR: usize = 2_000;
const WARM_UP: usize = 20;
const ROUNDS: usize = 500;
/// 2026-11-21.
const TODAY: Day = Day::from_index(20_778);

/// What a query takes: half of the times are better than the first figure, one in a hundred is worse than the second.
pub fn run() -> Result<Vec<Figure>> {
    let faults = Faults::none();
    let table = Arc::new(MemoryTable::with_faults(&faults));
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let owner = Owner { tenant: TenantId::new("bench")?, family: Family::Ai };
    let item_bytes = runtime.block_on(settled(&table, &owner))?;
    let reader = Reader::new(table, Arc::new(MemoryBucket::with_faults(&faults)));

    let query = query()?;
    let mut times_ms = Vec::with_capacity(ROUNDS);
    let (mut calls, mut rows) = (0, 0);
    for round in 0..WARM_UP + ROUNDS {
        let before = faults.calls();
        let mut reading = None;
        let taken = spent(|| reading = Some(answer(&runtime, &reader, &owner, &query)));
        let reading = reading.context("nothing was read")??;
        calls = faults.calls() - before;
        rows = reading.answers[0].rows.len();
        if round >= WARM_UP {
            times_ms.push(taken.cpu_s * 1000.0);
        }
    }
    ensure!(rows > 30 * 100, "{rows} rows: the query found too little");
    times_ms.sort_by(f64::total_cmp);
    let part = |part: usize| (times_ms[ROUNDS * part / 100] * 100.0).round() / 100.0;
    let about = |figure: Figure| figure.with("rows", rows).with("days", DAYS).with("item_bytes", item_bytes);
    #[expect(clippy::cast_precision_loss, reason = "a handful")]
    let calls = calls as f64;
    Ok(vec![
        about(Figure::new("read_30_days_p50", part(50), "ms of CPU")),
        about(Figure::new("read_30_days_p99", part(99), "ms of CPU").at_most(5.0)),
        about(Figure::new("read_30_days_calls", calls, "calls of the table").at_most(3.0)),
    ])
}

/// The last 30 days, by model, feature and plan.
fn query() -> Result<Query> {
    let to = TODAY.first_hour().start(HourOffset::default());
    let from = Day::from_index(TODAY.index() - DAYS).first_hour().start(HourOffset::default());
    let query = MetricQuery::new("ai_requests", &["requests", "tokens", "cost"], Range { from, to });
    let query = query.by("model").by("feature").by("plan").every(Granularity::Day, chrono_tz::Tz::UTC);
    query.check().map_err(|faults| anyhow::anyhow!("{faults:?}"))
}

fn answer(runtime: &Runtime, reader: &Reader, owner: &Owner, query: &Query) -> Result<Reading> {
    let now = TODAY.first_hour().start(HourOffset::default());
    let owner = reader::Owner { tenant: &owner.tenant, hour_offset: HourOffset::default(), now };
    Ok(runtime.block_on(reader.answer(owner, std::slice::from_ref(query)))?)
}

/// Settles 30 days with the same events each; answers how large an item of theirs is.
async fn settled(table: &MemoryTable, owner: &Owner) -> Result<usize> {
    let states = hours()?;
    let mut whole = FamilyState::empty(owner.family);
    for state in &states {
        whole.merge(state);
    }
    let mut attempts = 0;
    let mut item_bytes = 0;
    for number in TODAY.index() - DAYS..TODAY.index() {
        let this = Day::from_index(number);
        let mut manifest = day::get(table, owner, (this, Read::Strong)).await?;
        manifest.version += 1;
        for (hour, state) in (this.first_hour().index()..).map(Hour::from_index).zip(&states) {
            attempts += 1;
            let (rollup, _) = write(table, owner, (Bucket::Hour(hour), attempts, state)).await?;
            manifest.body.hours.insert(hour, entry(hour, rollup));
        }
        attempts += 1;
        let (rollup, bytes) = write(table, owner, (Bucket::Day(this), attempts, &whole)).await?;
        (manifest.body.rollup, item_bytes) = (Some(rollup), bytes);
        ensure!(day::commit(table, &manifest).await? == Commit::Won, "another settles here");
    }
    Ok(item_bytes)
}

/// The states of a day's hours.
fn hours() -> Result<Vec<FamilyState>> {
    let events = ai_events(EVENTS_PER_HOUR * 24)?;
    let state = |events: &[model::Event]| {
        let mut state = FamilyState::empty(Family::Ai);
        for (_, batch) in from_events(Family::Ai, events, &context())? {
            state.merge(&cube::fold(Family::Ai, &batch));
        }
        Ok(state)
    };
    events.chunks(EVENTS_PER_HOUR).map(state).collect()
}

async fn write(table: &MemoryTable, owner: &Owner, (bucket, attempt, state): (Bucket, u128, &FamilyState)) -> Result<(Rollup, usize)> {
    let (contents, parts) = pack(state.clone());
    let items = rollup::items(owner, bucket, (AttemptId::new(attempt), &parts, None));
    let bytes = items.iter().map(ports::Item::size_bytes).max().unwrap_or_default();
    table.put_many(items).await?;
    Ok((Rollup { attempt: AttemptId::new(attempt), contents }, bytes))
}

fn entry(hour: Hour, rollup: Rollup) -> HourEntry {
    let time = hour.start(HourOffset::default());
    HourEntry {
        version: 1,
        settled_at: time,
        rollup,
        log: None,
        base: None,
        events: EVENTS_PER_HOUR as u64,
        first: time,
        last: time,
        configuration: 0,
        catalogue: cube::rollup::CATALOGUE,
        expires_at: Timestamp::from_millis(i64::MAX),
        absorbed: Vec::new(),
    }
}
