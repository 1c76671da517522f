//! The functions, in one process, over metered ports and a clock that is set: what is sent to them is counted as AWS bills it.

use super::arrivals::{PROJECT, Profile, START};
use super::clockwork::Processor;
use super::meter::{Meter, Spender};
use super::pollers::{Group, Pollers};
use super::ports::{Items, MeteredBucket, MeteredQueue, MeteredTable};
use super::price::Part;
use super::{lines, template};
use crate::virtual_time;
use ::report::Report;
use ::report::reports::{HttpCourier, NoMailer, Reports, Rules};
use aggregate::Aggregate;
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, LambdaEvent};
use memory::{MemoryBucket, MemoryQueue, SettableClock};
use model::money::Currency;
use model::{HourOffset, ProjectId, TenantId, Timestamp};
use ports::{Bucket, Clock, Queue, SystemRandom, Table};
use reports::run::Patience;
use reports::target::Loopback;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use settle::Settler;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::Store;
use tower::{Service, ServiceExt};

/// "At 1,769 MB, a function has the equivalent of one vCPU": <https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html>
const MB_OF_A_PROCESSOR: f64 = 1_769.0;
/// Longer than any piece of work takes.
const TIMEOUT_MS: i64 = 300_000;

/// A function that schedules start.
#[derive(Debug, Clone, Copy)]
pub enum Ticked {
    Aggregate,
    Report,
}

