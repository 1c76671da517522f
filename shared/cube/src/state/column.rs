//! What the cells of a state keep of one measure, as a column: one value a cell, and the identity of its merge where nothing was seen.

use crate::catalogue::Aggregate;
use crate::sketch::{Days, Distinct, Quantiles, Set, Spans, Transitions, Union};

/// A value at its moment, in milliseconds since 1970.
pub type Reading = (i64, i64);

/// The values of one measure.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Counts and sums.
    Sum(Vec<i128>),
    /// Smallest values.
    Min(Vec<Option<i64>>),
    /// Largest values.
    Max(Vec<Option<i64>>),
    /// Latest values.
    Last(Vec<Option<Reading>>),
    /// Numbers of distinct labels.
    Distinct(Vec<Distinct>),
    /// Sets of labels.
    Set(Vec<Set>),
    /// Distributions.
    Quantiles(Vec<Quantiles>),
    /// Spans of time, ended by so many milliseconds without an event.
    Spans(i64, Vec<Spans>),
    /// Sets of days.
    Days(Vec<Days>),
    /// Changes of a subscription.
    Transitions(Vec<Transitions>),
}

/// Runs the same code for the vector of any kind of column.
macro_rules! each {
    ($column:expr, $values:ident => $body:expr) => {
        match $column {
            $crate::state::column::Column::Sum($values) => $body,
            $crate::state::column::Column::Min($values) | $crate::state::column::Column::Max($values) => $body,
            $crate::state::column::Column::Last($values) => $body,
            $crate::state::column::Column::Distinct($values) => $body,
            $crate::state::column::Column::Set($values) => $body,
            $crate::state::column::Column::Quantiles($values) => $body,
            $crate::state::column::Column::Spans(_, $values) => $body,
            $crate::state::column::Column::Days($values) => $body,
            $crate::state::column::Column::Transitions($values) => $body,
        }
    };
}
pub(crate) use each;

impl Column {
    /// A column for a measure of this kind, without cells.
    pub fn new(aggregate: &Aggregate) -> Self {
        match aggregate {
            Aggregate::Count | Aggregate::Sum(_) => Self::Sum(Vec::new()),
            Aggregate::Min(_) => Self::Min(Vec::new()),
            Aggregate::Max(_) => Self::Max(Vec::new()),
            Aggregate::Last(_) => Self::Last(Vec::new()),
            Aggregate::Distinct(_) => Self::Distinct(Vec::new()),
            Aggregate::Set(_) => Self::Set(Vec::new()),
            Aggregate::Quantiles(_) => Self::Quantiles(Vec::new()),
            Aggregate::Spans(gap_ms) => Self::Spans(*gap_ms, Vec::new()),
            Aggregate::Days => Self::Days(Vec::new()),
            Aggregate::Transitions => Self::Transitions(Vec::new()),
        }
    }

    /// A column of the same kind, without cells.
    pub fn without_values(&self) -> Self {
        match self {
            Self::Sum(_) => Self::Sum(Vec::new()),
            Self::Min(_) => Self::Min(Vec::new()),
            Self::Max(_) => Self::Max(Vec::new()),
            Self::Last(_) => Self::Last(Vec::new()),
            Self::Distinct(_) => Self::Distinct(Vec::new()),
            Self::Set(_) => Self::Set(Vec::new()),
            Self::Quantiles(_) => Self::Quantiles(Vec::new()),
            Self::Spans(gap_ms, _) => Self::Spans(*gap_ms, Vec::new()),
            Self::Days(_) => Self::Days(Vec::new()),
            Self::Transitions(_) => Self::Transitions(Vec::new()),
        }
    }

    /// Gives it so many cells; new ones have seen nothing.
    pub fn grow(&mut self, cells: usize) {
        each!(self, values => values.resize_with(cells, Default::default));
    }

    /// Takes it to its form for keeping: sets that were united are put in order.
    pub fn finish(&mut self) {
        if let Self::Set(sets) = self {
            sets.iter_mut().for_each(Set::finish);
        }
    }

