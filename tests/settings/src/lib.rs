//! The page of all settings (`docs/settings.md`), made from the rows that the functions read them by. A test keeps it current; `cargo run
//! -p settings` writes it.

use setup::{Presence, Setting};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

/// Each function and the settings it reads.
pub const FUNCTIONS: [(&str, &[Setting]); 5] = [
    ("ingest", ingest::config::SETTINGS),
    ("store", store::config::SETTINGS),
    ("aggregate", aggregate::config::SETTINGS),
    ("report", report::config::SETTINGS),
    ("query", query::config::SETTINGS),
];

const INTRODUCTION: &str = "\
# Settings

Each function reads these from its environment when it starts; `template.yaml` sets them. An empty value is no value. A setting that is
missing or wrong ends the start with a sentence that names it, all of them at once, and no value is ever shown.

| setting | functions | what it is | default | may be |
| --- | --- | --- | --- | --- |
";

const FOOTNOTE: &str = "
This page is generated: `cargo run -p settings` writes it.
";

/// Where the page is.
#[must_use]
pub fn place() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/settings.md"))
}

/// The settings by name, each with the functions that read it.
#[must_use]
pub fn by_name() -> BTreeMap<&'static str, Vec<(&'static str, Setting)>> {
    let mut by_name: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (function, setting) in FUNCTIONS.iter().flat_map(|(function, settings)| settings.iter().map(move |setting| (function, setting))) {
        by_name.entry(setting.name).or_default().push((*function, *setting));
    }
    by_name
}

/// The page.
#[must_use]
pub fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    for (name, readers) in by_name() {
        let Some((_, setting)) = readers.first() else { continue };
        let functions = readers.iter().map(|(function, _)| *function).collect::<Vec<_>>().join(", ");
        let default = match setting.presence {
            Presence::Required => "none: required".to_owned(),
            Presence::RequiredUnless(other) => format!("none: required unless `{other}` is set"),
            Presence::Optional => "none".to_owned(),
            Presence::Default(default) => format!("`{default}`"),
        };
        // Writing into a String does not fail.
        let _ = writeln!(page, "| `{name}` | {functions} | {} | {default} | {} |", setting.what, setting.kind.bounds());
    }
    page + FOOTNOTE
}
