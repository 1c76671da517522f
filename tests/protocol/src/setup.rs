//! Setups: what there is in a world. One world with everything would have too many states, so each setup has what can disturb each other.

use crate::set::{Set, Tally};

/// What there is in a world.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each says of one thing whether a world has it")]
pub struct Setup {
    /// Its name.
    pub name: &'static str,
    /// The segments: the day and hour each is of, and its events. The first is there from the start.
    pub segments: &'static [Segment],
    /// How many days the month has.
    pub days: u8,
    /// The settlers: the day each settles, and how often at most.
    pub settlers: [(u8, u8); 2],
    /// Whether a settle may take some hours of a day and leave the others to the next round.
    pub rounds: bool,
    /// Whether a call that nobody else can notice is one step with the one before it.
    pub coarse: bool,
    /// How often the first segment is delivered again.
    pub redeliveries: u8,
    /// Whether the answer to a commit may get lost, so that its repeat is refused by its own success.
    pub lost_answers: bool,
    /// Whether the configuration (the prices) changes once, and what was settled with the old one is settled again.
    pub prices: bool,
    /// Whether superseded attempts are swept, and the manifests then put without them.
    pub sweeps: bool,
    /// How often the month is built at most; without a month, not at all.
    pub builds: [u8; 2],
    /// Whether there is a month above the days.
    pub month: bool,
    /// Whether there is a lifetime above the month.
    pub lifetime: bool,
    /// Whether the month and lifetime are built before the history begins, from what is settled then.
    pub is_built: bool,
    /// Whether there is a reader.
    pub reader: bool,
}

/// A segment: its place and its events.
#[derive(Debug, Clone, Copy)]
pub struct Segment {
    /// The day its events are of.
    pub day: u8,
    /// Their hour.
    pub hour: u8,
    /// The events.
    pub events: &'static str,
}

const fn segment(day: u8, hour: u8, events: &'static str) -> Segment {
    Segment { day, hour, events }
}

/// No month, no lifetime, no second segment: what the others are made from.
const PLAIN: Setup = Setup {
    name: "plain",
    segments: &[segment(0, 0, "ab")],
    days: 1,
    settlers: [(0, 1), (0, 1)],
    rounds: false,
    coarse: false,
    redeliveries: 0,
    lost_answers: false,
    prices: false,
    sweeps: false,
    builds: [0, 0],
    month: false,
    lifetime: false,
    is_built: true,
    reader: true,
};

impl Setup {
    /// One day of one hour; the client sends the event `a` twice, in both segments.
    #[must_use]
    pub const fn day() -> Self {
        let segments = const { &[segment(0, 0, "ab"), segment(0, 0, "ac")] };
        Self { name: "day", segments, settlers: [(0, 2), (0, 1)], redeliveries: 1, lost_answers: true, sweeps: true, ..PLAIN }
    }

    /// One day of two hours that share objects, settled in rounds.
    #[must_use]
    pub const fn hours() -> Self {
        let segments = const { &[segment(0, 0, "ab"), segment(0, 1, "c")] };
        Self { name: "hours", segments, settlers: [(0, 2), (0, 1)], rounds: true, sweeps: true, ..PLAIN }
    }

    /// One day, whose prices change at any time.
    #[must_use]
    pub const fn prices() -> Self {
        let segments = const { &[segment(0, 0, "ab"), segment(0, 0, "c")] };
        Self { name: "prices", segments, settlers: [(0, 2), (0, 2)], prices: true, reader: false, ..PLAIN }
    }

    /// One segment, absorbed, seen gone, forgotten, and delivered again at any time.
    #[must_use]
    pub const fn pruning() -> Self {
        Self { name: "pruning", settlers: [(0, 4), (0, 2)], redeliveries: 2, ..PLAIN }
    }

    /// Two days of one month: a late segment for each.
    #[must_use]
    pub const fn month() -> Self {
        let segments = const { &[segment(0, 0, "ab"), segment(1, 0, "c")] };
        Self {
            name: "month",
            segments,
            days: 2,
            redeliveries: 1,
            settlers: [(0, 1), (1, 1)],
            builds: [2, 0],
            month: true,
            coarse: true,
            ..PLAIN
        }
    }

    /// One day, its month and lifetime: two late segments.
    #[must_use]
    pub const fn lifetime() -> Self {
        let segments = const { &[segment(0, 0, "ab"), segment(0, 0, "c")] };
        Self { name: "lifetime", segments, settlers: [(0, 2), (0, 0)], builds: [2, 1], month: true, lifetime: true, coarse: true, ..PLAIN }
    }

    /// The same with a second settler of the same segment, which may be late; nobody reads.
    #[must_use]
    pub const fn late() -> Self {
        Self { name: "late", segments: PLAIN.segments, settlers: [(0, 2), (0, 1)], reader: false, ..Self::lifetime() }
    }

    /// Larger ones, which take minutes: more passes, a reader of what a late settler leaves, and a month that was never built.
    #[must_use]
    pub fn wide() -> [Self; 6] {
        [
            Self { settlers: [(0, 2), (0, 2)], ..Self::day() },
            Self { settlers: [(0, 4), (0, 4)], ..Self::pruning() },
            Self { settlers: [(0, 2), (1, 1)], ..Self::month() },
            Self { reader: true, ..Self::late() },
            Self { builds: [2, 2], ..Self::lifetime() },
            Self { is_built: false, ..Self::lifetime() },
        ]
    }

    /// Those that are followed in every test run.
    #[must_use]
    pub fn all() -> [Self; 7] {
        [Self::day(), Self::hours(), Self::prices(), Self::pruning(), Self::month(), Self::lifetime(), Self::late()]
    }

    /// The events of some segments, each as often as it is in one of them.
    #[must_use]
    pub fn events(&self, segments: Set) -> Tally {
        segments.iter().map(|one| Tally::once(self.segments[usize::from(one)].events)).fold(Tally::default(), Tally::plus)
    }

    /// The segments of a day, or of one hour of it.
    #[must_use]
    pub fn segments_of(&self, day: u8, hour: Option<u8>) -> Set {
        let belongs = |one: &Segment| one.day == day && hour.is_none_or(|hour| one.hour == hour);
        (0_u8..).zip(self.segments).filter(|(_, one)| belongs(one)).fold(Set::default(), |set, (number, _)| set.or(Set::of(number)))
    }

    /// What may be counted in an hour, each event once; the old event is of the first hour.
    #[must_use]
    pub fn events_of_hour(&self, day: u8, hour: u8) -> Tally {
        self.events(self.segments_of(day, Some(hour))).deduped(if (day, hour) == (0, 0) { old_event() } else { Tally::default() })
    }

    /// What was settled before the history begins: an old event, where there is a month to be current with it.
    #[must_use]
    pub fn old(&self) -> Tally {
        if self.month { old_event() } else { Tally::default() }
    }
}

fn old_event() -> Tally {
    Tally::once("o")
}
