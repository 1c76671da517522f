//! A reader of all that there is, a port call at each step: pages of partials, manifests one by one, rollups in one batch.

use crate::guard::Guard;
use crate::set::{Set, Tally};
use crate::settle::Choice;
use crate::store::{Day, Upper};
use crate::world::{Protocol, World};

/// The next port call of a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Step {
    /// It has not begun.
    #[default]
    Begin,
    /// Reads a page of partials: those of a day.
    Partials(u8),
    /// Reads the manifest of lifetime.
    Lifetime,
    /// Reads the manifest of the month.
    Month,
    /// Reads the manifest of a day.
    Day(u8),
    /// Reads the rollups that it has chosen.
    Rollups,
    /// It has answered.
    Done(Answer),
}

/// What a reader has answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Answer {
    /// Everything that was committed when it began, and nothing more often than it was committed.
    Right,
    /// It counted less than it must.
    Fewer(Tally),
    /// It counted more than it may.
    More(Tally),
    /// Something that a manifest names was gone. It would have to start again.
    Gone,
}

/// A reader between two steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Reader {
    /// Its next step.
    pub next: Step,
    must: Set,
    may_repeat: Set,
    seen: Set,
    /// Attempts that were superseded since it began.
    pub saw_superseded: Set,
    /// Segments that were marked as gone since it began.
    pub saw_marked: Set,
    lifetime: Upper,
    month: Upper,
    days: [Option<Day>; 2],
}

impl Reader {
    /// Whether it has begun and not yet answered.
    #[must_use]
    pub const fn is_reading(&self) -> bool {
        !matches!(self.next, Step::Begin | Step::Done(_))
    }

    /// What became garbage, or gone, while it reads: the delays outlive it.
    pub fn notice(&mut self, superseded: Set, marked: Set) {
        if self.is_reading() {
            self.saw_superseded = self.saw_superseded.or(superseded);
            self.saw_marked = self.saw_marked.or(marked);
        }
    }

    /// A segment was put again though it may have been forgotten: it may be counted once more until it is settled.
    pub fn notice_stale(&mut self, segment: Set) {
        if self.is_reading() {
            self.may_repeat = self.may_repeat.or(segment);
        }
    }

    fn live(&self, absorbed: Set, of: Set) -> Set {
        self.seen.and(of).minus(absorbed)
    }
}

impl Protocol {
    /// Whether the reader has a step to make.
    pub const fn may_read(&self, world: &World) -> bool {
        self.setup.reader && !matches!(world.reader.next, Step::Done(_))
    }

    /// Makes the next step of the reader.
    pub fn read(&self, world: &mut World, choice: Choice) {
        let mut reader = world.reader;
        let store = &world.store;
        if reader.next == Step::Begin {
            (reader.must, reader.may_repeat) = (store.delivered, store.stale);
            // An hour is longer than the life of a settler and of a reader that begins before the settler ends.
            reader.saw_marked = world.settlers.iter().fold(Set::default(), |set, settler| set.or(settler.saw_marked));
            reader.next = if self.has(Guard::ReaderOrder) { Step::Partials(0) } else { self.first_manifest() };
        }
        let plain = |upper: Upper| Upper { edition: 0, garbage: Set::default(), ..upper };
        reader.next = match reader.next {
            Step::Partials(day) => {
                reader.seen = reader.seen.or(store.partials.and(self.setup.segments_of(day, None)));
                self.after_partials(day)
            }
            Step::Lifetime => {
                reader.lifetime = plain(store.lifetime);
                Step::Month
            }
            Step::Month => {
                reader.month = plain(store.month);
                self.next_day_or_rollups(&reader)
            }
            Step::Day(number) => {
                let days = if choice == Choice::Stale { &store.before } else { &store.days };
                let day = Day { edition: 0, garbage: Set::default(), gone: Set::default(), ..days[usize::from(number)] };
                reader.days[usize::from(number)] = Some(day);
                self.next_day_or_rollups(&reader)
            }
            Step::Rollups => Step::Done(self.answer(world, &reader)),
            Step::Begin | Step::Done(_) => reader.next,
        };
        world.reader = match reader.next {
            Step::Done(_) => Reader { next: reader.next, ..Reader::default() },
            _ => reader,
        };
    }

