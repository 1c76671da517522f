//! `GET /api/analytics/revenue/{total,mrr,arr,by-plan,churn-rate}`, of a known history.

use crate::events::{cancelled, of, on, sale, subscribed, then};
use crate::world::{Who, World};
use http::StatusCode;
use model::Event;
use serde_json::{Value, json};

const ROOM: &str = "/api/analytics/revenue";

fn paid(user: &str, time: &str, amount: (i64, &str)) -> Event {
    on("pro", then(time, sale(user, "billing.payment_success", "completed", amount)))
}

/// Five who pay, and one who only tries.
///
/// ann: 10 USD a month from August 15, 25 from September 10, 20 from October 5, cancelled on October 20, again for 12 from November 5.
/// bob: 120 USD a year from the first moment of September. cid: 100 EUR a year from half an hour before November. dee: a trial from October 1
/// that is paid for from October 15 with 15 USD, on November 15 with 18. eve: a trial that never is. s9: of nobody, 5 USD from November 10.
/// Besides, in November: purchases of 20 USD (pro) and 10 USD, and a refund of 5 USD (pro).
fn history() -> Vec<Event> {
    vec![
        subscribed(("ann", "s1"), "2026-08-15T12:00:00Z", Some((1000, "USD", "month"))),
        subscribed(("ann", "s1"), "2026-09-10T12:00:00Z", Some((2500, "USD", "month"))),
        subscribed(("ann", "s1"), "2026-10-05T12:00:00Z", Some((2000, "USD", "month"))),
        cancelled(("ann", "s1"), "2026-10-20T12:00:00Z"),
        subscribed(("ann", "s1"), "2026-11-05T12:00:00Z", Some((1200, "USD", "month"))),
        subscribed(("bob", "s2"), "2026-09-01T00:00:00Z", Some((12_000, "USD", "year"))),
        subscribed(("cid", "s3"), "2026-10-31T23:30:00Z", Some((10_000, "EUR", "year"))),
        paid("cid", "2026-10-31T23:30:00Z", (10_000, "EUR")),
        on("pro", subscribed(("dee", "s4"), "2026-10-01T12:00:00Z", None)),
        paid("dee", "2026-10-15T12:00:00Z", (1500, "USD")),
        paid("dee", "2026-11-15T12:00:00Z", (1800, "USD")),
        on("pro", subscribed(("eve", "s5"), "2026-10-02T12:00:00Z", None)),
        subscribed(("", "s9"), "2026-11-10T12:00:00Z", Some((500, "USD", "month"))),
        on("pro", then("2026-11-18T12:00:00Z", sale("fay", "purchase", "completed", (2000, "USD")))),
        then("2026-11-18T13:00:00Z", sale("gus", "purchase", "completed", (1000, "USD"))),
        on("pro", then("2026-11-19T08:00:00Z", sale("fay", "refund", "completed", (500, "USD")))),
    ]
}

const DAYS: [&str; 13] = [
    "2026-08-15",
    "2026-09-01",
    "2026-09-10",
    "2026-10-01",
    "2026-10-02",
    "2026-10-05",
    "2026-10-15",
    "2026-10-20",
    "2026-10-31",
    "2026-11-05",
    "2026-11-10",
    "2026-11-15",
    "2026-11-18",
];

/// The history before it is settled, and after, but for today.
async fn worlds() -> [World; 2] {
    let (fresh, settled) = (World::new().await, World::new().await);
    fresh.store("other", history()).await;
    settled.store("other", history()).await;
    settled.settle_all("other", &DAYS).await;
    [fresh, settled]
}

async fn numbers(world: &World, query: &str) -> Value {
    world.others_numbers(&format!("{ROOM}/{query}")).await
}

/// The movements of a currency at each point of a series.
fn moved(answer: &Value, currency: &str) -> Vec<Value> {
    answer["series"].as_array().unwrap().iter().map(|point| point["movements"][currency].clone()).collect()
}

