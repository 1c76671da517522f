//! `GET /api/analytics/users/{count,growth,by-plan,active,retention}`, of a known history.

use crate::events::{ai, life, of, on, sale, then};
use crate::world::{Who, World};
use http::StatusCode;
use model::Event;
use serde_json::{Value, json};

const ROOM: &str = "/api/analytics/users";

/// What a user did at a moment, in one family or another.
fn did(user: &str, time: &str) -> Event {
    let life = Event { user: (!user.is_empty()).then(|| model::UserId::new(user).unwrap()), ..life("user.login", time, "") };
    match user.len() + time.len() + usize::from(time.as_bytes()[9]) {
        at if at.is_multiple_of(3) => ai(user, "gpt-4", time, (1, 1)),
        at if at.is_multiple_of(2) => life,
        _ => then(time, sale(user, "purchase", "failed", (100, "USD"))),
    }
}

/// Weeks begin on October 26 and November 2, 9 and 16; now is Thursday, November 19.
fn history() -> Vec<Event> {
    vec![
        did("ann", "2026-10-30T12:00:00Z"),
        did("ann", "2026-11-02T00:00:00Z"),
        did("ann", "2026-11-03T08:00:00Z"),
        did("ann", "2026-11-10T23:59:59.999Z"),
        on("pro", did("ann", "2026-11-18T07:00:00Z")),
        on("free", did("bob", "2026-11-03T09:00:00Z")),
        did("bob", "2026-11-03T09:30:00Z"),
        did("bob", "2026-11-04T10:00:00Z"),
        on("pro", did("bob", "2026-11-17T22:30:00Z")),
        of("blog", did("cid", "2026-11-10T06:00:00Z")),
        did("dee", "2026-11-19T09:00:00Z"),
        did("", "2026-11-18T12:00:00Z"),
    ]
}

const DAYS: [&str; 9] =
    ["2026-10-30", "2026-11-02", "2026-11-03", "2026-11-04", "2026-11-10", "2026-11-17", "2026-11-18", "2026-11-19", "2026-11-01"];

/// The history before it is settled, and after.
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

/// A member of every point of a series.
fn each(answer: &Value, member: &str) -> Vec<Value> {
    answer["series"].as_array().unwrap().iter().map(|point| point[member].clone()).collect()
}

#[tokio::test]
async fn users_are_counted_with_those_who_are_new() {
    for world in worlds().await {
        let week = numbers(&world, "count?startDate=2026-11-01&granularity=week").await;
        let expect = json!({
            "totalUsers": {"value": 4, "before": 1, "change": 300},
            "newUsers": {"value": 3, "before": 1, "change": 200},
            "activeUsers": 4,
            "series": [
                {"timestamp": "2026-10-26T00:00:00.000Z", "totalUsers": 1, "newUsers": 0},
                {"timestamp": "2026-11-02T00:00:00.000Z", "totalUsers": 2, "newUsers": 1},
                {"timestamp": "2026-11-09T00:00:00.000Z", "totalUsers": 3, "newUsers": 1},
                {"timestamp": "2026-11-16T00:00:00.000Z", "totalUsers": 4, "newUsers": 1},
            ],
        });
        assert_eq!(week, expect);
        for (granularity, points) in [("hour", 18 * 24 + 11), ("day", 19), ("month", 1)] {
            let answer = numbers(&world, &format!("count?startDate=2026-11-01&granularity={granularity}")).await;
            let new = each(&answer, "newUsers");
            assert_eq!((new.len(), new.iter().filter(|new| **new == json!(1)).count()), (points, if points == 1 { 0 } else { 3 }));
            assert_eq!((each(&answer, "totalUsers").last(), &answer["newUsers"]), (Some(&json!(4)), &expect["newUsers"]));
        }
        let past = numbers(&world, "count?startDate=2026-11-05&endDate=2026-11-09").await;
        assert_eq!((&past["totalUsers"]["value"], &past["newUsers"]["value"], &past["activeUsers"]), (&json!(2), &json!(0), &json!(0)));
        let blog = numbers(&world, "count?startDate=2026-11-01&project=blog").await;
        assert_eq!((&blog["totalUsers"]["value"], &blog["newUsers"]["value"]), (&json!(1), &json!(1)));
    }
}

