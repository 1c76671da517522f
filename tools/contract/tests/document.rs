//! The document says of every operation what a reader must know, and the files made from it are current.
#![expect(clippy::unwrap_used, reason = "what a test cannot unwrap fails it")]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn document() -> Value {
    serde_json::to_value(contract::document().unwrap()).unwrap()
}

/// Every operation, by what it is called: `GET /health`.
fn operations(document: &Value) -> BTreeMap<String, Value> {
    let items = document["paths"].as_object().unwrap();
    let of_item = |(path, item): (&String, &Value)| {
        let methods = item.as_object().unwrap().clone();
        let path = path.clone();
        methods.into_iter().map(move |(method, operation)| (format!("{} {path}", method.to_uppercase()), operation))
    };
    items.iter().flat_map(of_item).collect()
}

#[test]
fn the_files_are_current() {
    for page in contract::pages().unwrap() {
        let written = std::fs::read_to_string(page.place()).unwrap_or_default();
        assert!(written == page.text, "docs/{} is not current: cargo run -p contract writes it", page.name);
    }
}

#[test]
fn every_operation_says_what_it_is_and_what_it_answers() {
    let document = document();
    let tags: BTreeSet<&str> = document["tags"].as_array().unwrap().iter().filter_map(|tag| tag["name"].as_str()).collect();
    let mut ids = BTreeSet::new();
    for (name, operation) in operations(&document) {
        assert!(operation["summary"].is_string(), "{name} has no summary");
        assert!(ids.insert(operation["operationId"].to_string()), "{name} has another's id");
        let own: Vec<&str> = operation["tags"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert!(own.len() == 1 && tags.contains(own[0]), "{name} is tagged {own:?}; there are {tags:?}");
        let statuses: Vec<&String> = operation["responses"].as_object().unwrap().keys().collect();
        assert!(statuses.iter().any(|status| status.starts_with('2')), "{name} never succeeds: {statuses:?}");
    }
}

#[test]
fn only_what_is_listed_as_public_needs_no_credential() {
    let open: BTreeSet<String> = operations(&document())
        .into_iter()
        .filter(|(_, operation)| {
            let needed = operation["security"].as_array().unwrap();
            needed.is_empty() || needed.iter().any(|one| one.as_object().unwrap().is_empty())
        })
        .map(|(name, _)| name)
        .collect();
    assert_eq!(open, contract::PUBLIC.iter().map(|path| format!("GET {path}")).collect());
}

#[test]
fn what_needs_a_credential_may_refuse_it() {
    for (name, operation) in operations(&document()) {
        if operation["security"].as_array().unwrap().is_empty() {
            continue;
        }
        for status in ["401", "429", "503"] {
            assert!(operation["responses"][status].is_object(), "{name} does not document {status}");
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(place)) = members.get("$ref") {
                    found.insert(place.trim_start_matches("#/components/schemas/").to_owned());
                }
                members.values().for_each(|member| references(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let document = document();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    let there: BTreeSet<String> = document["components"]["schemas"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(found.difference(&there).collect::<Vec<_>>(), Vec::<&String>::new(), "are referred to and not there");
}

#[test]
fn every_parameter_of_a_path_is_described() {
    for (name, operation) in operations(&document()) {
        for word in name.split('/').filter_map(|segment| segment.strip_prefix('{')) {
            let parameter = word.trim_end_matches('}');
            let described = operation["parameters"].as_array().is_some_and(|all| all.iter().any(|one| one["name"] == parameter));
            assert!(described, "{name} does not describe {parameter}");
        }
    }
}

/// utoipa keeps one of two schemas of the same name within a router, and tells nobody: so it is looked for in the sources.
#[test]
fn no_two_types_of_the_document_go_by_one_name() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for folder in ["functions/ingest/src", "functions/query/src", "shared"] {
        for file in sources(&root.join(folder)) {
            for name in schemas_of(&std::fs::read_to_string(&file).unwrap()) {
                places.entry(name).or_default().push(file.display().to_string());
            }
        }
    }
    assert!(places.len() > 10, "no schemas were found");
    places.retain(|_, files| files.len() > 1);
    assert!(places.is_empty(), "name these otherwise, or give them #[schema(as = …)]: {places:#?}");
}

#[test]
fn names_of_schemas_are_found_in_sources() {
    let source = "#[derive(Serialize, ToSchema)]\n#[schema(as = Told)]\nstruct A {}\n#[derive(ToSchema)]\npub(crate) enum B {}\n\
                  #[derive(Clone)]\nstruct C;\nimpl ToSchema for D {}\n";
    assert_eq!(schemas_of(source), ["Told", "B", "D"]);
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// The names under which the types of a source file are schemas.
fn schemas_of(source: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut pending: Option<Option<String>> = None;
    let identifier = |text: &str| text.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect::<String>();
    for line in source.lines().map(str::trim) {
        if let Some(kind) = line.strip_prefix("impl ToSchema for ") {
            names.push(identifier(kind));
        } else if line.starts_with("#[derive(") && line.contains("ToSchema") {
            pending = Some(None);
        } else if let Some(named) = &mut pending {
            if let Some((_, name)) = line.split_once("#[schema(as = ") {
                *named = Some(identifier(name));
            }
            let words: Vec<&str> = line.split_whitespace().collect();
            let at = words.iter().position(|word| *word == "struct" || *word == "enum");
            if let Some(name) = at.filter(|_| !line.starts_with('#') && !line.starts_with("//")).and_then(|at| words.get(at + 1)) {
                names.push(named.take().unwrap_or_else(|| identifier(name)));
                pending = None;
            }
        }
    }
    names
}
