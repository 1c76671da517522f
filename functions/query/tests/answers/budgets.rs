//! `/api/v1/budgets`, and what is left of one's own in `GET /api/analytics/my-usage`.

use crate::events::{ai, of};
use crate::world::{Answer, Who, World};
use http::{Method, StatusCode};
use serde_json::{Value, json};

const PATH: &str = "/api/v1/budgets";

fn of_tokens(limit: i64) -> Value {
    json!({"name": "All", "scope": "tenant", "measure": "tokens", "limit": limit, "period": "month"})
}

async fn make(world: &World, budget: &Value) -> String {
    let made = world.post(Who::Admin, PATH, budget).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    assert_eq!((made.header("location"), made.header("etag")), (format!("{PATH}/{id}").as_str(), "\"1\""));
    id
}

fn pointers(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text);
    answer.json()["errors"].as_array().unwrap().iter().map(|fault| fault["pointer"].as_str().unwrap().to_owned()).collect()
}

/// Looks at the budgets of `acme`, as the function `aggregate` does.
async fn look(world: &World) {
    let tenant = model::TenantId::new("acme").unwrap();
    let watched = records::budget::watched(&*world.table).await.unwrap();
    let [watched] = &watched[..] else { panic!("{watched:?}") };
    let owner = reader::Owner { tenant: &tenant, hour_offset: watched.hour_offset, now: ports::Clock::now(&*world.clock) };
    let reader = reader::Reader::new(world.table.clone(), world.bucket.clone());
    budgets::Look { table: &*world.table, errands: &*world.errands, reader: &reader, owner }.at().await.unwrap();
}

#[tokio::test]
async fn a_budget_says_how_it_stands_and_what_was_told_of_it() {
    let world = World::new().await;
    world
        .store("acme", vec![ai("ann", "gpt-4", "2026-11-18T09:00:00Z", (600, 0)), ai("bob", "gpt-4", "2026-10-18T09:00:00Z", (5000, 0))])
        .await;
    let id = make(&world, &of_tokens(1000)).await;
    look(&world).await;
    let report = world.get(Who::Service, &format!("{PATH}/{id}")).await;
    let expect = json!({"used": 600, "left": 400, "percent": 60});
    assert_eq!(
        (&report.json()["now"]["used"], &report.json()["now"]["left"], &report.json()["now"]["percent"]),
        (&expect["used"], &expect["left"], &expect["percent"])
    );
    let history = report.json()["history"].clone();
    assert_eq!((history.as_array().unwrap().len(), &history[0]["threshold"], &history[0]["used"]), (1, &json!(50), &json!(600)));

    let list = world.get(Who::Admin, PATH).await.json();
    assert_eq!((list["data"].as_array().unwrap().len(), &list["data"][0]["thresholds"]), (1, &json!([50, 80, 100])));
    let path = format!("{PATH}/{id}");
    let put = |body: Value, tag: &'static str| {
        let (world, path) = (&world, &path);
        async move { world.send(Who::Admin, (Method::PUT, path, &body.to_string()), &[("if-match", tag)]).await }
    };
    assert_eq!(put(of_tokens(2000), "\"1\"").await.status, StatusCode::OK);
    assert_eq!(put(of_tokens(3000), "\"1\"").await.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(world.get(Who::Admin, &path).await.json()["now"]["percent"], 30);
    for who in [Who::OtherAdmin, Who::User("ann"), Who::Key] {
        let status = world.get(who, &path).await.status;
        assert!(matches!(status, StatusCode::NOT_FOUND | StatusCode::FORBIDDEN), "{status}");
    }
    assert_eq!(world.post(Who::Service, PATH, &of_tokens(1)).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.delete(Who::Admin, &path).await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.get(Who::Admin, &path).await.status, StatusCode::NOT_FOUND);
    let trail = world.get(Who::Admin, "/api/v1/audit").await.text;
    for action in ["budget.create", "budget.update", "budget.delete"] {
        assert!(trail.contains(action), "{trail}");
    }
}

#[tokio::test]
async fn a_budget_counts_whom_it_is_for_in_money_to_the_last_digit() {
    let world = World::new().await;
    let events =
        vec![ai("ann", "gpt-4", "2026-11-19T09:00:00Z", (1000, 100)), of("blog", ai("bob", "gpt-4", "2026-11-19T09:00:00Z", (1, 0)))];
    world.store("acme", events).await;
    let used = async |more: Value| {
        let mut budget = json!({"name": "x", "measure": "money", "limit": 0.1, "period": "day", "timezone": "Asia/Kolkata"});
        budget.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let id = make(&world, &budget).await;
        world.get(Who::Admin, &format!("{PATH}/{id}")).await.json()["now"]["used"].clone()
    };
    assert_eq!(used(json!({"scope": "tenant"})).await, json!(0.036_03));
    assert_eq!(used(json!({"scope": "project", "projectId": "blog"})).await, json!(0.000_03));
    assert_eq!(used(json!({"scope": "user", "userId": "ann"})).await, json!(0.036));
}

