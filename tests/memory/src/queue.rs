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
    bodies: Vec<String>,
    /// What is received and not yet deleted, by handle.
    in_flight: BTreeMap<u64, String>,
    receipts: u64,
    /// What is delivered later, and after how many seconds.
    kept_back: Vec<(u32, String)>,
    refused: BTreeSet<usize>,
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

    /// The next send takes all bodies but those at these places.
    pub fn refuse_next(&self, places: &[usize]) {
        self.state.lock().unwrap().refused = places.iter().copied().collect();
    }

    /// The visibility timeout of all that is received passes: what was not deleted can be received again, under other handles.
    pub fn show_again(&self) {
        let mut state = self.state.lock().unwrap();
        let shown = std::mem::take(&mut state.in_flight);
        state.bodies.extend(shown.into_values());
    }

    /// The bodies that wait, oldest first, whatever the faults.
    #[must_use]
    pub fn bodies(&self) -> Vec<String> {
        self.state.lock().unwrap().bodies.clone()
    }

    /// What is kept back, and for how many seconds each, in the order it was sent; it is let go: it can be received from now on.
    #[must_use]
    pub fn let_go(&self) -> Vec<(u32, String)> {
        let mut state = self.state.lock().unwrap();
        let kept_back = std::mem::take(&mut state.kept_back);
        state.bodies.extend(kept_back.iter().map(|(_, body)| body.clone()));
        kept_back
    }

    /// Takes all bodies out, as their delivery does.
    #[must_use]
    pub fn drain(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().unwrap().bodies)
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
            state.bodies.extend(bodies.iter().enumerate().filter(|(place, _)| !refused.contains(place)).map(|(_, body)| body.clone()));
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
            let State { bodies, in_flight, receipts, .. } = &mut *self.state.lock().unwrap();
            let receive = |body: String| {
                *receipts += 1;
                in_flight.insert(*receipts, body.clone());
                Received { handle: receipts.to_string(), body }
            };
            Ok(bodies.drain(..most.min(bodies.len())).map(receive).collect())
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
            Ok(Depth { waiting: state.bodies.len() as u64, in_flight: state.in_flight.len() as u64 })
        })
    }
}
