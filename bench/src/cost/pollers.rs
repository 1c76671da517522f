//! How Lambda takes messages from a queue: five pollers, each of which gathers a group for the length of the window, or until it is full.
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html>

use super::meter::{Meter, Spender};
use super::ports::billed;
use super::price::Part;
use model::Timestamp;
use model::limits::{LAMBDA_PAYLOAD_BYTES, SQS_BATCH_MESSAGES};

/// "Lambda starts processing five batches at a time".
pub const POLLERS: usize = 5;
/// How long a poller takes to ask again: what has come by then is received together.
const ROUND_MS: i64 = 20;

/// A group of messages that one call of the function gets.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Group {
    pub bodies: Vec<String>,
    bytes: usize,
    opened: Timestamp,
    receives: Vec<(Timestamp, usize, usize)>,
}

/// The pollers of one queue.
pub struct Pollers {
    pub window_ms: i64,
    pub most: usize,
    open: [Option<Group>; POLLERS],
    turn: usize,
}

impl Pollers {
    pub fn new(window_ms: i64, most: usize) -> Self {
        Self { window_ms, most, open: Default::default(), turn: 0 }
    }

    /// When the next group is complete.
    pub fn due(&self) -> Option<Timestamp> {
        self.open.iter().flatten().map(|group| group.opened.plus_millis(self.window_ms)).min()
    }

    /// The groups that are complete at a moment.
    pub fn complete(&mut self, now: Timestamp) -> Vec<Group> {
        let window_ms = self.window_ms;
        let is_due = |group: &mut Group| group.opened.plus_millis(window_ms) <= now;
        self.open.iter_mut().filter_map(|poller| poller.take_if(is_due)).collect()
    }

    /// A message comes, and goes to any of the pollers; the group that it completes.
    pub fn take(&mut self, now: Timestamp, body: String) -> Option<Group> {
        // Whichever poller asks first gets it: a turn that no order of tenants follows.
        self.turn = (self.turn * 3 + 1) % 7919;
        let poller = &mut self.open[self.turn % POLLERS];
        let group = poller.get_or_insert_with(|| Group { opened: now, ..Group::default() });
        group.add(now, body);
        let is_full = group.bodies.len() >= self.most || group.bytes >= LAMBDA_PAYLOAD_BYTES * 3 / 4;
        if is_full { poller.take() } else { None }
    }
}

impl Group {
    fn add(&mut self, now: Timestamp, body: String) {
        self.bytes += body.len();
        match self.receives.last_mut() {
            Some((since, messages, bytes)) if now.millis_since(*since) < ROUND_MS && *messages < SQS_BATCH_MESSAGES => {
                *messages += 1;
                *bytes += body.len();
            }
            _ => self.receives.push((now, 1, body.len())),
        }
        self.bodies.push(body);
    }

    /// Counts how it was received, and is deleted.
    pub fn count(&self, meter: &Meter, spender: Spender) {
        let received: f64 = self.receives.iter().map(|(_, _, bytes)| billed(*bytes)).sum();
        meter.add((spender, Part::Queue, "messages received"), received);
        #[expect(clippy::cast_precision_loss, reason = "a few")]
        meter.add((spender, Part::Queue, "messages deleted"), self.bodies.len().div_ceil(SQS_BATCH_MESSAGES) as f64);
    }
}
