//! What services tell of the requests they answer, and of the resources they use.

use super::Told;
use super::fields::Fields;
use crate::EventId;
use crate::event::{Facts, Measurement};

/// Digits after the point: of milliseconds that are kept as microseconds, and of percents and loads that are kept in thousandths.
const MILLI: u32 = 3;
/// A whole, in thousandths of a percent.
const WHOLE_MILLIPERCENT: i128 = 100_000;

/// Reads `{service, endpoint, method, statusCode, responseTime, requestSize, responseSize, system{…}, database{…}, cache{…}}`.
pub fn event(fields: &mut Fields<'_>) -> Told {
    let service = fields.dimension("service");
    let mut facts = Measurement {
        service: fields.require("service", service),
        endpoint: fields.dimension("endpoint"),
        method: fields.dimension("method"),
        status_code: status_code(fields),
        response_time_us: fields.amount("responseTime", MILLI),
        request_bytes: fields.count("requestSize"),
        response_bytes: fields.count("responseSize"),
        ..Measurement::default()
    };
    fields.object("system", |system| known_system(system, &mut facts));
    fields.object("database", |database| {
        facts.query_time_us = database.amount("queryTime", MILLI);
        database.object("connectionPool", |pool| {
            facts.pool_active = pool.count("active");
            facts.pool_idle = pool.count("idle");
            facts.pool_total = pool.count("total").or_else(|| Some(facts.pool_active? + facts.pool_idle?));
        });
    });
    fields.object("cache", |cache| {
        // A rate cannot be added up; it is worked out of these, and kept as sent.
        facts.cache_hits = cache.count("hits");
        facts.cache_misses = cache.count("misses");
    });
    let kind = if facts.response_time_us.is_some() { "request" } else { "reading" };
    let id = fields.id("requestId").as_deref().map(EventId::of_request);
    Told { id, kind: Some(kind.to_owned()), facts: Facts::Performance(facts) }
}

fn status_code(fields: &mut Fields<'_>) -> Option<i64> {
    let code = fields.count("statusCode")?;
    if !(100..=999).contains(&code) {
        fields.fault("statusCode", "not_a_status", "statusCode must be a status of HTTP");
    }
    Some(code)
}

fn known_system(system: &mut Fields<'_>, facts: &mut Measurement) {
    system.object("cpu", |cpu| {
        facts.cpu_millipercent = cpu.amount("usage", MILLI);
        facts.cpu_load_milli = cpu.amount("load", MILLI);
    });
    system.object("memory", |memory| {
        facts.memory_used_bytes = memory.count("used");
        facts.memory_total_bytes = memory.count("total");
        let said = memory.amount("percentage", MILLI);
        facts.memory_millipercent = said.or_else(|| part(facts.memory_used_bytes, facts.memory_total_bytes));
    });
    system.object("disk", |disk| {
        let (used, total) = (disk.count("used"), disk.count("total"));
        let said = disk.amount("percentage", MILLI);
        facts.disk_millipercent = disk.amount("usage", MILLI).or(said).or_else(|| part(used, total));
    });
}

/// How much of a whole is used, in thousandths of a percent, to the nearest.
fn part(used: Option<i64>, total: Option<i64>) -> Option<i64> {
    let (used, total) = (i128::from(used?), i128::from(total?));
    if total == 0 {
        return None;
    }
    i64::try_from((used * WHOLE_MILLIPERCENT + total / 2) / total).ok()
}