#[tokio::test]
async fn recurring_revenue_moves_month_by_month_as_its_history_says() {
    for world in worlds().await {
        let answer = numbers(&world, "mrr?startDate=2026-08-01&granularity=month").await;
        assert_eq!(
            (&answer["mrr"], &answer["averagePerCustomer"]),
            (&json!({"USD": 45, "EUR": 8.333_333}), &json!({"USD": 11.25, "EUR": 8.333_333}))
        );
        let all =
            json!({"before": 0, "new": 43, "reactivated": 12, "expansion": 15, "contraction": 5, "churned": 20, "net": 45, "after": 45});
        assert_eq!(answer["movements"]["USD"], all);
        assert_eq!(answer["customers"], json!({"before": 0, "new": 5, "reactivated": 1, "churned": 1, "after": 5}));
        let none = json!({"before": 0, "new": 0, "reactivated": 0, "expansion": 0, "contraction": 0, "churned": 0, "net": 0, "after": 0});
        let but = |changes: Value| {
            let mut moved = none.clone();
            moved.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
            moved
        };
        let dollars = [
            but(json!({"new": 10, "net": 10, "after": 10})),
            but(json!({"before": 10, "new": 10, "expansion": 15, "net": 25, "after": 35})),
            but(json!({"before": 35, "new": 18, "contraction": 5, "churned": 20, "net": -7, "after": 28})),
            but(json!({"before": 28, "new": 5, "reactivated": 12, "net": 17, "after": 45})),
        ];
        assert_eq!(moved(&answer, "USD"), dollars);
        let euros = moved(&answer, "EUR");
        assert_eq!(
            (&euros[1], &euros[2]["new"], &euros[3]["new"], &euros[3]["after"]),
            (&none, &json!(8.333_333), &json!(0), &json!(8.333_333))
        );
        let customers: Vec<[i64; 5]> = answer["series"]
            .as_array()
            .unwrap()
            .iter()
            .map(|point| ["before", "new", "reactivated", "churned", "after"].map(|name| point["customers"][name].as_i64().unwrap()))
            .collect();
        assert_eq!(customers, [[0, 1, 0, 0, 1], [1, 1, 0, 0, 2], [2, 2, 0, 1, 3], [3, 1, 1, 0, 5]]);
        // In Berlin, cid came half an hour into November.
        let berlin = numbers(&world, "mrr?startDate=2026-08-01&granularity=month&timezone=Europe/Berlin").await;
        assert_eq!(moved(&berlin, "EUR")[3]["new"], 8.333_333);
    }
}

#[tokio::test]
async fn recurring_revenue_comes_to_the_same_however_it_is_divided() {
    for world in worlds().await {
        let units = |value: &Value| (value.as_f64().unwrap() * 1e6).round();
        for (granularity, points) in [("hour", 110 * 24 + 11), ("day", 111), ("week", 17), ("month", 4)] {
            let answer = numbers(&world, &format!("mrr?startDate=2026-08-01&granularity={granularity}")).await;
            for currency in ["USD", "EUR"] {
                let all = moved(&answer, currency);
                assert_eq!(all.len(), points, "{granularity}");
                assert!(all.windows(2).all(|pair| pair[0]["after"] == pair[1]["before"]));
                for name in ["new", "reactivated", "expansion", "contraction", "churned", "net"] {
                    let sum: f64 = all.iter().map(|moved| units(&moved[name])).sum();
                    let told = units(&answer["movements"][currency][name]);
                    assert!((sum - told).abs() < 1e-6, "{granularity} {currency} {name}: {sum} and {told}");
                }
            }
        }
    }
}

