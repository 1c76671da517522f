//! Which rollups answer which questions: of each part of a range the coarsest that the plan allows and that is current.

use crate::needs::{Needs, Question};
use crate::settled::{Months, Settled, Source};
use crate::tally::Tally;
use cube::query::{Bucket, Grain, Span};
use cube::rollup::Contents;
use model::{AttemptId, Hour};
use ports::Key;
use rollups::{DayOutline, HourEntry, ManifestError, Owner, Rollup, rollup};
use std::collections::BTreeMap;

/// So long before they expire, rollups of hours are not read any more, so that none goes while it is being read.
const EARLY_MS: i64 = 24 * 3_600_000;

/// What to read of one rollup, and who takes it up.
struct Chosen<'a> {
    contents: &'a Contents,
    /// The questions, each with the bucket that the rollup is to it.
    takers: Vec<(usize, Bucket)>,
}

/// The rollups of a family that are read.
#[derive(Default)]
struct Choice<'a>(BTreeMap<(rollups::Bucket, AttemptId), Chosen<'a>>);

/// One part of a rollup: decoded for one need, and taken up by some questions.
pub(crate) struct Wanted {
    pub(crate) key: Key,
    /// The place of the need.
    pub(crate) need: usize,
    pub(crate) takers: Vec<(usize, Bucket)>,
}

/// Every part of a rollup that is read of a family.
pub(crate) fn wanted(needs: &Needs<'_>, owner: &Owner, settled: &Settled, tally: &mut Tally<'_>) -> Result<Vec<Wanted>, ManifestError> {
    let mut choice = Choice::default();
    for (place, question) in needs.of_family(owner.family) {
        choice.choose((place, question), settled, tally)?;
    }
    let mut wanted = Vec::new();
    for ((bucket, attempt), chosen) in &choice.0 {
        for (at, need) in needs.all.iter().enumerate() {
            let takers: Vec<(usize, Bucket)> = chosen.takers.iter().copied().filter(|(taker, _)| need.takers.contains(taker)).collect();
            if takers.is_empty() {
                continue;
            }
            tally.saw_dropped(need.cube, chosen.contents);
            let parts = match need.key {
                Some(_) => chosen.contents.parts_of(need.cube, need.key),
                None => chosen.contents.parts_in(need.cube, need.slice),
            };
            let keys = rollup::keys(owner, *bucket, (*attempt, &parts));
            wanted.extend(keys.into_iter().map(|key| Wanted { key, need: at, takers: takers.clone() }));
        }
    }
    Ok(wanted)
}

impl<'a> Choice<'a> {
    fn add(&mut self, bucket: rollups::Bucket, rollup: &'a Rollup, taker: (usize, Bucket)) {
        let chosen = self.0.entry((bucket, rollup.attempt)).or_insert_with(|| Chosen { contents: &rollup.contents, takers: Vec::new() });
        chosen.takers.push(taker);
    }

    fn choose(
        &mut self,
        (place, question): (usize, &Question<'_>),
        settled: &'a Settled,
        tally: &mut Tally<'_>,
    ) -> Result<(), ManifestError> {
        for span in &question.plan.reads {
            match span.grain {
                Grain::Hour | Grain::Day => self.choose_days((place, *span), settled, tally)?,
                Grain::Month | Grain::Lifetime => self.choose_months((place, *span), settled, tally)?,
            }
        }
        Ok(())
    }

    fn choose_months(&mut self, (place, span): (usize, Span), settled: &'a Settled, tally: &mut Tally<'_>) -> Result<(), ManifestError> {
        let Months { lifetime, others } = settled.months_of(span);
        if let Some(rollup) = lifetime {
            self.add(rollups::Bucket::Lifetime, rollup, (place, Bucket { grain: Grain::Lifetime, start: span.from }));
        }
        for (month, source) in others {
            let (first, last) = (month.first_day().first_hour(), month.last_day().last_hour());
            match source {
                Source::Rollup(rollup) => {
                    self.add(rollups::Bucket::Month(month), rollup, (place, Bucket { grain: Grain::Month, start: first }));
                }
                Source::Days => {
                    let days = Span { grain: Grain::Day, from: first, to: Hour::from_index(last.index() + 1) };
                    self.choose_days((place, days), settled, tally)?;
                }
            }
        }
        Ok(())
    }

    /// Days where whole ones may be read and are there, else hours.
    fn choose_days(&mut self, (place, span): (usize, Span), settled: &'a Settled, tally: &mut Tally<'_>) -> Result<(), ManifestError> {
        let last = Hour::from_index(span.to.index() - 1);
        for manifest in settled.days(span.from.day()..=last.day()) {
            let day = manifest.day;
            let whole = (place, Bucket { grain: Grain::Day, start: day.first_hour() });
            match &manifest.rollup {
                Some(rollup) if span.grain == Grain::Day => {
                    self.add(rollups::Bucket::Day(day), rollup, whole);
                    tally.saw_merged(manifest.is_merged());
                }
                _ => {
                    self.choose_hours((place, span), manifest, tally)?;
                    match &manifest.base {
                        Some(base) if span.grain == Grain::Day => self.add(rollups::Bucket::DayBase(day), base, whole),
                        Some(_) => tally.lacks_hours(),
                        None => {}
                    }
                }
            }
        }
        Ok(())
    }

    fn choose_hours(&mut self, (place, span): (usize, Span), manifest: &'a DayOutline, tally: &mut Tally<'_>) -> Result<(), ManifestError> {
        let soon = tally.needs.now.plus_millis(EARLY_MS);
        let may_be_gone = |entry: &HourEntry| manifest.rollup.is_some() && entry.expires_at <= soon;
        for found in manifest.hours(span.from..span.to) {
            let (hour, entry) = found?;
            if may_be_gone(entry) {
                tally.lacks_hours();
                continue;
            }
            self.add(rollups::Bucket::Hour(hour), &entry.rollup, (place, Bucket { grain: Grain::Hour, start: hour }));
            tally.saw_merged(entry.base.is_some());
        }
        Ok(())
    }
}
