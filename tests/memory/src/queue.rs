//! The queue in memory.

use crate::faults::{Faults, Place};
use async_trait::async_trait;
use ports::{Depth, Queue, Result, check_bodies};
use std::collections::BTreeSet;
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

    /// The bodies it holds, oldest first, whatever the faults.
    #[must_use]
    pub fn bodies(&self) -> Vec<String> {
        self.state.lock().unwrap().bodies.clone()
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

    async fn depth(&self) -> Result<Depth> {
        self.faults.around(Place { service: "queue", operation: "depth", key: "" }, || {
            Ok(Depth { waiting: self.state.lock().unwrap().bodies.len() as u64, in_flight: 0 })
        })
    }
}
