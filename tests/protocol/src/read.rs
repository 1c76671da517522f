//! A reader of all that there is, a port call at each step: pages of partials, manifests one by one and in any order, rollups in one batch.

use crate::guard::Guard;
use crate::set::{Set, Tally};
use crate::store::{Day, Store, Upper};
use crate::world::{Protocol, World};

/// The next port call of a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Step {
    /// It has not begun.
    #[default]
    Begin,
    /// Reads a page of partials: those of a day.
    Partials(u8),
    /// Reads a manifest: one of those it needs, in any order.
    Manifests,
    /// Reads the rollups that it has chosen.
    Rollups,
    /// It has answered.
    Done(Answer),
}

/// A manifest that a reader may read next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Which {
    /// Lifetime's.
    Lifetime,
    /// The month's.
    Month,
    /// A day's.
    Day(u8),
    /// What a day's was before the last put, which a read that is not strongly consistent may find.
    DayBefore(u8),
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
    lifetime: Option<Upper>,
    month: Option<Upper>,
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

    /// Keeps what it has read of a manifest; what does not matter to it is left out, so that fewer worlds differ.
    fn keep(&mut self, store: &Store, which: Which) {
        let upper = |upper: Upper| Some(Upper { edition: 0, garbage: Set::default(), ..upper });
        let day = |day: Day| Some(Day { edition: 0, garbage: Set::default(), gone: Set::default(), ..day });
        match which {
            Which::Lifetime => self.lifetime = upper(store.lifetime),
            Which::Month => self.month = upper(store.month),
            Which::Day(number) => self.days[usize::from(number)] = day(store.days[usize::from(number)]),
            Which::DayBefore(number) => self.days[usize::from(number)] = day(store.before[usize::from(number)]),
        }
    }

    fn live(&self, absorbed: Set, of: Set) -> Set {
        self.seen.and(of).minus(absorbed)
    }
}

impl Protocol {
    /// The steps that the reader may make next: `None` is the only one there is, else it is one of the manifests.
    #[must_use]
    pub fn reads(&self, world: &World) -> Vec<Option<Which>> {
        let reader = &world.reader;
        match reader.next {
            Step::Done(_) => Vec::new(),
            _ if !self.setup.reader => Vec::new(),
            Step::Manifests => self.wanted(reader).into_iter().map(Some).collect(),
            Step::Begin | Step::Partials(_) | Step::Rollups => vec![None],
        }
    }

    /// Makes a step of the reader.
    pub fn read(&self, world: &mut World, which: Option<Which>) {
        let mut reader = world.reader;
        let store = &world.store;
        if reader.next == Step::Begin {
            (reader.must, reader.may_repeat) = (store.delivered, store.stale);
            // An hour is longer than the life of a settler and of a reader that begins before the settler ends.
            reader.saw_marked = world.settlers.iter().fold(Set::default(), |set, settler| set.or(settler.saw_marked));
        }
        let manifests_first = !self.has(Guard::ReaderOrder);
        reader.next = match (reader.next, which) {
            (Step::Begin, _) if manifests_first => Step::Manifests,
            (Step::Begin, _) => self.read_page(&mut reader, store, 0),
            (Step::Partials(day), _) => self.read_page(&mut reader, store, day),
            (Step::Manifests, Some(which)) => {
                reader.keep(store, which);
                match (self.wanted(&reader).is_empty(), manifests_first) {
                    (false, _) => Step::Manifests,
                    (true, false) => Step::Rollups,
                    (true, true) => Step::Partials(0),
                }
            }
            (Step::Rollups, _) => Step::Done(self.answer(world, &reader)),
            (Step::Manifests | Step::Done(_), _) => reader.next,
        };
        world.reader = match reader.next {
            Step::Done(_) => Reader { next: reader.next, ..Reader::default() },
            _ => reader,
        };
    }

    /// Reads a page of partials; the next step.
    fn read_page(&self, reader: &mut Reader, store: &Store, page: u8) -> Step {
        reader.seen = reader.seen.or(store.partials.and(self.setup.segments_of(page, None)));
        match (page + 1 < self.setup.days, self.has(Guard::ReaderOrder)) {
            (true, _) => Step::Partials(page + 1),
            (false, true) => Step::Manifests,
            (false, false) => Step::Rollups,
        }
    }

    /// The manifests that are needed and not read: first those above the days, and of the days those with partials; then, where neither
    /// lifetime nor the month may be used, the other days.
    fn wanted(&self, reader: &Reader) -> Vec<Which> {
        let lifetime = (self.setup.lifetime && reader.lifetime.is_none()).then_some(Which::Lifetime);
        let month = (self.setup.month && reader.month.is_none()).then_some(Which::Month);
        let unread = || (0..self.setup.days).filter(|day| reader.days[usize::from(*day)].is_none());
        let busy = unread().filter(|day| !reader.seen.and(self.setup.segments_of(*day, None)).is_empty());
        let first: Vec<Which> = lifetime.into_iter().chain(month).chain(busy.map(Which::Day)).collect();
        let by_days = !self.uses_lifetime(reader) && !self.uses_month(reader);
        let wanted = if first.is_empty() && by_days { unread().map(Which::Day).collect() } else { first };
        let stale = wanted.clone().into_iter().filter_map(|which| match which {
            Which::Day(day) if !self.has(Guard::StrongReads) => Some(Which::DayBefore(day)),
            _ => None,
        });
        wanted.into_iter().chain(stale).collect()
    }

    /// Whether the month may stand for its days: current, and of every day with partials the version that it was built from.
    fn uses_month(&self, reader: &Reader) -> bool {
        let Some(month) = &reader.month else { return false };
        let is_current = month.is_current() || !self.has(Guard::ReaderMonthCurrent);
        month.rollup != 0 && is_current && self.days_are_those_of(reader, month)
    }

    /// Whether lifetime may stand for its month: current, and where there are partials of the month, built from that very version of it,
    /// and that from those very versions of the days.
    fn uses_lifetime(&self, reader: &Reader) -> bool {
        let (Some(lifetime), Some(month)) = (&reader.lifetime, &reader.month) else { return false };
        let is_current = lifetime.is_current() || !self.has(Guard::ReaderLifetimeCurrent);
        let is_of_month = reader.seen.is_empty() || month.version == lifetime.built[0] || !self.has(Guard::ReaderLifetimeVersion);
        lifetime.rollup != 0 && is_current && is_of_month && self.days_are_those_of(reader, month)
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
        if let Some(lifetime) = reader.lifetime.filter(|_| self.uses_lifetime(reader)) {
            return rollup(lifetime.rollup);
        }
        if let Some(month) = reader.month.filter(|_| self.uses_month(reader)) {
            return rollup(month.rollup);
        }
        let rollups = reader.days.iter().flatten().map(|day| rollup(day.rollup));
        rollups.collect::<Option<Vec<_>>>().map(|rollups| rollups.into_iter().fold(Tally::default(), Tally::plus))
    }
}
