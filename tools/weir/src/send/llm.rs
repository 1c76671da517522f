//! A trace of requests to a language model, as the body of `POST /usage/api`.

use super::batch::Shape;
use super::{Load, Record};
use anyhow::{Context as _, Result};
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

/// What the trace itself does not say.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// What request ids begin with.
    pub prefix: &'a str,
    /// Who made the requests.
    pub user: &'a str,
    /// The model they went to.
    pub model: &'a str,
    /// The project they belong to.
    pub project: &'a str,
}

#[derive(Deserialize)]
struct Row {
    #[serde(rename = "TIMESTAMP")]
    timestamp: String,
    #[serde(rename = "ContextTokens")]
    input: u64,
    #[serde(rename = "GeneratedTokens")]
    output: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Usage<'a> {
    user_id: &'a str,
    project_id: &'a str,
    model: &'a str,
    input_tokens: u64,
    output_tokens: u64,
    request_id: String,
    timestamp: String,
}

/// Reads a trace.
///
/// # Errors
/// Where a line is not of the layout, naming it.
pub fn load(text: &str, asked: &Asked) -> Result<Load> {
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let columns = rows.headers()?.clone();
    let mut records = Vec::new();
    // Counted here: the reader's own count is one behind where lines end in CR LF.
    for (line, row) in (2..).zip(rows.records()) {
        let row = row.with_context(|| format!("line {line}"))?;
        let json = usage(line, &row.deserialize(Some(&columns))?, asked).with_context(|| format!("line {line}"))?;
        records.push(Record { line, json });
    }
    Ok(Load { path: "/usage/api", shape: Shape::Array, records })
}

fn usage(line: usize, row: &Row, asked: &Asked) -> Result<String> {
    let moment: NaiveDateTime = row.timestamp.parse().or_else(|_| row.timestamp.replace(' ', "T").parse()).context("TIMESTAMP")?;
    let usage = Usage {
        user_id: asked.user,
        project_id: asked.project,
        model: asked.model,
        input_tokens: row.input,
        output_tokens: row.output,
        request_id: format!("{}-{line}", asked.prefix),
        timestamp: moment.and_utc().to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
    };
    Ok(serde_json::to_string(&usage)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use std::collections::BTreeSet;

    const ASKED: Asked = Asked { prefix: "trace", user: "u1", model: "gpt-4", project: "shop" };

    fn records(text: &str) -> Vec<Value> {
        load(text, &ASKED).unwrap().records.iter().map(|record| serde_json::from_str(&record.json).unwrap()).collect()
    }

    #[test]
    fn a_row_becomes_one_request_with_the_id_of_its_line() {
        let text = "TIMESTAMP,ContextTokens,GeneratedTokens\r\n2023-11-16 18:17:03.9799600,4808,10\r\n";
        let expect = json!({"userId": "u1", "projectId": "shop", "model": "gpt-4", "inputTokens": 4808, "outputTokens": 10,
            "requestId": "trace-2", "timestamp": "2023-11-16T18:17:03.979960Z"});
        assert_eq!(records(text), [expect]);
    }

    #[test]
    fn the_carried_trace_has_the_totals_of_its_description() {
        let records = records(include_str!("../../../../data/azure_llm_code.csv"));
        let sum = |name: &str| records.iter().map(|record| record[name].as_u64().unwrap()).sum::<u64>();
        assert_eq!((records.len(), sum("inputTokens"), sum("outputTokens")), (8_819, 18_059_974, 245_896));
        let ids: BTreeSet<_> = records.iter().map(|record| record["requestId"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), 8_819);
    }

    #[test]
    fn a_row_that_is_none_is_named() {
        let text = "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03,1,1\nyesterday,1,1\n";
        let error = load(text, &ASKED).err().unwrap();
        assert_eq!(format!("{error:#}").split(':').next(), Some("line 3"));
    }
}
