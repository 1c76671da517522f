//! What starts the function: a tick of a schedule, or work from the queue.

use aws_lambda_events::event::sqs::SqsEvent;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the function is started with.
#[derive(Debug)]
pub enum Trigger {
    /// A schedule's tick: look for work.
    Tick(Tick),
    /// Messages of the work queue: do it.
    Work(SqsEvent),
}

/// The schedules of `template.yaml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tick {
    /// Busy hours, jobs, budgets, what is due of reports, and how long the oldest waits.
    Minute,
    /// Busy hours that the minute's look did not reach, and sweeps.
    Hourly,
    /// All days that are over, sweeps, months and all time.
    Daily,
    /// Whatever waits.
    Weekly,
    /// Months and all time.
    Monthly,
}

/// A schedule's event: `{"tick": "daily"}`.
#[derive(Deserialize)]
struct Scheduled {
    tick: Tick,
}

impl Trigger {
    /// What an event is.
    ///
    /// # Errors
    /// Where it is neither.
    pub fn of(event: Value) -> Result<Self, serde_json::Error> {
        if event.get("Records").is_some() {
            return serde_json::from_value(event).map(Self::Work);
        }
        serde_json::from_value(event).map(|Scheduled { tick }| Self::Tick(tick))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_schedule_names_its_tick() {
        for (name, tick) in [
            ("minute", Tick::Minute),
            ("hourly", Tick::Hourly),
            ("daily", Tick::Daily),
            ("weekly", Tick::Weekly),
            ("monthly", Tick::Monthly),
        ] {
            assert!(matches!(Trigger::of(json!({"tick": name})), Ok(Trigger::Tick(found)) if found == tick), "{name}");
        }
    }

    #[test]
    fn the_queue_delivers_records() {
        let event = json!({"Records": [{"messageId": "m1", "body": "{}"}]});
        assert!(matches!(Trigger::of(event), Ok(Trigger::Work(event)) if event.records.len() == 1));
    }

    #[test]
    fn anything_else_is_an_error() {
        for event in [json!({}), json!({"tick": "yearly"}), json!(null), json!({"Records": 1})] {
            assert!(Trigger::of(event.clone()).is_err(), "{event}");
        }
    }
}