#[tokio::test]
async fn growth_tells_who_is_new_who_returns_and_who_stays_away() {
    for world in worlds().await {
        let week = numbers(&world, "growth?startDate=2026-11-02&endDate=2026-11-15&granularity=week").await;
        let expect = json!({
            "totalUsers": {"value": 3, "before": 1, "change": 200},
            "newUsers": {"value": 2, "before": 1, "change": 100},
            "series": [
                {"timestamp": "2026-11-02T00:00:00.000Z", "new": 1, "returning": 1, "retained": 1, "lost": 0, "active": 2, "total": 2, "growthRate": 100},
                {"timestamp": "2026-11-09T00:00:00.000Z", "new": 1, "returning": 1, "retained": 1, "lost": 1, "active": 2, "total": 3, "growthRate": 50},
            ],
        });
        assert_eq!(week, expect);
        let day = numbers(&world, "growth?startDate=2026-11-02&endDate=2026-11-15&granularity=day").await;
        let numbers_of =
            |at: usize| ["new", "returning", "retained", "lost", "active"].map(|name| day["series"][at][name].as_i64().unwrap());
        assert_eq!(day["series"].as_array().unwrap().len(), 14);
        assert_eq!([0, 1, 2, 3, 8].map(numbers_of), [[0, 1, 0, 0, 1], [1, 1, 1, 0, 2], [0, 1, 1, 1, 1], [0, 0, 0, 1, 0], [1, 1, 0, 0, 2]]);
        let month = numbers(&world, "growth?startDate=2026-11-02&endDate=2026-11-15&granularity=month").await;
        let expect = json!([{"timestamp": "2026-11-01T00:00:00.000Z", "new": 3, "returning": 1, "retained": 1, "lost": 0, "active": 4, "total": 4, "growthRate": 300}]);
        assert_eq!(month["series"], expect);
        let hour = numbers(&world, "growth?startDate=2026-11-03&endDate=2026-11-03&granularity=hour").await;
        assert_eq!(
            (each(&hour, "active")[8..11].to_vec(), each(&hour, "lost")[8..11].to_vec()),
            (vec![json!(1), json!(1), json!(0)], vec![json!(0), json!(1), json!(1)])
        );
    }
}

#[tokio::test]
async fn users_are_active_within_a_day_a_week_and_a_month_that_end_with_a_day() {
    for world in worlds().await {
        let daily = numbers(&world, "active?startDate=2026-11-16&endDate=2026-11-19&granularity=day").await;
        let expect = json!({
            "dau": 1, "wau": 3, "mau": 4, "stickiness": 25, "averageDau": 0.75,
            "series": [
                {"timestamp": "2026-11-16T00:00:00.000Z", "dau": 0, "wau": 2, "mau": 3, "stickiness": 0},
                {"timestamp": "2026-11-17T00:00:00.000Z", "dau": 1, "wau": 1, "mau": 3, "stickiness": 33.33},
                {"timestamp": "2026-11-18T00:00:00.000Z", "dau": 1, "wau": 2, "mau": 3, "stickiness": 33.33},
                {"timestamp": "2026-11-19T00:00:00.000Z", "dau": 1, "wau": 3, "mau": 4, "stickiness": 25},
            ],
        });
        assert_eq!(daily, expect);
        for (granularity, start) in [("week", "2026-11-16"), ("month", "2026-11-01")] {
            let answer = numbers(&world, &format!("active?startDate=2026-11-16&endDate=2026-11-19&granularity={granularity}")).await;
            assert_eq!(
                answer["series"],
                json!([{"timestamp": format!("{start}T00:00:00.000Z"), "dau": 1, "wau": 3, "mau": 4, "stickiness": 25}])
            );
        }
        let hourly =
            world.get(Who::OtherAdmin, &format!("{ROOM}/active?startDate=2026-11-16&endDate=2026-11-19&granularity=hour")).await.json();
        assert_eq!(
            (&hourly["series"], &hourly["meta"]["granularity"], hourly["meta"]["notes"].as_array().unwrap().len()),
            (&expect["series"], &json!("day"), 1)
        );
        // In Berlin, an hour ahead, bob's evening of the 17th is still that day; in Tokyo, nine ahead, it is the 18th.
        for (zone, dau) in [("Europe/Berlin", [1, 1]), ("Asia/Tokyo", [0, 2])] {
            let answer = numbers(&world, &format!("active?startDate=2026-11-17&endDate=2026-11-18&granularity=day&timezone={zone}")).await;
            assert_eq!(each(&answer, "dau"), dau.map(|count| json!(count)), "{zone}");
        }
        let empty = numbers(&world, "active?startDate=2026-01-01&endDate=2026-01-02&granularity=day").await;
        assert_eq!(
            (&empty["dau"], &empty["mau"], &empty["stickiness"], &empty["averageDau"]),
            (&json!(0), &json!(0), &Value::Null, &json!(0))
        );
        let future = numbers(&world, "active?startDate=2026-11-18&endDate=2026-11-30&granularity=day").await;
        assert_eq!((&future["dau"], &future["mau"], &future["averageDau"]), (&json!(1), &json!(4), &json!(1)), "today is the latest");
        assert_eq!(each(&future, "dau").len(), 13);
    }
}

#[tokio::test]
async fn a_user_is_on_the_plan_that_was_told_last() {
    for world in worlds().await {
        let answer = numbers(&world, "by-plan?startDate=2026-11-01").await;
        let expect = json!({
            "totalUsers": 4,
            "data": [
                {"plan": "(none)", "users": 2, "share": 50, "activeUsers": 2, "newUsers": 2},
                {"plan": "pro", "users": 2, "share": 50, "activeUsers": 2, "newUsers": 1},
            ],
            "nextCursor": null,
        });
        assert_eq!(answer, expect);
        let before = numbers(&world, "by-plan?startDate=2026-11-01&endDate=2026-11-10&limit=1").await;
        assert_eq!(before["data"], json!([{"plan": "(none)", "users": 2, "share": 66.67, "activeUsers": 2, "newUsers": 1}]));
        let next = numbers(
            &world,
            &format!("by-plan?startDate=2026-11-01&endDate=2026-11-10&limit=1&cursor={}", before["nextCursor"].as_str().unwrap()),
        )
        .await;
        assert_eq!(next["data"][0]["plan"], "free");
    }
}

