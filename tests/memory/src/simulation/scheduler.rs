//! Runs processes one at a time, in an order that the dice decide: whenever a call waits, any other may go first.

use super::dice::Dice;
use super::world::{Point, World};
use model::Timestamp;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// By itself.
    Finished,
    /// In the middle of a call, or because its time was up.
    Crashed,
}

struct Process {
    future: Pin<Box<dyn Future<Output = ()>>>,
    /// Nothing runs for longer: its platform ends it.
    deadline: Timestamp,
    /// It is held up until this turn.
    held_until: u64,
    /// Turns it takes where others take one.
    speed: u64,
}

/// The processes of a world.
pub struct Scheduler {
    world: World,
    dice: Dice,
    processes: BTreeMap<u64, Process>,
    started: u64,
    ended: Vec<(u64, End)>,
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Scheduler {
    /// No processes yet.
    #[must_use]
    pub fn new(world: &World) -> Self {
        Self { world: world.clone(), dice: world.dice(), processes: BTreeMap::new(), started: 0, ended: Vec::new() }
    }

    /// Starts a process, which may run for so long.
    pub fn start(&mut self, most_ms: i64, future: impl Future<Output = ()> + 'static) -> u64 {
        self.started += 1;
        let (id, deadline) = (self.started, self.world.now().plus_millis(most_ms));
        let speed = *self.dice.pick(&[1, 4, 16, 16]);
        self.processes.insert(id, Process { future: Box::pin(future), deadline, held_until: 0, speed });
        self.run(id);
        id
    }

    /// How many processes run.
    #[must_use]
    pub fn running(&self) -> usize {
        self.processes.len()
    }

    /// The processes that ended since this was last asked.
    pub fn ended(&mut self) -> Vec<(u64, End)> {
        std::mem::take(&mut self.ended)
    }

    /// One call goes on by one step, or its process ends there. False where no process waits.
    pub fn step(&mut self) -> bool {
        let Some(ticket) = self.choose() else { return false };
        let (process, is_crash, is_held) = {
            let mut state = self.world.state();
            let (process, site, point) = {
                let waiting = &state.waiting[&ticket];
                (waiting.process, waiting.site, waiting.point)
            };
            let way = if point == Point::After { 2 } else { 1 };
            let is_crash = state.fault_is_due(site, way);
            if is_crash {
                match point {
                    Point::Before => state.tally(site).crashed_before += 1,
                    Point::After => state.tally(site).crashed_after += 1,
                    Point::Within => state.tally(site).torn += 1,
                }
            }
            state.grant(ticket);
            let stall = state.weather.turns_per_stall;
            (process, is_crash, stall > 0 && state.dice.one_in(stall))
        };
        let passes_ms = i64::try_from(self.dice.below(20)).unwrap_or_default();
        self.world.clock().advance_millis(passes_ms);
        if is_held && let Some(held) = self.processes.get_mut(&process) {
            held.held_until = self.world.turns() + self.dice.below(400);
        }
        if is_crash {
            self.crash(process);
        } else {
            self.run(process);
        }
        true
    }

    /// Steps until no process waits.
    pub fn finish(&mut self) {
        while self.step() {}
    }

    /// Ends what has run for as long as it may.
    pub fn end_overdue(&mut self) {
        let now = self.world.now();
        let overdue: Vec<u64> = self.processes.iter().filter(|(_, process)| process.deadline < now).map(|(id, _)| *id).collect();
        for id in overdue {
            self.crash(id);
        }
    }

    /// A call that waits, of a process that is not held up; of a held up one where there is no other.
    fn choose(&mut self) -> Option<u64> {
        let turns = self.world.turns();
        let mut by_process: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
        for (ticket, waiting) in &self.world.state().waiting {
            by_process.entry(waiting.process).or_default().push(*ticket);
        }
        let is_free = |id: &u64| self.processes.get(id).is_some_and(|process| process.held_until <= turns);
        let mut free: Vec<(u64, u64)> = by_process.keys().filter(|id| is_free(id)).map(|id| (*id, self.processes[id].speed)).collect();
        if free.is_empty() {
            free = by_process.keys().map(|id| (*id, 1)).collect();
        }
        let all: u64 = free.iter().map(|(_, speed)| speed).sum();
        if all == 0 {
            return None;
        }
        let mut thrown = self.dice.below(all);
        let chosen = free.iter().find(|(_, speed)| {
            let is_it = thrown < *speed;
            thrown = thrown.wrapping_sub(*speed);
            is_it
        });
        chosen.map(|(id, _)| *self.dice.pick(&by_process[id]))
    }

    fn run(&mut self, id: u64) {
        let woken = Arc::new(Woken(AtomicBool::new(true)));
        let waker = Waker::from(Arc::clone(&woken));
        let Some(process) = self.processes.get_mut(&id) else { return };
        self.world.state().process = id;
        while woken.0.swap(false, Ordering::SeqCst) {
            if let Poll::Ready(()) = process.future.as_mut().poll(&mut Context::from_waker(&waker)) {
                self.end(id, End::Finished);
                return;
            }
        }
        let waits = self.world.state().waiting.values().any(|waiting| waiting.process == id);
        assert!(waits, "a process waits for what is no call to a port");
    }

    fn crash(&mut self, id: u64) {
        if self.processes.contains_key(&id) {
            self.end(id, End::Crashed);
        }
    }

    fn end(&mut self, id: u64, end: End) {
        self.processes.remove(&id);
        self.world.state().waiting.retain(|_, waiting| waiting.process != id);
        self.ended.push((id, end));
    }
}
