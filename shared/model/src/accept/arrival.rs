//! When an event happened: what the client said, corrected by the server's clock, with what the server chooses kept for a retry (I4).

use super::fault::{Fault, Notice, Rejection};
use super::{Draft, Written, client_id};
use crate::{Event, Family, Timestamp};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
/// A batch sent longer ago than this, or so far ahead, comes from a wrong clock; less is transit.
const TRANSIT_MS: i64 = MINUTE_MS;
/// An event further ahead than this cannot have happened.
const FUTURE_MS: i64 = 5 * MINUTE_MS;
/// Events are accepted up to so long before their raw data would expire (I9).
const MARGIN_DAYS: i64 = 7;

/// For how many days each family's raw events are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    days: [u32; Family::ALL.len()],
}

impl Default for Retention {
    fn default() -> Self {
        Self { days: Family::ALL.map(Family::default_retention_days) }
    }
}

impl Retention {
    /// The same, but for one family.
    #[must_use]
    pub fn with(mut self, family: Family, days: u32) -> Self {
        self.days[family as usize] = days;
        self
    }

    /// The earliest moment of an event of this family that arrives now and is not an import.
    #[must_use]
    pub fn earliest(&self, family: Family, received: Timestamp) -> Timestamp {
        let days = (i64::from(self.days[family as usize]) - MARGIN_DAYS).max(1);
        received.plus_millis(-days * DAY_MS)
    }
}

/// The ids under which the time of first arrival must be claimed before events get their times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claims {
    /// None: no time depends on when the request arrived, or nothing tells a repeat of it.
    None,
    /// One for the whole request.
    Request(String),
    /// One for each of these events, by their place among those sent.
    Events(Vec<(usize, String)>),
}

/// Events with their times, and what became of the others.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Accepted {
    /// The events that count.
    pub events: Vec<Event>,
    /// Those that do not.
    pub rejections: Vec<Rejection>,
    /// What was changed in those that count.
    pub notices: Vec<Notice>,
}

impl Written {
    /// Whether it says that it imports history.
    #[must_use]
    pub const fn is_historical(&self) -> bool {
        self.historical
    }

    /// What must be claimed before [`Self::settle`].
    #[must_use]
    pub fn claims(&self, received: Timestamp) -> Claims {
        // Whether a clock is wrong is the server's choice too: a repeat of the same bytes comes later, and must not look skewed.
        let depends = |draft: &&Draft| self.sent_at.is_some() || draft.stated.is_none_or(|stated| is_future(stated, received));
        let dependent: Vec<&Draft> = self.events.iter().flatten().filter(depends).collect();
        let Some(first) = dependent.first() else { return Claims::None };
        if let Some(id) = &self.request_id {
            return Claims::Request(format!("request:{}:{id}", first.event.project));
        }
        let own = dependent.iter().filter(|draft| draft.has_own_id);
        let own: Vec<_> = own.map(|draft| (draft.index, format!("event:{}:{}", draft.event.project, draft.event.id.as_str()))).collect();
        if own.is_empty() { Claims::None } else { Claims::Events(own) }
    }

    /// Gives each event its time. `first_received` says, for the event at a place, when it first arrived: what was claimed, or now.
    #[must_use]
    pub fn settle(self, received: Timestamp, first_received: impl Fn(usize) -> Timestamp, retention: &Retention) -> Accepted {
        let mut accepted = Accepted::default();
        for event in self.events {
            let (draft, first) = match event {
                Ok(draft) => {
                    let first = first_received(draft.index);
                    (draft, first)
                }
                Err(rejection) => {
                    accepted.rejections.push(rejection);
                    continue;
                }
            };
            let Draft { index, mut event, stated, notices, .. } = draft;
            event.time = corrected(stated.or(self.sent_at), self.sent_at, first);
            event.original_time = stated.filter(|stated| *stated != event.time);
            event.received = received;
            let earliest = retention.earliest(event.family(), received);
            if !event.historical && event.time < earliest {
                let message = format!("it happened before {earliest}, the earliest that is still taken; an import says historical");
                let fault = Fault { pointer: self.layout.pointer(index, "timestamp"), code: "too_old", message };
                accepted.rejections.push(Rejection { index, event_id: client_id(&event), faults: vec![fault] });
                continue;
            }
            accepted.notices.extend(notices.into_iter().map(|what| Notice { index, what }));
            accepted.events.push(event);
        }
        accepted.rejections.sort_by_key(|rejection| rejection.index);
        accepted
    }
}

/// The time that counts: as stated, moved by whole minutes where the sender's clock is wrong, and never ahead of the arrival.
fn corrected(stated: Option<Timestamp>, sent_at: Option<Timestamp>, first_received: Timestamp) -> Timestamp {
    let Some(stated) = stated else { return first_received };
    let skew = sent_at.map_or(0, |sent_at| first_received.millis_since(sent_at));
    let moved = if skew.abs() > TRANSIT_MS { stated.plus_millis(nearest_minute(skew)) } else { stated };
    if is_future(moved, first_received) { first_received } else { moved }
}

const fn is_future(moment: Timestamp, received: Timestamp) -> bool {
    moment.millis_since(received) > FUTURE_MS
}

const fn nearest_minute(ms: i64) -> i64 {
    (ms + MINUTE_MS / 2).div_euclid(MINUTE_MS) * MINUTE_MS
}