/// A tick of a function's schedules, by name.
pub type Tick = (Ticked, &'static str);

impl Ticked {
    const fn spender(self) -> Spender {
        match self {
            Self::Aggregate => Spender::Aggregate,
            Self::Report => Spender::Report,
        }
    }
}

/// The function ingest: from the bytes of the event to the bytes of the answer.
type Http = Box<dyn FnMut(LambdaRequest) -> anyhow::Result<Vec<u8>>>;

/// One deployment.
pub struct World {
    pub meter: Arc<Meter>,
    pub items: Arc<Items>,
    pub objects: Arc<MemoryBucket>,
    clock: Arc<SettableClock>,
    queue: Arc<MemoryQueue>,
    work_queue: Arc<MemoryQueue>,
    errand_queue: Arc<MemoryQueue>,
    ingest: Http,
    store: Store,
    aggregate: Aggregate,
    report: Report,
    processor: Processor,
    memory_mb: BTreeMap<Spender, f64>,
    events: Pollers,
    work: Pollers,
    errands: Pollers,
    calls: u64,
}

/// The settings that have no default, and the limit that the profiles would break.
const EVENTS_PER_MINUTE: u32 = u32::MAX;

impl World {
    /// A deployment for so many tenants, each with a key.
    pub fn new(tenants: usize) -> anyhow::Result<Self> {
        let (items, objects, meter) = (Arc::new(Items::default()), Arc::new(MemoryBucket::default()), Arc::new(Meter::default()));
        let [queue, work_queue, errand_queue] = [(); 3].map(|()| Arc::new(MemoryQueue::default()));
        let clock = Arc::new(SettableClock::at(START));
        let table = |spender| -> Arc<dyn Table> { Arc::new(MeteredTable { items: items.clone(), meter: meter.clone(), spender }) };
        let bucket = |spender| -> Arc<dyn Bucket> { Arc::new(MeteredBucket { objects: objects.clone(), meter: meter.clone(), spender }) };
        let sends = |queue: &Arc<MemoryQueue>, spender| -> Arc<dyn Queue> {
            Arc::new(MeteredQueue { queue: queue.clone(), meter: meter.clone(), spender })
        };
        virtual_time::run(keys(&*table(Spender::Standing), tenants))??;
        let ingest = ingest(table(Spender::Ingest), sends(&queue, Spender::Ingest), clock.clone())?;
        let mut adapter = Adapter::from(web::on_lambda(ingest));
        let http = move |request| {
            let answer = virtual_time::run(async {
                let ready = adapter.ready().await?;
                ready.call(LambdaEvent::new(request, lambda_http::Context::default())).await
            })??;
            Ok(serde_json::to_vec(&answer)?)
        };
        let settings = [
            ("TABLE_NAME", "table"),
            ("BUCKET_NAME", "bucket"),
            ("WORK_QUEUE_URL", "https://sqs.us-east-1.amazonaws.com/1/work"),
            ("REPORT_QUEUE_URL", "https://sqs.us-east-1.amazonaws.com/1/report"),
        ];
        let settings = BTreeMap::from(settings.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let config = setup::Settings::from_map(aggregate::config::SETTINGS, &settings).map_err(|faults| anyhow::anyhow!("{faults}"))?;
        let config = aggregate::config::Config::from(&config);
        let settler = Settler {
            table: table(Spender::Aggregate),
            bucket: bucket(Spender::Aggregate),
            clock: clock.clone(),
            random: Arc::new(SystemRandom),
            rules: config.rules.clone(),
        };
        let archives = Arc::new(MeteredBucket { objects: objects.clone(), meter: meter.clone(), spender: Spender::Report });
        let report = report((table(Spender::Report), sends(&errand_queue, Spender::Report)), (archives, &objects), clock.clone());
        let memory = |function: &str| template::number(function, "MemorySize");
        let window_ms = 1e3 * template::number("StoreEvents", "MaximumBatchingWindowInSeconds")?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "seconds and messages")]
        let pollers = Pollers::new(window_ms as i64, template::number("StoreEvents", "BatchSize")? as usize);
        Ok(Self {
            ingest: Box::new(http),
            store: Store::new(table(Spender::Store), bucket(Spender::Store), clock.clone()),
            aggregate: Aggregate::new(settler, (sends(&work_queue, Spender::Aggregate), sends(&errand_queue, Spender::Aggregate)), config),
            report,
            processor: Processor::of_this_thread()?,
            memory_mb: BTreeMap::from([
                (Spender::Ingest, memory("IngestFunction")?),
                (Spender::Store, memory("StoreFunction")?),
                (Spender::Aggregate, memory("AggregateFunction")?),
                (Spender::Report, memory("ReportFunction")?),
            ]),
            events: pollers,
            work: Pollers::new(0, 1),
            errands: Pollers::new(0, 1),
            calls: 0,
            meter,
            items,
            objects,
            clock,
            queue,
            work_queue,
            errand_queue,
        })
    }

    pub fn set(&self, now: Timestamp) {
        self.clock.set(now);
    }

    /// Runs a call of a function, and counts what it takes.
    fn call<T>(&mut self, spender: Spender, run: impl FnOnce(&mut Self) -> T) -> T {
        lines::take();
        let (waiting, working) = (virtual_time::now(), self.processor.ms());
        let answer = run(self);
        let worked_ms = self.processor.ms() - working;
        let waited_ms = virtual_time::now().saturating_sub(waiting).as_secs_f64() * 1e3;
        let memory_mb = self.memory_mb.get(&spender).copied().unwrap_or(MB_OF_A_PROCESSOR);
        let slowed = (MB_OF_A_PROCESSOR / memory_mb).max(1.0);
        // Lambda bills each started millisecond: half of one more, on average.
        let gb_s = |ms: f64| ms / 1e3 * memory_mb / 1_024.0;
        self.meter.add((spender, Part::Invocations, "calls"), 1.0);
        self.meter.add((spender, Part::Compute, "working"), gb_s(worked_ms * slowed));
        self.meter.add((spender, Part::Compute, "waiting for services"), gb_s(waited_ms + 0.5));
        #[expect(clippy::cast_precision_loss, reason = "bytes of a few lines")]
        let bytes = |bytes: u64| bytes as f64 / 1e9;
        self.meter.add((spender, Part::Logs, "its lines"), bytes(lines::take()));
        self.meter.add((spender, Part::Logs, "Lambda's lines"), bytes(lines::OF_A_CALL));
        answer
    }

    /// Sends a batch of events, and has them stored when the window closes.
    pub fn send(&mut self, now: Timestamp, tenant: usize, body: &str) -> anyhow::Result<()> {
        self.store_until(now)?;
        self.set(now);
        // No batch is as large as the 512 KB of a second one.
        self.meter.add((Spender::Ingest, Part::Requests, "batches"), 1.0);
        let event = serde_json::to_vec(&api_gateway(now, tenant, body))?;
        let answer = self.call(Spender::Ingest, |world| {
            let request = serde_json::from_slice(&event)?;
            (world.ingest)(request)
        })?;
        let answer: Value = serde_json::from_slice(&answer)?;
        anyhow::ensure!(answer["statusCode"] == 200, "a batch was not taken: {answer}");
        for body in self.queue.drain() {
            if let Some(group) = self.events.take(now, body) {
                self.store(&group)?;
            }
        }
        Ok(())
    }

    /// Stores the groups whose windows close by then.
    pub fn store_until(&mut self, now: Timestamp) -> anyhow::Result<()> {
        while let Some(due) = self.events.due().filter(|due| *due <= now) {
            self.set(due);
            for group in self.events.complete(due) {
                self.store(&group)?;
            }
        }
        Ok(())
    }

    fn store(&mut self, group: &Group) -> anyhow::Result<()> {
        group.count(&self.meter, Spender::Store);
        let event = serde_json::to_vec(&self.delivered(group))?;
        let answer = self.call(Spender::Store, |world| {
            let event = serde_json::from_slice(&event)?;
            virtual_time::run(world.store.handle(event))
        })?;
        anyhow::ensure!(answer.batch_item_failures.is_empty(), "a group was not stored");
        Ok(())
    }

    /// A tick of a schedule, and all the work that it finds.
    pub fn tick(&mut self, now: Timestamp, (ticked, tick): Tick) -> anyhow::Result<()> {
        self.store_until(now)?;
        self.set(now);
        self.meter.add((Spender::Standing, Part::Schedules, "ticks"), 1.0);
        self.handle(ticked, json!({"tick": tick}))?;
        loop {
            let (queue, pollers) = match ticked {
                Ticked::Aggregate => (&self.work_queue, &mut self.work),
                Ticked::Report => (&self.errand_queue, &mut self.errands),
            };
            let groups: Vec<Group> = queue.drain().into_iter().filter_map(|body| pollers.take(now, body)).collect();
            if groups.is_empty() {
                return Ok(());
            }
            for group in groups {
                group.count(&self.meter, ticked.spender());
                let event = self.delivered(&group);
                let answer = self.handle(ticked, event)?;
                anyhow::ensure!(answer["batchItemFailures"].as_array().is_none_or(Vec::is_empty), "work was not done: {answer}");
            }
        }
    }

    fn handle(&mut self, ticked: Ticked, event: Value) -> anyhow::Result<Value> {
        let deadline = self.clock.now().plus_millis(TIMEOUT_MS);
        self.call(ticked.spender(), |world| match ticked {
            Ticked::Aggregate => Ok(virtual_time::run(world.aggregate.handle(event, deadline))??),
            Ticked::Report => Ok(virtual_time::run(world.report.handle(event, deadline))??),
        })
    }

    /// The event in which Lambda hands over a group.
    fn delivered(&mut self, group: &Group) -> Value {
        let record = |body: &String| {
            self.calls += 1;
            json!({
                "messageId": format!("00000000-0000-4000-8000-{:012}", self.calls), "receiptHandle": "A".repeat(180), "body": body,
                "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1795262400000", "SenderId": "AROAEXAMPLE:ingest",
                    "ApproximateFirstReceiveTimestamp": "1795262400100"},
                "messageAttributes": {}, "md5OfBody": "c3a495885a644a438a23d427e5366f90", "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:111122223333:weir-Queue", "awsRegion": "us-east-1",
            })
        };
        json!({"Records": group.bodies.iter().map(record).collect::<Vec<_>>()})
    }
}

