//! What services use: processor, memory, disk, connection pool, cache.

use crate::numbers::Numbers;
use crate::shape::Figure;
use serde::Serialize;
use utoipa::ToSchema;

/// What is asked of resources.
pub(super) const NUMBERS: &[&str] = &[
    "readings",
    "cpuMean",
    "cpuMin",
    "cpuMax",
    "cpuLast",
    "loadMean",
    "loadMax",
    "loadLast",
    "memoryMean",
    "memoryMin",
    "memoryMax",
    "memoryLast",
    "memoryUsedLast",
    "memoryTotalLast",
    "diskMean",
    "diskMin",
    "diskMax",
    "diskLast",
    "poolActiveMean",
    "poolActiveMax",
    "poolActiveLast",
    "poolIdleMean",
    "poolIdleMax",
    "poolIdleLast",
    "poolTotalLast",
    "cacheHits",
    "cacheMisses",
    "cacheHitRate",
];

/// What services use. Numbers are `null` where no event told of them; `latest` is the reading with the latest time, of several services too.
#[derive(Serialize, ToSchema)]
pub(super) struct Resources {
    /// Processor use, in percent.
    cpu: PercentGauge,
    /// Load average.
    load: LevelGauge,
    memory: MemoryGauge,
    /// Disk in use, in percent.
    disk: PercentGauge,
    pool: PoolGauges,
    cache: CacheReads,
}

/// A gauge in percent.
#[derive(Serialize, ToSchema)]
struct PercentGauge {
    /// The mean of all readings.
    average: Figure,
    min: Figure,
    max: Figure,
    latest: Figure,
}

/// A gauge that has no smallest reading.
#[derive(Serialize, ToSchema)]
struct LevelGauge {
    /// The mean of all readings.
    average: Figure,
    max: Figure,
    latest: Figure,
}

/// Memory in use, in percent, and in bytes.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct MemoryGauge {
    /// The mean of all readings, in percent.
    average: Figure,
    min: Figure,
    max: Figure,
    latest: Figure,
    /// The latest reading, in bytes.
    used_bytes: Figure,
    /// Memory there is, by the latest reading, in bytes.
    total_bytes: Figure,
}

/// Connections of the pool.
#[derive(Serialize, ToSchema)]
struct PoolGauges {
    /// In use.
    active: LevelGauge,
    /// Not in use.
    idle: LevelGauge,
    /// All there are, by the latest reading.
    total: Figure,
}

/// Reads of the cache.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CacheReads {
    hits: Figure,
    misses: Figure,
    /// `hits / (hits + misses)`, from 0 to 1: of all reads, not the mean of the rates that events told of.
    hit_rate: Figure,
}

impl Resources {
    /// Those that these numbers tell of.
    pub(super) fn of(numbers: &Numbers<'_>) -> Self {
        let figure = |name: &str| numbers.figure(name);
        let level =
            |average: &str, max: &str, latest: &str| LevelGauge { average: figure(average), max: figure(max), latest: figure(latest) };
        let part = |[average, min, max, latest]: [&str; 4]| PercentGauge {
            average: figure(average),
            min: figure(min),
            max: figure(max),
            latest: figure(latest),
        };
        Self {
            cpu: part(["cpuMean", "cpuMin", "cpuMax", "cpuLast"]),
            load: level("loadMean", "loadMax", "loadLast"),
            memory: MemoryGauge {
                average: figure("memoryMean"),
                min: figure("memoryMin"),
                max: figure("memoryMax"),
                latest: figure("memoryLast"),
                used_bytes: figure("memoryUsedLast"),
                total_bytes: figure("memoryTotalLast"),
            },
            disk: part(["diskMean", "diskMin", "diskMax", "diskLast"]),
            pool: PoolGauges {
                active: level("poolActiveMean", "poolActiveMax", "poolActiveLast"),
                idle: level("poolIdleMean", "poolIdleMax", "poolIdleLast"),
                total: figure("poolTotalLast"),
            },
            cache: CacheReads { hits: figure("cacheHits"), misses: figure("cacheMisses"), hit_rate: figure("cacheHitRate") },
        }
    }
}
