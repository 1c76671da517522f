//! The cubes of performance: requests to services, and the resources that services use.

use super::Dimension::{Endpoint, Method, Project, Service, StatusCode};
use super::{Aggregate, Condition, Cube, Derived, Formula, Measure, Test, Unit};
use model::Family;

const FAMILY: &[Family] = &[Family::Performance];

const fn present(column: &'static str) -> Condition {
    Condition { column, test: Test::Present }
}

const fn mean(name: &'static str, of: &'static str, to: &'static str, description: &'static str) -> Derived {
    Derived { name, unit: Unit::Ratio, formula: Formula::Ratio(of, to), description }
}

/// Requests by service, endpoint, method and status.
pub static HTTP_REQUESTS: Cube = Cube {
    name: "http_requests",
    families: FAMILY,
    filter: &[present("response_time_us")],
    dimensions: &[Project, Service, Endpoint, Method, StatusCode],
    ranked: &[Endpoint, Service, StatusCode, Method, Project],
    measures: &[
        Measure::new("requests", Unit::Count, Aggregate::Count, "Requests."),
        Measure::new("errors", Unit::Count, Aggregate::Count, "Requests answered with a status of 400 or more.")
            .when(&[Condition { column: "status_code", test: Test::AtLeast(400) }]),
        Measure::new("serverErrors", Unit::Count, Aggregate::Count, "Requests answered with a status of 500 or more.")
            .when(&[Condition { column: "status_code", test: Test::AtLeast(500) }]),
        Measure::new("responseTimeTotal", Unit::Micros, Aggregate::Sum("response_time_us"), "Time taken by all requests."),
        Measure::new("responseTime", Unit::Micros, Aggregate::Quantiles("response_time_us"), "How long requests took."),
        Measure::new("requestBytes", Unit::Bytes, Aggregate::Sum("request_bytes"), "Size of all requests."),
        Measure::new("sizedRequests", Unit::Count, Aggregate::Count, "Requests whose own size is known.").when(&[present("request_bytes")]),
        Measure::new("responseBytes", Unit::Bytes, Aggregate::Sum("response_bytes"), "Size of all answers."),
        Measure::new("sizedResponses", Unit::Count, Aggregate::Count, "Requests whose answer's size is known.")
            .when(&[present("response_bytes")]),
        Measure::new("queryTimeTotal", Unit::Micros, Aggregate::Sum("query_time_us"), "Time taken by database queries."),
        Measure::new("queryTime", Unit::Micros, Aggregate::Quantiles("query_time_us"), "How long database queries took."),
        Measure::new("queriedRequests", Unit::Count, Aggregate::Count, "Requests whose query time is known.")
            .when(&[present("query_time_us")]),
        Measure::new("users", Unit::Count, Aggregate::Distinct("user"), "Distinct users."),
    ],
    derived: &[
        mean("errorRate", "errors", "requests", "The part of the requests answered with a status of 400 or more."),
        mean("responseTimeMean", "responseTimeTotal", "requests", "Mean time of a request, in milliseconds."),
        mean("requestBytesMean", "requestBytes", "sizedRequests", "Mean size of a request."),
        mean("responseBytesMean", "responseBytes", "sizedResponses", "Mean size of an answer."),
        mean("queryTimeMean", "queryTimeTotal", "queriedRequests", "Mean time of database queries, in milliseconds."),
    ],
    description: "Requests to services: rate, errors, duration, sizes.",
    ..Cube::BLANK
};

/// A gauge keeps how often it was read, the sum of the readings, the extremes and the latest one.
macro_rules! gauge {
    ($unit:expr, $column:literal, $sum:literal, $count:literal, $min:literal, $max:literal, $last:literal, $what:literal) => {
        [
            Measure::new($sum, $unit, Aggregate::Sum($column), concat!($what, ", readings added up.")),
            Measure::new($count, Unit::Count, Aggregate::Count, concat!($what, ", number of readings.")).when(&[present($column)]),
            Measure::new($min, $unit, Aggregate::Min($column), concat!($what, ", smallest.")),
            Measure::new($max, $unit, Aggregate::Max($column), concat!($what, ", largest.")),
            Measure::new($last, $unit, Aggregate::Last($column), concat!($what, ", latest.")),
        ]
    };
}

