//! `GET /api/analytics/engagement/stats`.

use crate::events::{act, of, on};
use crate::series::{DAYS, SETTLED, points};
use crate::world::{Who, World};
use http::StatusCode;
use model::event::Engagement;
use serde_json::{Value, json};

const PATH: &str = "/api/analytics/engagement/stats";

fn on_page(page: &str) -> Engagement {
    Engagement { page: Some(page.to_owned()), ..Engagement::default() }
}

/// In India: a session of ann's over the end of Saturday, October 31; on Monday at 10:00 one event of bob's, and at 10:40 one of cid's
/// without a session.
async fn world() -> World {
    let world = World::new().await;
    let text = |text: &str| Some(text.to_owned());
    let phone = |page| Engagement {
        device_type: text("phone"),
        platform: text("ios"),
        app_version: text("1.0"),
        country: text("IN"),
        ..on_page(page)
    };
    let first = Engagement { time_on_page_ms: Some(3_000), scroll_depth_millipercent: Some(50_000), ..phone("Home") };
    let second = Engagement { name: text("search"), feature: text("find"), value_milli: Some(2_500), ..phone("Home") };
    let laptop = Engagement {
        device_type: text("desktop"),
        browser: text("chrome"),
        os: text("macos"),
        utm_source: text("news"),
        utm_campaign: text("spring"),
        time_on_page_ms: Some(1_000),
        scroll_depth_millipercent: Some(100_000),
        ..on_page("Pricing")
    };
    let export = Engagement { feature: text("export"), ..on_page("Pricing") };
    let events = vec![
        on("pro", act("ann", "s1", "2026-10-31T18:20:00Z", first)),
        on("pro", act("ann", "s1", "2026-10-31T18:40:00Z", second)),
        act("bob", "s2", "2026-11-02T04:30:00Z", laptop),
        of("blog", act("cid", "", "2026-11-02T05:10:00Z", export)),
    ];
    world.store("acme", events).await;
    world.store("other", vec![act("ann", "s1", "2026-11-02T04:30:00Z", on_page("Home"))]).await;
    world
}

fn events_by(stats: &Value, name: &str) -> Value {
    let groups = stats[name].as_object().unwrap().iter();
    Value::Object(groups.map(|(label, group)| (label.clone(), group["events"].clone())).collect())
}

#[tokio::test]
async fn engagement_is_told_whole_before_and_after_it_is_settled() {
    let world = world().await;
    for _ in 0..2 {
        let stats = world.numbers(&format!("{PATH}?{DAYS}")).await;
        assert_eq!((&stats["events"], &stats["users"], &stats["scrollDepth"]), (&json!(4), &json!(3), &json!(75)));
        let sessions = &stats["sessions"];
        assert_eq!((&sessions["total"], &sessions["bounced"], &sessions["bounceRate"]), (&json!(2), &json!(1), &json!(0.5)));
        assert_eq!(sessions["duration"]["average"], 600_000, "twenty minutes, and a bounce");
        assert_eq!(stats["value"], json!({"events": 1, "total": 2.5, "average": 2.5}));
        assert_eq!(stats["timeOnPage"], json!({"events": 2, "total": 4000, "average": 2000}));
        for (name, expect) in [
            ("byEvent", json!({"screen_view": 3, "search": 1})),
            ("byPage", json!({"Home": 2, "Pricing": 2})),
            ("byFeature", json!({"find": 1, "export": 1, "(none)": 2})),
            ("byDevice", json!({"phone": 2, "desktop": 1, "(none)": 1})),
            ("byBrowser", json!({"chrome": 1, "(none)": 3})),
            ("byOs", json!({"ios": 2, "macos": 1, "(none)": 1})),
            ("byAppVersion", json!({"1.0": 2, "(none)": 2})),
            ("byCountry", json!({"IN": 2, "(none)": 2})),
            ("byCampaign", json!({"spring": 1, "(none)": 3})),
        ] {
            assert_eq!(events_by(&stats, name), expect, "{name}");
        }
        let home = json!({"events": 2, "users": 1, "sessions": 1, "value": 2.5, "averageTimeOnPage": 3000, "averageScrollDepth": 50});
        assert_eq!(stats["byPage"]["Home"], home);
        let hours: Vec<&Value> = stats["byHourOfDay"].as_array().unwrap().iter().map(|hour| &hour["events"]).collect();
        assert_eq!((hours.len(), hours[23], hours[0], hours[10], hours[12]), (24, &json!(1), &json!(1), &json!(2), &json!(0)));
        let weekdays: Vec<&Value> = stats["byWeekday"].as_array().unwrap().iter().map(|day| &day["events"]).collect();
        assert_eq!(weekdays, [2, 0, 0, 0, 0, 1, 1]);
        world.settle_all("acme", &SETTLED).await;
    }
}

