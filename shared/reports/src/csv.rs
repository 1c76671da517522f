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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{self, HOSTILE};
    use crate::template::{self, Kind};

    fn rows(content: &Content) -> Vec<Vec<String>> {
        let file = file(content).unwrap();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&file[..]);
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
    }

    #[test]
    fn a_row_has_every_digit_of_one_number() {
        let rows = rows(&sample::hostile());
        assert_eq!(rows[0], COLUMNS);
        assert_eq!(rows.len(), 1 + 2 * HOSTILE.len());
        let (from, to) = ("2026-11-16T00:00:00.000Z", "2026-11-23T00:00:00.000Z");
        assert_eq!(rows[1], ["models", from, to, "", "model", HOSTILE[0], "cost", "1.250000000001", "0", "USD"]);
        assert_eq!(rows[2][7..], ["1234", "", "tokens"]);
    }

    #[test]
    fn no_name_is_taken_for_a_formula_and_none_for_a_row() {
        let content = sample::hostile();
        for (row, name) in rows(&content)[1..].iter().step_by(2).zip(HOSTILE) {
            let is_inert = !row[5].starts_with(['=', '+', '-', '@', '\t', '\r']);
            assert!(is_inert && (row[5] == name || row[5] == format!("'{name}")), "{row:?}");
        }
        let file = String::from_utf8(file(&content).unwrap()).unwrap();
        assert!(file.contains("\"a,b\r\n\"\"c\"\"\""), "{file}");
        assert!(file.lines().all(|line| !line.starts_with(['=', '@'])));
    }

    #[test]
    fn a_part_of_a_distribution_and_a_moment_are_named() {
        let mut line = sample::week([5; 7], &crate::number::Unit::Milliseconds).remove(1);
        line.numbers[0].quantile = Some(0.95);
        let rows = rows(&sample::content(vec![sample::part(Kind::Series, vec![], vec![line])]));
        assert_eq!(rows[1][3..], ["2026-11-17T00:00:00.000Z", "", "", "cost p95", "0.05", "", "milliseconds"]);
    }

    #[test]
    fn a_report_of_nothing_is_its_header() {
        for template in template::all() {
            assert_eq!(rows(&sample::empty(template)), [COLUMNS.map(str::to_owned)], "{}", template.name);
        }
    }
}