const CPU: [Measure; 5] =
    gauge!(Unit::MilliPercent, "cpu_millipercent", "cpu", "cpuReadings", "cpuMin", "cpuMax", "cpuLast", "Processor use");
const LOAD: [Measure; 5] = gauge!(Unit::Milli, "cpu_load_milli", "load", "loadReadings", "loadMin", "loadMax", "loadLast", "Load average");
const MEMORY: [Measure; 5] =
    gauge!(Unit::MilliPercent, "memory_millipercent", "memory", "memoryReadings", "memoryMin", "memoryMax", "memoryLast", "Memory in use");
const DISK: [Measure; 5] =
    gauge!(Unit::MilliPercent, "disk_millipercent", "disk", "diskReadings", "diskMin", "diskMax", "diskLast", "Disk in use");
const ACTIVE: [Measure; 5] = gauge!(
    Unit::Count,
    "pool_active",
    "poolActive",
    "poolActiveReadings",
    "poolActiveMin",
    "poolActiveMax",
    "poolActiveLast",
    "Pool connections in use"
);
const IDLE: [Measure; 5] = gauge!(
    Unit::Count,
    "pool_idle",
    "poolIdle",
    "poolIdleReadings",
    "poolIdleMin",
    "poolIdleMax",
    "poolIdleLast",
    "Pool connections not in use"
);

/// Processor, memory, disk, connection pool and cache of each service.
pub static RESOURCES: Cube = Cube {
    name: "resources",
    families: FAMILY,
    dimensions: &[Project, Service],
    ranked: &[Service, Project],
    measures: &[
        Measure::new("readings", Unit::Count, Aggregate::Count, "Events of the service."),
        CPU[0],
        CPU[1],
        CPU[2],
        CPU[3],
        CPU[4],
        LOAD[0],
        LOAD[1],
        LOAD[3],
        LOAD[4],
        MEMORY[0],
        MEMORY[1],
        MEMORY[2],
        MEMORY[3],
        MEMORY[4],
        Measure::new("memoryUsedLast", Unit::Bytes, Aggregate::Last("memory_used_bytes"), "Memory in use, latest."),
        Measure::new("memoryTotalLast", Unit::Bytes, Aggregate::Last("memory_total_bytes"), "Memory there is, latest."),
        DISK[0],
        DISK[1],
        DISK[2],
        DISK[3],
        DISK[4],
        ACTIVE[0],
        ACTIVE[1],
        ACTIVE[3],
        ACTIVE[4],
        IDLE[0],
        IDLE[1],
        IDLE[3],
        IDLE[4],
        Measure::new("poolTotalLast", Unit::Count, Aggregate::Last("pool_total"), "Pool connections, latest."),
        Measure::new("cacheHits", Unit::Count, Aggregate::Sum("cache_hits"), "Reads that the cache answered."),
        Measure::new("cacheMisses", Unit::Count, Aggregate::Sum("cache_misses"), "Reads that it did not."),
    ],
    derived: &[
        mean("cpuMean", "cpu", "cpuReadings", "Mean processor use, in percent."),
        mean("loadMean", "load", "loadReadings", "Mean load average."),
        mean("memoryMean", "memory", "memoryReadings", "Mean memory in use, in percent."),
        mean("diskMean", "disk", "diskReadings", "Mean disk in use, in percent."),
        mean("poolActiveMean", "poolActive", "poolActiveReadings", "Mean pool connections in use."),
        mean("poolIdleMean", "poolIdle", "poolIdleReadings", "Mean pool connections not in use."),
        Derived {
            name: "cacheReads",
            unit: Unit::Count,
            formula: Formula::Total(&["cacheHits", "cacheMisses"]),
            description: "Reads of the cache.",
        },
        mean("cacheHitRate", "cacheHits", "cacheReads", "The part of the reads that the cache answered."),
    ],
    description: "Resources of services: processor, memory, disk, connection pool, cache.",
    ..Cube::BLANK
};
