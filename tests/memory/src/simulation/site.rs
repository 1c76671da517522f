//! Kinds of calls, and what became of them: by whom, to which service, to do what, with what kind of item.

use ports::Key;
use std::collections::BTreeMap;

/// A kind of call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Site {
    /// The function that makes it.
    pub function: &'static str,
    /// `table`, `bucket` or the queue's name.
    pub service: &'static str,
    /// The port's method.
    pub operation: &'static str,
    /// What is read or written.
    pub item: &'static str,
}

/// How often calls of one kind were made, and came to harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Calls.
    pub calls: u64,
    /// Its process ended before it took effect.
    pub crashed_before: u64,
    /// Its process ended after it took effect.
    pub crashed_after: u64,
    /// It was refused for the moment.
    pub throttled: u64,
    /// It was carried out, and its answer was lost.
    pub lost: u64,
    /// It was carried out in part.
    pub torn: u64,
    /// Its first answer was lost on the way, and the client made it again.
    pub repeated: u64,
}

impl Tally {
    /// Adds another's numbers.
    pub fn add(&mut self, other: &Self) {
        self.calls += other.calls;
        self.crashed_before += other.crashed_before;
        self.crashed_after += other.crashed_after;
        self.throttled += other.throttled;
        self.lost += other.lost;
        self.torn += other.torn;
        self.repeated += other.repeated;
    }

    /// How often calls came to harm.
    #[must_use]
    pub fn faults(&self) -> u64 {
        self.crashed_before + self.crashed_after + self.throttled + self.lost + self.torn + self.repeated
    }
}

/// All calls by kind.
pub type Tallies = BTreeMap<Site, Tally>;

/// What kind of item a key is of.
pub(super) fn of_item(key: &Key) -> &'static str {
    let Key { partition, sort } = key;
    let Some((_, kind)) = partition.strip_prefix("T#").and_then(|rest| rest.split_once('#')) else {
        return match partition.split('#').next() {
            Some("L") => "limit",
            Some("TENANTS") => "tenant",
            Some("DUE") => "what is due",
            _ => "other",
        };
    };
    match (kind.split('#').next().unwrap_or_default(), kind.rsplit('#').next().unwrap_or_default()) {
        ("P", _) => "partial",
        ("M", _) if sort.starts_with("month#") => "month manifest",
        ("M", _) if sort == "lifetime" => "lifetime manifest",
        ("M", _) => "day manifest",
        ("R", "hour") => "hour rollup",
        ("R", "day") => "day rollup",
        ("R", "month") => "month rollup",
        ("R", "lifetime") => "lifetime rollup",
        ("I", _) => "claim",
        ("B", _) => "buffer",
        ("C", "prices") => "prices",
        ("C", "revision") => "revision",
        ("C", "jobs") => "job",
        ("C", "erasures") => "erasure",
        ("C", "keys") => "key",
        ("C", "reports") => "run",
        ("C", "schedules") => "schedule",
        ("C", "budgets") => "budget",
        ("C", "notices") => "notice",
        ("C", "tasks") => "task",
        ("C", _) => "configuration",
        _ => "other",
    }
}

/// What kind of item a shard of the index names.
pub(super) fn of_shard(shard: &str) -> &'static str {
    match shard.chars().next() {
        Some('P') => "pending partials",
        Some('S') => "days to sweep",
        Some('M') => "months to build",
        Some('J') => "jobs to do",
        Some('T') => "tasks to do",
        _ => "other",
    }
}

/// What kind of object a key is of.
pub(super) fn of_object(key: &str) -> &'static str {
    match key.split('/').next() {
        Some("incoming") => "segment",
        Some("log") => "log",
        Some("reports") => "report",
        Some("exports") => "export",
        _ => "other",
    }
}
