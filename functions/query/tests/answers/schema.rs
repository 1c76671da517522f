//! Whether an answer is what the API's document says it is.
//!
//! Knows the words of JSON Schema that the document uses, and fails on any other; an object has no members but those that are named.

use crate::world::Answer;
use serde_json::{Map, Value};
use std::sync::LazyLock;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::to_value(query::openapi()).unwrap());
/// Words that say nothing of what is valid here; a pattern's is not looked at.
const ANNOTATIONS: [&str; 8] = ["description", "example", "examples", "title", "default", "format", "deprecated", "pattern"];

/// That an answer to `GET` has a status that its operation documents, and a body as it says. What is no operation of the document is not
/// looked at.
pub fn check(path: &str, answer: &Answer) {
    let path = path.split('?').next().unwrap_or_default();
    let Some((template, operation)) = operation(path) else { return };
    let status = answer.status.as_u16().to_string();
    let response = &operation["responses"][&status];
    assert!(response.is_object(), "{template} does not say that it may answer {status}: {}", answer.text);
    let kind = answer.header("content-type").split(';').next().unwrap_or_default();
    let Some(content) = response["content"].as_object() else {
        return assert_eq!(answer.text, "", "{template} says that {status} has no body");
    };
    let media = content.get(kind).unwrap_or_else(|| panic!("{template} does not say that {status} may be {kind:?}"));
    if media["schema"].is_object() && kind.ends_with("json") {
        let faults = faults(&media["schema"], &answer.json(), "");
        assert!(faults.is_empty(), "{template} {status} is not as documented: {faults:#?}\n{}", answer.text);
    }
}

/// The operation that a path belongs to: the one with the fewest parameters.
fn operation(path: &str) -> Option<(&'static str, &'static Value)> {
    let paths = DOCUMENT["paths"].as_object()?;
    let fitting = paths.iter().filter(|(template, item)| item["get"].is_object() && fits(template, path));
    fitting.min_by_key(|(template, _)| template.matches('{').count()).map(|(template, item)| (template.as_str(), &item["get"]))
}

fn fits(template: &str, path: &str) -> bool {
    let (mut parts, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (parts.next(), given.next()) {
            (None, None) => return true,
            (Some(part), Some(value)) if part.starts_with("{*") => return !value.is_empty(),
            (Some(part), Some(value)) if part == value || (part.starts_with('{') && !value.is_empty()) => {}
            _ => return false,
        }
    }
}

/// Where a value is not as a schema says.
fn faults(schema: &Value, value: &Value, place: &str) -> Vec<String> {
    let Some(words) = schema.as_object() else { return vec![format!("{place}: {schema} is no schema")] };
    let fault = |is_so: bool, what: &str| if is_so { Vec::new() } else { vec![format!("{place}: {value} is not {what}")] };
    let number = |word: &Value, fits: fn(f64, f64) -> bool| value.as_f64().is_none_or(|value| fits(value, word.as_f64().unwrap()));
    let fitting = |all: &Value| all.as_array().unwrap().iter().filter(|one| faults(one, value, place).is_empty()).count();
    let of_word = |(word, said): (&String, &Value)| match word.as_str() {
        "$ref" => {
            let name = said.as_str().unwrap().trim_start_matches("#/components/schemas/");
            faults(&DOCUMENT["components"]["schemas"][name], value, place)
        }
        "type" => fault(has_type(said, value), &said.to_string()),
        "enum" => fault(said.as_array().unwrap().contains(value), &said.to_string()),
        "minimum" => fault(number(said, |value, least| value >= least), &format!("at least {said}")),
        "maximum" => fault(number(said, |value, most| value <= most), &format!("at most {said}")),
        "minLength" | "minItems" => {
            fault(length(value).is_none_or(|length| length >= said.as_u64().unwrap()), &format!("as long as {said}"))
        }
        "maxLength" | "maxItems" => {
            fault(length(value).is_none_or(|length| length <= said.as_u64().unwrap()), &format!("as short as {said}"))
        }
        "allOf" => all_of(said.as_array().unwrap(), value, place),
        "oneOf" => fault(fitting(said) == 1, "one of what it may be"),
        "anyOf" => fault(fitting(said) > 0, "any of what it may be"),
        "items" => items(said, value, place),
        "required" => {
            let missing = said.as_array().unwrap().iter().filter(|name| value.is_object() && value.get(name.as_str().unwrap()).is_none());
            missing.map(|name| format!("{place} has no {name}")).collect()
        }
        "properties" => properties(said, words, value, place),
        "additionalProperties" if !words.contains_key("properties") => {
            let members = value.as_object().into_iter().flatten();
            members.filter(|_| said.is_object()).flat_map(|(name, value)| faults(said, value, &format!("{place}/{name}"))).collect()
        }
        "additionalProperties" | "propertyNames" => Vec::new(),
        word if ANNOTATIONS.contains(&word) => Vec::new(),
        _ => vec![format!("{place}: the test does not know the word {word}")],
    };
    words.iter().flat_map(of_word).collect()
}

