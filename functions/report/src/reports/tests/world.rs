//! A tenant, its schedules, and people and programs that are told.

use crate::reports::{Courier, Letter, Mail, Mailer, Reports, Rules};
use ::reports::run::{Failure, Patience, What};
use ::reports::target::{Loopback, Targets};
use ::reports::{Format, Period, Run, Schedule};
use async_trait::async_trait;
use memory::{Faults, MemoryBucket, MemoryQueue, MemoryTable, SettableClock};
use model::money::Currency;
use model::{HourOffset, TenantId, Timestamp};
use records::{Document, Due, Errand, Shelf, Tenant};
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

pub const MASTER: &str = "1f0c7a9be24d43688f0b6c1d2e934a55";
pub const PATIENCE: Patience = Patience { attempts: 3, pause_ms: 30_000 };

pub fn at(text: &str) -> Timestamp {
    chrono::DateTime::parse_from_rfc3339(text).unwrap().to_utc().into()
}

/// A receiver that answers as it is told, and keeps what came.
pub struct Told<T> {
    pub received: Mutex<Vec<T>>,
    pub answers: Mutex<VecDeque<Failure>>,
    pub never_answers: Mutex<bool>,
}

impl<T> Default for Told<T> {
    fn default() -> Self {
        Self { received: Mutex::default(), answers: Mutex::default(), never_answers: Mutex::default() }
    }
}

impl<T: Clone> Told<T> {
    fn take(&self, one: &T) -> Result<(), Failure> {
        self.received.lock().unwrap().push(one.clone());
        if *self.never_answers.lock().unwrap() {
            return Err(later("it did not answer in time"));
        }
        self.answers.lock().unwrap().pop_front().map_or(Ok(()), Err)
    }

    pub fn all(&self) -> Vec<T> {
        self.received.lock().unwrap().clone()
    }
}

pub fn later(error: &str) -> Failure {
    Failure { error: error.to_owned(), is_final: false }
}

#[async_trait]
impl Mailer for Told<Mail> {
    async fn send(&self, mail: &Mail) -> Result<(), Failure> {
        self.take(mail)
    }
}

#[async_trait]
impl Courier for Told<Letter> {
    async fn post(&self, letter: &Letter) -> Result<(), Failure> {
        self.take(letter)
    }
}

pub struct World {
    pub faults: Faults,
    pub table: Arc<MemoryTable>,
    pub bucket: Arc<MemoryBucket>,
    pub queue: Arc<MemoryQueue>,
    pub clock: Arc<SettableClock>,
    pub mail: Arc<Told<Mail>>,
    pub letters: Arc<Told<Letter>>,
    pub reports: Reports,
    pub tenant: TenantId,
}

impl World {
    pub async fn at(now: &str) -> Self {
        let faults = Faults::none();
        let (table, bucket) = (Arc::new(MemoryTable::with_faults(&faults)), Arc::new(MemoryBucket::with_faults(&faults)));
        let (queue, clock) = (Arc::new(MemoryQueue::with_faults(&faults)), Arc::new(SettableClock::at(at(now))));
        let (mail, letters) = (Arc::new(Told::default()), Arc::new(Told::default()));
        let tenant = TenantId::new("acme").unwrap();
        let record = Tenant {
            id: tenant.clone(),
            hour_offset: HourOffset::default(),
            currency: Currency::USD,
            pseudonymous: false,
            created_at: at(now),
        };
        records::tenant::create(&*table, &record).await.unwrap();
        let reports = Reports {
            table: table.clone(),
            bucket: bucket.clone(),
            queue: queue.clone(),
            clock: clock.clone(),
            mailer: mail.clone(),
            courier: letters.clone(),
            links: bucket.clone(),
            rules: Rules { patience: PATIENCE, master: MASTER.into(), loopback: Loopback::Refused },
        };
        Self { faults, table, bucket, queue, clock, mail, letters, reports, tenant }
    }

