//! The function `report` as it is deployed, and who tells it what to do, on the ports of a simulated world.

use super::ears::{Ears, Post};
use super::plan;
use super::usage::LIMIT;
use crate::chance::Chance;
use budgets::Look;
use export::Request;
use memory::MemoryBucket;
use memory::simulation::{Channel, Outside, QueueRules, Shelf, SimulatedBucket, SimulatedQueue, SimulatedTable, World};
use model::money::Currency;
use model::{Family, HourOffset, Timestamp};
use ports::{Queue, Random, Table};
use reader::{Owner, Reader};
use records::budget::{self, Measure, Period, Recipients, Scope, Terms};
use records::task::{self, Task};
use records::{Budget, Document, Due, Errand, Shelf as Place, Tenant};
use report::Report;
use report::reports::{Reports, Rules};
use reports::run::{Patience, What, id_of};
use reports::target::Loopback;
use reports::{Format, Run, Targets};
use std::sync::Arc;

/// Where errands wait, as `template.yaml` has it.
const ERRANDS: QueueRules = QueueRules { name: "errands", visibility_ms: 5_400_000, receives: 5 };
/// How often something is tried.
pub const PATIENCE: Patience = Patience { attempts: 5, pause_ms: 30_000 };
/// The id of the budget.
pub const BUDGET: &str = "b1";

/// Everything that outlives a process.
#[derive(Clone)]
pub struct Land {
    pub world: World,
    pub shelf: Arc<Shelf>,
    pub objects: Arc<MemoryBucket>,
    pub errands: Arc<Channel>,
    pub ears: Arc<Ears>,
    chance: Arc<Chance>,
}

impl Land {
    pub fn new(world: &World) -> Self {
        Self {
            world: world.clone(),
            shelf: Arc::default(),
            objects: Arc::default(),
            errands: Arc::new(Channel::new(ERRANDS)),
            ears: Arc::new(Ears::new(world.dice())),
            chance: Arc::new(Chance::of(world.dice())),
        }
    }

    pub fn table(&self, function: &'static str) -> Arc<dyn Table> {
        Arc::new(SimulatedTable::new(&self.world, function, &self.shelf))
    }

    fn queue(&self, function: &'static str) -> Arc<dyn Queue> {
        Arc::new(SimulatedQueue::new(&self.world, function, &self.errands))
    }

    /// Sends what is due of reports, as the tick of a minute does; whether all of it.
    pub async fn dispatch(&self) -> bool {
        let (table, queue) = (self.table("aggregate"), self.queue("aggregate"));
        records::dispatch::due(&*table, &*queue, self.world.now()).await.is_ok()
    }

    /// The function, just started.
    pub fn report(&self) -> Report {
        let bucket = Arc::new(SimulatedBucket::new(&self.world, "report", &self.objects));
        let post = |service| Arc::new(Post { outside: Outside::new(&self.world, "report", service), ears: self.ears.clone() });
        let reports = Reports {
            table: self.table("report"),
            bucket,
            queue: self.queue("report"),
            clock: self.world.clock(),
            mailer: post("mail"),
            courier: post("webhook"),
            links: self.objects.clone(),
            rules: Rules {
                patience: PATIENCE,
                master: "no webhook here checks it, and yet there is one".into(),
                loopback: Loopback::Refused,
            },
        };
        Report::new(reports, (self.objects.clone(), self.chance.clone()))
    }

    /// The tenant, its schedules and its budget.
    pub async fn found(&self) {
        let (table, tenant, now) = (self.table("setup"), plan::tenant(), self.world.now());
        let (currency, hour_offset) = (Currency::USD, HourOffset::default());
        let record = Tenant { id: tenant.clone(), hour_offset, currency, pseudonymous: false, created_at: now };
        records::tenant::create(&*table, &record).await.unwrap();
        for (id, schedule, _) in plan::schedules() {
            let next = schedule.first(now).unwrap();
            let due = Due { at: next, tenant: tenant.clone(), shelf: Place::Schedules, id: id.into() };
            records::due::put(&*table, &due).await.unwrap();
            let document = Document::new(id, serde_json::to_string(&schedule).unwrap(), Some(next), now);
            records::document::create(&*table, (Place::Schedules, &tenant), &document).await.unwrap();
        }
        let limit = i64::try_from(LIMIT).unwrap();
        let terms = Terms { scope: Scope::Tenant, measure: Measure::Tokens, limit, period: Period::Day, timezone: "UTC".into() };
        let Targets { mail, webhooks } = plan::budget_targets();
        let recipients = Recipients { mail, webhooks, generation: 1 };
        let (name, thresholds) = ("Day".to_owned(), vec![50, 80, 100]);
        let (created_at, updated_at) = (now, now);
        let budget =
            Budget { id: BUDGET.into(), name, terms, terms_version: 1, thresholds, recipients, version: 1, created_at, updated_at };
        budget::create(&*table, &tenant, &budget).await.unwrap();
    }

    /// Asks for a report, as `query` does: under an id that no other try has. Whether it was acknowledged.
    pub async fn ask(&self, targets: &Targets) -> Option<String> {
        let (tenant, now) = (plan::tenant(), self.world.now());
        let times = reports::Period::Day.before(now, chrono_tz::UTC, HourOffset::default());
        let what = What::Report { template: "usage".into(), title: "Usage".into(), format: Format::Csv, times };
        let id = id_of(now, &format!("{:032x}", self.chance.number()));
        let run = Run::new(&id, what, targets, (now, now));
        let document = Document::new(&id, serde_json::to_string(&run).unwrap(), run.wake_at, now);
        let sent = records::dispatch::run(&*self.table("query"), &*self.queue("query"), (&tenant, &document)).await;
        sent.ok().map(|_| id)
    }

    /// Asks for an export, as `query` does. Whether it was acknowledged.
    pub async fn export(&self) -> Option<String> {
        let (tenant, now, id) = (plan::tenant(), self.world.now(), format!("{:032x}", self.chance.number()));
        let (from, to) = (now.plus_millis(-24 * plan::HOUR_MS).as_millis(), now.as_millis());
        let request =
            Request { family: Family::Sales, format: export::Format::Csv, from, to, labels: Vec::new(), file_name: "sales.csv".into() };
        let task = Task::new((&tenant, id.clone()), ("export", serde_json::to_string(&request).unwrap()), now);
        task::create(&*self.table("query"), &task).await.ok()?;
        // Where the queue takes nothing, a tick finds it.
        let _ = self.queue("query").send(&[Errand::Export { tenant, task: id.clone() }.body()]).await;
        Some(id)
    }

    /// Looks at the budget, as `aggregate` does; when it did, where it came to its end.
    pub async fn look(&self, now: Timestamp) -> bool {
        let (table, queue, tenant) = (self.table("aggregate"), self.queue("aggregate"), plan::tenant());
        let bucket = Arc::new(SimulatedBucket::new(&self.world, "aggregate", &self.objects));
        let reader = Reader::new(table.clone(), bucket);
        let owner = Owner { tenant: &tenant, hour_offset: HourOffset::default(), now };
        Look { table: &*table, errands: &*queue, reader: &reader, owner }.at().await.is_ok()
    }
}