#[tokio::test]
async fn every_fault_of_a_budget_is_told_at_its_place() {
    let world = World::new().await;
    let wrong = json!({"name": "", "scope": "project", "userId": "ann", "measure": "tokens", "limit": 1.5, "period": "day", "timezone": "Mars/Olympus", "thresholds": [80, 80]});
    let found = pointers(&world.post(Who::Admin, PATH, &wrong).await);
    assert_eq!(found, ["/name", "/projectId", "/userId", "/limit", "/timezone", "/thresholds"]);
    let mut none = of_tokens(0);
    none["thresholds"] = json!([]);
    assert_eq!(pointers(&world.post(Who::Admin, PATH, &none).await), ["/limit", "/thresholds"]);
    let mut year = of_tokens(1);
    year["period"] = "year".into();
    assert_eq!(pointers(&world.post(Who::Admin, PATH, &year).await), ["/period"]);
}

#[tokio::test]
async fn a_user_is_told_what_is_left_of_its_own_budgets() {
    let world = World::new().await;
    world
        .store("acme", vec![ai("ann", "gpt-4", "2026-11-18T09:00:00Z", (600, 0)), ai("bob", "gpt-4", "2026-11-18T09:00:00Z", (1, 0))])
        .await;
    let of_user = |user: &str, limit: i64| json!({"name": user, "scope": "user", "userId": user, "measure": "tokens", "limit": limit, "period": "month"});
    make(&world, &of_tokens(10)).await;
    make(&world, &of_user("ann", 1000)).await;
    make(&world, &of_user("ann", 500)).await;
    make(&world, &of_user("bob", 100)).await;
    // Budgets are for their own periods, whatever time the usage is of.
    for query in ["", "?period=1h&groupBy=model"] {
        let budgets = world.get(Who::User("ann"), &format!("/api/analytics/my-usage{query}")).await.json()["budgets"].clone();
        let mut left: Vec<i64> = budgets.as_array().unwrap().iter().map(|budget| budget["now"]["left"].as_i64().unwrap()).collect();
        left.sort_unstable();
        assert_eq!(left, [0, 400], "{budgets}");
    }
}

#[tokio::test]
async fn recipients_are_told_by_reports_and_are_named_as_schedules_name_theirs() {
    let world = World::new().await;
    world.store("acme", vec![ai("ann", "gpt-4", "2026-11-18T09:00:00Z", (600, 0))]).await;
    let to = json!({"mail": ["boss@example.com"], "webhooks": ["https://hooks.example.com/weir"]});
    let with = |recipients: &Value, more: Value| {
        let mut budget = json!({"name": "Ann's", "scope": "user", "userId": "ann", "measure": "tokens", "limit": 1000, "period": "month"});
        budget["recipients"] = recipients.clone();
        budget.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        budget
    };
    let made = world.post(Who::Admin, PATH, &with(&to, json!({}))).await;
    let path = made.header("location").to_owned();
    let secret = made.json()["webhookSecret"].as_str().unwrap().to_owned();
    look(&world).await;
    look(&world).await;
    let report = world.get(Who::Service, &path).await.json();
    assert_eq!((&report["recipients"], &report["webhookSecret"]), (&to, &Value::Null));
    let told = report["history"][0]["report"].as_str().unwrap().to_owned();
    let run = world.get(Who::Service, &format!("/api/v1/reports/{told}")).await.json();
    assert_eq!((&run["name"], &run["budget"], &run["template"]), (&json!("Budget Ann's: 50% is reached"), &report["id"], &Value::Null));
    let to_whom: Vec<&Value> = run["deliveries"].as_array().unwrap().iter().map(|delivery| &delivery["to"]).collect();
    assert_eq!(to_whom, ["boss@example.com", "https://hooks.example.com/weir"]);
    let listed =
        async |query: &str| world.get(Who::Admin, &format!("/api/v1/reports?{query}")).await.json()["data"].as_array().unwrap().len();
    let id = report["id"].as_str().unwrap();
    assert_eq!((listed(&format!("budget={id}")).await, listed("budget=other").await, listed("").await), (1, 0, 1));
    // Whom the admins have told is not for the user whose budget it is.
    let own = world.get(Who::User("ann"), "/api/analytics/my-usage").await.json()["budgets"][0].clone();
    assert_eq!((&own["id"], own.get("recipients")), (&report["id"], None), "{own}");

    let put = async |body: Value| world.send(Who::Admin, (Method::PUT, &path, &body.to_string()), &[]).await.json();
    assert_eq!(put(with(&to, json!({"name": "Other"}))).await["webhookSecret"], Value::Null);
    let rotated = put(with(&to, json!({"rotateSecret": true}))).await["webhookSecret"].as_str().unwrap().to_owned();
    assert!(rotated != secret);
    assert_eq!(put(with(&json!({}), json!({}))).await["recipients"], json!({"mail": [], "webhooks": []}));
    assert_eq!(put(with(&to, json!({}))).await["webhookSecret"], json!(rotated), "shown where webhooks are set again");

    let wrong = json!({"mail": ["nobody"], "webhooks": ["http://hooks.example.com/", "https://10.0.0.1/"]});
    let refused = pointers(&world.post(Who::Admin, PATH, &with(&wrong, json!({}))).await);
    assert_eq!(refused, ["/recipients/mail/0", "/recipients/webhooks/0", "/recipients/webhooks/1"]);
}
