//! `/api/v1/dashboards`: kept, shared, changed over the version that was seen, and asked all at once.

use crate::analytics::world;
use crate::world::{Answer, Who, World};
use http::{Method, StatusCode};
use serde_json::{Value, json};

const PATH: &str = "/api/v1/dashboards";
const QUERY: &str = "/api/v1/analytics/query";

fn of_models() -> Value {
    json!({"name": "Models", "sharing": "private", "widgets": [
        {"title": "Cost", "chart": "bar", "query": {"metrics": ["cost"], "groupBy": ["model"], "range": {"from": "2026-11-11", "to": "2026-11-18"}}},
        {"id": "all", "title": "Requests", "chart": "line", "query": {"metrics": ["requests", "cost"], "granularity": "day", "range": {"from": "2026-11-11", "to": "2026-11-18"}}},
    ]})
}

fn named(name: &str, sharing: &str) -> Value {
    let mut dashboard = of_models();
    dashboard["name"] = name.into();
    dashboard["sharing"] = sharing.into();
    dashboard
}

async fn make(world: &World, who: Who<'_>, dashboard: &Value) -> String {
    let made = world.post(who, PATH, dashboard).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(made.header("location"), format!("{PATH}/{id}"));
    id
}

async fn put(world: &World, who: Who<'_>, id: &str, (body, if_match): (&Value, Option<&str>)) -> Answer {
    let headers: Vec<(&str, &str)> = if_match.map(|tag| ("if-match", tag)).into_iter().collect();
    world.send(who, (Method::PUT, &format!("{PATH}/{id}"), &body.to_string()), &headers).await
}

fn faults(answer: &Answer) -> Vec<(String, String)> {
    let text = |fault: &Value, name: &str| fault[name].as_str().unwrap().to_owned();
    let body = answer.json();
    let errors = body["errors"].as_array().unwrap_or_else(|| panic!("{body}"));
    errors.iter().map(|fault| (text(fault, "pointer"), text(fault, "code"))).collect()
}

#[tokio::test]
async fn a_dashboard_is_made_read_written_over_and_deleted() {
    let world = World::new().await;
    let id = make(&world, Who::Admin, &of_models()).await;
    let path = format!("{PATH}/{id}");
    let read = world.get(Who::Admin, &path).await;
    assert_eq!((read.header("etag"), &read.json()["owner"], &read.json()["editable"]), ("\"1\"", &json!("boss"), &json!(true)));
    let widgets = read.json()["widgets"].clone();
    assert_eq!((&widgets[0]["id"], &widgets[1]["id"], widgets[0]["query"].get("measures")), (&json!("w1"), &json!("all"), None));
    assert_eq!(world.get_with(Who::Admin, &path, &[("if-none-match", "\"1\"")]).await.status, StatusCode::NOT_MODIFIED);

    let over = put(&world, Who::Admin, &id, (&named("Other", "tenant"), None)).await;
    assert_eq!((over.status, over.header("etag"), &over.json()["name"]), (StatusCode::OK, "\"2\"", &json!("Other")));
    assert_eq!(world.get(Who::Admin, &path).await.json()["sharing"], "tenant");
    assert_eq!(world.delete(Who::Admin, &path).await.status, StatusCode::NO_CONTENT);
    for gone in [
        world.get(Who::Admin, &path).await,
        world.delete(Who::Admin, &path).await,
        put(&world, Who::Admin, &id, (&of_models(), None)).await,
    ] {
        assert_eq!(gone.status, StatusCode::NOT_FOUND);
    }
    assert!(!world.get(Who::Admin, PATH).await.text.contains(&id));
    let trail = world.get(Who::Admin, "/api/v1/audit").await.json();
    let actions: Vec<_> = trail["data"].as_array().unwrap().iter().map(|act| (act["action"].clone(), act["subject"] == id)).collect();
    for action in ["dashboard.create", "dashboard.update", "dashboard.delete"] {
        assert!(actions.contains(&(action.into(), true)), "{actions:?}");
    }
}

