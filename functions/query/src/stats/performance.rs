//! `GET /api/performance/stats`: requests to services, and the resources that services use.

use super::resources::{self, Resources};
use crate::Desk;
use crate::groups::{Groups, groups};
use crate::numbers::{Durations, Numbers, breakdown, by, cut};
use crate::parameters::{Grouping, Known};
use crate::shape::{Figure, Meta, reply};
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use cube::catalogue::{self, Dimension};
use cube::query::Row;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

const NUMBERS: &[&str] = &[
    "requests",
    "errors",
    "serverErrors",
    "errorRate",
    "responseTime",
    "responseTimeMean",
    "requestBytes",
    "requestBytesMean",
    "responseBytes",
    "responseBytesMean",
    "queryTime",
    "queryTimeMean",
    "users",
];
const BREAKDOWNS: [&str; 4] = ["endpoint", "statusCode", "service", "method"];
const NO_RESOURCES: &str = "resources are null: a service's resources are not told apart by endpoint, method or status";
pub(crate) const KNOWN: Known<'static> = Known {
    time: true,
    dimensions: &[Dimension::Service, Dimension::Project, Dimension::Endpoint, Dimension::Method, Dimension::StatusCode],
    groups: Some(Grouping::of(&["http_requests"], &["requests", "errors", "errorRate", "responseTime", "responseTimeMean", "users"])),
    ..Known::NOTHING
};

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PerformanceStats {
    /// Requests of which the response time is known.
    requests: Figure,
    /// Requests answered with a status of 400 or more: a client's error or a server's (RFC 9110, section 15).
    errors: Figure,
    /// Requests answered with a status of 500 or more.
    server_errors: Figure,
    /// `errors / requests`, from 0 to 1; `null` without requests.
    error_rate: Figure,
    /// Distinct users with a request; estimated (`HyperLogLog`, about 1.6%) where they are many.
    users: Figure,
    latency: Durations,
    request_size: ByteSizes,
    response_size: ByteSizes,
    /// Time that requests spent in the database, of those that say so.
    query_time: Durations,
    by_endpoint: BTreeMap<String, PerformanceGroup>,
    /// By HTTP status.
    by_status: BTreeMap<String, PerformanceGroup>,
    by_service: BTreeMap<String, PerformanceGroup>,
    by_method: BTreeMap<String, PerformanceGroup>,
    /// What services use; `null` where only some of a service's requests are asked about.
    resources: Option<Resources>,
    /// Every bucket of the range, oldest first.
    series: Vec<PerformancePoint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Groups>,
    meta: Meta,
}

/// Sizes in bytes.
#[derive(Serialize, ToSchema)]
struct ByteSizes {
    /// All together.
    total: Figure,
    /// The mean of those that are known.
    average: Figure,
}

/// The requests that have something in common.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PerformanceGroup {
    requests: Figure,
    errors: Figure,
    error_rate: Figure,
    latency: Durations,
}

/// The requests of a bucket of time, and the resources used in it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PerformancePoint {
    /// When the bucket begins.
    timestamp: String,
    requests: Figure,
    errors: Figure,
    error_rate: Figure,
    latency: Durations,
    /// Mean processor use, in percent.
    cpu: Figure,
    /// Mean memory in use, in percent.
    memory: Figure,
    /// The part of the cache's reads that were hits, from 0 to 1.
    cache_hit_rate: Figure,
}

/// Requests to services, and the resources that services use.
#[utoipa::path(get, path = "/api/performance/stats", tag = "stats", responses((status = 200, body = PerformanceStats), Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    let asked = visit.asked(&KNOWN)?;
    let grouped = asked.grouped()?;
    let requests = asked.question("http_requests", NUMBERS);
    let mut questions = vec![requests.clone(), requests.clone().every(asked.window.granularity, asked.window.timezone)];
    questions.extend(BREAKDOWNS.map(|dimension| by(&asked, requests.clone(), dimension, "requests")));
    let of_services = catalogue::cube("resources").is_some_and(|cube| asked.dimensions().iter().all(|own| cube.dimensions.contains(own)));
    if of_services {
        let used = asked.question("resources", resources::NUMBERS);
        questions.extend([used.clone(), used.every(asked.window.granularity, asked.window.timezone)]);
    }
    questions.extend(grouped.as_ref().map(|grouped| grouped.question.clone()));
    let reading = desk.ask(&visit, &questions).await?;
    let [totals, series, endpoint, status, service, method, used @ ..] = &reading.answers[..] else {
        return Err(Problem::internal("an answer is missing"));
    };
    let (resources, used_by_time) = match used {
        [all, by_time, ..] if of_services => (Some(Resources::of(&Numbers::only(resources::NUMBERS, all))), &by_time.rows[..]),
        _ => (None, &[][..]),
    };

    let all = Numbers::only(NUMBERS, totals);
    let grouped_by = |answer| breakdown(&asked, answer, group);
    let parts = BREAKDOWNS.into_iter().zip([endpoint, status, service, method]);
    let sizes = |total: &str, mean: &str| ByteSizes { total: all.figure(total), average: all.figure(mean) };
    let told = PerformanceStats {
        requests: all.figure("requests"),
        errors: all.figure("errors"),
        server_errors: all.figure("serverErrors"),
        error_rate: all.figure("errorRate"),
        users: all.figure("users"),
        latency: all.durations("responseTime", "responseTimeMean"),
        request_size: sizes("requestBytes", "requestBytesMean"),
        response_size: sizes("responseBytes", "responseBytesMean"),
        query_time: all.durations("queryTime", "queryTimeMean"),
        by_endpoint: grouped_by(endpoint),
        by_status: grouped_by(status),
        by_service: grouped_by(service),
        by_method: grouped_by(method),
        series: series.rows.iter().enumerate().filter_map(|(at, row)| point(row, used_by_time.get(at))).collect(),
        groups: groups(grouped.as_ref(), &asked, &reading),
        meta: Meta::of(&reading, &asked).noting_if(cut(&asked, parts)).noting_if(resources.is_none().then_some(NO_RESOURCES)),
        resources,
    };
    reply(&visit, &asked, &told)
}

fn group(row: &Row) -> PerformanceGroup {
    let of = Numbers::of(NUMBERS, row);
    PerformanceGroup {
        requests: of.figure("requests"),
        errors: of.figure("errors"),
        error_rate: of.figure("errorRate"),
        latency: of.durations("responseTime", "responseTimeMean"),
    }
}

/// The requests of a bucket, and what was used in the same one.
fn point(row: &Row, used: Option<&Row>) -> Option<PerformancePoint> {
    let of = Numbers::of(NUMBERS, row);
    let of_used = |name: &str| used.map_or(Figure::Nothing, |row| Numbers::of(resources::NUMBERS, row).figure(name));
    Some(PerformancePoint {
        timestamp: row.start?.to_string(),
        requests: of.figure("requests"),
        errors: of.figure("errors"),
        error_rate: of.figure("errorRate"),
        latency: of.durations("responseTime", "responseTimeMean"),
        cpu: of_used("cpuMean"),
        memory: of_used("memoryMean"),
        cache_hit_rate: of_used("cacheHitRate"),
    })
}
