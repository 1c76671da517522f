//! The cubes of sales: money by currency, customers, subscriptions.

use super::Dimension::{Currency, Interval, PaymentMethod, Plan, Project, Status, Subscription, Type, User};
use super::{Aggregate, Condition, Cube, Derived, Filter, Formula, Measure, Test, Unit};
use model::Family;

const FAMILY: &[Family] = &[Family::Sales];

/// Transactions, which changes of a subscription are not.
const PAYMENTS: Filter = &[Condition { column: "effect", test: Test::NotIn(&["change"]) }];
const EARNED: Filter = &[Condition { column: "effect", test: Test::In(&["revenue"]) }];
const REFUNDED: Filter = &[Condition { column: "effect", test: Test::In(&["refund"]) }];

const TRANSACTIONS: Measure = Measure::new("transactions", Unit::Count, Aggregate::Count, "Transactions in any of their states.");
const ORDERS: Measure = Measure::new("orders", Unit::Count, Aggregate::Count, "Completed transactions but refunds.").when(EARNED);
const AMOUNT: Measure = Measure::new("amount", Unit::Money, Aggregate::Sum("amount_micros"), "Amounts of all transactions, as sent.");
const REVENUE: Measure =
    Measure::new("revenue", Unit::Money, Aggregate::Sum("amount_micros"), "Amounts of completed transactions but refunds.").when(EARNED);
const REFUNDS: Measure = Measure::new("refunds", Unit::Count, Aggregate::Count, "Transactions that gave money back.").when(REFUNDED);
const REFUND_AMOUNT: Measure =
    Measure::new("refundAmount", Unit::Money, Aggregate::Sum("amount_micros"), "What refunds gave back.").when(REFUNDED);

const ORDER_MEAN: Derived = Derived {
    name: "averageOrder",
    unit: Unit::Ratio,
    formula: Formula::Ratio("revenue", "orders"),
    description: "Mean amount of a completed transaction.",
};

/// Transactions by everything but the customer.
pub static SALES: Cube = Cube {
    name: "sales",
    families: FAMILY,
    filter: PAYMENTS,
    dimensions: &[Project, Type, Status, Plan, PaymentMethod, Interval, Currency],
    ranked: &[Plan, PaymentMethod, Type, Status, Project],
    measures: &[
        TRANSACTIONS,
        ORDERS,
        AMOUNT,
        REVENUE,
        REFUNDS,
        REFUND_AMOUNT,
        Measure::new("customers", Unit::Count, Aggregate::Distinct("user"), "Distinct customers."),
    ],
    derived: &[ORDER_MEAN],
    description: "Transactions by type, status, plan, payment method and currency.",
    ..Cube::BLANK
};

/// What each customer bought: recency, frequency, value.
pub static CUSTOMERS: Cube = Cube {
    name: "customers",
    families: FAMILY,
    filter: PAYMENTS,
    dimensions: &[User, Project, Type, Status, Plan, PaymentMethod, Currency],
    keyed_by: Some(User),
    measures: &[
        TRANSACTIONS,
        ORDERS,
        AMOUNT,
        REVENUE,
        REFUNDS,
        REFUND_AMOUNT,
        Measure::new("firstOrder", Unit::Moment, Aggregate::Min("time"), "When the first completed transaction was.").when(EARNED),
        Measure::new("lastOrder", Unit::Moment, Aggregate::Max("time"), "When the latest completed transaction was.").when(EARNED),
        Measure::new("lastPayment", Unit::Money, Aggregate::Last("amount_micros"), "The latest amount paid.").when(EARNED),
    ],
    derived: &[
        ORDER_MEAN,
        Derived { name: "customers", unit: Unit::Count, formula: Formula::Keys, description: "Customers, exactly." },
        Derived {
            name: "buyers",
            unit: Unit::Count,
            formula: Formula::KeysHaving("orders"),
            description: "Customers with a completed transaction, exactly.",
        },
    ],
    description: "Transactions of each customer.",
    ..Cube::BLANK
};

/// The changes of each user's subscriptions: recurring revenue and churn are read off them.
pub static SUBSCRIPTIONS: Cube = Cube {
    name: "subscriptions",
    families: FAMILY,
    filter: &[Condition { column: "of_subscription", test: Test::In(&["true"]) }],
    dimensions: &[User, Subscription, Project],
    keyed_by: Some(User),
    measures: &[Measure::new("transitions", Unit::Count, Aggregate::Transitions, "Every change, each with its moment.")],
    derived: &[Derived {
        name: "subscribers",
        unit: Unit::Count,
        formula: Formula::Keys,
        description: "Users whose subscriptions changed or were paid.",
    }],
    description: "Subscriptions of each user: their changes.",
    ..Cube::BLANK
};