#[tokio::test]
async fn of_two_writers_who_saw_one_version_the_second_is_refused() {
    let world = World::new().await;
    let id = make(&world, Who::Admin, &of_models()).await;
    assert_eq!(put(&world, Who::Admin, &id, (&named("First", "private"), Some("\"1\""))).await.status, StatusCode::OK);
    let second = put(&world, Who::Admin, &id, (&named("Second", "private"), Some("\"1\""))).await;
    assert_eq!(second.status, StatusCode::PRECONDITION_FAILED, "{}", second.text);
    let path = format!("{PATH}/{id}");
    assert_eq!(world.get(Who::Admin, &path).await.json()["name"], "First");
    let delete = |tag| world.send(Who::Admin, (Method::DELETE, &path, ""), tag);
    assert_eq!(delete(&[("if-match", "\"1\"")]).await.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(delete(&[("if-match", "\"1\", \"2\"")]).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_change_that_another_one_has_overtaken_is_never_written_over_it() {
    let world = World::new().await;
    let id = make(&world, Who::Admin, &of_models()).await;
    let tenant = model::TenantId::new("acme").unwrap();
    let first = records::dashboard::get(&*world.table, &tenant, &id).await.unwrap().unwrap();
    let second = records::Dashboard { name: "overtaken".into(), version: first.version + 1, ..first.clone() };
    put(&world, Who::Admin, &id, (&named("First", "private"), None)).await;
    let outdated = records::dashboard::Written::Outdated;
    assert_eq!(records::dashboard::replace(&*world.table, &tenant, &second).await.unwrap(), outdated);
    let now = ports::Clock::now(&*world.clock);
    assert_eq!(records::dashboard::delete(&*world.table, &tenant, (&id, 1, now)).await.unwrap(), outdated);
    assert_eq!(world.delete(Who::Admin, &format!("{PATH}/{id}")).await.status, StatusCode::NO_CONTENT);
    let third = records::Dashboard { version: 3, ..second };
    assert_eq!(records::dashboard::replace(&*world.table, &tenant, &third).await.unwrap(), outdated, "what is deleted does not come back");
}

#[tokio::test]
async fn every_fault_of_a_dashboard_is_told_at_its_place() {
    let world = World::new().await;
    let widget = |chart: &str, query: Value| json!({"title": "t", "chart": chart, "query": query});
    let wrong = json!({"name": " ", "widgets": [
        widget("number", json!({"metrics": ["cost"], "groupBy": ["model"]})),
        widget("number", json!({"metrics": ["cost"], "granularity": "day"})),
        widget("line", json!({"metrics": ["fun"]})),
        widget("area", json!({"metrics": ["cost"], "groupBy": ["colour"], "granularity": "day"})),
        widget("bar", json!({"metrics": ["cost"]})),
        widget("pie", json!({"metrics": ["cost", "requests"], "groupBy": ["model"]})),
        widget("funnel", json!({"metrics": ["generations"]})),
        widget("heatmap", json!({"cube": "ai_requests", "measures": ["requests"], "groupBy": ["model"]})),
        widget("spiral", json!({"metrics": ["cost"]})),
        {"id": "a/b", "title": "", "chart": "table", "query": {"metrics": ["cost"], "limit": 0, "cursor": "x"}, "layout": {"x": 8, "y": 0, "width": 6, "height": 0}},
        {"id": "w1", "title": "t", "chart": "number", "query": {"metrics": ["cost"], "range": {"from": "soon"}}},
        {"title": "t", "chart": "number", "query": {"metrics": 3}},
    ]});
    let answer = world.post(Who::Admin, PATH, &wrong).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let found = faults(&answer);
    let expect = [
        ("/name", "bad_name"),
        ("/widgets/0/query/groupBy", "not_drawn_so"),
        ("/widgets/1/query/granularity", "not_drawn_so"),
        ("/widgets/2/query/metrics/0", "unknown_metric"),
        ("/widgets/2/query/granularity", "not_drawn_so"),
        ("/widgets/3/query/groupBy/0", "unknown_dimension"),
        ("/widgets/4/query/groupBy", "not_drawn_so"),
        ("/widgets/5/query/metrics", "not_drawn_so"),
        ("/widgets/6/query/metrics", "not_drawn_so"),
        ("/widgets/7/query/groupBy", "not_drawn_so"),
        ("/widgets/8/chart", "malformed"),
        ("/widgets/9/id", "bad_id"),
        ("/widgets/9/title", "bad_name"),
        ("/widgets/9/query/cursor", "not_here"),
        ("/widgets/9/query/limit", "bad_limit"),
        ("/widgets/9/layout/width", "off_the_grid"),
        ("/widgets/9/layout/height", "off_the_grid"),
        ("/widgets/10/id", "repeated"),
        ("/widgets/10/query/range/from", "not_a_date"),
        ("/widgets/11/query/metrics", "malformed"),
    ];
    for (pointer, code) in expect {
        assert!(found.contains(&(pointer.to_owned(), code.to_owned())), "{pointer} {code} is not among {found:#?}");
    }
    assert_eq!(found.iter().filter(|(pointer, _)| !pointer.starts_with("/widgets/9/query/cursor")).count(), expect.len() - 1, "{found:#?}");

    let both = json!({"name": "x", "copyOf": "ready:ai", "widgets": []});
    assert_eq!(faults(&world.post(Who::Admin, PATH, &both).await), [("/copyOf".into(), "conflict".into())]);
    let neither = world.post(Who::Admin, PATH, &json!({"name": "x"})).await;
    assert_eq!(faults(&neither), [("/widgets".into(), "missing".into())]);
    let none = world.post(Who::Admin, PATH, &json!({"name": "x", "copyOf": "ready:none"})).await;
    assert_eq!(faults(&none), [("/copyOf".into(), "unknown_dashboard".into())]);
}

#[tokio::test]
async fn what_is_too_many_or_too_large_is_refused_and_says_how_much_may_be() {
    let world = World::new().await;
    let widget = json!({"title": "t", "chart": "number", "query": {"metrics": ["cost"]}});
    let many = world.post(Who::Admin, PATH, &json!({"name": "x", "widgets": vec![widget.clone(); 31]})).await;
    assert_eq!(faults(&many), [("/widgets".into(), "bad_count".into())]);
    assert!(many.text.contains("1 to 30 widgets, and this has 31"), "{}", many.text);
    assert_eq!(world.post(Who::Admin, PATH, &json!({"name": "x", "widgets": vec![widget; 30]})).await.status, StatusCode::CREATED);
    let values: Vec<String> = (0..12_000).map(|n| format!("model number {n:09}")).collect();
    let large =
        json!({"name": "x", "widgets": [{"title": "t", "chart": "number", "query": {"metrics": ["cost"], "filters": {"model": values}}}]});
    assert_eq!(world.post(Who::Admin, PATH, &large).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn people_see_their_own_dashboards_and_those_that_are_shared_and_change_their_own() {
    let world = World::new().await;
    let ann = Who::User("ann");
    let private = make(&world, ann, &named("Ann's", "private")).await;
    let shared = make(&world, ann, &named("Everybody's", "tenant")).await;
    let check = async |who: Who<'_>, id: &str, read: StatusCode, change: StatusCode| {
        let path = format!("{PATH}/{id}");
        assert_eq!(world.get(who, &path).await.status, read, "{id}");
        assert_eq!(world.get(who, &format!("{path}/data")).await.status, read, "{id}");
        assert_eq!(
            put(&world, who, id, (&named("Ann's", if id == shared { "tenant" } else { "private" }), None)).await.status,
            change,
            "{id}"
        );
    };
    let (ok, hidden, forbidden) = (StatusCode::OK, StatusCode::NOT_FOUND, StatusCode::FORBIDDEN);
    check(ann, &private, ok, ok).await;
    check(ann, &shared, ok, ok).await;
    check(Who::User("bob"), &private, hidden, hidden).await;
    check(Who::User("bob"), &shared, ok, forbidden).await;
    check(Who::Service, &private, hidden, hidden).await;
    check(Who::Service, &shared, ok, forbidden).await;
    check(Who::Admin, &private, ok, ok).await;
    check(Who::OtherAdmin, &private, hidden, hidden).await;
    check(Who::OtherAdmin, &shared, hidden, hidden).await;
    check(Who::User("bob"), "ready:ai", ok, forbidden).await;
    assert_eq!(world.delete(Who::User("bob"), &format!("{PATH}/{private}")).await.status, hidden);
    assert_eq!(world.delete(Who::OtherAdmin, &format!("{PATH}/{shared}")).await.status, hidden);
    assert_eq!(world.post(Who::Service, PATH, &of_models()).await.status, forbidden, "a service keeps nothing");
    assert_eq!(world.get(Who::Key, PATH).await.status, forbidden);

    let seen = async |who: Who<'_>, query: &str| -> Vec<String> {
        let list = world.get(who, &format!("{PATH}{query}")).await.json();
        list["data"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    };
    assert!(seen(ann, "").await.contains(&private) && !seen(Who::User("bob"), "").await.contains(&private));
    assert_eq!(seen(Who::User("bob"), "?kind=shared").await, std::slice::from_ref(&shared));
    assert_eq!(seen(Who::User("bob"), "?kind=own").await, [] as [&str; 0]);
    assert_eq!(seen(ann, "?kind=ready").await.len(), 5);
    let first = world.get(ann, &format!("{PATH}?limit=4")).await.json();
    let rest = seen(ann, &format!("?limit=4&cursor={}", first["nextCursor"].as_str().unwrap())).await;
    assert_eq!((first["data"].as_array().unwrap().len(), rest.len()), (4, 3));
    let trail = world.get(Who::Admin, "/api/v1/audit").await.json();
    assert_eq!(trail["data"].as_array().unwrap().len(), 1, "what people do with their own is no administration: {trail}");
}

#[tokio::test]
async fn all_widgets_asked_in_one_call_are_answered_as_each_alone() {
    let world = world().await;
    for settled in [false, true] {
        if settled {
            world.settle("acme", "2026-11-17").await;
        }
        for ready in ["ready:ai", "ready:engagement", "ready:lifecycle", "ready:performance", "ready:sales"] {
            let widgets = world.get(Who::Admin, &format!("{PATH}/{ready}")).await.json()["widgets"].clone();
            let copy = make(&world, Who::Admin, &json!({"name": "A copy", "copyOf": ready})).await;
            for id in [ready, &copy] {
                let all = world.get(Who::Admin, &format!("{PATH}/{id}/data")).await.json();
                for (at, widget) in widgets.as_array().unwrap().iter().enumerate() {
                    let alone = world.post(Who::Admin, QUERY, &widget["query"]).await.json();
                    let together = &all["widgets"][at];
                    assert_eq!((&together["id"], together.get("errors")), (&widget["id"], None), "{id}");
                    for member in ["data", "order", "groups", "nextCursor"] {
                        assert_eq!(together["answer"][member], alone[member], "{id} {} {member}", widget["id"]);
                    }
                    for member in ["range", "granularity", "timezone", "currency", "approximate"] {
                        assert_eq!(together["answer"]["meta"][member], alone["meta"][member], "{id} {} {member}", widget["id"]);
                    }
                }
            }
        }
    }
    let ai = world.get(Who::Admin, &format!("{PATH}/ready:ai/data")).await.json();
    assert_eq!(ai["widgets"][0]["answer"]["data"][0]["requests"], 6);
}

#[tokio::test]
async fn what_widgets_share_is_read_once() {
    let world = world().await;
    let calls = async |widgets: usize| {
        let widget = json!({"title": "t", "chart": "bar", "query": {"metrics": ["requests", "cost", "latency"], "groupBy": ["model"], "range": {"period": "30d"}}});
        let id = make(&world, Who::Admin, &json!({"name": "x", "widgets": vec![widget; widgets]})).await;
        let path = format!("{PATH}/{id}/data");
        world.get(Who::Admin, &path).await;
        let before = world.faults.calls();
        world.get(Who::Admin, &path).await;
        world.faults.calls() - before
    };
    assert_eq!(calls(1).await, calls(30).await);
}

#[tokio::test]
async fn a_user_sees_its_own_numbers_in_a_dashboard_that_others_share() {
    let world = world().await;
    let mut shared = named("Shared", "tenant");
    let of = |user: &str| json!({"title": "t", "chart": "number", "query": {"metrics": ["requests"], "filters": {"user": [user]}}});
    shared["widgets"].as_array_mut().unwrap().extend([
        of("bob"),
        of("ann"),
        json!({"title": "t", "chart": "number", "query": {"metrics": ["projects"]}}),
    ]);
    let id = make(&world, Who::Admin, &shared).await;
    let path = format!("{PATH}/{id}/data");
    let all = world.get(Who::Admin, &path).await.json();
    let anns = world.get(Who::User("ann"), &path).await.json();
    let sum = |answer: &Value| -> i64 {
        answer["widgets"][1]["answer"]["data"].as_array().unwrap().iter().map(|row| row["requests"].as_i64().unwrap()).sum()
    };
    let own = world.get(Who::User("ann"), "/usage/user/ann?startDate=2026-11-11&endDate=2026-11-18").await.json();
    assert_eq!(json!(sum(&anns)), own["totalRequests"]);
    assert!(sum(&all) > sum(&anns), "{all}");
    assert_eq!((&anns["widgets"][2]["errors"][0]["code"], anns["widgets"][2].get("answer")), (&json!("not_yours"), None));
    assert_eq!(anns["widgets"][3]["answer"]["data"], all["widgets"][3]["answer"]["data"]);
    let apart = &anns["widgets"][4];
    assert!(apart.get("errors").is_some() || apart["answer"]["data"].as_array().is_some(), "{apart}");
}
