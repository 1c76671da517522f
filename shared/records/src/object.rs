//! The keys of the bucket.

use model::{Day, Family, SegmentId, TenantId};

/// The prefix of segments: a lifecycle rule of the bucket removes what is under it (I9).
pub const INCOMING: &str = "incoming/";

/// The object that holds a segment.
#[must_use]
pub fn segment(family: Family, tenant: &TenantId, segment: &SegmentId) -> String {
    format!("{INCOMING}{family}/{tenant}/{segment}.parquet")
}

/// A file of a day's report.
#[must_use]
pub fn daily_report(tenant: &TenantId, day: Day, file: &str) -> String {
    format!("reports/daily/{tenant}/{day}/{file}")
}
