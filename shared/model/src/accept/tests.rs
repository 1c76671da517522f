mod doors;

use super::*;
use crate::TenantId;
use crate::event::{AiUse, Sale};
use serde_json::json;
use std::sync::LazyLock;

const RECEIVED: Timestamp = Timestamp::from_millis(1_704_283_202_000); // 2024-01-03T12:00:02Z
const MINUTE: i64 = 60_000;

fn pseudonyms() -> &'static Pseudonyms {
    static OURS: LazyLock<Pseudonyms> =
        LazyLock::new(|| Pseudonyms::of(b"5f1c0a9be27d43688f0b6c1d2e934a75", &TenantId::new("acme").unwrap(), false));
    &OURS
}

fn request() -> Request<'static> {
    Request { project: None, user: None, pseudonyms: pseudonyms(), idempotency_key: None, visitor: None, historical: false, random: 7 }
}

fn accept(form: Form, body: Value) -> Accepted {
    accept_at(form, body, RECEIVED, RECEIVED)
}

fn accept_at(form: Form, body: Value, received: Timestamp, first_received: Timestamp) -> Accepted {
    read(form, body, &request()).unwrap().settle(received, |_| first_received, &Retention::default())
}

fn app_event(extra: &Value) -> Value {
    let mut event = json!({"eventId": "e1", "type": "screen_view", "sessionId": "s1", "timestamp": "2024-01-03T12:00:00Z"});
    event.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    event
}

fn codes(accepted: &Accepted) -> Vec<(usize, String, &'static str)> {
    let each = |rejection: &Rejection| {
        let index = rejection.index;
        rejection.faults.iter().map(move |fault| (index, fault.pointer.clone(), fault.code)).collect::<Vec<_>>()
    };
    accepted.rejections.iter().flat_map(each).collect()
}

#[test]
fn a_batch_of_an_app_becomes_events_with_their_dimensions() {
    let body = json!({"batchId": "batch-123", "projectId": "project-abc", "createdAt": "2024-01-03T12:00:00Z", "sentAt": "2024-01-03T12:00:02Z",
        "events": [{"eventId": "event-1", "type": "screen_view", "sessionId": "session-xyz", "projectId": "project-abc", "userId": "u1",
            "timestamp": "2024-01-03T12:00:00Z", "properties": {"screenName": "Home", "tab": 2, "timeOnPage": 1.5},
            "device": {"platform": "ios", "osVersion": "17.2", "appVersion": "1.0.0", "model": "iPhone"}, "flag": true}]});
    let accepted = accept(Form::AppBatch, body);
    assert_eq!(accepted.rejections, []);
    let event = &accepted.events[0];
    assert_eq!(event.id.as_str(), "e:session-xyz:event-1");
    assert_eq!((event.time, event.original_time, event.received), (RECEIVED.plus_millis(-2000), None, RECEIVED));
    let Facts::Engagement(facts) = &event.facts else { panic!("{event:?}") };
    assert_eq!((facts.page.as_deref(), facts.time_on_page_ms, facts.os_version.as_deref()), (Some("Home"), Some(1500), Some("17.2")));
    let rest: Value = serde_json::from_str(event.properties.as_deref().unwrap()).unwrap();
    assert_eq!(rest, json!({"tab": 2, "device": {"model": "iPhone"}, "flag": true}));
}

#[test]
fn every_fault_of_every_event_is_told_and_the_good_are_taken() {
    let body = json!({"events": [
        app_event(&json!({})),
        app_event(&json!({"timestamp": "yesterday", "type": null, "userId": 1.5, "properties": {"value": "much"}})),
        "not an event",
        app_event(&json!({"blob": "x".repeat(EVENT_BYTES)})),
        app_event(&json!({"timestamp": "2023-01-01"})),
        app_event(&json!({"projectId": "a/b"})),
    ]});
    let accepted = accept(Form::AppBatch, body);
    assert_eq!(accepted.events.len(), 1);
    let expect = [
        (1, "/events/1/userId", "not_text"),
        (1, "/events/1/timestamp", "bad_time"),
        (1, "/events/1/type", "required"),
        (1, "/events/1/properties/value", "not_a_number"),
        (2, "/events/2", "not_an_object"),
        (3, "/events/3", "too_large"),
        (4, "/events/4/timestamp", "too_old"),
        (5, "/events/5/projectId", "bad_id"),
    ];
    let expect: Vec<_> = expect.into_iter().map(|(index, pointer, code)| (index, pointer.to_owned(), code)).collect();
    assert_eq!(codes(&accepted), expect);
    assert!(accepted.rejections.iter().all(|rejection| rejection.index == 2 || rejection.event_id.as_deref() == Some("e1")));
}

