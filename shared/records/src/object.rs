//! The keys of the bucket.

use model::{AttemptId, Day, Family, SegmentId, TenantId};

/// The prefix of segments: a lifecycle rule of the bucket removes what is under it (I9).
pub const INCOMING: &str = "incoming/";

/// The object that holds a segment.
#[must_use]
pub fn segment(family: Family, tenant: &TenantId, segment: &SegmentId) -> String {
    format!("{INCOMING}{family}/{tenant}/{segment}.parquet")
}

/// The prefix of the settled log, internal: a manifest says which of its objects count (I6).
pub const LOG: &str = "log/";

/// An object of the log: the events of some hours of a day, as one attempt has settled them.
#[must_use]
pub fn log((family, tenant, day): (Family, &TenantId, Day), attempt: AttemptId, number: u32) -> String {
    format!("{LOG}{family}/{tenant}/{day}/{attempt}-{number}.parquet")
}

/// The prefix of the settled log of one family of a tenant.
#[must_use]
pub fn log_of(family: Family, tenant: &TenantId) -> String {
    format!("{LOG}{family}/{tenant}/")
}

/// The file of a settled day that the world reads: one fixed key, so that tools find it by its tenant and date.
#[must_use]
pub fn archive((family, tenant, day): (Family, &TenantId, Day)) -> String {
    format!("archive/{family}/tenant={tenant}/date={day}/events.parquet")
}

/// What came of a task.
#[must_use]
pub fn export(tenant: &TenantId, task: &str, file: &str) -> String {
    format!("exports/{tenant}/{task}/{file}")
}

/// A report as it was made: one key for each, whatever is tried again.
#[must_use]
pub fn report(tenant: &TenantId, id: &str, ending: &str) -> String {
    format!("reports/made/{tenant}/{id}.{ending}")
}

/// The prefix of all reports of a tenant.
#[must_use]
pub fn reports_of(tenant: &TenantId) -> String {
    format!("reports/made/{tenant}/")
}

/// The id of the report that an object of a tenant holds; `None` of any other object.
#[must_use]
pub fn report_of_key<'a>(tenant: &TenantId, key: &'a str) -> Option<&'a str> {
    key.strip_prefix(&reports_of(tenant))?.rsplit_once('.').map(|(id, _)| id)
}
