//! A report on its way: asked for, made, and delivered to each of its targets, or visibly not.
//!
//! What a run is, is written before and after each step, each time over the version that was read, so that two who work on one run do not
//! both take a step. A step that was begun and not ended (whoever took it is gone) is taken again when its lease is over. So a report is made
//! once and kept; what is delivered carries one id in all attempts, and may arrive twice only where its receiver has taken it and whoever sent
//! it was gone before that was written.

use crate::Format;
use crate::period::Times;
use crate::target::{Target, Targets};
use crate::webhook;
use model::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// For how long a step is its taker's: longer than any step takes.
pub const LEASE_MS: i64 = 120_000;
/// The longest pause between attempts, which is also the longest that a queue keeps a message back.
const LONGEST_PAUSE_MS: i64 = 900_000;
/// How much of an error is kept.
const ERROR_CHARS: usize = 300;

/// When to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How often a step is tried.
    pub attempts: u32,
    /// The pause after the first attempt; each one after it is twice as long, up to 15 minutes.
    pub pause_ms: i64,
}

/// What is kept of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// What is to be told.
    pub what: What,
    /// The schedule that it is of, and the generation of its webhooks' secret.
    pub schedule: Option<(String, u32)>,
    /// The budget whose notice it is, and the generation of its webhooks' secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<(String, u32)>,
    /// Whether its file was deleted because it named somebody who is erased.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub erased: bool,
    /// When it was due; when it was asked for, of one that has no schedule.
    pub due: Timestamp,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// When anything is to be done about it next.
    pub wake_at: Option<Timestamp>,
    /// How often it was tried to make it.
    pub attempts: u32,
    /// What became of that.
    pub making: Making,
    /// To whom it goes.
    pub deliveries: Vec<Delivery>,
}

/// What is to be told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum What {
    /// A report.
    Report {
        /// The template's name.
        template: String,
        /// What people call the report.
        title: String,
        /// How it is written.
        format: Format,
        /// What it tells of.
        times: Times,
    },
    /// A few words that something has happened.
    Notice {
        /// In a line.
        title: String,
        /// In some.
        text: String,
        /// For programs.
        data: Value,
    },
}

/// What became of making it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "state")]
pub enum Making {
    /// It is to be made.
    #[default]
    Waiting,
    /// It is made.
    Made {
        /// Where it is in the bucket; `None` of a notice.
        key: Option<String>,
        /// How large it is.
        size_bytes: u64,
        /// How long it took.
        took_ms: i64,
        /// When that was.
        at: Timestamp,
    },
    /// It is given up.
    Failed {
        /// Why.
        error: String,
    },
}

/// What becomes of it for one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Its id: the same in all attempts.
    pub id: String,
    /// To whom.
    pub target: Target,
    /// How far it is.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is to be tried next, as long as it waits.
    pub try_at: Timestamp,
    /// When it was last tried.
    pub tried_at: Option<Timestamp>,
    /// Why the last attempt failed.
    pub error: Option<String>,
}

/// How far a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DeliveryState {
    /// It is to be tried, or tried again.
    Waiting,
    /// Its receiver has taken it.
    Delivered,
    /// It is given up: a dead letter.
    Dead,
}

impl DeliveryState {
    /// In a word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
        }
    }
}

/// How far a run is, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It is not made yet.
    Queued,
    /// It is made, and not everybody has it.
    Delivering,
    /// It is made, and everybody has it.
    Done,
    /// It could not be made, or somebody does not have it and never will.
    Failed,
}

impl Status {
    /// In a word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Delivering => "delivering",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

/// Why an attempt failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// In words that name no secret.
    pub error: String,
    /// Whether another attempt would end alike.
    pub is_final: bool,
}

/// The id of a run that was due at a moment, `of` a schedule or something else that has but one then: the latest come first in order.
#[must_use]
pub fn id_of(due: Timestamp, of: &str) -> String {
    const LAST: i64 = 0xffff_ffff_ffff;
    format!("{:012x}-{of}", (LAST - due.as_millis()).clamp(0, LAST))
}

impl Run {
    /// A run of which nothing is done.
    #[must_use]
    pub fn new(id: &str, what: What, targets: &Targets, (due, asked_at): (Timestamp, Timestamp)) -> Self {
        let delivery = |(at, target)| Delivery {
            id: format!("{id}-{at}"),
            target,
            state: DeliveryState::Waiting,
            attempts: 0,
            try_at: asked_at,
            tried_at: None,
            error: None,
        };
        let deliveries = targets.each().enumerate().map(delivery).collect();
        let (wake_at, making) = (Some(asked_at), Making::Waiting);
        Self { what, schedule: None, budget: None, erased: false, due, asked_at, wake_at, attempts: 0, making, deliveries }
    }

    /// The same as one of a schedule.
    #[must_use]
    pub fn of_schedule(self, schedule: &str, generation: u32) -> Self {
        Self { schedule: Some((schedule.to_owned(), generation)), ..self }
    }

    /// The same as a notice of a budget.
    #[must_use]
    pub fn of_budget(self, budget: &str, generation: u32) -> Self {
        Self { budget: Some((budget.to_owned(), generation)), ..self }
    }

