//! One run: clients send, messages are delivered, ticks find work, work is done, readers read, prices change, and all of it meets faults;
//! then all is healed and brought to its end.

use crate::erasures;
use crate::land::Land;
use crate::plan::{self, Request};
use crate::readings::{Asked, Reading};
use crate::tenants;
use crate::ticks;
use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};
use memory::simulation::{Channel, Delivered, Dice, Scheduler, Weather, World};
use model::price::Rates;
use model::{Family, Timestamp};
use ports::Queue;
use records::price::Price;
use settle::{Settler, Work};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// For how long each function may run, as `template.yaml` has it.
const INGEST_MS: i64 = 25 * SECOND_MS;
const STORE_MS: i64 = 20 * SECOND_MS;
const AGGREGATE_MS: i64 = 300 * SECOND_MS;
const QUERY_MS: i64 = 25 * SECOND_MS;
/// 2026-12-03T00:00:00Z: every day with events is over.
const DAYS_OVER: Timestamp = Timestamp::from_millis(1_796_256_000_000);
/// 2027-01-01T03:00:00Z: and so is every month.
const MONTHS_OVER: Timestamp = Timestamp::from_millis(1_798_772_400_000);

/// What a process leaves behind when it ends by itself.
enum Left {
    /// A request, and whether it was acknowledged.
    Sent(Request, bool),
    /// Messages that were delivered, and the ids of those that are to be delivered again.
    Delivered(Arc<Channel>, Vec<Delivered>, Vec<String>),
    /// An answer.
    Read(Reading),
    /// Whether a price is set.
    Priced(bool),
    /// Whether a person's erasure is asked for.
    Erased(bool),
    /// A tick, a question without an answer.
    Nothing,
}

type Slot = Rc<RefCell<Option<Left>>>;

/// A run under way.
pub struct Schedule {
    pub land: Land,
    pub readings: Vec<Reading>,
    scheduler: Scheduler,
    dice: Dice,
    /// The weather while events come.
    weather: Weather,
    /// What clients have still to send.
    unsent: Vec<Request>,
    slots: BTreeMap<u64, (Slot, Option<Request>)>,
    /// Prices that are still to be set, by when.
    prices: Vec<(Timestamp, Price)>,
    pricing: Option<u64>,
    /// People who are still to be erased, by when.
    erasures: Vec<(Timestamp, String)>,
    erasing: Option<u64>,
}

impl Schedule {
    /// The run that a seed decides, before its first turn.
    pub fn new(seed: u64) -> Self {
        let world = World::new(seed, Weather::CALM, plan::START);
        let mut dice = world.dice();
        let land = Land::new(&world, tenants::all());
        let unsent = plan::requests(&land.tenants, &mut dice);
        let mut scheduler = Scheduler::new(&world);
        let (tenants, table) = (land.tenants.clone(), land.table("setup"));
        scheduler.start(HOUR_MS, async move { tenants::register(&tenants, &*table).await });
        scheduler.finish();
        scheduler.ended();
        let weather = Weather {
            turns_per_fault: *dice.pick(&[40, 120, 300]),
            lag_ms: *dice.pick(&[0, 500, 5_000]),
            page_items: *dice.pick(&[2, 3, 5, usize::MAX]),
            turns_per_stall: *dice.pick(&[0, 40, 150]),
        };
        world.set_weather(weather);
        let (prices, erasures) = (prices(&mut dice), erasures(&mut dice));
        Self {
            weather,
            erasures,
            erasing: None,
            land,
            readings: Vec::new(),
            scheduler,
            dice,
            unsent,
            slots: BTreeMap::new(),
            prices,
            pricing: None,
        }
    }

    /// Runs it to its end.
    pub fn run(&mut self) {
        while self.land.world.now() < plan::START.plus_millis(plan::SENDING_MS) {
            self.round();
            // Hours pass only when all is stored: what the queue holds comes again within minutes.
            let is_quiet = self.land.intake.is_empty() && self.scheduler.running() == 0;
            // What runs is mostly let run on, or else only ends by its time running out.
            let is_busy = self.scheduler.running() > 0 && !self.dice.one_in(6);
            let most = match (is_quiet, is_busy) {
                (true, _) => 40 * MINUTE_MS,
                (_, true) => 50,
                _ => MINUTE_MS,
            };
            self.pass(most);
        }
        self.come_to_an_end();
    }

