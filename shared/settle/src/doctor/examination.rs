//! What an examination has seen, and what it has found.

use super::finding::{Finding, What};
use rollups::Owner;
use serde::Serialize;
use std::ops::AddAssign;

/// What was found of an owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examination {
    /// Whose.
    pub owner: Owner,
    /// What is not as it should be.
    pub findings: Vec<Finding>,
    /// How much was looked at.
    pub looked: Looked,
}

/// How much an examination has looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Looked {
    /// Manifests of days, months and all time.
    pub manifests: u64,
    /// Rollups that were read whole and worked out again.
    pub rollups: u64,
    /// Rollups that were read whole, and could not be worked out again: what they are made of has expired, or has changed since.
    pub unverified: u64,
    /// Items of rollups.
    pub items: u64,
    /// Objects: of the log, and segments.
    pub objects: u64,
    /// Events of the log that were counted again.
    pub events: u64,
    /// Partials that wait to be settled.
    pub partials: u64,
}

impl AddAssign for Looked {
    fn add_assign(&mut self, more: Self) {
        self.manifests += more.manifests;
        self.rollups += more.rollups;
        self.unverified += more.unverified;
        self.items += more.items;
        self.objects += more.objects;
        self.events += more.events;
        self.partials += more.partials;
    }
}

impl Examination {
    pub(super) fn of(owner: &Owner) -> Self {
        Self { owner: owner.clone(), findings: Vec::new(), looked: Looked::default() }
    }

    pub(super) fn found(&mut self, what: What) {
        self.findings.push(Finding { owner: self.owner.clone(), what });
    }
}
