//! A queue of a world, as SQS is: at least once, in no order, again when it was not deleted in time, and aside after so many times.

use super::dice::Dice;
use super::site::Site;
use super::world::World;
use async_trait::async_trait;
use ports::{Depth, PortError, Queue, Received, Result, check_bodies, check_delay, check_most};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

/// How a queue is made.
#[derive(Debug, Clone, Copy)]
pub struct QueueRules {
    /// Its name.
    pub name: &'static str,
    /// How long a message that was received stays out of sight.
    pub visibility_ms: i64,
    /// How often a message is received before it is put aside.
    pub receives: u32,
}

/// A message as it is delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// Its id, the same each time.
    pub id: String,
    /// Its body.
    pub body: String,
    /// How often it was received, this time included.
    pub receives: u32,
    /// What deletes it.
    pub handle: String,
}

/// The messages of a queue.
pub struct Channel {
    rules: QueueRules,
    state: Mutex<Messages>,
}

#[derive(Default)]
struct Messages {
    sent: u64,
    copies: u64,
    held: BTreeMap<u64, Message>,
    dead: Vec<String>,
    /// Every body that was ever taken.
    taken: Vec<String>,
}

struct Message {
    id: String,
    body: String,
    receives: u32,
    visible_at_ms: i64,
}

/// A queue as one function reaches it.
pub struct SimulatedQueue {
    world: World,
    function: &'static str,
    channel: Arc<Channel>,
}

impl Channel {
    /// A queue without messages.
    #[must_use]
    pub fn new(rules: QueueRules) -> Self {
        Self { rules, state: Mutex::default() }
    }

    /// Receives up to so many messages, any of those in sight.
    pub fn receive(&self, most: usize, now_ms: i64, dice: &mut Dice) -> Vec<Delivered> {
        let mut state = self.state();
        let in_sight = |message: &Message| message.visible_at_ms <= now_ms;
        let worn: Vec<u64> =
            state.held.iter().filter(|(_, m)| in_sight(m) && m.receives >= self.rules.receives).map(|(copy, _)| *copy).collect();
        for copy in worn {
            let message = state.held.remove(&copy).unwrap();
            state.dead.push(message.body);
        }
        let mut copies: Vec<u64> = state.held.iter().filter(|(_, message)| in_sight(message)).map(|(copy, _)| *copy).collect();
        dice.shuffle(&mut copies);
        let mut delivered: Vec<Delivered> = Vec::new();
        for copy in copies {
            let message = state.held.get_mut(&copy).unwrap();
            if delivered.len() == most {
                break;
            }
            message.receives += 1;
            message.visible_at_ms = now_ms + self.rules.visibility_ms;
            let handle = format!("{copy}:{}", message.receives);
            delivered.push(Delivered { id: message.id.clone(), body: message.body.clone(), receives: message.receives, handle });
        }
        delivered
    }

    /// Deletes a message that was received, unless it was received again since.
    pub fn delete(&self, handle: &str) {
        let Some((copy, receives)) = read_handle(handle) else { return };
        let mut state = self.state();
        if state.held.get(&copy).is_some_and(|message| message.receives == receives) {
            state.held.remove(&copy);
        }
    }

    /// Messages that are neither deleted nor put aside.
    #[must_use]
    pub fn len(&self) -> usize {
        self.state().held.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every body it ever took, in order.
    #[must_use]
    pub fn taken(&self) -> Vec<String> {
        self.state().taken.clone()
    }

    /// Sends back what was put aside, as messages of their own; how many.
    pub fn redrive(&self, now_ms: i64) -> usize {
        let mut state = self.state();
        let dead = std::mem::take(&mut state.dead);
        let count = dead.len();
        for body in dead {
            state.hold(&body, now_ms, 1);
        }
        count
    }

    fn state(&self) -> MutexGuard<'_, Messages> {
        self.state.lock().unwrap()
    }
}

