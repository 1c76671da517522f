//! What starts the function: a tick of a schedule, or errands from the queue.

use aws_lambda_events::event::sqs::SqsEvent;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the function is started with.
#[derive(Debug)]
pub enum Trigger {
    /// A schedule's tick: look for what waits.
    Tick(Tick),
    /// Messages of the queue of errands: do them.
    Errands(SqsEvent),
}

/// The schedule of `template.yaml`; what is due at a minute of its own, `aggregate` finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tick {
    /// Settled days without their archive, and tasks that nobody is at.
    Hourly,
}

/// A schedule's event: `{"tick": "hourly"}`.
#[derive(Deserialize)]
struct Scheduled {
    tick: Tick,
}

impl Trigger {
    /// What an event is.
    ///
    /// # Errors
    /// Where it is none of these.
    pub fn of(event: Value) -> Result<Self, serde_json::Error> {
        if event.get("Records").is_some() {
            return serde_json::from_value(event).map(Self::Errands);
        }
        serde_json::from_value(event).map(|Scheduled { tick }| Self::Tick(tick))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_schedule_names_its_tick() {
        assert!(matches!(Trigger::of(json!({"tick": "hourly"})), Ok(Trigger::Tick(Tick::Hourly))));
    }

    #[test]
    fn the_queue_delivers_records_and_anything_else_is_an_error() {
        let event = json!({"Records": [{"messageId": "m1", "body": "{}"}]});
        assert!(matches!(Trigger::of(event), Ok(Trigger::Errands(event)) if event.records.len() == 1));
        for event in [json!({"tick": "minute"}), json!(null), json!({"Records": 1}), json!({}), json!({"date": "2026-11-01"})] {
            assert!(Trigger::of(event.clone()).is_err(), "{event}");
        }
    }
}
