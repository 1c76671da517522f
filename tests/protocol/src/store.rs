//! What the table and the bucket hold.

use crate::set::{Set, Tally};
use crate::setup::Setup;

/// The number of an attempt; 0 is none.
pub type Attempt = u8;
/// One more than the highest attempt of any writer.
pub const ATTEMPTS: usize = 28;
/// The attempts that wrote what was settled before the history begins: of the day, the month and lifetime.
const SETTLED_BEFORE: [Attempt; 3] = [1, 2, 3];

/// The manifest of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Day {
    /// How often it was put: what every put is conditioned on.
    pub edition: u8,
    /// How often what it counts has changed.
    pub version: u8,
    /// The configuration that it was settled with.
    pub configuration: u8,
    /// Whose log and rollup each hour has.
    pub hours: [Attempt; 2],
    /// Whose rollup the day has.
    pub rollup: Attempt,
    /// The segments that count no more by their partials.
    pub absorbed: Set,
    /// Those whose partials were seen gone.
    pub gone: Set,
    /// Attempts that were superseded.
    pub garbage: Set,
}

impl Day {
    /// The attempts it names.
    #[must_use]
    pub fn names(&self) -> Set {
        [self.hours[0], self.hours[1], self.rollup]
            .into_iter()
            .filter(|attempt| *attempt != 0)
            .fold(Set::default(), |set, attempt| set.or(Set::of(attempt)))
    }
}

/// The manifest of a month, made of days, or of lifetime, made of one month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Upper {
    /// How often it was put: what every put is conditioned on.
    pub edition: u8,
    /// How often its rollup or what it needs has changed.
    pub version: u8,
    /// The version of each part that its rollup must have been built from, at least.
    pub needed: [u8; 2],
    /// The version of each part that it was built from.
    pub built: [u8; 2],
    /// Whose rollup it has.
    pub rollup: Attempt,
    /// Attempts that were superseded.
    pub garbage: Set,
}

impl Upper {
    /// Whether its rollup has all that is needed.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.rollup != 0 && self.built[0] >= self.needed[0] && self.built[1] >= self.needed[1]
    }

    /// Raises what is needed of a part: one put of the next version, where that changes anything.
    pub fn need(&mut self, part: u8, version: u8) -> bool {
        let needed = &mut self.needed[usize::from(part)];
        let is_new = *needed < version;
        if is_new {
            *needed = version;
            self.version += 1;
            self.edition += 1;
        }
        is_new
    }
}

/// What an attempt has written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Written {
    /// The log of the hours that it settled, and their rollups.
    pub log: Tally,
    /// The rollup of the day, the month or lifetime.
    pub rollup: Tally,
}

/// The table and the bucket, and what time has done to them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Store {
    /// The segments that have a partial.
    pub partials: Set,
    /// The manifests of the days.
    pub days: [Day; 2],
    /// What they were before: a read that is not strongly consistent may still find that.
    pub before: [Day; 2],
    /// The manifest of the month.
    pub month: Upper,
    /// The manifest of lifetime.
    pub lifetime: Upper,
    /// What each attempt has written; nothing where it was deleted, or never was.
    pub written: [Option<Written>; ATTEMPTS],
    /// The revision of the configuration.
    pub configuration: u8,
    /// Whether a day was ever settled with an older configuration than it had been.
    pub priced_back: bool,
    /// The segments that were ever committed.
    pub delivered: Set,
    /// How often the first segment is still delivered again.
    pub redeliveries: u8,
    /// Segments that were seen gone over an hour ago.
    pub aged: Set,
    /// Segments that were absorbed and then forgotten.
    pub forgotten: Set,
    /// Segments put again over an hour after they were seen gone, and not yet settled again.
    pub stale: Set,
}

impl Store {
    /// How it is when the history begins.
    #[must_use]
    pub fn new(setup: &Setup) -> Self {
        let mut store = Self {
            partials: Set::of(0),
            days: Default::default(),
            before: Default::default(),
            month: Upper::default(),
            lifetime: Upper::default(),
            written: [None; ATTEMPTS],
            configuration: 0,
            priced_back: false,
            delivered: Set::of(0),
            redeliveries: setup.redeliveries,
            aged: Set::default(),
            forgotten: Set::default(),
            stale: Set::default(),
        };
        if setup.month {
            store.settle_what_is_old(setup);
        }
        store
    }

    /// The old event is settled in the first day, and the month built from it, and lifetime from that.
    fn settle_what_is_old(&mut self, setup: &Setup) {
        let [day, month, lifetime] = SETTLED_BEFORE;
        self.days[0] = Day { edition: 1, version: 1, hours: [day, 0], rollup: day, ..Day::default() };
        self.before = self.days;
        self.month = Upper { edition: 1, version: 1, needed: [1, 0], ..Upper::default() };
        if setup.is_built {
            self.month = Upper { edition: 2, version: 2, built: [1, 0], rollup: month, ..self.month };
        }
        if setup.is_built && setup.lifetime {
            self.lifetime = Upper { edition: 1, version: 1, built: [2, 0], rollup: lifetime, ..Upper::default() };
        }
        for attempt in SETTLED_BEFORE {
            self.written[usize::from(attempt)] = Some(Written { log: setup.old(), rollup: setup.old() });
        }
    }

    /// What an attempt has written, while it is there.
    #[must_use]
    pub fn written(&self, attempt: Attempt) -> Option<Written> {
        self.written[usize::from(attempt)]
    }

    /// The log of each hour of a day, and nothing where one is gone.
    #[must_use]
    pub fn hours(&self, setup: &Setup, day: &Day, number: u8) -> Option<[Tally; 2]> {
        let log = |hour: u8| match day.hours[usize::from(hour)] {
            0 => Some(Tally::default()),
            attempt => self.written(attempt).map(|written| written.log.of(setup.events_of_hour(number, hour))),
        };
        Some([log(0)?, log(1)?])
    }

    /// The rollup of a day, a month or lifetime: empty where there is none yet, and nothing where it is gone.
    #[must_use]
    pub fn rollup(&self, attempt: Attempt) -> Option<Tally> {
        if attempt == 0 { Some(Tally::default()) } else { self.written(attempt).map(|written| written.rollup) }
    }

    /// Writes under an attempt.
    pub fn write(&mut self, attempt: Attempt, written: Written) {
        self.written[usize::from(attempt)] = Some(written);
    }

    /// Deletes what an attempt has written.
    pub fn delete(&mut self, attempt: Attempt) {
        self.written[usize::from(attempt)] = None;
    }
}