/// What is wrong by any of the parts of a whole: a member is documented where one of them has it.
fn all_of(parts: &[Value], value: &Value, place: &str) -> Vec<String> {
    let named: Vec<String> = parts.iter().flat_map(members).map(|name| undocumented(place, &name)).collect();
    parts.iter().flat_map(|part| faults(part, value, place)).filter(|fault| !named.contains(fault)).collect()
}

/// The members that a schema names, itself or by its parts.
fn members(schema: &Value) -> Vec<String> {
    if let Some(name) = schema["$ref"].as_str() {
        return members(&DOCUMENT["components"]["schemas"][name.trim_start_matches("#/components/schemas/")]);
    }
    let own = schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone());
    own.chain(schema["allOf"].as_array().into_iter().flatten().flat_map(members)).collect()
}

fn undocumented(place: &str, name: &str) -> String {
    format!("{place} has a member {name} that is not documented")
}

fn items(schema: &Value, value: &Value, place: &str) -> Vec<String> {
    let items = value.as_array().into_iter().flatten().enumerate();
    items.flat_map(|(at, item)| faults(schema, item, &format!("{place}/{at}"))).collect()
}

/// Members that are named are as their schemas say, and there are no others unless the object says so.
fn properties(said: &Value, words: &Map<String, Value>, value: &Value, place: &str) -> Vec<String> {
    let members = value.as_object().into_iter().flatten();
    let of_member = |(name, value): (&String, &Value)| match (said.get(name), words.get("additionalProperties")) {
        (Some(schema), _) => faults(schema, value, &format!("{place}/{name}")),
        (None, Some(Value::Bool(true))) => Vec::new(),
        (None, Some(schema)) if schema.is_object() => faults(schema, value, &format!("{place}/{name}")),
        (None, _) => vec![undocumented(place, name)],
    };
    members.flat_map(of_member).collect()
}

/// How many characters or items there are.
fn length(value: &Value) -> Option<u64> {
    let length = value.as_str().map(|text| text.chars().count()).or_else(|| value.as_array().map(Vec::len))?;
    u64::try_from(length).ok()
}

fn has_type(said: &Value, value: &Value) -> bool {
    let is = |name: &str| match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    };
    said.as_str().is_some_and(is) || said.as_array().into_iter().flatten().any(|name| name.as_str().is_some_and(is))
}

#[test]
fn a_path_fits_its_template_and_no_other() {
    let check = |template, path, expect| assert_eq!(fits(template, path), expect, "{template} {path}");
    check("/usage/user/{*userId}", "/usage/user/a/b", true);
    check("/usage/user/{*userId}", "/usage/user/", false);
    check("/a/{id}", "/a/b", true);
    check("/a/{id}", "/a/b/c", false);
    check("/a/{id}", "/a", false);
    check("/a/b", "/a/c", false);
}

#[test]
fn what_is_not_as_documented_is_told() {
    let schema = serde_json::json!({
        "type": "object", "required": ["a"],
        "properties": {"a": {"type": ["number", "null"], "minimum": 1}, "b": {"type": "array", "items": {"enum": ["x"]}}},
    });
    let count = |value: Value| faults(&schema, &value, "").len();
    assert_eq!(count(serde_json::json!({"a": null, "b": ["x"]})), 0);
    assert_eq!(count(serde_json::json!({"a": 0, "b": ["y", "x"], "c": 1})), 3);
    assert_eq!(count(serde_json::json!({"b": "x"})), 2, "a is missing, and b is no array");
}
