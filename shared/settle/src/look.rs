//! What is there: a day's manifest, and then its partials, in that order, both strongly consistent (I6).

use crate::{Result, SettleError, Settler};
use model::{Day, Hour, HourOffset, Timestamp};
use ports::Read;
use records::partial::{self, Brief, Span};
use records::{Pending, tenant};
use rollups::{Absorbed, DayManifest, Owner, day};
use std::collections::BTreeMap;

/// A day of an owner.
#[derive(Debug, Clone)]
pub(crate) struct Unit {
    pub owner: Owner,
    pub day: Day,
    pub hour_offset: HourOffset,
}

/// What is there of a day.
#[derive(Debug, Clone)]
pub(crate) struct Look {
    pub now: Timestamp,
    pub manifest: DayManifest,
    /// The partials that count, by hour.
    pub pending: BTreeMap<Hour, Vec<Brief>>,
    /// Those that count no more: their events are in a rollup, and they are to be deleted.
    pub absorbed: Vec<Brief>,
    /// Those that were gone, and count no more either. The manifest must say that they are here again before they are deleted: it would
    /// forget too soon that they are absorbed, and who has read them meanwhile would count them twice.
    pub seen_again: Vec<Brief>,
}

impl Unit {
    /// The partial of a segment.
    pub fn pending(&self, brief: &Brief) -> Pending {
        let Owner { tenant, family } = self.owner.clone();
        Pending { tenant, family, hour: brief.hour, segment: brief.segment.clone() }
    }
}

impl Look {
    /// Whether a segment has a partial of an hour.
    pub fn has_partial(&self, hour: Hour, segment: &model::SegmentId) -> bool {
        let pending = self.pending.get(&hour).into_iter().flatten();
        pending.chain(&self.absorbed).chain(&self.seen_again).any(|brief| brief.hour == hour && brief.segment == *segment)
    }
}

impl Settler {
    pub(crate) async fn hour_offset(&self, owner: &Owner) -> Result<HourOffset> {
        let tenant = tenant::get(&*self.table, &owner.tenant).await?;
        tenant.map(|tenant| tenant.hour_offset).ok_or_else(|| SettleError::NoTenant(owner.tenant.clone()))
    }

    pub(crate) async fn unit(&self, owner: &Owner, day: Day) -> Result<Unit> {
        Ok(Unit { owner: owner.clone(), day, hour_offset: self.hour_offset(owner).await? })
    }

    /// The order matters: a partial that is read after the manifest, and that the manifest has absorbed, was absorbed for good.
    pub(crate) async fn look(&self, unit: &Unit) -> Result<Look> {
        let manifest = day::get(&*self.table, &unit.owner, (unit.day, Read::Strong)).await?;
        let hours = unit.day.first_hour()..=unit.day.last_hour();
        let span = Span { tenant: &unit.owner.tenant, family: unit.owner.family, hours, read: Read::Strong };
        let briefs = partial::briefs(&*self.table, &span).await?;
        let mut look = Look { now: self.clock.now(), manifest, pending: BTreeMap::new(), absorbed: Vec::new(), seen_again: Vec::new() };
        for brief in briefs {
            match look.manifest.absorbed(brief.hour, &brief.segment) {
                None => look.pending.entry(brief.hour).or_default().push(brief),
                Some(Absorbed { gone_since: None, .. }) => look.absorbed.push(brief),
                Some(Absorbed { gone_since: Some(_), .. }) => look.seen_again.push(brief),
            }
        }
        Ok(look)
    }
}