    /// Keeps a schedule whose first due time is the first from now on, as the API does.
    pub async fn schedule(&self, id: &str, schedule: &Schedule) {
        use ports::Clock;
        let now = self.clock.now();
        let next = schedule.first(schedule.starts_at.unwrap_or(now));
        if let Some(at) = next {
            records::due::put(&*self.table, &Due { at, tenant: self.tenant.clone(), shelf: Shelf::Schedules, id: id.into() })
                .await
                .unwrap();
        }
        let document = Document::new(id, serde_json::to_string(schedule).unwrap(), next, now);
        records::document::create(&*self.table, (Shelf::Schedules, &self.tenant), &document).await.unwrap();
    }

    /// Asks for a report now, as the API does.
    pub async fn ask(&self, id: &str, targets: &Targets) {
        use ports::Clock;
        let now = self.clock.now();
        let times = Period::Week.before(now, chrono_tz::Tz::UTC, HourOffset::default());
        let what = What::Report { template: "digest".into(), title: "Digest".into(), format: Format::Html, times };
        self.send(id, &Run::new(id, what, targets, (now, now))).await.unwrap();
    }

    pub async fn send(&self, id: &str, run: &Run) -> records::Result<bool> {
        let document = Document::new(id, serde_json::to_string(run).unwrap(), run.wake_at, run.asked_at);
        records::dispatch::run(&*self.table, &*self.queue, (&self.tenant, &document)).await
    }

    /// Delivers what the queue holds, and what that sends, until it holds nothing; what fails is delivered again in the next call.
    pub async fn work(&self) {
        let mut failed = Vec::new();
        loop {
            let bodies = self.queue.drain();
            if bodies.is_empty() {
                break;
            }
            for body in bodies {
                let errand: Errand = serde_json::from_str(&body).unwrap();
                if self.reports.errand(&errand).await.is_err() {
                    failed.push(body);
                }
            }
        }
        if !failed.is_empty() {
            self.faults.heal();
            ports::Queue::send(&*self.queue, &failed).await.unwrap();
        }
    }

    /// What is due is sent, as by the tick of a minute.
    pub async fn tick(&self) -> Result<usize, records::dispatch::DispatchError> {
        records::dispatch::due(&*self.table, &*self.queue, ports::Clock::now(&*self.clock)).await
    }

    /// So many minutes pass, with a tick in each, and the work that it finds.
    pub async fn minutes(&self, minutes: u32) {
        for _ in 0..minutes {
            self.clock.advance_millis(60_000);
            let _ = self.queue.let_go();
            let _ = self.tick().await;
            self.work().await;
        }
    }

    pub async fn runs(&self) -> Vec<(String, Run)> {
        let all = records::document::all(&*self.table, (Shelf::Reports, &self.tenant)).await.unwrap();
        all.into_iter().map(|document| (document.id, serde_json::from_str(&document.text).unwrap())).collect()
    }

    pub async fn the_run(&self) -> Run {
        let mut runs = self.runs().await;
        assert_eq!(runs.len(), 1, "{runs:?}");
        runs.remove(0).1
    }

    /// What the webhooks were told, by delivery.
    pub fn told(&self) -> Vec<(String, Value)> {
        self.letters.all().into_iter().map(|letter| (letter.delivery.clone(), serde_json::from_slice(&letter.body).unwrap())).collect()
    }
}

pub fn daily() -> Schedule {
    Schedule {
        name: "Daily".into(),
        template: "usage".into(),
        format: Format::Html,
        cadence: "30 2 * * *".into(),
        timezone: "Europe/Berlin".parse().unwrap(),
        period: Period::Day,
        targets: to_both(),
        enabled: true,
        starts_at: None,
        ends_at: None,
        generation: 1,
    }
}

pub fn to_both() -> Targets {
    Targets { mail: vec!["boss@example.com".into()], webhooks: vec!["https://hooks.example.com/weir".into()] }
}