#[tokio::test]
async fn cohorts_are_followed_to_the_period_that_goes_on() {
    for world in worlds().await {
        let week = numbers(&world, "retention?startDate=2026-10-26&granularity=week").await;
        let expect = json!({
            "data": [
                {"cohort": "2026-10-26", "users": 1, "retained": [1, 1, 1, 1], "percent": [100, 100, 100, 100]},
                {"cohort": "2026-11-02", "users": 1, "retained": [1, 0, 1], "percent": [100, 0, 100]},
                {"cohort": "2026-11-09", "users": 1, "retained": [1, 0], "percent": [100, 0]},
                {"cohort": "2026-11-16", "users": 1, "retained": [1], "percent": [100]},
            ],
            "average": {"users": [4, 3, 2, 1], "retained": [4, 1, 2, 1], "percent": [100, 33.33, 100, 100]},
            "nextCursor": null,
        });
        assert_eq!(week, expect);
        let month = numbers(&world, "retention?startDate=2026-10-26&granularity=month").await;
        assert_eq!(
            month["data"],
            json!([
                {"cohort": "2026-10-01", "users": 1, "retained": [1, 1], "percent": [100, 100]},
                {"cohort": "2026-11-01", "users": 3, "retained": [3], "percent": [100]},
            ])
        );
        let day = numbers(&world, "retention?startDate=2026-11-02&granularity=day&periods=3").await;
        assert_eq!(
            day["data"],
            json!([
                {"cohort": "2026-11-03", "users": 1, "retained": [1, 1, 0], "percent": [100, 100, 0]},
                {"cohort": "2026-11-10", "users": 1, "retained": [1, 0, 0], "percent": [100, 0, 0]},
                {"cohort": "2026-11-19", "users": 1, "retained": [1], "percent": [100]},
            ])
        );
        let hour = world.get(Who::OtherAdmin, &format!("{ROOM}/retention?period=24h&timezone=Asia/Tokyo")).await.json();
        assert_eq!((&hour["data"][0]["cohort"], hour["meta"]["notes"].as_array().unwrap().len()), (&json!("2026-11-19"), 2));
        let past = numbers(&world, "retention?startDate=2026-10-26&endDate=2026-11-08&granularity=week").await;
        assert_eq!(
            past["data"],
            json!([
                {"cohort": "2026-10-26", "users": 1, "retained": [1, 1], "percent": [100, 100]},
                {"cohort": "2026-11-02", "users": 1, "retained": [1], "percent": [100]},
            ])
        );
    }
}

#[tokio::test]
async fn nobody_is_no_user_and_a_tenant_without_any_is_told_so() {
    let world = World::new().await;
    world.store("acme", vec![did("", "2026-11-18T12:00:00Z")]).await;
    let count = world.numbers(&format!("{ROOM}/count?period=7d")).await;
    assert_eq!((&count["totalUsers"], &count["activeUsers"]), (&json!({"value": 0, "before": 0, "change": 0}), &json!(0)));
    let active = world.numbers(&format!("{ROOM}/active?period=7d")).await;
    assert_eq!((&active["dau"], &active["stickiness"]), (&json!(0), &Value::Null));
    assert_eq!(world.numbers(&format!("{ROOM}/retention")).await["data"], json!([]));
    assert_eq!(world.numbers(&format!("{ROOM}/by-plan")).await["data"], json!([]));
}

/// The hours of `acme` begin at half past: a day in Kolkata begins with one of them.
#[tokio::test]
async fn days_begin_with_the_zones_midnight_where_hours_begin_at_half_past() {
    let world = World::new().await;
    world.store("acme", vec![did("ann", "2026-11-17T18:29:00Z"), did("bob", "2026-11-17T18:30:00Z")]).await;
    for asked in ["active", "growth"] {
        let path = format!("{ROOM}/{asked}?startDate=2026-11-17&endDate=2026-11-18&granularity=day&timezone=Asia/Kolkata");
        let member = if asked == "active" { "dau" } else { "new" };
        assert_eq!(each(&world.numbers(&path).await, member), [json!(1), json!(1)], "{asked}");
    }
}

#[tokio::test]
async fn users_are_told_of_to_admins_and_services_of_their_tenant_only() {
    let world = World::new().await;
    for read in ["count", "growth", "by-plan", "active", "retention"] {
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
        if read == "by-plan" {
            continue; // it has no series to be too long
        }
        let long = world.get(Who::Admin, &format!("{path}?startDate=1950-01-01&granularity=day")).await;
        assert_eq!(long.status, StatusCode::BAD_REQUEST, "{read} of 27,000 days");
    }
}
