//! Settles the hours of a round: what each comes to, or why it cannot be settled.

use crate::garbage::Named;
use crate::log::Log;
use crate::look::{Look, Unit};
use crate::plan::HourPlan;
use crate::sources::{Passes, Sources, Stop, chain};
use crate::states::{StatesError, Whole};
use crate::{Done, Result, Settler};
use cube::FamilyState;
use cube::settle::{LogSize, Settled, Settling};
use model::erasure::Erasures;
use model::price::PriceBook;
use model::{AttemptId, Hour};
use records::object;
use records::partial::Brief;
use rollups::{Bucket, Rollup};
use std::collections::{BTreeMap, BTreeSet};

/// What a round has settled.
#[derive(Default)]
pub(crate) struct Hours {
    pub settled: Vec<SettledHour>,
    /// Hours that something missing or damaged keeps from being settled, and what.
    pub damaged: BTreeMap<Hour, String>,
    /// The numbers of all objects of the log that were written.
    pub objects: BTreeSet<u32>,
}

impl Hours {
    /// Every hour that was tried.
    pub fn all(&self) -> impl Iterator<Item = Hour> {
        self.settled.iter().map(|hour| hour.plan.hour).chain(self.damaged.keys().copied())
    }

    /// The partials whose events were taken up.
    pub fn segments(&self) -> Vec<Brief> {
        self.settled.iter().flat_map(|hour| hour.plan.segments.iter().cloned()).collect()
    }

    /// What is written of it so far.
    pub fn written(&self, attempt: AttemptId) -> Named {
        Named::written(attempt, std::iter::empty(), self.objects.iter().copied())
    }

    /// What is done when this is committed.
    pub fn done(&self) -> Done {
        let mut done = Done { quarantined: self.damaged.len() as u64, ..Done::default() };
        for hour in &self.settled {
            done.hours += 1;
            done.events += hour.settled.events;
            done.copies += hour.settled.copies;
            done.segments += hour.plan.segments.len() as u64;
        }
        done
    }
}

/// An hour, settled.
pub(crate) struct SettledHour {
    pub plan: HourPlan,
    pub settled: Settled,
    /// What stands for events whose log has expired.
    pub base: Option<Base>,
    /// The numbers of the objects of the log that hold its events.
    pub objects: Vec<u32>,
}

/// The rollup that stands for events whose log has expired.
pub(crate) struct Base {
    pub whole: Whole,
    pub state: FamilyState,
}

/// With what an attempt settles.
pub(crate) struct Means<'a> {
    pub unit: &'a Unit,
    pub look: &'a Look,
    pub attempt: AttemptId,
    pub prices: &'a PriceBook,
    pub erasures: &'a Erasures,
}

impl Settler {
    /// Settles hours, and writes their log. What is missing because somebody else has superseded it is damage too: whoever commits is then
    /// refused.
    pub(crate) async fn settle_hours(&self, means: &Means<'_>, plans: &[HourPlan]) -> Result<Hours> {
        let Means { unit, attempt, .. } = *means;
        let mut hours = Hours::default();
        let mut bases = BTreeMap::new();
        let rows = plans.iter().map(HourPlan::events).sum::<u64>();
        let size = LogSize { object_bytes: self.rules.log_object_bytes, rows: usize::try_from(rows).unwrap_or(usize::MAX) };
        let mut log = Log::new(&*self.bucket, unit, (attempt, size));
        let mut passes = Passes::new(&*self.bucket, Settling::new(unit.owner.family, self.random.number(), means.prices), means.erasures);
        passes.fetch_ahead(&plans.iter().map(|plan| sources(means.unit, plan)).collect::<Vec<_>>()).await;
        let mut read = Vec::new();
        for plan in plans {
            match self.settle_hour(means, plan, (&mut passes, &mut log)).await {
                Ok(base) => {
                    bases.extend(base.map(|base| (plan.hour, base)));
                    read.push(plan);
                }
                Err(Stop::Damaged(reason)) => _ = hours.damaged.insert(plan.hour, reason),
                Err(Stop::Failed(error)) => return Err(error),
            }
        }
        let mut states = passes.finish();
        let mut objects = log.finish().await?;
        hours.objects = objects.values().flatten().copied().collect();
        for plan in read {
            let Some(settled) = states.remove(&plan.hour).or_else(|| nothing(unit, plan)) else {
                hours.damaged.insert(plan.hour, "none of its segments has an event".to_owned());
                continue;
            };
            let (base, objects) = (bases.remove(&plan.hour), objects.remove(&plan.hour).unwrap_or_default());
            hours.settled.push(SettledHour { plan: plan.clone(), settled, base, objects });
        }
        Ok(hours)
    }

    async fn settle_hour(
        &self,
        means: &Means<'_>,
        plan: &HourPlan,
        (passes, log): (&mut Passes<'_, '_>, &mut Log<'_>),
    ) -> Result<Option<Base>, Stop> {
        let base = match &plan.base {
            Some((bucket, rollup)) => match self.base(means, plan, (*bucket, rollup)).await {
                Err(error) if error.is_of_rollup() => return Err(Stop::Damaged(chain(&error))),
                base => Some(base?),
            },
            None => None,
        };
        passes.settle(&sources(means.unit, plan), log).await?;
        Ok(base)
    }

    /// Always a copy under this attempt: what stands for a part of a rollup is to expire when it does.
    /// Who was erased since it was written is erased from it.
    async fn base(&self, means: &Means<'_>, plan: &HourPlan, (bucket, rollup): (Bucket, &Rollup)) -> Result<Base, StatesError> {
        let Means { unit, attempt, erasures, .. } = *means;
        let whole = Whole::read(&*self.table, &unit.owner, bucket, rollup).await?;
        let state = whole.state(&unit.owner)?;
        let (own, configuration) = (Bucket::HourBase(plan.hour), plan.entry.as_ref().map_or(0, |entry| entry.configuration));
        let missed = erasures.missed_by(configuration, plan.hour.start(unit.hour_offset));
        let whole = match state.erased(&missed) {
            Some(erased) => Whole::of(own, attempt, erased),
            None => whole.under(own, attempt),
        };
        Ok(Base { state: whole.state(&unit.owner)?, whole })
    }
}

/// What an hour settles to that is made of nothing but what stands for events whose log has expired.
fn nothing(unit: &Unit, plan: &HourPlan) -> Option<Settled> {
    let entry = plan.entry.as_ref().filter(|_| plan.segments.is_empty() && !plan.has_log)?;
    Some(Settled { state: FamilyState::empty(unit.owner.family), events: 0, copies: 0, first: entry.first, last: entry.last })
}

/// The objects that an hour is settled from.
fn sources(unit: &Unit, plan: &HourPlan) -> Sources {
    let (tenant, family) = (&unit.owner.tenant, unit.owner.family);
    let segments = plan.segments.iter().map(|brief| (object::segment(family, tenant, &brief.segment), brief.events)).collect();
    let entry = plan.entry.as_ref().filter(|_| plan.has_log);
    let objects = entry.and_then(|entry| entry.log.as_ref()).into_iter().flat_map(|log| {
        let key = |number: &u32| object::log((family, tenant, unit.day), log.attempt, *number);
        log.objects.iter().map(key)
    });
    Sources { hour: plan.hour, segments, log: objects.collect(), log_events: entry.map_or(0, |entry| entry.events) }
}
