//! What services tell of transactions.

use super::Told;
use super::fields::Fields;
use crate::EventId;
use crate::event::{Facts, Sale};
use crate::money::Currency;

/// Digits after the point of an amount in micro-units.
pub const MICRO: u32 = 6;

/// Words for the status of a transaction that has come to its end as it should.
const ENDED_WELL: [&str; 3] = ["succeeded", "success", "paid"];

/// Reads `{transactionId, type, amount, currency, status, paymentMethod, plan, subscription{startDate, endDate, interval}}`.
pub fn event(fields: &mut Fields<'_>) -> Told {
    let transaction = fields.id("transactionId");
    let transaction = fields.require("transactionId", transaction);
    let kind = fields.dimension("type");
    let kind = fields.require("type", kind);
    let amount = fields.amount("amount", MICRO);
    let amount_micros = fields.require("amount", amount);
    let status = fields.dimension("status").unwrap_or_else(|| "completed".to_owned());
    let mut facts = Sale {
        transaction: transaction.clone(),
        amount_micros,
        currency: currency(fields),
        payment_method: fields.dimension("paymentMethod"),
        reason: fields.dimension("reason"),
        status: Some(status.clone()),
        ..Sale::default()
    };
    fields.object("subscription", |subscription| {
        facts.subscription = subscription.id("id");
        facts.subscription_start = subscription.time("startDate");
        facts.subscription_end = subscription.time("endDate");
        facts.subscription_interval = subscription.dimension("interval");
        if facts.subscription_start.zip(facts.subscription_end).is_some_and(|(start, end)| end < start) {
            subscription.fault("endDate", "before_start", "endDate must not be before startDate");
        }
    });
    let id = transaction.map(|transaction| transaction_id(&transaction, &status));
    Told { id, kind, facts: Facts::Sales(facts) }
}

/// A transaction in one of its states, by whichever door it comes: all words for its good end are one.
pub fn transaction_id(transaction: &str, status: &str) -> EventId {
    EventId::of_transaction(transaction, if ENDED_WELL.contains(&status) { "completed" } else { status })
}

/// The currency of an amount.
pub fn currency(fields: &mut Fields<'_>) -> Option<Currency> {
    let code = fields.dimension("currency")?;
    let currency = Currency::from_code(&code);
    if currency.is_none() {
        fields.fault("currency", "not_a_currency", "currency must be a code of ISO 4217");
    }
    currency
}
