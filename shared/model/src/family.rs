//! The five families of events: each has its own columns, cubes and retention.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A family of events: the events of one Arrow schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// What people do in an app.
    Engagement,
    /// Requests to AI models: tokens and cost.
    Ai,
    /// Transactions and subscriptions: money.
    Sales,
    /// How services behave: latency, sizes, resources.
    Performance,
    /// What happens on a platform: users, projects, generations, builds, conversations.
    Lifecycle,
}

impl Family {
    /// All families, in a fixed order.
    pub const ALL: [Self; 5] = [Self::Engagement, Self::Ai, Self::Sales, Self::Performance, Self::Lifecycle];

    /// The name used in keys of the table and the bucket.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Engagement => "engagement",
            Self::Ai => "ai",
            Self::Sales => "sales",
            Self::Performance => "performance",
            Self::Lifecycle => "lifecycle",
        }
    }

    /// The family of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|family| family.name() == name)
    }

    /// Days for which raw events are kept where the owner sets nothing else (I9).
    #[must_use]
    pub const fn default_retention_days(self) -> u32 {
        match self {
            Self::Sales => 365,
            Self::Performance => 30,
            Self::Engagement | Self::Ai | Self::Lifecycle => 90,
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
