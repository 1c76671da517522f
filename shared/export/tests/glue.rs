//! The tables that `template.yaml` tells Glue of have the columns of the files, in their order and of their types.
#![expect(clippy::unwrap_used, reason = "a test's helpers may panic")]

use arrow_schema::DataType;
use export::columns;
use model::Family;
use std::fmt::Write;

/// A family's columns as the template spells them.
fn expected(family: Family) -> String {
    let mut lines = String::new();
    for field in columns(family).fields() {
        let kind = match field.data_type() {
            DataType::Dictionary(..) | DataType::Utf8 => "string",
            DataType::Int64 => "bigint",
            DataType::Boolean => "boolean",
            DataType::Timestamp(..) => "timestamp",
            other => panic!("no type of Glue is known for {other}"),
        };
        writeln!(lines, "            - {{ Name: {}, Type: {kind} }}", field.name()).unwrap();
    }
    lines
}

#[test]
fn the_tables_have_the_columns_of_the_files() {
    let template = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../template.yaml")).unwrap();
    for family in Family::ALL {
        let name = format!("  Archive{}Table:\n", capitalised(family.name()));
        let table = template.split_once(&name).and_then(|(_, after)| after.split("\n\n").next()).unwrap_or_default().to_owned() + "\n";
        let (columns, rest) = table
            .split_once("          Columns:\n")
            .map(|(_, after)| after.split_at(expected(family).len().min(after.len())))
            .unwrap_or_default();
        assert_eq!(columns, expected(family), "{name}");
        assert!(!rest.starts_with("            - "), "{name} has more columns than the files");
        assert!(table.contains(&format!("${{Bucket}}/archive/{family}/")), "{name} is of other files");
    }
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
