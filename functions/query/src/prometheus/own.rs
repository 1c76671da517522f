//! What Weir tells of itself: the requests of the tenant, as the functions have counted them.

use super::family::Value;
use super::page::Truth;
use http::StatusCode;
use records::Traffic;
use std::collections::BTreeMap;

/// Adds what was counted of requests.
pub(super) fn add(truth: &mut Truth, traffic: &Traffic) {
    let number = |count: u64| BTreeMap::from([(Vec::new(), Value::Number(count.into()))]);
    let (mut all, mut failed, mut reads) = (BTreeMap::new(), 0, 0);
    for (operation, status, count) in traffic.requests() {
        all.insert(vec![operation.to_owned(), status.to_string()], Value::Number(count.into()));
        let is_failure = status >= StatusCode::INTERNAL_SERVER_ERROR.as_u16();
        failed += if is_failure { count } else { 0 };
        let is_read = operation.starts_with("GET ") && status < StatusCode::BAD_REQUEST.as_u16();
        reads += if is_read { count } else { 0 };
    }
    let durations = Value::Histogram { counts: traffic.cumulative(), sum: traffic.micros().into() };
    truth.families.extend([
        ("analytics_requests_total", all),
        ("analytics_request_duration_seconds", BTreeMap::from([(Vec::new(), durations)])),
        ("analytics_errors_total", number(failed)),
        ("analytics_cache_hits_total", number(traffic.kept())),
        ("analytics_cache_misses_total", number(reads.saturating_sub(traffic.kept()))),
    ]);
}