/// The key of a tenant; not a secret: the tables are in memory.
fn key_of(tenant: usize) -> String {
    format!("wk_{}_{}", Profile::tenant(tenant), "0".repeat(43))
}

async fn keys(table: &dyn Table, tenants: usize) -> anyhow::Result<()> {
    for tenant in 0..tenants {
        let id = TenantId::new(Profile::tenant(tenant))?;
        let owner = records::Tenant {
            id: id.clone(),
            hour_offset: HourOffset::default(),
            currency: Currency::USD,
            pseudonymous: false,
            created_at: START,
        };
        records::tenant::create(table, &owner).await?;
        let key = records::ApiKey {
            hash: access::mint::key_hash(&key_of(tenant)),
            tenant: id,
            purpose: records::Purpose::Project(ProjectId::new(PROJECT)?),
            hour_offset: HourOffset::default(),
            currency: Currency::USD,
            created_at: START,
            revoked_at: None,
        };
        records::api_key::create(table, &key).await?;
    }
    Ok(())
}

fn ingest(table: Arc<dyn Table>, queue: Arc<dyn Queue>, clock: Arc<SettableClock>) -> anyhow::Result<axum::Router> {
    let secret = access::mint::api_key(&TenantId::new("bench")?)?;
    let settings = access::Settings {
        service_secret: secret.clone(),
        pseudonym_secret: secret.clone(),
        token: access::TokenSettings {
            secret: Some(secret.expose_secret().into()),
            jwks_url: None,
            issuer: "bench".into(),
            audience: "bench".into(),
            tenant_claim: "tenant".into(),
            role_claim: "role".into(),
        },
        cache_seconds: 60,
        anonymous_limit: 100,
    };
    Ok(::ingest::router(::ingest::Ingest {
        authenticator: Arc::new(access::Authenticator::new(table.clone(), settings)),
        table,
        queue,
        clock,
        random: Arc::new(SystemRandom),
        events_per_minute: EVENTS_PER_MINUTE,
        retention: model::accept::Retention::default(),
        places: None,
    }))
}

