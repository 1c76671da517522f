//! The columns of sales. An amount without a currency is in the tenant's.

use super::row::{Column, Row};
use super::shared;
use model::event::Sale;

fn currency<'a>(row: &Row<'a, Sale>) -> &'a str {
    row.facts.currency.as_ref().unwrap_or(&row.context.currency).code()
}

/// Statuses of a transaction that has come to its end as it should.
pub const COMPLETED: [&str; 4] = ["completed", "succeeded", "success", "paid"];
/// Types of transactions that give money back.
pub const REFUNDS: [&str; 2] = ["refund", "chargeback"];
/// Types of events that change a subscription and move no money themselves.
const CHANGES: [&str; 2] = ["billing.subscription_created", "billing.subscription_cancelled"];

/// What the event does to revenue: `revenue` where money came in, `refund` where it went back, `change` where a subscription changed, and
/// nothing where a transaction is pending or has failed. A transaction that becomes `refunded` is a refund of its amount.
fn effect<'a>(row: &Row<'a, Sale>) -> Option<&'a str> {
    let (kind, status) = (row.event.kind.as_str(), row.facts.status.as_deref().unwrap_or_default());
    if CHANGES.contains(&kind) {
        Some("change")
    } else if status == "refunded" || (REFUNDS.contains(&kind) && COMPLETED.contains(&status)) {
        Some("refund")
    } else {
        COMPLETED.contains(&status).then_some("revenue")
    }
}

/// Whether the event is about a subscription: one is named, or its terms are, or it changes one. An event of a user without a name of a
/// subscription is about whatever the user has subscribed to.
fn is_of_subscription(row: &Row<'_, Sale>) -> bool {
    let facts = row.facts;
    let has_terms = facts.subscription_interval.is_some() || facts.subscription_start.is_some() || facts.subscription_end.is_some();
    let kind = row.event.kind.as_str();
    facts.subscription.is_some() || has_terms || kind == "subscription" || CHANGES.contains(&kind)
}

pub fn columns() -> Vec<Column<Sale>> {
    let own: [Column<Sale>; _] = [
        Column::text("transaction", |row| row.facts.transaction.as_deref()),
        Column::label("status", |row| row.facts.status.as_deref()),
        Column::label("effect", effect),
        Column::number("amount_micros", |row| row.facts.amount_micros),
        Column::label("currency", |row| Some(currency(row))),
        Column::label("payment_method", |row| row.facts.payment_method.as_deref()),
        Column::label("subscription", |row| row.facts.subscription.as_deref()),
        Column::flag("of_subscription", is_of_subscription),
        Column::time("subscription_start", |row| row.facts.subscription_start),
        Column::time("subscription_end", |row| row.facts.subscription_end),
        Column::label("subscription_interval", |row| row.facts.subscription_interval.as_deref()),
        Column::label("reason", |row| row.facts.reason.as_deref()),
    ];
    shared::columns(shared::named_by_kind(), own)
}