    fn round(&mut self) {
        self.send_what_is_due();
        self.deliver_intake();
        if self.dice.one_in(6) {
            self.tick();
        }
        self.deliver_work();
        if self.dice.one_in(4) {
            self.read();
        }
        self.set_prices();
        self.erase();
        let turns = self.dice.below(160);
        self.turns(turns);
    }

    /// After the storm: everything is sent, stored, settled, rolled up and swept.
    fn come_to_an_end(&mut self) {
        self.finish();
        let calm = Weather { page_items: 4, ..Weather::CALM };
        self.land.world.set_weather(calm);
        while self.land.intake.redrive(self.land.world.now().as_millis()) > 0
            || !(self.land.intake.is_empty() && self.unsent.is_empty() && self.prices.is_empty() && self.erasures.is_empty())
        {
            self.send_what_is_due();
            self.deliver_intake();
            self.set_prices();
            self.erase();
            self.finish();
            self.pass(3 * MINUTE_MS);
        }
        // What people leave is cleared when their days are over: faults meet that too.
        self.land.world.set_weather(if erasures::are_open(&self.land) { self.weather } else { calm });
        for then in [DAYS_OVER, MONTHS_OVER] {
            self.tick_and_work();
            self.pass_to(then);
        }
        self.land.world.set_weather(calm);
        let mut rounds = 0;
        while (self.tick_and_work() || erasures::are_open(&self.land)) && rounds < 20 {
            self.pass(70 * MINUTE_MS);
            rounds += 1;
        }
        for asked in families(&self.land).flat_map(Asked::all).collect::<Vec<_>>() {
            self.ask(asked);
            self.finish();
        }
    }

    /// Does all the work that is found; whether there was any.
    fn tick_and_work(&mut self) -> bool {
        self.tick();
        self.finish();
        let mut has_found = false;
        while !self.land.work.is_empty() || self.land.work.redrive(self.land.world.now().as_millis()) > 0 {
            has_found = true;
            self.deliver_work();
            self.finish();
            self.pass(MINUTE_MS);
        }
        has_found
    }

    fn pass(&mut self, most_ms: i64) {
        let ms = i64::try_from(self.dice.below(u64::try_from(most_ms).unwrap())).unwrap();
        self.pass_to(self.land.world.now().plus_millis(ms));
    }

    fn pass_to(&mut self, then: Timestamp) {
        self.land.world.clock().set(then);
        self.scheduler.end_overdue();
        self.collect();
    }

    fn turns(&mut self, turns: u64) {
        for _ in 0..turns {
            if !self.scheduler.step() {
                break;
            }
        }
        self.collect();
    }

    fn finish(&mut self) {
        self.scheduler.finish();
        self.collect();
    }

    fn start(&mut self, most_ms: i64, request: Option<Request>, process: impl Future<Output = Left> + 'static) -> u64 {
        let slot = Slot::default();
        let left = Rc::clone(&slot);
        let id = self.scheduler.start(most_ms, async move { *left.borrow_mut() = Some(process.await) });
        self.slots.insert(id, (slot, request));
        id
    }