/// The function report. Nobody is told of anything here: it archives.
fn report(
    (table, queue): (Arc<dyn Table>, Arc<dyn Queue>),
    (archives, links): (Arc<MeteredBucket>, &Arc<MemoryBucket>),
    clock: Arc<SettableClock>,
) -> Report {
    let reports = Reports {
        table,
        bucket: archives.clone(),
        queue,
        clock,
        mailer: Arc::new(NoMailer),
        courier: Arc::new(HttpCourier::new(Loopback::Refused)),
        links: links.clone(),
        rules: Rules { patience: Patience { attempts: 1, pause_ms: 1 }, master: "bench".into(), loopback: Loopback::Refused },
    };
    Report::new(reports, (archives, Arc::new(SystemRandom)))
}

/// The event in which API Gateway hands over a batch.
fn api_gateway(now: Timestamp, tenant: usize, body: &str) -> Value {
    json!({
        "version": "2.0", "routeKey": "POST /api/events", "rawPath": "/api/events", "rawQueryString": "", "isBase64Encoded": false,
        "headers": {"host": "api.example.org", "content-type": "application/json", "x-api-key": key_of(tenant), "user-agent": "app/1.4.0"},
        "requestContext": {
            "accountId": "123456789012", "apiId": "api", "domainName": "api.example.org", "domainPrefix": "api", "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "POST /api/events", "stage": "$default", "time": "21/Nov/2026:05:00:00 +0000", "timeEpoch": now.as_millis(),
            "http": {"method": "POST", "path": "/api/events", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "app/1.4.0"},
        },
        "body": body,
    })
}
