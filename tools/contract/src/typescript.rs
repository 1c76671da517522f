//! TypeScript definitions of what is sent and answered.

use crate::json_schema::operations;
use serde_json::{Map, Value};
use std::fmt::Write;

const INTRODUCTION: &str = "\
// What Weir's API takes and answers. Generated from its document: `cargo run -p contract` writes it.

";

/// A type for each schema, and of each operation what it takes and answers.
pub(crate) fn definitions(document: &Value) -> String {
    let mut page = INTRODUCTION.to_owned();
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        page.push_str(&comment(schema, ""));
        let kind = kind(schema, "");
        let is_interface = kind.starts_with('{') && kind.ends_with('}') && schema["properties"].is_object();
        // Writing into a String does not fail.
        let _ = if is_interface {
            write!(page, "export interface {} {kind}\n\n", identifier(name))
        } else {
            write!(page, "export type {} = {kind};\n\n", identifier(name))
        };
    }
    page.push_str("/** What each operation takes and answers. */\nexport interface Operations {\n");
    for (path, method, operation) in operations(document) {
        page.push_str(&comment(&Value::from_iter([("description", operation["summary"].clone())]), "  "));
        let _ = writeln!(page, "  \"{} {path}\": {{", method.to_uppercase());
        for place in ["path", "query"] {
            if let Some(parameters) = parameters(operation, place) {
                let _ = writeln!(page, "    {place}: {parameters};");
            }
        }
        let body = &operation["requestBody"]["content"]["application/json"]["schema"];
        if !body.is_null() {
            let _ = writeln!(page, "    body: {};", kind(body, "    "));
        }
        let _ = writeln!(page, "    answer: {};\n  }};", answer(operation));
    }
    page + "}\n"
}

/// The parameters of an operation that stand in one place, as an object.
fn parameters(operation: &Value, place: &str) -> Option<String> {
    let all = operation["parameters"].as_array()?.iter().filter(|parameter| parameter["in"] == place);
    let members: Vec<String> = all
        .map(|parameter| {
            let name = parameter["name"].as_str().unwrap_or_default();
            let mark = if parameter["required"] == true { "" } else { "?" };
            format!("{}{mark}: {}", member_name(name), kind(&parameter["schema"], "    "))
        })
        .collect();
    (!members.is_empty()).then(|| format!("{{ {} }}", members.join("; ")))
}

/// What an operation answers when it does what was asked.
fn answer(operation: &Value) -> String {
    let successes = operation["responses"].as_object().into_iter().flatten().filter(|(status, _)| status.starts_with('2'));
    let mut kinds: Vec<String> = successes
        .map(|(_, response)| match response["content"].as_object().and_then(|contents| contents.iter().next()) {
            Some((media, content)) if media.ends_with("json") => kind(&content["schema"], "    "),
            Some(_) => "string".to_owned(),
            None => "void".to_owned(),
        })
        .collect();
    kinds.dedup();
    kinds.join(" | ")
}

/// A schema as a type. Lines after the first begin with `indent`.
fn kind(schema: &Value, indent: &str) -> String {
    let Some(members) = schema.as_object() else { return "unknown".to_owned() };
    if let Some(place) = members.get("$ref").and_then(Value::as_str) {
        return identifier(place.rsplit('/').next().unwrap_or_default());
    }
    if let Some(value) = members.get("const") {
        return value.to_string();
    }
    if let Some(Value::Array(values)) = members.get("enum") {
        return values.iter().map(Value::to_string).collect::<Vec<_>>().join(" | ");
    }
    for (word, sign) in [("oneOf", " | "), ("anyOf", " | "), ("allOf", " & ")] {
        if let Some(Value::Array(parts)) = members.get(word) {
            let mut kinds: Vec<String> = parts.iter().map(|part| grouped(kind(part, indent), sign)).collect();
            if members.contains_key("properties") {
                kinds.push(object(members, indent));
            }
            kinds.dedup();
            return kinds.join(sign);
        }
    }
    match members.get("type") {
        Some(Value::Array(types)) => {
            let one = |name: &Value| simple(name.as_str().unwrap_or_default(), members, indent);
            types.iter().map(one).collect::<Vec<_>>().join(" | ")
        }
        Some(Value::String(name)) => simple(name, members, indent),
        _ if members.contains_key("properties") => object(members, indent),
        _ => "unknown".to_owned(),
    }
}

fn simple(name: &str, members: &Map<String, Value>, indent: &str) -> String {
    match name {
        "string" | "boolean" | "null" => name.to_owned(),
        "number" | "integer" => "number".to_owned(),
        "array" => format!("{}[]", grouped(kind(members.get("items").unwrap_or(&Value::Null), indent), "[]")),
        "object" => object(members, indent),
        _ => "unknown".to_owned(),
    }
}

fn object(members: &Map<String, Value>, indent: &str) -> String {
    let record =
        members.get("additionalProperties").filter(|more| more.is_object()).map(|more| format!("Record<string, {}>", kind(more, indent)));
    let Some(Value::Object(properties)) = members.get("properties") else {
        return record.unwrap_or_else(|| "Record<string, unknown>".to_owned());
    };
    let required = members.get("required").and_then(Value::as_array);
    let inner = format!("{indent}  ");
    let mut text = "{\n".to_owned();
    for (name, schema) in properties {
        text.push_str(&comment(schema, &inner));
        let mark = if required.is_some_and(|required| required.iter().any(|one| one == name)) { "" } else { "?" };
        // Writing into a String does not fail.
        let _ = writeln!(text, "{inner}{}{mark}: {};", member_name(name), kind(schema, &inner));
    }
    let _ = write!(text, "{indent}}}");
    match record {
        Some(record) => format!("{text} & {record}"),
        None => text,
    }
}

/// A description as a comment of its own, nothing where there is none.
fn comment(schema: &Value, indent: &str) -> String {
    let Some(text) = schema["description"].as_str() else { return String::new() };
    let text = text.trim().replace("*/", "*\u{200b}/");
    if text.contains('\n') {
        let lines: Vec<String> = text.lines().map(|line| format!("{indent} * {line}").trim_end().to_owned()).collect();
        return format!("{indent}/**\n{}\n{indent} */\n", lines.join("\n"));
    }
    format!("{indent}/** {text} */\n")
}

/// A union within something that binds more closely.
fn grouped(kind: String, sign: &str) -> String {
    if sign != " | " && kind.contains(" | ") && !kind.starts_with('{') { format!("({kind})") } else { kind }
}

fn member_name(name: &str) -> String {
    if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') { name.to_owned() } else { format!("{name:?}") }
}

fn identifier(name: &str) -> String {
    name.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn schemas_become_types() {
        let check = |schema: Value, expect: &str| assert_eq!(kind(&schema, ""), expect);
        check(json!({"type": ["number", "null"]}), "number | null");
        check(json!({"type": "array", "items": {"type": ["string", "null"]}}), "(string | null)[]");
        check(json!({"type": "string", "enum": ["a", "b"]}), "\"a\" | \"b\"");
        check(json!({"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/A.B"}]}), "null | A_B");
        check(json!({"type": "object", "additionalProperties": {"type": "integer"}}), "Record<string, number>");
        let of_two =
            json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "string", "description": "Told."}, "b-c": {}}});
        check(of_two, "{\n  /** Told. */\n  a: string;\n  \"b-c\"?: unknown;\n}");
        check(json!({"allOf": [{"$ref": "#/x/A"}, {"type": ["string", "null"]}]}), "A & (string | null)");
    }
}
