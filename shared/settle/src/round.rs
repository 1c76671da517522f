//! One round of settling a day: read, settle, write, commit, and only then delete (I6).

use crate::asked::Asked;
use crate::draft::{Attempt, Draft};
use crate::garbage::Named;
use crate::hours::{Hours, Means};
use crate::look::{Look, Unit};
use crate::plan::{Plan, Planner};
use crate::roll::{Lost, Rolled};
use crate::work::Again;
use crate::{Done, Result, SettleError, Settler, TRIES};
use model::{AttemptId, Day, Hour};
use ports::{Key, Read};
use records::partial::Brief;
use records::price::{self, Configuration};
use rollups::day::Body;
use rollups::{Commit, DayManifest, Owner, day};
use std::collections::BTreeMap;

/// Rounds of one piece of work, unless all its hours are named; the rest is left to the next.
const ROUNDS: usize = 16;

/// What became of a round.
pub(crate) enum Round {
    /// There is nothing more to do.
    Last,
    /// There is more to do.
    Part,
    /// Somebody else committed first, or more must be settled than was thought: begin again.
    Again,
}

/// A piece of work on a day, from round to round.
pub(crate) struct Run<'a> {
    pub unit: &'a Unit,
    pub asked: Asked,
    pub done: Done,
    /// Attempts that were not committed, unless they were and only the answer was lost.
    dead: BTreeMap<AttemptId, Named>,
}

impl Settler {
    /// Settles a day, in as many rounds as it takes.
    pub(crate) async fn settle_day(&self, owner: &Owner, day: Day, again: &Again) -> Result<Done> {
        let mut asked = Asked::of(again);
        asked.named.retain(|hour| hour.day() == day);
        self.rounds(&self.unit(owner, day).await?, asked).await
    }

    /// Deletes and forgets what may be, and rolls up a day that has ended since its hours were settled.
    pub(crate) async fn sweep_day(&self, owner: &Owner, day: Day) -> Result<Done> {
        let unit = self.unit(owner, day).await?;
        let manifest = day::get(&*self.table, owner, (day, Read::Strong)).await?;
        if self.needs_sweep(&unit, &manifest) { self.rounds(&unit, Asked::default()).await } else { Ok(Done::default()) }
    }

    async fn rounds(&self, unit: &Unit, asked: Asked) -> Result<Done> {
        let mut run = Run { unit, asked, done: Done::default(), dead: BTreeMap::new() };
        let (mut rounds, mut tries) = (0, 0);
        loop {
            match self.round(&mut run).await? {
                Round::Last => return Ok(run.done),
                Round::Part => (rounds, tries) = (rounds + 1, 0),
                Round::Again => tries += 1,
            }
            if tries == TRIES {
                return Err(SettleError::Contended);
            }
            if rounds >= ROUNDS && run.asked.named.is_empty() {
                return Ok(Done { left: true, ..run.done });
            }
        }
    }

    async fn round(&self, run: &mut Run<'_>) -> Result<Round> {
        let unit = run.unit;
        let configuration = price::configuration(&*self.table, &unit.owner.tenant, Read::Strong).await?;
        let look = self.look(unit).await?;
        run.dead.retain(|attempt, _| !look.manifest.names(*attempt));
        run.done.partials += self.delete_partials(unit, &look.absorbed).await?;
        let (body, swept) = self.sweep(unit, &look).await?;
        run.done.swept += swept;
        let before = run.asked.before.min(configuration.revision);
        let plan = Planner { unit, look: &look, rules: &self.rules }.plan(&Asked { before, ..run.asked.clone() });
        run.done.put_off = plan.put_off;
        if plan.is_empty() && run.dead.is_empty() && !self.is_day_to_roll(unit, &look.manifest) {
            if body != look.manifest.body {
                return self.remember_less(run, look, body).await;
            }
            return Ok(Round::Last);
        }
        if configuration.revision < look.manifest.configuration() {
            return Ok(Round::Again);
        }
        self.attempt(run, (look, body), (plan, &configuration)).await
    }

