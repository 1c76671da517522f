//! The columns of sales. An amount without a currency is in the tenant's.

use super::row::{Column, Row};
use super::shared;
use model::event::Sale;

fn currency<'a>(row: &Row<'a, Sale>) -> &'a str {
    row.facts.currency.as_ref().unwrap_or(&row.context.currency).code()
}

pub fn columns() -> Vec<Column<Sale>> {
    let own: [Column<Sale>; _] = [
        Column::text("transaction", |row| row.facts.transaction.as_deref()),
        Column::label("status", |row| row.facts.status.as_deref()),
        Column::number("amount_micros", |row| row.facts.amount_micros),
        Column::label("currency", |row| Some(currency(row))),
        Column::label("payment_method", |row| row.facts.payment_method.as_deref()),
        Column::label("subscription", |row| row.facts.subscription.as_deref()),
        Column::time("subscription_start", |row| row.facts.subscription_start),
        Column::time("subscription_end", |row| row.facts.subscription_end),
        Column::label("subscription_interval", |row| row.facts.subscription_interval.as_deref()),
        Column::label("reason", |row| row.facts.reason.as_deref()),
    ];
    shared::columns(shared::named_by_kind(), own)
}
