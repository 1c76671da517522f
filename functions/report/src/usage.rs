//! The file `usage.csv` of a day: AI usage by provider and model, and sales by currency (RFC 4180, a header, exact decimals).

use csv::{Terminator, WriterBuilder};
use cube::query::{Answer, MetricQuery, Query, QueryFault, Range, Row};
use model::Day;

/// What is asked of a cube, and under which columns of the file its labels and numbers stand.
struct Section {
    name: &'static str,
    cube: &'static str,
    labels: &'static [(&'static str, &'static str)],
    numbers: &'static [(&'static str, &'static str)],
}

const SECTIONS: [Section; 2] = [
    Section {
        name: "ai",
        cube: "ai_requests",
        labels: &[("provider", "provider"), ("model", "model")],
        numbers: &[
            ("requests", "requests"),
            ("inputTokens", "inputTokens"),
            ("outputTokens", "outputTokens"),
            ("cacheReadTokens", "cacheReadTokens"),
            ("cacheWriteTokens", "cacheWriteTokens"),
            ("tokens", "totalTokens"),
            ("cost", "costUsd"),
        ],
    },
    Section {
        name: "sales",
        cube: "sales",
        labels: &[("currency", "currency")],
        numbers: &[
            ("transactions", "transactions"),
            ("orders", "orders"),
            ("revenue", "revenue"),
            ("refunds", "refunds"),
            ("refundAmount", "refundAmount"),
        ],
    },
];

/// The queries of the file.
pub fn queries(range: Range) -> Result<Vec<Query>, Vec<QueryFault>> {
    SECTIONS.iter().map(|section| section.query(range).check()).collect()
}

/// The file, from the answers to its queries.
pub fn csv(day: Day, answers: &[Answer]) -> Result<Vec<u8>, csv::Error> {
    let mut file = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    let columns: Vec<&str> = SECTIONS.iter().flat_map(Section::columns).collect();
    file.write_record(["date", "family"].into_iter().chain(columns.iter().copied()))?;
    for (section, answer) in SECTIONS.iter().zip(answers) {
        for row in &answer.rows {
            let fields = section.fields(row);
            let field = |column: &&str| fields.iter().find(|(name, _)| name == column).map_or("", |(_, field)| field).to_owned();
            file.write_record([day.to_string(), section.name.to_owned()].into_iter().chain(columns.iter().map(field)))?;
        }
    }
    file.into_inner().map_err(|error| error.into_error().into())
}

impl Section {
    fn query(&self, range: Range) -> MetricQuery {
        let measures: Vec<&str> = self.numbers.iter().map(|(measure, _)| *measure).collect();
        let query = MetricQuery::new(self.cube, &measures, range);
        self.labels.iter().fold(query, |query, (dimension, _)| query.by(dimension))
    }

    fn columns(&self) -> impl Iterator<Item = &'static str> {
        self.labels.iter().chain(self.numbers).map(|(_, column)| *column)
    }

    /// The fields of a row, by column.
    fn fields(&self, row: &Row) -> Vec<(&'static str, String)> {
        let labels = row.labels.iter().map(|label| harmless(label));
        let numbers = row.values.iter().map(|number| number.exact().map_or_else(String::new, |exact| exact.to_string()));
        self.columns().zip(labels.chain(numbers)).collect()
    }
}

/// A label that no spreadsheet takes for a formula: clients choose the names of models.
fn harmless(label: &str) -> String {
    if label.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{label}") } else { label.to_owned() }
}
