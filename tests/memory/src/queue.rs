//! The queue in memory.

use crate::faults::{Faults, Place};
use async_trait::async_trait;
use ports::{Depth, PortError, Queue, Received, Result, check_bodies, check_delay, check_most};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

/// Messages in memory, in the order they were taken.
#[derive(Default)]
pub struct MemoryQueue {
    state: Mutex<State>,
    faults: Faults,
}

#[derive(Default)]
struct State {
    waiting: Vec<Message>,
    /// What is received and not yet deleted, by handle.
    in_flight: BTreeMap<u64, Message>,
    sent: u64,
    receipts: u64,
    /// What is delivered later, and after how many seconds.
    kept_back: Vec<(u32, String)>,
    refused: BTreeSet<usize>,
}

#[derive(Clone)]
struct Message {
    id: String,
    body: String,
    attributes: BTreeMap<String, String>,
}

impl State {
    fn take(&mut self, body: String, attributes: BTreeMap<String, String>) {
        self.sent += 1;
        self.waiting.push(Message { id: format!("message-{}", self.sent), body, attributes });
    }
}

impl MemoryQueue {
    /// An empty queue that works.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty queue that fails as these say.
    #[must_use]
    pub fn with_faults(faults: &Faults) -> Self {
        Self { faults: faults.clone(), ..Self::default() }
    }

    /// Takes a message with an attribute, as others than Weir send them, whatever the faults.
    pub fn post(&self, body: &str, (name, value): (&str, &str)) {
        self.state.lock().unwrap().take(body.to_owned(), BTreeMap::from([(name.to_owned(), value.to_owned())]));
    }

    /// The next send takes all bodies but those at these places.
    pub fn refuse_next(&self, places: &[usize]) {
        self.state.lock().unwrap().refused = places.iter().copied().collect();
    }

    /// The visibility timeout of all that is received passes: what was not deleted can be received again, under other handles.
    pub fn show_again(&self) {
        let mut state = self.state.lock().unwrap();
        let shown = std::mem::take(&mut state.in_flight);
        state.waiting.extend(shown.into_values());
    }

    /// The bodies that wait, oldest first, whatever the faults.
    #[must_use]
    pub fn bodies(&self) -> Vec<String> {
        self.state.lock().unwrap().waiting.iter().map(|message| message.body.clone()).collect()
    }

    /// What is kept back, and for how many seconds each, in the order it was sent; it is let go: it can be received from now on.
    #[must_use]
    pub fn let_go(&self) -> Vec<(u32, String)> {
        let mut state = self.state.lock().unwrap();
        let kept_back = std::mem::take(&mut state.kept_back);
        for (_, body) in &kept_back {
            state.take(body.clone(), BTreeMap::new());
        }
        kept_back
    }

    /// Takes all bodies out, as their delivery does.
    #[must_use]
    pub fn drain(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().unwrap().waiting).into_iter().map(|message| message.body).collect()
    }
}

#[async_trait]
impl Queue for MemoryQueue {
    async fn send(&self, bodies: &[String]) -> Result<Vec<bool>> {
        self.faults.around(Place { service: "queue", operation: "send", key: "" }, || {
            check_bodies(bodies)?;
            let mut state = self.state.lock().unwrap();
            let refused = std::mem::take(&mut state.refused);
            let taken = (0..bodies.len()).map(|place| !refused.contains(&place)).collect();
            let taken_up = bodies.iter().enumerate().filter(|(place, _)| !refused.contains(place));
            taken_up.for_each(|(_, body)| state.take(body.clone(), BTreeMap::new()));
            Ok(taken)
        })
    }

    async fn send_later(&self, body: &str, seconds: u32) -> Result<()> {
        self.faults.around(Place { service: "queue", operation: "send_later", key: "" }, || {
            check_bodies(&[body.to_owned()])?;
            check_delay(seconds)?;
            // There is no clock here: what is kept back waits for a test to let it go.
            self.state.lock().unwrap().kept_back.push((seconds, body.to_owned()));
            Ok(())
        })
    }

    async fn receive(&self, most: usize) -> Result<Vec<Received>> {
        self.faults.around(Place { service: "queue", operation: "receive", key: "" }, || {
            check_most(most)?;
            let State { waiting, in_flight, receipts, .. } = &mut *self.state.lock().unwrap();
            let receive = |message: Message| {
                *receipts += 1;
                in_flight.insert(*receipts, message.clone());
                let Message { id, body, attributes } = message;
                Received { handle: receipts.to_string(), body, id, sent: None, attributes }
            };
            Ok(waiting.drain(..most.min(waiting.len())).map(receive).collect())
        })
    }

    async fn delete(&self, handle: &str) -> Result<()> {
        self.faults.around(Place { service: "queue", operation: "delete", key: "" }, || {
            let receipt: u64 = handle.parse().map_err(|_| PortError::Refused { service: "queue", source: "this is no handle".into() })?;
            self.state.lock().unwrap().in_flight.remove(&receipt);
            Ok(())
        })
    }

    async fn depth(&self) -> Result<Depth> {
        self.faults.around(Place { service: "queue", operation: "depth", key: "" }, || {
            let state = self.state.lock().unwrap();
            Ok(Depth { waiting: state.waiting.len() as u64, in_flight: state.in_flight.len() as u64 })
        })
    }
}