#[test]
fn a_body_that_is_no_batch_says_why() {
    let check = |body, code| match read(Form::AppBatch, body, &request()) {
        Err(Unreadable::Faults(faults)) => assert_eq!(faults[0].code, code),
        other => panic!("{other:?}"),
    };
    check(json!([]), "not_an_object");
    check(json!({}), "required");
    check(json!({"events": {}}), "not_an_array");
    check(json!({"events": []}), "empty");
    check(json!({"events": [1], "sentAt": "now"}), "bad_time");
    let many = json!({"events": vec![json!({}); BATCH_EVENTS + 1]});
    assert_eq!(read(Form::AppBatch, many, &request()), Err(Unreadable::TooMany { events: BATCH_EVENTS + 1 }));
}

#[test]
fn a_wrong_clock_is_corrected_by_whole_minutes_and_transit_is_not() {
    let check = |sent_at_ms: i64, moved_minutes: i64| {
        let stated = RECEIVED.plus_millis(-10_000);
        let body = json!({"sentAt": RECEIVED.plus_millis(sent_at_ms).to_string(), "events": [app_event(&json!({"timestamp": stated.to_string()}))]});
        let event = &accept(Form::AppBatch, body).events[0];
        assert_eq!(event.time, stated.plus_millis(moved_minutes * MINUTE), "sent {sent_at_ms} ms from now");
        assert_eq!(event.original_time, (moved_minutes != 0).then_some(stated));
    };
    check(-59_000, 0);
    check(-60_000, 0);
    check(-89_000, 1);
    check(-91_000, 2);
    check(3_600_000, -60);
}

#[test]
fn what_is_said_to_happen_later_than_in_five_minutes_happens_on_arrival() {
    let check = |ahead_ms: i64, kept: bool| {
        let stated = RECEIVED.plus_millis(ahead_ms);
        let event = &accept(Form::AppEvent, app_event(&json!({"timestamp": stated.to_string()}))).events[0];
        assert_eq!(event.time, if kept { stated } else { RECEIVED });
        assert_eq!(event.original_time, (!kept).then_some(stated));
    };
    check(5 * MINUTE, true);
    check(5 * MINUTE + 1, false);
}

#[test]
fn a_repeat_without_ids_and_times_becomes_the_same_events_across_an_hour() {
    let body = json!({"batchId": "b1", "events": [{"type": "custom"}, {"type": "custom"}]});
    let later = RECEIVED.plus_millis(90 * MINUTE);
    let written = read(Form::AppBatch, body.clone(), &request()).unwrap();
    assert_eq!(written.claims(RECEIVED), Claims::Request("request:default:b1".into()));
    let identity = |event: &Event| (event.id.clone(), event.time);
    let first: Vec<_> = accept_at(Form::AppBatch, body.clone(), RECEIVED, RECEIVED).events.iter().map(identity).collect();
    let again: Vec<_> = accept_at(Form::AppBatch, body, later, RECEIVED).events.iter().map(identity).collect();
    assert_eq!(first, again);
    assert_eq!(first[1].0.as_str(), "b:b1:1");
}

