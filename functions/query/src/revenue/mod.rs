//! Revenue: what was sold, and what subscriptions come to a month.
//!
//! Amounts of different currencies are never added (I8): every amount and every rate of amounts is told by currency.

mod arr;
mod by_plan;
mod churn;
mod grouped;
mod mrr;
mod recurring;
mod total;

pub(crate) use recurring::Recurring;

use crate::Desk;
use crate::parameters::taking;
use crate::shape::{Amounts, Figure};
use cube::catalogue::{Dimension, Unit};
use cube::query::Row;
use model::money::Decimal;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// By what sales can be narrowed.
const OF_SALES: &[Dimension] =
    &[Dimension::Project, Dimension::Type, Dimension::Status, Dimension::Plan, Dimension::PaymentMethod, Dimension::Currency];
/// By what subscriptions can be narrowed.
const OF_SUBSCRIPTIONS: &[Dimension] = &[Dimension::User, Dimension::Project];

/// The routes of this room.
pub(crate) fn routes() -> OpenApiRouter<Arc<Desk>> {
    OpenApiRouter::new()
        .routes(taking(&total::KNOWN, routes!(total::answer)))
        .routes(taking(&by_plan::KNOWN, routes!(by_plan::answer)))
        .routes(taking(&mrr::KNOWN, routes!(mrr::answer)))
        .routes(taking(&arr::KNOWN, routes!(arr::answer)))
        .routes(taking(&churn::KNOWN, routes!(churn::answer)))
}

/// An amount in micro-units.
fn money(micros: i128) -> Figure {
    Figure::Exact(Decimal { units: micros, scale: Unit::Money.scale() })
}

/// What is asked of sales, in this order.
const NUMBERS: [&str; 4] = ["orders", "revenue", "refunds", "refundAmount"];

/// What was sold, in one currency.
#[derive(Clone, Copy, Default)]
struct Sold {
    orders: i128,
    revenue: i128,
    refunds: i128,
    refunded: i128,
}

impl Sold {
    /// Off a row of [`NUMBERS`].
    fn of(row: &Row) -> Self {
        let unit = |at: usize| row.values.get(at).map_or(0, crate::shape::units);
        Self { orders: unit(0), revenue: unit(1), refunds: unit(2), refunded: unit(3) }
    }

    fn net(self) -> i128 {
        self.revenue - self.refunded
    }
}

/// What was sold, by currency.
type SoldIn = std::collections::BTreeMap<String, Sold>;

/// One amount of each currency.
fn amounts(sold: &SoldIn, amount: impl Fn(&Sold) -> i128) -> Amounts {
    Amounts(sold.iter().map(|(currency, sold)| (currency.clone(), money(amount(sold)))).collect())
}

fn sum(sold: &SoldIn, count: impl Fn(&Sold) -> i128) -> i128 {
    sold.values().map(count).sum()
}
