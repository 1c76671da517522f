//! A schedule: which report is due when, and to whom it goes.
//!
//! The rule of catching up: every time that is due is made up for, oldest first, each over its own span, however long nothing ran; at most
//! [`CATCH_UP`] in one pass, and the next pass goes on where it ended. What was due while a schedule was switched off is not made up for.

use crate::cadence::Cadence;
use crate::period::Period;
use crate::target::Targets;
use crate::{Format, Template, template};
use chrono_tz::Tz;
use model::Timestamp;
use serde::{Deserialize, Serialize};

/// How many times are made up for in one pass.
pub const CATCH_UP: usize = 24;

/// What is kept of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// What people call it.
    pub name: String,
    /// The template's name.
    pub template: String,
    /// How its reports are written.
    pub format: Format,
    /// When they are due, as it was sent.
    pub cadence: String,
    /// By which clock.
    pub timezone: Tz,
    /// Over which time they are.
    pub period: Period,
    /// To whom they go.
    pub targets: Targets,
    /// Whether it is switched on.
    pub enabled: bool,
    /// Nothing is due before.
    pub starts_at: Option<Timestamp>,
    /// Nothing is due after.
    pub ends_at: Option<Timestamp>,
    /// Which of its webhooks' secrets is good.
    pub generation: u32,
}

/// What a pass makes up for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// What is due now, oldest first.
    pub now: Vec<Timestamp>,
    /// What is due next; `None` where nothing is any more.
    pub next: Option<Timestamp>,
}

impl Schedule {
    /// Its template.
    #[must_use]
    pub fn template(&self) -> Option<&'static Template> {
        template::named(&self.template)
    }

    /// The first time, from a moment on, that is due.
    #[must_use]
    pub fn first(&self, from: Timestamp) -> Option<Timestamp> {
        let cadence = Cadence::parse(&self.cadence).ok().filter(|_| self.enabled)?;
        let from = self.starts_at.map_or(from, |starts_at| starts_at.max(from));
        cadence.after(from.plus_millis(-1), self.timezone).filter(|due| self.ends_at.is_none_or(|ends_at| *due <= ends_at))
    }

    /// What is due at a moment, of a schedule whose next due time was this.
    #[must_use]
    pub fn due(&self, next: Timestamp, now: Timestamp) -> Due {
        let following = |due: &Timestamp| self.first(due.plus_millis(1));
        let mut due: Vec<Timestamp> = std::iter::successors(self.first(next), following).take(CATCH_UP + 1).collect();
        let at = due.iter().position(|due| *due > now).unwrap_or(due.len()).min(CATCH_UP);
        let next = due.get(at).copied();
        due.truncate(at);
        Due { now: due, next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        chrono::DateTime::parse_from_rfc3339(text).unwrap().to_utc().into()
    }

    fn daily() -> Schedule {
        Schedule {
            name: "Daily".into(),
            template: "usage".into(),
            format: Format::Html,
            cadence: "30 2 * * *".into(),
            timezone: "Europe/Berlin".parse().unwrap(),
            period: Period::Day,
            targets: Targets::default(),
            enabled: true,
            starts_at: None,
            ends_at: None,
            generation: 1,
        }
    }

    #[test]
    fn an_outage_over_three_due_times_is_made_up_for_across_a_change_of_clocks() {
        let due = daily().due(at("2026-03-28T01:30:00Z"), at("2026-03-30T12:00:00Z"));
        assert_eq!(due.now, ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"].map(at));
        assert_eq!(due.next, Some(at("2026-03-31T00:30:00Z")));
        let due = daily().due(at("2026-10-24T00:30:00Z"), at("2026-10-26T12:00:00Z"));
        assert_eq!(due.now, ["2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"].map(at));
    }

    #[test]
    fn a_long_outage_is_made_up_for_in_passes_that_skip_nothing() {
        let (now, mut next) = (at("2026-06-01T00:00:00Z"), Some(at("2026-02-01T01:30:00Z")));
        let mut all = Vec::new();
        while let Some(from) = next.filter(|next| *next <= now) {
            let due = daily().due(from, now);
            assert!(due.now.len() <= CATCH_UP);
            all.extend(due.now);
            next = due.next;
        }
        assert_eq!(all.len(), 120);
        assert!(all.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn nothing_is_due_before_the_start_after_the_end_or_while_switched_off() {
        let bounded = Schedule { starts_at: Some(at("2026-03-28T12:00:00Z")), ends_at: Some(at("2026-03-30T00:30:00Z")), ..daily() };
        assert_eq!(bounded.first(at("2026-01-01T00:00:00Z")), Some(at("2026-03-29T01:00:00Z")));
        let due = bounded.due(at("2026-01-01T00:00:00Z"), at("2026-06-01T00:00:00Z"));
        assert_eq!(due, Due { now: vec![at("2026-03-29T01:00:00Z"), at("2026-03-30T00:30:00Z")], next: None });
        assert_eq!(Schedule { enabled: false, ..daily() }.first(at("2026-01-01T00:00:00Z")), None);
    }
}
