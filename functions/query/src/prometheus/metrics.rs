//! The metrics of the page, as data: what each is called, what it is, and which number of the catalogue it shows. `docs/prometheus.md` is
//! written for their readers, and a test holds the two together.

/// What a Prometheus takes a metric for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Counter,
    Gauge,
    /// With these upper bounds of its buckets, in the unit that is shown.
    Histogram(&'static [f64]),
}

/// Of what time a metric tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    /// All that was ever counted.
    AllTime,
    /// The hour that runs, and the one before it.
    Lately,
}

/// Which numbers of a cube a metric shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Numbers {
    /// One.
    One(&'static str),
    /// Several, each under a value of the metric's last label.
    Each(&'static [(&'static str, &'static str)]),
    /// One that is a part, in percent.
    Percent(&'static str),
    /// How long ago a moment is, in seconds.
    Age(&'static str),
    /// A distribution, and the sum of its values.
    Distribution { of: &'static str, sum: &'static str },
}

/// Where a metric comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Source {
    /// A cube, by the dimensions that the metric's first labels stand for, of the cells that have one of some values.
    Cube {
        cube: &'static str,
        over: Over,
        by: &'static [&'static str],
        only: Option<(&'static str, &'static [&'static str])>,
        numbers: Numbers,
    },
    /// What is not a number of a cube: `own`, `slow` and `truth` work it out.
    Other,
}

/// A metric of the page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Metric {
    pub name: &'static str,
    pub help: &'static str,
    pub kind: Kind,
    pub labels: &'static [&'static str],
    pub source: Source,
    /// How many of the units in which it is counted are one of those in which it is shown.
    pub units: f64,
    /// About how many bytes its series may take of what is kept.
    pub most_bytes: usize,
}

impl Metric {
    /// A number of units as it is shown.
    #[expect(clippy::cast_precision_loss, reason = "a Prometheus takes doubles")]
    pub fn shown(&self, units: i128) -> f64 {
        units as f64 / self.units
    }

    const fn labelled(self, labels: &'static [&'static str]) -> Self {
        Self { labels, ..self }
    }

    const fn units(self, units: f64) -> Self {
        Self { units, ..self }
    }

    const fn room(self, most_bytes: usize) -> Self {
        Self { most_bytes, ..self }
    }

    const fn only(self, dimension: &'static str, values: &'static [&'static str]) -> Self {
        let source = match self.source {
            Source::Cube { cube, over, by, numbers, .. } => Source::Cube { cube, over, by, only: Some((dimension, values)), numbers },
            Source::Other => Source::Other,
        };
        Self { source, ..self }
    }
}

/// The metric that tells of which others there is more than is shown.
pub(super) const FOLDED: &str = "analytics_folded_series";

const SECONDS_OF_MILLIS: f64 = 1e3;
const SECONDS_OF_MICROS: f64 = 1e6;
const UNITS_OF_MONEY: f64 = 1e6;
const USD_OF_PICO: f64 = 1e12;

/// Seconds that requests take, of AI models and of people's visits, of services, of databases.
const OF_AI: Kind = Kind::Histogram(&[0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0]);
const OF_VISITS: Kind = Kind::Histogram(&[1.0, 10.0, 30.0, 60.0, 180.0, 600.0, 1800.0, 3600.0, 7200.0, 14400.0]);
const OF_SERVICES: Kind = Kind::Histogram(&[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0]);
const OF_DATABASES: Kind = Kind::Histogram(&[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0]);
/// As `records::traffic::BOUNDS_MICROS` has them.
const OF_WEIR: Kind = Kind::Histogram(&[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0]);

const fn metric(name: &'static str, kind: Kind, help: &'static str) -> Metric {
    Metric { name, help, kind, labels: &[], source: Source::Other, units: 1.0, most_bytes: 20_000 }
}

const fn of_cube(
    of: (&'static str, Kind, &'static str),
    over: Over,
    (cube, by): (&'static str, &'static [&'static str]),
    numbers: Numbers,
) -> Metric {
    let (name, kind, help) = of;
    Metric { source: Source::Cube { cube, over, by, only: None, numbers }, ..metric(name, kind, help) }
}

type Of = (&'static str, &'static [&'static str]);

const fn counter(name: &'static str, help: &'static str, of: Of, numbers: Numbers) -> Metric {
    of_cube((name, Kind::Counter, help), Over::AllTime, of, numbers)
}

const fn gauge(name: &'static str, help: &'static str, of: Of, numbers: Numbers) -> Metric {
    of_cube((name, Kind::Gauge, help), Over::Lately, of, numbers)
}

const fn histogram(
    (name, kind): (&'static str, Kind),
    help: &'static str,
    of: Of,
    (distribution, sum): (&'static str, &'static str),
) -> Metric {
    of_cube((name, kind, help), Over::AllTime, of, Numbers::Distribution { of: distribution, sum })
}

/// The events that are views of a page.
const VIEWS: &[&str] = &["page_view", "pageview", "screen_view"];
const TOKENS: Numbers = Numbers::Each(&[
    ("input", "inputTokens"),
    ("output", "outputTokens"),
    ("cache_read", "cacheReadTokens"),
    ("cache_write", "cacheWriteTokens"),
]);
const POOL: Numbers = Numbers::Each(&[("active", "poolActiveLast"), ("idle", "poolIdleLast"), ("total", "poolTotalLast")]);
const SERVICE: &[&str] = &["service"];

/// All metrics, in the order in which the page has them.
pub(super) static METRICS: &[Metric] = &[
    counter(
        "ai_requests_total",
        "Requests to AI models, completed or failed.",
        ("ai_requests", &["model", "status", "feature", "plan"]),
        Numbers::One("requests"),
    )
    .labelled(&["model", "status", "feature", "user_plan"])
    .room(200_000),
    histogram(
        ("ai_request_duration_seconds", OF_AI),
        "How long requests to AI models took, where that is known.",
        ("ai_requests", &[]),
        ("latency", "latencyTotal"),
    )
    .units(SECONDS_OF_MILLIS),
    counter(
        "ai_request_tokens_total",
        "Tokens of requests to AI models; no token is of two types.",
        ("ai_requests", &["model", "plan"]),
        TOKENS,
    )
    .labelled(&["model", "user_plan", "type"])
    .room(100_000),
    counter("ai_request_cost_total", "Cost of requests to AI models, in USD.", ("ai_requests", &["model", "plan"]), Numbers::One("cost"))
        .labelled(&["model", "user_plan"])
        .units(USD_OF_PICO)
        .room(50_000),
    counter(
        "user_engagement_events_total",
        "What people did, by event and feature.",
        ("engagement_events", &["event", "feature", "plan"]),
        Numbers::One("events"),
    )
    .labelled(&["event", "feature", "user_plan"])
    .room(200_000),
    counter("user_page_views_total", "Views of pages and screens.", ("engagement_events", &["page"]), Numbers::One("events"))
        .only("event", VIEWS)
        .labelled(&["page"])
        .room(100_000),
    counter(
        "user_devices_events_total",
        "What people did, by what they did it on.",
        ("engagement_devices", &["device", "browser", "os"]),
        Numbers::One("events"),
    )
    .labelled(&["device", "browser", "os"])
    .room(100_000),
    gauge(
        "active_users_current",
        "Distinct users with any event in the hour that runs or the one before it.",
        ("users", &[]),
        Numbers::One("users"),
    ),
    metric("user_session_duration_seconds", OF_VISITS, "How long sessions were, each counted in one of the days it touched.")
        .units(SECONDS_OF_MILLIS),
    counter(
        "sales_transactions_total",
        "Transactions, in any of their states.",
        ("sales", &["type", "status", "plan"]),
        Numbers::One("transactions"),
    )
    .labelled(&["type", "status", "plan"])
    .room(50_000),
    counter(
        "sales_revenue_total",
        "Amounts of completed transactions but refunds, in their currency.",
        ("sales", &["type", "plan", "currency"]),
        Numbers::One("revenue"),
    )
    .labelled(&["type", "plan", "currency"])
    .units(UNITS_OF_MONEY)
    .room(50_000),
    counter(
        "sales_refunds_total",
        "What refunds gave back, in its currency.",
        ("sales", &["plan", "currency"]),
        Numbers::One("refundAmount"),
    )
    .labelled(&["plan", "currency"])
    .units(UNITS_OF_MONEY),
    counter(
        "sales_payments_total",
        "Completed transactions but refunds, by how they were paid.",
        ("sales", &["paymentMethod"]),
        Numbers::One("orders"),
    )
    .labelled(&["payment_method"]),
    metric("subscriptions_current", Kind::Gauge, "Subscriptions that are worth something now.").labelled(&["plan"]),
    histogram(
        ("http_request_duration_seconds", OF_SERVICES),
        "How long requests to services took.",
        ("http_requests", &["service", "method", "endpoint"]),
        ("responseTime", "responseTimeTotal"),
    )
    .labelled(&["service", "method", "endpoint"])
    .units(SECONDS_OF_MICROS)
    .room(200_000),
    counter(
        "http_requests_total",
        "Requests to services.",
        ("http_requests", &["service", "method", "endpoint", "statusCode"]),
        Numbers::One("requests"),
    )
    .labelled(&["service", "method", "endpoint", "status_code"])
    .room(200_000),
    histogram(
        ("database_query_duration_seconds", OF_DATABASES),
        "How long database queries of requests took.",
        ("http_requests", SERVICE),
        ("queryTime", "queryTimeTotal"),
    )
    .labelled(SERVICE)
    .units(SECONDS_OF_MICROS),
    gauge("system_cpu_usage_percentage", "Processor use, by its latest reading.", ("resources", SERVICE), Numbers::One("cpuLast"))
        .labelled(SERVICE),
    gauge("system_memory_usage_percentage", "Memory in use, by its latest reading.", ("resources", SERVICE), Numbers::One("memoryLast"))
        .labelled(SERVICE),
    gauge("system_disk_usage_percentage", "Disk in use, by its latest reading.", ("resources", SERVICE), Numbers::One("diskLast"))
        .labelled(SERVICE),
    gauge(
        "database_connection_pool",
        "Connections of the pool, by their latest reading; total is all of them.",
        ("resources", SERVICE),
        POOL,
    )
    .labelled(&["service", "state"]),
    gauge(
        "cache_hit_rate_percentage",
        "The part of the reads that the cache answered, lately.",
        ("resources", SERVICE),
        Numbers::Percent("cacheHitRate"),
    )
    .labelled(SERVICE),
    metric("analytics_requests_total", Kind::Counter, "Requests to Weir with a valid credential.")
        .labelled(&["endpoint", "status"])
        .room(50_000),
    metric("analytics_request_duration_seconds", OF_WEIR, "How long Weir took for them, without the way there and back.")
        .units(SECONDS_OF_MICROS),
    metric("analytics_errors_total", Kind::Counter, "Requests to Weir that failed on its side."),
    metric(
        "analytics_cache_hits_total",
        Kind::Counter,
        "Reads of Weir whose answer was at hand: not modified, or a page of metrics that is fresh.",
    ),
    metric("analytics_cache_misses_total", Kind::Counter, "Reads of Weir whose answer was worked out."),
    counter(
        "analytics_events_accepted_total",
        "Events that were accepted and are stored, each once when its hour is settled.",
        ("users", &[]),
        Numbers::One("events"),
    ),
    of_cube(
        ("analytics_event_lag_seconds", Kind::Gauge, "How far the latest event that is counted lies behind now."),
        Over::AllTime,
        ("users", &[]),
        Numbers::Age("lastEvent"),
    ),
    metric("analytics_pending_hours", Kind::Gauge, "Hours that are over and have events that are not settled."),
    metric("analytics_storage_bytes", Kind::Gauge, "Size of what is kept in the bucket, by kind.").labelled(&["kind"]),
    metric(FOLDED, Kind::Gauge, "Series that count under (other), because the page has no room to show them apart.").labelled(&["metric"]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use cube::query::{MetricQuery, Range};
    use model::Timestamp;
    use records::traffic::BOUNDS_MICROS;

    #[test]
    fn the_catalogue_has_every_number_that_is_shown() {
        let range = Range { from: Timestamp::from_millis(0), to: Timestamp::from_millis(1) };
        for metric in METRICS {
            let Source::Cube { cube, by, only, numbers, .. } = metric.source else { continue };
            let names: Vec<&str> = match numbers {
                Numbers::One(name) | Numbers::Percent(name) | Numbers::Age(name) => vec![name],
                Numbers::Each(names) => names.iter().map(|(_, name)| *name).collect(),
                Numbers::Distribution { of, sum } => vec![of, sum],
            };
            let query = by.iter().fold(MetricQuery::new(cube, &names, range), |query, dimension| query.by(dimension));
            let query = only.into_iter().fold(query, |query, (dimension, values)| query.only(dimension, values));
            query.check().unwrap_or_else(|faults| panic!("{}: {faults:?}", metric.name));
            assert_eq!(metric.labels.len(), by.len() + usize::from(matches!(numbers, Numbers::Each(_))), "{}", metric.name);
        }
    }

    #[test]
    fn metrics_are_called_as_prometheus_wants_them_to_be() {
        for metric in METRICS {
            assert_eq!(metric.name.ends_with("_total"), metric.kind == Kind::Counter, "{}", metric.name);
            assert!(metric.help.ends_with('.'), "{}", metric.name);
            if let Kind::Histogram(bounds) = metric.kind {
                assert!(bounds.is_sorted() && metric.name.ends_with("_seconds"), "{}", metric.name);
            }
        }
    }

    #[test]
    fn requests_are_shown_in_the_buckets_in_which_they_are_counted() {
        let Kind::Histogram(bounds) = OF_WEIR else { panic!("is a histogram") };
        let micros: Vec<f64> = bounds.iter().map(|bound| bound * SECONDS_OF_MICROS).collect();
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let counted: Vec<f64> = BOUNDS_MICROS.iter().map(|bound| *bound as f64).collect();
        assert_eq!(micros, counted);
    }
}
