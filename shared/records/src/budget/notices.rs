//! That thresholds of budgets were reached: each told once for its terms, period and threshold, by a conditional put.

use super::Budget;
use crate::attributes::{Attributes, EXPIRES_AT, text, time, with_optional};
use crate::{Made, Result, all_items, put_first};
use model::{TenantId, Timestamp};
use ports::{Item, Key, Range, Read, Table, Value};

/// How long it is kept that something was told: longer than the longest period, and than anybody asks about.
const NOTICE_SECONDS: i64 = 400 * 24 * 3600;

/// That a threshold was reached, told once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Of which budget.
    pub budget: String,
    /// Under which terms of it.
    pub terms_version: u64,
    /// In the period that begins then.
    pub period_start: Timestamp,
    /// How many percent.
    pub threshold: u16,
    /// How much was used when it was seen: tokens, or millionths of a US dollar.
    pub used: i64,
    /// How much there is.
    pub limit: i64,
    /// When it was seen.
    pub at: Timestamp,
    /// The run by which the budget's recipients are told; `None` where it had none.
    pub run: Option<String>,
}

impl Notice {
    /// Its name, which is its own for ever: whoever is told twice knows by it that it is the same.
    #[must_use]
    pub fn id(&self) -> String {
        let Self { budget, terms_version, period_start, threshold, .. } = self;
        format!("{}{threshold:05}", period(budget, *terms_version, *period_start))
    }

    fn read(item: &Item) -> Result<Self> {
        let item = Attributes(item);
        Ok(Self {
            budget: item.text("budget")?.to_owned(),
            terms_version: item.number("terms")?,
            period_start: item.time("period_start")?,
            threshold: item.number("threshold")?,
            used: item.number("used")?,
            limit: item.number("limit")?,
            at: item.time("at")?,
            run: item.0.text("run").map(str::to_owned),
        })
    }
}

fn partition(tenant: &TenantId) -> String {
    format!("T#{tenant}#C#notices")
}

/// How the names of all that is told in a period begin.
fn period(budget: &str, terms_version: u64, period_start: Timestamp) -> String {
    format!("{budget}#{terms_version:06}#{:015}#", period_start.as_millis())
}

/// Tells that a threshold was reached, unless it was told before.
///
/// # Errors
/// Where the table does not answer, or what was told before is malformed.
pub async fn tell(table: &dyn Table, tenant: &TenantId, notice: &Notice) -> Result<Made<Notice>> {
    let item = Item::new(Key::new(partition(tenant), notice.id()))
        .with("budget", text(&notice.budget))
        .with("terms", Value::Number(i64::try_from(notice.terms_version).unwrap_or(i64::MAX)))
        .with("period_start", time(notice.period_start))
        .with("threshold", Value::Number(notice.threshold.into()))
        .with("used", Value::Number(notice.used))
        .with("limit", Value::Number(notice.limit))
        .with("at", time(notice.at))
        .with(EXPIRES_AT, Value::Number(notice.at.as_seconds() + NOTICE_SECONDS));
    let item = with_optional(item, "run", notice.run.as_ref().map(text));
    put_first(table, item).await?.read(Notice::read)
}

/// What was told of a budget under its present terms in the period that begins then.
///
/// # Errors
/// As [`told`].
pub async fn told_in(table: &dyn Table, tenant: &TenantId, (budget, period_start): (&Budget, Timestamp)) -> Result<Vec<Notice>> {
    let of_period = Range::Prefix(period(&budget.id, budget.terms_version, period_start));
    all_items(table, &partition(tenant), &of_period, Read::Strong).await?.iter().map(Notice::read).collect()
}

/// All that was told of a budget in the last 400 days, the oldest terms and periods first.
///
/// # Errors
/// Where the table does not answer, or an item is malformed.
pub async fn told(table: &dyn Table, tenant: &TenantId, budget: &str) -> Result<Vec<Notice>> {
    let of_budget = Range::Prefix(format!("{budget}#"));
    all_items(table, &partition(tenant), &of_budget, Read::Strong).await?.iter().map(Notice::read).collect()
}

/// Forgets what was told of a budget.
///
/// # Errors
/// As [`told`].
pub async fn forget(table: &dyn Table, tenant: &TenantId, budget: &str) -> Result<()> {
    for notice in told(table, tenant, budget).await? {
        table.delete(&Key::new(partition(tenant), notice.id())).await?;
    }
    Ok(())
}
