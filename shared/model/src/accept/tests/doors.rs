//! What each door besides an app's reads.

use super::*;
use crate::event::{Engagement, Lifecycle, Measurement, Tokens};

fn one(form: Form, body: Value) -> Event {
    let accepted = accept(form, body);
    assert_eq!(codes(&accepted), []);
    accepted.events.into_iter().next().unwrap()
}

#[test]
fn what_visitors_do_is_read_from_wherever_it_is_said() {
    let body = json!({"event": "page_view", "sessionId": "s", "page": "/pricing", "feature": "plans", "value": 2.5, "userPlan": "pro",
        "properties": {"timeOnPage": 30, "scrollDepth": 75.5, "utm_source": "news", "utm_medium": "mail", "utm_campaign": "spring", "x": 1},
        "metadata": {"deviceType": "desktop", "browser": "Chrome", "os": "macOS"}, "device": {"browser": "Firefox"}});
    let event = one(Form::Engagement, body);
    let Facts::Engagement(facts) = &event.facts else { panic!("{event:?}") };
    let expect = Engagement {
        page: Some("/pricing".into()),
        feature: Some("plans".into()),
        value_milli: Some(2500),
        time_on_page_ms: Some(30_000),
        scroll_depth_millipercent: Some(75_500),
        os: Some("macOS".into()),
        device_type: Some("desktop".into()),
        browser: Some("Firefox".into()),
        utm_source: Some("news".into()),
        utm_medium: Some("mail".into()),
        utm_campaign: Some("spring".into()),
        ..Engagement::default()
    };
    assert_eq!((facts, event.kind.as_str(), event.plan.as_deref()), (&expect, "page_view", Some("pro")));
    assert_eq!(event.properties.as_deref(), Some(r#"{"x":1}"#));
}

#[test]
fn the_headers_of_a_visitor_say_only_what_the_event_does_not() {
    let said = |name: &str| Some(name.to_owned());
    let visitor =
        Visitor { browser: said("Safari"), os: said("iOS"), os_version: said("17.2"), device_type: said("phone"), country: said("DE") };
    let request = Request { visitor: Some(&visitor), ..request() };
    let facts_of = |form, body| {
        let accepted = read(form, body, &request).unwrap().settle(RECEIVED, |_| RECEIVED, &Retention::default());
        let Facts::Engagement(facts) = accepted.events[0].facts.clone() else { panic!() };
        (facts.browser, facts.os, facts.os_version, facts.device_type, facts.country)
    };
    let nothing = json!({"event": "page_view"});
    assert_eq!(facts_of(Form::Engagement, nothing.clone()), (said("Safari"), said("iOS"), said("17.2"), said("phone"), said("DE")));
    assert_eq!(facts_of(Form::Event, nothing), (said("Safari"), said("iOS"), said("17.2"), said("phone"), said("DE")));
    let own = json!({"event": "page_view", "device": {"platform": "web", "country": "US"}, "metadata": {"browser": "Chrome"}});
    assert_eq!(facts_of(Form::Engagement, own), (said("Chrome"), None, None, said("phone"), said("US")));
    // An app's own batch comes from a library, which is nobody's browser.
    assert_eq!(facts_of(Form::AppEvent, json!({"type": "tap"})), (None, None, None, None, None));
}

#[test]
fn a_measurement_is_kept_in_integers() {
    let body = json!({"service": "api", "endpoint": "/items", "method": "GET", "statusCode": 200, "responseTime": 12.5, "requestSize": 10,
        "responseSize": 2000, "system": {"cpu": {"usage": 50.5, "load": 1.25}, "memory": {"used": 1, "total": 3}, "disk": {"percentage": 70}},
        "database": {"queryTime": 3.25, "connectionPool": {"active": 3, "idle": 7}}, "cache": {"hits": 9, "misses": 1, "hitRate": 0.9}});
    let event = one(Form::Performance, body);
    let expect = Measurement {
        service: Some("api".into()),
        endpoint: Some("/items".into()),
        method: Some("GET".into()),
        status_code: Some(200),
        response_time_us: Some(12_500),
        request_bytes: Some(10),
        response_bytes: Some(2000),
        cpu_millipercent: Some(50_500),
        cpu_load_milli: Some(1250),
        memory_used_bytes: Some(1),
        memory_total_bytes: Some(3),
        memory_millipercent: Some(33_333),
        disk_millipercent: Some(70_000),
        query_time_us: Some(3250),
        pool_active: Some(3),
        pool_idle: Some(7),
        pool_total: Some(10),
        cache_hits: Some(9),
        cache_misses: Some(1),
    };
    assert_eq!((event.kind.as_str(), event.facts), ("request", Facts::Performance(expect)));
    assert_eq!(one(Form::Performance, json!({"service": "api", "cache": {"hits": 1}})).kind, "reading");
    let bad = accept(Form::Performance, json!({"statusCode": 42, "responseTime": -1}));
    let found: Vec<_> = codes(&bad).into_iter().map(|(_, pointer, code)| format!("{pointer} {code}")).collect();
    assert_eq!(found, ["/service required", "/statusCode not_a_status", "/responseTime negative"]);
}

#[test]
fn tokens_may_be_a_total_or_told_by_class() {
    let tokens = |members: Value| {
        let mut body = json!({"model": "gpt-4"});
        body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        let Facts::Ai(facts) = one(Form::Usage, body).facts else { panic!() };
        (facts.tokens, facts.tokens_total_only)
    };
    let of = |input, output| Tokens { input, output, ..Tokens::default() };
    assert_eq!(tokens(json!({"tokens": 12})), (of(12, 0), true));
    assert_eq!(tokens(json!({"tokens": {"input": 10, "output": 2}})), (of(10, 2), false));
    assert_eq!(tokens(json!({"tokens": 12, "inputTokens": 10, "outputTokens": 2})), (of(10, 2), false));
    assert_eq!(tokens(json!({})), (of(0, 0), false));
}

#[test]
fn an_ai_usage_has_credits_a_status_in_any_words_and_no_prompt() {
    let body = json!({"userId": "u", "service": "chat", "model": "gpt-4", "tokens": 5, "credits": 1.5, "responseTimeMs": 12.4,
        "responseSizeBytes": 9, "status": 503, "prompt": "Grüß dich", "response": [{"text": "hallo"}], "metadata": {"x": 1}});
    let event = one(Form::Usage, body);
    let Facts::Ai(facts) = &event.facts else { panic!("{event:?}") };
    assert_eq!((facts.credits_micros, facts.latency_ms, facts.response_bytes), (Some(1_500_000), Some(12), Some(9)));
    assert_eq!((facts.status.as_deref(), facts.prompt_chars, facts.response_chars), (Some("failed"), Some(9), Some(5)));
    assert_eq!(event.properties.as_deref(), Some(r#"{"x":1}"#));
}

#[test]
fn services_tell_of_accounts_chats_and_payments() {
    let data = |kind: &str, data: Value| one(Form::Service, json!({"type": kind, "data": data}));
    let change = data("user.plan_downgrade", json!({"userId": "u", "fromPlan": "pro", "toPlan": "free"}));
    assert_eq!((change.plan.as_deref(), change.user.unwrap().as_str()), (Some("free"), "u"));
    let chat = data("chat.conversation_created", json!({"userId": "u", "conversationId": "c", "title": "Dams"}));
    let named = Lifecycle { name: Some("Dams".into()), subject: Some("c".into()), ..Lifecycle::default() };
    assert_eq!(chat.facts, Facts::Lifecycle(named));
    let sent =
        data("chat.message_sent", json!({"conversationId": "c", "provider": "openai", "model": "gpt-4", "tokens": 7, "requestId": "r"}));
    let Facts::Ai(facts) = &sent.facts else { panic!("{sent:?}") };
    assert_eq!((sent.id.as_str(), facts.conversation.as_deref(), facts.tokens.input), ("r:r", Some("c"), 7));
    let failed = data("billing.payment_failed", json!({"userId": "u", "reason": "card_declined"}));
    let Facts::Sales(facts) = &failed.facts else { panic!("{failed:?}") };
    assert_eq!((facts.status.as_deref(), facts.reason.as_deref()), (Some("failed"), Some("card_declined")));
    let subscribed = json!({"userId": "u", "planId": "pro", "stripeSubscriptionId": "sub_1", "amount": 12, "interval": "year"});
    let subscribed = data("billing.subscription_created", subscribed);
    let Facts::Sales(facts) = &subscribed.facts else { panic!("{subscribed:?}") };
    assert_eq!((facts.subscription.as_deref(), facts.subscription_interval.as_deref()), (Some("sub_1"), Some("year")));
    assert!(matches!(data("invoice.sent", json!({})).facts, Facts::Lifecycle(_)));
}

#[test]
fn what_every_write_may_say_stands_in_the_data_or_around_it() {
    let body = json!({"type": "user.signin", "eventId": "e1", "projectId": "shop", "timestamp": "2024-01-03T11:00:00Z", "kept": 1,
        "data": {"userId": "u", "timestamp": "2024-01-03T11:30:00Z", "x": 2}});
    let event = one(Form::Platform, body);
    assert_eq!((event.id.as_str(), event.project.as_str(), event.time), ("e:u:e1", "shop", RECEIVED.plus_millis(-1_802_000)));
    assert_eq!(event.properties.as_deref(), Some(r#"{"kept":1,"timestamp":"2024-01-03T11:00:00Z","x":2}"#));
    let bad = accept(Form::Platform, json!({"data": {"userId": 1.5, "timestamp": "?"}, "projectId": "a/b"}));
    let found: Vec<_> = codes(&bad).into_iter().map(|(_, pointer, code)| format!("{pointer} {code}")).collect();
    assert_eq!(found, ["/data/userId not_text", "/projectId bad_id", "/data/timestamp bad_time", "/type required"]);
}

#[test]
fn the_general_door_tells_events_apart_by_their_type() {
    let body = json!([{"type": "user.signup", "data": {"userId": "u"}}, {"event": "project.created", "metadata": {"name": "Shop"}},
        {"type": "page_view", "properties": {"page": "Home"}, "data": {"kept": 1}}]);
    let accepted = accept(Form::Event, body);
    let families: Vec<_> = accepted.events.iter().map(|event| event.family().name()).collect();
    assert_eq!(families, ["lifecycle", "lifecycle", "engagement"]);
    let Facts::Lifecycle(project) = &accepted.events[1].facts else { panic!() };
    assert_eq!(project.name.as_deref(), Some("Shop"));
    assert_eq!(accepted.events[2].properties.as_deref(), Some(r#"{"data":{"kept":1}}"#));
}

#[test]
fn one_payment_is_one_by_whichever_door_it_comes() {
    let sale = json!({"transactionId": "t", "type": "subscription", "amount": 5, "status": "paid"});
    let payment = json!({"type": "billing.payment_success", "data": {"transactionId": "t", "amount": 5}});
    assert_eq!(one(Form::Sale, sale).id, one(Form::Service, payment).id);
    let failed = json!({"type": "billing.payment_failed", "data": {"transactionId": "t"}});
    assert_eq!(one(Form::Service, failed).id.as_str(), "t:t:failed");
}

fn tracked() -> Event {
    let body = json!({"requestId": "r1", "model": "gpt-4", "prompt": "What is a weir?", "feature": "chat", "complexity": "low", "language": "en",
        "userPlan": "pro", "userId": "u", "metadata": {"x": 1}});
    one(Form::Track, body)
}

fn update(body: Value) -> Result<Addressed, Rejection> {
    updates(body, "r1", &request()).unwrap().into_iter().next().unwrap()
}

#[test]
fn a_request_is_what_both_of_its_writes_say_at_the_time_it_began() {
    let body = json!({"status": "completed", "response": "A low dam.", "tokens": {"input": 10, "output": 5}, "cost": 0.001, "provider": "openai", "y": 2});
    let ended = RECEIVED.plus_millis(1500);
    let Addressed { request_id, update, .. } = update(body).unwrap();
    let event = update.complete(tracked(), ended);
    assert_eq!((request_id.as_str(), event.id.as_str(), event.time, event.received), ("r1", "r:r1", RECEIVED, ended));
    let Facts::Ai(facts) = &event.facts else { panic!("{event:?}") };
    let expect = AiUse {
        provider: Some("openai".into()),
        model: Some("gpt-4".into()),
        feature: Some("chat".into()),
        complexity: Some("low".into()),
        language: Some("en".into()),
        status: Some("completed".into()),
        tokens: Tokens { input: 10, output: 5, ..Tokens::default() },
        given_cost_pico: Some(1_000_000_000),
        latency_ms: Some(1500),
        prompt_chars: Some(15),
        response_chars: Some(10),
        ..AiUse::default()
    };
    assert_eq!((facts, event.properties.as_deref()), (&expect, Some(r#"{"x":1,"y":2}"#)));
}

#[test]
fn updates_are_the_same_if_they_say_the_same() {
    let print = |body| update(body).unwrap().update.fingerprint();
    let said = json!({"status": "completed", "tokens": {"output": 5, "input": 10}, "response": "abc"});
    assert_eq!(print(said.clone()), print(json!({"status": "success", "inputTokens": 10, "outputTokens": 5, "response": "abd"})));
    assert_ne!(print(said), print(json!({"status": "completed", "tokens": {"input": 10, "output": 6}, "response": "abc"})));
    assert_ne!(print(json!({"status": "failed"})), print(json!({"status": "failed", "note": 1})));
}

#[test]
fn every_fault_of_an_update_is_told() {
    let rejected = update(json!({"tokens": {"input": -1}, "cost": -1, "projectId": "a/b", "requestId": "r2"})).unwrap_err();
    let found: Vec<_> = rejected.faults.iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect();
    assert_eq!(found, ["/requestId other_request", "/projectId bad_id", "/tokens/input not_a_count", "/status required", "/cost negative"]);
    assert_eq!(updates(json!([]), "r1", &request()).unwrap_err(), updates(json!([]), "r2", &request()).unwrap_err());
    let many = updates(json!([{"status": "failed"}, {"status": "failed", "requestId": "r2"}, 1]), "r1", &request()).unwrap();
    let ids: Vec<_> =
        many.iter().map(|each| each.as_ref().map(|told| told.request_id.as_str()).map_err(|bad| bad.faults[0].pointer.as_str())).collect();
    assert_eq!(ids, [Ok("r1"), Ok("r2"), Err("/2")]);
}

#[test]
fn a_long_prompt_is_measured_and_not_too_large() {
    let event = one(Form::Track, json!({"requestId": "r", "model": "m", "prompt": "x".repeat(200_000)}));
    let Facts::Ai(facts) = &event.facts else { panic!("{event:?}") };
    assert_eq!((facts.prompt_chars, event.properties), (Some(200_000), None));
}
