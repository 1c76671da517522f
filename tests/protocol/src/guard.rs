//! The guards of the protocol: each can be left out, and then some history goes wrong.

use crate::setup::Setup;
use std::fmt;

macro_rules! guards {
    ($($(#[doc = $doc:literal])+ $name:ident: $setup:ident;)+) => {
        /// One thing that the protocol must do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Guard {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Guard {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The name it is asked for by.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),+ }
            }

            /// What it demands.
            #[must_use]
            pub const fn rule(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+)),+ }
            }

            /// The setup in which its absence shows.
            #[must_use]
            pub fn setup(self) -> Setup {
                match self { $(Self::$name => Setup::$setup()),+ }
            }
        }
    };
}

guards! {
    /// Every try at a commit writes under an attempt id of its own.
    Attempt: day;
    /// The manifest names the segments that its rollups have counted, and their partials count no more.
    Absorbed: day;
    /// A manifest is put only over the one it was made from.
    Condition: day;
    /// Every put of a manifest raises a number of its own, and is conditioned on it: also one that changes nothing that is counted.
    Edition: pruning;
    /// A reader reads partials first, manifests second, rollups last.
    ReaderOrder: day;
    /// Partials are deleted only after the commit that absorbs them.
    DeleteAfterCommit: day;
    /// Rollups and log are written before the manifest names them.
    WriteBeforeCommit: day;
    /// Readers read manifests strongly consistent.
    StrongReads: day;
    /// What was superseded is deleted only when no reader can still be reading it.
    SweepDelay: day;
    /// A reader that misses a part starts again, and never takes it for nothing. (Nothing is ever missed while the delay before is kept.)
    StartAgain: day;
    /// An attempt that no manifest names is deleted only when whoever wrote it can no longer commit it.
    OrphanDelay: day;
    /// Whoever is told that its commit was refused reads the manifest again before it deletes its attempt.
    LookAgain: day;
    /// A day's rollup is named by the same put as the hours it is made of.
    DayWithItsHours: day;
    /// Of copies of one event a settle counts one.
    Identity: day;
    /// A settle that began before the configuration that a day was settled with does not commit that day.
    Revision: prices;
    /// Only what no hour of the new manifest names is garbage: one object may hold several hours.
    UnnamedOnly: hours;
    /// An absorbed segment is forgotten only an hour after its partial was seen gone.
    PruneDelay: pruning;
    /// A segment is forgotten only by a settle that did not see its partial itself.
    PruneLooks: pruning;
    /// A segment that is seen again waits its hour anew, in a commit before its partial is deleted.
    SeenAgain: pruning;
    /// Before a settle commits a day, it raises what the month needs of that day.
    MonthMark: month;
    /// The month is marked before the day is committed, not after.
    MarkBeforeCommit: month;
    /// Building a month never lowers what is needed of a day.
    NeedKept: month;
    /// A month or lifetime is put only over the manifest that was read before its parts.
    UpperCondition: month;
    /// A reader uses a month only if it was built from all that is needed.
    ReaderMonthCurrent: month;
    /// A reader that saw partials of a day uses its month only if the day's version is the one the month was built from.
    ReaderMonthVersion: month;
    /// Where the month has a rollup, lifetime is marked too, after the month and before the commit.
    LifetimeMark: lifetime;
    /// Lifetime is marked also where the month already was: whoever marked it may have crashed.
    LifetimeMarkAgain: lifetime;
    /// Lifetime is built from months that are current, only.
    LifetimeOfCurrent: lifetime;
    /// A reader uses lifetime only if it was built from all that is needed.
    ReaderLifetimeCurrent: lifetime;
    /// A reader that saw partials of a month uses lifetime only if the month's version is the one lifetime was built from.
    ReaderLifetimeVersion: lifetime;
    /// A settle that finds its month built from a later version of the day than it has read marks nothing: its commit would be refused.
    StopIfBuilt: late;
}

impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.name(), self.rule())
    }
}

/// Guards that are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Without(u64);

impl Without {
    /// This guard. Where it has work only after another has failed, that one too.
    #[must_use]
    pub const fn only(guard: Guard) -> Self {
        let without = Self(1 << guard as u8);
        if matches!(guard, Guard::StartAgain) { without.and(Guard::SweepDelay) } else { without }
    }

    /// These too.
    #[must_use]
    pub const fn and(self, guard: Guard) -> Self {
        Self(self.0 | 1 << guard as u8)
    }

    /// Whether the guard is left out.
    #[must_use]
    pub const fn has(self, guard: Guard) -> bool {
        self.0 & (1 << guard as u8) != 0
    }
}