    /// Takes up what processes have left behind.
    fn collect(&mut self) {
        for (id, _) in self.scheduler.ended() {
            let Some((slot, request)) = self.slots.remove(&id) else { continue };
            if self.pricing == Some(id) {
                self.pricing = None;
            }
            let was_erasing = self.erasing == Some(id);
            if was_erasing {
                self.erasing = None;
            }
            match slot.take() {
                Some(Left::Sent(request, is_acknowledged)) => {
                    if !is_acknowledged || self.repeats() {
                        self.send_later(request);
                    }
                }
                Some(Left::Delivered(channel, messages, again)) => self.delete(&channel, &messages, &again),
                Some(Left::Read(reading)) => self.readings.push(reading),
                Some(Left::Priced(true)) => _ = self.prices.pop(),
                Some(Left::Erased(true)) => _ = self.erasures.pop(),
                Some(Left::Priced(false) | Left::Erased(false) | Left::Nothing) => {}
                // It crashed: a client whose request it was sends it again.
                None => {
                    if let Some(request) = request {
                        self.send_later(request);
                    }
                    // Whoever asked for an erasure asks again after a time, in which others may have gone on with it.
                    if let Some((due, _)) = self.erasures.last_mut().filter(|_| was_erasing) {
                        *due = self.land.world.now().plus_millis(10 * MINUTE_MS);
                    }
                }
            }
        }
    }

    /// Whether a client sends again what was acknowledged, because it never saw the answer.
    fn repeats(&mut self) -> bool {
        self.land.world.now() < plan::START.plus_millis(plan::SENDING_MS) && self.dice.one_in(5)
    }

    fn send_later(&mut self, mut request: Request) {
        let most_ms = *self.dice.pick(&[10 * SECOND_MS, 10 * SECOND_MS, 2 * HOUR_MS]);
        let pause_ms = i64::try_from(self.dice.below(u64::try_from(most_ms).unwrap())).unwrap();
        request.due = self.land.world.now().plus_millis(pause_ms);
        self.unsent.push(request);
    }

    fn send_what_is_due(&mut self) {
        let now = self.land.world.now();
        let is_over = now >= plan::START.plus_millis(plan::SENDING_MS);
        for request in self.unsent.extract_if(.., |request| is_over || request.due <= now).collect::<Vec<_>>() {
            // No two requests arrive at one moment.
            self.land.world.clock().advance_millis(1);
            let sending = self.land.send(&request);
            let sent = request.clone();
            self.start(INGEST_MS, Some(request), async move { Left::Sent(sent, sending.await) });
        }
    }

    fn deliver_intake(&mut self) {
        for _ in 0..=self.dice.below(3) {
            let most = *self.dice.pick(&[1, 5, 10]);
            let channel = self.land.intake.clone();
            let messages = channel.receive(most, self.land.world.now().as_millis(), &mut self.dice);
            if messages.is_empty() {
                continue;
            }
            let store = self.land.store();
            self.start(STORE_MS, None, async move {
                let response = store.handle(event(&messages)).await;
                let again = response.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect();
                Left::Delivered(channel, messages, again)
            });
        }
    }

    fn deliver_work(&mut self) {
        for _ in 0..=self.dice.below(3) {
            let most = *self.dice.pick(&[1, 2, 5]);
            let channel = self.land.work.clone();
            let messages = channel.receive(most, self.land.world.now().as_millis(), &mut self.dice);
            if messages.is_empty() {
                continue;
            }
            let (settler, queue) = (self.land.settler(), self.land.work_queue("aggregate"));
            let rounds = *self.dice.pick(&[1, 2, 8, 40]);
            self.start(AGGREGATE_MS, None, async move {
                let mut again = Vec::new();
                for message in &messages {
                    if !work(&settler, &*queue, (message, rounds)).await {
                        again.push(message.id.clone());
                    }
                }
                Left::Delivered(channel, messages, again)
            });
        }
    }

    /// Deletes what was delivered and done; the deletion too may be lost.
    fn delete(&mut self, channel: &Channel, messages: &[Delivered], again: &[String]) {
        for message in messages {
            if !again.contains(&message.id) && !self.dice.one_in(20) {
                channel.delete(&message.handle);
            }
        }
    }

    fn tick(&mut self) {
        let (settler, queue) = (self.land.settler(), self.land.work_queue("aggregate"));
        self.start(AGGREGATE_MS, None, async move {
            // What a tick does not find, the next one does.
            drop(ticks::tick(&settler, &*queue).await);
            Left::Nothing
        });
    }

    fn read(&mut self) {
        let asked = Asked::any(&self.land, &mut self.dice);
        self.ask(asked);
    }