    /// Settles what is planned under an attempt of its own, and commits it.
    async fn attempt(&self, run: &mut Run<'_>, (look, body): (Look, Body), (plan, configuration): (Plan, &Configuration)) -> Result<Round> {
        let (unit, id) = (run.unit, AttemptId::new(self.random.number()));
        let hours_expire_at = self.rules.rollup_expires_at(look.now);
        let draft = Draft::new((unit, &look), body, Attempt { id, configuration: configuration.revision, hours_expire_at });
        let means = Means { unit, look: &look, attempt: id, prices: &configuration.book, erasures: &configuration.erasures };
        let hours = self.settle_hours(&means, &plan.hours).await?;
        let tried: Vec<Hour> = hours.all().chain(plan.lifted.iter().copied()).collect();
        let (mut done, taken) = (hours.done(), hours.segments());
        run.dead.insert(id, hours.written(id));
        let Some(draft) = self.draft(run, (&means, draft), (&plan, hours)).await? else { return Ok(Round::Again) };
        done.built += u64::from(draft.next.body.rollup != look.manifest.body.rollup && draft.next.body.rollup.is_some());
        run.dead.insert(id, draft.written());
        self.table.put_many(draft.items()).await?;
        let is_open = self.mark(&unit.owner, unit.day, draft.next.version).await?;
        if !is_open || !self.commit(&draft).await? {
            run.done.lost += 1;
            return Ok(Round::Again);
        }
        run.dead.clear();
        run.asked.named.retain(|hour| !tried.contains(hour));
        run.done += done;
        run.done.partials += self.delete_partials(unit, &taken).await? + self.delete_partials(unit, &look.seen_again).await?;
        Ok(if plan.is_part { Round::Part } else { Round::Last })
    }

    /// What is to be committed; nothing where it must begin again.
    async fn draft<'d>(
        &self,
        run: &mut Run<'_>,
        (means, mut draft): (&Means<'_>, Draft<'d>),
        (plan, hours): (&Plan, Hours),
    ) -> Result<Option<Draft<'d>>> {
        let Means { unit, look, .. } = *means;
        if !hours.damaged.is_empty() && self.has_moved(unit, look).await? {
            return Ok(None);
        }
        let base = match self.day_base(means, plan, !hours.settled.is_empty()).await {
            Err(SettleError::States(error)) if error.is_of_rollup() && self.has_moved(unit, look).await? => return Ok(None),
            base => base?,
        };
        draft.take(hours, base);
        draft.next.body.quarantined.retain(|hour, _| !plan.lifted.contains(hour));
        if draft.is_to_roll() && !plan.is_part && self.rules.is_day_closed(unit.day, unit.hour_offset, look.now) {
            match self.roll_up_day(unit, &mut draft).await? {
                Rolled::Built => {}
                Rolled::Lost(_) if self.has_moved(unit, look).await? => return Ok(None),
                Rolled::Lost(Lost { hour, has_log: true, .. }) => {
                    // Its log has all that the rollup had.
                    run.asked.named.insert(hour);
                    return Ok(None);
                }
                Rolled::Lost(lost) => draft.quarantine(lost.hour, lost.reason),
            }
        }
        draft.discard(run.dead.values().cloned(), look.now);
        Ok(Some(draft))
    }

    /// Puts a manifest in its place that says the same and remembers less.
    async fn remember_less(&self, run: &mut Run<'_>, look: Look, body: Body) -> Result<Round> {
        match day::commit(&*self.table, &DayManifest { body, ..look.manifest }).await? {
            Commit::Won => {
                run.done.partials += self.delete_partials(run.unit, &look.seen_again).await?;
                Ok(Round::Last)
            }
            Commit::Lost => Ok(Round::Again),
        }
    }

    /// Commits; whether it is committed. Where the answer is lost, or is a refusal of what was carried out before, the manifest tells.
    async fn commit(&self, draft: &Draft<'_>) -> Result<bool> {
        let next = &draft.next;
        match day::commit(&*self.table, next).await {
            Ok(Commit::Won) => return Ok(true),
            Err(error) if !error.is_transient() => return Err(error.into()),
            Ok(Commit::Lost) | Err(_) => {}
        }
        Ok(day::get(&*self.table, &next.owner, (next.day, Read::Strong)).await?.names(draft.attempt))
    }

    /// Whether somebody else has committed since.
    async fn has_moved(&self, unit: &Unit, look: &Look) -> Result<bool> {
        Ok(day::get(&*self.table, &unit.owner, (unit.day, Read::Strong)).await?.edition != look.manifest.edition)
    }

    async fn delete_partials(&self, unit: &Unit, briefs: &[Brief]) -> Result<u64> {
        let keys: Vec<Key> = briefs.iter().map(|brief| unit.pending(brief).key()).collect();
        self.table.delete_many(&keys).await?;
        Ok(keys.len() as u64)
    }
}
