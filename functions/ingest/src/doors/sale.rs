//! What services tell of transactions.
#![expect(dead_code, reason = "the types of bodies are read by the API's document and never made")]

use super::wire::{Common, Extra, Import, Moment, OneOrMany, Repeat};
use crate::Ingest;
use crate::answer::{Receipt, Refused};
use crate::write::write;
use axum::extract::{Request, State};
use axum::response::Response;
use model::accept::Form;
use std::sync::Arc;
use utoipa::ToSchema;
use web::{Arrival, Problem};

/// A transaction in one of its states. The same transaction in the same state counts once.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "members are named as the contract names them")]
pub struct Transaction {
    /// The transaction's id: by whichever door it comes, the same one in the same state counts once.
    #[schema(min_length = 1, max_length = 256)]
    transaction_id: String,
    /// `purchase`, `subscription`, `refund`, `chargeback` or a type of your own.
    #[schema(example = "purchase", min_length = 1)]
    r#type: String,
    /// The amount in units of the currency, with up to six digits after the point; a refund's is what is given back.
    #[schema(minimum = 0)]
    amount: f64,
    /// The currency (ISO 4217); the tenant's where it is not said.
    #[schema(example = "USD", pattern = "^[A-Za-z]{3}$")]
    currency: Option<String>,
    /// `completed` (also `succeeded`, `success`, `paid`), `pending`, `failed`, `refunded`, `cancelled` or another; `completed` where it is not
    /// said. Only completed ones are revenue.
    status: Option<String>,
    /// How it was paid.
    payment_method: Option<String>,
    /// Why it failed.
    reason: Option<String>,
    /// The subscription it pays for.
    subscription: Option<SubscriptionTerms>,
    #[serde(flatten)]
    common: Common,
    metadata: Option<Extra>,
}

/// The terms of a subscription.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SubscriptionTerms {
    /// The subscription's id.
    #[schema(min_length = 1, max_length = 256)]
    id: Option<String>,
    /// When it starts.
    start_date: Option<Moment>,
    /// When it ends; not before it starts.
    end_date: Option<Moment>,
    /// `day`, `week`, `month`, `quarter`, `year`; a month where it is not said.
    interval: Option<String>,
}

/// Takes a transaction in one of its states.
#[utoipa::path(post, path = "/api/analytics/sales/track", tag = "writes", params(Repeat, Import),
    request_body(content = OneOrMany<Transaction>, example = json!({"transactionId": "tx-1", "type": "subscription", "amount": 29.99,
        "currency": "USD", "status": "completed", "paymentMethod": "card", "plan": "pro", "userId": "u1",
        "timestamp": "2026-11-20T12:00:00Z",
        "subscription": {"startDate": "2026-11-20", "endDate": "2026-12-20", "interval": "month"}})),
    responses((status = 200, body = Receipt), Refused))]
pub async fn answer(State(ingest): State<Arc<Ingest>>, arrival: Arrival, request: Request) -> Result<Response, Problem> {
    write(&ingest, Form::Sale, &arrival, request).await
}