#[test]
fn only_what_depends_on_the_arrival_is_claimed() {
    let check = |body: Value, expect: Claims| assert_eq!(read(Form::AppBatch, body, &request()).unwrap().claims(RECEIVED), expect);
    check(json!({"batchId": "b", "events": [app_event(&json!({}))]}), Claims::None);
    check(json!({"batchId": "b", "createdAt": "2024-01-03T12:00:00Z", "events": [{"type": "x"}]}), Claims::None);
    check(
        json!({"batchId": "b", "sentAt": "2024-01-03T12:00:00Z", "events": [app_event(&json!({}))]}),
        Claims::Request("request:default:b".into()),
    );
    let own = app_event(&json!({"timestamp": null, "projectId": "p"}));
    check(json!({"events": [{"type": "x"}, own]}), Claims::Events(vec![(1, "event:p:e:s1:e1".into())]));
    check(json!({"events": [{"type": "x"}]}), Claims::None);
}

#[test]
fn a_key_writes_to_its_project_and_a_user_for_itself_only() {
    let (project, user) = (ProjectId::new("mine").unwrap(), UserId::new("me").unwrap());
    let limited = Request { project: Some(&project), user: Some(&user), ..request() };
    let of_batch = read(Form::AppBatch, json!({"projectId": "yours", "events": [app_event(&json!({}))]}), &limited);
    assert_eq!(of_batch, Err(Unreadable::OtherProject));
    let body = json!({"events": [app_event(&json!({"projectId": "yours", "userId": "you"})), app_event(&json!({}))]});
    let accepted = read(Form::AppBatch, body, &limited).unwrap().settle(RECEIVED, |_| RECEIVED, &Retention::default());
    let found: Vec<_> = codes(&accepted).into_iter().map(|(_, _, code)| code).collect();
    assert_eq!(found, ["other_user", "other_project"]);
    assert_eq!((&accepted.events[0].project, accepted.events[0].user.as_ref()), (&project, Some(&user)));
}

#[test]
fn an_import_may_be_old() {
    let body = json!({"historical": true, "events": [app_event(&json!({"timestamp": "1997-01-01"}))]});
    let written = read(Form::AppBatch, body, &request()).unwrap();
    assert!(written.is_historical());
    let accepted = written.settle(RECEIVED, |_| RECEIVED, &Retention::default());
    assert!(accepted.events[0].historical);
}

#[test]
fn a_long_dimension_is_cut_and_kept_whole_among_the_properties() {
    let long = "é".repeat(200);
    let accepted = accept(Form::AppEvent, app_event(&json!({"properties": {"screenName": long}})));
    let event = &accepted.events[0];
    let Facts::Engagement(facts) = &event.facts else { panic!("{event:?}") };
    assert_eq!(facts.page.as_deref(), Some("é".repeat(128).as_str()));
    assert!(event.properties.as_deref().unwrap().contains(&long));
    assert_eq!((accepted.notices[0].what.pointer.as_str(), accepted.notices[0].what.code), ("/properties/screenName", "cut"));
}

#[test]
fn the_use_of_a_model_is_read_with_its_token_classes() {
    let body = json!([{"userId": "u", "projectId": "p", "model": "gpt-4", "inputTokens": 10, "outputTokens": 5.0, "cacheReadTokens": 3,
        "reasoningTokens": 2, "requestId": "r1", "cost": 0.0012, "plan": "pro"}]);
    let accepted = accept(Form::Usage, body);
    let event = &accepted.events[0];
    let Facts::Ai(AiUse { tokens, given_cost_pico, .. }) = &event.facts else { panic!("{event:?}") };
    assert_eq!(*tokens, crate::event::Tokens { input: 10, output: 5, cache_read: 3, cache_write: 0, reasoning: 2 });
    assert_eq!((*given_cost_pico, event.id.as_str(), event.plan.as_deref()), (Some(1_200_000_000), "r:r1", Some("pro")));
    assert_eq!(event.time, RECEIVED);
    let bad = accept(Form::Usage, json!({"inputTokens": -1, "outputTokens": 1.5, "cost": -1, "status": "maybe"}));
    let found: Vec<_> = codes(&bad).into_iter().map(|(_, pointer, code)| format!("{pointer} {code}")).collect();
    assert_eq!(
        found,
        ["/model required", "/inputTokens not_a_count", "/outputTokens not_a_count", "/status not_a_status", "/cost negative"]
    );
}

