//! One run: time passes, ticks find what is due, errands are delivered, people ask, tokens are used, budgets are looked at, and nothing runs
//! for hours; then all is healed and brought to its end.

use super::land::Land;
use super::plan::{self, Act, HOUR_MS, MINUTE_MS};
use super::usage::{self, Glance};
use super::verdict;
use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};
use memory::simulation::{Delivered, Dice, Scheduler, Weather, World};
use model::Timestamp;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// For how long each function may run, as `template.yaml` has it.
const REPORT_MS: i64 = 890_000;
const QUERY_MS: i64 = 25_000;
const AGGREGATE_MS: i64 = 300_000;
/// Rounds after the storm within which everything comes to its end.
const MOST_ROUNDS: usize = 400;

/// Whose tick: what is due of reports is found by that of each minute, which is of `aggregate`, the rest by that of each hour.
#[derive(Clone, Copy)]
enum Tick {
    Minute,
    Hourly,
}

/// What a process leaves behind when it ends by itself.
enum Left {
    /// Messages that were delivered, and the ids of those that are to be delivered again.
    Delivered(Vec<Delivered>, Vec<String>),
    /// What was asked for under an id; nothing where that was not acknowledged.
    Asked(Option<String>),
    /// Whether something is done.
    Done(bool),
}

/// What a process was started for.
enum Purpose {
    Act(Act),
    Look(Glance),
    Work,
}

type Slot = Rc<RefCell<Option<Left>>>;

/// A run under way.
pub struct Course {
    pub land: Land,
    /// The ids of reports that were asked for and acknowledged, and of exports.
    pub reports: Vec<String>,
    pub exports: Vec<String>,
    pub glances: Vec<Glance>,
    /// Whether nothing ever went wrong.
    pub is_calm: bool,
    acts: Vec<(Timestamp, Act)>,
    used: u64,
    scheduler: Scheduler,
    dice: Dice,
    slots: BTreeMap<u64, (Slot, Purpose)>,
}

impl Course {
    /// The run that a seed decides, before its first turn.
    pub fn new(seed: u64) -> Self {
        let world = World::new(seed, Weather::CALM, plan::START);
        let mut dice = world.dice();
        let land = Land::new(&world);
        let mut scheduler = Scheduler::new(&world);
        let setup = land.clone();
        scheduler.start(HOUR_MS, async move { setup.found().await });
        scheduler.finish();
        scheduler.ended();
        let is_calm = dice.one_in(16);
        if !is_calm {
            world.set_weather(Weather {
                turns_per_fault: *dice.pick(&[25, 60, 200]),
                lag_ms: *dice.pick(&[0, 500, 5_000]),
                page_items: *dice.pick(&[2, 5, usize::MAX]),
                turns_per_stall: *dice.pick(&[0, 40, 150]),
            });
        }
        let (acts, slots) = (plan::acts(&mut dice), BTreeMap::new());
        let (reports, exports, glances) = (Vec::new(), Vec::new(), Vec::new());
        Self { land, reports, exports, glances, is_calm, acts, used: 0, scheduler, dice, slots }
    }

    /// Runs it to its end; what is wrong with that.
    pub fn run(&mut self) -> Vec<String> {
        while self.land.world.now() < plan::END {
            self.round();
            let is_busy = self.scheduler.running() > 0 && !self.dice.one_in(6);
            let most_ms = match self.dice.below(24) {
                _ if is_busy => 50,
                // Nothing runs for long: what was under way is gone.
                0 => 16 * HOUR_MS,
                1..6 => 2 * HOUR_MS,
                _ => 10 * MINUTE_MS,
            };
            self.pass(most_ms);
        }
        self.come_to_an_end()
    }

    fn round(&mut self) {
        self.act();
        if self.dice.one_in(2) {
            let tick = if self.dice.one_in(6) { Tick::Hourly } else { Tick::Minute };
            self.tick(tick);
        }
        self.deliver();
        if self.dice.one_in(3) {
            self.look();
        }
        let turns = self.dice.below(160);
        for _ in 0..turns {
            if !self.scheduler.step() {
                break;
            }
        }
        self.collect();
    }

    fn come_to_an_end(&mut self) -> Vec<String> {
        self.land.world.set_weather(Weather::CALM);
        self.finish();
        for round in 0..MOST_ROUNDS {
            self.act();
            self.tick(if round % 6 == 0 { Tick::Hourly } else { Tick::Minute });
            self.finish();
            self.deliver();
            self.finish();
            if self.acts.is_empty() && verdict::is_over(&self.land) {
                return Vec::new();
            }
            self.pass(10 * MINUTE_MS);
        }
        vec!["it never comes to its end".to_owned()]
    }