    /// How many bytes of memory it takes, about.
    pub fn memory_bytes(&self) -> usize {
        fn sum<T>(values: &[T], beyond: impl Fn(&T) -> usize) -> usize {
            size_of_val(values) + values.iter().map(beyond).sum::<usize>()
        }
        match self {
            Self::Sum(values) => size_of_val(values.as_slice()),
            Self::Min(values) | Self::Max(values) => size_of_val(values.as_slice()),
            Self::Last(values) => size_of_val(values.as_slice()),
            Self::Distinct(values) => sum(values, Distinct::memory_bytes),
            Self::Set(values) => sum(values, Set::memory_bytes),
            Self::Quantiles(values) => sum(values, Quantiles::memory_bytes),
            Self::Spans(_, values) => sum(values, |spans| size_of_val(spans.as_slice())),
            Self::Days(values) => sum(values, |days| size_of_val(days.as_slice())),
            Self::Transitions(values) => sum(values, Transitions::memory_bytes),
        }
    }

    /// Merges each cell of `other` into the cell of this column that `targets` names for it; columns of another kind merge nothing.
    pub fn merge(&mut self, other: &Self, targets: &[Option<u32>]) {
        match (self, other) {
            (Self::Sum(own), Self::Sum(other)) => merge_each(own, other, targets, |sum, more| *sum = sum.saturating_add(*more)),
            (Self::Min(own), Self::Min(other)) => merge_each(own, other, targets, |least, more| merge_least(least, *more)),
            (Self::Max(own), Self::Max(other)) => merge_each(own, other, targets, |most, more| *most = (*most).max(*more)),
            // Of one moment's values the largest, so that order does not matter.
            (Self::Last(own), Self::Last(other)) => merge_each(own, other, targets, |last, more| *last = (*last).max(*more)),
            (Self::Distinct(own), Self::Distinct(other)) => {
                let mut unions: Vec<Union> = own.drain(..).map(Union::of).collect();
                merge_each(&mut unions, other, targets, Union::add);
                own.extend(unions.into_iter().map(Union::finish));
            }
            (Self::Set(own), Self::Set(other)) => merge_each(own, other, targets, Set::merge),
            (Self::Quantiles(own), Self::Quantiles(other)) => merge_each(own, other, targets, Quantiles::merge),
            (Self::Spans(gap_ms, own), Self::Spans(_, other)) => {
                let gap_ms = *gap_ms;
                merge_each(own, other, targets, |spans, more| spans.merge(more, gap_ms));
            }
            (Self::Days(own), Self::Days(other)) => merge_each(own, other, targets, Days::merge),
            (Self::Transitions(own), Self::Transitions(other)) => merge_each(own, other, targets, Transitions::merge),
            _ => debug_assert!(false, "columns of one measure are of one kind"),
        }
    }

    /// Takes what each cell of `other` has away from the cell of this column that `targets` names for it, which has all of it: of sums and
    /// distributions.
    pub fn take_away(&mut self, other: &Self, targets: &[Option<u32>]) {
        match (self, other) {
            (Self::Sum(own), Self::Sum(other)) => merge_each(own, other, targets, |sum, less| *sum = sum.saturating_sub(*less)),
            (Self::Quantiles(own), Self::Quantiles(other)) => merge_each(own, other, targets, Quantiles::take_away),
            _ => debug_assert!(false, "only what was added up can be taken away"),
        }
    }
}

fn merge_each<T, U>(own: &mut [T], other: &[U], targets: &[Option<u32>], merge: impl Fn(&mut T, &U)) {
    for (more, target) in other.iter().zip(targets) {
        if let Some(own) = target.and_then(|target| own.get_mut(target as usize)) {
            merge(own, more);
        }
    }
}

/// The smaller of two, where nothing is no value rather than the smallest.
pub fn merge_least(least: &mut Option<i64>, more: Option<i64>) {
    *least = match (*least, more) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
}
