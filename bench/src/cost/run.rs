//! A run of one profile in batches of one size: all events sent and stored, and all settling done.

use super::arrivals::{Profile, START};
use super::meter::{Spender, Spent};
use super::price::Part;
use super::world::{Tick, Ticked, World};
use model::Timestamp;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
/// What a run took.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    pub profile: Profile,
    pub batch: usize,
    pub events: usize,
    /// What it cost, without what it would have cost had nothing come.
    pub spent: Spent,
    /// What it costs for each month that all of it is kept.
    pub kept: Spent,
}

/// What is left of a run, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Left {
    pub segments: usize,
    pub log: usize,
    pub archives: usize,
    pub items: usize,
}

impl Run {
    /// What a million events of this kind cost.
    pub fn of_a_million(&self) -> Spent {
        #[expect(clippy::cast_precision_loss, reason = "at most a million")]
        self.spent.scaled(1e6 / self.events as f64)
    }

    /// What keeping them costs, a month.
    pub fn kept_of_a_million(&self) -> Spent {
        #[expect(clippy::cast_precision_loss, reason = "at most a million")]
        self.kept.scaled(1e6 / self.events as f64)
    }
}

/// When the schedules tick, and how: those of `template.yaml`.
pub fn ticks(now: Timestamp) -> Vec<Tick> {
    let minutes = now.as_millis() / MINUTE_MS;
    let mut ticks = vec![(Ticked::Aggregate, "minute")];
    if minutes % 60 == 25 {
        ticks.push((Ticked::Aggregate, "hourly"));
    }
    if minutes % 60 == 40 {
        ticks.push((Ticked::Report, "hourly"));
    }
    if minutes % (24 * 60) == 65 {
        ticks.push((Ticked::Aggregate, "daily"));
    }
    ticks
}

/// From when to when schedules tick: while events come and until their day is settled; then again when all that was superseded is deleted;
/// when the month is over; and after that. What they would do in between is nothing.
fn spans(profile: &Profile) -> [(Timestamp, Timestamp); 3] {
    let at = |days: i64, hours: i64| START.plus_millis(days * DAY_MS + hours * HOUR_MS);
    // The tenth of a month of 30 days: 21 days later it is over.
    [(START, profile.end().max(at(1, 0)).plus_millis(4 * HOUR_MS)), (at(2, 0), at(2, 3)), (at(21, 0), at(22, 3))]
}

/// Runs a profile of so many tenants.
pub fn run(profile: Profile, batch: usize) -> anyhow::Result<Run> {
    let busy = spend(profile, batch, true)?;
    let idle = spend(profile, batch, false)?;
    let (mut spent, mut kept) = (busy.0.without(&idle.0), Spent::default());
    spent.0.retain(|_, amount| amount.abs() > f64::EPSILON);
    let left = busy.1;
    #[expect(clippy::cast_precision_loss, reason = "gigabytes")]
    let mut keep = |part, what, bytes: usize| kept.add((Spender::Standing, part, what), bytes as f64 / 1e9);
    keep(Part::ObjectStorage, "segments", left.segments);
    keep(Part::ObjectStorage, "the log", left.log);
    keep(Part::ObjectStorage, "archives", left.archives);
    keep(Part::TableStorage, "items", left.items);
    Ok(Run { profile, batch, events: profile.tenants * profile.events, spent, kept })
}

fn spend(profile: Profile, batch: usize, is_busy: bool) -> anyhow::Result<(Spent, Left)> {
    let mut world = World::new(profile.tenants)?;
    let before = world.meter.spent();
    let mut arrivals = if is_busy { profile.arrivals(batch) } else { Vec::new() }.into_iter().peekable();
    for (from, to) in spans(&profile) {
        let mut now = from;
        while now <= to {
            while let Some(arrival) = arrivals.next_if(|arrival| arrival.at <= now) {
                world.send(arrival.at, arrival.tenant, &profile.body(arrival, batch))?;
            }
            for tick in ticks(now) {
                world.tick(now, tick)?;
            }
            if now == START.plus_millis(21 * DAY_MS + 3 * HOUR_MS + 5 * MINUTE_MS) {
                world.tick(now, (Ticked::Aggregate, "monthly"))?;
            }
            now = now.plus_millis(MINUTE_MS);
        }
    }
    anyhow::ensure!(arrivals.next().is_none(), "a request came after the last tick");
    anyhow::ensure!(world.items.waiting().is_empty(), "these still wait for work: {:?}", world.items.waiting());
    Ok((world.meter.spent().without(&before), left(&world)))
}

fn left(world: &World) -> Left {
    let mut left = Left { items: world.items.bytes(), ..Left::default() };
    for (key, object) in world.objects.objects() {
        match key.split('/').next() {
            Some("incoming") => left.segments += object.len(),
            Some("archive") => left.archives += object.len(),
            _ => left.log += object.len(),
        }
    }
    left
}