    const fn first_manifest(&self) -> Step {
        match (self.setup.lifetime, self.setup.month) {
            (true, _) => Step::Lifetime,
            (false, true) => Step::Month,
            (false, false) => Step::Day(0),
        }
    }

    fn after_partials(&self, page: u8) -> Step {
        match (page + 1 < self.setup.days, self.has(Guard::ReaderOrder)) {
            (true, _) => Step::Partials(page + 1),
            (false, true) => self.first_manifest(),
            (false, false) => Step::Rollups,
        }
    }

    /// The first day whose manifest is needed and not read; where there is none, the rollups.
    fn next_day_or_rollups(&self, reader: &Reader) -> Step {
        let by_days = !self.uses_lifetime(reader) && !self.uses_month(reader) || !self.has(Guard::ReaderOrder);
        let has_partials = |day: u8| !reader.seen.and(self.setup.segments_of(day, None)).is_empty();
        let unread = |day: &u8| reader.days[usize::from(*day)].is_none() && (by_days || has_partials(*day));
        match (0..self.setup.days).find(unread) {
            Some(day) => Step::Day(day),
            None if self.has(Guard::ReaderOrder) => Step::Rollups,
            None => Step::Partials(0),
        }
    }

    /// Whether the month may stand for its days: current, and of every day with partials the version that it was built from.
    fn uses_month(&self, reader: &Reader) -> bool {
        let month = &reader.month;
        let is_current = month.is_current() || !self.has(Guard::ReaderMonthCurrent);
        self.setup.month && month.rollup != 0 && is_current && self.days_are_those_of(reader, month)
    }

    /// Whether lifetime may stand for its month: current, and where there are partials of the month, built from that very version of it, and
    /// that from those very versions of the days.
    fn uses_lifetime(&self, reader: &Reader) -> bool {
        let lifetime = &reader.lifetime;
        let is_current = lifetime.is_current() || !self.has(Guard::ReaderLifetimeCurrent);
        let is_of_month = reader.seen.is_empty() || reader.month.version == lifetime.built[0] || !self.has(Guard::ReaderLifetimeVersion);
        self.setup.lifetime && lifetime.rollup != 0 && is_current && is_of_month && self.days_are_those_of(reader, &reader.month)
    }

    /// Whether every day with partials, as far as it was read, has the version that the month was built from.
    fn days_are_those_of(&self, reader: &Reader, month: &Upper) -> bool {
        let fits = |day: u8| {
            let has_partials = !reader.seen.and(self.setup.segments_of(day, None)).is_empty();
            let is_built = |read: Day| read.version == month.built[usize::from(day)];
            !has_partials || reader.days[usize::from(day)].is_none_or(is_built)
        };
        !self.has(Guard::ReaderMonthVersion) || (0..self.setup.days).all(fits)
    }

    fn answer(&self, world: &World, reader: &Reader) -> Answer {
        let Some(settled) = self.settled(world, reader) else { return Answer::Gone };
        let live = (0_u8..).zip(&reader.days).map(|(number, day)| {
            let absorbed = day.map_or(Set::default(), |day| day.absorbed);
            reader.live(absorbed, self.setup.segments_of(number, None))
        });
        let counted = live.map(|live| self.setup.events(live)).fold(settled, Tally::plus);
        let old = self.setup.old();
        let least = old.deduped(self.setup.events(reader.must));
        let most = old.plus(self.setup.events(world.store.delivered)).plus(self.setup.events(reader.may_repeat));
        match (counted.covers(least), most.covers(counted)) {
            (false, _) => Answer::Fewer(counted),
            (true, false) => Answer::More(counted),
            (true, true) => Answer::Right,
        }
    }

    /// What the coarsest rollups that may be used have counted; nothing where one is gone.
    fn settled(&self, world: &World, reader: &Reader) -> Option<Tally> {
        let nothing = (!self.has(Guard::StartAgain)).then_some(Tally::default());
        let rollup = |attempt| world.store.rollup(attempt).or(nothing);
        if self.uses_lifetime(reader) {
            return rollup(reader.lifetime.rollup);
        }
        if self.uses_month(reader) {
            return rollup(reader.month.rollup);
        }
        let rollups = reader.days.iter().flatten().map(|day| rollup(day.rollup));
        rollups.collect::<Option<Vec<_>>>().map(|rollups| rollups.into_iter().fold(Tally::default(), Tally::plus))
    }
}