#[tokio::test]
async fn what_is_recurring_at_an_earlier_moment_knows_of_nothing_later() {
    for world in worlds().await {
        // dee's latest payment is of 15 then.
        let october = numbers(&world, "mrr?startDate=2026-10-01&endDate=2026-10-31&granularity=month").await;
        assert_eq!(october["mrr"], json!({"USD": 25, "EUR": 8.333_333}));
        assert_eq!(october["growth"], json!({"USD": -28.57, "EUR": 100}));
        let future = numbers(&world, "mrr?startDate=2026-11-01&endDate=2027-01-31&granularity=month").await;
        let after: Vec<Value> = moved(&future, "USD").iter().map(|moved| moved["after"].clone()).collect();
        assert_eq!(after, [45, 45, 45].map(|after| json!(after)));
        let before = numbers(&world, "mrr?startDate=2026-01-01&endDate=2026-02-28&granularity=month").await;
        assert_eq!(
            (&before["mrr"], &before["growth"], &before["averagePerCustomer"]),
            (&json!({"USD": 0}), &json!({"USD": 0}), &json!({}))
        );
        let of_ann = numbers(&world, "mrr?user=ann").await;
        assert_eq!((&of_ann["mrr"], &of_ann["customers"]["after"]), (&json!({"USD": 12}), &json!(1)));
    }
}

#[tokio::test]
async fn a_year_of_recurring_revenue_is_twelve_months_of_it() {
    for world in worlds().await {
        let answer = numbers(&world, "arr?startDate=2026-10-01&granularity=month").await;
        assert_eq!((&answer["arr"], &answer["mrr"]), (&json!({"USD": 540, "EUR": 99.999_996}), &json!({"USD": 45, "EUR": 8.333_333})));
        assert_eq!(answer["growth"], json!({"USD": 28.57, "EUR": 100}));
        let expect = json!([
            {"timestamp": "2026-10-01T00:00:00.000Z", "arr": {"USD": 336, "EUR": 99.999_996}},
            {"timestamp": "2026-11-01T00:00:00.000Z", "arr": {"USD": 540, "EUR": 99.999_996}},
        ]);
        assert_eq!(answer["series"], expect);
        for (granularity, points) in [("hour", 49 * 24 + 11), ("day", 50), ("week", 8)] {
            let series = numbers(&world, &format!("arr?startDate=2026-10-01&granularity={granularity}")).await["series"].clone();
            let series = series.as_array().unwrap();
            assert_eq!((series.len(), &series.last().unwrap()["arr"]["USD"]), (points, &json!(540)));
        }
    }
}

#[tokio::test]
async fn churn_is_of_customers_and_of_revenue_gross_and_net() {
    for world in worlds().await {
        let answer = numbers(&world, "churn-rate?startDate=2026-10-01").await;
        assert_eq!(answer["customers"], json!({"before": 2, "churned": 1, "rate": 50}));
        let october =
            json!({"before": 35, "churned": 20, "contraction": 5, "expansion": 0, "reactivated": 0, "gross": 71.43, "net": 71.43});
        let november = json!({"before": 28, "churned": 0, "contraction": 0, "expansion": 0, "reactivated": 12, "gross": 0, "net": -42.86});
        let series = answer["series"].as_array().unwrap();
        assert_eq!(series.len(), 2, "by month, where nothing else is asked for");
        assert_eq!((&series[0]["revenue"]["USD"], &series[1]["revenue"]["USD"]), (&october, &november));
        assert_eq!(series[0]["revenue"]["EUR"]["gross"], Value::Null, "there was nothing before");
        assert_eq!(series[1]["customers"], json!({"before": 3, "churned": 0, "rate": 0}));
        // Over both months: (20 + 5 − 12) ÷ 35.
        assert_eq!((&answer["revenue"]["USD"]["gross"], &answer["revenue"]["USD"]["net"]), (&json!(71.43), &json!(37.14)));
        for (granularity, points) in [("hour", 49 * 24 + 11), ("day", 50), ("week", 8)] {
            let answer = numbers(&world, &format!("churn-rate?startDate=2026-10-01&granularity={granularity}")).await;
            let series = answer["series"].as_array().unwrap();
            let lost: i64 = series.iter().map(|point| point["customers"]["churned"].as_i64().unwrap()).sum();
            assert_eq!((series.len(), lost), (points, 1), "{granularity}");
        }
    }
}