    fn ask(&mut self, asked: Asked) {
        let (reader, land) = (self.land.reader(), self.land.clone());
        self.start(QUERY_MS, None, async move {
            match asked.read(&land, &reader).await {
                Some(reading) => Left::Read(reading),
                None => Left::Nothing,
            }
        });
    }

    fn set_prices(&mut self) {
        let now = self.land.world.now();
        let Some((_, price)) = self.prices.last().filter(|(due, _)| self.pricing.is_none() && *due <= now) else { return };
        let (price, land) = (price.clone(), self.land.clone());
        let id = self.start(AGGREGATE_MS, None, async move { Left::Priced(ticks::reprice(&land, &price).await.is_ok()) });
        self.pricing = Some(id);
    }

    fn erase(&mut self) {
        let now = self.land.world.now();
        let Some((_, person)) = self.erasures.last().filter(|(due, _)| self.erasing.is_none() && *due <= now) else { return };
        let (person, land) = (person.clone(), self.land.clone());
        // It often ends half way: what it leaves is for the ticks to go on with.
        let most_ms = *self.dice.pick(&[AGGREGATE_MS, 5]);
        let id = self.start(most_ms, None, async move { Left::Erased(ticks::erase(&land, &person).await.is_ok()) });
        self.erasing = Some(id);
    }
}

/// Does what a message asks for, in as many rounds as there is time for, and sends the rest back; whether that is done.
async fn work(settler: &Settler, queue: &dyn Queue, (message, rounds): (&Delivered, usize)) -> bool {
    let work: Work = serde_json::from_str(&message.body).unwrap();
    for _ in 0..rounds {
        match settler.run(&work).await {
            Ok(done) if done.left => {}
            done => return done.is_ok(),
        }
    }
    queue.send(std::slice::from_ref(&message.body)).await.is_ok()
}

/// People of every tenant who are erased, in one run of four, because it is most of what such a run does: one while events come, and one
/// when the last of them have happened.
fn erasures(dice: &mut Dice) -> Vec<(Timestamp, String)> {
    if !dice.one_in(4) {
        return Vec::new();
    }
    let first = dice.below(erasures::PEOPLE);
    let other = (first + 1 + dice.below(erasures::PEOPLE - 1)) % erasures::PEOPLE;
    let due = i64::try_from(dice.below(3_600_000)).unwrap();
    let last = plan::START.plus_millis(plan::SENDING_MS);
    vec![(last, erasures::name(other)), (plan::START.plus_millis(due), erasures::name(first))]
}

/// Prices that the tenant with AI usage sets in the middle, effective from before it: the later one last.
fn prices(dice: &mut Dice) -> Vec<(Timestamp, Price)> {
    let mut price = |hours: u64, input_pico: i64| {
        let due = plan::START.plus_millis(i64::try_from(dice.below(hours * 3_600_000)).unwrap());
        let rates = Rates { input_pico, output_pico: 2 * input_pico, ..Rates::default() };
        let effective = plan::START.plus_millis(-3 * HOUR_MS);
        (due, Price { provider: "own".into(), model: "home-made".into(), effective, rates })
    };
    let mut prices = vec![price(1, 1_000), price(3, 3_000)];
    prices.sort_by_key(|(due, _)| std::cmp::Reverse(*due));
    prices
}

fn event(messages: &[Delivered]) -> SqsEvent {
    let record = |message: &Delivered| {
        let mut record = SqsMessage::default();
        record.message_id = Some(message.id.clone());
        record.body = Some(message.body.clone());
        record.attributes.insert("ApproximateReceiveCount".to_owned(), message.receives.to_string());
        record
    };
    let mut event = SqsEvent::default();
    event.records = messages.iter().map(record).collect();
    event
}

/// Of which families a tenant has events.
pub fn families(land: &Land) -> impl Iterator<Item = (usize, Family)> {
    let tenants = land.tenants.iter().enumerate();
    tenants.flat_map(|(place, tenant)| tenant.families.iter().map(move |(family, _)| (place, *family)))
}
