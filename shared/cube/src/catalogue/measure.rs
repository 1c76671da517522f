//! What is measured: what a cell keeps of the events in it, and what is worked out from that when it is read.

/// What a number counts, and with it where its decimal point stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Events, users, requests: whole numbers.
    Count,
    /// Tokens of an AI model.
    Tokens,
    /// Pico-dollars, shown as USD.
    PicoUsd,
    /// Micro-units of the currency that the cell's `currency` names; amounts of different currencies are never added (I8).
    Money,
    /// Millionths of a credit.
    Credits,
    /// Thousandths of something that has no name.
    Milli,
    /// Thousandths of a percent.
    MilliPercent,
    /// Milliseconds.
    Millis,
    /// Microseconds, shown as milliseconds.
    Micros,
    /// Bytes.
    Bytes,
    /// Characters.
    Characters,
    /// A moment, in milliseconds since 1970.
    Moment,
    /// One measure over another.
    Ratio,
}

impl Unit {
    /// How many digits of the integer stand after the point.
    #[must_use]
    pub const fn scale(self) -> u32 {
        match self {
            Self::PicoUsd => 12,
            Self::Money | Self::Credits => 6,
            Self::Milli | Self::MilliPercent | Self::Micros => 3,
            Self::Count | Self::Tokens | Self::Millis | Self::Bytes | Self::Characters | Self::Moment | Self::Ratio => 0,
        }
    }

    /// The unit of the number once its point is set.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Tokens => "tokens",
            Self::PicoUsd => "USD",
            Self::Money => "currency",
            Self::Credits => "credits",
            Self::Milli => "units",
            Self::MilliPercent => "percent",
            Self::Millis | Self::Micros => "milliseconds",
            Self::Bytes => "bytes",
            Self::Characters => "characters",
            Self::Moment => "time",
            Self::Ratio => "ratio",
        }
    }
}

/// What an event must be to count. All conditions must hold; none means every event.
pub type Filter = &'static [Condition];

/// One condition on one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Condition {
    /// The column.
    pub column: &'static str,
    /// What must be true of it.
    pub test: Test,
}

/// What must be true of a column's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Test {
    /// The label is one of these.
    In(&'static [&'static str]),
    /// The label is none of these; an absent one passes.
    NotIn(&'static [&'static str]),
    /// The number is there and at least this.
    AtLeast(i64),
    /// There is a value.
    Present,
}

/// How a cell sums up its events. Each has a state that merges (I5): see DESIGN's "states that merge".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aggregate {
    /// How many events.
    Count,
    /// The sum of an integer column; an absent value adds nothing.
    Sum(&'static str),
    /// The smallest value of an integer column.
    Min(&'static str),
    /// The largest value of an integer column.
    Max(&'static str),
    /// The latest value of an integer column, by the event's time; of one moment's, the largest.
    Last(&'static str),
    /// About how many distinct labels a column has (`HyperLogLog`, lg K = 12).
    Distinct(&'static str),
    /// The set of a column's labels, so that sets can be united and intersected (Theta sketch, k = 4096).
    Set(&'static str),
    /// The distribution of an integer column (`DDSketch` buckets, 1%).
    Quantiles(&'static str),
    /// The spans of time that events cover, where more than this many milliseconds without one ends a span.
    Spans(i64),
    /// On which days the events were, as the tenant's hours divide them.
    Days,
    /// The changes of a subscription, each with its moment.
    Transitions,
}

/// One number, or state, that a cell keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    /// Its name, unique in its cube; never reused for something else, because stored states carry it.
    pub name: &'static str,
    /// The unit of its number.
    pub unit: Unit,
    /// How it sums up.
    pub aggregate: Aggregate,
    /// Which of the cube's events it sums up.
    pub when: Filter,
    /// What it is, for the catalogue's readers.
    pub description: &'static str,
}

impl Measure {
    /// A measure of all of a cube's events.
    #[must_use]
    pub const fn new(name: &'static str, unit: Unit, aggregate: Aggregate, description: &'static str) -> Self {
        Self { name, unit, aggregate, when: &[], description }
    }

    /// The same measure of only some of the cube's events.
    #[must_use]
    pub const fn when(self, filter: Filter) -> Self {
        Self { when: filter, ..self }
    }
}

/// A number worked out from measures when they are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Derived {
    /// Its name, unique among the cube's measures and derived numbers.
    pub name: &'static str,
    /// Its unit.
    pub unit: Unit,
    /// How it is worked out.
    pub formula: Formula,
    /// What it is.
    pub description: &'static str,
}

/// How a number is worked out. Names are of measures or other derived numbers of the same cube.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Formula {
    /// The sum of several.
    Total(&'static [&'static str]),
    /// One over another; nothing where the other is zero.
    Ratio(&'static str, &'static str),
    /// How many distinct values the cube's key takes, exactly.
    Keys,
    /// How many distinct values of the key have exactly this much of a measure.
    KeysWith(&'static str, i64),
    /// How many distinct values of the key have any of a measure.
    KeysHaving(&'static str),
    /// The sum over the keys of the time from the first measure to the second.
    KeyTime(&'static str, &'static str),
    /// The distribution over the keys of the time from the first measure to the second.
    KeyTimes(&'static str, &'static str),
    /// How many spans the keys have, of a measure of [`Aggregate::Spans`].
    SpanCount(&'static str),
    /// How long the spans of the keys are together, of a measure of [`Aggregate::Spans`].
    SpanTime(&'static str),
}

impl Formula {
    /// The numbers it is worked out from.
    #[must_use]
    pub fn names(self) -> Vec<&'static str> {
        match self {
            Self::Total(names) => names.to_vec(),
            Self::Ratio(a, b) | Self::KeyTime(a, b) | Self::KeyTimes(a, b) => vec![a, b],
            Self::KeysWith(name, _) | Self::KeysHaving(name) | Self::SpanCount(name) | Self::SpanTime(name) => vec![name],
            Self::Keys => Vec::new(),
        }
    }

    /// Whether it is worked out for each value of the cube's key, and then added up.
    #[must_use]
    pub const fn is_of_keys(self) -> bool {
        !matches!(self, Self::Total(_) | Self::Ratio(..))
    }
}