#[tokio::test]
async fn a_session_counts_in_each_bucket_in_which_it_has_events() {
    let world = world().await;
    let check = async |query: &str, member: &str, buckets: usize, expect: Value| {
        let series = world.numbers(&format!("{PATH}?{query}")).await["series"].clone();
        assert_eq!((series.as_array().unwrap().len(), Value::Object(points(&series, member))), (buckets, expect), "{query} {member}");
    };
    for _ in 0..2 {
        let day = format!("{DAYS}&granularity=day");
        check(&day, "events", 3, json!({"2026-10-30T18:30": 1, "2026-10-31T18:30": 1, "2026-11-01T18:30": 2})).await;
        check(&day, "sessions", 3, json!({"2026-10-30T18:30": 1, "2026-10-31T18:30": 1, "2026-11-01T18:30": 1})).await;
        check(&day, "users", 3, json!({"2026-10-30T18:30": 1, "2026-10-31T18:30": 1, "2026-11-01T18:30": 2})).await;
        let utc = "startDate=2026-10-31&endDate=2026-11-02&granularity=day";
        check(utc, "bounceRate", 3, json!({"2026-11-02T00:00": 1})).await;
        check(&format!("{DAYS}&granularity=week"), "events", 2, json!({"2026-10-25T18:30": 2, "2026-11-01T18:30": 2})).await;
        check(&format!("{DAYS}&granularity=month"), "sessions", 2, json!({"2026-09-30T18:30": 1, "2026-10-31T18:30": 2})).await;
        check(&format!("{DAYS}&granularity=hour"), "value", 72, json!({"2026-10-31T18:30": 2.5})).await;
        world.settle_all("acme", &SETTLED).await;
    }
}

#[tokio::test]
async fn engagement_can_be_narrowed_by_anything_together() {
    let world = world().await;
    let stats = async |query: &str| world.get(Who::Admin, &format!("{PATH}?{DAYS}&{query}")).await.json();
    let narrowed = stats("browser=chrome&page=Pricing").await;
    assert_eq!((&narrowed["events"], &narrowed["users"], &narrowed["timeOnPage"]["total"]), (&json!(1), &json!(1), &json!(1000)));
    assert_eq!((&narrowed["sessions"]["total"], events_by(&narrowed, "byOs")), (&Value::Null, json!({"macos": 1})));
    assert!(narrowed["meta"]["notes"][0].as_str().unwrap().contains("sessions"));
    let campaign = stats("campaign=spring&page=Pricing").await;
    assert_eq!((&campaign["events"], events_by(&campaign, "byBrowser")), (&json!(1), json!({"chrome": 1})));
    let page = stats("page=Home").await;
    assert_eq!((&page["sessions"]["total"], &page["sessions"]["bounceRate"]), (&json!(1), &Value::Null));
    let plan = stats("plan=pro").await;
    assert_eq!((&plan["events"], &plan["sessions"]["total"], &plan["sessions"]["bounced"]), (&json!(2), &json!(1), &json!(0)));
    assert_eq!(stats("project=blog").await["events"], 1);
}

#[tokio::test]
async fn a_user_is_told_its_own_engagement() {
    let world = world().await;
    for (who, query) in [(Who::User("ann"), ""), (Who::Admin, "&user=ann")] {
        let own = world.get(who, &format!("{PATH}?{DAYS}{query}")).await.json();
        assert_eq!((&own["events"], &own["users"], &own["value"]["total"]), (&json!(2), &json!(1), &json!(2.5)));
        let sessions = &own["sessions"];
        assert_eq!(
            (&sessions["total"], &sessions["bounceRate"], &sessions["duration"]["average"]),
            (&json!(1), &json!(0), &json!(1_200_000))
        );
        assert_eq!(own["byPage"].as_object().unwrap().keys().collect::<Vec<_>>(), ["Home"]);
        assert_eq!((&own["byPage"]["Home"]["users"], &own["byPage"]["Home"]["sessions"]), (&json!(1), &Value::Null));
        assert!(own["meta"]["notes"].to_string().contains("sessions"), "what is null is said to be");
    }
    assert_eq!(world.get(Who::User("ann"), &format!("{PATH}?user=bob")).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(world.get(Who::Key, PATH).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn of_no_engagement_everything_is_zero_and_rates_are_nothing() {
    let world = world().await;
    for who in [Who::Admin, Who::User("carl")] {
        let none = world.get(who, &format!("{PATH}?startDate=2025-01-01&endDate=2025-01-02&granularity=day")).await.numbers();
        assert_eq!((&none["events"], &none["users"], &none["sessions"]["total"]), (&json!(0), &json!(0), &json!(0)));
        assert_eq!((&none["sessions"]["bounceRate"], &none["scrollDepth"], &none["byPage"]), (&Value::Null, &Value::Null, &json!({})));
        assert_eq!((none["byHourOfDay"].as_array().unwrap().len(), none["series"].as_array().unwrap().len()), (24, 2));
    }
}
