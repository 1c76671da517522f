//! The API's document against what is read: every member that it names is read, and every one that is read is named.

use model::accept::{Form, Update};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

fn document() -> Value {
    serde_json::to_value(crate::openapi()).unwrap()
}

/// The schema of an operation's body; of one body where an array of them is taken too.
fn body_schema<'a>(document: &'a Value, method: &str, path: &str) -> &'a Value {
    let content = &document["paths"][path][method]["requestBody"]["content"]["application/json"];
    let schema = resolved(document, &content["schema"]);
    schema.get("oneOf").map_or(schema, |either| resolved(document, &either[0]))
}

fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let Some(reference) = schema.get("$ref") else { return schema };
    let target = document.pointer(reference.as_str().unwrap().trim_start_matches('#'));
    resolved(document, target.unwrap_or_else(|| panic!("{reference} leads nowhere")))
}

/// The members that a schema names, as JSON pointers; the first item of an array stands for all.
fn named(document: &Value, schema: &Value, place: &str, into: &mut BTreeSet<String>) {
    let schema = resolved(document, schema);
    for part in ["allOf", "oneOf", "anyOf"].iter().filter_map(|key| schema.get(key)?.as_array()).flatten() {
        named(document, part, place, into);
    }
    for (name, member) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let member_place = format!("{place}/{name}");
        named(document, member, &member_place, into);
        into.insert(member_place);
    }
    if let Some(items) = schema.get("items") {
        named(document, items, &format!("{place}/0"), into);
    }
}

fn like(kind: &[(&str, &str)]) -> Map<String, Value> {
    kind.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect()
}

/// Holds the document of an operation against what its form reads.
fn check(method: &str, path: &str, form: Form) {
    check_read(method, path, &form.members(like(&[])));
}

/// What a form reads of an event of a service, of whatever type, besides what it reads of any other.
fn with_services(form: Form) -> BTreeSet<String> {
    let of = |kind: &str| {
        let data = json!({"type": kind, "data": {}});
        form.members(data.as_object().unwrap().clone())
    };
    let kinds = ["user.signup", "chat.message_sent", "billing.payment_success", "billing.subscription_created"];
    kinds.into_iter().flat_map(of).chain(form.members(like(&[]))).chain(["/data".to_owned()]).collect()
}

/// Holds the document of an operation against what is read of its body.
fn check_read(method: &str, path: &str, read: &BTreeSet<String>) {
    let document = document();
    let mut documented = BTreeSet::new();
    named(&document, body_schema(&document, method, path), "", &mut documented);
    // These are kept as they are, with everything unknown.
    let is_kept = |pointer: &&String| pointer.ends_with("/metadata") || pointer.ends_with("/properties");
    let unread: Vec<_> = documented.difference(read).filter(|pointer| !is_kept(pointer)).collect();
    let untold: Vec<_> = read.difference(&documented).collect();
    assert!(unread.is_empty() && untold.is_empty(), "{path}: documented and not read {unread:?}, read and not documented {untold:?}");
}

#[test]
fn what_is_documented_of_a_body_is_what_is_read_of_it() {
    check("post", "/api/events", Form::AppBatch);
    check("post", "/api/events/single", Form::AppEvent);
    check_read("post", "/api/v1/analytics/events", &with_services(Form::Event));
    check_read("post", "/events", &with_services(Form::Platform));
    check("post", "/api/ai-tracking/track", Form::Track);
    check_read("put", "/api/ai-tracking/update/{requestId}", &Update::members());
    check("post", "/api/analytics/usage", Form::Usage);
    check("post", "/api/analytics/engagement/track", Form::Engagement);
    check("post", "/api/performance/track", Form::Performance);
    check("post", "/usage/api", Form::Usage);
    check("post", "/api/analytics/sales/track", Form::Sale);
}

#[test]
fn every_write_has_an_example_and_all_its_statuses() {
    let document = document();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap().iter().filter(|(method, _)| *method != "get") {
            assert!(operation["requestBody"]["content"]["application/json"]["example"].is_object(), "{method} {path} has no example");
            let statuses: BTreeSet<&str> = operation["responses"].as_object().unwrap().keys().map(String::as_str).collect();
            for status in ["400", "401", "403", "413", "415", "422", "429", "503"] {
                assert!(statuses.contains(status), "{method} {path} does not tell of {status}");
            }
        }
    }
}
