//! `GET /api/analytics/export`: what is small is the answer, what is large a job with all that is needed to do it.

use crate::events::{ai, life};
use crate::world::{Who, World};
use export::{Format, Question, Wanted};
use http::{Method, StatusCode};
use model::{Event, UserId};
use records::Errand;
use records::task::{self, Task};
use serde_json::{Value, json};

const PATH: &str = "/api/analytics/export";

/// The task that an answer says is begun, as it lies in the table; its errand is in the queue.
async fn begun(world: &World, answer: &crate::world::Answer) -> (Task, Wanted) {
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.text);
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(answer.header("location"), format!("/api/v1/jobs/{id}"));
    let tenant = model::TenantId::new("other").unwrap();
    let task = task::get(&*world.table, (&tenant, &id)).await.unwrap().unwrap();
    let sent = ports::Queue::receive(&*world.errands, 10).await.unwrap();
    assert_eq!(sent.iter().map(|message| message.body.clone()).collect::<Vec<_>>(), [Errand::Export { tenant, task: id }.body()]);
    let wanted = serde_json::from_str(&task.what).unwrap();
    (task, wanted)
}

/// Logins of so many users, at that time.
fn logins(users: usize, time: &str) -> Vec<Event> {
    let login =
        |user: usize| Event { user: Some(UserId::new(format!("user-{user:05}")).unwrap()), ..life("user.login", time, &user.to_string()) };
    (0..users).map(login).collect()
}

#[tokio::test]
async fn few_users_are_the_answer() {
    let world = World::new().await;
    world.store("other", logins(3, "2026-11-18T12:00:00Z")).await;
    let answer = world.get(Who::OtherAdmin, &format!("{PATH}?data=users&format=json&period=7d")).await;
    assert_eq!((answer.status, answer.header("weir-rows")), (StatusCode::OK, "3"));
    let rows = answer.json();
    assert_eq!(rows[1]["user"], "user-00001");
    assert_eq!((&rows[1]["events"], &rows[1]["daysActive"]), (&Value::from(1), &Value::from(1)));
    assert_eq!(rows[1]["firstSeen"], "2026-11-18T12:00:00.000Z");
}

#[tokio::test]
async fn users_that_make_too_large_a_file_are_a_job() {
    let world = World::new().await;
    world.store("other", logins(40_000, "2026-11-18T12:00:00Z")).await;
    let target = format!("{PATH}?data=users&format=json&period=7d");
    let (task, wanted) = begun(&world, &world.get(Who::OtherAdmin, &target).await).await;
    assert_eq!(task.rows_expected, None);
    let Wanted::Rows(question) = wanted else { panic!("{wanted:?}") };
    assert_eq!((question.query.cube.as_str(), &question.query.group_by[..]), ("people", &["user".to_owned()][..]));
    assert_eq!(question.file_name, "people_2026-11-12_2026-11-19.json");
    // As a table of columns the same fits an answer.
    let answer = world.get(Who::OtherAdmin, &target.replace("json", "csv")).await;
    assert_eq!((answer.status, answer.header("weir-rows")), (StatusCode::OK, "40000"), "{}", answer.text);
}

#[tokio::test]
async fn a_series_of_more_rows_than_are_held_at_once_is_a_job() {
    let world = World::new().await;
    let models = (0..120).map(|model| ai("ann", &format!("model-{model}"), "2026-11-18T12:00:00Z", (1, 1)));
    world.store("other", models.collect()).await;
    let target = format!("{PATH}?data=metrics&cube=ai_requests&measures=requests&by=model&granularity=hour&format=csv");
    let answer = world.get(Who::OtherAdmin, &format!("{target}&period=24h")).await;
    assert_eq!((answer.status, answer.header("weir-rows")), (StatusCode::OK, "3000"));
    let (_, wanted) = begun(&world, &world.get(Who::OtherAdmin, &format!("{target}&period=30d")).await).await;
    assert!(matches!(wanted, Wanted::Rows(_)));
}

#[tokio::test]
async fn a_time_among_the_dimensions_is_a_column_of_its_own() {
    let world = World::new().await;
    world.store("other", vec![ai("ann", "gpt-4", "2026-11-18T12:00:00Z", (1, 1))]).await;
    let target = format!("{PATH}?data=metrics&cube=ai_requests&measures=requests&by=day,model&period=24h&format=csv");
    let answer = world.get(Who::OtherAdmin, &target).await;
    let expect = "start,model,requests\r\n2026-11-18T00:00:00.000Z,gpt-4,1\r\n2026-11-19T00:00:00.000Z,gpt-4,0\r\n";
    assert_eq!(answer.text, expect);
}

#[tokio::test]
async fn whoever_would_rather_not_wait_has_a_job_of_anything_that_can_be_answered() {
    let world = World::new().await;
    let asked = async |target: &str| world.get_with(Who::OtherAdmin, target, &[("prefer", "respond-async")]).await;
    begun(&world, &asked(&format!("{PATH}?data=users")).await).await;
    assert_eq!(asked(&format!("{PATH}?data=users&model=gpt-4")).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(asked(&format!("{PATH}?data=metrics&cube=people&measures=lies")).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(asked(&format!("{PATH}?data=metrics&cube=lies&measures=events")).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_question_is_a_job_for_whoever_would_rather_not_wait_and_its_numbers_have_their_public_names() {
    let world = World::new().await;
    let asked = async |body: Value| {
        let sent = (Method::POST, "/api/v1/analytics/query", &*body.to_string());
        world.send(Who::OtherAdmin, sent, &[("prefer", "respond-async"), ("content-type", "application/json")]).await
    };
    let range = json!({"from": "2026-11-11", "to": "2026-11-18"});
    let (_, wanted) =
        begun(&world, &asked(json!({"metrics": ["generations"], "groupBy": ["project"], "range": range, "limit": 1})).await).await;
    let Wanted::Rows(Question { query, format, file_name, names }) = wanted else { panic!("{wanted:?}") };
    assert_eq!((format, file_name.as_str()), (Format::Json, "query_2026-11-11_2026-11-18.json"));
    assert_eq!(
        (names.as_slice(), query.group_by.as_slice(), query.limit),
        (&["generations".to_owned()][..], &["project".to_owned()][..], None)
    );
    let several = json!({"metrics": ["requests", "cost", "tokens"], "groupBy": ["model", "day"], "range": range});
    let (_, wanted) = begun(&world, &asked(several).await).await;
    let Wanted::Rows(Question { query, names, .. }) = wanted else { panic!("{wanted:?}") };
    assert_eq!((&names, names.len()), (&query.measures, 3));
    // What reads too much for an answer does not for a job.
    let long = json!({"from": "2024-01-01", "to": "2026-11-18"});
    let hours = json!({"metrics": ["requests"], "groupBy": ["hourOfDay"], "range": long});
    assert_eq!(world.post(Who::OtherAdmin, "/api/v1/analytics/query", &hours).await.status, StatusCode::BAD_REQUEST);
    begun(&world, &asked(hours).await).await;
    // Numbers of several cubes are one answer, and no file.
    assert_eq!(asked(json!({"metrics": ["requests", "revenue"], "range": range})).await.status, StatusCode::OK);
    assert_eq!(asked(json!({"metrics": ["lies"], "range": range})).await.status, StatusCode::BAD_REQUEST);
}
