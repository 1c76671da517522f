//! What services tell of accounts, chats and payments: `{type, data}`, by whichever way it comes.

use super::Told;
use super::ai::{Counted, PICO, described, tokens};
use super::fields::Fields;
use super::sale::{MICRO, currency, transaction_id};
use crate::EventId;
use crate::event::{AiUse, Facts, Lifecycle, Sale};

/// Types that Weir knows of services and of platforms: an event of one of these is theirs by whichever door it comes.
const KNOWN: [&str; 22] = [
    "user.created",
    "user.login",
    "user.signup",
    "user.signin",
    "user.signout",
    "user.plan_upgrade",
    "user.plan_downgrade",
    "project.created",
    "project.deleted",
    "generation.started",
    "generation.completed",
    "generation.failed",
    "build.triggered",
    "build.completed",
    "build.failed",
    "chat.message_sent",
    "chat.conversation_created",
    "chat.conversation_deleted",
    "billing.payment_success",
    "billing.payment_failed",
    "billing.subscription_created",
    "billing.subscription_cancelled",
];

/// Whether a type is one of a service's, or of a platform's.
#[must_use]
pub fn knows(kind: &str) -> bool {
    KNOWN.contains(&kind)
}

/// Reads an event of a service by its type; a type that is not known is kept under its name. Its members are those of `data`.
pub fn event(fields: &mut Fields<'_>) -> Told {
    let kind = fields.kind();
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
        given_cost_pico: fields.amount("cost", PICO),
        latency_ms: fields.amount("responseTimeMs", 0),
        prompt_chars: fields.length("prompt"),
        response_chars: fields.length("response"),
        ..described(fields)
    };
    Told { id: request.as_deref().map(EventId::of_request), kind, facts: Facts::Ai(facts) }
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

/// What happened on a platform: what is known of it stands beside its type, or in `metadata`.
pub fn lifecycle(fields: &mut Fields<'_>, kind: Option<String>) -> Told {
    let own = known(fields);
    let told = fields.object("metadata", known).unwrap_or_default();
    let facts = Lifecycle {
        name: own.name.or(told.name),
        subject: own.subject.or(told.subject),
        plan_from: own.plan_from.or(told.plan_from),
        plan_to: own.plan_to.or(told.plan_to),
    };
    Told { id: None, kind, facts: Facts::Lifecycle(facts) }
}

fn known(fields: &mut Fields<'_>) -> Lifecycle {
    Lifecycle {
        name: fields.first_dimension(&["title", "name", "projectName"]),
        subject: fields.first_dimension(&["generationId", "buildId", "conversationId"]),
        plan_from: fields.dimension("fromPlan"),
        plan_to: fields.dimension("toPlan"),
    }
}
