//! A report as rows for a spreadsheet (RFC 4180): one number a row, every digit of it, and no label that is taken for a formula.

use crate::content::{Content, Line, Part};
use csv::{Terminator, WriterBuilder};

/// The columns.
pub const COLUMNS: [&str; 10] = ["part", "from", "to", "start", "dimensions", "labels", "number", "value", "before", "unit"];

/// The file.
///
/// # Errors
/// Where the rows cannot be written, which in memory they can.
pub fn file(content: &Content) -> Result<Vec<u8>, csv::Error> {
    let mut file = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    file.write_record(COLUMNS)?;
    for part in &content.parts {
        for line in &part.lines {
            rows(content, part, line).into_iter().try_for_each(|row| file.write_record(row))?;
        }
    }
    file.into_inner().map_err(|error| error.into_error().into())
}

fn rows(content: &Content, part: &Part, line: &Line) -> Vec<[String; 10]> {
    let row = |figure: &crate::content::Figure| {
        let number = figure.quantile.map_or(figure.number.to_owned(), |part| format!("{} p{}", figure.number, part * 100.0));
        [
            part.name.to_owned(),
            content.times.range.from.to_string(),
            content.times.range.to.to_string(),
            line.start.map(|start| start.to_string()).unwrap_or_default(),
            part.group_by.join(" / "),
            harmless(&line.labels.join(" / ")),
            number,
            figure.value.digits(),
            figure.before.map(crate::number::Value::digits).unwrap_or_default(),
            harmless(figure.unit.name()),
        ]
    };
    line.numbers.iter().map(row).collect()
}

/// A text that no spreadsheet takes for a formula: clients choose the names of models, pages and users.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { format!("'{text}") } else { text.to_owned() }
}
