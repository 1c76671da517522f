//! What happens besides settling, building and reading: deliveries, time, and the deletion of what was superseded.

use crate::build::Level;
use crate::guard::Guard;
use crate::set::Set;
use crate::store::{Day, Store};
use crate::world::{Protocol, World};

/// A manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Manifest {
    /// A day's.
    Day(u8),
    /// The month's or lifetime's.
    Upper(Level),
}

impl Manifest {
    const ALL: [Self; 4] = [Self::Day(0), Self::Day(1), Self::Upper(Level::Month), Self::Upper(Level::Lifetime)];

    fn garbage(self, store: &Store) -> Set {
        match self {
            Self::Day(day) => store.days[usize::from(day)].garbage,
            Self::Upper(Level::Month) => store.month.garbage,
            Self::Upper(Level::Lifetime) => store.lifetime.garbage,
        }
    }
}

impl Store {
    /// The attempts of which there is something.
    fn attempts(&self) -> Set {
        let there = (0_u8..).zip(&self.written).filter(|(_, written)| written.is_some());
        there.fold(Set::default(), |set, (attempt, _)| set.or(Set::of(attempt)))
    }

    /// Those that no manifest names, though someone may be about to commit one.
    fn orphans(&self) -> Set {
        let uppers = [self.month, self.lifetime].into_iter().filter(|upper| upper.rollup != 0).map(|upper| Set::of(upper.rollup));
        uppers.chain(self.days.iter().map(Day::names)).fold(self.attempts(), Set::minus)
    }

    /// The manifests whose garbage is all deleted, and which may be put without it.
    pub fn swept(&self) -> impl Iterator<Item = Manifest> {
        let there = self.attempts();
        Manifest::ALL.into_iter().filter(move |manifest| {
            let garbage = manifest.garbage(self);
            !garbage.is_empty() && garbage.and(there).is_empty()
        })
    }

    /// Puts a manifest without its garbage: an edition more, and nothing that is counted changed, so that nothing above it is marked.
    pub fn put_swept(&mut self, manifest: Manifest) {
        let (garbage, edition) = match manifest {
            Manifest::Day(day) => {
                let day = &mut self.days[usize::from(day)];
                (&mut day.garbage, &mut day.edition)
            }
            Manifest::Upper(level) => {
                let upper = self.upper(level);
                (&mut upper.garbage, &mut upper.edition)
            }
        };
        *garbage = Set::default();
        *edition += 1;
    }
}

impl World {
    /// Commits a segment.
    pub fn deliver(&mut self, segment: u8) {
        self.store.delivered = self.store.delivered.or(Set::of(segment));
        self.store.partials = self.store.partials.or(Set::of(segment));
    }

    /// Puts the partial of the first segment again. Where it was seen gone over an hour ago, its entry may be forgotten, or be about to be.
    pub fn deliver_again(&mut self) {
        let store = &mut self.store;
        store.redeliveries -= 1;
        if !store.partials.has(0) && store.aged.or(store.forgotten).has(0) {
            store.stale = store.stale.or(Set::of(0));
            self.reader.notice_stale(Set::of(0));
        }
        store.partials = store.partials.or(Set::of(0));
    }

    /// The segments that were marked as gone before anyone began who is still at work: only of them may an hour have passed.
    #[must_use]
    pub fn may_age(&self) -> Set {
        let marked = self.store.days.iter().fold(Set::default(), |set, day| set.or(day.gone)).minus(self.store.aged);
        let watchers = self.settlers.iter().map(|settler| settler.saw_marked).chain([self.reader.saw_marked]);
        watchers.fold(marked, Set::minus)
    }
}

impl Protocol {
    /// The segments that the store may still commit for the first time.
    #[must_use]
    pub fn undelivered(&self, world: &World) -> Set {
        self.setup.segments_of(0, None).or(self.setup.segments_of(1, None)).minus(world.store.delivered)
    }

    /// The attempts that may be deleted: superseded before any reader began who is still reading.
    #[must_use]
    pub fn sweepable(&self, world: &World) -> Set {
        let store = &world.store;
        let superseded = Manifest::ALL.into_iter().fold(Set::default(), |set, manifest| set.or(manifest.garbage(store)));
        let orphans = if self.has(Guard::OrphanDelay) { Set::default() } else { store.orphans() };
        let held = if self.has(Guard::SweepDelay) { world.reader.saw_superseded } else { Set::default() };
        superseded.or(orphans).and(store.attempts()).minus(held)
    }
}
