//! What happens besides settling, building and reading: deliveries, time, and the deletion of what was superseded.

use crate::build::Level;
use crate::guard::Guard;
use crate::set::Set;
use crate::store::{ATTEMPTS, Attempt, Store};
use crate::world::{Protocol, World};

/// A manifest that may have garbage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Manifest {
    /// A day's.
    Day(u8),
    /// The month's or lifetime's.
    Upper(Level),
}

impl Manifest {
    const ALL: [Self; 4] = [Self::Day(0), Self::Day(1), Self::Upper(Level::Month), Self::Upper(Level::Lifetime)];

    fn garbage(self, store: &mut Store) -> &mut Set {
        match self {
            Self::Day(day) => &mut store.days[usize::from(day)].garbage,
            Self::Upper(level) => &mut store.upper(level).garbage,
        }
    }

    fn edition(self, store: &mut Store) -> &mut u8 {
        match self {
            Self::Day(day) => &mut store.days[usize::from(day)].edition,
            Self::Upper(level) => &mut store.upper(level).edition,
        }
    }
}

impl Protocol {
    /// The segments that the store may still commit for the first time.
    pub fn undelivered(&self, world: &World) -> Set {
        self.setup.segments_of(0, None).or(self.setup.segments_of(1, None)).minus(world.store.delivered)
    }

    /// Commits a segment.
    pub fn deliver(&self, world: &mut World, segment: u8) {
        world.store.delivered = world.store.delivered.or(Set::of(segment));
        world.store.partials = world.store.partials.or(Set::of(segment));
    }

    /// Puts the partial of the first segment again. Where it was seen gone over an hour ago, its entry may be forgotten, or be about to be.
    pub fn deliver_again(&self, world: &mut World) {
        let store = &mut world.store;
        let segment = Set::of(0);
        store.redeliveries -= 1;
        if !store.partials.has(0) && store.aged.or(store.forgotten).has(0) {
            store.stale = store.stale.or(segment);
            world.reader.notice_stale(segment);
        }
        store.partials = store.partials.or(segment);
    }

    /// The segments that were marked as gone before anyone began who is still at work: only of them may an hour have passed.
    pub fn may_age(&self, world: &World) -> Set {
        let marked = world.store.days.iter().fold(Set::default(), |set, day| set.or(day.gone)).minus(world.store.aged);
        let watchers = world.settlers.iter().map(|settler| settler.saw_marked).chain([world.reader.saw_marked]);
        watchers.fold(marked, Set::minus)
    }

    /// The attempts that may be deleted: superseded before any reader began who is still reading.
    pub fn sweepable(&self, world: &mut World) -> Set {
        let mut garbage = Set::default();
        for manifest in Manifest::ALL {
            garbage = garbage.or(*manifest.garbage(&mut world.store));
        }
        if !self.has(Guard::OrphanDelay) {
            garbage = garbage.or(orphans(world));
        }
        let held = if self.has(Guard::SweepDelay) { world.reader.saw_superseded } else { Set::default() };
        garbage.and(written(&world.store)).minus(held)
    }

    /// The manifests whose garbage is all deleted, and may be put without it.
    pub fn swept(&self, world: &mut World) -> impl Iterator<Item = Manifest> {
        let there = written(&world.store);
        let is_swept = |manifest: &Manifest| {
            let garbage = *manifest.garbage(&mut world.store);
            !garbage.is_empty() && garbage.and(there).is_empty()
        };
        Manifest::ALL.into_iter().filter(is_swept).collect::<Vec<_>>().into_iter()
    }

    /// Puts a manifest without its garbage: an edition more, and nothing that is counted changed, so that nothing above it is marked.
    pub fn put_swept(&self, world: &mut World, manifest: Manifest) {
        *manifest.garbage(&mut world.store) = Set::default();
        *manifest.edition(&mut world.store) += 1;
    }
}

fn written(store: &Store) -> Set {
    let there = (0_u8..).zip(&store.written).filter(|(_, written)| written.is_some());
    there.fold(Set::default(), |set, (attempt, _): (Attempt, _)| set.or(Set::of(attempt)))
}

/// What no manifest names, though someone may be about to commit it.
fn orphans(world: &World) -> Set {
    let store = &world.store;
    let uppers = [store.month, store.lifetime].into_iter().filter(|upper| upper.rollup != 0);
    let named = uppers.map(|upper| Set::of(upper.rollup)).chain(store.days.iter().map(|day| day.names())).fold(Set::default(), Set::or);
    debug_assert!(ATTEMPTS <= 32);
    written(store).minus(named)
}