    fn pass(&mut self, most_ms: i64) {
        if self.is_calm {
            // In calm weather nobody's time is up.
            self.finish();
        }
        let ms = i64::try_from(self.dice.below(u64::try_from(most_ms).unwrap())).unwrap();
        self.land.world.clock().advance_millis(ms);
        self.scheduler.end_overdue();
        self.collect();
    }

    fn finish(&mut self) {
        self.scheduler.finish();
        self.collect();
    }

    fn start(&mut self, (purpose, most_ms): (Purpose, i64), process: impl Future<Output = Left> + 'static) {
        let slot = Slot::default();
        let left = Rc::clone(&slot);
        let id = self.scheduler.start(most_ms, async move { *left.borrow_mut() = Some(process.await) });
        self.slots.insert(id, (slot, purpose));
    }

    /// Takes up what processes have left behind; who did not come to an end does it again.
    fn collect(&mut self) {
        for (id, _) in self.scheduler.ended() {
            let Some((slot, purpose)) = self.slots.remove(&id) else { continue };
            match (slot.take(), purpose) {
                (Some(Left::Delivered(messages, again)), _) => {
                    for message in messages {
                        // The deletion too may be lost.
                        if !again.contains(&message.id) && (self.is_calm || !self.dice.one_in(20)) {
                            self.land.errands.delete(&message.handle);
                        }
                    }
                }
                (Some(Left::Asked(Some(id))), Purpose::Act(Act::Export)) => self.exports.push(id),
                (Some(Left::Asked(Some(id))), _) => self.reports.push(id),
                (left, Purpose::Look(glance)) => {
                    let is_done = matches!(left, Some(Left::Done(true)));
                    self.glances.push(Glance { turns: (glance.turns.0, self.land.world.turns()), is_done, ..glance });
                }
                (Some(Left::Done(true)), _) | (_, Purpose::Work) => {}
                (_, Purpose::Act(act)) => {
                    let later = self.land.world.now().plus_millis(MINUTE_MS);
                    self.acts.push((later, act));
                }
            }
        }
    }

    fn act(&mut self) {
        let now = self.land.world.now();
        for (_, act) in self.acts.extract_if(.., |(due, _)| *due <= now).collect::<Vec<_>>() {
            let (land, done) = (self.land.clone(), act.clone());
            let process: std::pin::Pin<Box<dyn Future<Output = Left>>> = match done {
                Act::Report(to) => Box::pin(async move { Left::Asked(land.ask(&to).await) }),
                Act::Export => Box::pin(async move { Left::Asked(land.export().await) }),
                Act::Use(tokens) => {
                    self.used += 1;
                    let partial = usage::used((self.used, tokens), now);
                    Box::pin(async move { Left::Done(usage::keep(&land, &partial).await) })
                }
                Act::TakeBack => Box::pin(async move { Left::Done(usage::take_back(&land).await) }),
            };
            self.start((Purpose::Act(act), QUERY_MS), process);
        }
    }

    /// What a tick does not find, the next one does.
    fn tick(&mut self, tick: Tick) {
        let land = self.land.clone();
        match tick {
            Tick::Minute => self.start((Purpose::Work, AGGREGATE_MS), async move { Left::Done(land.dispatch().await) }),
            Tick::Hourly => {
                let report = land.report();
                self.start((Purpose::Work, REPORT_MS), async move { Left::Done(report.tick(report::Tick::Hourly).await.is_ok()) });
            }
        }
    }

    fn look(&mut self) {
        let (land, now) = (self.land.clone(), self.land.world.now());
        let turn = self.land.world.turns();
        let glance = Glance { day: usage::day_of(now), turns: (turn, turn), is_done: false };
        self.start((Purpose::Look(glance), AGGREGATE_MS), async move { Left::Done(land.look(now).await) });
    }

    fn deliver(&mut self) {
        for _ in 0..=self.dice.below(4) {
            let messages = self.land.errands.receive(1, self.land.world.now().as_millis(), &mut self.dice);
            if messages.is_empty() {
                continue;
            }
            let report = self.land.report();
            let deadline = self.land.world.now().plus_millis(REPORT_MS);
            self.start((Purpose::Work, REPORT_MS), async move {
                let response = report.errands(event(&messages), deadline).await;
                let again = response.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect();
                Left::Delivered(messages, again)
            });
        }
    }
}

fn event(messages: &[Delivered]) -> SqsEvent {
    let record = |message: &Delivered| {
        let mut record = SqsMessage::default();
        record.message_id = Some(message.id.clone());
        record.body = Some(message.body.clone());
        record
    };
    let mut event = SqsEvent::default();
    event.records = messages.iter().map(record).collect();
    event
}