/// What rows of groups have under some names.
fn picked(answer: &Value, pointers: &[&str]) -> Vec<Value> {
    let rows = answer["groups"]["data"].as_array().unwrap();
    rows.iter().map(|row| pointers.iter().map(|pointer| row.pointer(pointer).cloned().unwrap_or_default()).collect()).collect()
}

#[tokio::test]
async fn recurring_revenue_is_told_by_user_and_by_month() {
    for world in worlds().await {
        let by_user = numbers(&world, "mrr?startDate=2026-08-01&groupBy=user").await;
        let expect = json!([
            // What is of nobody comes together.
            ["(none)", {"USD": 5}, 1, 0],
            ["ann", {"USD": 12}, 1, 1],
            ["bob", {"USD": 10}, 1, 0],
            ["cid", {"EUR": 8.333_333}, 1, 0],
            ["dee", {"USD": 18}, 1, 0],
        ]);
        assert_eq!(json!(picked(&by_user, &["/user", "/mrr", "/customers/after", "/customers/churned"])), expect);
        assert_eq!(by_user["groups"]["order"], "customers after descending, then by label");
        let in_september = numbers(&world, "arr?startDate=2026-09-01&endDate=2026-09-30&groupBy=user").await;
        let expect = json!([["ann", {"USD": 300}, {"USD": 150}], ["bob", {"USD": 120}, {"USD": 100}]]);
        assert_eq!(json!(picked(&in_september, &["/user", "/arr", "/growth"])), expect);
        let churn = numbers(&world, "churn-rate?startDate=2026-10-01&groupBy=month,user").await;
        let of_ann: Vec<Value> = picked(&churn, &["/month", "/user", "/customers/rate", "/revenue/USD/gross"])
            .into_iter()
            .filter(|row| row[1] == "ann")
            .collect();
        assert_eq!(json!(of_ann), json!([["2026-10-01", "ann", 100, 100], ["2026-11-01", "ann", null, null]]));
        // All pages together are all rows, in order.
        let first = numbers(&world, "churn-rate?startDate=2026-10-01&groupBy=month,user&limit=4").await;
        let cursor = first["groups"]["nextCursor"].as_str().unwrap();
        let second = numbers(&world, &format!("churn-rate?startDate=2026-10-01&groupBy=month,user&limit=100&cursor={cursor}")).await;
        let names = |answer| picked(answer, &["/month", "/user"]);
        assert_eq!([names(&first), names(&second)].concat(), names(&churn));
    }
}

#[tokio::test]
async fn recurring_revenue_is_told_by_project() {
    let world = World::new().await;
    let paid = |amount| Some((amount, "USD", "month"));
    let events = vec![
        subscribed(("ann", "s1"), "2026-11-05T12:00:00Z", paid(1200)),
        of("docs", subscribed(("ann", "s2"), "2026-11-06T12:00:00Z", paid(300))),
        of("docs", subscribed(("bob", "s3"), "2026-11-07T12:00:00Z", paid(500))),
        of("docs", cancelled(("bob", "s3"), "2026-11-09T12:00:00Z")),
    ];
    world.store("other", events).await;
    let answer = numbers(&world, "mrr?startDate=2026-11-01&groupBy=project").await;
    let expect = json!([["docs", {"USD": 3}, 5, 1], ["shop", {"USD": 12}, 0, 1]]);
    assert_eq!(json!(picked(&answer, &["/project", "/mrr", "/movements/USD/churned", "/customers/after"])), expect);
    let both = numbers(&world, "mrr?startDate=2026-11-01&groupBy=project,user&user=ann").await;
    assert_eq!(json!(picked(&both, &["/project", "/user", "/mrr/USD"])), json!([["docs", "ann", 3], ["shop", "ann", 12]]));
    for (wrong, code) in [("plan", "unknown_dimension"), ("hourOfDay", "unknown_dimension"), ("day,week", "conflict")] {
        let answer = world.get(Who::OtherAdmin, &format!("{ROOM}/mrr?groupBy={wrong}")).await;
        assert_eq!((answer.status, &answer.json()["errors"][0]["code"]), (StatusCode::BAD_REQUEST, &json!(code)), "{wrong}");
    }
}

