//! Small sets, and events counted: what the state of a world is made of, so that millions of worlds are cheap.

use std::fmt;

/// A set of small numbers: segments, or attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Set(u32);

impl Set {
    /// The set of one number.
    #[must_use]
    pub const fn of(one: u8) -> Self {
        Self(1 << one)
    }

    /// Whether the number is in it.
    #[must_use]
    pub const fn has(self, one: u8) -> bool {
        self.0 & (1 << one) != 0
    }

    /// Whether nothing is in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// What is in either.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What is in it and not in the other.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The smallest number in it.
    #[must_use]
    pub fn first(self) -> Option<u8> {
        self.iter().next()
    }

    /// Its numbers, in order.
    pub fn iter(self) -> impl Iterator<Item = u8> {
        (0..32).filter(move |one| self.has(*one))
    }
}

/// How often each of four events is counted: four bits for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Tally(u16);

/// The events: one settled long ago, and those of the segments.
const NAMES: [char; 4] = ['o', 'a', 'b', 'c'];
const ONCE: u16 = 0x1111;

impl Tally {
    /// These events, each once.
    #[must_use]
    pub fn once(events: &str) -> Self {
        let slot = |event| NAMES.iter().position(|name| *name == event).map_or(0, |slot| 1 << (4 * slot));
        Self(events.chars().map(slot).sum())
    }

    /// The counts of both, added.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The events of both, each once: what identity makes of copies.
    #[must_use]
    pub const fn deduped(self, other: Self) -> Self {
        let all = self.0 | other.0;
        Self((all | all >> 1 | all >> 2 | all >> 3) & ONCE)
    }

    /// The counts of these events only.
    #[must_use]
    pub const fn of(self, events: Self) -> Self {
        Self(self.0 & (events.0 * 0xf))
    }

    /// Whether every event is counted at least as often as there.
    #[must_use]
    pub fn covers(self, least: Self) -> bool {
        (0..4).all(|slot| (self.0 >> (4 * slot)) & 0xf >= (least.0 >> (4 * slot)) & 0xf)
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = |slot: usize| usize::from((self.0 >> (4 * slot)) & 0xf);
        let text: String = NAMES.iter().enumerate().flat_map(|(slot, name)| std::iter::repeat_n(*name, counted(slot))).collect();
        f.write_str(if text.is_empty() { "nothing" } else { &text })
    }
}
