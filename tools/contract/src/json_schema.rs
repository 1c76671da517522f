//! The JSON Schema of everything that is sent, from the bodies of the operations that take events.

use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// What the operations are tagged with that take events.
const WRITES: &str = "writes";

/// One schema (draft 2020-12, which OpenAPI 3.1 writes its schemas in): any of the bodies, each under the operation that takes it.
pub(crate) fn of_bodies(document: &Value) -> Value {
    let mut names = BTreeSet::new();
    let mut forms = Vec::new();
    for (path, method, operation) in operations(document) {
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        if operation["tags"][0] == WRITES && !schema.is_null() {
            named(document, schema, &mut names);
            let mut form = schema.clone();
            point_to_definitions(&mut form);
            forms.push(json!({"title": format!("{} {path}", method.to_uppercase()), "allOf": [form]}));
        }
    }
    let definitions = names.into_iter().map(|name| {
        let mut schema = document["components"]["schemas"][&name].clone();
        point_to_definitions(&mut schema);
        (name, schema)
    });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What can be sent to Weir",
        "description": "Generated from the API's document: `cargo run -p contract` writes it. Members that are not named here are kept \
                        among an event's properties.",
        "anyOf": forms,
        "$defs": definitions.collect::<Map<String, Value>>(),
    })
}

/// Every operation with its path and method.
pub(crate) fn operations(document: &Value) -> impl Iterator<Item = (&String, &String, &Value)> {
    let items = document["paths"].as_object().into_iter().flatten();
    items.flat_map(|(path, item)| item.as_object().into_iter().flatten().map(move |(method, operation)| (path, method, operation)))
}

/// The names of all schemas that one refers to, directly or not.
fn named(document: &Value, schema: &Value, names: &mut BTreeSet<String>) {
    match schema {
        Value::Object(members) => {
            let name = members.get("$ref").and_then(Value::as_str).and_then(|place| place.strip_prefix("#/components/schemas/"));
            if let Some(name) = name.filter(|name| names.insert((*name).to_owned())) {
                named(document, &document["components"]["schemas"][name], names);
            }
            members.values().for_each(|member| named(document, member, names));
        }
        Value::Array(items) => items.iter().for_each(|item| named(document, item, names)),
        _ => {}
    }
}

fn point_to_definitions(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::String(place)) = members.get_mut("$ref") {
                *place = place.replace("#/components/schemas/", "#/$defs/");
            }
            members.values_mut().for_each(point_to_definitions);
        }
        Value::Array(items) => items.iter_mut().for_each(point_to_definitions),
        _ => {}
    }
}
