//! A month in which nothing comes.

use super::arrivals::START;
use super::meter::{Spender, Spent};
use super::pollers::POLLERS;
use super::price::Part;
use super::run::ticks;
use super::template;
use super::world::World;

const MINUTE_MS: i64 = 60_000;
const MINUTES_OF_A_DAY: i64 = 24 * 60;
const DAYS: f64 = 30.0;
/// A poller asks for as long as a request may wait: 20 seconds.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html>
const POLL_S: f64 = 20.0;
/// Alarms and metrics of one's own that CloudWatch does not charge for: <https://aws.amazon.com/cloudwatch/pricing/>
const FREE: usize = 10;
/// The metric that has a value though nothing waits.
const METRICS: usize = 1;

/// What it costs: a day of ticks, thirty times, and what stands by.
pub fn month() -> anyhow::Result<Spent> {
    let mut world = World::new(1)?;
    let before = world.meter.spent();
    for minute in 0..MINUTES_OF_A_DAY {
        let now = START.plus_millis(minute * MINUTE_MS);
        for tick in ticks(now) {
            world.tick(now, tick)?;
        }
    }
    let mut spent = world.meter.spent().without(&before).scaled(DAYS);
    spent.0.retain(|_, amount| *amount > 0.0);
    #[expect(clippy::cast_precision_loss, reason = "a few")]
    let number = |count: usize| count as f64;
    let queues = number(template::count("AWS::Lambda::EventSourceMapping"));
    let polls = DAYS * 24.0 * 3_600.0 / POLL_S * number(POLLERS);
    spent.add((Spender::Standing, Part::Queue, "pollers"), queues * polls);
    spent.add((Spender::Standing, Part::Alarms, "above ten"), number(template::count("AWS::CloudWatch::Alarm").saturating_sub(FREE)));
    spent.add((Spender::Standing, Part::Metrics, "above ten"), number(METRICS.saturating_sub(FREE)));
    Ok(spent)
}