#[tokio::test]
async fn revenue_is_told_with_refunds_and_against_the_span_before() {
    for world in worlds().await {
        let answer = numbers(&world, "total?startDate=2026-11-01&granularity=month").await;
        let expect = json!({
            "revenue": {"USD": 48}, "refunds": {"USD": 5}, "net": {"USD": 43}, "orders": 3, "refundCount": 1, "averageOrder": {"USD": 16},
            "growth": {
                "revenue": {"USD": {"value": 48, "before": 15, "change": 220}, "EUR": {"value": 0, "before": 100, "change": -100}},
                "net": {"USD": {"value": 43, "before": 15, "change": 186.67}, "EUR": {"value": 0, "before": 100, "change": -100}},
                "orders": {"value": 3, "before": 2, "change": 50},
            },
            "series": [{"timestamp": "2026-11-01T00:00:00.000Z", "revenue": {"USD": 48}, "refunds": {"USD": 5}, "net": {"USD": 43}, "orders": 3}],
        });
        assert_eq!(answer, expect);
        let months = numbers(&world, "total?startDate=2026-10-01&granularity=month").await;
        assert_eq!(months["series"][0]["revenue"], json!({"USD": 15, "EUR": 100}));
        for (granularity, points) in [("hour", 49 * 24 + 11), ("day", 50), ("week", 8)] {
            let answer = numbers(&world, &format!("total?startDate=2026-10-01&granularity={granularity}")).await;
            let series = answer["series"].as_array().unwrap();
            let orders: i64 = series.iter().map(|point| point["orders"].as_i64().unwrap()).sum();
            assert_eq!((series.len(), orders), (points, 5), "{granularity}");
        }
        let nothing = numbers(&world, "total?startDate=2026-01-01&endDate=2026-01-31&granularity=month").await;
        assert_eq!((&nothing["revenue"], &nothing["averageOrder"]), (&json!({"USD": 0}), &json!({})));
    }
}

#[tokio::test]
async fn revenue_is_told_by_plan() {
    for world in worlds().await {
        let answer = numbers(&world, "by-plan?startDate=2026-11-01").await;
        let expect = json!([
            {"plan": "pro", "revenue": {"USD": 38}, "refunds": {"USD": 5}, "net": {"USD": 33}, "orders": 2, "share": {"USD": 79.17}},
            {"plan": "(none)", "revenue": {"USD": 10}, "refunds": {"USD": 0}, "net": {"USD": 10}, "orders": 1, "share": {"USD": 20.83}},
        ]);
        assert_eq!(answer["data"], expect);
        let first = numbers(&world, "by-plan?startDate=2026-11-01&limit=1").await;
        assert_eq!((first["data"].as_array().unwrap().len(), first["nextCursor"].is_string()), (1, true));
    }
}