#[test]
fn a_transaction_is_told_from_others_by_its_id_and_status() {
    let body = json!({"transactionId": 17, "type": "purchase", "amount": 29.33, "currency": "usd", "paymentMethod": "card",
        "subscription": {"startDate": "2024-01-01", "endDate": "2024-02-01", "interval": "month"}});
    let event = &accept(Form::Sale, body).events[0];
    let Facts::Sales(Sale { amount_micros, currency, .. }) = &event.facts else { panic!("{event:?}") };
    assert_eq!((*amount_micros, currency.unwrap().code(), event.id.as_str()), (Some(29_330_000), "USD", "t:17:completed"));
    let bad =
        accept(Form::Sale, json!({"amount": -1, "currency": "XYZ", "subscription": {"startDate": "2024-02-01", "endDate": "2024-01-01"}}));
    let found: Vec<_> = codes(&bad).into_iter().map(|(_, pointer, code)| format!("{pointer} {code}")).collect();
    let expect =
        ["/transactionId required", "/type required", "/amount negative", "/currency not_a_currency", "/subscription/endDate before_start"];
    assert_eq!(found, expect);
}

#[test]
fn what_happens_on_a_platform_is_kept_under_its_name_known_or_not() {
    let body = json!([{"event": "project.created", "projectId": "p", "metadata": {"name": "My shop", "x": 1}}, {"event": "door.opened"}]);
    let accepted = accept(Form::Platform, body);
    let kinds: Vec<_> = accepted.events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["project.created", "door.opened"]);
    let Facts::Lifecycle(facts) = &accepted.events[0].facts else { panic!() };
    assert_eq!((facts.name.as_deref(), accepted.events[0].properties.as_deref()), (Some("My shop"), Some(r#"{"x":1}"#)));
}

#[test]
fn who_changes_plans_is_on_the_new_one_unless_it_says_otherwise() {
    let change = json!({"fromPlan": "free", "toPlan": "pro"});
    let body = json!([{"event": "user.plan_upgrade", "projectId": "p", "metadata": change},
        {"event": "user.plan_upgrade", "projectId": "p", "plan": "team", "metadata": change}]);
    let plans: Vec<_> = accept(Form::Platform, body).events.into_iter().filter_map(|event| event.plan).collect();
    assert_eq!(plans, ["pro", "team"]);
}

#[test]
fn an_amount_finer_than_its_unit_is_rounded_and_its_sender_told() {
    let accepted = accept(Form::Sale, json!({"transactionId": "t", "type": "purchase", "amount": 0.300_000_000_000_000_04}));
    let Facts::Sales(sale) = &accepted.events[0].facts else { panic!() };
    assert_eq!((sale.amount_micros, accepted.notices[0].what.code), (Some(300_000), "rounded"));
}

const FORMS: [Form; 10] = [
    Form::AppBatch,
    Form::AppEvent,
    Form::Event,
    Form::Platform,
    Form::Service,
    Form::Usage,
    Form::Track,
    Form::Engagement,
    Form::Sale,
    Form::Performance,
];

proptest::proptest! {
    #[test]
    fn no_body_makes_it_panic(text in r#"[\[\]{}",:a-zA-Z0-9.\-\\ ]{0,80}"#, number: f64, extra in ".{0,300}") {
        let number = serde_json::Number::from_f64(number).map_or(Value::Null, Value::Number);
        let parsed = serde_json::from_str(&text).unwrap_or(Value::String(text));
        let sale = json!({"transactionId": extra, "type": parsed, "amount": number, "timestamp": number, "subscription": parsed});
        for form in FORMS {
            for body in [parsed.clone(), sale.clone(), json!({"events": [sale, parsed]}), json!({"type": "chat.message_sent", "data": sale}), json!([parsed, number])] {
                if let Ok(written) = read(form, body, &request()) {
                    let sent = written.events.len();
                    let accepted = written.settle(RECEIVED, |_| RECEIVED, &Retention::default());
                    proptest::prop_assert_eq!(accepted.events.len() + accepted.rejections.len(), sent);
                }
            }
        }
    }
}
