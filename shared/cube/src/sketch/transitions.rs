//! The changes of a subscription, each with its moment: whatever order they arrive in, the set of them is the same.

use serde::{Deserialize, Serialize};

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Change {
    /// When it happened, in milliseconds since 1970.
    pub time_ms: i64,
    /// The id of the event that told of it: with the time, what makes two changes the same.
    pub id: String,
    /// The type of the event.
    pub kind: String,
    /// How the transaction ended.
    pub status: Option<String>,
    /// The plan from then on.
    pub plan: Option<String>,
    /// The amount of each interval, in micro-units.
    pub amount_micros: Option<i64>,
    /// The amount's currency.
    pub currency: Option<String>,
    /// `month`, `year`.
    pub interval: Option<String>,
    /// When the subscription ends, where that is known, in milliseconds since 1970.
    pub ends_ms: Option<i64>,
}

/// Changes by time and id. Of copies that differ, the smallest is kept, in every merge.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Change>", into = "Vec<Change>")]
pub struct Transitions(Vec<Change>);

impl From<Transitions> for Vec<Change> {
    fn from(transitions: Transitions) -> Self {
        transitions.0
    }
}

impl From<Vec<Change>> for Transitions {
    fn from(mut changes: Vec<Change>) -> Self {
        // `Change` orders by time and id first, so that copies are neighbours and the smallest of them leads.
        changes.sort_unstable();
        changes.dedup_by(|later, earlier| (later.time_ms, &later.id) == (earlier.time_ms, &earlier.id));
        Self(changes)
    }
}

impl Transitions {
    /// How many bytes of memory they take beside themselves.
    pub(crate) fn memory_bytes(&self) -> usize {
        let texts = |change: &Change| {
            let optional = [&change.status, &change.plan, &change.currency, &change.interval];
            let optional = optional.into_iter().flatten().map(String::len).sum::<usize>();
            change.id.len() + change.kind.len() + optional
        };
        size_of_val(self.0.as_slice()) + self.0.iter().map(texts).sum::<usize>()
    }

    /// Adds the changes of `other`.
    pub fn merge(&mut self, other: &Self) {
        let mut all = std::mem::take(&mut self.0);
        all.extend_from_slice(&other.0);
        *self = Self::from(all);
    }

    /// Gives each change another id.
    pub fn rename(&mut self, name: impl Fn(&str) -> String) {
        let changes = std::mem::take(&mut self.0);
        *self = Self::from(changes.into_iter().map(|change| Change { id: name(&change.id), ..change }).collect::<Vec<_>>());
    }

    /// The changes, in order of time.
    #[must_use]
    pub fn as_slice(&self) -> &[Change] {
        &self.0
    }
}