#[tokio::test]
async fn sales_tell_of_recurring_revenue_churn_and_what_a_customer_is_worth() {
    for world in worlds().await {
        let stats = async |query: &str| world.others_numbers(&format!("/api/analytics/sales/stats?{query}")).await;
        let all = stats("startDate=2026-10-01").await;
        assert_eq!((&all["mrr"], &all["churn"]), (&json!({"USD": 45, "EUR": 8.333_333}), &json!(50)));
        // dee 33, fay 20 − 5, gus 10: 58 of three.
        assert_eq!(all["clv"], json!({"USD": 19.333_333, "EUR": 100}));
        let narrowed = stats("startDate=2026-10-01&plan=pro").await;
        assert_eq!((&narrowed["mrr"], &narrowed["churn"]), (&Value::Null, &Value::Null));
    }
    let world = World::new().await;
    world.store("acme", vec![subscribed(("ann", "s1"), "2026-11-05T12:00:00Z", Some((1200, "INR", "month")))]).await;
    for (user, mrr) in [("ann", json!({"INR": 12})), ("bob", json!({"INR": 0}))] {
        let own = world.get(Who::User(user), "/api/analytics/sales/stats").await.numbers();
        assert_eq!(own["mrr"], mrr, "{user} sees its own");
    }
}

#[tokio::test]
async fn a_late_event_moves_what_was_recurring_then() {
    for world in worlds().await {
        world.store("other", vec![cancelled(("bob", "s2"), "2026-10-10T12:00:00Z")]).await;
        let answer = numbers(&world, "mrr?startDate=2026-10-01&granularity=month").await;
        assert_eq!((&moved(&answer, "USD")[0]["churned"], &answer["mrr"]["USD"]), (&json!(30), &json!(35)));
    }
}

#[tokio::test]
async fn revenue_is_told_of_to_admins_and_services_of_their_tenant_only() {
    let world = World::new().await;
    world.store("other", history()).await;
    for read in ["total", "mrr", "arr", "by-plan", "churn-rate"] {
        let path = format!("{ROOM}/{read}");
        for (who, status) in [
            (Who::Nobody, StatusCode::UNAUTHORIZED),
            (Who::Key, StatusCode::FORBIDDEN),
            (Who::User("ann"), StatusCode::FORBIDDEN),
            (Who::Service, StatusCode::OK),
            (Who::Admin, StatusCode::OK),
        ] {
            assert_eq!(world.get(who, &path).await.status, status, "{read}");
        }
    }
    assert_eq!(world.numbers(&format!("{ROOM}/mrr")).await["mrr"], json!({"INR": 0}), "what is another's is nothing here");
}

/// Thirteen months of days, settled: what is asked of all time reads the rollup of all time, and the days of the month that goes on.
#[tokio::test]
async fn all_time_is_read_in_few_calls_of_the_table() {
    let world = World::new().await;
    let days: Vec<String> = (0..13).map(|month| format!("{}-{:02}-15", 2025 + (month + 10) / 12, (month + 10) % 12 + 1)).collect();
    let subscription = |day: &String| subscribed(("ann", "s1"), &format!("{day}T12:00:00Z"), Some((1000, "USD", "month")));
    world.store("other", days.iter().map(subscription).collect()).await;
    world.settle_all("other", &days.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let expect = [
        ("/api/analytics/revenue/mrr?period=1y&granularity=month", 5),
        // The rollups that were read for one question are not read for the next that wants the same of them.
        ("/api/analytics/revenue/arr?period=1y&granularity=month", 2),
        ("/api/analytics/revenue/churn-rate?period=1y", 2),
        // Nothing was sold in these days, so no rollup is read.
        ("/api/analytics/revenue/total?period=30d", 2),
        ("/api/analytics/revenue/by-plan?period=30d", 2),
        ("/api/analytics/users/count?period=30d", 11),
        ("/api/analytics/users/by-plan?period=30d", 10),
        ("/api/analytics/users/retention?period=30d", 11),
        ("/api/analytics/users/growth?period=30d", 11),
        ("/api/analytics/users/active?period=30d", 11),
    ];
    let mut calls = Vec::new();
    for (path, _) in expect {
        let before = world.faults.history().len();
        assert_eq!(world.get(Who::OtherAdmin, path).await.status, StatusCode::OK);
        let reads = world.faults.history()[before..].iter().filter(|call| call.key.starts_with("T#other#")).count();
        calls.push((path, reads));
    }
    assert_eq!(calls, expect);
}