impl Messages {
    fn hold(&mut self, body: &str, visible_at_ms: i64, copies: u64) {
        self.sent += 1;
        for _ in 0..copies {
            self.copies += 1;
            let message = Message { id: format!("message-{}", self.sent), body: body.to_owned(), receives: 0, visible_at_ms };
            self.held.insert(self.copies, message);
        }
    }
}

impl SimulatedQueue {
    /// The queue, as a function of this name reaches it.
    #[must_use]
    pub fn new(world: &World, function: &'static str, channel: &Arc<Channel>) -> Self {
        Self { world: world.clone(), function, channel: Arc::clone(channel) }
    }

    fn site(&self, operation: &'static str) -> Site {
        Site { function: self.function, service: self.channel.rules.name, operation, item: "message" }
    }

    /// Takes a body: in rough weather it may come late, and twice.
    fn take(&self, body: String) {
        let now_ms = self.world.now().as_millis();
        let (visible_at_ms, copies) = {
            let mut state = self.world.state();
            if state.weather.turns_per_fault == 0 {
                (now_ms, 1)
            } else {
                let most_ms = *state.dice.pick(&[1, 2_000, 20_000, 400_000]);
                (now_ms + i64::try_from(state.dice.below(most_ms)).unwrap_or_default(), if state.dice.one_in(12) { 2 } else { 1 })
            }
        };
        let mut messages = self.channel.state();
        messages.hold(&body, visible_at_ms, copies);
        messages.taken.push(body);
    }
}

#[async_trait]
impl Queue for SimulatedQueue {
    async fn send(&self, bodies: &[String]) -> Result<Vec<bool>> {
        check_bodies(bodies)?;
        let refuses = {
            let mut state = self.world.state();
            let turns = state.weather.turns_per_fault;
            turns > 0 && bodies.len() > 1 && state.dice.one_in(turns)
        };
        let send = |body: &String| {
            let is_refused = refuses && self.world.state().dice.one_in(2);
            if !is_refused {
                self.take(body.clone());
            }
            Ok(!is_refused)
        };
        self.world.call_in_parts(self.site("send"), "", bodies.iter().collect(), send).await
    }

    async fn send_later(&self, body: &str, seconds: u32) -> Result<()> {
        check_bodies(&[body.to_owned()])?;
        check_delay(seconds)?;
        let send = || {
            let visible_at_ms = self.world.now().as_millis() + i64::from(seconds) * 1000;
            let mut messages = self.channel.state();
            messages.hold(body, visible_at_ms, 1);
            messages.taken.push(body.to_owned());
            Ok(())
        };
        self.world.call(self.site("send_later"), "", send).await
    }

    async fn receive(&self, most: usize) -> Result<Vec<Received>> {
        check_most(most)?;
        let receive = || {
            let mut dice = self.world.dice();
            let delivered = self.channel.receive(most, self.world.now().as_millis(), &mut dice);
            let received = |Delivered { id, body, handle, .. }| Received { handle, body, id, sent: None, attributes: BTreeMap::new() };
            Ok(delivered.into_iter().map(received).collect())
        };
        self.world.call(self.site("receive"), "", receive).await
    }

    async fn delete(&self, handle: &str) -> Result<()> {
        let delete = || {
            read_handle(handle).ok_or_else(|| PortError::Refused { service: "queue", source: "this is no handle".into() })?;
            self.channel.delete(handle);
            Ok(())
        };
        self.world.call(self.site("delete"), handle, delete).await
    }

    async fn depth(&self) -> Result<Depth> {
        let depth = || {
            let now_ms = self.world.now().as_millis();
            let state = self.channel.state();
            let waiting = state.held.values().filter(|message| message.visible_at_ms <= now_ms).count() as u64;
            Ok(Depth { waiting, in_flight: state.held.len() as u64 - waiting })
        };
        self.world.call(self.site("depth"), "", depth).await
    }
}

fn read_handle(handle: &str) -> Option<(u64, u32)> {
    let (copy, receives) = handle.split_once(':')?;
    Some((copy.parse().ok()?, receives.parse().ok()?))
}
