//! What services tell of accounts, chats and payments: `{type, data}`, by whichever way it comes.

use super::Told;
use super::ai::{Counted, described, tokens};
use super::fields::Fields;
use super::sale::{MICRO, currency, transaction_id};
use crate::event::{AiUse, Facts, Lifecycle, Sale};

/// Reads an event of a service by its type; a type that is not known is kept under its name. `data` stands where the members are.
pub fn event(fields: &mut Fields<'_>) -> Told {
    let kind = fields.dimension("type");
    let kind = fields.require("type", kind);
    match kind.as_deref() {
        Some("chat.message_sent") => message(fields, kind),
        Some("billing.payment_success") => payment(fields, kind, "completed"),
        Some("billing.payment_failed") => payment(fields, kind, "failed"),
        Some("billing.subscription_created" | "billing.subscription_cancelled") => subscription(fields, kind),
        _ => lifecycle(fields, kind),
    }
}

/// A message of a chat is a request to a model.
fn message(fields: &mut Fields<'_>, kind: Option<String>) -> Told {
    let request = fields.id("requestId");
    let Counted { tokens, total_only } = tokens(fields);
    let facts = AiUse {
        model: fields.dimension("model"),
        status: Some("completed".to_owned()),
        tokens,
        tokens_total_only: total_only,
        latency_ms: fields.count("responseTimeMs"),
        prompt_chars: fields.length("prompt"),
        response_chars: fields.length("response"),
        ..described(fields)
    };
    Told { id: request.as_deref().map(crate::EventId::of_request), kind, facts: Facts::Ai(facts) }
}

/// A payment is revenue once it succeeded. What it pays for is its plan: a subscription's own terms come with the subscription.
fn payment(fields: &mut Fields<'_>, kind: Option<String>, status: &str) -> Told {
    let transaction = fields.id("transactionId");
    let amount = fields.amount("amount", MICRO);
    let amount = if status == "completed" { fields.require("amount", amount) } else { amount };
    let facts = Sale {
        transaction: transaction.clone(),
        status: Some(status.to_owned()),
        amount_micros: amount,
        currency: currency(fields),
        payment_method: fields.dimension("paymentMethod"),
        reason: fields.dimension("reason"),
        ..Sale::default()
    };
    Told { id: transaction.map(|transaction| transaction_id(&transaction, status)), kind, facts: Facts::Sales(facts) }
}

/// A subscription that begins or ends. Without an amount it is worth the latest payment of its user and plan; without an interval it is
/// monthly; without a currency it is in the tenant's. That is worked out where subscriptions are read, for a payment may come later.
fn subscription(fields: &mut Fields<'_>, kind: Option<String>) -> Told {
    let facts = Sale {
        subscription: fields.first_id(&["stripeSubscriptionId", "subscriptionId"]),
        amount_micros: fields.amount("amount", MICRO),
        currency: currency(fields),
        subscription_interval: fields.dimension("interval"),
        subscription_end: fields.time("endDate"),
        ..Sale::default()
    };
    Told { id: None, kind, facts: Facts::Sales(facts) }
}

fn lifecycle(fields: &mut Fields<'_>, kind: Option<String>) -> Told {
    let facts = Lifecycle {
        name: fields.first_dimension(&["title", "name", "projectName"]),
        subject: fields.first_dimension(&["conversationId", "generationId", "buildId"]),
        plan_from: fields.dimension("fromPlan"),
        plan_to: fields.dimension("toPlan"),
    };
    Told { id: None, kind, facts: Facts::Lifecycle(facts) }
}
