//! One export, in a process of its own: a task is made, the function is given the errand that names it, and the task is read again.

use super::folder::Folder;
use super::log::{ATTEMPT, DAY, INDEX, Index, tenant};
use crate::cpu::spent;
use crate::peak;
use anyhow::{Context, Result, ensure};
use cube::rollup::{CATALOGUE, Contents};
use export::{Format, Request};
use memory::{MemoryQueue, MemoryTable};
use model::money::Currency;
use model::{Family, Hour, HourOffset, TenantId, Timestamp};
use ports::{Clock, Read, SystemClock, SystemRandom};
use records::task::{self, Status, Task};
use records::{Errand, Tenant};
use report::Report;
use report::reports::{HttpCourier, NoMailer, Reports, Rules};
use reports::run::Patience;
use reports::target::Loopback;
use rollups::{Commit, HourEntry, Log, Owner, Rollup, day};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use tracing_subscriber::filter::LevelFilter;

const TASK: &str = "export";
const DAY_MS: i64 = 24 * 3_600_000;

/// What a child tells.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct Measured {
    pub cpu_s: f64,
    pub peak_kib: u64,
    pub rows: u64,
    pub size_bytes: u64,
    /// Where the file is, in the folder.
    pub key: String,
}

/// Exports the day whose log is in a folder, in a format.
pub fn child(arguments: &[String]) -> Result<Measured> {
    let [folder, format] = arguments else { anyhow::bail!("a folder and a format are needed") };
    let (folder, format) = (PathBuf::from(folder), Format::from_name(format).context("there is no such format")?);
    // What goes wrong is said by the function in its log.
    _ = tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(LevelFilter::WARN).try_init();
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let index: Index = serde_json::from_slice(&std::fs::read(folder.join(INDEX))?)?;
    let (tenant, table, now) = (tenant()?, Arc::new(MemoryTable::new()), SystemClock.now());
    let report = function(folder.clone(), table.clone());
    let errand = runtime.block_on(asked(&table, &tenant, (&index, format, now)))?;
    let mut answer = Ok(Value::Null);
    let taken = spent(|| answer = runtime.block_on(report.handle(errand, now.plus_millis(DAY_MS))));
    let answer = answer?;
    ensure!(answer["batchItemFailures"].as_array().is_some_and(Vec::is_empty), "the errand is not done: {answer}");
    let done = runtime.block_on(task::get(&*table, (&tenant, TASK)))?.context("the task is gone")?;
    let outcome = done.outcome.filter(|_| done.status == Status::Done).context("the task is not done")?;
    let expected: usize = index.values().map(|(_, rows)| rows).sum();
    ensure!(done.rows == expected as u64, "{} rows of {expected} are written", done.rows);
    let size_bytes = std::fs::metadata(folder.join(&outcome.key))?.len();
    ensure!(size_bytes == outcome.size_bytes, "the file has {size_bytes} bytes, and the task says {}", outcome.size_bytes);
    Ok(Measured { cpu_s: taken.cpu_s, peak_kib: peak::kib()?, rows: done.rows, size_bytes, key: outcome.key })
}

/// A tenant whose day is settled, and a task to export it; answers the event with its errand.
async fn asked(table: &MemoryTable, tenant: &TenantId, (index, format, now): (&Index, Format, Timestamp)) -> Result<Value> {
    let made =
        Tenant { id: tenant.clone(), hour_offset: HourOffset::default(), currency: Currency::USD, pseudonymous: false, created_at: now };
    records::tenant::create(table, &made).await?;
    let owner = Owner { tenant: tenant.clone(), family: Family::Ai };
    let mut manifest = day::get(table, &owner, (DAY, Read::Strong)).await?;
    manifest.version = 1;
    manifest.body.hours = index.iter().map(|(hour, (objects, rows))| entry(Hour::from_index(*hour), objects, (*rows, now))).collect();
    ensure!(day::commit(table, &manifest).await? == Commit::Won, "the manifest is not written");
    let from = DAY.first_hour().start(HourOffset::default()).as_millis();
    let file_name = format!("ai.{}", format.name());
    let request = Request { family: Family::Ai, format, from, to: from + DAY_MS, labels: Vec::new(), file_name };
    task::create(table, &Task::new((tenant, TASK.into()), ("export", serde_json::to_string(&request)?), now)).await?;
    let body = Errand::Export { tenant: tenant.clone(), task: TASK.into() }.body();
    let message = json!({"messageId": "m", "receiptHandle": "r", "body": body, "attributes": {}, "messageAttributes": {},
        "eventSource": "aws:sqs"});
    Ok(json!({"Records": [message]}))
}

/// A settled hour. Its rollup is not read by an export.
fn entry(hour: Hour, objects: &[u32], (rows, now): (usize, Timestamp)) -> (Hour, HourEntry) {
    let start = hour.start(HourOffset::default());
    let entry = HourEntry {
        version: 1,
        settled_at: now,
        rollup: Rollup { attempt: ATTEMPT, contents: Contents::default() },
        log: Some(Log { attempt: ATTEMPT, objects: objects.to_vec(), written_at: now }),
        base: None,
        events: rows as u64,
        first: start,
        last: start.plus_millis(3_599_999),
        configuration: 0,
        catalogue: CATALOGUE,
        expires_at: now.plus_millis(DAY_MS),
        absorbed: Vec::new(),
    };
    (hour, entry)
}

/// The function, with a folder in the place of the bucket.
fn function(folder: PathBuf, table: Arc<MemoryTable>) -> Report {
    let bucket = Arc::new(Folder(folder));
    let reports = Reports {
        table,
        bucket: bucket.clone(),
        queue: Arc::new(MemoryQueue::new()),
        clock: Arc::new(SystemClock),
        mailer: Arc::new(NoMailer),
        courier: Arc::new(HttpCourier::new(Loopback::Refused)),
        links: bucket.clone(),
        rules: Rules { patience: Patience { attempts: 1, pause_ms: 1 }, master: "bench".into(), loopback: Loopback::Refused },
    };
    Report::new(reports, (bucket, Arc::new(SystemRandom)))
}
