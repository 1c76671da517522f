//! `GET /api/analytics/sales/stats`.

use crate::events::{on, sale};
use crate::world::{Who, World};
use http::StatusCode;
use serde_json::{Value, json};

async fn world() -> World {
    let world = World::new().await;
    let events = vec![
        on("pro", sale("ann", "purchase", "completed", (1000, "INR"))),
        sale("ann", "purchase", "completed", (501, "INR")),
        sale("bob", "purchase", "completed", (500, "INR")),
        on("pro", sale("bob", "subscription", "completed", (999, "USD"))),
        sale("bob", "purchase", "failed", (70_000, "INR")),
        sale("ann", "refund", "completed", (501, "INR")),
        sale("ann", "billing.subscription_cancelled", "completed", (0, "INR")),
    ];
    world.store("acme", events).await;
    world.store("other", vec![sale("ann", "purchase", "completed", (12_345, "USD"))]).await;
    world
}

#[tokio::test]
async fn sales_are_told_by_currency_type_status_plan_and_method() {
    let world = world().await;
    let expect = json!({
        "revenue": {"INR": 20.01, "USD": 9.99},
        "transactions": 6, "orders": 4,
        "averageOrder": {"INR": 6.67, "USD": 9.99},
        "refunds": {"count": 1, "amount": {"INR": 5.01}},
        "byType": {
            "purchase": {"transactions": 4, "revenue": {"INR": 20.01}},
            "refund": {"transactions": 1, "revenue": {}},
            "subscription": {"transactions": 1, "revenue": {"USD": 9.99}},
        },
        "byStatus": {
            "completed": {"transactions": 5, "revenue": {"INR": 20.01, "USD": 9.99}},
            "failed": {"transactions": 1, "revenue": {}},
        },
        "byPlan": {
            "(none)": {"transactions": 4, "revenue": {"INR": 10.01}},
            "pro": {"transactions": 2, "revenue": {"INR": 10, "USD": 9.99}},
        },
        "byPaymentMethod": {"card": {"transactions": 6, "revenue": {"INR": 20.01, "USD": 9.99}}},
        "mrr": {"USD": 9.99}, "clv": {"INR": 7.5, "USD": 9.99}, "churn": null,
    });
    for who in [Who::Admin, Who::Service] {
        let answer = world.get(who, "/api/analytics/sales/stats?period=7d").await;
        assert_eq!(answer.numbers(), expect);
    }
}

#[tokio::test]
async fn a_user_is_told_its_own_sales_and_an_admin_may_ask_for_anybodys() {
    let world = world().await;
    for (who, path) in [(Who::User("ann"), "/api/analytics/sales/stats"), (Who::Admin, "/api/analytics/sales/stats?user=ann")] {
        let own = world.get(who, path).await.numbers();
        assert_eq!((&own["revenue"], &own["transactions"]), (&json!({"INR": 15.01}), &json!(3)));
        assert_eq!((&own["refunds"]["count"], &own["clv"]), (&json!(1), &json!({"INR": 10})));
        assert_eq!(own["byStatus"], json!({"completed": {"transactions": 3, "revenue": {"INR": 15.01}}}));
    }
    let others = world.get(Who::User("ann"), "/api/analytics/sales/stats?user=bob").await;
    assert_eq!(others.status, StatusCode::BAD_REQUEST, "a user cannot ask for another");
    let nobody = world.get(Who::User("carl"), "/api/analytics/sales/stats").await.numbers();
    assert_eq!((&nobody["revenue"], &nobody["transactions"], &nobody["averageOrder"]), (&json!({"INR": 0}), &json!(0), &json!({})));
    assert_eq!(world.get(Who::Key, "/api/analytics/sales/stats").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn sales_can_be_narrowed_and_are_the_tenants_own() {
    let world = world().await;
    let revenue = async |query: &str| -> Value { world.numbers(&format!("/api/analytics/sales/stats?{query}")).await["revenue"].clone() };
    assert_eq!(revenue("currency=USD").await, json!({"USD": 9.99}));
    assert_eq!(revenue("type=purchase&plan=pro").await, json!({"INR": 10}));
    assert_eq!(revenue("startDate=2026-11-01&endDate=2026-11-17").await, json!({"INR": 0}));
    let other = world.get(Who::OtherAdmin, "/api/analytics/sales/stats").await.numbers();
    assert_eq!((&other["revenue"], &other["transactions"]), (&json!({"USD": 123.45}), &json!(1)));
}
