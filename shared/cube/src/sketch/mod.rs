//! States that merge but are not plain numbers. Each is a pure function of the set (or multiset) of values it has seen, so that merging is
//! associative and commutative with the empty state as identity (I5); each has one canonical serde form, whose bytes may be anything when
//! read: they are checked, and never trusted.

mod days;
mod distinct;
mod octets;
mod quantiles;
mod set;
mod spans;
mod transitions;

pub use days::Days;
pub use distinct::Distinct;
pub(crate) use distinct::{Marks, Union};
pub(crate) use quantiles::Bucket;
pub use quantiles::Quantiles;
pub use set::{Set, SetError};
pub use spans::{Span, Spans};
pub use transitions::{Change, Transitions};

/// A number that is estimated: the estimate and where the truth lies, at two standard deviations (95%).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The best guess.
    pub value: f64,
    /// The truth is hardly less than this.
    pub low: f64,
    /// The truth is hardly more than this.
    pub high: f64,
}

#[cfg(test)]
mod tests;