    /// Under which name, and in which generation, its webhooks have their secret ([`crate::webhook::secret`]).
    #[must_use]
    pub fn signed_as(&self) -> (String, u32) {
        match (&self.schedule, &self.budget) {
            (Some((schedule, generation)), _) => (schedule.clone(), *generation),
            (None, Some((budget, generation))) => (webhook::of_budget(budget), *generation),
            (None, None) => (webhook::ON_DEMAND.to_owned(), 1),
        }
    }

    /// How far it is.
    #[must_use]
    pub fn status(&self) -> Status {
        let has = |state| self.deliveries.iter().any(|delivery| delivery.state == state);
        match self.making {
            Making::Failed { .. } => Status::Failed,
            Making::Waiting => Status::Queued,
            Making::Made { .. } if has(DeliveryState::Waiting) => Status::Delivering,
            Making::Made { .. } if has(DeliveryState::Dead) => Status::Failed,
            Making::Made { .. } => Status::Done,
        }
    }

    /// Whether anything may be done about it at a moment: what somebody else is doing is not.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.wake_at.is_some_and(|at| at <= now)
    }

    /// Gives up what was begun as often as may be, and never came to an end: whoever took it was gone each time, as by what it was asked to
    /// do. Whether there was anything of the kind.
    pub fn give_up_worn(&mut self, (now, patience): (Timestamp, Patience)) -> bool {
        const ERROR: &str = "it was begun several times and never came to its end";
        if self.making == Making::Waiting {
            let is_worn = self.attempts >= patience.attempts;
            if is_worn {
                (self.making, self.wake_at) = (Making::Failed { error: ERROR.to_owned() }, None);
            }
            return is_worn;
        }
        let worn = self.next_delivery(now).and_then(|at| self.deliveries.get_mut(at)).filter(|one| one.attempts >= patience.attempts);
        let is_worn = worn.map(|one| (one.state, one.error) = (DeliveryState::Dead, Some(ERROR.to_owned()))).is_some();
        self.settle_wake();
        is_worn
    }

    /// Begins to make it.
    pub fn begin(&mut self, now: Timestamp) {
        self.attempts += 1;
        self.wake_at = Some(now.plus_millis(LEASE_MS));
    }

    /// It is made, and goes out.
    pub fn made(&mut self, making: Making, now: Timestamp) {
        self.making = making;
        self.deliveries.iter_mut().for_each(|delivery| delivery.try_at = now);
        self.settle_wake();
    }

    /// It could not be made: it is tried again, or given up.
    pub fn not_made(&mut self, failure: Failure, now: Timestamp, patience: Patience) {
        self.wake_at = patience.again(self.attempts, &failure, now);
        if self.wake_at.is_none() {
            self.making = Making::Failed { error: cut(failure.error) };
        }
    }

    /// The place of a delivery that is to be tried now.
    #[must_use]
    pub fn next_delivery(&self, now: Timestamp) -> Option<usize> {
        let is_made = matches!(self.making, Making::Made { .. });
        let waits = |delivery: &Delivery| is_made && delivery.state == DeliveryState::Waiting && delivery.try_at <= now;
        self.deliveries.iter().position(waits)
    }

    /// Begins an attempt at a delivery.
    pub fn begin_delivery(&mut self, at: usize, now: Timestamp) {
        if let Some(delivery) = self.deliveries.get_mut(at) {
            delivery.attempts += 1;
            delivery.tried_at = Some(now);
            delivery.try_at = now.plus_millis(LEASE_MS);
        }
        self.settle_wake();
    }

    /// An attempt at a delivery has ended.
    pub fn end_delivery(&mut self, at: usize, outcome: Result<(), Failure>, (now, patience): (Timestamp, Patience)) {
        if let Some(delivery) = self.deliveries.get_mut(at) {
            match outcome {
                Ok(()) => (delivery.state, delivery.error) = (DeliveryState::Delivered, None),
                Err(failure) => {
                    match patience.again(delivery.attempts, &failure, now) {
                        Some(at) => delivery.try_at = at,
                        None => delivery.state = DeliveryState::Dead,
                    }
                    delivery.error = Some(cut(failure.error));
                }
            }
        }
        self.settle_wake();
    }

    pub(crate) fn settle_wake(&mut self) {
        let waiting = self.deliveries.iter().filter(|delivery| delivery.state == DeliveryState::Waiting);
        self.wake_at = waiting.map(|delivery| delivery.try_at).min();
    }
}

impl Patience {
    /// When to try again after so many attempts; `None` where it is given up.
    fn again(self, attempts: u32, failure: &Failure, now: Timestamp) -> Option<Timestamp> {
        let doubled = 1_i64.checked_shl(attempts.saturating_sub(1)).filter(|factor| *factor > 0).unwrap_or(i64::MAX);
        let pause = self.pause_ms.saturating_mul(doubled).min(LONGEST_PAUSE_MS);
        (!failure.is_final && attempts < self.attempts).then(|| now.plus_millis(pause))
    }
}

fn cut(error: String) -> String {
    if error.chars().count() <= ERROR_CHARS { error } else { error.chars().take(ERROR_CHARS).chain(['…']).collect() }
}

#[cfg(test)]
mod tests;
